"""The door of a store: unlocking, counted where something is guessed, and the session that holds the key."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import key_envelope, safe_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import SessionLocked, WrongPassphrase, WrongRecoveryKey
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.unlock_attempts import TriedBy, UnlockAttempts

Unlock = Callable[[Path], DatabaseKey]
"""Opens one key file with what was typed."""


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
    """The door of a store: its key file and its count of wrong tries.

    `choose` says which key file counts, where a change of the key was cut short and two are there; it is given
    the way to open one.
    """

    def __init__(
        self, key_path: Path, attempts_path: Path, choose: Callable[[Unlock], DatabaseKey] | None = None
    ) -> None:
        self._key_path = key_path
        self._choose = choose or (lambda unlock: unlock(key_path))
        self.attempts = UnlockAttempts(attempts_path)

    def open_with_passphrase(self, typed: str, now: datetime) -> Session:
        """Raises TooManyAttempts, WrongPassphrase, and as `key_envelope.unlock_with_passphrase`.

        A key file below what is asked for today is raised to it, now that the passphrase is at hand.
        """
        session = self._counted(
            now, TriedBy.PASSPHRASE, lambda path: key_envelope.unlock_with_passphrase(path, typed)
        )
        # The store is open either way: a full disk is told by what is saved next.
        with suppress(MdtError):
            key_envelope.strengthen(self._key_path, session.key, typed)
        return session

    def open_with_recovery_key(self, typed: str, now: datetime) -> Session:
        """Raises RecoveryKeyMistyped (not counted), TooManyAttempts, WrongRecoveryKey and as the envelope."""
        recovery_key = RecoveryKey.typed(typed)
        return self._counted(
            now, TriedBy.RECOVERY_KEY, lambda path: key_envelope.unlock_with_recovery_key(path, recovery_key)
        )

    def open_with_keyring(self, keyring: KeyringStore | None = None) -> Session:
        """Nothing is guessed here, so nothing is counted. Raises as `key_envelope.unlock_with_keyring`."""
        return Session(self._choose(lambda path: key_envelope.unlock_with_keyring(path, keyring)))

    def _counted(self, now: datetime, by: TriedBy, unlock: Unlock) -> Session:
        # A try counts before it is made: without waiting, two that are right at once would take each other for wrong.
        with safe_file.one_at_a_time(self._key_path.parent):
            return self._tried(now, by, partial(self._choose, unlock))

    def _tried(self, now: datetime, by: TriedBy, unlock: Callable[[], DatabaseKey]) -> Session:
        self.attempts.begin(now, by)
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
