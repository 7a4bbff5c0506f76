"""The parts of an assessment at its left: name, how much is answered, what is to put right, and who signed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mdt_desktop.domain.assessment import PartState, PartStatus
from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.sayings import part_line
from mdt_desktop.ui.forms.section_list import SectionState
from mdt_desktop.words import words

_LINE = int(Qt.ItemDataRole.UserRole)
_WRAPS = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)
_WIDTH = 17  # times the body size, as the list of sections it stands for
_LOOKS = {
    PartStatus.EMPTY: ("", "muted"),
    PartStatus.STARTED: ("", "muted"),
    PartStatus.SIGNED: ("good", "good"),
    PartStatus.CHANGED_SINCE_SIGNED: ("warning", "high"),
}


@dataclass(frozen=True, slots=True)
class PartLine:
    """What one row says: the state from the store, the progress and problems of the form as it stands."""

    state: PartState
    section: SectionState

    @property
    def signature(self) -> str:
        """The line about the signature; a part that is being started says so before it is saved."""
        if self.state.status is PartStatus.EMPTY and self.section.progress.answered:
            return words("assessment.part.not_signed")
        return part_line(self.state)

    @property
    def spoken(self) -> str:
        """Everything, for a screen reader."""
        return ", ".join((self.state.part.name, self.section.text, self.signature.replace("\n", ", ")))


class _PartDelegate(QStyledItemDelegate):
    """Name, progress and signature under each other, wrapped and never cut."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lowest = self._lay_out(index.data(_LINE), QRect(0, 0, self._width(), 10_000))[-1][0].bottom()
        return QSize(0, lowest + theme.size("unit") * 4 + 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line: PartLine = index.data(_LINE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -2), theme.size("radius"), theme.size("radius"))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        unit = theme.size("unit")
        inner = option.rect.adjusted(unit * 3, unit * 2, -unit * 3, 0)
        for place, (rect, text, font, role) in enumerate(self._lay_out(line, inner)):
            painter.setFont(font)
            painter.setPen(theme.colour("accent" if chosen and place == 0 else role))
            painter.drawText(rect, _WRAPS, text)
        icon, role = _LOOKS[line.state.status]
        if icon:
            edge = theme.size("small") + 2
            top = self._lay_out(line, inner)[-1][0].top()
            theme.icon(icon, role).paint(painter, QRect(inner.left(), top + 1, edge, edge))
        painter.restore()

    def _width(self) -> int:
        parent = self.parent()
        wide = parent.viewport().width() if isinstance(parent, QListWidget) else 0
        return max(120, wide - theme.size("unit") * 6)

    def _lay_out(self, line: PartLine, inner: QRect) -> list[tuple[QRect, str, QFont, str]]:
        """Place, words, font and colour of each line."""
        icon, role = _LOOKS[line.state.status]
        wrong = bool(line.section.problems)
        indent = theme.size("small") + theme.size("unit") + 4 if icon else 0
        lines = (
            (line.state.part.name, theme.font("body", strong=True), "text", 0),
            (line.section.text, theme.font("small", strong=wrong), "very_high" if wrong else "muted", 0),
            (line.signature, theme.font("small"), role, indent),
        )
        top, found = inner.top(), []
        for text, font, colour, left in lines:
            room = QRect(inner.left() + left, top, inner.width() - left, 10_000)
            rect = QFontMetrics(font).boundingRect(room, _WRAPS, text)
            rect.setWidth(room.width())
            found.append((rect, text, font, colour))
            top = rect.bottom() + 3
        return found


class PartList(QListWidget):
    """The parts in reading order; `part_chosen` carries the place of the one a person went to."""

    part_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "plain")
        self.setAccessibleName(words("assessment.parts"))
        self.setItemDelegate(_PartDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFixedWidth(theme.size("body") * _WIDTH)
        self.currentRowChanged.connect(self._on_row)

    def show_lines(self, lines: Sequence[PartLine]) -> None:
        """Say how each part stands; rows that say the same are left alone."""
        self.blockSignals(True)
        while self.count() < len(lines):
            QListWidgetItem(self)
        for row, line in enumerate(lines):
            item = self.item(row)
            if item.data(_LINE) != line:
                item.setData(_LINE, line)
                item.setData(int(Qt.ItemDataRole.AccessibleTextRole), line.spoken)
        self.blockSignals(False)
        self.scheduleDelayedItemsLayout()

    def go_to(self, row: int) -> None:
        """Mark a part as the one that is shown, without telling of it."""
        self.blockSignals(True)
        self.setCurrentRow(row)
        self.blockSignals(False)

    def line_at(self, row: int) -> PartLine:
        """What a row says."""
        line: PartLine = self.item(row).data(_LINE)
        return line

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self.part_chosen.emit(row)
