"""The import from files to result: draws the current step of the wizard and turns gestures into its work."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.risk import CutOffs, TierApproach, TierShares
from mdt_desktop.services.risk_wizard import STEPS, FileState, RiskWizard, Step
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.columns_step import ColumnsView
from mdt_desktop.ui.imports.file_list import FileList
from mdt_desktop.ui.imports.files_step import FilesView
from mdt_desktop.ui.imports.preview_step import PreviewView
from mdt_desktop.ui.imports.result_step import ImportView, ResultView
from mdt_desktop.ui.imports.step_trail import StepTrail
from mdt_desktop.ui.imports.work import ImportWork
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_SUFFIXES = "*.csv *.txt *.tsv"


class WizardView(QWidget):
    """`left`: back to the overview; `held_requested`: to the rows that wait."""

    left = Signal()
    held_requested = Signal()

    def __init__(self, services: "Services", operations: Operations, messages: Messages, today: date) -> None:
        super().__init__()
        self._messages = messages
        self.work = ImportWork(services, operations, messages, self)
        self._drawn: Step | None = None
        self.setAcceptDrops(True)
        self.files, self.importing, self.result = FilesView(), ImportView(), ResultView()
        self.columns, self.preview = ColumnsView(today), PreviewView()
        self.column_list, self.preview_list = FileList(), FileList()
        self._lay_out()
        self._connect()
        self._draw()

    @property
    def wizard(self) -> RiskWizard:
        """The import that is drawn."""
        return self.work.wizard

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
        self.columns.mapped.connect(self.work.map_columns)
        self.preview.approach_asked.connect(self._on_approach)
        self.importing.stop_requested.connect(self.work.stop)
        self.work.changed.connect(self._draw)
        self.work.progressed.connect(self.importing.show_progress)
        self.result.save_requested.connect(self._save_rejects)
        self.result.held_requested.connect(self.held_requested)

    # Beginning and leaving

    def begin(self, paths: Iterable[Path] = ()) -> None:
        """A new import, unless one is under way."""
        if self.wizard.step is Step.RESULT:
            self.work.begin_anew()
        self.add_files(paths)

    def focus_first(self) -> None:
        """Put the focus where this step begins."""
        places: dict[Step, QWidget | None] = {
            Step.FILES: self.go_on if self.wizard.can_go_on else self.files.browse,
            Step.COLUMNS: self.columns.first() if not self.wizard.can_go_on else self.go_on,
            Step.PREVIEW: self.preview_list if len(self.wizard.files) > 1 else self.back,
            Step.IMPORT: self.importing.stop,
            Step.RESULT: self.go_on,
        }
        place = places[self.wizard.step]
        if place is not None:
            place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_leave(self) -> None:
        """Nothing was written before the import, so leaving loses only the choice of files."""
        if self.wizard.step is not Step.IMPORT:
            self.work.begin_anew()
        self.left.emit()

    # Files

    def add_files(self, paths: Iterable[Path]) -> None:
        """Choose files, as by the dialog or by dropping them."""
        if self.wizard.step is Step.FILES:
            self.work.add(paths)

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

    def _on_approach(
        self, approach: TierApproach, shares: TierShares, cut_offs: CutOffs | None, list_size: int | None, every: bool
    ) -> None:
        current = self.preview_list.current()
        if current is not None:
            self.work.choose_approach(current, approach, shares, cut_offs, list_size, every=every)

    # Result

    def _save_rejects(self) -> None:
        wanted = NewFile(words("imports.save_name"), words("imports.save_title"), words("imports.save_kind"))
        ask_new_file(wanted, self, lambda name: self.work.save_rejects(Path(name)) if name else None)

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
            self.work.read_all()
        elif self.wizard.step is Step.IMPORT:
            self.work.start_import()
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
        several = len(self.wizard.files) > 1
        found.setVisible(several)
        beside = found.parentWidget()
        right = beside.widget(1) if isinstance(beside, QSplitter) else None
        inner = right.layout() if right is not None else None
        if inner is not None:
            inner.setContentsMargins(theme.size("gap") if several else 0, 0, 0, 0)
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
