"""The steps of importing risk files, without any screen: which files, their columns, the preview, and what came of it.

The screen draws `step` and `files`, does the reading and writing where it may, and tells this what it found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from mdt_desktop.domain.risk import CutOffs, TierApproach, TierShares
from mdt_desktop.domain.risk_columns import RiskColumn
from mdt_desktop.domain.risk_rows import Reject
from mdt_desktop.services.risk_import import ImportOptions, ImportPreview, ImportResult, RiskFileHead, RunState

Columns = Mapping[RiskColumn, tuple[int, ...]]


class Step(StrEnum):
    """Where the person is."""

    FILES = "files"
    COLUMNS = "columns"
    PREVIEW = "preview"
    IMPORT = "import"
    RESULT = "result"


STEPS = tuple(Step)


class FileState(StrEnum):
    """How far one file is."""

    LOOKING = "looking"
    UNMAPPED = "unmapped"
    MAPPED = "mapped"
    READING = "reading"
    READY = "ready"
    KNOWN = "known"
    REFUSED = "refused"
    IMPORTED = "imported"
    NOT_IMPORTED = "not_imported"


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """One file with everything found out about it so far; `error` says why it was refused or not imported."""

    path: Path
    state: FileState = FileState.LOOKING
    options: ImportOptions = field(default_factory=ImportOptions)
    head: RiskFileHead | None = None
    preview: ImportPreview | None = None
    result: ImportResult | None = None
    error: Exception | None = None
    rejects: tuple[Reject, ...] = ()
    """Kept for the rejects file when the rows themselves are let go."""

    @property
    def goes_on(self) -> bool:
        """Whether anything can still be done with it."""
        return self.state is not FileState.REFUSED


class RiskWizard:
    """One import of any number of files; nothing is written before the step `IMPORT`."""

    def __init__(self) -> None:
        self.step = Step.FILES
        self._files: dict[Path, ChosenFile] = {}
        self._stopped = False

    @property
    def files(self) -> tuple[ChosenFile, ...]:
        """In the order they were chosen."""
        return tuple(self._files.values())

    def file(self, path: Path) -> ChosenFile:
        """One file; raises KeyError."""
        return self._files[path]

    def has(self, path: Path) -> bool:
        """Whether the file is still among those chosen; it may be taken out while it is looked at."""
        return path in self._files

    def in_state(self, *states: FileState) -> list[ChosenFile]:
        """The files that are so far."""
        return [file for file in self.files if file.state in states]

    # Choosing

    def add(self, paths: Iterable[Path]) -> list[Path]:
        """Choose more files; those that were not there before are to be looked at now."""
        new = [path for path in dict.fromkeys(paths) if path not in self._files]
        self._files.update((path, ChosenFile(path)) for path in new)
        return new

    def remove(self, path: Path) -> None:
        """Take a file out again."""
        self._files.pop(path, None)

    def refused(self, path: Path, error: Exception) -> None:
        """The file cannot be read; the others go on."""
        self._change(path, state=FileState.REFUSED, error=error, preview=None)

    def inspected(self, path: Path, head: RiskFileHead) -> None:
        """The form of a file is known."""
        state = FileState.MAPPED if head.recognition.settled else FileState.UNMAPPED
        self._change(path, state=state, head=head, error=None, preview=None)

    def map_columns(
        self, path: Path, chosen: Columns, practice_code: str | None = None, run_date: date | None = None
    ) -> list[Path]:
        """Say what the columns of a file mean, and what is not in it; the files that are to be looked at again.

        Other files with the same headings get the same columns and date: a borough's files mostly come from one
        tool. The practice is of this file alone.
        """
        head = self._files[path].head
        alike = [
            file.path
            for file in self.files
            if head and file.head and file.head.recognition.headings == head.recognition.headings
        ]
        for other in alike:
            options = replace(self._files[other].options, chosen=dict(chosen), run_date=run_date)
            if other == path:
                options = replace(options, practice_code=practice_code)
            self._change(other, state=FileState.LOOKING, options=options, preview=None)
        return alike

    # Looking before importing

    def reading(self, path: Path) -> None:
        """The file is being read now."""
        self._change(path, state=FileState.READING, error=None)

    def previewed(self, path: Path, preview: ImportPreview) -> None:
        """What importing would do is known."""
        state = FileState.KNOWN if preview.state is RunState.SAME_FILE else FileState.READY
        self._change(path, state=state, preview=preview, error=None, rejects=tuple(preview.file.rejects))

    def keep_preview(self, path: Path, preview: ImportPreview, error: Exception) -> None:
        """Another way of making tiers does not fit the file: what was worked out before stands, with its options."""
        self._change(path, state=FileState.READY, preview=preview, options=preview.options, error=error)

    def choose_approach(
        self,
        paths: Sequence[Path],
        approach: TierApproach | None,
        shares: TierShares,
        cut_offs: CutOffs | None,
        list_size: int | None = None,
    ) -> list[Path]:
        """Say how tiers are made; the files whose preview is to be worked out again, without reading them again.

        `list_size` is of one practice: with several files it is left as it was.
        """
        for path in paths:
            options = replace(self._files[path].options, approach=approach, shares=shares, cut_offs=cut_offs)
            if len(paths) == 1:
                options = replace(options, list_size=list_size)
            self._change(path, options=options)
        return [path for path in paths if self._files[path].preview is not None]

    # Steps

    @property
    def busy(self) -> bool:
        """Whether a file is being looked at or read."""
        return bool(self.in_state(FileState.LOOKING, FileState.READING))

    @property
    def can_go_on(self) -> bool:
        """Whether the next step can be taken."""
        if self.busy:
            return False
        if self.step is Step.FILES:
            return bool(self.in_state(FileState.UNMAPPED, FileState.MAPPED, FileState.READY, FileState.KNOWN))
        if self.step is Step.COLUMNS:
            return not self.in_state(FileState.UNMAPPED) and any(file.goes_on for file in self.files)
        return self.step is Step.PREVIEW and bool(self.in_state(FileState.READY))

    @property
    def can_go_back(self) -> bool:
        """Whether the step before can be taken: not once something has been written."""
        return self.step in (Step.COLUMNS, Step.PREVIEW)

    def go_on(self) -> None:
        """Take the next step; nothing happens where that cannot be done."""
        if self.can_go_on:
            self.step = STEPS[STEPS.index(self.step) + 1]

    def go_back(self) -> None:
        """Take the step before."""
        if self.can_go_back:
            self.step = STEPS[STEPS.index(self.step) - 1]

    # Importing

    def next_to_import(self) -> ChosenFile | None:
        """The next file: older runs first, so that six months at once give each person their trend."""
        ready = [] if self._stopped else self.in_state(FileState.READY)
        return min(ready, key=lambda file: file.preview.file.run_date if file.preview else date.max, default=None)

    def imported(self, path: Path, result: ImportResult) -> None:
        """A file is in the store; its rows are let go."""
        self._change(path, state=FileState.IMPORTED, result=result, preview=None)

    def not_imported(self, path: Path, error: Exception | None) -> None:
        """A file was refused or stopped while it was written; nothing of it is in the store."""
        self._change(path, state=FileState.NOT_IMPORTED, error=error, preview=None)

    def stop(self) -> None:
        """Import no more files; those that are in the store stay there."""
        self._stopped = True

    def finish(self) -> None:
        """All that was to be imported has been."""
        for file in self.in_state(FileState.READY):
            self.not_imported(file.path, None)
        self.step = Step.RESULT

    def _change(self, path: Path, **changed: object) -> None:
        if path in self._files:
            self._files[path] = replace(self._files[path], **changed)  # type: ignore[arg-type]  # named by our own callers
