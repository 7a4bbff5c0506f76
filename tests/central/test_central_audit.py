"""The central audit: it only grows, and whatever is done to it outside is found with its place (SECURITY R35)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from mdt_desktop.central import audit
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.tables import AUDIT
from tests.helpers.central import EAST, Laptop, cheap_passwords
from tests.helpers.clocks import FrozenClock

ENTRIES = 60


@pytest.fixture
def chained(tmp_path: Path, clock: FrozenClock) -> CentralStore:
    """A SQLite store with a chain, whose guards are gone: whoever tampers has taken them away first."""
    store = open_store(tmp_path / "chained", None, clock, cheap_passwords())

    def fill(connection: Connection) -> None:
        audit.append(connection, clock(), [CentralAct("push", "Nia", detail=str(number)) for number in range(ENTRIES)])
        connection.execute(text("DROP TRIGGER audit_stays"))
        connection.execute(text("DROP TRIGGER audit_holds"))

    store.database.write(fill)
    return store


COLUMNS = ("at", "user_name", "device_id", "action", "bucket_id", "rec_ids", "detail", "hash", "prev_hash")
TAMPERING: dict[str, Callable[[int], tuple[str, ...]]] = {
    **{f"{name} changed": lambda seq, name=name: (  # type: ignore[misc]  # bound by its default
        f"UPDATE audit SET {name} = 'x' || {name} WHERE seq = {seq}",) for name in COLUMNS},
    "taken out": lambda seq: (f"DELETE FROM audit WHERE seq = {seq}",),
    "swapped with the next": lambda seq: (
        f"UPDATE audit SET seq = 100000 WHERE seq = {seq}",
        f"UPDATE audit SET seq = {seq} WHERE seq = {seq} + 1",
        f"UPDATE audit SET seq = {seq} + 1 WHERE seq = 100000",
    ),
    "cut off from here": lambda seq: (f"DELETE FROM audit WHERE seq >= {seq}",),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found_at_each_place_and_the_place_is_named(how: str, chained: CentralStore) -> None:
    class Undo(Exception):
        """Takes the tampering back."""

    def tried(seq: int) -> int | None:
        found: list[int | None] = []

        def work(connection: Connection) -> None:
            for statement in TAMPERING[how](seq):
                connection.execute(text(statement))
            found.append(audit.chain(connection).first_broken)
            raise Undo

        with pytest.raises(Undo):
            chained.database.write(work)
        return found[0]

    # The last has no next one to be swapped with.
    places = range(1, ENTRIES if how == "swapped with the next" else ENTRIES + 1)
    assert [tried(seq) for seq in places] == list(places)
    with chained.database.reading() as connection:
        assert audit.chain(connection) == audit.ChainState(ENTRIES, None)
    chained.close()


def test_an_entry_put_in_at_the_end_is_found(chained: CentralStore) -> None:
    chained.database.write(
        lambda connection: connection.execute(
            text(f"INSERT INTO audit SELECT {ENTRIES + 1}, prev_hash, hash, at, user_name, device_id, action,"
                 " bucket_id, rec_ids, detail, salt, detail_hash FROM audit WHERE seq = 1")
        )
    )  # fmt: skip
    with chained.database.reading() as connection:
        assert not audit.chain(connection).holds
    chained.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE audit SET user_name = 'nobody' WHERE seq = 1",
        "UPDATE audit SET detail = 'other' WHERE seq = 1",
        "UPDATE audit SET detail = NULL, salt = NULL, action = 'other' WHERE seq = 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_audit(statement: str, store: CentralStore) -> None:
    with pytest.raises(Exception, match=r"audit|central_busy") as refused:
        store.database.write(lambda connection: connection.execute(text(statement)))
    assert isinstance(refused.value, DBAPIError) or refused.value.__cause__ is not None
    with store.database.reading() as connection:
        assert audit.chain(connection).holds


def test_every_request_leaves_its_entry_with_the_records_that_were_told(nia: Laptop, store: CentralStore) -> None:
    id_ = nia.add_person()
    nia.pull()
    nia.get(f"buckets/{EAST}/manifest")
    nia.post(f"buckets/{EAST}/fetch", {"ids": [["person", id_]]})
    with store.database.reading() as connection:
        rows = connection.execute(select(AUDIT).where(AUDIT.c.rec_ids.contains(id_)).order_by(AUDIT.c.seq)).all()
        assert audit.chain(connection).holds
    assert [(row.action, row.user_name, row.device_id, row.bucket_id) for row in rows] == [
        (action, "Nia", nia.device, EAST) for action in ("push", "pull", "manifest", "fetch")
    ]


def test_what_was_typed_is_not_in_the_audit(nia: Laptop, store: CentralStore) -> None:
    nia.add_person(family_name="Zebrafinchson")
    nia.pushed(nia.op("audit", "audit_entry", "1", values={"action": "view", "reason": "Zebrafinchson asked"}))
    with store.database.reading() as connection:
        kept = connection.execute(select(func.count()).where(AUDIT.c.detail.contains("Zebrafinchson"))).scalar_one()
        told = connection.execute(select(AUDIT.c.detail).where(AUDIT.c.action == "laptop_entry")).scalars().all()
    assert (kept, told) == (0, ['{"action": "view"}'])
