"""The parts of a form at its left: name, how much is answered, what is still to put right."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mdt_desktop.domain.answering import Progress
from mdt_desktop.ui import theme
from mdt_desktop.words import words

_NAME = int(Qt.ItemDataRole.UserRole)
_STATE = _NAME + 1


@dataclass(frozen=True, slots=True)
class SectionState:
    """What the list says about one section."""

    progress: Progress
    problems: int = 0

    @property
    def text(self) -> str:
        """`7 of 12 answered`, or how much is to put right."""
        if self.problems:
            return words("form.section_problems", count=self.problems)
        whole = self.progress.asked and self.progress.answered == self.progress.asked
        key = "form.complete" if whole else "form.progress"
        return words(key, answered=self.progress.answered, asked=self.progress.asked)


class _SectionDelegate(QStyledItemDelegate):
    """Two lines of words and a thin bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(theme.size("body") * 14, theme.size("body") * 2 + theme.size("small") + theme.size("unit") * 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state: SectionState = index.data(_STATE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        box: QRect = option.rect.adjusted(2, 2, -2, -2)
        unit = theme.size("unit")
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(box, theme.size("radius"), theme.size("radius"))
        inner = box.adjusted(unit * 3, unit + 2, -unit * 3, -unit - 2)
        painter.setFont(theme.font("body", strong=chosen))
        painter.setPen(theme.colour("accent" if chosen else "text"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, index.data(_NAME))
        painter.setFont(theme.font("small", strong=bool(state.problems)))
        painter.setPen(theme.colour("very_high" if state.problems else "muted"))
        second = inner.adjusted(0, theme.size("body") + unit + 2, 0, 0)
        painter.drawText(second, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, state.text)
        self._bar(painter, QRect(inner.left(), inner.bottom() - 2, inner.width(), 3), state.progress)
        painter.restore()

    def _bar(self, painter: QPainter, track: QRect, progress: Progress) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hairline"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        if progress.asked and progress.answered:
            done = QRect(track)
            done.setWidth(max(3, track.width() * progress.answered // progress.asked))
            whole = progress.answered == progress.asked
            painter.setBrush(theme.colour("good" if whole else "accent"))
            painter.drawRoundedRect(done, 1.5, 1.5)


class SectionList(QListWidget):
    """The sections in reading order; `section_chosen` carries the place of the one a person went to."""

    section_chosen = Signal(int)

    def __init__(self, names: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "plain")
        self.setAccessibleName(words("form.sections"))
        self.setItemDelegate(_SectionDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        for name in names:
            item = QListWidgetItem(self)
            item.setData(_NAME, name)
        self.show_states([SectionState(Progress(0, 0)) for _name in names])
        self.setFixedWidth(theme.size("body") * 17)
        self.currentRowChanged.connect(self._on_row)

    def show_states(self, states: list[SectionState]) -> None:
        """Say how far each section is."""
        for row, state in enumerate(states):
            item = self.item(row)
            item.setData(_STATE, state)
            item.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{item.data(_NAME)}, {state.text}")

    def go_to(self, row: int) -> None:
        """Mark a section as the one that is shown, without telling of it."""
        self.blockSignals(True)
        self.setCurrentRow(row)
        self.blockSignals(False)
        self.viewport().update()

    def state_text(self, row: int) -> str:
        """The words under the name of a section."""
        return self.section_state(row).text

    def section_state(self, row: int) -> SectionState:
        """What the list says about a section."""
        state: SectionState = self.item(row).data(_STATE)
        return state

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self.section_chosen.emit(row)
