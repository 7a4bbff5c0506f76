"""Small parts that the tabs of a case share: facts in two columns, fields with their error, a form in a side sheet."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.choice_fields import QuietCombo
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words

_ROOM_FOR_TWO = 800  # pixels at 100 % text


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


class Scroller(QScrollArea):
    """A tab's content: a column that scrolls when it is longer than the window."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        page, gap = theme.size("page"), theme.size("gap")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(page, gap, page, gap)
        self.column.setSpacing(gap)
        self.setWidget(inner)


class Columns(QWidget):
    """Two columns of cards side by side; under each other where the window is too narrow for the text's size."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("gap"))

    def add(self, stretch: int, *cards: QWidget) -> None:
        """One more column; its share of the width is `stretch`."""
        side = QVBoxLayout()
        side.setSpacing(theme.size("gap"))
        for card in cards:
            side.addWidget(card)
        side.addStretch(1)
        self._row.addLayout(side, stretch)

    @property
    def stacked(self) -> bool:
        """Do the columns stand under each other?"""
        return self._row.direction() == QHBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() / theme.current().scale < _ROOM_FOR_TWO
        direction = QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        if direction != self._row.direction():
            self._row.setDirection(direction)


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


class Field(QWidget):
    """A field under its name, with help and, after a refused save, its error."""

    def __init__(self, name: str, field: QWidget, help_words: str = "") -> None:
        super().__init__()
        self.field = field
        self._help = help_words
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        column.addWidget(FieldLabel(name, field))
        if help_words:
            column.addWidget(words_label(help_words, "help", wraps=True))
        column.addWidget(field)
        self.error = words_label("", "error", wraps=True)
        self.error.hide()
        column.addWidget(self.error)

    def show_error(self, text: str) -> None:
        """The error in words, at the field and to a screen reader; the empty text takes it away."""
        self.error.setText(words("form.error", message=text) if text else "")
        self.error.setVisible(bool(text))
        self.field.setAccessibleDescription(self.error.text() or self._help)
        theme.set_kind(self.field, self.field.property("kind") or "", invalid=bool(text))
        if text:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)


def typed(widget: QWidget) -> str:
    """What stands in a line or text field."""
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return str(widget.currentData()) if isinstance(widget, QComboBox) else ""


class FormSheet(SideSheet):
    """A side sheet that holds a form: one button that records it, and the error of a refused save above the buttons.

    It stays open, with everything that was typed, until it was recorded or the person leaves it.
    """

    def __init__(self, title: str, verb: str, host: QWidget, on_save: Callable[[], object]) -> None:
        super().__init__(title, host)
        self._start: dict[QWidget, str] = {}
        self.problem = words_label("", "error", wraps=True)
        self.problem.hide()
        self.save = Button(verb, on_save, "primary")
        self.save.setObjectName("sheet_save")
        self.foot.addWidget(self.save)
        self.foot.addWidget(Button(words("ui.cancel"), self.close_requested.emit, "plain"))
        self.foot.addStretch(1)
        self.close_requested.connect(self.leave)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end of the form."""
        self.body.addWidget(widget)

    def finish_form(self) -> None:
        """Call once after the last field: the place of the error, and what counts as typed from here on."""
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        self._start = {
            field: typed(field)
            for kind in (QLineEdit, QPlainTextEdit, QComboBox)
            for field in self.findChildren(kind)
        }

    @property
    def dirty(self) -> bool:
        """Is the sheet open with something typed in it?"""
        with suppress(RuntimeError):  # the sheet is being deleted
            return self.isVisible() and any(typed(field) != before for field, before in self._start.items())
        return False

    def show_problem(self, text: str) -> None:
        """The error of a refused save; the button can be pressed again."""
        self.save.setEnabled(True)
        self.problem.setText(words("form.error", message=text) if text else "")
        self.problem.setVisible(bool(text))

    def saving(self) -> None:
        """While it is being recorded the button cannot be pressed twice."""
        self.save.setEnabled(False)
        self.problem.hide()

    def leave(self) -> None:
        """Close it for good."""
        self.close_sheet()
        self.deleteLater()


def chooser(name: str, choices: Sequence[tuple[str, str]], current: str = "") -> QComboBox:
    """A list to choose from: (key, words) pairs; the wheel does not change it by accident."""
    box = QuietCombo()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    for key, text in choices:
        box.addItem(text, key)
    box.setCurrentIndex(max(0, box.findData(current)))
    box.setAccessibleName(name)
    return box


def named(button: QAbstractButton, name: str, spoken: str = "") -> QAbstractButton:
    """Give a button an object name for focus and tests, and words that say what it is about."""
    button.setObjectName(name)
    if spoken:
        button.setAccessibleName(spoken)
    return button
