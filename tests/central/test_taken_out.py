"""What leaves a bucket: moved with its history, or erased with everything that tells of it (SYNC 5.10)."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mdt_desktop.central import audit, devices, moving
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.errors import NoSuchPerson
from mdt_desktop.central.tables import AUDIT, METADATA, RECORD_VERSION
from tests.helpers.central import EAST, EAST_RESTRICTED, WEST, Laptop, cheap_passwords, client, furnish, laptop
from tests.helpers.clocks import FrozenClock

CANARY = "Zebrafinchson"


def a_case(who: Laptop) -> dict[str, str]:
    """Somebody with a case, a plan, a goal, and a discussion in a meeting that is at them now; ids by type."""
    ids = {name: str(uuid.uuid4()) for name in ("case", "plan", "goal", "meeting", "item", "decision", "other")}
    ids["person"] = who.add_person(family_name=CANARY, nhs_number="9990000018")
    who.pushed(
        who.op("create", "person_case", ids["case"], values={"id": ids["case"], "person_id": ids["person"]}),
        who.op("create", "care_plan", ids["plan"], values={"id": ids["plan"], "case_id": ids["case"]}),
        who.op("create", "goal", ids["goal"], values={"id": ids["goal"], "plan_id": ids["plan"], "words": CANARY}),
        who.op("create", "meeting", ids["meeting"], values={"id": ids["meeting"], "current_item_id": ids["item"]}),
        who.op(
            "create",
            "agenda_item",
            ids["item"],
            values={"id": ids["item"], "case_id": ids["case"], "meeting_id": ids["meeting"]},
        ),
        who.op("create", "decision", ids["decision"], values={"id": ids["decision"], "item_id": ids["item"]}),
    )
    who.pushed(who.op("update", "person", ids["person"], 1, values={"title": "Ms"}))
    ids["other"] = who.add_person()
    return ids


ABOUT = ("person", "case", "plan", "goal", "item", "decision")


def test_what_hangs_on_a_person_is_found_and_neither_their_meeting_nor_anybody_else(
    nia: Laptop, store: CentralStore
) -> None:
    ids = a_case(nia)
    with store.database.reading() as connection:
        found = {id_ for _, id_ in moving.about(connection, ids["person"])}
    assert found == {ids[name] for name in ABOUT}


@pytest.mark.parametrize("asked", ["9990000018", "999 000 0018", "the id"])
def test_a_person_is_found_by_number_and_id(asked: str, nia: Laptop, store: CentralStore) -> None:
    ids = a_case(nia)
    with store.database.reading() as connection:
        assert moving.find_person(connection, ids["person"] if asked == "the id" else asked) == ids["person"]
        with pytest.raises(NoSuchPerson):
            moving.find_person(connection, "9990000026")


def test_a_move_takes_records_from_one_bucket_to_another_with_their_history(
    nia: Laptop, noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    ids = a_case(nia)
    nia.pull()
    noor.pull()
    taken = store.database.write(
        lambda connection: moving.move_person(connection, ids["person"], WEST, "test", "moved away", clock())
    )
    assert (taken.records, taken.buckets) == (6, (EAST,))
    assert {(entry["kind"], entry["body"]) for entry in nia.pull()["entries"]} == {("evict", None)}
    assert {id_ for _, _, id_ in nia.held} == {ids["meeting"], ids["other"]}
    moved = {entry["id"]: entry for entry in noor.pull(WEST)["entries"]}
    assert moved.keys() == {ids[name] for name in ABOUT}
    assert (moved[ids["person"]]["ver"], moved[ids["person"]]["body"]["family_name"]) == (3, CANARY)
    with store.database.reading() as connection:
        kept = select(RECORD_VERSION.c.bucket_id, RECORD_VERSION.c.ver).where(RECORD_VERSION.c.id == ids["person"])
        assert sorted((row.bucket_id, row.ver) for row in connection.execute(kept)) == [(WEST, 1), (WEST, 2), (WEST, 3)]


def test_what_was_moved_is_told_to_nobody_of_the_old_bucket(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    ids = a_case(nia)
    store.database.write(
        lambda connection: moving.move_person(connection, ids["person"], EAST_RESTRICTED, "test", "at risk", clock())
    )
    page = nia.pull()
    assert CANARY not in json.dumps(page["entries"])
    fetched = nia.post(f"buckets/{EAST}/fetch", {"ids": [["person", ids["person"]]]}).json()
    assert fetched == {"records": []}
    late = nia.pushed(nia.op("update", "person", ids["person"], 2, values={"title": "Dr"}))[0]
    assert (late["status"], late["current"]) == ("invalid", None)
    ivy = laptop(nia.http, "Ivy")
    ivy.pull(EAST_RESTRICTED)
    assert (EAST_RESTRICTED, "person", ids["person"]) in ivy.held


def test_moving_there_and_back_keeps_one_record(nia: Laptop, store: CentralStore, clock: FrozenClock) -> None:
    ids = a_case(nia)

    def move(to: str) -> None:
        store.database.write(
            lambda connection: moving.move_person(connection, ids["person"], to, "test", "back", clock())
        )

    move(WEST)
    move(EAST)
    nia.pull()
    assert nia.held[EAST, "person", ids["person"]][0] == 4
    assert nia.pushed(nia.op("update", "person", ids["person"], 4, values={"title": "Dr"}))[0]["status"] == "ok"


def everything(store: CentralStore) -> str:
    """All that the database holds, as text."""
    with store.database.reading() as connection:
        rows: list[Any] = [tuple(row) for table in METADATA.sorted_tables for row in connection.execute(select(table))]
    return json.dumps(rows, default=str)


def test_an_erasure_leaves_no_word_of_anybody_and_the_chain_holds(
    nia: Laptop, noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    ids = a_case(nia)
    noor.pushed(noor.op("update", "person", ids["person"], 1, values={"title": "Dr"}))
    noor.pull()
    assert CANARY in everything(store)
    taken = store.database.write(
        lambda connection: moving.erase_person(connection, ids["person"], "test", "court order", clock())
    )
    assert taken.records == 6
    assert CANARY not in everything(store)
    assert "9990000018" not in everything(store)
    with store.database.reading() as connection:
        assert audit.chain(connection).holds
        details = connection.execute(select(AUDIT.c.detail).where(AUDIT.c.action == "push")).scalars().all()
    assert None in details
    assert {entry["kind"] for entry in noor.pull()["entries"]} == {"erase"}
    assert {id_ for _, _, id_ in noor.held} == {ids["meeting"], ids["other"]}


def test_what_was_erased_is_in_no_file_of_a_single_box(tmp_path: Path, clock: FrozenClock) -> None:
    store = open_store(tmp_path / "data", None, clock, cheap_passwords())
    furnish(store)
    with client(store) as http:
        ids = a_case(laptop(http, "Nia"))

    def bytes_of_all() -> bytes:
        return b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())

    assert CANARY.encode() in bytes_of_all()
    store.database.write(
        lambda connection: moving.erase_person(connection, ids["person"], "test", "court order", clock())
    )
    store.database.forget_deleted()
    assert CANARY.encode() not in bytes_of_all()
    store.close()


def test_a_store_goes_on_after_it_was_told_to_forget(nia: Laptop, store: CentralStore) -> None:
    a_case(nia)
    store.database.forget_deleted()
    nia.pull()


def test_what_was_erased_cannot_come_back(nia: Laptop, noor: Laptop, store: CentralStore, clock: FrozenClock) -> None:
    ids = a_case(nia)
    store.database.write(
        lambda connection: moving.erase_person(connection, ids["person"], "test", "court order", clock())
    )
    results = noor.pushed(
        noor.op("update", "person", ids["person"], 2, values={"title": "Dr"}),
        noor.op("create", "goal", ids["goal"], values={"id": ids["goal"]}),
        noor.op("create", "person", ids["person"], bucket=WEST, values={"id": ids["person"]}),
    )
    assert [it["status"] for it in results] == ["erased", "erased", "erased"]
    # Somebody else may have the number one day: it was freed with the person.
    nia.add_person(nhs_number="9990000018")


def test_who_has_not_confirmed_is_known(nia: Laptop, noor: Laptop, store: CentralStore, clock: FrozenClock) -> None:
    ids = a_case(nia)
    store.database.write(
        lambda connection: moving.erase_person(connection, ids["person"], "test", "court order", clock())
    )
    done = [{"kind": "erase", "bucket": EAST, "type": "person", "id": ids["person"]}]
    assert nia.post("receipts", {"device": nia.device, "done": done}).json() == {"noted": 1}
    assert nia.post("receipts", {"device": nia.device, "done": done}).json() == {"noted": 0}
    with store.database.reading() as connection:
        waiting = devices.unconfirmed(connection, "erase", EAST, "person", ids["person"])
    assert [it.device for it in waiting] == [noor.device]


def test_a_second_server_sees_the_erasure_at_once(nia: Laptop, store: CentralStore, clock: FrozenClock) -> None:
    ids = a_case(nia)
    store.database.write(
        lambda connection: moving.erase_person(connection, ids["person"], "test", "court order", clock())
    )
    with client(store) as second:
        assert laptop(second, "Noor").pull()["digest"]["count"] == 2
