"""Row-level security: with a check of the service taken away, the database alone keeps other localities' rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, text

from mdt_desktop.central import memberships, moving
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.memberships import Grant
from mdt_desktop.central.row_guard import Standing
from mdt_desktop.central.tables import METADATA
from tests.helpers.central import EAST, WEST, Laptop, cheap_passwords, client, furnish, laptop, person, served_apart
from tests.helpers.central_papers import SMALL, add_case, add_paper, download, held, post_piece, upload
from tests.helpers.clocks import FrozenClock
from tests.helpers.fhir_store import fhir_client
from tests.helpers.log_watch import LogWatch

# By whom the row is known is decided elsewhere, and nothing of these says what is in a record.
NO_POLICY = {
    "membership": "what policies ask",
    "audit": "whoever serves may add to it and reads its hashes alone",
    "receipt": "ids alone, by device",
}


@pytest.fixture
def owned(postgres_url: str, clock: FrozenClock) -> Iterator[CentralStore]:
    """A furnished store of its owner."""
    store = open_store(None, postgres_url, clock, cheap_passwords())
    furnish(store)
    yield store
    store.close()


@pytest.fixture
def guarded(owned: CentralStore, postgres_url: str) -> Iterator[CentralStore]:
    """The same store for an account that the guard holds for."""
    with served_apart(owned, postgres_url) as served:
        yield served


@pytest.fixture
def no_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: every user is a member of every bucket, as far as the service is concerned."""

    def everything(_: Connection, __: str, ___: datetime) -> Sequence[Grant]:
        return [Grant(it, it, "care_navigator", "ordinary", "2027-01-01T00:00:00.000Z") for it in sorted((EAST, WEST))]

    monkeypatch.setattr(memberships, "current", everything)


def read_of_west(nia: Laptop, id_: str) -> set[str]:
    """The ways on which Nia of East gets to see somebody of West."""
    fhir = fhir_client(nia.http, "Nia")
    answers = {
        "changes": nia.get(f"buckets/{WEST}/changes").text,
        "manifest": nia.get(f"buckets/{WEST}/manifest").text,
        "fetch": nia.post(f"buckets/{WEST}/fetch", {"ids": [["person", id_]]}).text,
        "handovers": nia.get(f"buckets/{WEST}/handovers").text,
        "read": fhir.get(f"Patient/{id_}").text,
        "vread": fhir.get(f"Patient/{id_}/_history/1").text,
        "search": fhir.get("Patient?family=Westerly").text,
        "history": fhir.get("Patient/_history").text,
    }
    # That somebody left East is East's to know, and their name is not: a history says the one without the other.
    names = {way for way, told in answers.items() if "Westerly" in told}
    return names | {way for way in ("manifest", "handovers") if id_ in answers[way]}


def west_of(store: CentralStore, id_: str) -> list[tuple[Any, ...]]:
    """What West holds of somebody, and how far its feed is."""
    with store.database.reading() as connection:
        rows = connection.execute(
            text("SELECT body ->> 'title', ver, deleted, head FROM record JOIN bucket ON bucket.id = bucket_id"
                 " WHERE record.id = :id"), {"id": id_}
        )  # fmt: skip
        return [tuple(row) for row in rows]


def settled(nia: Laptop, rec_id: str, store: CentralStore) -> str:
    """What was handed over to West about a record, after Nia has tried to settle it."""
    with store.database.reading() as connection:
        query = text("SELECT id FROM handover WHERE rec_id = :id")
        id_ = connection.execute(query, {"id": rec_id}).scalar_one()
    nia.post(f"buckets/{WEST}/handovers/{id_}", {"outcome": "left_out"})
    with store.database.reading() as connection:
        return str(connection.execute(text("SELECT outcome FROM handover WHERE id = :id"), {"id": id_}).scalar_one())


def handed_to_west(store: CentralStore, http_of: Laptop, clock: FrozenClock) -> str:
    """Somebody who was moved to West, about whom Noor handed something over; their id."""
    id_ = http_of.add_person(EAST, family_name="Westerly")
    store.database.write(lambda it: moving.move_person(it, id_, WEST, "test", "moved", clock()))
    change = {"kind": "update", "set": {"title": "Dr"}, "made_at": "2026-11-23T09:00:00.000Z"}
    item = {"id": "00000000-0000-4000-8000-000000000009", "bucket": EAST, "type": "person", "rec_id": id_,
            "changes": [change]}  # fmt: skip
    given = http_of.post("handover", {"device": http_of.device, "items": [item]})
    assert [it["status"] for it in given.json()["results"]] == ["taken"]
    return id_


