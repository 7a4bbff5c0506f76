"""What an entry of the line becomes: one service verb for each thing that can be typed."""

from collections.abc import Mapping, Sequence

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.meeting import (
    DecisionKind,
    Lane,
    Outcome,
    ParkNeedsOwner,
    PersonsView,
    require_closable,
)
from mdt_desktop.domain.tasks import TaskNeedsOwner
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.services.meeting_room import NewTask, Room
from mdt_desktop.ui.cockpit.composer import Entry, Mode
from mdt_desktop.ui.cockpit.owner_line import Owner
from mdt_desktop.ui.cockpit.view import PersonInTheRoom
from mdt_desktop.words import label, words

UNDOABLE = frozenset({Mode.DECISION, Mode.ACTION, Mode.NOTE})
"""What `MeetingRoom.take_back` takes back."""
WORDS = {
    Mode.PERSONS_VIEW: "persons_view",
    Mode.CARERS_VIEW: "carers_view",
    Mode.QUESTION: "question",
    Mode.CHALLENGE: "challenge_answer",
}
"""The field of the agenda that an entry of a kind writes."""


class NobodyHereMeant(BadInput):
    """The letters mean nobody who works here, and a lead or a parked case needs such a person."""

    code = "nobody_here_meant"


def record(
    services: Services,
    person: PersonInTheRoom,
    entry: Entry,
    decision_id: str | None = None,
    seen: Mapping[str, str] | None = None,
) -> Changes:
    """Record an entry about a person; an action may belong to a decision. Raises what the verbs raise.

    `seen` is what stood in the fields of the agenda when the words were typed, as `seen_of` tells it.
    """
    item_id, room = person.item.id, services.meeting_room
    if entry.mode is Mode.DECISION:
        return room.decide(
            item_id,
            entry.text,
            DecisionKind(entry.choice or DecisionKind.OTHER.value),
            changes_id=entry.changes_id or None,
            change_reason=entry.reason,
        )
    if entry.mode is Mode.ACTION:
        return room.agree_to(item_id, new_task(entry), decision_id)
    if entry.mode is Mode.NOTE:
        return room.note(item_id, entry.text)
    if entry.mode is Mode.LEAD:
        return _agree_lead(services, person, entry)
    if entry.mode is Mode.PARK:
        return _park(services, item_id, entry)
    if entry.mode is Mode.STEP_DOWN:
        require_closable(PersonsView(person.item.persons_view, person.item.persons_view_why_not))
        services.cases.move(person.item.case_id, Stage.STEPPED_DOWN, entry.text)
        return room.close_item(item_id, Outcome.STEP_DOWN)
    if entry.mode is Mode.REFUSE:
        return services.tasks.refuse(entry.choice, entry.text)
    if entry.mode is Mode.PERSONS_VIEW and entry.choice:
        why = f"{label(f'cockpit.view_why_not.{entry.choice}')}. {entry.text}".strip()
        return services.agendas.write_words(item_id, {"persons_view": "", "persons_view_why_not": why}, seen or {})
    typed = {WORDS[entry.mode]: entry.text}
    if entry.mode is Mode.PERSONS_VIEW:
        typed["persons_view_why_not"] = ""
    return services.agendas.write_words(item_id, typed, seen or {})


def seen_of(mode: Mode, person: PersonInTheRoom) -> dict[str, str]:
    """What the agenda says in the fields that an entry of this kind writes; empty for what is only added."""
    if mode not in WORDS:
        return {}
    columns = (WORDS[mode], "persons_view_why_not") if mode is Mode.PERSONS_VIEW else (WORDS[mode],)
    return {column: getattr(person.item, column) for column in columns}


def new_task(entry: Entry) -> NewTask:
    """The action of an entry. Raises `TaskNeedsOwner`."""
    if entry.owner is None:
        raise TaskNeedsOwner
    owner = entry.owner
    return NewTask(entry.text, owner.id or None, "" if owner.id else owner.name, entry.due)


def _park(services: Services, item_id: str, entry: Entry) -> Changes:
    if entry.owner is None or entry.due is None:
        raise ParkNeedsOwner
    if not entry.owner.id:
        raise NobodyHereMeant(typed=entry.owner.name)
    return services.meeting_room.park(item_id, entry.owner.id, entry.due, entry.text)


def _agree_lead(services: Services, person: PersonInTheRoom, entry: Entry) -> Changes:
    """A lead is agreed where the meeting is quorate for this person, by the rule of the case page."""
    if entry.owner is None or not entry.owner.id:
        raise NobodyHereMeant(typed=entry.owner.name if entry.owner is not None else "")
    services.meeting_room.require_quorate(person.item.id)
    return services.allocations.agree(person.item.case_id, entry.owner.id, person.proposal, entry.reason)


def finish(services: Services, person: PersonInTheRoom, outcome: Outcome) -> Changes:
    """Finish a person: one key for "no change" of somebody who is only noted too. Raises `NoPersonsView`."""
    item = person.item
    if item.lane is Lane.NOTE and outcome is Outcome.NO_CHANGE and not person.discussion.notes:
        return services.meeting_room.note_only(item.id, label(Outcome.NO_CHANGE))
    return services.meeting_room.close_item(item.id, outcome)


def default_outcome(person: PersonInTheRoom) -> Outcome:
    """What the next key finishes somebody with: something was decided, or nothing changed."""
    decided = person.discussion.decisions or person.discussion.tasks
    return Outcome.PLAN_CHANGES if decided else Outcome.NO_CHANGE


def owners(
    room: Room, person: PersonInTheRoom, everybody: Sequence[PractitionerSummary], *, only_here: bool = False
) -> list[Owner]:
    """Whom letters may mean: the lead, those in the room, the person and their contacts, then everybody who works here.

    `only_here` leaves out who does not work here.
    """
    lead = person.overview.lead
    order = [lead.practitioner_id] if lead is not None else []
    order += [it.practitioner_id for it in room.attendance]
    known = {it.id: it for it in everybody}
    first = [known[it] for it in dict.fromkeys(order) if it in known]
    rest = [it for it in everybody if it.id not in set(order)]
    here, elsewhere = ([_practitioner(it) for it in part] for part in (first, rest))
    if only_here:
        return [*here, *elsewhere]
    contacts = [Owner(it.name, it.relationship or label(it.relation)) for it in person.overview.contacts]
    return [*here, Owner(words("cockpit.owner.person")), *contacts, *elsewhere]


def _practitioner(practitioner: PractitionerSummary) -> Owner:
    detail = ", ".join(part for part in (label(practitioner.discipline), practitioner.works_for) if part)
    return Owner(practitioner.name, detail, practitioner.id)
