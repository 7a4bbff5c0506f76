"""The parts of the plan that are running text or a single field: About me, strengths, agreement and review."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import ABOUT_ME
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.services.plan_desk import PlanSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.care_plan.fields import ChoiceCombo, DayEdit, Desk, PlanEdit, labelled, line_edit
from mdt_desktop.ui.unsettled_mark import UnsettledMark
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.side_by_side import SideBySide
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.services.unsettled import Unsettled

_ROOM_FOR_ONE = 200  # pixels at 100 % text; a reviewer's name and role take two of them


class PlanText(QWidget):
    """A heading, a question as help, and a text: a field while it may be changed, else words that can be copied."""

    edited = Signal(str, str)

    def __init__(self, name: str, heading: str, help_text: str, *, read_only: bool, lines: int = 2) -> None:
        super().__init__()
        self.name = name
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.edit: PlanEdit | None = None
        self.words: QLabel | None = None
        self._heading = words_label(heading, "strong")
        self.mark = UnsettledMark()
        top = QHBoxLayout()
        top.setSpacing(theme.size("unit") * 2)
        if heading:
            top.addWidget(self._heading)
        top.addWidget(self.mark)
        top.addStretch(1)
        column.addLayout(top)
        if read_only:
            self.words = words_label("", "body", wraps=True, selectable=True)
            column.addWidget(self.words)
            return
        if help_text:
            column.addWidget(words_label(help_text, "help", wraps=True))
        self.edit = PlanEdit(lines=lines)
        self.edit.setAccessibleName(heading or help_text)
        self.edit.setAccessibleDescription(help_text)
        self._heading.setBuddy(self.edit)
        self.edit.textChanged.connect(self._on_changed)
        column.addWidget(self.edit)

    def show_text(self, text: str) -> None:
        """Show it without telling of it; a field that says the same keeps its cursor."""
        if self.words is not None:
            self.words.setText(text.strip() or words("form.not_answered"))
            theme.set_kind(self.words, "body" if text.strip() else "muted")
        elif self.edit is not None and self.edit.toPlainText() != text:
            self.edit.blockSignals(True)
            self.edit.setPlainText(text)
            self.edit.blockSignals(False)
            self.edit.document().setModified(False)

    def show_unsettled(self, found: "Unsettled | None") -> None:
        """Mark it where two people wrote it differently."""
        self.mark.show_open(found, self.edit)

    def _on_changed(self) -> None:
        if self.edit is not None:
            self.edited.emit(self.name, self.edit.toPlainText())


class TextsCard(Card):
    """Cards of texts that belong to the plan itself. `edited` carries the changed fields."""

    edited = Signal(object)

    def __init__(self, heading: str, summary: str, *, read_only: bool) -> None:
        super().__init__(heading, "" if read_only else summary)
        self._read_only = read_only
        self.texts: dict[str, PlanText] = {}
        self.body.setSpacing(theme.size("gap"))

    def add_text(self, name: str, heading: str, help_text: str, lines: int = 2) -> None:
        """One more text."""
        text = PlanText(name, heading, help_text, read_only=self._read_only, lines=lines)
        text.edited.connect(lambda field, typed: self.edited.emit({field: typed}))
        self.texts[name] = text
        self.body.addWidget(text)

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show every text."""
        for name, text in self.texts.items():
            text.show_text(values[name])

    def show_unsettled(self, found: "Mapping[str, Unsettled]") -> None:
        """Mark the texts, by column, that two people wrote differently."""
        for name, text in self.texts.items():
            text.show_unsettled(found.get(name))

    def marks(self) -> list[UnsettledMark]:
        """The mark of every text."""
        return [text.mark for text in self.texts.values()]


class AboutCard(TextsCard):
    """The seven parts of About me in the order of the standard, and who helped to write them."""

    def __init__(self, *, read_only: bool) -> None:
        super().__init__(words("care_plan.about"), words("care_plan.about_help"), read_only=read_only)
        for name in ABOUT_ME:
            self.add_text(name, label(f"about_me.{name}"), words(f"care_plan.about.{name}"), lines=1)
        self._helped: Any = None
        self.helped_mark = UnsettledMark(self)
        if read_only:
            self._helped = words_label("", "muted", wraps=True, selectable=True)
            self.body.addWidget(self._helped)
        else:
            self._helped = line_edit("", lambda text: self.edited.emit({"supported_by": text}))
            self.body.addLayout(labelled(label("plan_part.supported_by"), self._helped, mark=self.helped_mark))

    def show_values(self, values: Mapping[str, Any]) -> None:
        super().show_values(values)
        name = values["supported_by"]
        if self._read_only:
            self._helped.setText(f"{label('plan_part.supported_by')}: {name}" if name else "")
            self._helped.setVisible(bool(name))
        elif self._helped.text() != name:
            self._helped.setText(name)

    def show_unsettled(self, found: "Mapping[str, Unsettled]") -> None:
        super().show_unsettled(found)
        if not self._read_only:
            self.helped_mark.show_open(found.get("supported_by"), self._helped)

    def marks(self) -> list[UnsettledMark]:
        return [*super().marks(), self.helped_mark]


