"""What several papers of a meeting say in the same way: which meeting, who was there, who somebody is, hidden names."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.documents.meeting_paper import AttendeeLine, MeetingBlock, PaperHead, TaskLine
from mdt_desktop.domain.dates import age_on, cui_date, cui_time, long_date
from mdt_desktop.domain.hidden_names import Named, without_names
from mdt_desktop.domain.meeting import AttendanceState, ItemState, MeetingState
from mdt_desktop.domain.meeting_papers import WITHOUT_NAMES, MeetingPaperMark, PaperWanted
from mdt_desktop.domain.people import name_for_the_person, spaced_nhs_number
from mdt_desktop.domain.quorum import QuorumPart, QuorumRule
from mdt_desktop.services.access import Access
from mdt_desktop.store.queries import agenda_items, cases, meetings
from mdt_desktop.store.queries.agenda_items import ItemSummary
from mdt_desktop.store.queries.meetings import AttendanceSummary, MeetingSummary
from mdt_desktop.store.queries.tasks import TaskSummary
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_MARKS = {MeetingState.CANCELLED: MeetingPaperMark.CANCELLED}


def head_of(
    access: Access,
    meeting: MeetingSummary,
    wanted: PaperWanted,
    printed_at: datetime,
    why: str,
    mark: MeetingPaperMark | None = None,
) -> PaperHead:
    """What stands on every paper; `printed_at` in local time."""
    actor = access.actor
    return PaperHead(
        meeting=meeting_block(meeting),
        printed_by=f"{actor.name}, {label(actor.role)}",
        printed_at=printed_at,
        printed_why=why,
        issuer=actor.organisation,
        demo=access.is_demo,
        mark=mark or _MARKS.get(meeting.state),
        names_people=wanted.kind not in WITHOUT_NAMES,
    )


def meeting_block(meeting: MeetingSummary) -> MeetingBlock:
    """The meeting; when it was held, where it was."""
    held = ""
    if meeting.began_at is not None:
        first = cui_time(meeting.began_at.astimezone())
        held = words("meeting_paper.began", first=first)
        if meeting.ended_at is not None:
            last = cui_time(meeting.ended_at.astimezone())
            held = words("meeting_paper.held_from", first=first, last=last)
    return MeetingBlock(
        name=meeting.series_name or meeting.locality_name,
        day=meeting.day,
        starts_at=meeting.starts_at,
        length_minutes=meeting.length_minutes,
        place=meeting.place,
        link=meeting.link,
        chair=meeting.chair_name,
        locality=meeting.locality_name,
        held=held,
        next_day=meeting.next_day,
    )


def attendee(who: AttendanceSummary, note: str = "") -> AttendeeLine:
    """One of those who were there, or are expected."""
    return AttendeeLine(who.name, who.part or label(who.role), who.works_for, note)


def there(who: AttendanceSummary, meeting: MeetingSummary) -> AttendeeLine:
    """One of those who came: in the room or by video, and for which part where it was not the whole."""
    notes = [label(who.mode)]
    began, ended = meeting.began_at, meeting.ended_at
    if who.joined_at is not None and began is not None and (who.joined_at - began).total_seconds() >= 300:
        notes.append(words("meeting_paper.joined", time=cui_time(who.joined_at.astimezone())))
    if who.left_at is not None and (ended is None or who.left_at < ended):
        notes.append(words("meeting_paper.left", time=cui_time(who.left_at.astimezone())))
    return attendee(who, ", ".join(notes))


def of_state(people: Sequence[AttendanceSummary], *states: AttendanceState) -> list[AttendanceSummary]:
    """Those who came, sent apologies, or did not come."""
    return [it for it in people if it.state in states]


def quorum_words(rule: QuorumRule) -> str:
    """Who must be there to agree something, in words."""
    counts = ((QuorumPart.HEALTH, rule.health), (QuorumPart.SOCIAL_CARE, rule.social_care))
    parts = [label(QuorumPart.CHAIR)] if rule.chair else []
    parts += [label(part) if count == 1 else f"{label(part)} ({count})" for part, count in counts if count]
    parts += [label(QuorumPart.KNOWS_PERSON)] if rule.knows_person else []
    return words("meeting_paper.quorum_rule", parts=", ".join(parts)) if parts else words("meeting_paper.quorum_none")


def full_name(item: ItemSummary | TaskSummary) -> str:
    """The name as one would say it."""
    return name_for_the_person(item.family_name, item.given_names, item.title)


def identity(item: ItemSummary, between: str = "  ·  ") -> str:
    """Born and NHS number: with the name they make sure that it is nobody else."""
    number = spaced_nhs_number(item.nhs_number).replace(" ", "\N{NO-BREAK SPACE}")
    return between.join(
        part
        for part in (
            words("meeting_paper.born", day=cui_date(item.born)),
            words("meeting_paper.number", number=number) if number else "",
        )
        if part
    )


def aged(item: ItemSummary, meeting: MeetingSummary) -> str:
    """The age on the day of the meeting: what tells two people of the same initials apart, and nobody else."""
    return words("meeting_paper.aged", age=age_on(item.born, meeting.day))


def named(connection: "Connection", item: ItemSummary, instead: str = "") -> Named:
    """Somebody whose names are taken out of a text, with their initials in their place unless other words are given."""
    person = cases.person(connection, item.person_id)
    return Named(
        person.given_names, person.family_name, person.preferred_name, person.nhs_number, instead or item.initials
    )


class HiddenNames:
    """Takes the names of some people on an agenda out of what was typed."""

    def __init__(self, people: Sequence[Named], kept: Sequence[str] = ()) -> None:
        self._people, self._kept = tuple(people), tuple(kept)

    def __call__(self, text: str) -> str:
        return without_names(text, self._people, self._kept) if text else text


def others_hidden(
    connection: "Connection", meeting_id: str, shown: frozenset[str], kept: Sequence[str], instead: str = ""
) -> HiddenNames:
    """Hides everybody on the agenda but those shown; names in `kept`, theirs and those close to them stay."""
    listed = agenda_items.items(connection, meeting_id)
    staying = [*kept]
    hidden = []
    for item in listed:
        if item.person_id in shown:
            person = cases.person(connection, item.person_id)
            staying += [person.given_names, person.family_name, person.preferred_name]
            staying += [it.name for it in cases.personal_contacts(connection, item.person_id)]
        else:
            hidden.append(named(connection, item, instead))
    return HiddenNames(hidden, staying)


def task_line(task: TaskSummary, hide: HiddenNames, *, about: str = "", identity_words: str = "") -> TaskLine:
    """An action, with its day in long form and why it was refused."""
    refused = words("meeting_paper.task.refused", reason=task.status_reason) if task.status == "refused" else ""
    due = long_date(task.due) if task.due else ""
    return TaskLine(hide(task.what), task.owner, task.organisation, due, refused, about, identity_words)


def is_open(item: ItemSummary) -> bool:
    """Whether somebody's turn did not come, or did not end."""
    return item.state in (ItemState.WAITING, ItemState.UNDER_WAY, ItemState.ROLLED_OVER)


def quorum_of(connection: "Connection", meeting_id: str) -> str:
    """The rule of the meeting in words."""
    return quorum_words(meetings.quorum_of(connection, meeting_id))