def test_without_the_services_check_the_database_still_keeps_west_from_being_read(
    guarded: CentralStore, owned: CentralStore, no_check: None, clock: FrozenClock
) -> None:
    with client(owned) as http:
        id_ = handed_to_west(owned, laptop(http, "Noor"), clock)
        assert read_of_west(laptop(http, "Nia"), id_) == set()


def test_that_mutant_gives_west_away_to_an_account_that_passes_by(
    owned: CentralStore, no_check: None, clock: FrozenClock
) -> None:
    with client(owned) as http:
        id_ = handed_to_west(owned, laptop(http, "Noor"), clock)
        ways = read_of_west(laptop(http, "Nia"), id_)
    assert ways == {"changes", "manifest", "fetch", "handovers", "read", "vread", "search", "history"}


def test_without_the_services_check_the_database_still_keeps_west_from_being_written(
    guarded: CentralStore, owned: CentralStore, no_check: None, clock: FrozenClock, log_watch: LogWatch
) -> None:
    log_watch.expect("row_kept_back")
    with client(owned) as http:
        id_ = handed_to_west(owned, laptop(http, "Noor"), clock)
        before = west_of(owned, id_)
        nia = laptop(http, "Nia")
        make = nia.op("create", "person", "00000000-0000-4000-8000-000000000001", bucket=WEST,
                      values=person("00000000-0000-4000-8000-000000000001"))  # fmt: skip
        answer = nia.push(make)
        assert (answer.status_code, answer.json()["code"]) == (403, "bucket_not_yours")
        nia.last_op -= 1
        change = nia.op("update", "person", id_, before[0][1], bucket=WEST, values={"title": "Mx"})
        # It finds no such record to change.
        assert [it["status"] for it in nia.pushed(change)] == ["invalid"]
        assert settled(nia, id_, owned) == ""
        pen = nia.post(f"buckets/{WEST}/pen", {"meeting": id_, "wish": "take"})
        assert pen.status_code == 403
    assert west_of(owned, id_) == before


def test_that_mutant_lets_an_account_write_that_passes_by(
    owned: CentralStore, no_check: None, clock: FrozenClock
) -> None:
    with client(owned) as http:
        id_ = handed_to_west(owned, laptop(http, "Noor"), clock)
        before = west_of(owned, id_)
        nia = laptop(http, "Nia")
        change = nia.op("update", "person", id_, before[0][1], bucket=WEST, values={"title": "Mx"})
        assert [it["status"] for it in nia.pushed(change)] == ["ok"]
        assert settled(nia, id_, owned) == "left_out"
    assert west_of(owned, id_) != before


def test_a_statement_for_another_bucket_changes_nothing_and_adds_nothing(
    guarded: CentralStore, owned: CentralStore, clock: FrozenClock
) -> None:
    with client(owned) as http:
        id_ = handed_to_west(owned, laptop(http, "Noor"), clock)
        nia = laptop(http, "Nia")
    with owned.database.reading() as connection:
        user = connection.execute(text("SELECT user_id FROM device WHERE id = :id"), {"id": nia.device}).scalar_one()
    acting = guarded.acting_for(user).database
    for table in ("record", "record_version", "change", "person_number", "handover", "pen"):
        query = text(f"SELECT count(*) FROM {table} WHERE bucket_id = :west")
        with acting.reading() as connection:
            assert connection.execute(query, {"west": WEST}).scalar() == 0, table
    changed = acting.write(
        lambda it: it.execute(text("UPDATE record SET ver = 99 WHERE id = :id"), {"id": id_}).rowcount
    )
    counted = acting.write(
        lambda it: it.execute(text("UPDATE bucket SET head = 99 WHERE id = :west"), {"west": WEST}).rowcount
    )
    assert (changed, counted) == (0, 0)


