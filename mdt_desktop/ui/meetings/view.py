"""What the page of meetings shows, read in one trip by the reader thread, and the sentences made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.meeting import AttendanceState, ChairedBy, MeetingState, chaired_by
from mdt_desktop.domain.quorum import Present, QuorumPart, QuorumRule, missing_for_quorum
from mdt_desktop.services.agendas import AgendaProposal, ItemSummary, Readiness
from mdt_desktop.services.chasing import ChaseList
from mdt_desktop.services.meeting_closing import Minutes
from mdt_desktop.services.meetings import AttendanceSummary, MeetingSummary, MemberSummary, SeriesSummary
from mdt_desktop.words import label, words


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series with who belongs to it, the next day without a meeting, and whose turn the chair is then."""

    series: SeriesSummary
    members: tuple[MemberSummary, ...]
    next_day: date

    @property
    def next_side(self) -> ChairedBy:
        """Which side chairs the next meeting that is planned."""
        return chaired_by(self.series.first_chaired_by, self.series.meetings)


@dataclass(frozen=True, slots=True)
class MeetingsView:
    """The list: coming meetings (the next first), past ones (the latest first), and the series."""

    upcoming: tuple[MeetingSummary, ...]
    past: tuple[MeetingSummary, ...]
    series: tuple[SeriesView, ...]
    today: date


@dataclass(frozen=True, slots=True)
class PlanningView:
    """One meeting before it is sealed. `proposal` is what the agenda would be; None once the meeting has begun."""

    meeting: MeetingSummary
    items: tuple[ItemSummary, ...]
    readiness: Mapping[str, Readiness]
    proposal: AgendaProposal | None
    attendance: tuple[AttendanceSummary, ...]
    quorum: QuorumRule
    chase: ChaseList
    today: date

    @property
    def is_planned(self) -> bool:
        """Whether the meeting has not begun."""
        return self.meeting.state is MeetingState.PLANNED


def load_list(services: Services) -> MeetingsView:
    """Read the list."""
    book = services.meetings
    series = tuple(SeriesView(it, tuple(book.members(it.id)), book.next_day(it)) for it in book.all_series())
    return MeetingsView(tuple(book.upcoming()), tuple(book.past()), series, services.access.today())


def load_planning(services: Services, meeting_id: str) -> PlanningView:
    """Read one meeting to plan it. Raises `NotFound`."""
    book, agendas = services.meetings, services.agendas
    meeting = book.meeting(meeting_id)
    series = next((it for it in book.all_series() if it.id == meeting.series_id), None)
    planned = meeting.state is MeetingState.PLANNED
    return PlanningView(
        meeting,
        tuple(agendas.items(meeting_id)),
        {it.item.id: it for it in agendas.readiness(meeting_id)},
        agendas.propose(meeting_id) if planned else None,
        tuple(book.attendance(meeting_id)),
        series.quorum if series is not None else QuorumRule(),
        services.chasing.chase(meeting_id),
        services.access.today(),
    )


def load_minutes(services: Services, meeting_id: str) -> Minutes:
    """Read a meeting that is over. Raises `NotFound`."""
    return services.meeting_closing.minutes(meeting_id)


def meeting_name(meeting: MeetingSummary) -> str:
    """The name of the series, or what a single meeting is called."""
    return meeting.series_name or words("meetings.single", locality=meeting.locality_name)


def day_words(day: date) -> str:
    """`Thu 26-Nov-2026`."""
    return f"{words(f'meetings.weekday_short.{day.weekday()}')} {cui_date(day)}"


def clock_after(starts_at: str, minutes: int) -> str:
    """The time of day some minutes after a start given as `HH:MM`."""
    begins = datetime.combine(date.min + timedelta(days=1), time.fromisoformat(starts_at))
    return f"{begins + timedelta(minutes=minutes):%H:%M}"


def when_words(meeting: MeetingSummary) -> str:
    """Day, start and end."""
    return words(
        "meetings.when",
        day=day_words(meeting.day),
        start=meeting.starts_at,
        end=clock_after(meeting.starts_at, meeting.length_minutes),
    )


def chair_words(meeting: MeetingSummary) -> str:
    """Who chairs, and for which side."""
    if not meeting.chair_name:
        return words("meetings.chair_side", side=label(meeting.chaired_by))
    return words("meetings.chair_named", name=meeting.chair_name, side=label(meeting.chaired_by))


def header_words(meeting: MeetingSummary) -> str:
    """When, where and under whom, in one line."""
    chair = words("meetings.header_chair", chair=chair_words(meeting))
    return " · ".join(part for part in (when_words(meeting), meeting.place, chair) if part)


def cases_words(meeting: MeetingSummary) -> str:
    """How many people are on the agenda, or were."""
    if meeting.to_discuss == meeting.to_note == 0:
        is_over = meeting.state in (MeetingState.SEALED, MeetingState.CANCELLED)
        return words("meetings.cases.nobody" if is_over else "meetings.cases.none")
    if not meeting.to_note:
        return words("meetings.cases.discuss", discuss=meeting.to_discuss)
    return words("meetings.cases", discuss=meeting.to_discuss, note=meeting.to_note)


def people_words(count: int) -> str:
    """ "1 person", "12 people"."""
    return words("meetings.person") if count == 1 else words("meetings.people", count=count)


def expected_quorum(view: PlanningView) -> tuple[QuorumPart, ...]:
    """What would be missing for a quorum if just those came who are expected; who knows whom is asked per case."""
    rule = QuorumRule(view.quorum.chair, view.quorum.health, view.quorum.social_care, knows_person=False)
    coming = [
        Present(it.practitioner_id, it.discipline, it.practitioner_id == view.meeting.chair_id)
        for it in view.attendance
        if it.state in (AttendanceState.EXPECTED, AttendanceState.PRESENT)
    ]
    return missing_for_quorum(rule, coming)
