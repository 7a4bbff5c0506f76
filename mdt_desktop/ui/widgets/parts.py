"""Small parts that pages share: facts in two columns, badges, columns that scroll."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QWidget,
)

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, layouts in it too."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def badge(text: str, tone: str = "") -> QLabel:
    """A word on a ground: draft, agreed, 3 days late."""
    made = words_label(text, "badge")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    theme.set_kind(made, "badge", tone=tone)
    return made


def show_badge(shown: QLabel, text: str, tone: str = "") -> None:
    """Another word and tone on the same badge; an empty word hides it."""
    shown.setText(text)
    shown.setVisible(bool(text))
    if shown.property("tone") != tone:
        theme.set_kind(shown, "badge", tone=tone)


def beside(*widgets: QWidget, stretch: bool = True) -> QHBoxLayout:
    """Widgets side by side, from the left."""
    row = QHBoxLayout()
    row.setSpacing(theme.size("unit") * 2)
    for widget in widgets:
        row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
    if stretch:
        row.addStretch(1)
    return row


class Facts(QWidget):
    """Names and values in two columns; a row whose value is empty is left out."""

    def __init__(self, rows: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.size("gap") + 4)
        self._grid.setVerticalSpacing(theme.size("unit") + 2)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show these; labels are kept and only their words change."""
        shown = [(name, value) for name, value in rows if value]
        while len(self._rows) < len(shown):
            place = len(self._rows)
            pair = (words_label("", "muted"), words_label("", "body", wraps=True, selectable=True))
            for column, shown_label in enumerate(pair):
                self._grid.addWidget(shown_label, place, column, Qt.AlignmentFlag.AlignTop)
            self._rows.append(pair)
        for place, pair in enumerate(self._rows):
            there = place < len(shown)
            for shown_label, text in zip(pair, shown[place] if there else ("", ""), strict=True):
                shown_label.setText(text)
                shown_label.setVisible(there)
            pair[1].setAccessibleName(f"{pair[0].text()} {pair[1].text()}")

    def text(self) -> str:
        """What is shown, for tests."""
        return "\n".join(f"{name.text()} {value.text()}" for name, value in self._rows if value.text())


def named(button: QAbstractButton, name: str, spoken: str = "") -> QAbstractButton:
    """Give a button an object name for focus and tests, and words that say what it is about."""
    button.setObjectName(name)
    if spoken:
        button.setAccessibleName(spoken)
    return button
