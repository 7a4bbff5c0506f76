"""A restore puts the data of a day back, keeps what it replaces, and never brings an old passphrase with it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.domain.backups import Occasion
from mdt_desktop.domain.retention import DAILY, LEAST_FREE, MONTHLY, WEEKLY
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import TooManyAttempts, WrongPassphrase, WrongRecoveryKey
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.unlock_attempts import UnlockAttempts
from mdt_desktop.services import backup_shelf
from mdt_desktop.services.backups import MigrationNotBackedUp
from mdt_desktop.services.restoring import BackupOfAnotherDay, RestoreFailed, RestoreNoRoom, Restoring
from mdt_desktop.store import backup, backup_file, migrations
from mdt_desktop.store.database import StoreExists, StoreUnreadable
from mdt_desktop.store.freshness import State
from mdt_desktop.store.problems import StoreNotCurrent
from mdt_desktop.words import sentence
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE
from tests.store.backups.desk import (
    OTHER_PASSPHRASE,
    Desk,
    another_store,
    commit,
    contents,
    day_of,
    names,
    people_in,
    require_sound,
)
from tests.store.old_files.make import FAMILY_NAMES, KEPT, kept

pytestmark = pytest.mark.real_argon2  # the old files were made by it


@pytest.fixture
def made(desk: Desk) -> Path:
    """A backup of one person; the store has two now."""
    path = desk.backups.make().path
    desk.add_person()
    return path


def last_act(desk: Desk, action: str) -> tuple[str, str]:
    """Record id and reason of the last act of this name."""
    reader = desk.program.access.database.reader
    row = reader.execute(
        "SELECT record_id, reason FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1", (action,)
    ).fetchone()
    return str(row[0]), str(row[1])


def change_passphrase(desk: Desk, new: str = OTHER_PASSPHRASE) -> None:
    key_envelope.change_passphrase(desk.folder.key_file, PASSPHRASE, new, parameters=FLOOR)


def rotate_key(desk: Desk) -> None:
    """Another database key and another passphrase for the same store; it is closed afterwards."""
    rotation = bootstrap.begin_key_rotation(desk.program, PASSPHRASE, parameters=FLOOR)
    desk.program = bootstrap.finish_key_rotation(desk.program, rotation)
    desk.close()
    change_passphrase(desk)


# Looking


def test_what_is_in_the_backup_stands_beside_what_is_in_the_store(desk: Desk, made: Path) -> None:
    desk.clock.advance(timedelta(days=1))
    desk.add_person()
    key = desk.program.session.key
    found = desk.restoring.look(made)
    present = desk.backups.present()
    assert (found.people, present.people) == (1, 3)
    assert found.last_change == desk.clock() - timedelta(days=1)
    assert present.last_change == desk.clock()
    assert found.of_this_store
    desk.program.access.database.close()
    closed = desk.restoring.present(key)
    assert (closed.there, closed.readable, closed.people, closed.last_change) == (True, True, 3, desk.clock())
    assert desk.restoring.present().readable is False


def test_a_damaged_or_missing_store_is_compared_as_such(desk: Desk, made: Path) -> None:
    key = DatabaseKey(desk.program.session.key.raw_key())
    desk.close()
    content = bytearray(desk.folder.database.read_bytes())
    content[100] ^= 1
    desk.folder.database.write_bytes(content)
    assert (desk.restoring.present(key).there, desk.restoring.present(key).readable) == (True, False)
    desk.folder.database.unlink()
    assert desk.restoring.present(key).there is False


# In place


def test_a_restore_brings_the_data_of_that_day_back_and_keeps_what_it_replaced(desk: Desk, made: Path) -> None:
    desk.clock.advance(timedelta(hours=2))
    replaced = desk.restore(made, reason="The list was imported twice")
    assert replaced == desk.folder.replaced / "2026-11-23T1100Z"
    assert sorted(path.name for path in replaced.iterdir()) == ["mdt.db", desk.folder.freshness.name, "mdt.key"]
    with desk.open() as program:
        assert people_in(program) == 1
        require_sound(program)
        record, reason = last_act(desk, "restore")
        assert record == made.name
        assert "The list was imported twice" in reason
        assert desk.backups.make().people == 1
    assert not desk.folder.restoring.exists()
    kept = DataFolder(replaced)
    with bootstrap.open_with_passphrase(kept, PASSPHRASE, clock=desk.clock) as before:
        assert people_in(before) == 2
        require_sound(before)


def test_what_is_put_in_place_is_readable_by_its_owner_only(desk: Desk, made: Path) -> None:
    replaced = desk.restore(made)
    assert replaced is not None
    assert desk.folder.database.stat().st_mode & 0o777 == 0o600
    assert desk.folder.key_file.stat().st_mode & 0o777 == 0o600
    for folder in (desk.folder.replaced, replaced):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert all(desk.folder.knows(path) for path in desk.folder.root.rglob("*"))


def test_a_newer_log_is_not_read_into_the_restored_store(desk: Desk, made: Path) -> None:
    """SECURITY M4: an older database beside a newer log opened with everything that was to be gone."""
    log, shared = desk.folder.side_files()[:2]
    aside = {path: path.read_bytes() for path in (desk.folder.database, log, shared, desk.folder.freshness)}
    desk.close()
    for path, content in aside.items():
        path.write_bytes(content)
    assert log.stat().st_size
    replaced = desk.restore(made)
    assert replaced is not None
    assert {log.name, "mdt.db"} <= {path.name for path in replaced.iterdir()}
    assert not log.exists()
    with desk.open() as program:
        assert people_in(program) == 1
        require_sound(program)
    with bootstrap.open_with_passphrase(DataFolder(replaced), PASSPHRASE, clock=desk.clock) as before:
        assert people_in(before) == 2, "what was in the log is kept with the store it belongs to"


def test_the_record_of_freshness_goes_with_the_store_it_belongs_to(desk: Desk, made: Path) -> None:
    desk.close()
    before = desk.folder.freshness.read_bytes()
    replaced = desk.restore(made)
    assert replaced is not None
    assert (replaced / desk.folder.freshness.name).read_bytes() == before
    with desk.open() as program:
        verdict = program.access.database.verdict
        assert verdict is not None
        assert verdict.state is State.CURRENT, "an older day is no alarm where somebody has asked for it"


def test_a_store_that_misses_changes_is_replaced_without_a_backup_of_it(desk: Desk, made: Path) -> None:
    """It is kept as it is: opening it to be copied would make it look like the newest."""
    key = DatabaseKey(desk.program.session.key.raw_key())
    desk.close()
    older = desk.folder.database.read_bytes()
    desk.open()
    desk.add_person()
    desk.close()
    desk.folder.database.write_bytes(older)
    before = contents(desk.folder.root)
    with pytest.raises(StoreNotCurrent):
        desk.restoring.back_up_present(key)
    assert contents(desk.folder.root) == before
    replaced = desk.restore(made)
    assert replaced is not None
    with pytest.raises(StoreNotCurrent):
        bootstrap.open_with_passphrase(DataFolder(replaced), PASSPHRASE, clock=desk.clock)
    with desk.open() as program:
        assert people_in(program) == 1


def test_two_restores_in_one_minute_keep_both(desk: Desk, made: Path) -> None:
    first = desk.restore(made)
    second = desk.restore(made)
    assert (first, second) == (
        desk.folder.replaced / "2026-11-23T0900Z",
        desk.folder.replaced / "2026-11-23T0900Z-2",
    )


def test_the_store_that_is_replaced_is_backed_up_first(desk: Desk, made: Path) -> None:
    key = DatabaseKey(desk.program.session.key.raw_key())
    desk.close()
    desk.clock.advance(timedelta(minutes=1))
    desk.restoring.back_up_present(key)
    newest = backup_shelf.shelf(desk.folder)[0]
    assert (newest.occasion, newest.people) == (Occasion.RESTORE, 2)
    desk.restore(made)
    desk.restore(newest.path)
    with desk.open() as program:
        assert people_in(program) == 2, "and so the restore can be taken back"


# Which passphrase


def test_the_present_passphrase_stays_where_the_passphrase_was_changed_since(desk: Desk, made: Path) -> None:
    change_passphrase(desk)
    desk.restore(made, OTHER_PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(desk.folder, PASSPHRASE, clock=desk.clock)
    desk.clock.advance(timedelta(seconds=2))
    with desk.open(OTHER_PASSPHRASE) as program:
        assert people_in(program) == 1


def test_the_passphrase_of_its_day_opens_it_too_and_the_present_key_file_still_stays(desk: Desk, made: Path) -> None:
    change_passphrase(desk)
    desk.restore(made, PASSPHRASE)
    with desk.open(OTHER_PASSPHRASE) as program:
        assert people_in(program) == 1


def test_after_a_rotation_the_secret_of_its_day_is_asked_for(desk: Desk, made: Path) -> None:
    rotate_key(desk)
    with pytest.raises(BackupOfAnotherDay) as refused:
        desk.restoring.unlock(made, OTHER_PASSPHRASE)
    assert "23-Nov-2026" in sentence(refused.value)
    desk.clock.advance(timedelta(seconds=2))
    desk.restore(made, PASSPHRASE)
    with desk.open(PASSPHRASE) as program:  # nobody has said the present one, so that of the day counts
        assert people_in(program) == 1


def test_in_the_open_program_the_present_key_stays_even_for_a_backup_from_before_a_rotation(
    desk: Desk, made: Path
) -> None:
    rotate_key(desk)
    present = key_envelope.unlock_with_passphrase(desk.folder.key_file, OTHER_PASSPHRASE)
    assert desk.restoring.open_with(made, present) is None
    unlocked = desk.restoring.unlock(made, PASSPHRASE, present)
    assert unlocked.key_file is None
    desk.restoring.make_ready(made, unlocked)
    desk.restoring.finish()
    with desk.open(OTHER_PASSPHRASE) as program:
        assert people_in(program) == 1


def test_in_the_open_program_a_backup_of_today_needs_no_secret(desk: Desk, made: Path) -> None:
    unlocked = desk.restoring.open_with(made, desk.program.session.key)
    assert unlocked is not None
    desk.restoring.make_ready(made, unlocked)
    unlocked.wipe()
    assert not desk.program.session.locked, "the open store keeps its own key"
    assert people_in(desk.program) == 2, "nothing has happened to it yet"
    desk.close()
    desk.restoring.finish()
    with desk.open() as program:
        assert people_in(program) == 1


def test_the_recovery_key_of_its_day_opens_it(desk: Desk, made: Path) -> None:
    desk.restore(made, desk.recovery_key.lower().replace("-", " "))
    with desk.open() as program:
        assert people_in(program) == 1


def test_wrong_secrets_are_counted_and_slowed_and_change_nothing(desk: Desk, made: Path) -> None:
    desk.close()
    before = contents(desk.folder.root)
    with pytest.raises(WrongPassphrase):
        desk.restoring.unlock(made, "not the passphrase")
    with pytest.raises(TooManyAttempts):
        desk.restoring.unlock(made, PASSPHRASE)
    desk.clock.advance(timedelta(seconds=1))
    with pytest.raises(WrongRecoveryKey):
        desk.restoring.unlock(made, RecoveryKey.random().text())
    after = contents(desk.folder.root)
    assert after.keys() - before.keys() == {desk.folder.attempts.name}
    assert {name: after[name] for name in before} == before
    desk.clock.advance(timedelta(seconds=2))
    desk.restoring.unlock(made, PASSPHRASE).wipe()
    assert UnlockAttempts(desk.folder.attempts).seconds_to_wait(desk.clock()) == 0


# A new laptop, a damaged one, another store


def test_a_backup_makes_a_store_where_there_is_none(desk: Desk, made: Path, tmp_path: Path) -> None:
    new = DataFolder(tmp_path / "new laptop" / "data")
    restoring = Restoring(new, desk.clock)
    assert restoring.look(made).people == 1
    assert restoring.present().there is False
    unlocked = restoring.unlock(made, PASSPHRASE)
    restoring.make_ready(made, unlocked)
    restoring.finish()
    assert new.root.stat().st_mode & 0o777 == 0o700
    with bootstrap.open_with_passphrase(new, PASSPHRASE, clock=desk.clock) as program:
        assert people_in(program) == 1
        assert program.access.actor == desk.program.access.actor
        require_sound(program)
    with bootstrap.open_with_recovery_key(new, desk.recovery_key, clock=desk.clock) as program:
        assert program.services.backups.make().people == 1
    assert all(new.knows(path) for path in new.root.rglob("*"))


def _spoil_page(folder: DataFolder) -> None:
    content = bytearray(folder.database.read_bytes())
    content[100] ^= 1
    folder.database.write_bytes(content)


DAMAGES: dict[str, Callable[[DataFolder], object]] = {
    "the store is damaged": _spoil_page,
    "the store is missing": lambda folder: folder.database.unlink(),
    "the key file is damaged": lambda folder: folder.key_file.write_bytes(folder.key_file.read_bytes()[:-40]),
    "the key file is missing": lambda folder: folder.key_file.unlink(),
    "both are empty": lambda folder: [path.write_bytes(b"") for path in (folder.database, folder.key_file)],
    "another file lies there": lambda folder: folder.database.write_text("a shopping list of bread and tea"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_whatever_has_happened_to_the_store_a_backup_brings_it_back(name: str, desk: Desk, made: Path) -> None:
    desk.close()
    DAMAGES[name](desk.folder)
    damaged = {path.name: path.read_bytes() for path in (desk.folder.database, desk.folder.key_file) if path.exists()}
    replaced = desk.restore(made)
    with desk.open() as program:
        assert people_in(program) == 1
        require_sound(program)
    assert replaced is not None
    kept = {path.name: path.read_bytes() for path in replaced.iterdir()}
    assert {name: kept[name] for name in damaged} == damaged, "what was there is kept as it was"


def test_a_backup_of_another_store_is_told_and_brings_its_own_passphrase(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    other = another_store(DataFolder(tmp_path / "other"), clock)
    path = other.services.backups.make().path
    other.close()
    assert desk.restoring.look(path).of_this_store is False
    replaced = desk.restore(path, OTHER_PASSPHRASE)
    with desk.open(OTHER_PASSPHRASE) as program:
        assert program.access.actor.name != IDENTITY.name
    assert replaced is not None
    with bootstrap.open_with_passphrase(DataFolder(replaced), PASSPHRASE, clock=clock) as before:
        assert before.access.actor.name == IDENTITY.name


def test_a_first_start_does_not_overwrite_a_restore_that_is_ready(desk: Desk, made: Path, tmp_path: Path) -> None:
    new = DataFolder(tmp_path / "new")
    restoring = Restoring(new, desk.clock)
    restoring.make_ready(made, restoring.unlock(made, PASSPHRASE))
    with pytest.raises(StoreExists):
        another_store(new, desk.clock)
    with bootstrap.open_with_passphrase(new, PASSPHRASE, clock=desk.clock) as program:
        assert people_in(program) == 1


# An earlier version


def _take_up_older(desk: Desk, place: Path) -> str:
    """Have the folder be one that the version before left, closed; the revision of its store."""
    desk.close()
    revision = max(path.name for path in KEPT.iterdir() if path.is_dir() and path.name < migrations.HEAD)
    desk.folder, _ = kept(revision, place / "older")
    return revision


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(desk: Desk, tmp_path: Path) -> None:
    revision = _take_up_older(desk, tmp_path)
    with desk.open() as program:
        (older,) = program.services.backups.shelf()
    assert backup_file.read(older.path).header.state.revision == revision
    assert desk.restoring.look(older.path).whole
    desk.restore(older.path, reason="To see the day before")
    with desk.open() as program:
        assert program.services.backups.present().revision == migrations.HEAD
        assert people_in(program) == len(FAMILY_NAMES)
        require_sound(program)


def test_a_store_of_an_earlier_version_is_backed_up_before_it_is_changed(desk: Desk, tmp_path: Path) -> None:
    _take_up_older(desk, tmp_path)
    with desk.open() as program:
        made = program.services.backups.shelf()
        assert [it.occasion for it in made] == [Occasion.MIGRATION]
        assert program.services.backups.present().revision == migrations.HEAD
        assert desk.restoring.look(made[0].path).people == len(FAMILY_NAMES)
    assert len(names(desk.folder)) == 1, "the next opening changes nothing and makes none"
    desk.open().close()
    assert len(names(desk.folder)) == 1


def test_without_a_backup_a_store_of_an_earlier_version_is_not_changed(desk: Desk, tmp_path: Path) -> None:
    _take_up_older(desk, tmp_path)
    desk.folder.backups.write_text("a file in the way")
    before = contents(desk.folder.root)
    store = {desk.folder.database.name, desk.folder.key_file.name}
    with pytest.raises(MigrationNotBackedUp) as refused:
        desk.open()
    assert "File exists" in sentence(refused.value)
    after = contents(desk.folder.root)
    assert {name: after[name] for name in store} == {name: before[name] for name in store}
    desk.folder.backups.unlink()
    with desk.open() as program:
        assert people_in(program) == len(FAMILY_NAMES)


# Trouble on the way


def test_too_little_room_is_told_before_anything_is_changed(desk: Desk, made: Path) -> None:
    desk.close()
    tight = Restoring(desk.folder, desk.clock, lambda _: LEAST_FREE)
    unlocked = tight.unlock(made, PASSPHRASE)
    before = contents(desk.folder.root)
    with pytest.raises(RestoreNoRoom) as refused:
        tight.make_ready(made, unlocked)
    assert "MB" in sentence(refused.value)
    assert contents(desk.folder.root) == before


def test_what_stops_it_from_outside_leaves_the_store_as_it_was(desk: Desk, made: Path) -> None:
    class EnoughOfIt(Exception):
        """The person pressed Cancel."""

    desk.close()
    unlocked = desk.restoring.unlock(made, PASSPHRASE)
    before = contents(desk.folder.root)
    steps = 0
    for stop_at in range(1, 1000):
        steps = 0

        def report(done: int, of: int, stop_at: int = stop_at) -> None:
            nonlocal steps
            steps += 1
            assert 0 <= done <= of
            if steps == stop_at:
                raise EnoughOfIt

        try:
            desk.restoring.make_ready(made, unlocked, progress=report)
            break
        except EnoughOfIt:
            assert contents(desk.folder.root) == before
            assert not desk.folder.restoring.exists()
    assert steps > 3
    assert desk.folder.has_pending_restore()


@pytest.mark.parametrize("error", [OSError(28, "No space left"), StoreUnreadable()], ids=["full", "failing"])
def test_a_disk_that_refuses_is_told_and_the_store_stays(
    error: Exception, desk: Desk, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.close()
    unlocked = desk.restoring.unlock(made, PASSPHRASE)
    before = contents(desk.folder.root)

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(backup, "copy_to", refuse)
    with pytest.raises(RestoreFailed):
        desk.restoring.make_ready(made, unlocked)
    assert contents(desk.folder.root) == before
    assert desk.restoring.finish() is None


def test_a_drill_restores_a_backup_of_every_tier(desk: Desk, tmp_path: Path) -> None:
    """A year of work, one day at a time: one backup of each tier is restored on a laptop of its own."""
    for day in range(420):
        commit(desk, day)
        if day >= 400 or day % 7 == 0:
            desk.backups.make()
        desk.clock.advance(timedelta(days=1))
    shelf = desk.backups.shelf()
    assert len(shelf) == 2 + DAILY + WEEKLY + MONTHLY
    tiers = {"recent": shelf[0], "daily": shelf[2 + 5], "weekly": shelf[2 + DAILY + 5], "monthly": shelf[-1]}
    ages = [(desk.clock() - it.made_at).days for it in tiers.values()]
    assert ages == sorted(ages)
    assert ages[-1] > 250
    for (name, found), age in zip(tiers.items(), ages, strict=True):
        laptop = DataFolder(tmp_path / name)
        restoring = Restoring(laptop, desk.clock)
        restoring.make_ready(found.path, restoring.unlock(found.path, PASSPHRASE))
        restoring.finish()
        with bootstrap.open_with_passphrase(laptop, PASSPHRASE, clock=desk.clock) as program:
            require_sound(program)
            assert day_of(program) == 420 - age
