"""Pages of a paper under each other, drawn in the pool when they come into sight, from memory alone."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import RasterPage

WIDTH_PT, HEIGHT_PT = 595.276, 841.89
"""A4 in points: what every paper of the program itself is."""
SMALLEST, LARGEST = 0.25, 4.0
_STEP = 1.2

DrawPage = Callable[[int, float], "RasterPage"]
"""Draws a page (from 0) at a number of pixels a point; runs in the pool."""


def image_of(page: "RasterPage") -> QImage:
    """A drawn page as Qt's image, with its own memory."""
    return QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32).copy()


class PaperSheet(QWidget):
    """One page; asks to be drawn when it is first painted at a size."""

    wanted = Signal(int, float)

    def __init__(self, number: int, pages: int, size: tuple[float, float] = (WIDTH_PT, HEIGHT_PT)) -> None:
        """`size` is that of the page in points."""
        super().__init__()
        self.number, self.size_pt = number, size
        self.image: QImage | None = None
        self._drawn_at = 0.0
        self._asked = 0.0
        self._scale = 1.0
        self.setAccessibleName(words("printing.page_named", page=number + 1, pages=pages))

    def show_scale(self, scale: float) -> None:
        """Be as large as the paper at `scale` pixels a point."""
        self._scale = scale
        self.setFixedSize(QSize(max(1, round(self.size_pt[0] * scale)), max(1, round(self.size_pt[1] * scale))))
        self.update()

    def show_image(self, image: QImage, scale: float) -> None:
        """The page has been drawn."""
        self.image, self._drawn_at = image, scale
        self.update()

    def ask_again(self) -> None:
        """It was not drawn after all; the next time it is painted it asks again."""
        self._asked = 0.0

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        needed = self._scale * self.devicePixelRatioF()
        if self.image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), self.image)
        painter.setPen(QPen(theme.colour("divider"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._drawn_at != needed and self._asked != needed:
            self._asked = needed
            self.wanted.emit(self.number, needed)


class PaperPages(QScrollArea):
    """The pages at a zoom. Page Up and Down go from page to page, Home and End to the first and the last.

    `page_changed` carries the page that is in sight (from 0), `zoom_changed` the zoom in per cent.
    """

    page_changed = Signal(int)
    zoom_changed = Signal(int)

    def __init__(self, operations: Operations) -> None:
        super().__init__()
        self._operations = operations
        self._draw: DrawPage | None = None
        self.sheets: list[PaperSheet] = []
        self._scale = 1.0
        self._fits = True
        self._page = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words("printing.pages"))
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setWidgetResizable(True)
        holder = QWidget()
        theme.set_kind(holder, "scrolled")
        self._column = QVBoxLayout(holder)
        edge = theme.size("card")
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(theme.size("gap"))
        self.setWidget(holder)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def show_pages(self, pages: int, draw: DrawPage, sizes: Sequence[tuple[float, float]] = ()) -> None:
        """Show a paper of so many pages, each of its own size in points or all of A4."""
        for sheet in self.sheets:
            self._column.removeWidget(sheet)
            sheet.deleteLater()
        self._draw = draw
        given = sizes or [(WIDTH_PT, HEIGHT_PT)] * pages
        self.sheets = [PaperSheet(number, pages, given[number]) for number in range(pages)]
        for sheet in self.sheets:
            sheet.wanted.connect(self._on_wanted)
            self._column.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        self.fit_width()
        self._page = 0
        self.page_changed.emit(0)

    @property
    def page(self) -> int:
        """The page in sight, from 0."""
        return self._page

    @property
    def percent(self) -> int:
        """The zoom: 100 is the size of the paper on a screen of 96 pixels an inch."""
        return round(self._scale * 72 / 96 * 100)

    def zoom(self, steps: int) -> None:
        """Larger (1) or smaller (-1)."""
        self._fits = False
        self._show_scale(self._scale * _STEP**steps)

    def fit_width(self) -> None:
        """As wide as there is room for."""
        self._fits = True
        room = self.viewport().width() - 2 * theme.size("card") - self.verticalScrollBar().sizeHint().width()
        widest = max((it.size_pt[0] for it in self.sheets), default=WIDTH_PT)
        self._show_scale(min(max(room, 100) / widest, 2.0))

    def go_to(self, number: int) -> None:
        """Bring a page to the top."""
        if self.sheets:
            place = min(max(number, 0), len(self.sheets) - 1)
            self.verticalScrollBar().setValue(self.sheets[place].y() - theme.size("unit"))
            self._tell(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_PageDown: self._page + 1, Qt.Key.Key_PageUp: self._page - 1, Qt.Key.Key_Home: 0}
        key = Qt.Key(event.key())
        if key in steps:
            self.go_to(steps[key])
        elif key == Qt.Key.Key_End:
            self.go_to(len(self.sheets) - 1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits and event.oldSize().width() != event.size().width():
            self.fit_width()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()

    def _show_scale(self, scale: float) -> None:
        # A large drawing is shown whole as well, however small that makes it.
        self._scale = scale if self._fits else min(max(scale, SMALLEST), LARGEST)
        page = self._page
        for sheet in self.sheets:
            sheet.show_scale(self._scale)
        self.zoom_changed.emit(self.percent)
        # Sheets have their new places once they are laid out.
        QTimer.singleShot(0, self, lambda: self.go_to(page))

    def _on_wanted(self, number: int, scale: float) -> None:
        sheet = self.sheets[number]
        # Sheets that were just made lie on each other until they are laid out: only then it shows who is in sight.
        QTimer.singleShot(0, sheet, lambda: self._draw_if_in_sight(sheet, scale))

    def _draw_if_in_sight(self, sheet: PaperSheet, scale: float) -> None:
        draw, number = self._draw, sheet.number
        if draw is None or sheet.visibleRegion().isEmpty():
            sheet.ask_again()
            return
        self._operations.run_in_pool(
            lambda: draw(number, scale),
            lambda page: sheet.show_image(image_of(page), scale),
            lambda _: sheet.ask_again(),
            owner=sheet,
            latest_of=f"paper {id(self)} {number}",
        )

    def _on_scrolled(self, value: int) -> None:
        middle = QRect(0, value, 1, self.viewport().height()).center().y()
        for place, sheet in enumerate(self.sheets):
            if sheet.y() <= middle <= sheet.y() + sheet.height():
                self._tell(place)
                return

    def _tell(self, place: int) -> None:
        if place != self._page:
            self._page = place
            self.page_changed.emit(place)
