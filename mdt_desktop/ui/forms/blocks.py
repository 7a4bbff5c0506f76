"""The blocks of a form: a question with its field, a group, and rows that can be added and removed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import Reading, rows_of
from mdt_desktop.domain.questionnaire import Answers, Item, ItemType, Questionnaire, Value, join_position
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.choice_fields import MOST_RADIOS, ComboField, RadioField, SeveralField
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.fields import AnswerField, LineField, ReadField, TextField, Today, in_sentence
from mdt_desktop.ui.forms.repeating_field import RepeatingField
from mdt_desktop.ui.forms.tab_order import keep_tab_order
from mdt_desktop.ui.unsettled_mark import UnsettledMark
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.unsettled import Unsettled


@dataclass(frozen=True, slots=True)
class FormContext:
    """What every block of one form shares: `tell` takes link id, position and value of a change, `decide` a
    conflict that somebody wants to decide."""

    questionnaire: Questionnaire
    today: Today
    read_only: bool
    marks_required: bool
    answers: Callable[[], Answers]
    tell: Callable[[str, str, Value | None], None]
    decide: Callable[[str], None]


class Block(QWidget):
    """One item of the questionnaire in one row."""

    def __init__(self, item: Item, position: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.item = item
        self.position = position
        self.context = context
        self._applied = True

    def inner(self) -> list["Block"]:
        """The blocks directly inside this one."""
        return []

    def questions(self) -> Iterator["QuestionBlock"]:
        """Every question in this block, itself too."""
        if isinstance(self, QuestionBlock):
            yield self
        for block in self.inner():
            yield from block.questions()

    def show_answers(self, answers: Answers) -> None:
        """Show other answers; fields that already say the same are left alone."""
        for block in self.inner():
            block.show_answers(answers)

    def show_what_applies(self, reading: Reading) -> None:
        """Show or hide by the conditions; a hidden field keeps what was typed."""
        applies = reading.applies(self.item, self.position)
        if applies is not self._applied:
            self._applied = applies
            self.setVisible(applies)
        if applies:
            for block in self.inner():
                block.show_what_applies(reading)


class ConditionalBlock(Block):
    """Stands where a conditional item belongs and makes it when it first applies; from then on it is only hidden."""

    def __init__(self, item: Item, position: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(item, position, context, parent)
        self._made: Block | None = None
        self._applied = False
        self.hide()

    def inner(self) -> list[Block]:
        return [self._made] if self._made else []

    def show_what_applies(self, reading: Reading) -> None:
        if self._made is None and reading.applies(self.item, self.position):
            self._made = _plain_block(self.item, self.position, self.context, self)
            _column(self, 0).addWidget(self._made)
            self._made.show()
        super().show_what_applies(reading)


class QuestionBlock(Block):
    """A question, its help, its error and its field; questions that hang on it follow below."""

    def __init__(self, item: Item, position: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(item, position, context, parent)
        self.field = make_field(item, context, self)
        self.field.answered.connect(self._on_answered)
        layout = self._column = _column(self, theme.size("unit"))
        head = QHBoxLayout()
        head.setSpacing(theme.size("gap"))
        self.label = words_label(item.text, "strong", wraps=True)
        self.label.setBuddy(self.field.inputs()[0])
        head.addWidget(self.label, 1)
        layout.addLayout(head)
        hints = [item.help] if item.help else []
        if item.required and context.marks_required:
            hints.append(words("form.required"))
        if hints and not context.read_only:
            layout.addWidget(words_label("  ·  ".join(hints), "help", wraps=True))
        self._error_place = layout.count()
        self.error: QLabel | None = None
        self.error_message = ""
        self.mark: UnsettledMark | None = None
        layout.addWidget(self.field)
        for field in self.field.inputs():
            if not field.accessibleName() and not hasattr(field, "text"):
                field.setAccessibleName(item.text)
        if isinstance(self.field, RadioField):
            self.field.clearable.connect(self._on_clearable)
        self._head = head
        self._clear: Button | None = None
        self._inner = [make_block(child, position, context, self) for child in item.items]
        for block in self._inner:
            layout.addWidget(block)
        self.show_answers(context.answers())

    def inner(self) -> list[Block]:
        return self._inner

    def show_answers(self, answers: Answers) -> None:
        self.field.show_values(self._by_row(answers))
        super().show_answers(answers)

    def show_error(self, message: str) -> None:
        """Show what is wrong above the field, or nothing any more."""
        self.error_message = message
        if self.error is None:
            self.error = words_label("", "error", wraps=True, parent=self)
            self._column.insertWidget(self._error_place, self.error)
        self.error.setText(words("form.error", message=message) if message else "")
        self.error.setVisible(bool(message))
        self.field.show_error(message)

    def show_unsettled(self, found: "Unsettled | None") -> None:
        """Mark the answer that two people gave differently, or take the mark away."""
        if self.mark is None:
            if found is None:
                return
            self.mark = UnsettledMark(self)
            self.mark.decide_requested.connect(self.context.decide)
            self._head.insertWidget(1, self.mark, 0, Qt.AlignmentFlag.AlignTop)
        self.mark.show_open(found, self.field.inputs()[0])

    def focus_field(self) -> None:
        """Put the focus where the question is answered: at the chosen one of several buttons."""
        inputs = self.field.inputs()
        chosen = next((field for field in inputs if getattr(field, "isChecked", bool)()), inputs[0])
        chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_clearable(self, clearable: bool) -> None:
        """A link beside the question takes the answer back, once there is one."""
        if self._clear is None and clearable and isinstance(self.field, RadioField):
            self._clear = Button(words("form.clear"), self.field.clear, kind="link", parent=self)
            self._clear.setAccessibleDescription(self.item.text)
            self._head.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignTop)
            QWidget.setTabOrder(self.field.inputs()[-1], self._clear)
        if self._clear:
            self._clear.setVisible(clearable)

    def _by_row(self, answers: Answers) -> Mapping[str, Value]:
        given = answers.of(self.item.link_id, self.position)
        if not self.item.repeats:
            return {"": given[0][1]} if given else {}
        return {position.rpartition(".")[2]: value for position, value in given}

    def _on_answered(self, row: str, value: Value | None) -> None:
        position = join_position(self.position, int(row)) if row else self.position
        self.context.tell(self.item.link_id, position, value)


class DisplayBlock(Block):
    """Words without a question."""

    def __init__(self, item: Item, position: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(item, position, context, parent)
        _column(self, 0).addWidget(words_label(item.text, "muted", wraps=True))


class GroupBlock(Block):
    """A heading and what stands under it."""

    def __init__(self, item: Item, position: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(item, position, context, parent)
        layout = _column(self, theme.size("gap") + theme.size("unit"))
        layout.setContentsMargins(0, theme.size("unit"), 0, 0)
        self.rule = line()
        layout.addWidget(self.rule)
        layout.addWidget(words_label(item.text, "section", wraps=True))
        self._inner = [make_block(child, position, context, self) for child in item.items]
        for block in self._inner:
            layout.addWidget(block)
        self.setAccessibleName(item.text)

    def inner(self) -> list[Block]:
        return self._inner


class RowBlock(QFrame):
    """One row of a repeating group, or the line that says it was removed and offers it back."""

    def __init__(self, item: Item, position: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(parent)
        theme.set_kind(self, "card")
        self._name = item.text
        self.position = position
        self.removed = False
        layout = _column(self, theme.size("gap"))
        pad = theme.size("card")
        layout.setContentsMargins(pad, theme.size("gap"), pad, pad)
        head = QHBoxLayout()
        self.title = words_label("", "strong")
        self.undo_button = Button(words("form.undo"), kind="quiet")
        self.undo_button.hide()
        self.remove_button = Button(words("form.remove"), kind="quiet")
        head.addWidget(self.title, 1)
        layout.addLayout(head)
        self.blocks = [make_block(child, position, context, self) for child in item.items]
        for block in self.blocks:
            layout.addWidget(block)
        head.addWidget(self.undo_button)
        head.addWidget(self.remove_button)
        # Never before it has a parent: a widget of its own would come up as a window.
        self.remove_button.setHidden(context.read_only)

    def number(self, number: int) -> None:
        """Say which row this is, counted as shown."""
        key = "form.removed" if self.removed else "form.row_title"
        self.title.setText(words(key, name=self._name, number=number))
        self.remove_button.setAccessibleName(words("form.remove_named", name=self._name, number=number))

    def show_removed(self, removed: bool) -> None:
        """Fold the row into one line with Undo, or unfold it."""
        self.removed = removed
        self.undo_button.setVisible(removed)
        self.remove_button.setVisible(not removed)
        for block in self.blocks:
            block.setVisible(not removed)


class RowsBlock(Block):
    """A group that repeats: its rows, and a button that adds one. A removed row can be taken back."""

    def __init__(self, item: Item, position: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(item, position, context, parent)
        self.rows: list[RowBlock] = []
        self._kept: dict[str, dict[tuple[str, str], Value]] = {}
        layout = _column(self, theme.size("unit") * 2)
        self._none = words_label(f"{item.text}: {words('form.not_answered').lower()}", "muted")
        layout.addWidget(self._none)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.size("unit") * 2)
        layout.addLayout(self._list)
        self.add_button = Button("", self.add_row, icon="add")
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_button.setHidden(context.read_only)
        self.show_answers(context.answers())

    def inner(self) -> list[Block]:
        return [block for row in self.rows if not row.removed for block in row.blocks]

    def show_answers(self, answers: Answers) -> None:
        wanted = rows_of(self.context.questionnaire, self.item, answers, self.position)
        known = {row.position: row for row in self.rows}
        for position in wanted:
            if position not in known:
                self._insert(position)
            elif known[position].removed:
                known[position].show_removed(False)
        super().show_answers(answers)
        self._number()

    def add_row(self) -> None:
        """Add an empty row and go to its first field."""
        taken = [int(row.position.rpartition(".")[2]) for row in self.rows]
        row = self._insert(join_position(self.position, max(taken, default=-1) + 1))
        self._number()
        self._look_again()
        keep_tab_order(self)
        first = next((question for block in row.blocks for question in block.questions()), None)
        if first:
            first.focus_field()

    def _insert(self, position: str) -> RowBlock:
        row = RowBlock(self.item, position, self.context, self)
        row.remove_button.clicked.connect(lambda _on=False: self._remove(row))
        row.undo_button.clicked.connect(lambda _on=False: self._take_back(row))
        self.rows.append(row)
        self._list.addWidget(row)
        # A layout shows what it is given only when the window next has time; the focus goes there at once.
        row.show()
        return row

    def _remove(self, row: RowBlock) -> None:
        answers = self.context.answers()
        inside = [
            (key, value)
            for key, value in answers.values.items()
            if (key[1] == row.position or key[1].startswith(row.position + "."))
            and any(outer is self.item for outer in self.context.questionnaire.ancestors(key[0]))
        ]
        self._kept[row.position] = dict(inside)
        row.show_removed(True)
        self._number()
        row.undo_button.setFocus(Qt.FocusReason.OtherFocusReason)
        for (link_id, position), _value in inside:
            self.context.tell(link_id, position, None)

    def _take_back(self, row: RowBlock) -> None:
        row.show_removed(False)
        for (link_id, position), value in self._kept.pop(row.position, {}).items():
            self.context.tell(link_id, position, value)
        self._number()
        self._look_again()
        row.remove_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_again(self) -> None:
        self.show_what_applies(Reading(self.context.questionnaire, self.context.answers()))

    def _number(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            row.number(number)
        there = any(not row.removed for row in self.rows)
        self._none.setVisible(self.context.read_only and not there)
        self.add_button.setText(words("form.add_another" if there else "form.add", name=in_sentence(self.item.text)))


def make_block(item: Item, position: str, context: FormContext, parent: QWidget) -> Block:
    """The block for any item. It is born inside its parent: a style sheet is worked out again at every move."""
    if item.conditions:
        return ConditionalBlock(item, position, context, parent)
    return _plain_block(item, position, context, parent)


def _plain_block(item: Item, position: str, context: FormContext, parent: QWidget) -> Block:
    if item.type is ItemType.DISPLAY:
        return DisplayBlock(item, position, context, parent)
    if item.type is not ItemType.GROUP:
        return QuestionBlock(item, position, context, parent)
    return (RowsBlock if item.repeats else GroupBlock)(item, position, context, parent)


def make_field(item: Item, context: FormContext, parent: QWidget) -> AnswerField:
    """The field for any question, by its type."""
    if context.read_only:
        return ReadField(item, parent)
    if item.repeats and item.is_choice:
        return SeveralField(item, parent)
    if item.repeats:
        return RepeatingField(item, partial(_single_field, item, context.today), parent)
    return _single_field(item, context.today, parent)


def _single_field(item: Item, today: Today, parent: QWidget | None = None) -> AnswerField:
    if item.is_choice and len(item.options) > MOST_RADIOS and not item.horizontal:
        return ComboField(item, parent)
    if item.is_choice or item.type is ItemType.BOOLEAN:
        return RadioField(item, parent)
    if item.type is ItemType.TEXT:
        return TextField(item, parent)
    return DateField(item, today, parent) if item.type is ItemType.DATE else LineField(item, today, parent)


def _column(widget: QWidget, spacing: int) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout
