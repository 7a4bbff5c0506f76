"""Wrong tries: the growing delay, ten in five minutes, through restarts and wrong clocks."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import (
    FolderUnwritable,
    KeyFileDamaged,
    KeyFileMissing,
    NotRemembered,
    RecoveryKeyMistyped,
    SessionLocked,
    TooManyAttempts,
    WrongPassphrase,
    WrongRecoveryKey,
)
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.session import Session, StoreLock
from mdt_desktop.security.unlock_attempts import MOST_UNTOLD, FailedUnlock, TriedBy, UnlockAttempts, Untold

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSPHRASE = "correct kettle battery staple"


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    return tmp_path / "attempts.json"


def try_as_early_as_allowed(counter: Path, tries: int, start: datetime = NOON) -> tuple[list[int], datetime]:
    """The wait before each try, each by a program started anew."""
    waits, now = [], start
    for _ in range(tries):
        wait = UnlockAttempts(counter).seconds_to_wait(now)
        waits.append(wait)
        now += timedelta(seconds=wait)
        UnlockAttempts(counter).begin(now)
    return waits, now


def test_the_delay_doubles_to_thirty_seconds_and_the_eleventh_try_waits_for_the_window(counter: Path) -> None:
    waits, now = try_as_early_as_allowed(counter, 10)
    assert waits == [0, 1, 2, 4, 8, 16, 30, 30, 30, 30]
    with pytest.raises(TooManyAttempts) as refused:
        UnlockAttempts(counter).begin(now + timedelta(seconds=31))
    assert refused.value.seconds == 300 - sum(waits) - 31
    UnlockAttempts(counter).begin(later(300))


def test_no_five_minutes_ever_hold_more_than_ten_tries(counter: Path) -> None:
    waits, _ = try_as_early_as_allowed(counter, 40)
    moments = [sum(waits[: place + 1]) for place in range(len(waits))]
    for start in moments:
        assert sum(start <= moment < start + 300 for moment in moments) <= 10


def test_a_refused_try_does_not_lengthen_the_wait(counter: Path) -> None:
    attempts = UnlockAttempts(counter)
    attempts.begin(NOON)
    for _ in range(50):
        with pytest.raises(TooManyAttempts):
            attempts.begin(NOON)
    assert attempts.seconds_to_wait(later(1)) == 0


def test_a_success_forgets_the_wait_and_keeps_the_wrong_tries_until_they_are_told(counter: Path) -> None:
    waits, now = try_as_early_as_allowed(counter, 8)
    UnlockAttempts(counter).clear()
    UnlockAttempts(counter).clear()
    assert UnlockAttempts(counter).seconds_to_wait(now) == 0
    moments = [later(sum(waits[: place + 1])) for place in range(7)]
    assert [it.at for it in UnlockAttempts(counter).untold().tries] == moments
    UnlockAttempts(counter).told()
    assert not counter.exists()
    UnlockAttempts(counter).told()
    assert UnlockAttempts(counter).untold() == Untold()


def test_a_try_that_is_taken_back_or_was_right_is_not_told(counter: Path) -> None:
    attempts = UnlockAttempts(counter)
    attempts.begin(NOON, TriedBy.RECOVERY_KEY)
    attempts.begin(later(1))
    attempts.withdraw()
    attempts.begin(later(1))
    attempts.clear()
    assert attempts.untold() == Untold((FailedUnlock(NOON, TriedBy.RECOVERY_KEY),))


def test_more_wrong_tries_than_are_kept_are_still_counted(counter: Path) -> None:
    tries, _ = try_as_early_as_allowed(counter, MOST_UNTOLD + 3)
    assert len(tries) == MOST_UNTOLD + 3
    untold = UnlockAttempts(counter).untold()
    assert (len(untold.tries), untold.more) == (MOST_UNTOLD, 3)
    assert counter.stat().st_size < 64 * 1024


def test_a_damaged_counter_is_told_itself(counter: Path) -> None:
    counter.write_bytes(b"damaged")
    assert UnlockAttempts(counter).untold() == Untold()
    assert UnlockAttempts(counter).seconds_to_wait(NOON) == 300
    assert UnlockAttempts(counter).untold().tries == (FailedUnlock(NOON, TriedBy.DAMAGED_COUNT),)
    UnlockAttempts(counter).told()
    assert UnlockAttempts(counter).seconds_to_wait(NOON) == 300


@pytest.mark.parametrize("back", [1, 3600, 86400 * 400], ids=["a second", "an hour", "a year"])
def test_a_clock_set_back_neither_resets_nor_shortens_the_wait_nor_locks_out_for_long(counter: Path, back: int) -> None:
    _, now = try_as_early_as_allowed(counter, 10)
    owed = UnlockAttempts(counter).seconds_to_wait(now)
    earlier = now - timedelta(seconds=back)
    assert UnlockAttempts(counter).seconds_to_wait(earlier) == owed > 100
    assert UnlockAttempts(counter).seconds_to_wait(earlier + timedelta(seconds=owed)) == 0
    with pytest.raises(TooManyAttempts):
        UnlockAttempts(counter).begin(earlier)


def test_setting_the_clock_back_again_and_again_gains_nothing(counter: Path) -> None:
    _, now = try_as_early_as_allowed(counter, 10)
    owed = UnlockAttempts(counter).seconds_to_wait(now)
    for hours in range(1, 20):
        assert UnlockAttempts(counter).seconds_to_wait(now - timedelta(hours=hours)) == owed


REST = b', "untold": [], "untold_more": 0}'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"{}",
        b'{"times": 3, "in_a_row": 1, "latest": 1' + REST,
        b'{"times": ["x"], "in_a_row": 1, "latest": 1' + REST,
        b'{"times": [NaN], "in_a_row": 1, "latest": 1' + REST,
        b'{"times": [1], "in_a_row": 1, "latest": Infinity' + REST,
        b'{"times": [1, 2], "in_a_row": 1, "latest": 2' + REST,
        b'{"times": [9], "in_a_row": 1, "latest": 2' + REST,
        b'{"times": [], "in_a_row": 0, "latest": 0, "untold": [[1, "sesame"]], "untold_more": 0}',
        b'{"times": [], "in_a_row": 0, "latest": 0, "untold": [[1e300, "passphrase"]], "untold_more": 0}',
        b'{"times": [], "in_a_row": 0, "latest": 0, "untold": [[NaN, "passphrase"]], "untold_more": 0}',
        b'{"times": [], "in_a_row": 0, "latest": 0, "untold": [], "untold_more": -1}',
        b'{"times": [], "in_a_row": 0, "latest": 0}',
        b" " * 70_000,
    ],
    ids=[
        *("empty", "null", "no field", "no list", "a word", "NaN", "infinity", "fewer", "late"),
        *("another way in", "no date", "no moment", "less than none", "older form", "large"),
    ],
)
def test_a_damaged_counter_gains_nothing_and_costs_five_minutes_at_most(counter: Path, content: bytes) -> None:
    counter.write_bytes(content)
    with pytest.raises(TooManyAttempts) as refused:
        UnlockAttempts(counter).begin(NOON)
    assert refused.value.seconds == 300
    UnlockAttempts(counter).begin(later(300))


def test_the_counter_names_nobody_and_is_for_the_owner_only(counter: Path) -> None:
    UnlockAttempts(counter).begin(NOON)
    assert json.loads(counter.read_bytes()).keys() == {"times", "in_a_row", "latest", "untold", "untold_more"}
    if os.name == "posix":
        assert counter.stat().st_mode & 0o077 == 0


def test_a_try_that_cannot_be_counted_is_not_made(counter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(FolderUnwritable):
        UnlockAttempts(counter).begin(NOON)
    monkeypatch.setattr(Path, "stat", fails)
    with pytest.raises(FolderUnwritable):
        UnlockAttempts(counter).seconds_to_wait(NOON)


# The door as a whole.


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, DatabaseKey, RecoveryKey]:
    path = tmp_path_factory.mktemp("made") / "key.json"
    key, recovery_key = key_envelope.create_envelope(path, PASSPHRASE, parameters=FLOOR)
    return path.read_bytes(), key, recovery_key


@pytest.fixture
def lock(made: tuple[bytes, DatabaseKey, RecoveryKey], counter: Path) -> StoreLock:
    (counter.parent / "key.json").write_bytes(made[0])
    return StoreLock(counter.parent / "key.json", counter)


def test_the_right_passphrase_opens_after_a_wrong_one_and_a_second(
    lock: StoreLock, made: tuple[bytes, DatabaseKey, RecoveryKey]
) -> None:
    with pytest.raises(WrongPassphrase):
        lock.open_with_passphrase("not the passphrase", NOON)
    with pytest.raises(TooManyAttempts):
        lock.open_with_passphrase(PASSPHRASE, NOON)
    session = lock.open_with_passphrase(PASSPHRASE, later(1))
    assert session.key == made[1]
    assert lock.attempts.seconds_to_wait(later(1)) == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no lock on a folder")
def test_many_who_are_right_at_the_same_moment_do_not_take_each_other_for_wrong(
    lock: StoreLock, made: tuple[bytes, DatabaseKey, RecoveryKey]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = [pool.submit(lock.open_with_passphrase, PASSPHRASE, NOON) for _ in range(4)]
    assert [it.result().key == made[1] for it in opened] == [True] * 4


@pytest.mark.skipif(os.name != "posix", reason="Windows has no lock on a folder")
def test_wrong_tries_at_the_same_moment_are_still_one_try(lock: StoreLock) -> None:
    with ThreadPoolExecutor(4) as pool:
        tried = [pool.submit(lock.open_with_passphrase, "not the passphrase", NOON) for _ in range(4)]
    assert sorted(type(it.exception()).__name__ for it in tried) == ["TooManyAttempts"] * 3 + ["WrongPassphrase"]


def test_a_wrong_recovery_key_counts_and_a_mistyped_one_does_not(
    lock: StoreLock, made: tuple[bytes, DatabaseKey, RecoveryKey]
) -> None:
    for _ in range(20):
        with pytest.raises(RecoveryKeyMistyped):
            lock.open_with_recovery_key("abc", NOON)
    with pytest.raises(WrongRecoveryKey):
        lock.open_with_recovery_key(RecoveryKey.random().text(), NOON)
    with pytest.raises(TooManyAttempts):
        lock.open_with_recovery_key(made[2].text(), NOON)
    assert lock.open_with_recovery_key(made[2].text(), later(1)).key == made[1]


@pytest.mark.parametrize(
    ("content", "error"), [(b"damaged", KeyFileDamaged), (None, KeyFileMissing)], ids=["damaged", "missing"]
)
def test_a_bad_key_file_is_told_at_every_try(
    lock: StoreLock, counter: Path, content: bytes | None, error: type[MdtError]
) -> None:
    path = counter.parent / "key.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    for _ in range(15):
        with pytest.raises(error):
            lock.open_with_passphrase(PASSPHRASE, NOON)


def test_a_store_that_is_not_remembered_is_not_opened_by_the_keyring(lock: StoreLock) -> None:
    with pytest.raises(NotRemembered):
        lock.open_with_keyring()


def test_taking_back_a_try_that_was_never_made_changes_nothing(counter: Path) -> None:
    UnlockAttempts(counter).withdraw()
    assert UnlockAttempts(counter).seconds_to_wait(NOON) == 0
    counter.write_bytes(b"damaged")
    UnlockAttempts(counter).withdraw()
    assert counter.read_bytes() == b"damaged"


def test_a_locked_session_gives_no_key() -> None:
    key = DatabaseKey.random()
    session = Session(key)
    assert not session.locked
    session.lock()
    assert session.locked
    assert key.wiped
    with pytest.raises(SessionLocked):
        _ = session.key
