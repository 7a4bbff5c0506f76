"""The system keyring: six kinds of back end against keeping, opening and changing."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from keyring.backends import chainer, fail, null

from mdt_desktop.security import key_envelope, keyring_store
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import KeyOfAnotherStore, KeyringUnavailable, NotRemembered
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.keyring_store import KeyringStore

PASSPHRASE = "correct kettle battery staple"


class Sound:
    """A back end that keeps what it is given."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


class Locked(Sound):
    """A back end that can be asked but not written, as when the owner closes its question."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PermissionError("prompt dismissed")


class Raising(Sound):
    """A back end whose every call fails."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("no session bus")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("no session bus")


class Truncating(Sound):
    """A back end that silently keeps the first characters only."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password[:20]


class PlainText(Sound):
    """A back end that is not on the list, as a file in plain text would be."""


class Chain:
    """A chain of back ends, taken for the library's own by its name."""

    def __init__(self, *backends: Sound) -> None:
        self.backends = backends

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("the chain itself is not to be used")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("the chain itself is not to be used")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("the chain itself is not to be used")


Chain.__module__, Chain.__qualname__ = "keyring.backends.chainer", "ChainerBackend"

SAFE = frozenset(f"{__name__}.{kind.__qualname__}" for kind in (Sound, Locked, Raising, Truncating))


def store(back_end: keyring_store.BackEnd) -> KeyringStore:
    return KeyringStore(back_end, SAFE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, DatabaseKey]:
    path = tmp_path_factory.mktemp("made") / "key.json"
    key, _ = key_envelope.create_envelope(path, PASSPHRASE, parameters=FLOOR)
    return path.read_bytes(), key


@pytest.fixture
def path(made: tuple[bytes, DatabaseKey], tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_bytes(made[0])
    return path


@pytest.fixture
def key(made: tuple[bytes, DatabaseKey]) -> DatabaseKey:
    return made[1]


def from_library(kind: Callable[[], keyring_store.BackEnd]) -> keyring_store.BackEnd:
    return kind()


BAD_BACK_ENDS = [
    pytest.param(from_library(fail.Keyring), id="absent"),
    pytest.param(from_library(null.Keyring), id="null"),
    pytest.param(Locked(), id="locked"),
    pytest.param(Raising(), id="raises"),
    pytest.param(Truncating(), id="truncates"),
    pytest.param(PlainText(), id="plain text"),
    pytest.param(Chain(), id="empty chain"),
    pytest.param(Chain(PlainText(), PlainText()), id="chain without a safe member"),
]


@pytest.mark.parametrize("back_end", BAD_BACK_ENDS)
def test_a_bad_keyring_is_refused_and_the_key_file_stays_as_it_was(
    path: Path, key: DatabaseKey, back_end: keyring_store.BackEnd
) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyringUnavailable):
        key_envelope.remember_on_this_laptop(path, key, store(back_end))
    assert path.read_bytes() == before
    assert not key_envelope.is_remembered_on_this_laptop(path)
    assert getattr(back_end, "items", {}) == {}
    with pytest.raises(NotRemembered):
        key_envelope.unlock_with_keyring(path, store(back_end))


@pytest.mark.parametrize("back_end", BAD_BACK_ENDS)
def test_a_keyring_that_turns_bad_leaves_the_passphrase_and_its_change_working(
    path: Path, key: DatabaseKey, back_end: keyring_store.BackEnd
) -> None:
    key_envelope.remember_on_this_laptop(path, key, store(Sound()))
    with pytest.raises((KeyringUnavailable, NotRemembered)):
        key_envelope.unlock_with_keyring(path, store(back_end))
    key_envelope.set_passphrase(path, key, "seven purple lanterns", parameters=FLOOR)
    assert key_envelope.unlock_with_passphrase(path, "seven purple lanterns") == key
    key_envelope.forget_on_this_laptop(path, store(back_end))
    assert not key_envelope.is_remembered_on_this_laptop(path)


def test_a_sound_keyring_opens_the_store_without_passphrase(path: Path, key: DatabaseKey) -> None:
    back_end = Sound()
    key_envelope.remember_on_this_laptop(path, key, store(back_end))
    assert key_envelope.unlock_with_keyring(path, store(back_end)) == key
    ((service, account),) = back_end.items
    assert service == "MDT Desktop"
    assert account.startswith(key_envelope.store_id(path))
    (item,) = back_end.items.values()
    assert len(item) <= 1000
    assert base64.b64decode(item) != key.raw_key()
    assert item.encode() not in path.read_bytes()


def test_forgetting_takes_slot_and_item_away(path: Path, key: DatabaseKey) -> None:
    back_end = Sound()
    key_envelope.remember_on_this_laptop(path, key, store(back_end))
    key_envelope.forget_on_this_laptop(path, store(back_end))
    key_envelope.forget_on_this_laptop(path, store(back_end))
    assert back_end.items == {}
    with pytest.raises(NotRemembered):
        key_envelope.unlock_with_keyring(path, store(back_end))


@pytest.mark.parametrize("item", [None, "", "%%%", "AAAA", base64.b64encode(bytes(32)).decode()], ids=str)
def test_a_lost_or_changed_item_asks_for_the_passphrase(path: Path, key: DatabaseKey, item: str | None) -> None:
    back_end = Sound()
    key_envelope.remember_on_this_laptop(path, key, store(back_end))
    for place in list(back_end.items):
        back_end.items.pop(place)
        if item is not None:
            back_end.items[place] = item
    before = path.read_bytes()
    with pytest.raises(NotRemembered):
        key_envelope.unlock_with_keyring(path, store(back_end))
    assert path.read_bytes() == before


def test_a_foreign_key_is_not_remembered(path: Path) -> None:
    back_end = Sound()
    with pytest.raises(KeyOfAnotherStore):
        key_envelope.remember_on_this_laptop(path, DatabaseKey.random(), store(back_end))
    assert back_end.items == {}


def test_of_a_chain_the_safe_member_alone_is_used() -> None:
    plain, sound = PlainText(), Sound()
    chained = store(Chain(plain, sound))
    chained.keep("account", b"s" * 32)
    assert chained.fetch("account") == b"s" * 32
    assert plain.items == {}
    assert chained.is_available()


def test_an_item_that_some_system_would_cut_is_refused() -> None:
    back_end = Sound()
    with pytest.raises(KeyringUnavailable):
        store(back_end).keep("account", bytes(751))
    assert back_end.items == {}
    store(back_end).keep("account", bytes(750))


def test_the_list_of_safe_back_ends_names_none_of_the_unsafe() -> None:
    for kind in (fail.Keyring, null.Keyring, chainer.ChainerBackend):
        assert f"{kind.__module__}.{kind.__qualname__}" not in keyring_store._SAFE_BACK_ENDS
    assert not KeyringStore(from_library(fail.Keyring)).is_available()


def test_the_library_is_asked_when_no_back_end_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_keyring=null.Keyring))
    assert not KeyringStore().is_available()


def test_a_library_that_fails_is_an_unavailable_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("configuration")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_keyring=broken))
    with pytest.raises(KeyringUnavailable):
        KeyringStore().fetch("account")
