"""The ways into the store, without Qt: what the unlock screen asks of the program, to be run in the pool.

Key derivation, the keyring and the store are loaded at the first call, after the window is on the screen.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.words import label

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.security.passphrase import PassphraseStrength
    from mdt_desktop.services.key_rotation import KeyRotation, RotationStep
    from mdt_desktop.ui.operations import Progress

LONGEST_TYPED = 1024
Told = Callable[[int], None]


def _not_told(_: int) -> None:
    """For who does not wait."""


class FolderState(StrEnum):
    """What lies in the data folder."""

    EMPTY = "empty"
    COMPLETE = "complete"
    KEY_MISSING = "key_file_missing"
    STORE_MISSING = "store_missing"


class Trouble(StrEnum):
    """The kinds of trouble at the door that a person must be able to tell apart."""

    WRONG_SECRET = "wrong_secret"  # noqa: S105  # the name of a trouble
    WAIT = "wait"
    MISTYPED = "mistyped"
    DAMAGED = "damaged"
    MISSING = "missing"
    NEWER = "newer"
    FOREIGN = "foreign"
    BUSY = "busy"
    NOT_CURRENT = "not_current"
    OTHER = "other"


_TROUBLES = {
    "wrong_passphrase": Trouble.WRONG_SECRET,
    "wrong_recovery_key": Trouble.WRONG_SECRET,
    "too_many_attempts": Trouble.WAIT,
    "recovery_key_mistyped": Trouble.MISTYPED,
    "key_file_damaged": Trouble.DAMAGED,
    "excessive_parameters": Trouble.DAMAGED,
    "weak_parameters": Trouble.DAMAGED,
    "store_damaged": Trouble.DAMAGED,
    "store_not_founded": Trouble.DAMAGED,
    "key_file_missing": Trouble.MISSING,
    "store_missing": Trouble.MISSING,
    "key_file_newer": Trouble.NEWER,
    "store_is_newer": Trouble.NEWER,
    "store_plain": Trouble.FOREIGN,
    "store_foreign": Trouble.FOREIGN,
    "store_busy": Trouble.BUSY,
    "store_in_use": Trouble.BUSY,
    "store_on_shared_place": Trouble.FOREIGN,
    "store_not_current": Trouble.NOT_CURRENT,
}


def trouble_of(error: Exception) -> Trouble:
    """The kind of trouble an error at the door is."""
    return _TROUBLES.get(type(error).code, Trouble.OTHER) if isinstance(error, MdtError) else Trouble.OTHER


@dataclass(frozen=True, slots=True)
class Remembering:
    """Whether this laptop has a safe keyring, and whether it remembers the store now."""

    possible: bool = False
    remembered: bool = False


class FirstStart(Protocol):
    """What the three steps of the first start ask."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> Role | None: ...

    @property
    def organisation(self) -> str: ...

    @property
    def locality(self) -> str: ...

    @property
    def passphrase(self) -> str: ...


