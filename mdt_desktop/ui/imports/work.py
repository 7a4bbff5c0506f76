"""The work of an import in the threads it belongs to: looking and reading in the pool, comparing in the reader, writing
in the writer; what is found goes into the wizard, and `changed` tells the screen."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mdt_desktop.domain.risk import CutOffs, TierApproach, TierShares
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.risk_import import ImportPreview, ImportResult, RiskFile, RiskFileHead
from mdt_desktop.services.risk_rejects import write_all_rejects
from mdt_desktop.services.risk_wizard import ChosenFile, Columns, FileState, RiskWizard
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Cancelled, Operations, Progress
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services


class ImportWork(QObject):
    """One import at a time; `begin_anew` forgets it, and what still comes of it reaches nobody."""

    changed = Signal()
    progressed = Signal(int, int, float, str)  # files written, of how many, part of the present one, its name

    def __init__(self, services: "Services", operations: Operations, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self.wizard = RiskWizard()
        self._progress: Progress | None = None
        self._to_write = self._written = 0

    def begin_anew(self) -> None:
        """Forget the files; those that are being read are not read to their end."""
        for file in self.wizard.files:
            self.wizard.remove(file.path)
        self.wizard = RiskWizard()
        self.changed.emit()

    # Looking

    def add(self, paths: Iterable[Path]) -> None:
        """Choose more files."""
        for path in self.wizard.add(paths):
            self._inspect(path)
        self.changed.emit()

    def map_columns(self, path: Path, columns: Columns, practice_code: str | None, run_date: date | None) -> None:
        """Say what the columns of a file mean, and of those like it."""
        for other in self.wizard.map_columns(path, columns, practice_code, run_date):
            self._inspect(other)
        self.changed.emit()

    def _inspect(self, path: Path) -> None:
        wizard, service, options = self.wizard, self._services.risk_import, self.wizard.file(path).options

        def done(head: RiskFileHead) -> None:
            wizard.inspected(path, head)
            self.changed.emit()

        self._operations.run_in_pool(
            lambda: service.inspect(path, options),
            done,
            partial(self._refuse, wizard, path),
            owner=self,
            latest_of=f"import.{id(wizard)}.{path}",
        )

    def _refuse(self, wizard: RiskWizard, path: Path, error: Exception) -> None:
        wizard.refused(path, error)
        self.changed.emit()

    # Reading and comparing

    def read_all(self) -> None:
        """Read every file whose columns are known."""
        for file in self.wizard.in_state(FileState.MAPPED):
            self.wizard.reading(file.path)
            self._read(file)

    def _read(self, file: ChosenFile) -> None:
        wizard, service, path = self.wizard, self._services.risk_import, file.path

        def done(read: RiskFile) -> None:
            if wizard.has(path):
                self._compare(path, read)

        def go_on(_done: int, _of: int) -> None:
            if not wizard.has(path):
                raise Cancelled  # it was taken out again

        self._operations.run_in_pool(
            lambda: service.read(path, file.options, go_on), done, partial(self._refuse, wizard, path), owner=self
        )

    def _compare(self, path: Path, read: RiskFile) -> None:
        wizard, service, options = self.wizard, self._services.risk_import, self.wizard.file(path).options

        def done(preview: ImportPreview) -> None:
            wizard.previewed(path, preview)
            self.changed.emit()

        def failed(error: Exception) -> None:
            before = wizard.file(path).preview if wizard.has(path) else None
            if before is None:
                self._refuse(wizard, path, error)
            else:
                # The way of making tiers did not fit: what was worked out before still stands.
                wizard.keep_preview(path, before, error)
                self.changed.emit()

        self._operations.run_query(lambda: service.compare(read, options), done, failed, owner=self)

    def choose_approach(
        self,
        current: Path,
        approach: TierApproach,
        shares: TierShares,
        cut_offs: CutOffs | None,
        list_size: int | None,
        *,
        every: bool,
    ) -> None:
        """Make tiers another way, for one file or for all that are ready; the list size is of the one."""
        again = self.wizard.choose_approach([current], approach, shares, cut_offs, list_size)
        if every:
            others = [file.path for file in self.wizard.in_state(FileState.READY) if file.path != current]
            for other in others:
                size = self.wizard.file(other).options.list_size
                again += self.wizard.choose_approach([other], approach, shares, cut_offs, size)
        for path in again:
            preview = self.wizard.file(path).preview
            if preview is not None:
                self.wizard.reading(path)
                self._compare(path, preview.file)
        self.changed.emit()

    # Writing

    def start_import(self) -> None:
        """Write every file that is ready, each in its own transaction, so that other work comes in between."""
        self._progress = Progress(words("imports.importing"), stops=words("imports.stop"), parent=self)
        self._progress.moved.connect(self._on_moved)
        self._to_write, self._written = len(self.wizard.in_state(FileState.READY)), 0
        self._import_next()

    def stop(self) -> None:
        """No further file, and the one that is being written is undone."""
        self.wizard.stop()
        if self._progress is not None:
            self._progress.cancel()

    def _import_next(self) -> None:
        progress, file, wizard = self._progress, self.wizard.next_to_import(), self.wizard
        if progress is None or file is None or file.preview is None or progress.cancelled:
            wizard.finish()
            self._progress = None
            self.changed.emit()
            return
        preview, service = file.preview, self._services.risk_import
        results: list[ImportResult] = []
        self.progressed.emit(self._written, self._to_write, 0.0, file.path.name)

        def report(done: int, of: int) -> None:
            progress.check()
            progress.report(done, of, file.path.name)

        def write() -> Changes:
            results.append(service.apply(preview, report))
            return results[0].changes

        def done(_: Changes) -> None:
            wizard.imported(file.path, results[0])
            self._go_on()

        def failed(error: Exception) -> None:
            wizard.not_imported(file.path, None if isinstance(error, Cancelled) else error)
            self._go_on()

        self._operations.run_command(write, self, done, failed, progress=progress)

    def _go_on(self) -> None:
        self._written += 1
        self._import_next()

    def _on_moved(self, done: int, of: object, name: str) -> None:
        if isinstance(of, int) and of:
            self.progressed.emit(self._written, self._to_write, done / of, name)

    # Rejects

    def save_rejects(self, path: Path) -> None:
        """Write what was rejected in all files into one, to be sent back to the practices."""
        found = [
            (file.path.name, file.head.recognition.headings if file.head else (), file.rejects)
            for file in self.wizard.files
            if file.rejects
        ]
        self._operations.run_in_pool(
            lambda: write_all_rejects(path, found),
            lambda count: self._messages.done(words("imports.saved", count=count, file=path.name)),
            self._messages.error,
            owner=self,
        )
