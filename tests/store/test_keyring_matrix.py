"""Six kinds of system keyring against everything that touches one (SECURITY R3).

In each cell: nothing falls back to a keyring that does not protect, no data is lost, and the passphrase opens the
store.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation, key_file, keyring_store
from mdt_desktop.security.errors import KeyringUnavailable, NotRemembered
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.key_file import SlotName
from mdt_desktop.security.keyring_store import BackEnd, KeyringStore
from tests.helpers.cheap_keys import cheap_hash
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, add_person, add_practice, make_store

NEW_PASSPHRASE = "copper rowing thistle lantern"


@dataclass
class Ok:
    """Keeps what it is given."""

    items: dict[tuple[str, str], str] = field(default_factory=dict)

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


class Absent(Ok):
    """Stands for `keyring.backends.fail`: there is none on this machine."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("No recommended backend was available.")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("No recommended backend was available.")


class Locked(Ok):
    """Its owner closes the question for its password."""

    def get_password(self, service: str, username: str) -> str | None:
        raise PermissionError("prompt dismissed")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PermissionError("prompt dismissed")

    def delete_password(self, service: str, username: str) -> None:
        raise PermissionError("prompt dismissed")


class Raises(Ok):
    """Every call fails in its own way, as when the session bus goes away."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyError("no such interface")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("broken pipe")

    def delete_password(self, service: str, username: str) -> None:
        raise ValueError("no such item")


class Truncates(Ok):
    """Keeps the first characters only, and says nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password[:20]


class Plaintext(Ok):
    """Would keep everything, in a file that anybody can read."""


Absent.__module__, Absent.__qualname__ = "keyring.backends.fail", "Keyring"
Plaintext.__module__, Plaintext.__qualname__ = "keyrings.alt.file", "PlaintextKeyring"
PROTECTING = (Ok, Locked, Raises, Truncates)
KINDS: tuple[type[Ok], ...] = (Ok, Absent, Locked, Raises, Truncates, Plaintext)


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many openings: see `helpers.cheap_keys`."""
    monkeypatch.setattr(key_derivation, "hash_secret_raw", cheap_hash)
    monkeypatch.setattr(key_derivation, "calibrate", lambda: FLOOR)


@dataclass
class Laptop:
    """A closed store, and the keyring that this laptop has just now."""

    folder: DataFolder
    clock: FrozenClock
    back_end: BackEnd = field(default_factory=Ok)
    passphrase: str = PASSPHRASE

    def open(self) -> Program:
        self.clock.advance(timedelta(minutes=10))
        return bootstrap.open_with_passphrase(self.folder, self.passphrase, clock=self.clock)

    def remembers(self) -> bool:
        return SlotName.KEYRING in key_file.read(self.folder.key_file).slots

    def opens_by_itself(self) -> bool:
        try:
            bootstrap.open_remembered(self.folder, clock=self.clock).close()
        except (KeyringUnavailable, NotRemembered):
            return False
        return True


@pytest.fixture
def laptop(data_folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    program, _ = make_store(data_folder, clock)
    with program:
        add_person(program, add_practice(program))
    made = Laptop(data_folder, clock)
    names = frozenset(f"{kind.__module__}.{kind.__qualname__}" for kind in PROTECTING)
    make = KeyringStore.__init__
    monkeypatch.setattr(KeyringStore, "__init__", lambda self, back_end=None: make(self, made.back_end, names))
    return made


def remember(laptop: Laptop, well: bool) -> None:
    with laptop.open() as program:
        if well:
            program.keys.remember()
        else:
            with pytest.raises(KeyringUnavailable):
                program.keys.remember()
    assert laptop.remembers() is well
    assert laptop.opens_by_itself() is well


def open_remembered(laptop: Laptop, well: bool) -> None:
    _remembered_before(laptop)
    assert laptop.opens_by_itself() is well
    assert laptop.remembers(), "that it does not answer today is no reason to forget it"


def change_passphrase(laptop: Laptop, well: bool) -> None:
    _remembered_before(laptop)
    with laptop.open() as program:
        program.keys.change_passphrase(PASSPHRASE, NEW_PASSPHRASE)
    laptop.passphrase = NEW_PASSPHRASE
    assert laptop.opens_by_itself() is well


def forget(laptop: Laptop, well: bool) -> None:
    _remembered_before(laptop)
    with laptop.open() as program:
        program.keys.forget()
    assert not laptop.remembers()
    assert not laptop.opens_by_itself()


def rotate(laptop: Laptop, well: bool) -> None:
    _remembered_before(laptop)
    program = laptop.open()
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    bootstrap.finish_key_rotation(program, rotation).close()
    assert rotation.forgotten is not well
    assert laptop.remembers() is well
    assert laptop.opens_by_itself() is well


def _remembered_before(laptop: Laptop) -> None:
    """The store was remembered while the keyring was a good one; today it is what it is."""
    today, laptop.back_end = laptop.back_end, Ok()
    with laptop.open() as program:
        program.keys.remember()
    if isinstance(today, Ok) and isinstance(laptop.back_end, Ok):
        today.items.update(laptop.back_end.items)
    laptop.back_end = today
    if isinstance(today, Truncates):
        today.items = {place: item[:20] for place, item in today.items.items()}


ACTIONS: tuple[Callable[[Laptop, bool], None], ...] = (remember, open_remembered, change_passphrase, forget, rotate)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_no_keyring_loses_data_or_weakens_it(
    action: Callable[[Laptop, bool], None], kind: type[Ok], laptop: Laptop
) -> None:
    today = kind()
    laptop.back_end = today
    action(laptop, kind is Ok)
    with laptop.open() as program:
        assert program.access.database.reader.execute("SELECT count(*) FROM person").fetchone()[0] == 1
        secret = program.session.key.raw_key()
    if kind is Plaintext and action is remember:
        assert today.items == {}, "nothing is given to what does not protect"
    assert not any(secret.hex() in item or item == "" for item in today.items.values())


def test_the_names_of_those_that_do_not_protect_are_not_on_the_real_list() -> None:
    for kind in (Absent, Plaintext):
        assert f"{kind.__module__}.{kind.__qualname__}" not in keyring_store._SAFE_BACK_ENDS
        assert not KeyringStore(kind()).is_available()
