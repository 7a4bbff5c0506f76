"""Backups by themselves: when one is made, what goes, and what a full disk or a damaged store does to it."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from mdt_desktop.domain.backups import SUSPECT, Occasion
from mdt_desktop.domain.retention import DAILY, LEAST_FREE
from mdt_desktop.security import safe_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.services import backup_shelf
from mdt_desktop.services import backups as service
from mdt_desktop.services.backups import (
    BackupFailed,
    BackupNoRoom,
    Backups,
    CopyExists,
    CopyNotSaved,
    StoreSuspect,
    health,
    note_check,
)
from mdt_desktop.store import backup, backup_file
from mdt_desktop.store.database import KeyMaterial, connect_alone
from mdt_desktop.words import sentence
from tests.helpers.log_watch import LogWatch
from tests.store.backups.desk import Desk, another_store, commit, contents, names, people_in, require_sound

DAMAGE = ("store_suspect",)


@pytest.fixture
def damaged(desk: Desk) -> Desk:
    """An open store whose last page has rotted on the disk."""
    writer = desk.program.access.database.writer
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = bytearray(desk.folder.database.read_bytes())
    content[-2000] ^= 1
    desk.folder.database.write_bytes(content)
    return desk


def own_key(desk: Desk) -> DatabaseKey:
    """The key of the open store."""
    return desk.program.session.key


def test_half_an_hour_after_a_change_a_backup_is_made_by_itself(desk: Desk, backups: Backups) -> None:
    first = backups.make_if_due()
    assert first is not None
    assert first.occasion is Occasion.SCHEDULED
    desk.clock.advance(timedelta(minutes=31))
    assert backups.make_if_due() is None, "nothing was committed"
    desk.add_person()
    second = backups.make_if_due()
    assert second is not None
    assert second.people == 2
    desk.add_person()
    desk.clock.advance(timedelta(minutes=29))
    assert backups.make_if_due() is None, "it is too soon"
    desk.clock.advance(timedelta(minutes=1))
    assert backups.make_if_due() is not None


def test_before_something_big_the_newest_backup_is_of_that_very_moment(desk: Desk, backups: Backups) -> None:
    first = backups.before(Occasion.IMPORT)
    assert first.occasion is Occasion.IMPORT
    assert backups.before(Occasion.KEY_ROTATION).name == first.name, "nothing was committed in between"
    desk.add_person()
    assert backups.before(Occasion.KEY_ROTATION).people == 2
    assert len(names(desk.folder)) == 2


def test_before_something_big_a_damaged_newest_backup_does_not_count(desk: Desk, backups: Backups) -> None:
    first = backups.before(Occasion.IMPORT)
    content = bytearray(first.path.read_bytes())
    content[-5000] ^= 1
    first.path.write_bytes(content)
    second = backups.before(Occasion.IMPORT)
    assert second.name != first.name
    assert health(desk.folder, own_key(desk)).newest_verified


def test_backups_thin_out_as_they_grow_older(desk: Desk, backups: Backups) -> None:
    for _ in range(DAILY + 20):
        commit(desk, 0)
        backups.make()
        commit(desk, 0)
        desk.clock.advance(timedelta(hours=3))
        backups.make()
        desk.clock.advance(timedelta(hours=21))
    made = [it.made_at for it in backups.shelf()]
    recent = [it for it in made if desk.clock() - it < timedelta(days=2, hours=21)]
    older = [it for it in made if it not in recent]
    assert len(recent) in (4, 5, 6)
    assert len({it.date() for it in older}) == len(older), "one a day is left"
    assert len(older) == DAILY + 2, "twelve days, and the two weeks before them"


def test_backups_of_another_store_and_other_files_are_left_alone(
    desk: Desk, backups: Backups, tmp_path: Path
) -> None:
    other = another_store(type(desk.folder)(tmp_path / "other"), desk.clock)
    theirs = other.services.backups.make().path
    other.close()
    desk.folder.backups.mkdir()
    for hour in range(3):
        (desk.folder.backups / f"mdt-2020-01-01T0{hour}00Z.mdtbackup").write_bytes(theirs.read_bytes())
    damaged = desk.folder.backups / "mdt-2020-02-01T0000Z.mdtbackup"
    damaged.write_bytes(theirs.read_bytes()[:-1])
    desk.clock.advance(timedelta(days=900))
    made = backups.make()
    assert len(names(desk.folder)) == 5
    assert [it.of_this_store for it in backups.shelf() if it.whole] == [True, False, False, False]
    assert health(desk.folder, own_key(desk)).newest == made.name


# A disk that is small, full or not to be written


def with_room(desk: Desk, free: int) -> Backups:
    return Backups(desk.program.access, lambda _: free)


def test_too_little_room_is_told_and_nothing_is_given_up_for_nothing(desk: Desk, backups: Backups) -> None:
    backups.make()
    before = contents(desk.folder.root)
    desk.clock.advance(timedelta(minutes=31))
    desk.add_person()
    with pytest.raises(BackupNoRoom) as refused:
        with_room(desk, LEAST_FREE).make_if_due()
    assert "268 MB are free" in sentence(refused.value)
    assert set(names(desk.folder)) == {Path(name).name for name in before if name.startswith("backups/")}
    assert people_in(desk.program) == 2


def test_after_a_try_without_room_the_next_is_half_an_hour_later(desk: Desk) -> None:
    tight = with_room(desk, 0)
    with pytest.raises(BackupNoRoom):
        tight.make_if_due()
    desk.clock.advance(timedelta(minutes=29))
    assert tight.make_if_due() is None
    desk.clock.advance(timedelta(minutes=1))
    with pytest.raises(BackupNoRoom):
        tight.make_if_due()


def test_on_a_small_disk_the_backups_of_the_day_make_room_for_the_next(desk: Desk, backups: Backups) -> None:
    for _ in range(6):
        backups.make()
        desk.clock.advance(timedelta(minutes=1))
    size = desk.folder.database.stat().st_size
    with_room(desk, LEAST_FREE + size).make()
    assert "mdt-2026-11-23T0906Z.mdtbackup" in names(desk.folder)
    assert "mdt-2026-11-23T0905Z.mdtbackup" in names(desk.folder), "the newest is never given up"
    assert len(names(desk.folder)) < 6


def test_a_disk_that_fills_while_copying_is_told_and_leaves_nothing(
    desk: Desk, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(path: Path, key: KeyMaterial, *, to_write: bool = False) -> dbapi2.Connection:
        connection = connect_alone(path, key, to_write=to_write)
        if to_write:
            connection.execute("PRAGMA max_page_count = 20").fetchall()
        return connection

    monkeypatch.setattr(backup, "connect_alone", small)
    with pytest.raises(BackupFailed) as refused:
        backups.make()
    assert "the disk is full" in sentence(refused.value)
    assert names(desk.folder) == []
    desk.add_person()
    require_sound(desk.program)


def test_a_folder_that_cannot_be_written_is_told(desk: Desk, backups: Backups) -> None:
    desk.folder.backups.write_text("a file in the way")
    with pytest.raises(BackupFailed) as refused:
        backups.make()
    assert "File exists" in sentence(refused.value)
    assert desk.folder.backups.read_text() == "a file in the way"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO], ids=["full", "not allowed", "failing"])
@pytest.mark.parametrize("step", ["open", "fsync", "link"])
def test_whichever_step_fails_it_is_told_and_nothing_is_left(
    step: str, code: int, desk: Desk, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th of each kind of step, for n = 1, 2, … until a backup gets through."""
    first = backups.make().path
    kept = first.read_bytes()
    real = getattr(os, step)
    done = 0
    for failing in range(1, 40):
        count = 0

        def fail(*given: object, failing: int = failing, **named: object) -> object:
            nonlocal count
            count += 1
            if count == failing:
                raise OSError(code, os.strerror(code))
            return real(*given, **named)

        monkeypatch.setattr(os, step, fail)
        try:
            backups.make()
        except BackupFailed:
            done += 1
        monkeypatch.setattr(os, step, real)
        if count < failing:
            break
        assert not [name for name in names(desk.folder) if name.startswith(".")], failing
        for made in backups.shelf():
            backup_file.check_bytes(backup_file.read(made.path), lambda: None)
            if made.path != first:
                made.path.unlink()
    else:
        pytest.fail("a backup never got through")
    assert done or step == "link", "hard links have another way"
    assert first.read_bytes() == kept
    require_sound(desk.program)


