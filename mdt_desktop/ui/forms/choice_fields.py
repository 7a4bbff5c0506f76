"""Fields that are chosen from: yes or no, one of a list, several of a list."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from mdt_desktop.domain.questionnaire import Item, ItemType, Option, Value
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.column_layout import ColumnLayout
from mdt_desktop.ui.forms.fields import AnswerField
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

MOST_RADIOS = 7
_SHORT_ROW = 56
_WIDEST_LEAST = 12  # times the body size: what a list of long choices asks for at least
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}


class _Radio(QRadioButton):
    """A radio button that Delete or Backspace takes back; letters choose, arrows walk in reading order."""

    cleared = Signal()
    lettered = Signal(str)
    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
        elif event.key() in _STEPS:
            self.stepped.emit(_STEPS[Qt.Key(event.key())])
        elif event.text().isalpha():
            self.lettered.emit(event.text().lower())
        else:
            super().keyPressEvent(event)


class QuietCombo(QComboBox):
    """A combo box that the mouse wheel cannot change while its list is closed; long choices do not widen the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def minimumSizeHint(self) -> QSize:
        """As wide as its choices, but never wider than a narrow column."""
        least = super().minimumSizeHint()
        return QSize(min(least.width(), theme.size("body") * _WIDEST_LEAST), least.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.view().isVisible():
            super().wheelEvent(event)
        else:
            event.ignore()


class RadioField(AnswerField):
    """One of up to seven choices, or yes and no; an open choice has "Other" with words of its own.

    `clearable` says whether there is something that `clear` would take back.
    """

    clearable = Signal(bool)

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._choices = _choices(item)
        self._group = QButtonGroup(self)
        self.radios: list[QRadioButton] = []
        for number, (_value, text) in enumerate(self._choices):
            radio = _Radio(text)
            radio.setAccessibleDescription(item.text)
            radio.cleared.connect(self.clear)
            radio.lettered.connect(self._on_letter)
            radio.stepped.connect(self._on_step)
            self._group.addButton(radio, number)
            self.radios.append(radio)
        self._group.idClicked.connect(lambda number: self._on_chosen(number))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("unit"))
        _lay_out(self.radios, item, layout)
        self.other = _other_line(layout) if item.type is ItemType.OPEN_CHOICE else None
        if self.other:
            self.other.textEdited.connect(self._on_other)

    def show_values(self, values: Mapping[str, Value]) -> None:
        value = values.get("")
        if value is None and self.other and self.other.hasFocus():
            return  # "Other" was chosen and its words are about to be typed
        listed = [choice for choice, _text in self._choices]
        found = [listed.index(value)] if value is not None and value in listed else []
        if value is not None and not found and self.other:
            self.other.setText(str(value))
            found = [len(self._choices) - 1]
        if found:
            self.radios[found[0]].setChecked(True)
        else:
            self._uncheck()
        self._after_choice()

    def inputs(self) -> list[QWidget]:
        return [*self.radios, *([self.other] if self.other else [])]

    def clear(self) -> None:
        """Take the answer back."""
        if self._group.checkedId() >= 0:
            self._uncheck()
            self._after_choice()
            self.answered.emit("", None)

    def _uncheck(self) -> None:
        self._group.setExclusive(False)
        for radio in self.radios:
            radio.setChecked(False)
        self._group.setExclusive(True)

    def _on_chosen(self, number: int, *, by_key: bool = False) -> None:
        self._after_choice()
        value = self._choices[number][0]
        if value is None and self.other:
            # Who walks with the arrows must be able to walk on; Tab leads into the words.
            if not by_key:
                self.other.setFocus(Qt.FocusReason.OtherFocusReason)
            value = self.other.text().strip() or None
        self.answered.emit("", value)

    def _on_letter(self, letter: str) -> None:
        for number, radio in enumerate(self.radios):
            if radio.text().lower().startswith(letter) and not radio.isChecked():
                self._choose(number)
                return

    def _on_step(self, step: int) -> None:
        here = next((number for number, radio in enumerate(self.radios) if radio.hasFocus()), 0)
        if 0 <= here + step < len(self.radios):
            self._choose(here + step)

    def _choose(self, number: int) -> None:
        self.radios[number].setChecked(True)
        self.radios[number].setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_chosen(number, by_key=True)

    def _on_other(self, text: str) -> None:
        self.answered.emit("", text.strip() or None)

    def _after_choice(self) -> None:
        chosen = self._group.checkedId()
        if self.other:
            self.other.setVisible(chosen == len(self._choices) - 1)
        self.clearable.emit(chosen >= 0)


