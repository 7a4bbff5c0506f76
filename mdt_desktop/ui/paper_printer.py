"""Puts drawn pages on a printer, one at a time, drawn in the pool at the printer's own resolution."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QObject, QRect, Signal
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.paper_pages import DrawPage, image_of
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import RasterPage

RESOLUTION = 300
"""Dots an inch: text is sharp, and a page takes 35 MB while it is drawn."""

AskPrinter = Callable[[QPrinter, QWidget, Callable[[bool], None]], None]


def paper_printer(document: str) -> QPrinter:
    """A printer set for A4 without margins: the paper has its own. The job's name says nothing about a person."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(RESOLUTION)
    printer.setDocName(document)
    printer.setFullPage(True)
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Point
    )
    layout.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(layout)
    return printer


def plan_printer() -> QPrinter:
    """A printer for a care plan."""
    return paper_printer(words("printing.print_document"))


def ask_system(printer: QPrinter, parent: QWidget, answer: Callable[[bool], None]) -> None:
    """The system's own print dialog, opened over the preview."""
    dialog = QPrintDialog(printer, parent)
    dialog.finished.connect(lambda code: answer(bool(code)))
    dialog.finished.connect(dialog.deleteLater)
    QDialog.open(dialog)


class PrintJob(QObject):
    """Prints the wanted pages. `ended` says whether the printer took them all."""

    ended = Signal(bool)

    def __init__(self, operations: Operations, printer: QPrinter, draw: DrawPage, pages: int, parent: QObject) -> None:
        super().__init__(parent)
        self._operations, self._printer, self._draw = operations, printer, draw
        first = min(max(printer.fromPage(), 1), pages)
        last = min(printer.toPage() or pages, pages)
        self.numbers = list(range(first - 1, max(last, first)))
        self._painter = QPainter()
        self._place = 0

    def start(self) -> None:
        """Begin; pages follow each other without holding the window up."""
        if not self._painter.begin(self._printer):
            self.ended.emit(False)
            return
        self._next()

    def _next(self) -> None:
        if self._place == len(self.numbers):
            self.ended.emit(self._painter.end())
            return
        number, scale = self.numbers[self._place], self._printer.resolution() / 72
        draw = self._draw
        self._operations.run_in_pool(lambda: draw(number, scale), self._on_drawn, self._on_failed, owner=self)

    def _on_drawn(self, page: "RasterPage") -> None:
        if self._place and not self._printer.newPage():
            self._painter.end()
            self.ended.emit(False)
            return
        # The whole sheet: its image has the margins in it.
        sheet = self._printer.pageLayout().fullRectPixels(self._printer.resolution())
        self._painter.drawImage(QRect(0, 0, sheet.width(), sheet.height()), image_of(page))
        self._place += 1
        self._next()

    def _on_failed(self, _: Exception) -> None:
        self._painter.end()
        self.ended.emit(False)
