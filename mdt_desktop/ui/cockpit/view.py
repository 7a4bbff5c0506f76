"""What the cockpit shows, read in one trip by the reader thread, and the sentences made of it."""

from dataclasses import dataclass
from datetime import date, datetime

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.allocation import NobodyToPropose
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.domain.pulse import PulseResult
from mdt_desktop.services.case_file import LeadProposal, Overview
from mdt_desktop.services.happenings import SinceLastTime
from mdt_desktop.services.meeting_closing import ReadBack
from mdt_desktop.services.meeting_room import Discussion, ItemSummary, Room
from mdt_desktop.services.meetings import MeetingSummary
from mdt_desktop.words import label, words

OPENING, CLOSING = "opening", "closing"
"""The two places of a meeting that are about nobody: who is there, and what is read back."""
_HAPPENED_SHOWN = 4


@dataclass(frozen=True, slots=True)
class PersonInTheRoom:
    """One person as the meeting sees them."""

    discussion: Discussion
    overview: Overview
    since: SinceLastTime
    proposal: LeadProposal | None

    @property
    def item(self) -> ItemSummary:
        """Their place on the agenda."""
        return self.discussion.item

    @property
    def earlier_words(self) -> str:
        """What mattered to them when the plan in force was written."""
        plan = self.overview.plan
        return plan.about_me.get("most_important", "").strip() if plan is not None else ""


@dataclass(frozen=True, slots=True)
class CockpitView:
    """The meeting, and the person whose turn it is; None at its opening and its closing."""

    room: Room
    person: PersonInTheRoom | None
    place: str
    today: date


def load(services: Services, meeting_id: str, place: str = "") -> CockpitView:
    """Read a place of a meeting: an item's id, `opening`, `closing`, or empty for where the meeting is.

    Raises `NotFound`.
    """
    room = services.meeting_room.room(meeting_id)
    there = {it.id for it in room.items}
    if place not in (OPENING, CLOSING) and place not in there:
        place = room.meeting.current_item_id or (CLOSING if room.meeting.state is MeetingState.SEALED else OPENING)
    person = None if place in (OPENING, CLOSING) else load_person(services, place)
    return CockpitView(room, person, place, services.access.today())


def load_person(services: Services, item_id: str) -> PersonInTheRoom:
    """Read one person; raises `NotFound`."""
    discussion = services.meeting_room.discussion(item_id)
    overview = services.case_file.overview(discussion.item.person_id)
    try:
        proposal = services.case_file.proposal(discussion.item.case_id)
    except NobodyToPropose:
        proposal = None
    return PersonInTheRoom(discussion, overview, services.happenings.of_person(discussion.item.person_id), proposal)


@dataclass(frozen=True, slots=True)
class ClosingView:
    """What the closing shows: what is read back, the team's pulse, and the next day of the series."""

    back: ReadBack
    pulse: PulseResult | None
    answered: int
    next_day: date | None


def load_closing(services: Services, meeting: MeetingSummary) -> ClosingView:
    """Read the closing of a meeting."""
    series = next((it for it in services.meetings.all_series() if it.id == meeting.series_id), None)
    results = services.meeting_results
    trend = results.pulse_trend(series.id) if series is not None else []
    return ClosingView(
        services.meeting_closing.read_back(meeting.id),
        next((it.result for it in trend if it.meeting_day == meeting.day), None),
        results.pulses_answered(meeting.id),
        services.meetings.next_day(series) if series is not None else None,
    )


def clock_words(seconds: int) -> str:
    """ "7:05", "1:02:00" or, of time that is over, "−0:30"."""
    hours, rest = divmod(abs(seconds), 3600)
    minutes, left = divmod(rest, 60)
    shown = f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
    return f"−{shown}" if seconds < 0 else shown


def clock_time(moment: datetime) -> str:
    """The time of day where the laptop is."""
    return f"{moment.astimezone():%H:%M}"


def happened_lines(person: PersonInTheRoom) -> list[str]:
    """What the meeting should know has happened, the latest first, in short sentences."""
    found: list[tuple[date, str]] = []
    for stay in person.since.episodes:
        if stay.discharged_on is None:
            text = words("cockpit.since.in_hospital", day=cui_date(stay.admitted_on), why=stay.reason or stay.hospital)
        else:
            text = words(
                "cockpit.since.was_in_hospital",
                first=cui_date(stay.admitted_on),
                last=cui_date(stay.discharged_on),
                why=stay.reason or stay.hospital,
            )
        found.append((stay.discharged_on or stay.admitted_on, text))
    for it in person.since.happenings:
        text = words("cockpit.since.happened", day=cui_date(it.happened_on), what=label(it.kind), words=it.words)
        found.append((it.happened_on, text.rstrip(": ")))
    for handover in person.since.handovers:
        if handover.understood_at is None:
            sent = handover.sent_at.astimezone().date()
            found.append((sent, words("cockpit.since.handover", day=cui_date(sent), to=handover.to)))
    return [text for _, text in sorted(found, key=lambda it: it[0], reverse=True)[:_HAPPENED_SHOWN]]


def last_discussed(person: PersonInTheRoom) -> str:
    """When the meeting last discussed them and what came of it."""
    earlier = person.discussion.earlier
    if not earlier:
        return words("cockpit.since.never_discussed")
    last = earlier[0]
    outcome = label(last.outcome) if last.outcome is not None else label(last.state)
    return words("cockpit.since.discussed", day=cui_date(last.day), outcome=outcome)
