"""The side sheets that log what happened: one for something new, one to end a stay or a handover."""

from datetime import date

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mdt_desktop.domain.dates import UNKNOWN_DATE
from mdt_desktop.domain.happenings import HappeningKind
from mdt_desktop.domain.questionnaire import Item, ItemType, Value
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.happenings import EpisodeSummary, HandoverSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

KINDS = ("hospital", "carer_crisis", "contingency_triggered", "referral", "handover")
"""What can be logged; each brings the person back to the agenda."""
_LINES = 3


class DayField(QWidget):
    """A day that is typed or picked, under its name; `day` is None while nothing or nothing readable is typed."""

    def __init__(self, name: str, today: date, start: date | None = None) -> None:
        super().__init__()
        self._value: Value | None = start
        self.input = DateField(Item(name, name, ItemType.DATE), lambda: today)
        self.input.answered.connect(self._on_answered)
        if start is not None:
            self.input.show_values({"": start})
        self.field = Field(name, self.input)

    def _on_answered(self, _: str, value: Value | None) -> None:
        self._value = value

    @property
    def day(self) -> date | None:
        """The day typed."""
        return self._value if isinstance(self._value, date) and self._value != UNKNOWN_DATE else None

    @property
    def is_wrong(self) -> bool:
        """Is something typed that is no day?"""
        return bool(self.input.edit.text().strip()) and self.day is None


def _lines(name: str) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setObjectName(name)
    edit.setTabChangesFocus(True)
    edit.setFixedHeight(theme.size("body") * 2 * _LINES)
    return edit


def _line(name: str, longest: int) -> QLineEdit:
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setMaxLength(longest)
    return edit


class HappeningSheet(FormSheet):
    """Logs something new; which fields there are follows from what happened."""

    key = "happening"

    def __init__(self, case: CaseContext, view: CaseView, kind: str = KINDS[0]) -> None:
        super().__init__(words("case.happened.add_title"), words("case.happened.add"), case.host, self._save)
        self._case, self._view = case, view
        names = [(it, words(f"case.happened.kind.{it}")) for it in KINDS]
        self.kind = chooser(words("case.happened.what"), names, kind)
        self.kind.setObjectName("happening_kind")
        self.day = DayField(words("case.happened.day"), view.today, view.today)
        self.home = DayField(words("case.happened.home"), view.today)
        self.hospital = _line("happening_hospital", 200)
        self.text = _lines("happening_words")
        self.next = _line("happening_next", 2000)
        self.to = _line("happening_to", 200)
        self.hospital_field = Field(words("case.happened.hospital"), self.hospital)
        self.text_field = Field(words("case.happened.words"), self.text)
        self.next_field = Field(words("case.happened.next"), self.next, words("case.happened.next_help"))
        self.to_field = Field(words("case.happened.to"), self.to)
        self.means = words_label("", "muted", wraps=True)
        for widget in (
            Field(words("case.happened.what"), self.kind), self.means, self.day.field, self.home.field,
            self.hospital_field, self.to_field, self.text_field, self.next_field,
        ):  # fmt: skip
            self.add(widget)
        self.kind.currentIndexChanged.connect(lambda _: self._show_fields())
        self._show_fields()

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.kind)

    def _show_fields(self) -> None:
        kind = str(self.kind.currentData())
        self.means.setText(words(f"case.happened.means.{kind}"))
        self.day.field.setVisible(kind not in ("referral", "handover"))
        for field in (self.home.field, self.hospital_field):
            field.setVisible(kind == "hospital")
        for field in (self.to_field, self.next_field):
            field.setVisible(kind == "handover")
        name = words(f"case.happened.words.{kind}")
        self.text.setAccessibleName(name)
        self.text.setPlaceholderText(name)

    def _problems(self, kind: str) -> bool:
        """Say at each field what is missing; True where something is."""
        text = self.text.toPlainText().strip()
        passed, dated = kind == "handover", kind not in ("referral", "handover")
        # From the last field to the first: the focus goes to the one that is shown last.
        found = {
            self.next_field: words("case.happened.next_missing") if passed and not self.next.text().strip() else "",
            self.text_field: words("case.happened.words_missing") if kind != "hospital" and not text else "",
            self.to_field: words("case.happened.to_missing") if passed and not self.to.text().strip() else "",
            self.home.field: words("case.happened.day_missing") if kind == "hospital" and self.home.is_wrong else "",
            self.day.field: words("case.happened.day_missing") if dated and self.day.day is None else "",
        }
        for field, problem in found.items():
            field.show_error(problem)
        return any(found.values())

    def _save(self) -> None:
        kind = str(self.kind.currentData())
        if self._problems(kind):
            return
        services, person_id, case_id = self._case.services, self._view.person_id, self._view.case_id
        text, day, home = self.text.toPlainText().strip(), self.day.day or self._view.today, self.home.day
        hospital, to, next_step = self.hospital.text(), self.to.text(), self.next.text()

        def record() -> Changes:
            happenings = services.happenings
            if kind == "hospital":
                return happenings.went_to_hospital(person_id, day, home, hospital=hospital, reason=text)
            if kind == "referral":
                return happenings.refer(case_id, text)
            if kind == "handover":
                return happenings.hand_over(case_id, text, next_step, to_words=to)
            return happenings.happened(person_id, HappeningKind(kind), day, text)

        self._case.save_sheet(self, record, words("case.happened.added", what=words(f"case.happened.kind.{kind}")))


class CameHomeSheet(FormSheet):
    """Ends a stay in hospital."""

    def __init__(self, case: CaseContext, view: CaseView, stay: EpisodeSummary) -> None:
        super().__init__(words("case.happened.home_title"), words("case.happened.home_verb"), case.host, self._save)
        self._case, self._stay = case, stay
        self.day = DayField(words("case.happened.home"), view.today, view.today)
        self.add(self.day.field)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.day.input.edit)

    def _save(self) -> None:
        day = self.day.day
        self.day.field.show_error("" if day else words("case.happened.day_missing"))
        if day is not None:
            services, stay_id = self._case.services, self._stay.id
            self._case.save_sheet(
                self, lambda: services.happenings.came_home(stay_id, day), words("case.happened.home_done")
            )


class SaidBackSheet(FormSheet):
    """Ends a handover: the receiver has said the need back in their own words, and it is right."""

    def __init__(self, case: CaseContext, handover: HandoverSummary) -> None:
        super().__init__(words("case.happened.back_title"), words("case.happened.back_verb"), case.host, self._save)
        self._case, self._handover = case, handover
        self.key = f"said_back:{handover.id}"
        self.add(words_label(handover.need, "strong", wraps=True))
        self.text = _lines("said_back")
        self.text_field = Field(words("case.happened.back", name=handover.to), self.text)
        self.add(self.text_field)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.text)

    def _save(self) -> None:
        text = self.text.toPlainText().strip()
        self.text_field.show_error("" if text else words("case.happened.back_missing"))
        if text:
            services, handover_id = self._case.services, self._handover.id
            self._case.save_sheet(
                self, lambda: services.happenings.understand(handover_id, text), words("case.happened.back_done")
            )
