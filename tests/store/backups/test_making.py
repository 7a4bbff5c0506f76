"""A backup is one private file, verified before it has its name, and nobody waits for it."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop.domain.backups import Occasion
from mdt_desktop.paths import FILE_MODE, FOLDER_MODE
from mdt_desktop.security import key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import KeyFileMissing
from mdt_desktop.services import backups as service
from mdt_desktop.services.backups import BackupFailed, Backups
from mdt_desktop.store import backup, backup_file
from mdt_desktop.store.backup import BackupNotSound
from mdt_desktop.store.database import StoreClosing, connect_alone
from tests.helpers.stores import NHS_NUMBER, PASSPHRASE, add_person
from tests.store.backups.desk import Desk, contents, names

FIRST = "mdt-2026-11-23T0900Z.mdtbackup"


def test_a_backup_is_one_file_that_only_its_owner_may_read(desk: Desk, backups: Backups) -> None:
    old_mask = os.umask(0)
    try:
        made = backups.make()
    finally:
        os.umask(old_mask)
    assert names(desk.folder) == [made.name] == [FIRST]
    assert desk.folder.backups.stat().st_mode & 0o777 == FOLDER_MODE
    assert made.path.stat().st_mode & 0o777 == FILE_MODE


def test_a_backups_folder_that_others_could_enter_is_tightened(desk: Desk, backups: Backups) -> None:
    desk.folder.backups.mkdir(mode=0o755)
    backups.make()
    assert desk.folder.backups.stat().st_mode & 0o777 == FOLDER_MODE


def test_it_says_what_it_holds_and_nothing_about_a_person(desk: Desk, backups: Backups) -> None:
    made = backups.make(Occasion.BY_HAND)
    assert (made.people, made.cases, made.care_plans) == (1, 0, 0)
    assert (made.occasion, made.of_this_store, made.whole) == (Occasion.BY_HAND, True, True)
    assert made.last_change == made.made_at == desk.clock()
    content = made.path.read_bytes()
    head = content[: backup_file.read(made.path).starts_at]
    for word in ("Examplesson", "Wilma", NHS_NUMBER, "Robin", "Invented Borough", "North East", PASSPHRASE):
        for encoding in ("utf-8", "utf-16-le"):
            assert word.encode(encoding) not in content, word
    assert desk.program.session.key.raw_key() not in content
    assert desk.program.session.key.raw_key().hex().encode() not in content
    assert b"SQLite format 3" not in content
    assert len(head) < 4096


def test_its_database_is_under_a_key_of_its_own_that_the_header_guards(
    desk: Desk, backups: Backups, tmp_path: Path
) -> None:
    made = backup_file.read(backups.make().path)
    raw_key = desk.program.session.key.raw_key()
    own = service.unwrapped(made.header, raw_key)
    assert own is not None
    assert own.raw_key() != raw_key
    with backup.extracted(made, tmp_path, lambda: None) as copy:
        with pytest.raises(BackupNotSound):
            backup.check_copy(copy, DatabaseKey(raw_key), made.header.state, lambda: None)
        backup.check_copy(copy, own, made.header.state, lambda: None)
    other = service.unwrapped(backup_file.read(backups.make().path).header, raw_key)
    assert other is not None
    assert other.raw_key() != own.raw_key(), "each backup has its own"


def test_two_backups_of_one_minute_lie_beside_each_other(desk: Desk, backups: Backups) -> None:
    first = contents(backups.make().path.parent)
    backups.make()
    assert names(desk.folder) == ["mdt-2026-11-23T0900Z-2.mdtbackup", FIRST]
    assert contents(desk.folder.backups)[FIRST] == first[FIRST]


def test_another_file_of_that_name_is_never_replaced(desk: Desk, backups: Backups) -> None:
    desk.folder.backups.mkdir()
    (desk.folder.backups / FIRST).write_text("somebody's notes")
    made = backups.make()
    assert made.name == "mdt-2026-11-23T0900Z-2.mdtbackup"
    assert (desk.folder.backups / FIRST).read_text() == "somebody's notes"


def test_where_the_disk_knows_no_hard_links_a_file_is_still_never_replaced(
    desk: Desk, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    first = backups.make().path
    content = first.read_bytes()
    assert backups.make().name == "mdt-2026-11-23T0900Z-2.mdtbackup"
    assert first.read_bytes() == content


def test_it_is_verified_before_it_has_its_name(
    desk: Desk, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that writes something else than it was given: the file never gets its name."""
    write = backup_file.write_database

    def wrong(head: bytes, database: Path, target: object, going: object) -> None:
        write(head, database, target, going)  # type: ignore[arg-type]
        target.seek(-5000, os.SEEK_END)  # type: ignore[attr-defined]
        target.write(b"\0")  # type: ignore[attr-defined]

    monkeypatch.setattr(backup_file, "write_database", wrong)
    with pytest.raises(BackupFailed):
        backups.make()
    assert names(desk.folder) == []