def test_old_backups_that_cannot_be_removed_are_no_reason_to_call_a_backup_failed(
    desk: Desk, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        backups.make()
    desk.clock.advance(timedelta(days=30))

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "")

    monkeypatch.setattr(safe_file, "remove", refuse)
    assert backups.make().whole
    monkeypatch.undo()
    backups.make()
    assert len(names(desk.folder)) == 3, "they went the next time"


# A damaged store


@pytest.mark.parametrize("place", ["the last page", "a page that is free", "the log"])
def test_a_page_that_has_rotted_is_found_wherever_it_is(
    place: str, desk: Desk, backups: Backups, log_watch: LogWatch
) -> None:
    """SQLCipher copies such a page as zeros under a good seal, which no check of the copy can find at the end."""
    log_watch.expect(*DAMAGE)
    writer = desk.program.access.database.writer
    writer.execute("CREATE TABLE long (words TEXT)")
    writer.execute("INSERT INTO long VALUES (?)", ("y" * 9000,))
    if place == "a page that is free":
        writer.execute("DROP TABLE long")
    file = desk.folder.side_files()[0] if place == "the log" else desk.folder.database
    if place != "the log":
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = bytearray(file.read_bytes())
    content[-1000] ^= 1
    file.write_bytes(content)
    with pytest.raises(StoreSuspect):
        backups.make()
    assert names(desk.folder) == [SUSPECT]