class StrengthsCard(TextsCard):
    """What the person is good at and what helps them."""

    def __init__(self, *, read_only: bool) -> None:
        super().__init__(words("care_plan.strengths"), words("care_plan.strengths_help"), read_only=read_only)
        self.add_text("strengths", "", words("care_plan.strengths") if read_only else "", lines=2)
        edit = self.texts["strengths"].edit
        if edit is not None:
            edit.setAccessibleName(words("care_plan.strengths"))
            edit.setAccessibleDescription(words("care_plan.strengths_help"))


class ReviewCard(Card):
    """Who agreed the plan, when it is reviewed and by whom, and who pays."""

    edited = Signal(object)

    def __init__(self, desk: Desk, *, read_only: bool) -> None:
        super().__init__(words("care_plan.review"))
        self._desk, self._read_only = desk, read_only
        self.agreed = words_label("", "body", wraps=True, selectable=True)
        self.body.addWidget(self.agreed)
        self.day = DayEdit(desk.today)
        self.day.told.connect(lambda day: self.edited.emit({"review_due": day}))
        people = list(desk.practitioners.values())
        texts = [f"{it.name}, {label(it.role)}" for it in people]
        self.reviewer = ChoiceCombo([it.id for it in people], texts, words("care_plan.reviewer_none"))
        self.reviewer.chosen.connect(lambda found: self.edited.emit({"reviewer_id": found}))
        self.funding = line_edit("", lambda text: self.edited.emit({"funding": text}))
        self.facts = words_label("", "body", wraps=True, selectable=True)
        self._marks = {name: UnsettledMark(self) for name in ("review_due", "reviewer_id", "funding")}
        if read_only:
            self.body.addWidget(self.facts)
            for unused in (self.day, self.reviewer, self.funding):
                unused.setParent(self)
                unused.hide()
            return
        row = SideBySide(_ROOM_FOR_ONE)
        marks, help_text = self._marks, words("care_plan.funding_help")
        row.add(labelled(words("care_plan.review_due"), self.day, names=self.day.edit, mark=marks["review_due"]), 1)
        row.add(labelled(words("care_plan.reviewer"), self.reviewer, mark=marks["reviewer_id"]), 2)
        self.body.addWidget(row)
        self.body.addLayout(labelled(words("care_plan.funding"), self.funding, help_text, mark=marks["funding"]))

    def show_unsettled(self, found: "Mapping[str, Unsettled]") -> None:
        """Mark the fields, by column, that two people wrote differently."""
        if not self._read_only:
            fields = {"review_due": self.day.edit, "reviewer_id": self.reviewer, "funding": self.funding}
            for name, field in fields.items():
                self._marks[name].show_open(found.get(name), field)

    def marks(self) -> list[UnsettledMark]:
        """The mark of every field."""
        return [*self._marks.values()]

    def show_plan(self, plan: PlanSummary, values: Mapping[str, Any]) -> None:
        """Show agreement and review; `values` are the fields as they stand in the editor."""
        self.agreed.setText(_agreement(plan))
        theme.set_kind(self.agreed, "body" if plan.agreed_on else "muted")
        if self._read_only:
            pairs = (
                ("care_plan.review_due", cui_date(plan.review_due) if plan.review_due else ""),
                ("care_plan.reviewer", plan.reviewer_name),
                ("care_plan.funding", plan.funding),
            )
            self.facts.setText("\n".join(f"{words(key)}: {text}" for key, text in pairs if text))
            return
        self.day.show_day(values["review_due"])
        self.reviewer.show_member(values["reviewer_id"])
        if self.funding.text() != values["funding"]:
            self.funding.setText(values["funding"])


def _agreement(plan: PlanSummary) -> str:
    if not plan.agreed_on:
        return words("care_plan.not_agreed")
    role = plan.agreed_role or (label(plan.agreed_with) if plan.agreed_with else "")
    who = f"{plan.agreed_name} ({role})" if role else plan.agreed_name
    lines = (
        words("care_plan.agreed_line", name=who, date=cui_date(plan.agreed_on)),
        words("care_plan.recorded_line", name=plan.agreed_by),
    )
    return "\n".join(lines)