class ComboField(AnswerField):
    """One of many choices, in a list that opens; the first line takes the answer back."""

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._choices = _choices(item)
        self.combo = QuietCombo()
        self.combo.addItem(words("form.choose"))
        for _value, text in self._choices:
            self.combo.addItem(text)
        self.combo.activated.connect(self._on_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("unit"))
        row = QHBoxLayout()
        row.addWidget(self.combo)
        row.addStretch(1)
        layout.addLayout(row)
        self.other = _other_line(layout) if item.type is ItemType.OPEN_CHOICE else None
        if self.other:
            self.other.textEdited.connect(self._on_other)

    def show_values(self, values: Mapping[str, Value]) -> None:
        value = values.get("")
        if value is None and self.other and self.other.hasFocus():
            return  # "Other" was chosen and its words are about to be typed
        listed = [choice for choice, _text in self._choices]
        places = [listed.index(value) + 1] if value is not None and value in listed else []
        if value is not None and not places and self.other:
            self.other.setText(str(value))
            places = [len(self._choices)]
        self.combo.setCurrentIndex(places[0] if places else 0)
        self._after_choice()

    def inputs(self) -> list[QWidget]:
        return [self.combo, *([self.other] if self.other else [])]

    def _on_chosen(self, place: int) -> None:
        self._after_choice()
        value = self._choices[place - 1][0] if place else None
        if place and value is None and self.other:
            value = self.other.text().strip() or None
        self.answered.emit("", value)

    def _on_other(self, text: str) -> None:
        self.answered.emit("", text.strip() or None)

    def _after_choice(self) -> None:
        if self.other:
            self.other.setVisible(self.combo.currentIndex() == len(self._choices))


class SeveralField(AnswerField):
    """Any number of choices; one that excludes the others ("None") takes their ticks away, and they its own.

    The row of a choice is its place in the list; the words of "Other" come after the last.
    """

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self.boxes: list[QCheckBox] = []
        self._rows: dict[Value, str] = {}
        for option in item.options:
            box = QCheckBox(option.text)
            box.setAccessibleDescription(item.text)
            box.clicked.connect(self._on_any_clicked)
            self.boxes.append(box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.size("unit"))
        _lay_out(self.boxes, item, layout)
        self.other: QLineEdit | None = None
        if item.type is ItemType.OPEN_CHOICE:
            self.other = _other_line(layout)
            self.other.textEdited.connect(self._on_other)

    def show_values(self, values: Mapping[str, Value]) -> None:
        # An answer keeps the row it was stored in, even if the list of choices has changed since.
        self._rows = {value: row for row, value in values.items()}
        given = set(values.values())
        for option, box in zip(self.item.options, self.boxes, strict=True):
            box.setChecked(option.code in given)
        if self.other:
            text = next((str(value) for value in values.values() if not self.item.option(value)), "")
            if text != self.other.text().strip():
                self.other.setText(text)

    def inputs(self) -> list[QWidget]:
        return [*self.boxes, *([self.other] if self.other else [])]

    def _on_any_clicked(self, on: bool) -> None:
        box = self.sender()
        if isinstance(box, QCheckBox):
            self._on_clicked(self.boxes.index(box), on)

    def _on_clicked(self, place: int, on: bool) -> None:
        option = self.item.options[place]
        self._tell(place, option, on)
        if not on:
            return
        for other, (candidate, box) in enumerate(zip(self.item.options, self.boxes, strict=True)):
            if other != place and box.isChecked() and (option.exclusive or candidate.exclusive):
                box.setChecked(False)
                self._tell(other, candidate, False)

    def _tell(self, place: int, option: Option, on: bool) -> None:
        self.answered.emit(self._rows.get(option.code, str(place)), option.code if on else None)

    def _on_other(self, text: str) -> None:
        stored = next((row for value, row in self._rows.items() if not self.item.option(value)), None)
        self.answered.emit(stored or str(len(self.item.options)), text.strip() or None)


def _choices(item: Item) -> list[tuple[Value | None, str]]:
    """(value, words) of each choice; None stands for "Other", whose value is what is typed."""
    if item.type is ItemType.BOOLEAN:
        return [(True, words("form.yes")), (False, words("form.no"))]
    listed: list[tuple[Value | None, str]] = [(option.code, option.text) for option in item.options]
    if item.type is ItemType.OPEN_CHOICE:
        listed.append((None, words("form.other")))
    return listed


def _other_line(layout: QVBoxLayout) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(words("form.other_text"))
    line.setPlaceholderText(words("form.other_text"))
    line.setMaximumWidth(theme.size("body") * 32)
    layout.addWidget(line)
    return line


def _lay_out(buttons: Sequence[QAbstractButton], item: Item, layout: QVBoxLayout) -> None:
    """In one flowing line where the words are short, else in columns."""
    texts = [button.text() for button in buttons]
    short = len(texts) <= 4 and sum(map(len, texts)) <= _SHORT_ROW
    if item.horizontal or item.type is ItemType.BOOLEAN or short:
        layout.addWidget(_flowing_line(buttons, item))
        return
    holder = QWidget()
    columns = ColumnLayout(holder, theme.size("gap") * 2, theme.size("unit") // 2)
    for button in buttons:
        columns.addWidget(button)
    layout.addWidget(holder)


def _flowing_line(buttons: Sequence[QAbstractButton], item: Item) -> QWidget:
    holder = QWidget()
    flow = flowing(holder, theme.size("gap") + theme.size("unit"), theme.size("unit"))
    if item.lower_label:
        flow.addWidget(words_label(item.lower_label, "muted"))
    for button in buttons:
        flow.addWidget(button)
    if item.upper_label:
        flow.addWidget(words_label(item.upper_label, "muted"))
    return holder