def test_of_a_damaged_store_no_backup_is_made_and_the_good_ones_stay(damaged: Desk, log_watch: LogWatch) -> None:
    log_watch.expect(*DAMAGE)
    kept = damaged.folder.backups / "mdt-2020-01-01T0000Z.mdtbackup"
    kept.parent.mkdir()
    kept.write_bytes(b"an earlier one")
    with pytest.raises(StoreSuspect) as refused:
        damaged.backups.make()
    assert "damaged" in sentence(refused.value)
    assert names(damaged.folder) == [kept.name, SUSPECT]
    assert damaged.backups.make_if_due() is None, "nothing is tried by itself again"
    with pytest.raises(StoreSuspect):
        damaged.backups.before(Occasion.IMPORT)


def test_a_check_that_finds_damage_stops_backups_and_a_clean_one_allows_them(desk: Desk, backups: Backups) -> None:
    note_check(desk.folder, desk.clock(), sound=False)
    assert backups.is_held()
    with pytest.raises(StoreSuspect):
        backups.make()
    with pytest.raises(StoreSuspect):
        Backups(desk.program.access).make()
    assert backups.check_again()
    assert not backups.is_held()
    assert backups.make().whole


def test_a_check_of_a_damaged_store_does_not_allow_them(damaged: Desk) -> None:
    assert not damaged.backups.check_again()
    assert damaged.backups.is_held()


def test_a_check_of_a_changed_audit_log_does_not_allow_them(desk: Desk, backups: Backups) -> None:
    writer = desk.program.access.database.writer
    writer.execute("DROP TRIGGER audit_entry_is_never_changed")
    writer.execute("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2")
    assert not backups.check_again()
    assert backups.is_held()


