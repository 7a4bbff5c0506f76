"""The ways to a restore without Qt, to be run in the pool: from the open program, and where no store is open."""

import importlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mdt_desktop.domain.backups import Occasion
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.backup_shelf import BackupSummary
    from mdt_desktop.services.restoring import PresentStore

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Considered:
    """A backup beside what it would replace, and whether a passphrase has to be typed for it."""

    backup: "BackupSummary"
    present: "PresentStore"
    needs_secret: bool


class Ways(Protocol):
    """What the screen asks."""

    def shelf(self) -> "tuple[BackupSummary, ...]":
        """The backups in the data folder, the newest first."""

    def consider(self, path: Path) -> Considered:
        """Look into a backup. Raises what `Restoring.look` raises."""

    def restore(self, path: Path, typed: str, reason: str, report: Report) -> None:
        """Make the backup ready, or put it in place where no store is open. Raises what `Restoring` raises."""


class FromTheProgram:
    """The store is open: the restored one is made ready beside it, and put in place once the program has locked."""

    def __init__(self, program: "Program", folder: DataFolder) -> None:
        self._program, self._folder = program, folder

    def shelf(self) -> "tuple[BackupSummary, ...]":
        return self._program.services.backups.shelf()

    def consider(self, path: Path) -> Considered:
        self._program.services.backups.require_restore()
        restoring = self._restoring()
        found = restoring.look(path)
        unlocked = restoring.open_with(path, self._program.session.key)
        if unlocked is not None:
            unlocked.wipe()
        state = self._program.services.backups.present()
        present = _loaded("services.restoring").present_store(state)
        return Considered(found, present, unlocked is None)

    def restore(self, path: Path, typed: str, reason: str, report: Report) -> None:
        self._program.services.backups.require_restore()
        restoring, key = self._restoring(), self._program.session.key
        unlocked = restoring.open_with(path, key) or restoring.unlock(path, typed, key)
        try:
            with suppress(MdtError):  # what is replaced is kept as it is: this one is to be found more easily
                self._program.services.backups.before(Occasion.RESTORE)
            restoring.make_ready(path, unlocked, reason, report)
        finally:
            unlocked.wipe()

    def _restoring(self) -> Any:
        return _loaded("services.restoring").Restoring(self._folder, self._program.access.clock)


class WithoutAStore:
    """The store is damaged, missing or locked: a backup is put in its place at once."""

    def __init__(self, folder: DataFolder, clock: Callable[[], datetime]) -> None:
        self._folder, self._clock = folder, clock

    def shelf(self) -> "tuple[BackupSummary, ...]":
        found: tuple[BackupSummary, ...] = _loaded("services.backup_shelf").shelf(self._folder)
        return found

    def consider(self, path: Path) -> Considered:
        restoring = _loaded("services.restoring").Restoring(self._folder, self._clock)
        return Considered(restoring.look(path), restoring.present(), True)

    def restore(self, path: Path, typed: str, reason: str, report: Report) -> None:
        with _loaded("bootstrap").restoring(self._folder, clock=self._clock) as restoring:
            unlocked = restoring.unlock(path, typed)
            try:
                if unlocked.key_file is None:
                    with suppress(MdtError):  # as above; a damaged store cannot be backed up at all
                        restoring.back_up_present(unlocked.database_key)
                restoring.make_ready(path, unlocked, reason, report)
                restoring.finish()
            finally:
                unlocked.wipe()


def _loaded(module: str) -> Any:
    return importlib.import_module(f"mdt_desktop.{module}")
