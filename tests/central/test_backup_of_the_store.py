"""Backup and restore: whole, proved, between databases, with new epochs and what was erased staying erased."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from mdt_desktop.central import audit, backup, moving
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.errors import CentralBackupUnreadable
from mdt_desktop.central.tables import METADATA, TOKEN
from mdt_desktop.documents.writing import PaperFileExists
from tests.helpers.central import EAST, Laptop, cheap_passwords, client, laptop
from tests.helpers.clocks import FrozenClock


def contents(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row but the audit's and what a backup leaves out."""
    own = {"audit_epoch", "secrets_check"}  # each store's own
    left_out = {"token", "family", "tried_sign_in", "audit", "audit_head"}
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table)) if row[0] not in own), key=str)
        for table in METADATA.sorted_tables
        if table.name not in left_out
    }


def test_a_restored_store_is_what_it_was_but_for_its_epochs(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    id_ = nia.add_person()
    nia.pushed(nia.op("update", "person", id_, 1, values={"title": "Ms"}))
    with store.database.reading() as connection:
        before = contents(connection)
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    nia.add_person()
    done = backup.restore(store.database, tmp_path / "b.gz", "test", clock)
    with store.database.reading() as connection:
        after = contents(connection)
        assert audit.chain(connection).holds
    epochs = {row[4] for row in before.pop("bucket")} & {row[4] for row in after.pop("bucket")}
    assert (before, epochs) == (after, set())
    assert (done.kept.exists(), done.erased_again) == (True, 0)
    assert oct((tmp_path / "b.gz").stat().st_mode & 0o777) == "0o600"


def test_laptops_compare_after_a_restore_and_offer_again_what_it_does_not_know(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    kept = nia.add_person()
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    lost = nia.op("create", "person", "00000000-0000-4000-8000-000000000001", values={"born": "1940-08-14"})
    nia.pushed(lost)
    nia.pull()
    backup.restore(store.database, tmp_path / "b.gz", "test", clock)
    assert nia.get(f"buckets/{EAST}/changes", after=nia.cursors[EAST]).status_code == 401
    assert nia.register().status_code == 200
    nia.session()
    answer = nia.get(f"buckets/{EAST}/changes", after=nia.cursors[EAST])
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_too_old")
    assert [row[1] for row in nia.get(f"buckets/{EAST}/manifest").json()["rows"]] == [kept]
    later = nia.op("create", "person", "00000000-0000-4000-8000-000000000002", values={"born": "1940-08-14"})
    assert nia.push(later).json()["resend_from"] == lost["op_no"]
    assert [it["status"] for it in nia.pushed(lost, later)] == ["ok", "ok"]


def test_what_was_erased_after_the_backup_is_erased_again_before_anybody_reads(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    id_ = nia.add_person(family_name="Zebrafinchson")
    other = nia.add_person()
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    store.database.write(lambda connection: moving.erase_person(connection, id_, "test", "court order", clock()))
    done = backup.restore(store.database, tmp_path / "b.gz", "test", clock)
    assert done.erased_again == 1
    noor = laptop(nia.http, "Noor")
    noor.pull()
    assert {it for _, _, it in noor.held} == {other}
    with store.database.reading() as connection:
        assert "Zebrafinchson" not in str(contents(connection))
        assert audit.chain(connection).holds


def test_a_backup_of_one_database_is_restored_into_the_other(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path, postgres_url: str
) -> None:
    id_ = nia.add_person(weight=61.5, notes="Łódź “quoted” \U0001f9d3")
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    place: tuple[Path | None, str | None] = (
        (tmp_path / "other", None) if store.database.is_postgresql else (None, postgres_url)
    )
    other = open_store(*place, clock, cheap_passwords())
    backup.restore(other.database, tmp_path / "b.gz", "test", clock)
    with client(other) as http:
        noor = laptop(http, "Noor")
        noor.pull()
        assert noor.held[EAST, "person", id_][1]["notes"] == "Łódź “quoted” \U0001f9d3"
        assert noor.held[EAST, "person", id_][1]["weight"] == 61.5
    other.close()


def test_a_backup_has_no_token_and_never_replaces_a_file(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    with store.database.reading() as connection:
        hashes = connection.execute(select(TOKEN.c.hash)).scalars().all()
    packed = gzip.decompress((tmp_path / "b.gz").read_bytes()).decode()
    assert hashes
    assert not [it for it in hashes if it in packed]
    with pytest.raises(PaperFileExists):
        backup.back_up(store.database, tmp_path / "b.gz", "test", clock)


def _without_line(lines: list[bytes]) -> list[bytes]:
    return lines[:3] + lines[4:]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "not packed": gzip.decompress,
    "cut": lambda data: data[:-40],
    "a byte flipped": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "a line taken out": lambda data: gzip.compress(
        b"".join(_without_line(gzip.decompress(data).splitlines(keepends=True)))
    ),
    "another format": lambda data: gzip.compress(gzip.decompress(data).replace(b"mdt-central-backup-1", b"another")),
    "of a newer version": lambda data: gzip.compress(gzip.decompress(data).replace(b'"0001"', b'"9999"')),
    "something else": lambda data: gzip.compress(json.dumps([1, 2]).encode()),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_backup_is_refused_and_nothing_is_changed(
    how: str, tmp_path: Path, clock: FrozenClock
) -> None:
    store = open_store(tmp_path / "data", None, clock, cheap_passwords())
    good, bad = tmp_path / "good.gz", tmp_path / "bad.gz"
    backup.back_up(store.database, good, "test", clock)
    bad.write_bytes(DAMAGE[how](good.read_bytes()))
    with store.database.reading() as connection:
        before = contents(connection)
    with pytest.raises(CentralBackupUnreadable):
        backup.restore(store.database, bad, "test", clock)
    with pytest.raises(CentralBackupUnreadable):
        backup.restore(store.database, tmp_path / "none.gz", "test", clock)
    with store.database.reading() as connection:
        assert contents(connection) == before
    store.close()
