"""Fields of the plan: who does it, when, a scale of ten, a choice, a date, and a field with its label."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import IMPORTANCE
from mdt_desktop.domain.dates import UNKNOWN_DATE, DateAmbiguous, cui_date, read_date
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.services.plan_desk import PractitionerSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.choice_fields import QuietCombo
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.words import label, words

SHORT = 200
"""Characters that a one-line field of the plan may have (as the record allows)."""


def labelled(
    text: str, field: QWidget, help_text: str = "", *, names: QWidget | None = None, mark: QWidget | None = None
) -> QVBoxLayout:
    """A field under its label, with a line of help between; `names` is the input inside a field of several parts,
    `mark` stands beside the label."""
    column = QVBoxLayout()
    column.setSpacing(2)
    if mark is None:
        column.addWidget(FieldLabel(text, names or field))
    else:
        top = QHBoxLayout()
        top.addWidget(FieldLabel(text, names or field))
        top.addWidget(mark)
        top.addStretch(1)
        column.addLayout(top)
    if help_text:
        column.addWidget(words_label(help_text, "help", wraps=True))
        (names or field).setAccessibleDescription(help_text)
    column.addWidget(field)
    return column


class PlanEdit(GrowingTextEdit):
    """A growing text that leaves the wheel to the page while all of it is visible."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.verticalScrollBar().maximum() == 0:
            event.ignore()
        else:
            super().wheelEvent(event)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every row of a plan knows: who works here, what day it is."""

    practitioners: Mapping[str, PractitionerSummary]
    today: date

    def name(self, practitioner_id: str | None) -> str:
        """The practitioner's name; empty for none."""
        found = self.practitioners.get(practitioner_id or "")
        return found.name if found else ""


def line_edit(text: str, on_edit: Callable[[str], None], longest: int = SHORT) -> QLineEdit:
    """One line that takes no more than the record can hold."""
    edit = QLineEdit(text)
    edit.setMaxLength(longest)
    edit.textEdited.connect(on_edit)
    return edit


class ChoiceCombo(QuietCombo):
    """One member of an enumeration, or of a scale; `chosen` carries it, None for the first line."""

    chosen = Signal(object)

    def __init__(self, members: Sequence[Any], texts: Sequence[str], none: str = "") -> None:
        super().__init__()
        self._members: list[Any] = [None, *members] if none else list(members)
        self.addItems([none, *texts] if none else list(texts))
        self.activated.connect(lambda place: self.chosen.emit(self._members[place]))

    def show_member(self, member: Any) -> None:
        """Show it without telling of it."""
        if member in self._members:
            self.setCurrentIndex(self._members.index(member))

    @property
    def member(self) -> Any:
        """What is chosen."""
        return self._members[self.currentIndex()] if self.currentIndex() >= 0 else None


def enum_combo(kind: type[StrEnum], none: str = "") -> ChoiceCombo:
    """A choice of an enumeration's members by their labels."""
    return ChoiceCombo(list(kind), [label(member) for member in kind], none)


def scale_combo() -> ChoiceCombo:
    """1 to 10, or not said."""
    return ChoiceCombo(list(IMPORTANCE), [str(number) for number in IMPORTANCE], words("care_plan.not_said"))


