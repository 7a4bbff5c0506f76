"""The recovery key on the screen, with the ways to bring it to paper."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.ui import theme
from mdt_desktop.ui.keys import recovery_sheet
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import RasterPage


class RecoveryPaper(QWidget):
    """Shows the key in two lines of three groups. `failed` carries words for what did not work."""

    failed = Signal(str)
    kept_changed = Signal(bool)

    def __init__(self, operations: Operations, today: Callable[[], date]) -> None:
        super().__init__()
        self._operations, self._today = operations, today
        self._key, self._owner = "", ""
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.size("unit"), 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        self.key = words_label("", "figure", selectable=True)
        self.key.setAlignment(middle)
        self.key.setAccessibleName(words("unlock.recovery_key"))
        column.addSpacing(theme.size("unit") * 2)
        column.addWidget(self.key)
        column.addSpacing(theme.size("unit") * 2)
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        self.print = Button(words("unlock.first.print"), self._on_print, icon="print")
        self.pdf = Button(words("unlock.first.save_pdf"), self._on_pdf, icon="pdf")
        row.addStretch(1)
        row.addWidget(self.print)
        row.addWidget(self.pdf)
        row.addStretch(1)
        column.addLayout(row)
        self.told = words_label("", "good", wraps=True)
        self.told.setAlignment(middle)
        self.told.hide()
        column.addWidget(self.told)
        column.addSpacing(theme.size("unit"))
        self.kept = QCheckBox(words("unlock.first.kept"))
        self.kept.toggled.connect(self.kept_changed)
        column.addWidget(self.kept)

    def show_key(self, key: str, owner: str) -> None:
        """Show the key; `owner` stands on the sheet."""
        self._key, self._owner = key, owner
        groups = key.split("-")
        self.key.setText("-".join(groups[:3]) + "-\n" + "-".join(groups[3:]))

    def forget(self) -> None:
        """Nothing of the key stays on the screen or here."""
        self._key = ""
        self.key.clear()

    def save_pdf(self, path: Path) -> None:
        """Save the sheet as a PDF, in the pool."""
        self._operations.run_in_pool(
            partial(recovery_sheet.save_pdf, path, self._key, self._owner, self._today()),
            lambda name: self._tell(words("unlock.first.saved", file=name)),
            self._on_failed,
            owner=self,
        )

    def print_on(self, printer: QPrinter) -> None:
        """Print the sheet, drawn in the pool."""
        key, owner, day = self._key, self._owner, self._today()

        def drawn(_: int, scale: float) -> "RasterPage":
            return recovery_sheet.draw(key, owner, day, scale)

        job = load("paper_printer", "PrintJob")(self._operations, printer, drawn, 1, self)
        job.ended.connect(self._on_printed)
        job.start()

    def _on_print(self) -> None:
        printer: QPrinter = load("paper_printer", "plan_printer")()
        load("paper_printer", "ask_system")(printer, self, partial(self._on_printer_chosen, printer))

    def _on_printer_chosen(self, printer: QPrinter, chosen: bool) -> None:
        if chosen:
            self.print_on(printer)

    def _on_printed(self, well: bool) -> None:
        if well:
            self._tell(words("unlock.first.printed"))
        else:
            self._on_failed(None)

    def _on_pdf(self) -> None:
        name, title, kinds = (words(f"unlock.first.{it}") for it in ("pdf_name", "save_pdf", "pdf_files"))
        ask_new_file(NewFile(name, title, kinds), self, lambda path: self.save_pdf(Path(path)) if path else None)

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.show()

    def _on_failed(self, error: Exception | None) -> None:
        self.told.hide()
        text = Messages.words_of(error) if isinstance(error, MdtError) else words("unlock.first.not_on_paper")
        self.failed.emit(text)