class Door:
    """One folder's ways in. Every method but `state` may take a second: call them in the pool.

    The pages of an open store change its keys by `Program.keys`, in the writer's thread: each change is audited.
    """

    def __init__(self, folder: DataFolder, clock: Callable[[], datetime], place: str = "") -> None:
        """`place` is shown as the folder's name; the path from the home folder otherwise."""
        self.folder = folder
        self.place = place or from_home(folder.root)
        self._clock = clock

    def state(self) -> FolderState:
        """What lies in the folder, by names only; a restore that waits to be finished makes it complete."""
        if self.folder.has_pending_restore():
            return FolderState.COMPLETE
        has_key, has_store = self.folder.key_file.exists(), self.folder.database.exists()
        if has_key and has_store:
            return FolderState.COMPLETE
        if has_key:
            return FolderState.STORE_MISSING
        return FolderState.KEY_MISSING if has_store else FolderState.EMPTY

    def remembering(self) -> Remembering:
        """What the keyring can do; a laptop without a safe one is no error."""
        envelope = _loaded("security.key_envelope")
        possible = bool(_loaded("security.keyring_store").KeyringStore().is_available())
        try:
            remembered = possible and bool(envelope.is_remembered_on_this_laptop(self.folder.key_file))
        except MdtError:
            # The key file's own trouble is told when somebody tries to unlock.
            remembered = False
        return Remembering(possible, remembered)

    def seconds_to_wait(self) -> int:
        """How long the next try has to wait after wrong ones; 0 if it may be made now."""
        attempts = _loaded("security.unlock_attempts").UnlockAttempts(self.folder.attempts)
        return int(attempts.seconds_to_wait(self._clock()))

    def open_with_passphrase(
        self, typed: str, remember: bool | None = None, *, told: Told = _not_told, as_it_is: bool = False
    ) -> "Program":
        """Open; then remember or forget on this laptop if that is said. A keyring that refuses is no failure.

        `told` hears the size in bytes of a store that is checked first; `as_it_is` opens one that is not the newest.
        """
        program: Program = _bootstrap().open_with_passphrase(
            self.folder, typed, clock=self._clock, told=told, as_it_is=as_it_is
        )
        if remember is not None:
            self._remember(program, remember)
        return program

    def open_with_recovery_key(self, typed: str, *, told: Told = _not_told, as_it_is: bool = False) -> "Program":
        """Open with the printed key; the caller sees to it that a new passphrase is set."""
        program: Program = _bootstrap().open_with_recovery_key(
            self.folder, typed, clock=self._clock, told=told, as_it_is=as_it_is
        )
        return program

    def open_remembered(self, *, told: Told = _not_told) -> "Program":
        """Open with what the system keyring holds."""
        program: Program = _bootstrap().open_remembered(self.folder, clock=self._clock, told=told)
        return program

    def finish_restore(self) -> None:
        """Put a restored store that lies ready in its place; the program has closed the present one."""
        with _bootstrap().restoring(self.folder, clock=self._clock):
            return

    def set_passphrase(self, program: "Program", new: str) -> None:
        """Put a new passphrase on the store that the recovery key opened; raises as `Keys.set_passphrase`."""
        program.keys.set_passphrase(new)

    def check_passphrase(self, typed: str) -> None:
        """Prove that somebody knows the passphrase of the open store; a wrong one counts as a try at the door."""
        lock = _loaded("security.session").StoreLock(self.folder.key_file, self.folder.attempts)
        lock.open_with_passphrase(typed, self._clock()).lock()

    def begin_key_change(self, program: "Program", typed: str, progress: "Progress") -> "KeyRotation":
        """Make a new key of the store ready; nothing else may use the store meanwhile. Raises as `begin`."""

        def report(step: "RotationStep", done: int, of: int | None) -> None:
            progress.check()
            progress.report(done, of, label(step))

        made: KeyRotation = _bootstrap().begin_key_rotation(program, typed, report)
        return made

    def finish_key_change(self, program: "Program", rotation: "KeyRotation") -> "Program":
        """Put the new key in force; the store is opened with it. Raises as `bootstrap.finish_key_rotation`."""
        opened: Program = _bootstrap().finish_key_rotation(program, rotation)
        return opened

    def make(self, typed: FirstStart) -> "tuple[Program, str]":
        """Make the store of the first start; the recovery key is returned this once, as text."""
        identity = _loaded("services.identity").Identity(
            typed.name, typed.role, typed.organisation, typed.locality
        )
        program, recovery_key = _bootstrap().create_store(
            self.folder, typed.passphrase, identity, clock=self._clock
        )
        return program, str(recovery_key.text())

    def _remember(self, program: "Program", on: bool) -> None:
        try:
            if on:
                program.keys.remember()
            else:
                program.keys.forget()
        except MdtError:
            # The store is open; that the keyring refused shows by the tick being off next time.
            return


def from_home(path: Path) -> str:
    """A path as people know it: `~/…` inside their home folder."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def strength(passphrase: str, about_you: tuple[str, ...] = ()) -> "PassphraseStrength":
    """How good a passphrase is; anything longer than is accepted is judged by its beginning."""
    found: PassphraseStrength = _loaded("security.passphrase").strength(passphrase[:LONGEST_TYPED], about_you)
    return found


def accepted(passphrase: str, about_you: tuple[str, ...]) -> bool:
    """Whether a passphrase may be used."""
    return len(passphrase) <= LONGEST_TYPED and strength(passphrase, about_you).accepted


def _loaded(module: str) -> Any:
    return importlib.import_module(f"mdt_desktop.{module}")


def _bootstrap() -> Any:
    return _loaded("bootstrap")
