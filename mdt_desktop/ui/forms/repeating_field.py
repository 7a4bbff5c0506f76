"""A question that may be answered several times: one field a row, with rows added and removed."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.questionnaire import Item, Value
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.fields import AnswerField, in_sentence
from mdt_desktop.ui.forms.tab_order import keep_tab_order
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.words import words


class RepeatingField(AnswerField):
    """Rows of one and the same field; there is always at least one. `make` makes the field of a row."""

    def __init__(self, item: Item, make: Callable[[], AnswerField], parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._make = make
        self.rows: dict[str, AnswerField] = {}
        self._lines: dict[str, QWidget] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("unit"))
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.size("unit"))
        layout.addLayout(self._list)
        self.add_button = Button(words("form.add_another", name=in_sentence(item.text)), self.add_row, icon="add")
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._insert("0")

    def show_values(self, values: Mapping[str, Value]) -> None:
        for row in values:
            if row not in self.rows:
                self._insert(row)
        for row, field in self.rows.items():
            field.show_values({"": values[row]} if row in values else {})

    def inputs(self) -> list[QWidget]:
        return [field for row in self.rows.values() for field in row.inputs()]

    def add_row(self) -> None:
        """Add an empty row and go to it."""
        field = self._insert(str(max(map(int, self.rows)) + 1))
        keep_tab_order(self)
        field.inputs()[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _insert(self, row: str) -> AnswerField:
        field = self._make()
        field.answered.connect(lambda _inner, value: self.answered.emit(row, value))
        remove = Button(words("form.remove"), partial(self._remove, row), kind="quiet")
        remove.setAccessibleName(words("form.remove_named", name=self.item.text, number=len(self.rows) + 1))
        for inner in field.inputs():
            inner.setAccessibleName(words("form.row_title", name=self.item.text, number=len(self.rows) + 1))
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(field, 1)
        line.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        self.rows[row] = field
        self._lines[row] = holder
        self._list.addWidget(holder)
        field.show_values({})
        return field

    def _remove(self, row: str) -> None:
        self.answered.emit(row, None)
        if len(self.rows) == 1:
            self.rows[row].show_values({})
            return
        del self.rows[row]
        holder = self._lines.pop(row)
        holder.hide()
        holder.deleteLater()
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
