"""Histories of the façade: versions, and a feed without a gap that an ordinary client follows by its links."""

from pathlib import Path

import httpx
import pytest

from mdt_desktop.central import accounts, moving
from mdt_desktop.central.accounts import ORDINARY
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.tables import BUCKET, CHANGE
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.fhir.validation import faults_of
from tests.helpers.central import WEST, Laptop, laptop
from tests.helpers.clocks import FrozenClock
from tests.helpers.fhir_store import FhirClient, Follower, fhir_client, furnish_kinds, id_of, link, refused


@pytest.fixture(params=["sqlite"])
def place(tmp_path: Path) -> tuple[Path | None, str | None]:
    """SQLite only; what the databases could do differently is in `test_fhir_together`."""
    return tmp_path / "central", None


@pytest.fixture
def reader(nia: Laptop, http: httpx.Client) -> FhirClient:
    """An ordinary client of East, which has a record of every kind."""
    furnish_kinds(nia)
    return fhir_client(http, "Nia")


def test_every_version_of_a_resource_is_kept_and_told(reader: FhirClient, nia: Laptop) -> None:
    for ver, title in enumerate(("Dr", "Ms"), 1):
        nia.pushed(nia.op("update", "person", id_of("person"), ver, values={"title": title}))
    place = f"Patient/{id_of('person')}/_history"
    bundle = reader.read(place)
    assert (bundle["type"], bundle["total"], faults_of(bundle)) == ("history", 3, [])
    assert [it["resource"]["name"][0]["prefix"][0] for it in bundle["entry"]] == ["Ms", "Dr", "A few words"]
    assert [it["request"]["method"] for it in bundle["entry"]] == ["PUT", "PUT", "POST"]
    assert [it["response"]["etag"] for it in bundle["entry"]] == ['W/"3"', 'W/"2"', 'W/"1"']
    for ver, it in zip((3, 2, 1), bundle["entry"], strict=True):
        assert reader.read(f"{place}/{ver}") == it["resource"]
    assert len(reader.read(f"{place}?_count=2")["entry"]) == 2
    assert reader.read(f"{place}?_since=2026-11-23T10:00:00Z")["total"] == 0


def test_a_deletion_is_a_version_and_ends_with_a_return(reader: FhirClient, nia: Laptop) -> None:
    place = f"Goal/{id_of('goal')}/_history"
    nia.pushed(nia.op("delete", "goal", id_of("goal"), 1))
    assert [it["request"]["method"] for it in reader.read(place)["entry"]] == ["DELETE", "POST"]
    nia.pushed(nia.op("update", "goal", id_of("goal"), 2, values={"words": "To dance"}))
    assert [it["request"]["method"] for it in reader.read(place)["entry"]] == ["PUT", "DELETE", "POST"]


