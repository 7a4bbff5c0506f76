"""Fields side by side where there is room for them, and under each other where there is not."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from mdt_desktop.ui import theme

_ROOM_FOR_ONE = 160  # pixels at 100 % text


class SideBySide(QWidget):
    """A row of fields with their labels; with large text or in a narrow window it becomes a column."""

    def __init__(self, room_for_one: int = _ROOM_FOR_ONE, *, level: bool = False) -> None:
        """`room_for_one` is the narrowest that one field may be, in pixels at 100 % text; `level` ends all alike."""
        super().__init__()
        self._room, self._level = room_for_one, level
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("gap"))

    def add(self, field: QLayout, stretch: int = 1) -> None:
        """Put a labelled field at the end, all level at the top."""
        box = QWidget()
        field.setContentsMargins(0, 0, 0, 0)
        box.setLayout(field)
        self._row.addWidget(box, stretch, Qt.AlignmentFlag(0) if self._level else Qt.AlignmentFlag.AlignTop)

    @property
    def stacked(self) -> bool:
        """Do the fields stand under each other?"""
        return self._row.direction() is QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest field: what stands side by side must not hold the window open."""
        items = [item for item in map(self._row.itemAt, range(self._row.count())) if item is not None]
        widest = max((item.minimumSize().width() for item in items), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the width asks for it."""
        super().resizeEvent(event)
        self._turn()

    def changeEvent(self, event: QEvent) -> None:
        """Other sizes of text need other room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._turn()

    def _turn(self) -> None:
        scale = theme.current().scale
        needed = sum(round(self._room * scale * max(1, self._row.stretch(it))) for it in range(self._row.count()))
        wanted = QBoxLayout.Direction.TopToBottom if self.width() < needed else QBoxLayout.Direction.LeftToRight
        if wanted is not self._row.direction():
            self._row.setDirection(wanted)
            self._row.setSpacing(theme.size("gap") if wanted is QBoxLayout.Direction.LeftToRight else 8)
            self.updateGeometry()
