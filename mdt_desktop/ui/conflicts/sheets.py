"""The sheets of the page: another value, whom to ask, another NHS number, why something is given up."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from mdt_desktop.domain.dates import UNKNOWN_DATE
from mdt_desktop.domain.questionnaire import Item, ItemType, Value
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.services.sync_views import ConflictView, DuplicateView, EditorKind
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.number_box import NumberBox
from mdt_desktop.words import words

_MOST = 1_000_000_000
_NONE = "\x00"
Save = Callable[[Any], None]


class ThirdSheet(FormSheet):
    """Another value than both, given with the field's own editor; it begins with the value in force."""

    def __init__(self, host: QWidget, conflict: ConflictView, today: date, on_save: Callable[["ThirdSheet"], None]):
        super().__init__(words("sync.inbox.third_title"), words("sync.inbox.third_save"), host, lambda: on_save(self))
        self.conflict = conflict
        self.add(words_label(conflict.person, "strong", wraps=True))
        self.add(words_label(conflict.record, "muted", wraps=True))
        self._day: Value | None = None
        self.editor = self._made(conflict, today)
        name = conflict.field[:1].upper() + conflict.field[1:]
        self.field = Field(name, self.editor)
        self.add(self.field)
        for side in (conflict.mine, conflict.theirs):
            self.add(words_label(f"{side.by}: {side.value}", "help", wraps=True))
        self.finish_form()

    def _made(self, conflict: ConflictView, today: date) -> QWidget:
        spec, now = conflict.third, conflict.raw_in_force
        match spec.kind:
            case EditorKind.PARAGRAPHS:
                return GrowingTextEdit(str(now or ""), lines=4)
            case EditorKind.CHOICE | EditorKind.YES_NO:
                choices = list(spec.choices)
                if spec.kind is EditorKind.YES_NO:
                    choices = [("true", words("record.yes")), ("false", words("record.no"))]
                    now = "true" if now else "false"
                if spec.may_be_empty:
                    choices.insert(0, (_NONE, words("sync.inbox.third_empty")))
                return chooser(conflict.field, choices, _NONE if now is None else str(now))
            case EditorKind.NUMBER:
                box = NumberBox(0, _MOST)
                box.setValue(int(now or 0))
                return box
            case EditorKind.DAY:
                return self._day_field(now, today)
            case _:
                line = QLineEdit(str(now or ""))
                if spec.longest:
                    line.setMaxLength(spec.longest)
                return line

    def _day_field(self, now: Any, today: date) -> QWidget:
        field = DateField(Item("day", self.conflict.field, ItemType.DATE), lambda: today)
        if now:
            self._day = date.fromisoformat(str(now))
            field.show_values({"": self._day})
        field.answered.connect(self._on_day)
        return field

    def _on_day(self, _: str, value: object) -> None:
        self._day = value if isinstance(value, date) else None

    @property
    def value(self) -> Any:
        """What was given, as the record holds it."""
        editor, kind = self.editor, self.conflict.third.kind
        if isinstance(editor, QPlainTextEdit):
            return editor.toPlainText()
        if isinstance(editor, QLineEdit):
            return editor.text().strip()
        if isinstance(editor, NumberBox):
            return editor.value()
        if isinstance(editor, QComboBox):
            key = editor.currentData()
            if key == _NONE:
                return None
            return key == "true" if kind is EditorKind.YES_NO else key
        day = self._day
        return day.isoformat() if isinstance(day, date) and day != UNKNOWN_DATE else None


class AskSheet(FormSheet):
    """Whom to ask."""

    def __init__(
        self,
        host: QWidget,
        conflict: ConflictView,
        everybody: Sequence[PractitionerSummary],
        on_save: Callable[["AskSheet"], None],
    ) -> None:
        super().__init__(words("sync.inbox.ask_title"), words("sync.inbox.ask_save"), host, lambda: self._save(on_save))
        self.conflict = conflict
        what = words("sync.inbox.what", record=conflict.record, field=conflict.field)
        self.add(words_label(what, "strong", wraps=True))
        choices = [("", words("sync.inbox.third_choose"))]
        if conflict.asked:
            choices.append((_NONE, words("sync.inbox.ask_nobody")))
        choices += [
            (it.id, words("worklist.give.who", name=it.name, works_for=it.works_for))
            for it in sorted(everybody, key=lambda it: it.name)
            if it.active
        ]
        self.who = chooser(words("sync.inbox.ask_who"), choices)
        self.field = Field(words("sync.inbox.ask_who"), self.who, words("sync.inbox.ask_help"))
        self.add(self.field)
        self.finish_form()

    def _save(self, on_save: Callable[["AskSheet"], None]) -> None:
        chosen = bool(self.who.currentData())
        self.field.show_error("" if chosen else words("sync.inbox.ask_missing"))
        if chosen:
            on_save(self)

    @property
    def practitioner_id(self) -> str | None:
        """Who was chosen; None for nobody in particular."""
        key = str(self.who.currentData())
        return None if key == _NONE else key

    @property
    def name(self) -> str:
        """Their name."""
        return self.who.currentText().partition(",")[0]


class ApartSheet(FormSheet):
    """Another NHS number for the person who was added on this laptop, or none."""

    def __init__(self, host: QWidget, pair: DuplicateView, on_save: Callable[["ApartSheet"], None]) -> None:
        super().__init__(words("sync.duplicate.apart"), words("sync.duplicate.apart_save"), host, lambda: on_save(self))
        self.pair = pair
        self.add(words_label(pair.mine, "strong", wraps=True))
        self.number = QLineEdit()
        self.number.setMaxLength(20)
        self.field = Field(words("sync.duplicate.number"), self.number, words("sync.duplicate.apart_why"))
        self.add(self.field)
        self.finish_form()


class GiveUpSheet(FormSheet):
    """Why something that was written and not sent is given up."""

    def __init__(
        self, host: QWidget, title: str, what: str, why: str, on_save: Callable[["GiveUpSheet"], None]
    ) -> None:
        super().__init__(title, words("sync.queue.discard"), host, lambda: on_save(self))
        self.add(words_label(what, "strong", wraps=True))
        self.add(words_label(why, "body", wraps=True))
        self.reason = QLineEdit()
        self.reason.setMaxLength(2000)
        self.field = Field(words("sync.queue.reason"), self.reason, words("sync.queue.reason_help"))
        self.add(self.field)
        self.finish_form()