def test_a_key_file_that_does_not_open_the_store_is_not_taken_into_a_backup(desk: Desk, backups: Backups) -> None:
    """Such a backup could never be restored: nobody would know until they need it."""
    aside = desk.folder.key_file.read_bytes()
    desk.folder.key_file.unlink()
    key_envelope.create_envelope(desk.folder.key_file, PASSPHRASE)[0].wipe()
    with pytest.raises(Exception, match="key_of_another_store"):
        backups.make()
    desk.folder.key_file.unlink()
    with pytest.raises(KeyFileMissing):
        backups.make()
    assert names(desk.folder) == []
    desk.folder.key_file.write_bytes(aside)
    assert backups.make().whole


def test_what_is_written_while_it_is_copied_is_neither_held_up_nor_half_in_it(desk: Desk, backups: Backups) -> None:
    before = backups.present()
    written: list[str] = []

    def meanwhile(done: int, of: int) -> None:
        if not written:
            written.append(desk.add_person())
            assert desk.program.services.case_file.overview(written[0]).person.id == written[0]

    made = backups.make(progress=meanwhile)
    assert written
    assert made.people == before.people == 1
    assert backup_file.read(made.path).header.state == before
    assert backups.present().people == 2


def test_closing_the_store_stops_a_backup_and_waits_until_it_has_let_go(desk: Desk, backups: Backups) -> None:
    begun, ended = threading.Event(), threading.Event()
    raised: list[BaseException] = []

    def hold(done: int, of: int) -> None:
        begun.set()
        desk.program.access.database.closing.wait(20)
        ended.set()

    def work() -> None:
        try:
            backups.make(progress=hold)
        except StoreClosing as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(20)
    desk.program.access.database.close()
    assert ended.is_set(), "the store closed while it was being read"
    thread.join(20)
    assert len(raised) == 1
    assert names(desk.folder) == []
    assert not desk.folder.side_files()[0].exists(), "the log was folded in as at every closing"


def test_a_closed_store_gives_no_backup(desk: Desk, backups: Backups) -> None:
    desk.program.access.database.close()
    with pytest.raises(StoreClosing):
        backups.present()


def test_what_stops_it_from_outside_leaves_nothing(desk: Desk, backups: Backups) -> None:
    class EnoughOfIt(Exception):
        """The person pressed Stop."""

    def stop(done: int, of: int) -> None:
        raise EnoughOfIt

    with pytest.raises(EnoughOfIt):
        backups.make(progress=stop)
    assert names(desk.folder) == []
    assert backups.make().whole


def test_what_a_killed_process_left_half_made_is_removed_by_the_next(desk: Desk, backups: Backups) -> None:
    desk.folder.backups.mkdir()
    for name in (".0123456789abcdef.db.part", ".0123456789abcdef.part", ".0123456789abcdef.db.part-journal"):
        (desk.folder.backups / name).write_bytes(b"half")
    (desk.folder.backups / "notes.txt").write_text("mine")
    assert names(desk.folder)[-1:] != [FIRST]
    backups.make()
    assert names(desk.folder) == [FIRST, "notes.txt"]


def test_two_threads_make_one_after_the_other(desk: Desk, backups: Backups) -> None:
    inside: list[int] = []
    most: list[int] = []

    def count(done: int, of: int) -> None:
        inside.append(1)
        most.append(len(set(names(desk.folder)) - {FIRST, "mdt-2026-11-23T0900Z-2.mdtbackup"}))

    threads = [threading.Thread(target=lambda: backups.make(progress=count)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert max(most) == 1, "two copies were being made at once"
    assert len(names(desk.folder)) == 2


def test_the_copy_of_a_store_is_as_large_as_the_store(desk: Desk, backups: Backups) -> None:
    desk.program.access.database.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    made = backups.make()
    assert made.size - desk.folder.database.stat().st_size < 4096


def test_the_list_shows_the_newest_first_and_damaged_ones_too(desk: Desk, backups: Backups) -> None:
    first = backups.make()
    desk.clock.advance(timedelta(hours=1))
    add_person(desk.program, desk.practice, nhs_number="9990000085")
    second = backups.make()
    desk.clock.advance(timedelta(hours=1))
    third = backups.make()
    third.path.write_bytes(third.path.read_bytes()[:-1])
    (desk.folder.backups / "notes.txt").write_text("mine")
    found = backups.shelf()
    assert [it.name for it in found] == [third.name, second.name, first.name]
    assert [it.whole for it in found] == [False, True, True]
    assert [it.people for it in found] == [0, 2, 1]
    assert found[0].made_at == third.made_at, "the name still tells when"


def test_the_database_in_a_backup_opens_by_its_own_key_only(desk: Desk, backups: Backups, tmp_path: Path) -> None:
    made = backup_file.read(backups.make().path)
    with (
        backup.extracted(made, tmp_path, lambda: None) as copy,
        pytest.raises(Exception, match="not a database"),
    ):
        connect_alone(copy, DatabaseKey.random()).execute("SELECT count(*) FROM person")
