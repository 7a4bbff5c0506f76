"""The fields of a form: what every field promises, and those that are typed into."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import draft
from mdt_desktop.domain.dates import UNKNOWN_DATE, cui_date
from mdt_desktop.domain.questionnaire import Item, ItemType, Value
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

Today: TypeAlias = Callable[[], date]


class AnswerField(QWidget):
    """Asks for the answer (or, where the question repeats, the answers) of one question.

    `answered` carries the row the field knows ("" where nothing repeats) and the value, None for no answer. It is
    sent with every change a person makes and never by `show_values`.
    """

    answered = Signal(str, object)

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show the answers by row; a field that already says the same is left alone, its cursor too."""
        raise NotImplementedError

    def inputs(self) -> list[QWidget]:
        """The widgets that take the focus, in tab order; the first is the buddy of the question."""
        raise NotImplementedError

    def show_error(self, message: str) -> None:
        """Mark the field as wrong, by its border and to a screen reader; the empty text takes the mark away."""
        for field in self.inputs():
            field.setAccessibleDescription(words("form.error", message=message) if message else self.item.text)
            if bool(field.property("invalid")) is not bool(message):
                theme.set_kind(field, field.property("kind") or "", invalid=bool(message))


def shown(value: Value | None) -> str:
    """An answer as it stands in a field: dates as `14-Aug-1980`, numbers without exponents."""
    if value is None:
        return ""
    if isinstance(value, date):
        return cui_date(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def in_sentence(text: str) -> str:
    """A question's words in the middle of a sentence: "something I want to keep", "GP practice"."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def shown_to_read(item: Item, value: Value) -> str:
    """An answer as it is read in a finished form: yes and no, the words of a choice, the unit of a number."""
    if isinstance(value, bool):
        return words("form.yes" if value else "form.no")
    option = item.option(value) if item.is_choice else None
    if option:
        return option.text
    if item.type is ItemType.DATE and value == UNKNOWN_DATE:
        return words("form.date_unknown")
    return f"{shown(value)} {item.unit}".strip()


class _QuietText(GrowingTextEdit):
    """A growing text that leaves the wheel to the page while all of it is visible."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.verticalScrollBar().maximum() == 0:
            event.ignore()
        else:
            super().wheelEvent(event)


class TextField(AnswerField):
    """Several lines of text in a box that grows."""

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self.edit: QPlainTextEdit = _QuietText()
        self.edit.textChanged.connect(self._on_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit)

    def show_values(self, values: Mapping[str, Value]) -> None:
        text = shown(values.get(""))
        if text.strip() != self.edit.toPlainText().strip():
            self.edit.blockSignals(True)
            self.edit.setPlainText(text)
            self.edit.blockSignals(False)
            self.edit.updateGeometry()

    def inputs(self) -> list[QWidget]:
        return [self.edit]

    def _on_changed(self) -> None:
        text = self.edit.toPlainText()
        self.answered.emit("", text if text.strip() else None)


class LineField(AnswerField):
    """One line: a short text, a whole number or a decimal. Numbers are typed; nothing turns them by accident."""

    def __init__(self, item: Item, today: Today, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._today = today
        self.edit = QLineEdit()
        self.edit.textEdited.connect(self._on_edited)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit)
        if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
            self.edit.setFixedWidth(theme.size("body") * 9)
            if item.unit:
                layout.addWidget(words_label(item.unit, "muted"))
            layout.addStretch(1)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_values(self, values: Mapping[str, Value]) -> None:
        text = shown(values.get(""))
        if text.strip() != self.edit.text().strip() and values.get("") != self._value():
            self.edit.setText(text)

    def inputs(self) -> list[QWidget]:
        return [self.edit]

    def _value(self) -> Value | None:
        return draft(self.item, self.edit.text(), self._today())

    def _on_edited(self) -> None:
        self.answered.emit("", self._value())


class ReadField(AnswerField):
    """The answer as words, for a form that is only read; text can be selected and copied."""

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self.label = words_label("", "body", wraps=True, selectable=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.label)
        self.show_values({})

    def show_values(self, values: Mapping[str, Value]) -> None:
        lines = [shown_to_read(self.item, value) for value in values.values()]
        self.label.setText("\n".join(lines) if lines else words("form.not_answered"))
        theme.set_kind(self.label, "body" if lines else "muted")
        self.label.setAccessibleName(f"{self.item.text} {self.label.text()}")

    def inputs(self) -> list[QWidget]:
        return [self.label]