@pytest.mark.parametrize(("count", "keep"), [(7, "self"), (7, "monitor"), (500, "self")])
def test_a_client_that_follows_the_links_holds_what_the_store_holds(
    count: int, keep: str, reader: FhirClient, nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    follower = Follower(reader, f"_history?_count={count}")
    follower.follow(keep)
    assert follower.held.keys() >= {f"Patient/{id_of('person')}", f"Task/{id_of('action')}"}
    before, told = set(follower.held), follower.told
    follower.follow(keep)
    assert (follower.told == told) is (keep == "monitor")
    nia.pushed(nia.op("update", "person", id_of("person"), 1, values={"title": "Dr"}))
    nia.pushed(nia.op("delete", "goal", id_of("goal"), 1))
    made = nia.add_person()
    follower.follow(keep)
    assert set(follower.held) == (before | {f"Patient/{made}"}) - {f"Goal/{id_of('goal')}"}
    assert follower.held[f"Patient/{id_of('person')}"] == 2
    store.database.write(
        lambda connection: moving.move_person(connection, id_of("person"), WEST, "test", "moved", clock())
    )
    follower.follow(keep)
    assert f"Patient/{id_of('person')}" not in follower.held
    assert {it.partition("/")[0] for it in follower.held} <= {
        "Patient", "Practitioner", "Organization", "Appointment", "AppointmentResponse", "RiskAssessment",
        "Observation", "Communication",
    }  # fmt: skip


def test_the_history_of_a_type_is_of_that_type(reader: FhirClient, nia: Laptop) -> None:
    follower = Follower(reader, "Task/_history?_count=1")
    follower.follow()
    assert follower.held.keys() == {f"Task/{id_of(kind)}" for kind in ("task", "action", "handover")}
    nia.add_person()
    bundle = reader.read(follower.place)
    assert ("entry" in bundle, link(bundle, "next")) == (False, None)
    nia.pushed(nia.op("delete", "task", id_of("task"), 1))
    follower.follow()
    assert f"Task/{id_of('task')}" not in follower.held
    refused(reader.get(follower.place.replace("Task/_history", "_history")), 400, "value")


def test_what_was_moved_or_erased_is_told_as_deleted_and_its_versions_no_more(
    reader: FhirClient, store: CentralStore, clock: FrozenClock, http: httpx.Client
) -> None:
    place = f"Patient/{id_of('person')}/_history"
    store.database.write(
        lambda connection: moving.move_person(connection, id_of("person"), WEST, "test", "moved", clock())
    )
    bundle = reader.read(place)
    assert [(it["request"]["method"], "resource" in it) for it in bundle["entry"]] == [("DELETE", False)]
    refused(reader.get(f"{place}/1"), 404, "not-found")
    assert len(fhir_client(http, "Wes").read(place)["entry"]) == 2
    store.database.write(
        lambda connection: moving.erase_person(connection, id_of("person"), "test", "an order", clock())
    )
    wes = fhir_client(http, "Wes")
    assert [it["request"]["method"] for it in wes.read(place)["entry"]] == ["DELETE"]
    assert "A few words" not in wes.get("_history?_count=500").text


def test_a_locality_that_was_lost_ends_the_links_and_a_new_one_is_told_from_its_beginning(
    http: httpx.Client, noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    who = fhir_client(http, "Nia")
    in_west = noor.add_person(WEST)
    follower = Follower(who, "Patient/_history")
    follower.follow()

    def give(role: AccessRole | None) -> None:
        store.database.write(
            lambda connection: accounts.change_membership(connection, "Nia", "West", ORDINARY, role, "test", clock())
        )

    give(AccessRole.CARE_NAVIGATOR)
    follower.follow()
    assert follower.held.keys() == {f"Patient/{in_west}"}
    give(None)
    refused(who.get(follower.place), 410, "incomplete")
    assert "entry" not in who.read("Patient/_history")


def test_a_store_that_was_put_back_ends_the_links(reader: FhirClient, store: CentralStore) -> None:
    follower = Follower(reader, "_history")
    follower.follow()
    store.database.write(lambda connection: connection.execute(BUCKET.update().values(epoch=id_of("epoch"))))
    refused(reader.get(follower.place), 410, "incomplete")


def test_a_feed_that_was_shortened_ends_the_links_that_lag_behind_and_begins_anew_from_what_is_left(
    reader: FhirClient, nia: Laptop, store: CentralStore
) -> None:
    follower, lagging = Follower(reader, "_history"), link(reader.read("_history?_count=5"), "next")
    follower.follow()
    last = nia.pull()["last"]
    store.database.write(lambda connection: connection.execute(CHANGE.delete().where(CHANGE.c.seq < last)))
    refused(reader.get(lagging or ""), 410, "incomplete")
    assert reader.get(follower.place).status_code == 200
    assert len(reader.read("_history")["entry"]) <= 2


def test_since_tells_a_little_more_than_was_asked_and_nothing_older(
    reader: FhirClient, nia: Laptop, clock: FrozenClock
) -> None:
    clock.set(clock().replace(hour=12))
    later = laptop(nia.http, "Nia")
    made = later.add_person()
    who = fhir_client(nia.http, "Nia")
    for since in ("2026-11-23T11:59:00Z", "2026-11-23T12:04:00Z"):
        bundle = who.read(f"Patient/_history?_since={since}")
        assert [it["resource"]["id"] for it in bundle["entry"]] == [made]
    assert "entry" not in who.read("Patient/_history?_since=2026-11-23T12:06:00Z")
    refused(who.get("Patient/_history?_since=noon"), 400, "value")
    refused(who.get("Patient/_history?name=x"), 400, "not-supported")
