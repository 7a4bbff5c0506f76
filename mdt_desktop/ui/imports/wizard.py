"""The import from files to result: draws the current step of the wizard and does its reading and writing in threads."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.risk import CutOffs, TierApproach, TierShares
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.risk_import import ImportPreview, ImportResult, RiskFile, RiskFileHead
from mdt_desktop.services.risk_rejects import write_all_rejects
from mdt_desktop.services.risk_wizard import STEPS, ChosenFile, Columns, FileState, RiskWizard, Step
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.columns_step import ColumnsView
from mdt_desktop.ui.imports.file_list import FileList
from mdt_desktop.ui.imports.files_step import FilesView
from mdt_desktop.ui.imports.preview_step import PreviewView
from mdt_desktop.ui.imports.result_step import ImportView, ResultView
from mdt_desktop.ui.imports.step_trail import StepTrail
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations, Progress
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_SUFFIXES = "*.csv *.txt *.tsv"


class RejectsNotSaved(BadInput):
    """The file could not be written there. Value: `file`."""

    code = "rejects_not_saved"


class WizardView(QWidget):
    """`left`: back to the overview; `held_requested`: to the rows that wait."""

    left = Signal()
    held_requested = Signal()

    def __init__(self, services: "Services", operations: Operations, messages: Messages, today: date) -> None:
        super().__init__()
        self._services, self._operations, self._messages = services, operations, messages
        self.wizard = RiskWizard()
        self._progress: Progress | None = None
        self._to_write = self._written = 0
        self._drawn: Step | None = None
        self.setAcceptDrops(True)
        self.files, self.importing, self.result = FilesView(), ImportView(), ResultView()
        self.columns, self.preview = ColumnsView(today), PreviewView()
        self.column_list, self.preview_list = FileList(), FileList()
        self._lay_out()
        self._connect()
        self._draw()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.header = PageHeader(words("imports.wizard"))
        self.trail = StepTrail([words(f"import_step.{step.value}") for step in STEPS])
        self.leave = Button(words("imports.leave"), self._on_leave, "quiet")
        self.header.add_action(self.leave)
        # The heading stays where it is when there is nothing left to leave.
        policy = self.leave.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.leave.setSizePolicy(policy)
        column.addWidget(self.header)
        column.addWidget(self.trail)
        self._stack = QStackedWidget()
        for view in (
            self.files,
            _beside(self.column_list, self.columns),
            _beside(self.preview_list, self.preview),
            self.importing,
            self.result,
        ):
            self._stack.addWidget(view)
        column.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setSpacing(theme.size("unit") * 2)
        self.back = Button(words("imports.back"), self._on_back, icon="back")
        self.why = words_label("", "muted", wraps=True)
        self.go_on = Button("", self._on_go_on, "primary")
        foot.addWidget(self.back)
        self.why.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.why, 1)
        foot.addWidget(self.go_on)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.files.browse_requested.connect(self._browse)
        self.files.remove_requested.connect(self._on_remove)
        for found in (self.column_list, self.preview_list):
            found.remove_requested.connect(self._on_remove)
            found.chosen.connect(lambda _: self._show_chosen())
        self.columns.mapped.connect(self._on_mapped)
        self.preview.approach_asked.connect(self._on_approach)
        self.importing.stop_requested.connect(self._on_stop)
        self.result.save_requested.connect(self._save_rejects)
        self.result.held_requested.connect(self.held_requested)

    # Beginning and leaving

    def begin(self, paths: Iterable[Path] = ()) -> None:
        """A new import, unless one is under way."""
        if self.wizard.step is Step.RESULT:
            self.wizard = RiskWizard()
        self._draw()
        self.add_files(paths)

    def focus_first(self) -> None:
        """Put the focus where this step begins."""
        places: dict[Step, QWidget | None] = {
            Step.FILES: self.go_on if self.wizard.can_go_on else self.files.browse,
            Step.COLUMNS: self.columns.first() if not self.wizard.can_go_on else self.go_on,
            Step.PREVIEW: self.preview_list,
            Step.IMPORT: self.importing.stop,
            Step.RESULT: self.go_on,
        }
        place = places[self.wizard.step]
        if place is not None:
            place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_leave(self) -> None:
        """Nothing was written before the import, so leaving loses only the choice of files."""
        if self.wizard.step is not Step.IMPORT:
            self.wizard = RiskWizard()
            self._draw()
        self.left.emit()

    # Files

    def add_files(self, paths: Iterable[Path]) -> None:
        """Choose files, as by the dialog or by dropping them."""
        if self.wizard.step is Step.FILES:
            for path in self.wizard.add(paths):
                self._inspect(path)
            self._draw()

    def _browse(self) -> None:
        dialog = QFileDialog(self, words("imports.browse"), "", words("imports.file_kinds", suffixes=_SUFFIXES))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.add_files(map(Path, names)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.wizard.step is Step.FILES and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.add_files(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        event.acceptProposedAction()

    def _on_remove(self, path: Path) -> None:
        self.wizard.remove(path)
        if not self.wizard.files:
            self.wizard.step = Step.FILES
        self._draw()

    def _inspect(self, path: Path) -> None:
        wizard, service, options = self.wizard, self._services.risk_import, self.wizard.file(path).options

        def done(head: RiskFileHead) -> None:
            wizard.inspected(path, head)
            self._draw()

        self._operations.run_in_pool(
            lambda: service.inspect(path, options), done, partial(self._refuse, wizard, path), owner=self,
            latest_of=f"import.{id(wizard)}.{path}",
        )  # fmt: skip

    def _refuse(self, wizard: RiskWizard, path: Path, error: Exception) -> None:
        wizard.refused(path, error)
        self._draw()

    def _on_mapped(self, path: Path, columns: Columns, practice_code: str | None, run_date: date | None) -> None:
        for other in self.wizard.map_columns(path, columns, practice_code, run_date):
            self._inspect(other)
        self._draw()

    # Preview

    def _read_all(self) -> None:
        for file in self.wizard.in_state(FileState.MAPPED):
            self.wizard.reading(file.path)
            self._read(file)

    def _read(self, file: ChosenFile) -> None:
        wizard, service, path = self.wizard, self._services.risk_import, file.path

        def done(read: RiskFile) -> None:
            if wizard is self.wizard and wizard.has(path):
                self._compare(path, read)

        def read() -> RiskFile:
            # A file that was taken out again need not be read to its end.
            return service.read(path, file.options, lambda _done, _of: None)

        self._operations.run_in_pool(read, done, partial(self._refuse, wizard, path), owner=self)

    def _compare(self, path: Path, read: RiskFile) -> None:
        wizard, service, options = self.wizard, self._services.risk_import, self.wizard.file(path).options

        def done(preview: ImportPreview) -> None:
            wizard.previewed(path, preview)
            self._draw()

        def failed(error: Exception) -> None:
            before = wizard.file(path).preview if wizard.has(path) else None
            if before is None:
                self._refuse(wizard, path, error)
            else:
                # The way of making tiers did not fit: what was worked out before still stands.
                wizard.keep_preview(path, before, error)
                self._draw()

        self._operations.run_query(lambda: service.compare(read, options), done, failed, owner=self)

    def _on_approach(
        self, approach: TierApproach, shares: TierShares, cut_offs: CutOffs | None, list_size: int | None, every: bool
    ) -> None:
        current = self.preview_list.current()
        if current is None:
            return
        ready = [file.path for file in self.wizard.in_state(FileState.READY)]
        paths = [current, *(path for path in ready if path != current)] if every else [current]
        if every:
            self.wizard.choose_approach([current], approach, shares, cut_offs, list_size)
        for path in self.wizard.choose_approach(paths, approach, shares, cut_offs, list_size):
            preview = self.wizard.file(path).preview
            if preview is not None:
                self.wizard.reading(path)
                self._compare(path, preview.file)
        self._draw()

    # Importing

    def _start_import(self) -> None:
        self._progress = Progress(words("imports.importing"), stops=words("imports.stop"), parent=self)
        self._to_write, self._written = len(self.wizard.in_state(FileState.READY)), 0
        self._progress.moved.connect(self._on_moved)
        self._import_next()

    def _import_next(self) -> None:
        progress, file = self._progress, self.wizard.next_to_import()
        if progress is None or file is None or file.preview is None or progress.cancelled:
            self.wizard.finish()
            self._progress = None
            self._draw()
            return
        preview, service, wizard = file.preview, self._services.risk_import, self.wizard
        results: list[ImportResult] = []
        self.importing.show_progress(self._written, self._to_write, 0.0, file.path.name)

        def report(done: int, of: int) -> None:
            progress.check()
            progress.report(done, of, file.path.name)

        def work() -> Changes:
            results.append(service.apply(preview, report))
            return results[0].changes

        def done(_: Changes) -> None:
            wizard.imported(file.path, results[0])
            self._go_on_importing()

        def failed(error: Exception) -> None:
            wizard.not_imported(file.path, None if progress.cancelled else error)
            self._go_on_importing()

        self._operations.run_command(work, self, done, failed, progress=progress)

    def _go_on_importing(self) -> None:
        self._written += 1
        self._import_next()

    def _on_moved(self, done: int, of: object, name: str) -> None:
        if isinstance(of, int) and of:
            self.importing.show_progress(self._written, self._to_write, done / of, name)

    def _on_stop(self) -> None:
        self.wizard.stop()
        if self._progress is not None:
            self._progress.cancel()

    # Result

    def _save_rejects(self) -> None:
        dialog = QFileDialog(self, words("imports.save_title"), words("imports.save_name"), words("imports.save_kind"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save_rejects(Path(name)))
        dialog.open()

    def save_rejects(self, path: Path) -> None:
        """Write what was rejected in all files, to be sent back to the practices."""
        found = [
            (file.path.name, file.head.recognition.headings if file.head else (), file.rejects)
            for file in self.wizard.files
            if file.rejects
        ]
        self._operations.run_in_pool(
            lambda: write_all_rejects(path, found),
            lambda count: self._messages.done(words("imports.saved", count=count, file=path.name)),
            lambda _: self._messages.error(RejectsNotSaved(file=path.name)),
            owner=self,
        )

    # Steps

    def _on_back(self) -> None:
        self.wizard.go_back()
        self._draw()
        self.focus_first()

    def _on_go_on(self) -> None:
        if self.wizard.step is Step.RESULT:
            self._on_leave()
            return
        self.wizard.go_on()
        if self.wizard.step is Step.PREVIEW:
            self._read_all()
        elif self.wizard.step is Step.IMPORT:
            self._start_import()
        self._draw()
        self.focus_first()

    def _draw(self) -> None:
        """Show the step as the wizard has it."""
        wizard = self.wizard
        step = wizard.step
        self._stack.setCurrentIndex(STEPS.index(step))
        self.trail.show_step(STEPS.index(step))
        self.leave.setText(words("imports.leave_running" if step is Step.IMPORT else "imports.leave"))
        self.leave.setVisible(step is not Step.RESULT)
        self.back.setVisible(wizard.can_go_back)
        self.go_on.setVisible(step is not Step.IMPORT)
        self.go_on.setEnabled(wizard.can_go_on or step is Step.RESULT)
        ready = len(wizard.in_state(FileState.READY))
        self.go_on.setText(_go_on_words(step, ready))
        self.why.setText(_why(wizard))
        if step is Step.FILES:
            self.files.show_files(wizard.files)
        elif step is Step.COLUMNS:
            self._show_list(self.column_list)
        elif step is Step.PREVIEW:
            self._show_list(self.preview_list)
        elif step is Step.RESULT:
            self.result.show_files(wizard.files)
            if self._drawn is Step.IMPORT:
                self.focus_first()
                self._messages.announce(self.result.summary.text())
        if step is Step.COLUMNS and self._drawn is Step.FILES:
            self._look_at_first_open()
        self._drawn = step

    def _show_list(self, found: FileList) -> None:
        found.setVisible(len(self.wizard.files) > 1)
        found.show_files(self.wizard.files)
        self._show_chosen()

    def _look_at_first_open(self) -> None:
        for file in self.wizard.in_state(FileState.UNMAPPED):
            self.column_list.look_at(file.path)
            return

    def _show_chosen(self) -> None:
        found = self.column_list if self.wizard.step is Step.COLUMNS else self.preview_list
        path = found.current()
        if path is None or not self.wizard.has(path):
            return
        file = self.wizard.file(path)
        if self.wizard.step is Step.COLUMNS:
            self.columns.show_file(file)
        elif self.wizard.step is Step.PREVIEW:
            self.preview.show_file(file, several=len(self.wizard.files) > 1)


def _beside(left: QWidget, right: QWidget) -> QWidget:
    """A list and what is chosen in it."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setChildrenCollapsible(False)
    left.setMinimumWidth(220)
    splitter.addWidget(left)
    holder = QWidget()
    inner = QVBoxLayout(holder)
    inner.setContentsMargins(theme.size("gap"), 0, 0, 0)
    inner.addWidget(right)
    splitter.addWidget(holder)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 2)
    splitter.setSizes([372, 760])
    return splitter


def _go_on_words(step: Step, ready: int) -> str:
    if step is Step.PREVIEW:
        return words("imports.import_files.one" if ready == 1 else "imports.import_files", count=ready)
    return words(f"imports.go_on.{step.value}")


def _why(wizard: RiskWizard) -> str:
    """Why one cannot go on, or what will happen, in a few words."""
    looking = len(wizard.in_state(FileState.LOOKING, FileState.READING))
    if looking and wizard.step in (Step.FILES, Step.COLUMNS, Step.PREVIEW):
        return words("imports.why.reading", done=len(wizard.files) - looking, of=len(wizard.files))
    if wizard.step is Step.COLUMNS:
        unmapped = len(wizard.in_state(FileState.UNMAPPED))
        if unmapped:
            return words("imports.why.unmapped.one" if unmapped == 1 else "imports.why.unmapped", count=unmapped)
    if wizard.step is Step.PREVIEW:
        return words("imports.why.nothing_written" if wizard.can_go_on else "imports.why.nothing_new")
    return ""
