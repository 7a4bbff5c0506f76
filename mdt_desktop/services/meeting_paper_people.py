"""Who is on a paper of a meeting: one answer for the paper itself, for what the screen says, and for the audit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mdt_desktop.domain.meeting import ItemState, Lane, MeetingState
from mdt_desktop.domain.meeting_papers import (
    DISCUSSED,
    LetterToNobody,
    LetterTooEarly,
    MeetingPaperKind,
    NotOnThePapers,
    PaperWanted,
    PartOfMinutes,
    part_for,
)
from mdt_desktop.store.queries import agenda_items, cases, meeting_papers, meetings, tasks
from mdt_desktop.store.queries.agenda_items import ItemSummary
from mdt_desktop.store.queries.cases import PersonSummary
from mdt_desktop.store.queries.tasks import TaskSummary

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

PERSON_OWNS = "person:"
"""Begins the key of an owner who does not work here: the person themselves, a carer; the item's id and words follow."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An organisation, owner or person that a paper can be made for."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class OnPaper:
    """The agenda items and actions a paper tells of; `without_basis` are those left out for want of a basis."""

    items: tuple[ItemSummary, ...]
    tasks: tuple[TaskSummary, ...] = ()
    without_basis: int = 0

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Everybody the paper tells of, each once."""
        ids = (*(it.person_id for it in self.items), *(it.person_id for it in self.tasks if it.person_id))
        return tuple(dict.fromkeys(ids))


def on_paper(connection: "Connection", wanted: PaperWanted) -> OnPaper:
    """Who is on it. Raises `NotOnThePapers`, `LetterTooEarly`, `LetterToNobody`, `NotFound`."""
    if wanted.kind is MeetingPaperKind.LETTER:
        return OnPaper((require_letter(connection, wanted),))
    if wanted.kind is MeetingPaperKind.ACTION_SHEETS:
        return OnPaper((), tuple(owned_tasks(connection, wanted)))
    items = [it for it in agenda_items.items(connection, wanted.meeting_id) if it.state is not ItemState.REMOVED]
    if wanted.kind is MeetingPaperKind.CHASE_LIST:
        return OnPaper(tuple(it for it in items if it.lane is Lane.DISCUSS))
    if wanted.kind is MeetingPaperKind.ORGANISATION_MINUTES:
        return _for_organisation(connection, wanted, items)
    return OnPaper(tuple(it for it in items if it.lane is not Lane.LEFT_OUT))


def _for_organisation(connection: "Connection", wanted: PaperWanted, items: list[ItemSummary]) -> OnPaper:
    if wanted.of not in meeting_papers.organisation_names(connection):
        raise NotOnThePapers(given=wanted.of)
    parts = {
        it.id: part_for(wanted.of, meeting_papers.involved(connection, it.id, it.case_id, it.person_id)) for it in items
    }
    given = tuple(it for it in items if parts[it.id] is PartOfMinutes.GIVEN)
    return OnPaper(given, without_basis=sum(part is PartOfMinutes.NO_BASIS for part in parts.values()))


def require_letter(connection: "Connection", wanted: PaperWanted) -> ItemSummary:
    """The item a letter is about. Raises `LetterTooEarly`, `LetterToNobody`, `NotOnThePapers`."""
    listed = {it.id: it for it in agenda_items.items(connection, wanted.meeting_id)}
    item = listed.get(wanted.of)
    if item is None:
        raise NotOnThePapers(given=wanted.of)
    meeting = meetings.meeting(connection, wanted.meeting_id)
    if meeting.state is not MeetingState.SEALED or item.state not in DISCUSSED:
        raise LetterTooEarly
    if cases.person(connection, item.person_id).died is not None:
        raise LetterToNobody
    return item


def owner_key(task: TaskSummary) -> str:
    """Who an action sheet is for: a practitioner's id; of others the case and the words, for "her son" is many men."""
    return task.owner_id or f"{PERSON_OWNS}{task.case_id or ''}:{task.owner.casefold()}"


def owned_tasks(connection: "Connection", wanted: PaperWanted) -> list[TaskSummary]:
    """The actions of one owner, or of all, in the order of owners' names. Raises `NotOnThePapers`."""
    found = [it for it in tasks.of_meeting(connection, wanted.meeting_id) if it.status != "refused"]
    if wanted.of:
        found = [it for it in found if owner_key(it) == wanted.of]
        if not found:
            raise NotOnThePapers(given=wanted.of)
    return sorted(found, key=_by_owner_and_day)


def _by_owner_and_day(task: TaskSummary) -> tuple[bool, str, str, bool, str, str]:
    day = task.due.isoformat() if task.due else ""
    return task.owner_id is None, task.owner.casefold(), owner_key(task), task.due is None, day, task.id


def choices(connection: "Connection", meeting_id: str, kind: MeetingPaperKind) -> tuple[Choice, ...]:
    """The organisations, owners or people that this paper can be made for; none for papers that are for all."""
    if kind is MeetingPaperKind.ORGANISATION_MINUTES:
        return _organisations(connection, meeting_id)
    if kind is MeetingPaperKind.ACTION_SHEETS:
        owners: dict[str, Choice] = {}
        for task in owned_tasks(connection, PaperWanted(meeting_id, kind)):
            name = task.owner if task.owner_id or not task.family_name else f"{task.owner} – {_said(task)}"
            owners.setdefault(owner_key(task), Choice(owner_key(task), name))
        return tuple(owners.values())
    if kind is MeetingPaperKind.LETTER and meetings.meeting(connection, meeting_id).state is MeetingState.SEALED:
        listed = agenda_items.items(connection, meeting_id)
        people = [(it, cases.person(connection, it.person_id)) for it in listed if it.state in DISCUSSED]
        return tuple(Choice(it.id, _name(person)) for it, person in people if person.died is None)
    return ()


def _organisations(connection: "Connection", meeting_id: str) -> tuple[Choice, ...]:
    names = meeting_papers.organisation_names(connection)
    found: set[str] = set()
    for item in agenda_items.items(connection, meeting_id):
        if item.state is ItemState.REMOVED:
            continue
        involved = meeting_papers.involved(connection, item.id, item.case_id, item.person_id)
        found |= {it for it in involved.organisations if part_for(it, involved) is PartOfMinutes.GIVEN}
    listed = sorted((Choice(it, names[it]) for it in found if it in names), key=lambda it: (it.name, it.id))
    return tuple(listed)


def _name(person: PersonSummary) -> str:
    return " ".join(part for part in (person.title, person.given_names, person.family_name) if part)


def _said(task: TaskSummary) -> str:
    return " ".join(part for part in (task.title, task.given_names, task.family_name) if part)
