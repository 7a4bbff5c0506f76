"""The recovery key on the screen, with the ways to bring it to paper."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.services.saving import write_new
from mdt_desktop.ui import theme
from mdt_desktop.ui.keys import recovery_sheet
from mdt_desktop.ui.new_file import NewFile, ask_new_file
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import sentence, words


class RecoveryPaper(QWidget):
    """Shows the key in two lines of three groups. `failed` carries words for what did not work."""

    failed = Signal(str)
    kept_changed = Signal(bool)

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
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
        """Save the sheet as a new PDF that only its owner can read."""
        pdf = recovery_sheet.pdf_bytes(self._key, self._owner, self._today())
        try:
            if pdf:
                write_new(path, pdf)
        except MdtError as refused:
            self._tell(False, sentence(refused))
            return
        told = words("unlock.first.saved", file=path.name) if pdf else words("unlock.first.not_on_paper")
        self._tell(bool(pdf), told)

    def _on_print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(recovery_sheet.a4())
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.show()

    def print_on(self, printer: QPrinter) -> None:
        """Print the sheet."""
        drawn = recovery_sheet.draw(printer, self._key, self._owner, self._today())
        self._tell(drawn, words("unlock.first.printed") if drawn else words("unlock.first.not_on_paper"))

    def _on_pdf(self) -> None:
        name, title, kinds = (words(f"unlock.first.{it}") for it in ("pdf_name", "save_pdf", "pdf_files"))
        ask_new_file(NewFile(name, title, kinds), self, lambda path: self.save_pdf(Path(path)) if path else None)

    def _tell(self, well: bool, text: str) -> None:
        self.told.setText(text if well else "")
        self.told.setVisible(well)
        if not well:
            self.failed.emit(text)
