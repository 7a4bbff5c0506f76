"""What the agenda takes against the time there is: in words, and as a bar."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import badge, show_badge
from mdt_desktop.words import words

_WIDTH = 9  # times the body size


class TimeBar(QWidget):
    """The share of the time that is taken; what goes beyond it stands behind a mark in the colour of late."""

    def __init__(self) -> None:
        super().__init__()
        self._taken = self._room = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.size("body") * _WIDTH, theme.size("unit") * 2)

    def show_minutes(self, taken: int, room: int) -> None:
        """Show so many minutes of so many."""
        self._taken, self._room = taken, room
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        painter.setBrush(theme.colour("hairline"))
        painter.drawRoundedRect(whole, 3, 3)
        longest = max(self._taken, self._room, 1)
        inside = QRectF(whole)
        inside.setWidth(whole.width() * min(self._taken, self._room) / longest)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(inside, 3, 3)
        if self._taken > self._room:
            over = QRectF(whole)
            over.setLeft(whole.width() * self._room / longest + 2)
            painter.setBrush(theme.colour("high"))
            painter.drawRoundedRect(over, 3, 3)
        painter.end()


class TimeStrip(QWidget):
    """The bar with its words."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = TimeBar()
        self.told = words_label("", "body")
        self.state = badge("")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("unit") * 2)
        for shown in (self.bar, self.told, self.state):
            row.addWidget(shown, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_minutes(self, taken: int, room: int) -> None:
        """Show so many minutes of so many."""
        self.bar.show_minutes(taken, room)
        self.told.setText(words("meetings.time", taken=taken, room=room))
        over = taken - room
        text = words("meetings.time.over", minutes=over) if over > 0 else words("meetings.time.fits")
        show_badge(self.state, text, "late" if over > 0 else "good")
        self.bar.setAccessibleName(f"{self.told.text()}. {text}")
