"""The ways into an open store: its passphrase, its recovery key, and whether this laptop remembers it; all audited."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_envelope, passphrase
from mdt_desktop.security.errors import PassphraseUnchanged
from mdt_desktop.security.session import Session, StoreLock
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from mdt_desktop.security.keyring_store import KeyringStore
    from mdt_desktop.security.recovery_key import RecoveryKey


class Keys:
    """Changes the key file of an open store. The key of the database stays, so nothing is encrypted anew."""

    def __init__(self, access: Access, session: Session) -> None:
        self._access, self._session = access, session
        self._folder = DataFolder(access.database.path.parent)

    def change_passphrase(self, old: str, new: str) -> Changes:
        """Replace the passphrase by somebody who knows it; a wrong one counts as a try at the door.

        Raises PassphraseUnchanged, as `passphrase.check_strength` and as `StoreLock.open_with_passphrase`;
        nothing is changed then.
        """
        if passphrase.normalised(new) == passphrase.normalised(old):
            raise PassphraseUnchanged
        passphrase.check_strength(new, self._about_the_owner())
        lock = StoreLock(self._folder.key_file, self._folder.attempts)
        lock.open_with_passphrase(old, self._access.clock()).lock()
        return self._set_passphrase(new, "change_passphrase")

    def set_passphrase(self, new: str) -> Changes:
        """A new passphrase for somebody who came in by the recovery key. Raises as `passphrase.check_strength`."""
        passphrase.check_strength(new, self._about_the_owner())
        return self._set_passphrase(new, "set_passphrase")

    def replace_recovery_key(self) -> "RecoveryKey":
        """A new recovery key, given this once; the printed one stops working."""
        with self._recorded("replace_recovery_key"):
            return key_envelope.replace_recovery_key(self._folder.key_file, self._session.key)

    def remember(self, keyring: "KeyringStore | None" = None) -> Changes:
        """Let the system keyring open the store on this laptop. Raises KeyringUnavailable."""
        with self._recorded("remember_on_laptop"):
            key_envelope.remember_on_this_laptop(self._folder.key_file, self._session.key, keyring)
        return Changes()

    def forget(self, keyring: "KeyringStore | None" = None) -> Changes:
        """Let only passphrase and recovery key open the store."""
        with self._recorded("forget_on_laptop"):
            key_envelope.forget_on_this_laptop(self._folder.key_file, keyring)
        return Changes()

    def _set_passphrase(self, new: str, action: str) -> Changes:
        with self._recorded(action):
            key_envelope.set_passphrase(self._folder.key_file, self._session.key, new)
        return Changes()

    def _about_the_owner(self) -> tuple[str, ...]:
        actor = self._access.actor
        return (actor.name, actor.organisation)

    @contextmanager
    def _recorded(self, action: str) -> Iterator[None]:
        """The change of the key file inside the transaction of its audit entry: one that fails leaves neither."""
        access = self._access
        with writing(access.database) as connection:
            audit_log.append(connection, access.actor, access.clock(), [Act(action, "setting", "store.key")])
            yield
