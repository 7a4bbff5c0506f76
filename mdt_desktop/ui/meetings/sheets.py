"""The sheets of meetings: plan one, change one, and say why somebody or a meeting is taken off."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QComboBox, QLineEdit, QTimeEdit, QWidget

from mdt_desktop.domain.dates import cui_date, read_date
from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.domain.meeting import DEFAULT_LENGTH_MINUTES, ChairedBy
from mdt_desktop.services.directory import LocalitySummary, PractitionerSummary
from mdt_desktop.services.meetings import MeetingSummary
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.meetings.view import SeriesView, meeting_name
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.number_box import NumberBox
from mdt_desktop.words import label, words

_BOX_CHARACTERS = 20
_SHORTEST, _LONGEST = 10, 480
CLOCK = "HH:mm"
_PAD = 8


class NoMeetingDay(BadInput):
    """The day of a meeting is a calendar day."""

    code = "no_meeting_day"


def line_edit(text: str, longest: int) -> QLineEdit:
    """A line of a sheet, shown from its beginning."""
    edit = QLineEdit(text)
    edit.setMaxLength(longest)
    edit.setCursorPosition(0)
    return edit


def box(name: str, choices: Sequence[tuple[str, str]], current: str = "") -> QComboBox:
    """A list of a sheet, as wide as the sheet whatever its longest choice."""
    made = chooser(name, choices, current)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(_BOX_CHARACTERS)
    return made


def time_edit(starts_at: str) -> QTimeEdit:
    """The time of day a meeting begins, on the 24-hour clock."""
    edit = QTimeEdit(QTime.fromString(starts_at, CLOCK))
    edit.setDisplayFormat(CLOCK)
    # The style sheet does not reach the field inside, so its distance from the border is set here.
    edit.lineEdit().setTextMargins(_PAD, 0, 0, 0)
    return edit


def length_box(minutes: int) -> NumberBox:
    """How long a meeting takes."""
    made = NumberBox(_SHORTEST, _LONGEST)
    made.setSingleStep(5)
    made.setValue(minutes)
    made.setSuffix(words("meetings.minutes.suffix"))
    return made


def chairs(everybody: Sequence[PractitionerSummary], nobody: str = "meetings.field.no_chair") -> list[tuple[str, str]]:
    """Everybody who works here, to choose who chairs."""
    return [
        ("", words(nobody)),
        *((it.id, words("meetings.field.person", name=it.name, discipline=it.discipline)) for it in everybody),
    ]


class ReasonSheet(FormSheet):
    """Asks why, and does it then. `on_reason` gets the words, which are not empty."""

    def __init__(self, title: str, verb: str, question: str, host: QWidget, on_reason: Callable[[str], object]) -> None:
        super().__init__(title, verb, host, self._on_save)
        self.setObjectName("reason_sheet")
        self._go_on = on_reason
        self.reason = line_edit("", 500)
        self.reason.returnPressed.connect(self.save.click)
        self.field = Field(question, self.reason)
        self.add(self.field)
        self.finish_form()

    def _on_save(self) -> None:
        reason = self.reason.text().strip()
        if not reason:
            self.field.show_error(words("meetings.reason_needed"))
            return
        self.saving()
        self._go_on(reason)

    def refuse(self, problem: Exception) -> None:
        """Say why it was not done."""
        self.show_problem(Messages.words_of(problem))


class DaySheet(FormSheet):
    """What all sheets about one meeting share: its day as it is typed, and being refused."""

    today: date

    def read_day(self, field: Field, edit: QLineEdit) -> date | None:
        """The day that is typed; None, with the error at its field, where it is none."""
        try:
            found = read_date(edit.text().strip(), self.today)
            if not isinstance(found, date):
                raise NoMeetingDay
        except MdtError as problem:
            field.show_error(Messages.words_of(problem))
            return None
        field.show_error("")
        return found

    def refuse(self, problem: Exception) -> None:
        """Say why it was not recorded; everything that was typed stays."""
        self.show_problem(Messages.words_of(problem))
        self.reveal(self.problem)


class PlanSheet(DaySheet):
    """Plan the next meeting of a series, or a single one. `on_plan` gets the series' id or "", and the values."""

    def __init__(
        self,
        host: QWidget,
        series: Sequence[SeriesView],
        localities: Sequence[LocalitySummary],
        today: date,
        chosen: SeriesView | None,
        on_plan: Callable[["PlanSheet", str, Mapping[str, Any]], object],
    ) -> None:
        super().__init__(words("meetings.plan.title"), words("meetings.plan.verb"), host, self._on_save)
        self.setObjectName("plan_sheet")
        self.today, self._go_on = today, on_plan
        self._series = {it.series.id: it for it in series if it.series.active}
        choices = [(key, it.series.name) for key, it in self._series.items()]
        first = chosen.series.id if chosen is not None else next(iter(self._series), "")
        self.series = box(words("meetings.field.series"), [*choices, ("", words("meetings.field.no_series"))], first)
        self.day = line_edit("", 40)
        self.day.returnPressed.connect(self.save.click)
        self.locality = box(words("meetings.field.locality"), [(it.id, it.name) for it in localities])
        self.starts_at = time_edit("14:00")
        self.length = length_box(DEFAULT_LENGTH_MINUTES)
        self.place = line_edit("", 300)
        self.day_field = Field(words("meetings.field.day"), self.day, words("meetings.field.day_help"))
        self.add(Field(words("meetings.field.series"), self.series))
        self.add(self.day_field)
        self.alone = [
            Field(words("meetings.field.locality"), self.locality),
            Field(words("meetings.field.starts_at"), self.starts_at),
            Field(words("meetings.field.length"), self.length),
            Field(words("meetings.field.place"), self.place),
        ]
        for field in self.alone:
            self.add(field)
        self.told = words_label("", "muted", wraps=True)
        self.add(self.told)
        self.series.currentIndexChanged.connect(self._on_series)
        self.finish_form()
        self._on_series()

    def _on_series(self) -> None:
        found = self._series.get(str(self.series.currentData() or ""))
        for field in self.alone:
            field.setVisible(found is None)
        if found is not None:
            self.day.setText(cui_date(found.next_day))
            side = label(found.next_side)
            self.told.setText(words("meetings.plan.told", people=len(found.members), side=side))
        self.told.setVisible(found is not None)

    def _on_save(self) -> None:
        day = self.read_day(self.day_field, self.day)
        if day is None:
            return
        series_id = str(self.series.currentData() or "")
        values: dict[str, Any] = {"day": day}
        if not series_id:
            values |= {
                "starts_at": self.starts_at.time().toString(CLOCK), "length_minutes": self.length.value(),
                "place": self.place.text().strip(), "locality_id": str(self.locality.currentData() or ""),
            }  # fmt: skip
        self.saving()
        self._go_on(self, series_id, values)


