"""The system keyring, used only where it is one that encrypts and keeps what it is given."""

import base64
import binascii
import importlib
import secrets
from typing import Protocol

from mdt_desktop.security.errors import KeyringUnavailable, NotRemembered

SERVICE = "MDT Desktop"
# Windows keeps 2,560 bytes of UTF-16 in one item and other back ends have cut silently below that.
_MOST_CHARACTERS = 1000
_SAFE_BACK_ENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
_CHAINER = "keyring.backends.chainer.ChainerBackend"


class BackEnd(Protocol):
    """What is used of a back end of the library `keyring`."""

    def get_password(self, service: str, username: str) -> str | None:
        """The item, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the item."""

    def delete_password(self, service: str, username: str) -> None:
        """Drop the item."""


class KeyringStore:
    """One secret an account in the system keyring.

    `back_end` defaults to the one that the library chooses, found at the first use. Whatever it is, it
    must be on the list of safe ones: `fail`, `null`, files in plain text and anything unknown are
    refused, and of a chain the first safe member is used by itself.
    """

    def __init__(self, back_end: BackEnd | None = None, safe: frozenset[str] = _SAFE_BACK_ENDS) -> None:
        self._given = back_end
        self._safe = safe

    def keep(self, account: str, secret: bytes) -> None:
        """Write the secret and read it back, after a probe of the same size. Raises KeyringUnavailable."""
        back_end = self._back_end()
        text = base64.b64encode(secret).decode("ascii")
        if len(text) > _MOST_CHARACTERS:
            raise KeyringUnavailable(reason="item too long")
        probe = f"{account} probe"
        try:
            self._write(back_end, probe, base64.b64encode(secrets.token_bytes(len(secret))).decode("ascii"))
        finally:
            self._drop(back_end, probe)
        self._write(back_end, account, text)

    def fetch(self, account: str) -> bytes:
        """The secret. Raises NotRemembered if it is not there or is not one, KeyringUnavailable."""
        text = self._read(self._back_end(), account)
        if text is None:
            raise NotRemembered
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise NotRemembered from error

    def remove(self, account: str) -> None:
        """Drop the secret if it is there. Raises KeyringUnavailable if there is no safe keyring."""
        self._drop(self._back_end(), account)

    def is_available(self) -> bool:
        """Whether a safe keyring was found; it may still turn out to be locked."""
        try:
            self._back_end()
        except KeyringUnavailable:
            return False
        return True

    def _back_end(self) -> BackEnd:
        chosen = self._given if self._given is not None else _chosen_by_library()
        members = getattr(chosen, "backends", ()) if _name(chosen) == _CHAINER else (chosen,)
        for member in members:
            if _name(member) in self._safe:
                safe: BackEnd = member
                return safe
        raise KeyringUnavailable(reason="no safe back end")

    def _write(self, back_end: BackEnd, account: str, text: str) -> None:
        try:
            back_end.set_password(SERVICE, account, text)
        except Exception as error:  # back ends raise errors of D-Bus and of every system
            raise KeyringUnavailable(reason="write refused") from error
        if self._read(back_end, account) != text:
            raise KeyringUnavailable(reason="read back differs")

    def _read(self, back_end: BackEnd, account: str) -> str | None:
        try:
            return back_end.get_password(SERVICE, account)
        except Exception as error:  # as above
            raise KeyringUnavailable(reason="read refused") from error

    def _drop(self, back_end: BackEnd, account: str) -> None:
        try:
            if back_end.get_password(SERVICE, account) is not None:
                back_end.delete_password(SERVICE, account)
        except Exception:  # noqa: BLE001  # an item that stays opens nothing: see forget_on_this_laptop
            return


def _chosen_by_library() -> BackEnd:
    try:
        # Loaded here: the library and D-Bus cost 100 ms that a start without it should not pay.
        back_end: BackEnd = importlib.import_module("keyring").get_keyring()
    except Exception as error:  # a broken configuration raises whatever it likes
        raise KeyringUnavailable(reason="library refused") from error
    return back_end


def _name(back_end: object) -> str:
    kind = type(back_end)
    return f"{kind.__module__}.{kind.__qualname__}"
