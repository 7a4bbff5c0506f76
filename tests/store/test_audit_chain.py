"""Tampering with the audit log, at every index of a chain of 1,000 entries: found, and the right entry named."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlcipher3 import dbapi2

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import migrations_dir
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import START, Act, entry_hash, first_broken, head

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

LENGTH = 1000
ACTOR = Actor("actor-1", "Sam Specimen", Role.CARE_NAVIGATOR, "Invented Council", "locality-1", "device-1")
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
COLUMNS = "at, actor_id, actor, action, kind, record_id, person_id, fields, reason"


@pytest.fixture(scope="module")
def chain() -> Iterator["Connection"]:
    """A chain of 1,000 entries in a database of its own, without the triggers that an attacker has taken away."""
    connection = dbapi2.connect(":memory:", isolation_level=None)
    script = (migrations_dir() / "local" / "versions" / "0001_first_schema.sql").read_text(encoding="utf-8")
    connection.execute(next(it for it in script.split(";\n\n") if "CREATE TABLE audit_entry" in it))
    for number in range(LENGTH):
        act = Act("view", "person", f"person-{number}", f"person-{number}", "", f"for reason {number}")
        audit_log.append(connection, ACTOR, MOMENT + timedelta(minutes=number), [act])
    yield connection
    connection.close()


def undone(connection: "Connection", tamper: Callable[[], None], kept: audit_log.Head | None = None) -> int | None:
    """What is found after tampering, which is taken back."""
    connection.execute("BEGIN")
    try:
        tamper()
        return first_broken(connection, kept)
    finally:
        connection.execute("ROLLBACK")


def shift(connection: "Connection", start: int, by: int) -> None:
    """Give the entries from `start` on other numbers, as if one had been put in or taken out unseen."""
    connection.execute("UPDATE audit_entry SET seq = -seq WHERE seq >= ?", (start,))
    connection.execute("UPDATE audit_entry SET seq = -seq + ? WHERE seq < 0", (by,))


def test_a_chain_that_nobody_touched_holds(chain: "Connection") -> None:
    assert first_broken(chain) is None
    last = head(chain)
    assert last is not None
    assert last[0] == LENGTH
    assert first_broken(chain, last) is None


@pytest.mark.parametrize("column", COLUMNS.split(", "))
def test_every_column_of_an_entry_is_sealed(chain: "Connection", column: str) -> None:
    def change() -> None:
        chain.execute(f"UPDATE audit_entry SET {column} = 'x' WHERE seq = 500")

    assert undone(chain, change) == 500


def test_a_changed_entry_is_found_at_every_index(chain: "Connection") -> None:
    def change(seq: int) -> None:
        chain.execute("UPDATE audit_entry SET actor = 'Somebody Else' WHERE seq = ?", (seq,))

    found = [undone(chain, partial(change, seq)) for seq in range(1, LENGTH + 1)]
    assert found == list(range(1, LENGTH + 1))


def test_an_entry_changed_with_a_new_hash_of_its_own_is_found_at_the_next(chain: "Connection") -> None:
    """Whoever can compute hashes has to change every later entry as well: the next one does not fit any more."""

    def forge(seq: int) -> None:
        row = chain.execute(f"SELECT prev_hash, {COLUMNS} FROM audit_entry WHERE seq = ?", (seq,)).fetchone()
        entry = (*row[1:3], "Somebody Else", *row[4:])
        digest = entry_hash(row[0], entry)
        chain.execute("UPDATE audit_entry SET actor = ?, hash = ? WHERE seq = ?", ("Somebody Else", digest, seq))

    found = [undone(chain, partial(forge, seq)) for seq in range(1, LENGTH)]
    assert found == list(range(2, LENGTH + 1))


def test_a_deleted_entry_is_found_at_every_index(chain: "Connection") -> None:
    def delete(seq: int) -> None:
        chain.execute("DELETE FROM audit_entry WHERE seq = ?", (seq,))

    found = [undone(chain, partial(delete, seq)) for seq in range(1, LENGTH)]
    assert found == list(range(1, LENGTH))


def test_a_deleted_entry_whose_gap_was_closed_is_found_at_every_index(chain: "Connection") -> None:
    def delete(seq: int) -> None:
        chain.execute("DELETE FROM audit_entry WHERE seq = ?", (seq,))
        shift(chain, seq + 1, -1)

    found = [undone(chain, partial(delete, seq)) for seq in range(1, LENGTH, 7)]
    assert found == list(range(1, LENGTH, 7))


def insert(connection: "Connection", seq: int, *, hashed: bool) -> None:
    """Put an entry in at `seq`; a clever one continues the chain up to itself."""
    shift(connection, seq, 1)
    before = connection.execute("SELECT hash FROM audit_entry WHERE seq = ?", (seq - 1,)).fetchone()
    previous = str(before[0]) if before else START
    entry = ("2026-11-23T09:00:00.000Z", "actor-1", "Sam Specimen", "view", "person", "x", None, "", "")
    digest = entry_hash(previous, entry) if hashed else "f" * 64
    connection.execute(
        f"INSERT INTO audit_entry (seq, {COLUMNS}, prev_hash, hash) VALUES ({', '.join('?' * 12)})",
        (seq, *entry, previous, digest),
    )


def test_an_inserted_entry_is_found_at_every_index(chain: "Connection") -> None:
    def put(seq: int) -> None:
        insert(chain, seq, hashed=False)

    found = [undone(chain, partial(put, seq)) for seq in range(1, LENGTH + 1)]
    assert found == list(range(1, LENGTH + 1))


def test_an_inserted_entry_with_a_hash_that_fits_is_found_at_the_one_it_pushed_on(chain: "Connection") -> None:
    def put(seq: int) -> None:
        insert(chain, seq, hashed=True)

    found = [undone(chain, partial(put, seq)) for seq in range(1, LENGTH, 7)]
    assert found == list(range(2, LENGTH + 1, 7))


def test_two_swapped_entries_are_found_at_every_index(chain: "Connection") -> None:
    def swap(seq: int) -> None:
        other = seq % LENGTH + 1
        chain.execute("UPDATE audit_entry SET seq = -1 WHERE seq = ?", (seq,))
        chain.execute("UPDATE audit_entry SET seq = ? WHERE seq = ?", (seq, other))
        chain.execute("UPDATE audit_entry SET seq = ? WHERE seq = -1", (other,))

    found = [undone(chain, partial(swap, seq)) for seq in range(1, LENGTH + 1)]
    assert found == [*range(1, LENGTH), 1]  # the last is swapped with the first


def test_a_cut_end_is_found_at_every_index_with_the_head_kept_elsewhere_and_only_then(chain: "Connection") -> None:
    kept = head(chain)

    def cut(seq: int) -> None:
        chain.execute("DELETE FROM audit_entry WHERE seq >= ?", (seq,))

    for seq in range(1, LENGTH + 1):
        assert undone(chain, partial(cut, seq), kept) == seq
    assert undone(chain, partial(cut, 500)) is None, "nothing is left behind that would not fit"


def test_an_end_that_was_cut_and_written_anew_is_found_by_the_head(chain: "Connection") -> None:
    """Every hash fits, as whoever rewrote them could compute them: only the head tells another story."""
    kept = head(chain)

    def rewrite() -> None:
        chain.execute("DELETE FROM audit_entry WHERE seq > 990")
        chain.execute("UPDATE sqlite_sequence SET seq = 990 WHERE name = 'audit_entry'")
        for number in range(10):
            audit_log.append(chain, ACTOR, MOMENT + timedelta(days=1, minutes=number), [Act("view")])

    assert undone(chain, rewrite) is None
    assert undone(chain, rewrite, kept) == LENGTH


def test_entries_written_since_the_head_was_kept_are_no_tampering(chain: "Connection") -> None:
    row = chain.execute("SELECT seq, hash FROM audit_entry WHERE seq = 700").fetchone()
    assert first_broken(chain, (row[0], row[1])) is None


def test_an_emptied_log_is_found_by_the_head(chain: "Connection") -> None:
    kept = head(chain)

    def empty() -> None:
        chain.execute("DELETE FROM audit_entry")

    assert undone(chain, empty, kept) == 1
    assert undone(chain, empty, (0, START)) is None, "a head of a log that was empty"
