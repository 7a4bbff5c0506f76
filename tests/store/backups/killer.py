"""Runs a backup or a restore in a process that is killed before its n-th step on the disk, for n = 1, 2, … to the end.

`python -m tests.store.backups.killer FOLDER WORK WHAT FILE` copies the data folder for each n into WORK/n and prints
how many steps there are. Every opening, renaming, linking and removing of a file and every fsync is a step, and so is
every piece of the copying; the kill is a real one, so nothing that Python would tidy up is tidied up.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import now
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.restoring import Restoring
from tests.helpers.stores import PASSPHRASE
from tests.store.backups.desk import OTHER_PASSPHRASE

MOST = 400
_EVENTS = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect", "os.truncate")


class Steps:
    """Counts what happens on the disk from now on, and kills the process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at
        self._fsync = os.fsync
        self._armed = True
        sys.addaudithook(self._on_event)
        os.fsync = self._on_fsync  # type: ignore[assignment]  # the standard library's own, as the program calls it

    def piece(self, done: int, of: int) -> None:
        """A piece of the copying, as progress tells of it."""
        self._step()

    def _on_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._armed:
            return
        if event in _EVENTS or (event == "open" and _writes(arguments)):
            self._step()

    def _on_fsync(self, descriptor: int) -> None:
        self._step()
        self._fsync(descriptor)

    def _step(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._armed = False
            os.kill(os.getpid(), signal.SIGKILL)


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


Work = Callable[[DataFolder, int], None]


def back_up(file: Path, folder: DataFolder) -> Work:
    """Make a backup of the store."""

    def work(copy: DataFolder, kill_at: int) -> None:
        with bootstrap.open_with_passphrase(copy, PASSPHRASE) as program:
            program.services.backups.make(progress=Steps(kill_at).piece)

    return work


def restore(file: Path, folder: DataFolder) -> Work:
    """Restore a backup of the same store, or of another one whose key file comes with it."""
    typed = PASSPHRASE if Restoring(folder, now).look(file).of_this_store else OTHER_PASSPHRASE
    unlocked = Restoring(folder, now).unlock(file, typed)  # once, as it takes longer than all the rest

    def work(copy: DataFolder, kill_at: int) -> None:
        restoring, steps = Restoring(copy, now), Steps(kill_at)
        restoring.make_ready(file, unlocked, progress=steps.piece)
        restoring.finish()

    return work


def resume(file: Path, folder: DataFolder) -> Work:
    """The next start, which finishes a restore that was confirmed."""

    def work(copy: DataFolder, kill_at: int) -> None:
        Steps(kill_at)
        with bootstrap.restoring(copy):
            return

    return work


WORKS: dict[str, Callable[[Path, DataFolder], Work]] = {"back_up": back_up, "restore": restore, "resume": resume}


def main(folder: Path, work: Path, what: str, file: Path) -> int:
    """Kill at every step; returns how many there are."""
    do = WORKS[what](file, DataFolder(folder))
    for kill_at in range(1, MOST):
        copy = DataFolder(work / str(kill_at))
        shutil.copytree(folder, copy.root)
        child = os.fork()
        if child == 0:
            do(copy, kill_at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status) != 0:
                raise SystemExit(f"step {kill_at} ended with {os.WEXITSTATUS(status)}")
            return kill_at - 1
    raise SystemExit("it never came to its end")


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))}\n")