def test_a_disk_that_cannot_take_the_mark_is_no_further_failure(
    desk: Desk, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(backup_shelf, "write_privately", full)
    note_check(desk.folder, desk.clock(), sound=False)
    assert backups.make().whole


def test_a_broken_index_is_damage_too(desk: Desk, backups: Backups, log_watch: LogWatch) -> None:
    """All seals fit, as the program itself wrote it: only the structure tells."""
    log_watch.expect(*DAMAGE)
    writer = desk.program.access.database.writer
    writer.execute("PRAGMA writable_schema = ON")
    writer.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'ix_audit_entry_person_id'")
    writer.execute("PRAGMA writable_schema = RESET")
    with pytest.raises(StoreSuspect):
        backups.make()
    assert names(desk.folder) == [SUSPECT]


# Health


def test_the_newest_backup_is_restored_for_trial(desk: Desk, backups: Backups) -> None:
    assert health(desk.folder, own_key(desk)).newest_verified is None
    made = backups.make()
    found = health(desk.folder, own_key(desk))
    assert (found.count, found.newest, found.newest_verified) == (1, made.name, True)
    assert names(desk.folder) == [made.name], "the trial leaves nothing"


@pytest.mark.parametrize("spoil", ["a bit", "its end", "its head", "all of it"])
def test_a_newest_backup_that_cannot_be_restored_is_found(spoil: str, desk: Desk, backups: Backups) -> None:
    backups.make()
    desk.clock.advance(timedelta(minutes=1))
    newest = backups.make().path
    content = bytearray(newest.read_bytes())
    if spoil == "a bit":
        content[-3000] ^= 4
    elif spoil == "its head":
        content[300] ^= 4
    newest.write_bytes(content[:-7] if spoil == "its end" else b"" if spoil == "all of it" else content)
    found = health(desk.folder, own_key(desk))
    assert (found.count, found.newest, found.newest_verified) == (2, newest.name, False)


def test_without_room_for_a_trial_the_bytes_are_compared(
    desk: Desk, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = backups.make().path

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(backup_file, "extract_database", full)
    assert health(desk.folder, own_key(desk)).newest_verified is True
    content = bytearray(newest.read_bytes())
    content[-3000] ^= 4
    newest.write_bytes(content)
    assert health(desk.folder, own_key(desk)).newest_verified is False


# A copy elsewhere


def test_a_copy_elsewhere_is_a_whole_backup_of_now_and_the_audit_tells_of_it(
    desk: Desk, backups: Backups, tmp_path: Path
) -> None:
    target = tmp_path / "on a stick.mdtbackup"
    made = backups.save_copy(target)
    assert target.read_bytes() == made.path.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    last = desk.program.access.database.reader.execute(
        "SELECT action, reason FROM audit_entry ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    assert last[0] == "save_backup_copy"
    assert last[1]
    assert made.audit_entries == backups.present().audit_entries, "the copy holds the entry about itself"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_copy_never_replaces_a_file(desk: Desk, backups: Backups, tmp_path: Path) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("mine")
    with pytest.raises(CopyExists):
        backups.save_copy(target)
    assert target.read_text() == "mine"
    assert names(desk.folder) == []
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(CopyExists):
        backups.save_copy(link)


def test_a_copy_into_a_folder_that_is_not_there_is_told(backups: Backups, tmp_path: Path) -> None:
    with pytest.raises(CopyNotSaved) as refused:
        backups.save_copy(tmp_path / "no" / "such.mdtbackup")
    assert "no such folder" in sentence(refused.value)


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_a_stick_that_fails_is_told_and_keeps_nothing_half(
    step: str, backups: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup_file.read(backups.make().path)

    def fail(*given: object, **_: object) -> None:
        raise FileExistsError(errno.EEXIST, "") if step == "link" else OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises((CopyNotSaved, CopyExists)):
        service.save_as(made, tmp_path / "copy.mdtbackup")
    monkeypatch.undo()
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_practice_more_is_one_commit_more_for_the_next_backup(desk: Desk, backups: Backups) -> None:
    before = backups.present()
    with backup.snapshot(desk.program.access.database) as connection:
        assert backup.state_of(connection) == before
    desk.add_person()
    assert not before.same_moment(backups.present())
