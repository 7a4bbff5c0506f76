"""Unlocking with a growing delay after wrong tries, and the session that holds the key until it is locked.

The delay slows somebody at the keyboard. Somebody who copies the files is slowed by Argon2id alone.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import key_envelope, safe_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import (
    FolderUnwritable,
    SessionLocked,
    TooManyAttempts,
    WrongPassphrase,
    WrongRecoveryKey,
)
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.security.recovery_key import RecoveryKey

LONGEST_DELAY_SECONDS = 30
WINDOW_SECONDS = 300
MOST_IN_WINDOW = 10
_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class _Tries:
    """Tries since the last success: times (seconds since 1970), how many, and the last clock seen."""

    times: tuple[float, ...] = ()
    in_a_row: int = 0
    latest: float = 0.0


class UnlockAttempts:
    """Counts wrong tries in a small file, so that starting the program again does not help.

    After the n-th wrong try the next one waits 2^(n-1) seconds, at most 30, and there are at most 10 in
    any 5 minutes (NCSC Cyber Essentials). A clock set back does not shorten the wait: time is then
    taken to have stood still since the latest moment that was seen. A counter file that cannot be
    read counts as ten wrong tries now, so that damaging it gains nothing and costs 5 minutes at most.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def seconds_to_wait(self, now: datetime) -> int:
        """Whole seconds until the next try is allowed; 0 if it is allowed now."""
        return _wait(self._at(now), now.timestamp())

    def begin(self, now: datetime) -> None:
        """Count a try before it is made, so that killing the program half-way does not hide it.

        Raises TooManyAttempts; a try that was refused is not counted.
        """
        tries, moment = self._at(now), now.timestamp()
        seconds = _wait(tries, moment)
        if seconds:
            raise TooManyAttempts(seconds=seconds)
        self._write(_Tries((*tries.times, moment)[-MOST_IN_WINDOW:], tries.in_a_row + 1, moment))

    def withdraw(self) -> None:
        """Take the last try back: it failed for another reason than a wrong secret."""
        tries = self._read()
        if tries is not None:
            self._write(_Tries(tries.times[:-1], max(tries.in_a_row - 1, 0), tries.latest))

    def clear(self) -> None:
        """Forget all tries after a success. Raises FolderUnwritable."""
        try:
            if self._path.exists():
                safe_file.remove(self._path)
        except OSError as error:
            raise FolderUnwritable from error

    def _at(self, now: datetime) -> _Tries:
        moment = now.timestamp()
        tries = self._read()
        if tries is None:
            tries = _Tries((moment,) * MOST_IN_WINDOW, MOST_IN_WINDOW, moment)
            self._write(tries)
        elif moment < tries.latest:
            # Shift rather than wait for the old clock: a wrong date that was put right must not lock
            # anybody out for a day.
            gap = tries.latest - moment
            tries = _Tries(tuple(time - gap for time in tries.times), tries.in_a_row, moment)
            self._write(tries)
        return tries

    def _read(self) -> _Tries | None:
        """What the file says; no tries if there is none; None if it cannot be understood."""
        try:
            fields = json.loads(safe_file.read_small(self._path, _MOST_BYTES))
            tries = _Tries(
                tuple(sorted(float(time) for time in fields["times"])),
                int(fields["in_a_row"]),
                float(fields["latest"]),
            )
        except FileNotFoundError:
            return _Tries()
        except OSError as error:
            raise FolderUnwritable from error
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        sound = all(map(math.isfinite, (*tries.times, tries.latest))) and tries.in_a_row >= len(tries.times)
        return tries if sound and tries.latest >= max(tries.times, default=0.0) else None

    def _write(self, tries: _Tries) -> None:
        fields = {"times": tries.times, "in_a_row": tries.in_a_row, "latest": tries.latest}
        try:
            safe_file.private_directory(self._path.parent)
            safe_file.replace(self._path, json.dumps(fields).encode())
        except OSError as error:
            # A try that cannot be counted is not made.
            raise FolderUnwritable from error


class Session:
    """An unlocked store: holds the key until `lock` wipes it."""

    def __init__(self, key: DatabaseKey) -> None:
        self._key = key

    @property
    def key(self) -> DatabaseKey:
        """The key of the database. Raises SessionLocked."""
        if self._key.wiped:
            raise SessionLocked
        return self._key

    @property
    def locked(self) -> bool:
        """Whether the key is gone."""
        return self._key.wiped

    def lock(self) -> None:
        """Wipe the key; the caller closes the database first."""
        self._key.wipe()


class StoreLock:
    """The door of a store: its key file and its count of wrong tries."""

    def __init__(self, key_path: Path, attempts_path: Path) -> None:
        self._key_path = key_path
        self.attempts = UnlockAttempts(attempts_path)

    def open_with_passphrase(self, typed: str, now: datetime) -> Session:
        """Raises TooManyAttempts, WrongPassphrase, and as `key_envelope.unlock_with_passphrase`."""
        return self._counted(now, lambda: key_envelope.unlock_with_passphrase(self._key_path, typed))

    def open_with_recovery_key(self, typed: str, now: datetime) -> Session:
        """Raises RecoveryKeyMistyped (not counted), TooManyAttempts, WrongRecoveryKey and as the envelope."""
        recovery_key = RecoveryKey.typed(typed)
        return self._counted(now, lambda: key_envelope.unlock_with_recovery_key(self._key_path, recovery_key))

    def open_with_keyring(self, keyring: KeyringStore | None = None) -> Session:
        """Nothing is guessed here, so nothing is counted. Raises as `key_envelope.unlock_with_keyring`."""
        return Session(key_envelope.unlock_with_keyring(self._key_path, keyring))

    def _counted(self, now: datetime, unlock: Callable[[], DatabaseKey]) -> Session:
        # A try counts before it is made: without waiting, two that are right at once would take each other for wrong.
        with safe_file.one_at_a_time(self._key_path.parent):
            return self._tried(now, unlock)

    def _tried(self, now: datetime, unlock: Callable[[], DatabaseKey]) -> Session:
        self.attempts.begin(now)
        try:
            key = unlock()
        except (WrongPassphrase, WrongRecoveryKey):
            raise
        except MdtError:
            # A damaged or missing file is no guess: the tenth try must still say what is wrong.
            self.attempts.withdraw()
            raise
        try:
            self.attempts.clear()
        except BaseException:
            key.wipe()
            raise
        return Session(key)


def _wait(tries: _Tries, moment: float) -> int:
    if not tries.times:
        return 0
    ready = tries.times[-1] + min(1 << min(tries.in_a_row - 1, 10), LONGEST_DELAY_SECONDS)
    if len(tries.times) >= MOST_IN_WINDOW:
        ready = max(ready, tries.times[-MOST_IN_WINDOW] + WINDOW_SECONDS)
    return max(0, math.ceil(ready - moment))