class MeetingSheet(DaySheet):
    """Change one meeting without touching its series; `on_cancel` asks for the reason first."""

    def __init__(
        self,
        host: QWidget,
        meeting: MeetingSummary,
        everybody: Sequence[PractitionerSummary],
        today: date,
        on_save: Callable[["MeetingSheet", Mapping[str, Any]], object],
        on_cancel: Callable[[], object],
    ) -> None:
        super().__init__(meeting_name(meeting), words("meetings.save"), host, self._on_save)
        self.setObjectName("meeting_sheet")
        self.today, self._go_on, self._meeting = today, on_save, meeting
        self.day = line_edit(cui_date(meeting.day), 40)
        self.starts_at = time_edit(meeting.starts_at)
        self.length = length_box(meeting.length_minutes)
        self.place = line_edit(meeting.place, 300)
        self.link = line_edit(meeting.link, 500)
        self.side = box(
            words("meetings.field.side"), [(it.value, label(it)) for it in ChairedBy], meeting.chaired_by.value
        )
        self.chair = box(words("meetings.field.chair"), chairs(everybody), meeting.chair_id or "")
        self.purpose = GrowingTextEdit(meeting.purpose, lines=2, most_lines=6)
        self.day_field = Field(words("meetings.field.day"), self.day, words("meetings.field.day_help"))
        self.add(words_label(words("meetings.change.only_this"), "muted", wraps=True))
        self.add(self.day_field)
        for key, widget in (
            ("starts_at", self.starts_at), ("length", self.length), ("place", self.place), ("link", self.link),
            ("side", self.side), ("chair", self.chair), ("purpose", self.purpose),
        ):  # fmt: skip
            self.add(Field(words(f"meetings.field.{key}"), widget))
        self.cancel = Button(words("meetings.cancel"), on_cancel, "danger")
        self.cancel.setObjectName("cancel_meeting")
        self.foot.addWidget(self.cancel)
        self.finish_form()

    def _on_save(self) -> None:
        day = self.read_day(self.day_field, self.day)
        if day is None:
            return
        self.saving()
        self._go_on(
            self,
            {
                "day": day, "starts_at": self.starts_at.time().toString(CLOCK), "length_minutes": self.length.value(),
                "place": self.place.text().strip(), "link": self.link.text().strip(),
                "purpose": self.purpose.toPlainText().strip()[:2000], "chaired_by": ChairedBy(self.side.currentData()),
                "chair_id": str(self.chair.currentData() or "") or None,
            },
        )  # fmt: skip
