"""Choosing a backup, seeing what is in it, and restoring it; for a sheet of the settings and for the unlock screen."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.backups.comparison import Comparison
from mdt_desktop.ui.backups.shelf_table import ShelfColumn, ShelfTable, when
from mdt_desktop.ui.backups.ways import Considered, Ways
from mdt_desktop.ui.keys.door import Trouble, trouble_of
from mdt_desktop.ui.keys.parts import PassphraseField, TroubleNotice
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Cancelled, Operations, Progress
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.side_by_side import SideBySide
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.backup_shelf import BackupSummary

_LONGEST_REASON = 300
_LEFT_OUT = (ShelfColumn.SIZE, ShelfColumn.CASES)
_ROOM_FOR_ONE = 400


class RestorePanel(QWidget):
    """Nothing is changed before `restore()`; `changed` tells that its button may have to be shown otherwise.

    `restored` comes when the backup lies ready, or in its place where no store was open.
    """

    changed = Signal()
    restored = Signal(object)  # BackupSummary

    def __init__(self, operations: Operations, ways: Ways, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._operations, self._ways = operations, ways
        self._considered: Considered | None = None
        self._progress: Progress | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.notice = TroubleNotice()
        column.addWidget(self.notice)
        both = SideBySide(_ROOM_FOR_ONE)
        both.add(self._choice())
        both.add(self._chosen())
        column.addWidget(both)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(words("backups.restoring"))
        self.bar.hide()
        column.addWidget(self.bar)
        operations.run_in_pool(ways.shelf, self._show_shelf, self._show_trouble, owner=self)

    def _choice(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.size("gap"))
        self.table = ShelfTable(left_out=_LEFT_OUT)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())
        self.none = words_label(words("backups.none_here"), "muted", wraps=True)
        self.none.hide()
        column.addWidget(self.table)
        column.addWidget(self.none)
        row = QHBoxLayout()
        self.browse = Button(words("backups.browse"), self._on_browse, icon="open")
        row.addWidget(self.browse)
        row.addStretch(1)
        column.addLayout(row)
        return column

    def _chosen(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.size("gap"))
        self.other_store = words_label(words("backups.other_store"), "late", wraps=True)
        self.other_store.hide()
        self.comparison = Comparison()
        self.comparison.hide()
        column.addWidget(self.other_store)
        column.addWidget(self.comparison)
        column.addWidget(self._questions())
        return column

    def _questions(self) -> QWidget:
        self.questions = QWidget()
        column = QVBoxLayout(self.questions)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        self.secret = PassphraseField(words("backups.secret"))
        self.secret.textEdited.connect(lambda _: self.secret.mark(False))
        self.secret.returnPressed.connect(self.restore)
        self.secret_label = FieldLabel(words("backups.secret"), self.secret)
        self.secret_help = words_label("", "help", wraps=True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST_REASON)
        self.reason.setPlaceholderText(words("backups.reason_example"))
        self.reason.returnPressed.connect(self.restore)
        for widget in (self.secret_label, self.secret, self.secret_help):
            column.addWidget(widget)
        column.addSpacing(theme.size("unit"))
        column.addWidget(FieldLabel(words("backups.reason"), self.reason))
        column.addWidget(self.reason)
        self.questions.hide()
        return self.questions

    @property
    def can_restore(self) -> bool:
        """Whether a backup was chosen that can be restored, and none is being restored."""
        return self._considered is not None and self._progress is None

    @property
    def working(self) -> bool:
        """Whether a backup is being restored."""
        return self._progress is not None

    def first_field(self) -> QWidget:
        """Where the keyboard begins."""
        return self.table if self.table.isVisibleTo(self) else self.browse

    def look_at(self, path: Path) -> None:
        """Look into a file, whether it stands in the list or not."""
        self._considered = None
        self.notice.hide()
        self.changed.emit()
        self._operations.run_in_pool(
            partial(self._ways.consider, path),
            self._show_considered,
            self._on_not_considered,
            owner=self,
            latest_of=f"backups.{id(self)}",
        )

    def restore(self) -> None:
        """Restore what was chosen; a missing passphrase is asked for first."""
        considered = self._considered
        if considered is None or self._progress is not None:
            return
        typed = self.secret.text()
        if considered.needs_secret and not typed.strip():
            self._show_problem(words("backups.secret_missing"))
            return
        self.notice.hide()
        progress = Progress(words("backups.restoring"), parent=self)
        progress.moved.connect(self._on_moved)
        self._progress = progress
        self.secret.hide_typed()
        self.bar.setRange(0, 0)
        self._show_working(True)

        def report(done: int, of: int) -> None:
            progress.check()
            progress.report(done, of)

        self._operations.run_in_pool(
            partial(self._ways.restore, considered.backup.path, typed, self.reason.text().strip(), report),
            lambda _: self._on_restored(considered.backup),
            self._on_failed,
            owner=self,
            progress=progress,
        )

    def stop(self) -> None:
        """Stop before the backup lies ready; what was there is as it was."""
        if self._progress is not None:
            self._progress.cancel()

    # What is shown

    def _show_shelf(self, found: "tuple[BackupSummary, ...]") -> None:
        self.table.show_backups(found)
        self.table.setVisible(bool(found))
        self.none.setVisible(not found)
        if found and self.table.chosen() is None:
            self.table.selectRow(0)

    def _on_row(self) -> None:
        chosen = self.table.chosen()
        if chosen is not None and not self.working:
            self.look_at(chosen.path)

    def _show_considered(self, found: Considered) -> None:
        self._considered = found
        self.comparison.show_considered(found)
        self.other_store.setVisible(not found.backup.of_this_store and found.present.there)
        self.comparison.show()
        self.questions.show()
        for widget in (self.secret_label, self.secret, self.secret_help):
            widget.setVisible(found.needs_secret)
        self.secret_help.setText(words("backups.secret_help", moment=when(found.backup.made_at)))
        self.changed.emit()

    def _on_not_considered(self, error: Exception) -> None:
        for widget in (self.other_store, self.comparison, self.questions):
            widget.hide()
        self._show_trouble(error)
        self.changed.emit()

    def _show_working(self, on: bool) -> None:
        for widget in (self.table, self.browse, self.secret, self.reason):
            widget.setEnabled(not on)
        self.bar.setVisible(on)
        self.changed.emit()

    def _show_problem(self, text: str) -> None:
        self.notice.show_trouble(words("unlock.there_is_a_problem"), text)
        self.secret.mark(True)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_trouble(self, error: Exception) -> None:
        trouble = trouble_of(error)
        secret = trouble in (Trouble.WRONG_SECRET, Trouble.WAIT, Trouble.MISTYPED)
        heading = words(f"unlock.trouble.{trouble.value}") if secret else words("backups.not_restored")
        self.notice.show_trouble(heading, Messages.words_of(error), tone="warning" if secret else "error")
        if trouble is Trouble.WRONG_SECRET:
            self.secret.mark(True)
            self.secret.selectAll()
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_moved(self, done: int, of: object, _: str) -> None:
        if isinstance(of, int) and of > 0:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, done * 1000 // of))

    # Answers

    def _on_restored(self, backup: "BackupSummary") -> None:
        self._progress = None
        self.secret.clear()
        self._show_working(False)
        self.restored.emit(backup)

    def _on_failed(self, error: Exception) -> None:
        self._progress = None
        self._show_working(False)
        if not isinstance(error, Cancelled):
            self._show_trouble(error)

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, words("backups.browse"), str(Path.home()), words("backups.file_kinds"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """A file from elsewhere was chosen: no row of the list stands for it."""
        self.table.clearSelection()
        self.look_at(path)
