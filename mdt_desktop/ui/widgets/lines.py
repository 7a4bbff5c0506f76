"""Lines of text that keep their labels: turning to the next person changes words and makes nothing new."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label

_STEP = 14


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text, what stands at its right (who, when), how both look, and how far it is moved in."""

    text: str
    side: str = ""
    kind: str = "body"
    side_kind: str = "muted"
    indent: int = 0
    spoken: str = ""


class Lines(QWidget):
    """Shows any number of lines under each other, wrapped and whole."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.size("unit") * 2)
        self._grid.setVerticalSpacing(theme.size("unit") - 1)
        self._grid.setColumnStretch(0, 1)
        self._pairs: list[tuple[QLabel, QLabel]] = []
        self._sides: list[bool] = []
        self._shown: tuple[Line, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these."""
        if tuple(lines) == self._shown:
            return
        self._shown = tuple(lines)
        while len(self._pairs) < len(lines):
            self._add_pair()
        for number, (text, side) in enumerate(self._pairs):
            line = lines[number] if number < len(lines) else None
            for shown, content, kind in (
                (text, line.text if line else "", line.kind if line else "body"),
                (side, line.side if line else "", line.side_kind if line else "muted"),
            ):
                shown.setText(content)
                shown.setVisible(bool(content))
                if shown.property("kind") != kind:
                    theme.set_kind(shown, kind)
            self._span(number, bool(line and line.side))
            text.setContentsMargins(_STEP * line.indent if line else 0, 0, 0, 0)
            text.setAccessibleName(line.spoken if line else "")
        self.setVisible(bool(lines))

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._shown

    def _span(self, number: int, has_side: bool) -> None:
        """A text with nothing at its right has the whole width."""
        if self._sides[number] is not has_side:
            self._sides[number] = has_side
            text = self._pairs[number][0]
            self._grid.removeWidget(text)
            self._grid.addWidget(text, number, 0, 1, 1 if has_side else 2, Qt.AlignmentFlag.AlignTop)

    def _add_pair(self) -> None:
        number = len(self._pairs)
        text = words_label("", "body", wraps=True, selectable=True)
        side = words_label("", "muted")
        self._grid.addWidget(text, number, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(side, number, 1, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._pairs.append((text, side))
        self._sides.append(True)


class Section(QWidget):
    """A name with the key that writes into it, and lines under it; without lines only the name, or nothing."""

    def __init__(self, name: str, key: str = "", *, stays: bool = False) -> None:
        super().__init__()
        self._stays = stays
        self.name = words_label(name, "strong")
        self.key = words_label(key, "key")
        self.key.setVisible(bool(key))
        self.beside = words_label("", "muted", wraps=True)
        top = QHBoxLayout()
        top.setSpacing(theme.size("unit") * 2)
        top.addWidget(self.name)
        top.addWidget(self.key)
        top.addWidget(self.beside, 1)
        self.lines = Lines()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        column.addLayout(top)
        column.addWidget(self.lines)
        self.top = top

    def show_lines(self, lines: Sequence[Line], beside: str = "") -> None:
        """Show these lines, and a word beside the name."""
        self.lines.show_lines(lines)
        self.beside.setText(beside)
        self.setVisible(self._stays or bool(lines) or bool(beside))


class _Column(QWidget):
    def minimumSizeHint(self) -> QSize:
        # A layout of wrapped labels asks for the height they have at their narrowest; the scroll area knows better.
        return QSize(0, 0)


class Sections(QScrollArea):
    """A column of sections that scrolls only where they are longer than the place; put them into `column`."""

    def __init__(self, name: str, edge: int, gap: int) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        inner = _Column()
        theme.set_kind(inner, "scrolled")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(edge, gap, edge, gap)
        self.column.setSpacing(gap)
        self.setWidget(inner)