def test_without_a_user_there_are_no_rows_and_nobodys_name_stays_on_a_connection(
    guarded: CentralStore, owned: CentralStore
) -> None:
    with client(owned) as http:
        nia = laptop(http, "Nia")
        nia.add_person()
        assert len(nia.pull()["entries"]) == 1
    for _ in range(30):  # whichever connection of the pool it is
        with guarded.database.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM record")).scalar() == 0
            assert connection.execute(text("SELECT count(*) FROM op_result")).scalar() == 0


def test_a_membership_that_ends_takes_its_rows_with_it(
    guarded: CentralStore, owned: CentralStore, no_check: None, clock: FrozenClock
) -> None:
    with client(owned) as http:
        noor = laptop(http, "Noor")
        id_ = noor.add_person(WEST, family_name="Westerly")
        assert "fetch" in read_of_west_by(noor, id_)
        with owned.database.reading() as connection:
            query = text("SELECT user_id FROM device WHERE id = :id")
            user = connection.execute(query, {"id": noor.device}).scalar_one()
        owned.database.write(lambda connection: memberships.end(connection, user, WEST, clock()))
        assert read_of_west_by(noor, id_) == set()


def read_of_west_by(who: Laptop, id_: str) -> set[str]:
    told = {
        "changes": who.get(f"buckets/{WEST}/changes").text,
        "fetch": who.post(f"buckets/{WEST}/fetch", {"ids": [["person", id_]]}).text,
    }
    return {way for way, answer in told.items() if id_ in answer}


def test_the_sender_of_a_handover_reads_nothing_of_it_even_by_hand(
    guarded: CentralStore, owned: CentralStore, clock: FrozenClock
) -> None:
    with client(owned) as http:
        nia = laptop(http, "Nia")
        handed_to_west(owned, nia, clock)
    with owned.database.reading() as connection:
        user = connection.execute(text("SELECT user_id FROM device WHERE id = :id"), {"id": nia.device}).scalar_one()
        assert connection.execute(text("SELECT count(*) FROM handover")).scalar() == 1
    with guarded.acting_for(user).database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM handover")).scalar() == 0
    with guarded.database.reading() as connection:
        places = connection.execute(text("SELECT * FROM record_place")).mappings().all()
    assert {tuple(it) for it in places} == {("bucket_id", "type", "id")}


def test_a_policy_is_a_condition_of_the_index_and_asks_once_a_statement(
    guarded: CentralStore, owned: CentralStore
) -> None:
    def plan(connection: Connection) -> str:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        found = connection.execute(text("EXPLAIN SELECT body FROM record WHERE type = 'person'"))
        return "\n".join(found.scalars())

    told = guarded.acting_for("somebody").database.write(plan)
    index = next(line for line in told.splitlines() if "Index Cond" in line)
    assert ("bucket_id" in index, "ANY" in index, told.count("InitPlan")) == (True, True, 1), told
    assert "SubPlan" not in told


def test_every_table_that_is_kept_by_bucket_has_its_policy_or_a_reason(owned: CentralStore) -> None:
    with owned.database.reading() as connection:
        query = text("SELECT tablename FROM pg_policies WHERE schemaname = current_schema()")
        policies = set(connection.execute(query).scalars())
    by_bucket = {name for name, table in METADATA.tables.items() if "bucket_id" in table.columns}
    assert by_bucket - policies == NO_POLICY.keys()
    assert owned.database.standing in (Standing.OWNER, Standing.ABOVE)


def test_content_of_another_locality_is_not_there_for_whoever_serves_a_mutant(
    guarded: CentralStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client(guarded) as http:
        wes, nia = laptop(http, "Wes"), laptop(http, "Nia")
        add_paper(wes, add_case(wes, WEST)[1], SMALL, WEST)
        assert upload(wes, SMALL, WEST)["held"] == len(SMALL)
        assert download(wes, SMALL, bucket=WEST).content == SMALL
        grant = Grant(WEST, WEST, "care_navigator", "ordinary", "2027-01-01T00:00:00.000Z")
        monkeypatch.setattr(memberships, "current", lambda *_: [grant])
        assert download(nia, SMALL, bucket=WEST).status_code == 404
        assert held(nia, SMALL, WEST) == post_piece(nia, SMALL, 0, SMALL, WEST).json()
        assert held(nia, SMALL, WEST) == {"wanted": False, "size": 0, "held": 0}
