"""A desk to work at while calls fail, and what is looked at afterwards (SECURITY R12)."""

import hashlib
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.store import audit_log
from tests.helpers.clocks import FrozenClock
from tests.helpers.failing_calls import Calls
from tests.helpers.plans import PASSPHRASE


@dataclass
class Desk:
    """One store to work at: its folder, a folder for what leaves, and the recovery key, which opens it quickly."""

    root: Path
    recovery_key: str = ""
    known: dict[str, str] = field(default_factory=dict)
    """Ids that `prepare` leaves for `run`."""
    program: Program | None = None
    clock: FrozenClock = field(default_factory=FrozenClock)
    there: Any = None
    """The central store that is exchanged with, in memory; each copy of the desk has one of its own."""

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root / "data")

    @property
    def outside(self) -> Path:
        return self.root / "outside"

    def open(self) -> Program:
        """Open the store as the program does."""
        if self.recovery_key:
            self.program = bootstrap.open_with_recovery_key(self.folder, self.recovery_key, clock=self.clock)
        else:
            self.program = bootstrap.open_with_passphrase(self.folder, PASSPHRASE, clock=self.clock)
        return self.program

    def close(self) -> None:
        if self.program is not None:
            self.program.close()
            self.program = None

    def copy_to(self, root: Path) -> "Desk":
        """The same desk in another place, closed."""
        shutil.copytree(self.root, root, symlinks=True)
        return Desk(root, self.recovery_key, self.known, there=deepcopy(self.there))

    @property
    def services(self) -> Any:
        assert self.program is not None
        return self.program.services


@dataclass(frozen=True)
class Operation:
    """One thing that may fail half-way. `state` is asked of an open store, before and after, and must be one of two."""

    name: str
    prepare: Callable[[Desk], None]
    run: Callable[[Desk], object]
    state: Callable[[Desk], object]
    needs_store: bool = True
    """Whether the store is open when it begins; else it opens it, or needs none."""
    look: Callable[[Desk], object] = lambda _: None
    """What else tells of the state and would change if the store were opened as the program does."""
    every: int = 60
    """Up to which call each one fails in the ordinary run; the later ones are sampled."""
    leaves: bool = False
    """Whether something leaves for the folder outside: its audit entry may then stand without the file, never the
    file without its entry. (A commit that was refused may be found complete after a restart.)"""


@dataclass(frozen=True)
class Trial:
    """What came of one try: which call failed, out of how many that were made."""

    at: int
    calls: int
    failed: str
    outcome: str
    """The error's code, "done", or the name of an error that nobody should see."""
    typed: bool
    state: str
    outside: str
    """What lies where files leave to."""
    problems: tuple[str, ...] = ()

    def told(self) -> str:
        """In one line, for a test that fails."""
        return f"call {self.at} ({self.failed}): {self.outcome}; {', '.join(self.problems)}"


def trial(operation: Operation, desk: Desk, calls: Calls, at: int, error: int, *, onwards: bool) -> Trial:
    """Do it at a copied desk with the `at`-th call failing, then look at what is left, with nothing failing."""
    if operation.needs_store:
        desk.open()
    outcome, typed = "done", True
    with calls.failing(desk.root, at, error, onwards=onwards):
        try:
            operation.run(desk)
        except MdtError as refused:
            outcome = type(refused).code
        except Exception as raw:  # noqa: BLE001  # this is what is looked for
            outcome, typed = f"{type(raw).__name__}: {raw}"[:200], False
        desk.close()
    return Trial(at, calls.count(), calls.failed(), outcome, typed, *what_is_left(operation, desk))


def what_is_left(
    operation: Operation, desk: Desk, *, after_opening: bool = False
) -> tuple[str, str, tuple[str, ...]]:
    """The state, the files outside, and whatever is wrong: damage, a broken chain, files that nobody knows.

    `after_opening` is for a process that was killed: it leaves what the next opening removes, and a hidden part of a
    file where somebody wanted it, which no program that is gone can remove.
    """
    # A try to open that was counted and then failed is waited for.
    desk.clock.advance(timedelta(minutes=10))
    if after_opening:
        for part in [path for path in desk.outside.iterdir() if path.name.startswith(".")]:
            part.unlink()
    outside = repr(_files_outside(desk))
    problems = [] if after_opening else [f"left behind: {name}" for name in _unknown_files(desk)]
    if not desk.folder.database.exists() and not desk.folder.key_file.exists():
        return "no store", outside, tuple(problems)
    try:
        seen = operation.look(desk)
        program = desk.open()
    except Exception as refused:  # noqa: BLE001  # told as a problem, whatever it is
        return "", outside, (*problems, f"does not open: {type(refused).__name__} {refused}")
    try:
        problems += [f"{it.kind}: {it.detail}" for it in program.access.database.check().problems]
        broken = audit_log.first_broken(program.access.database.reader)
        problems += [] if broken is None else [f"audit entry {broken}"]
        problems += [f"left behind: {name}" for name in _unknown_files(desk)]
        return repr((seen, operation.state(desk))), outside, tuple(problems)
    finally:
        desk.close()


def _unknown_files(desk: Desk) -> list[str]:
    """What lies in the data folder, however deep, that is not the program's own, and anything hidden outside it."""
    inside = desk.folder.root.rglob("*") if desk.folder.root.exists() else ()
    found = [str(path.relative_to(desk.folder.root)) for path in inside if not desk.folder.knows(path)]
    return found + [path.name for path in desk.outside.iterdir() if path.name.startswith(".")]


def _files_outside(desk: Desk) -> dict[str, str]:
    """What is there, whole or not: the kind of a paper and its end, the content of anything else."""
    found: dict[str, str] = {}
    for path in sorted(desk.outside.iterdir()):
        content = path.read_bytes()
        whole_paper = content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")
        found[path.name] = "paper" if whole_paper else hashlib.sha256(content).hexdigest()
    return found