class WhoEdit(QWidget):
    """Who does it: a practitioner from the directory, offered while typing, or any name.

    `named` carries the practitioner's id (None for a name written by hand) and that name.
    """

    named = Signal(object, str)

    def __init__(self, desk: Desk, practitioner_id: str | None, who: str) -> None:
        super().__init__()
        self._desk = desk
        self._completer: QCompleter | None = None
        self.edit = line_edit(desk.name(practitioner_id) or who, self._on_edited)
        self.edit.installEventFilter(self)
        self.hint = words_label("", "help", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.edit)
        column.addWidget(self.hint)
        self.setFocusProxy(self.edit)
        self._show_hint(practitioner_id)

    def show_name(self, practitioner_id: str | None, who: str) -> None:
        """Show another owner without telling of it."""
        self.edit.setText(self._desk.name(practitioner_id) or who)
        self._show_hint(practitioner_id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.edit.setFocus(event.reason())

    def offer(self) -> QCompleter:
        """The list under the field; made when somebody begins to type, as it is not needed to read a plan."""
        if self._completer is None:
            texts = [_display(it) for it in self._desk.practitioners.values()]
            completer = QCompleter(QStringListModel(texts, self), self)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            # Queued, or the completer would write its whole line over the name.
            completer.activated.connect(self._on_picked, Qt.ConnectionType.QueuedConnection)
            self.edit.setCompleter(completer)
            self._completer = completer
        return self._completer

    def _on_edited(self, text: str) -> None:
        completer = self.offer()
        completer.setCompletionPrefix(text)
        found = self._matching(text)
        self._show_hint(found)
        self.named.emit(found, "" if found else text.strip())

    def _on_picked(self, text: str) -> None:
        found = self._matching(text)
        if found:
            self.show_name(found, "")
            self.named.emit(found, "")

    def _matching(self, text: str) -> str | None:
        """The one practitioner whose name, or name and role, this is; none where several have the name."""
        wanted = text.strip().casefold()
        people = self._desk.practitioners
        found = [it.id for it in people.values() if wanted in (it.name.casefold(), _display(it).casefold())]
        return found[0] if len(found) == 1 else None

    def _show_hint(self, practitioner_id: str | None) -> None:
        found = self._desk.practitioners.get(practitioner_id or "")
        self.hint.setText(
            ", ".join(part for part in (label(found.role), found.works_for) if part)
            if found
            else words("care_plan.field.who_help")
        )


def _display(practitioner: PractitionerSummary) -> str:
    return ", ".join(part for part in (practitioner.name, label(practitioner.role), practitioner.works_for) if part)


class WhenEdit(QWidget):
    """A date, or when in words. `told` carries the date (or None) and the words (empty for a date)."""

    told = Signal(object, str)

    def __init__(self, desk: Desk, due: date | None, in_words: str) -> None:
        super().__init__()
        self._today = desk.today
        self.edit = line_edit(in_words or (cui_date(due) if due else ""), self._on_edited)
        self.edit.editingFinished.connect(self._on_finished)
        self.hint = words_label(words("care_plan.field.when_help"), "help", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.edit)
        column.addWidget(self.hint)
        self.setFocusProxy(self.edit)

    def show_when(self, due: date | None, in_words: str) -> None:
        """Show another time without telling of it."""
        self.edit.setText(in_words or (cui_date(due) if due else ""))

    def _on_edited(self, text: str) -> None:
        self.told.emit(*self._read(text))

    def _read(self, text: str) -> tuple[date | None, str]:
        self.hint.setText(words("care_plan.field.when_help"))
        try:
            day = read_date(text, self._today)
        except DateAmbiguous as problem:
            suggestions = " or ".join(cui_date(it) for it in problem.suggestions)
            self.hint.setText(words("care_plan.when_ambiguous", suggestions=suggestions))
            return None, text.strip()
        except BadInput:
            return None, text.strip()
        return (None, text.strip()) if day == UNKNOWN_DATE else (day, "")

    def _on_finished(self) -> None:
        """A date that was understood is written out, so that one sees how."""
        day, _ = self._read(self.edit.text())
        if day is not None:
            self.edit.setText(cui_date(day))


class DayEdit(QWidget):
    """A date alone. `told` carries it, or None for an empty field; what is no date yet is marked and not told."""

    told = Signal(object)
    readable_changed = Signal()

    def __init__(self, today: date, day: date | None = None) -> None:
        super().__init__()
        self._today = today
        self.edit = line_edit(cui_date(day) if day else "", self._on_edited)
        self.edit.editingFinished.connect(self._on_finished)
        self.error = words_label("", "error", wraps=True)
        self.error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.edit)
        column.addWidget(self.error)
        self.setFocusProxy(self.edit)

    @property
    def day(self) -> date | None:
        """The date in the field; None where there is none."""
        try:
            found = read_date(self.edit.text(), self._today)
        except BadInput:
            return None
        return found if isinstance(found, date) else None

    @property
    def is_readable(self) -> bool:
        """Is the field empty or a date?"""
        return not self.edit.text().strip() or self.day is not None

    def show_day(self, day: date | None) -> None:
        """Show another date without telling of it; a field that says the same, or is no date yet, is left alone."""
        if self.is_readable and day != self.day:
            self.edit.setText(cui_date(day) if day else "")

    def clear_text(self) -> None:
        """Drop what is no date: the person chose to leave without it."""
        self.edit.clear()
        self._mark()

    def _on_edited(self, _text: str) -> None:
        if self.is_readable:
            self._mark()
            self.told.emit(self.day)
        self.readable_changed.emit()

    def _on_finished(self) -> None:
        day = self.day
        if day is not None:
            self.edit.setText(cui_date(day))
        self._mark()

    def _mark(self) -> None:
        wrong = not self.is_readable
        self.error.setText(words("care_plan.not_a_date") if wrong else "")
        self.error.setVisible(wrong)
        if bool(self.edit.property("invalid")) is not wrong:
            theme.set_kind(self.edit, "", invalid=wrong)
