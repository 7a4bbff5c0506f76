"""Writes agendas: who is on it and why, in which lane and order, how long, and what is missing to discuss them well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mdt_desktop.domain.agenda import (
    UNSEEN_WEEKS,
    AgendaReason,
    reasons,
    require_lane,
)
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.domain.errors import NotAllowed, NotFound
from mdt_desktop.domain.meeting import (
    AttendanceState,
    ItemState,
    Lane,
    MeetingState,
    RemovalNeedsReason,
    minutes_for_cases,
    require_not_sealed,
)
from mdt_desktop.domain.order_keys import key_after, key_between, keys_for
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.readiness import ReadinessFacts, ReadinessPart, missing_parts
from mdt_desktop.domain.running_order import Candidate, fitting, minutes_for, proposed_order, with_new_ones
from mdt_desktop.records import AgendaItem, Case, MdtReferral, Meeting
from mdt_desktop.services.access import Access
from mdt_desktop.services.agenda_proposal import AgendaProposal, Line, proposal_of
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.closed_records import open_ones
from mdt_desktop.services.unseen import with_unseen
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import agenda_facts, agenda_items, cases, consents, directory, meetings
from mdt_desktop.store.queries.agenda_facts import CaseForAgenda
from mdt_desktop.store.queries.agenda_items import ItemSummary
from mdt_desktop.store.unit_of_work import UnitOfWork

__all__ = ["AgendaProposal", "Agendas", "ItemSummary", "Line", "Readiness"]

LEAST_MINUTES, MOST_MINUTES = 1, 60
"""What one discussion may take."""
_KEPT_BY_HAND = frozenset({ItemState.REMOVED})

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class AlreadyOnAgenda(NotAllowed):
    """This person is on the agenda already."""

    code = "already_on_agenda"


class AgendaIsFixed(NotAllowed):
    """An agenda is written anew only before its meeting begins. Values: `state`."""

    code = "agenda_is_fixed"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is missing to discuss one person well, and whom to ask for it.

    `coming` names those who know the person and are expected.
    """

    item: ItemSummary
    missing: tuple[ReadinessPart, ...]
    ask_id: str | None
    ask_name: str
    ask_works_for: str
    facts: ReadinessFacts
    coming: tuple[str, ...]


class Agendas:
    """The verbs of an agenda before and during its meeting."""

    def __init__(self, access: Access) -> None:
        self._access = access

    # Questions

    def items(self, meeting_id: str) -> list[ItemSummary]:
        """Everybody on an agenda in its order."""
        self._access.require(Permission.SEE_MEETINGS)
        connection = self._access.database.reader
        return open_ones(self._access, connection, agenda_items.items(connection, meeting_id))

    def propose(self, meeting_id: str) -> AgendaProposal:
        """What the agenda would be now, from the cases of the locality; nothing is written."""
        self._access.require(Permission.SEE_MEETINGS)
        connection = self._access.database.reader
        meeting = meetings.meeting(connection, meeting_id)
        weeks = meetings.unseen_weeks_of(connection, meeting_id, UNSEEN_WEEKS)
        found = self._cases(connection, meeting.locality_id, meeting_id, meeting.day)
        return proposal_of(found, meeting.day, weeks, minutes_for_cases(meeting.length_minutes))

    def _cases(self, connection: "Connection", locality_id: str, meeting_id: str, on: date) -> list[CaseForAgenda]:
        """The cases of a locality; a restricted record that is shut to whoever plans comes by hand of its team only."""
        return open_ones(self._access, connection, agenda_facts.of_locality(connection, locality_id, meeting_id, on))

    def readiness(self, meeting_id: str) -> list[Readiness]:
        """Of everybody to be discussed, what is missing, and who is to bring it: the lead, else nobody yet."""
        self._access.require(Permission.SEE_MEETINGS)
        connection = self._access.database.reader
        coming = {
            it.practitioner_id: it
            for it in meetings.attendance(connection, meeting_id)
            if it.state in (AttendanceState.EXPECTED, AttendanceState.PRESENT)
        }
        found = []
        for item in self.items(meeting_id):
            if item.lane is not Lane.DISCUSS or item.state is ItemState.REMOVED:
                continue
            knows = agenda_items.who_knows(connection, item.case_id)
            contacts = cases.personal_contacts(connection, item.person_id)
            consent = consents.in_force(connection, item.person_id)
            facts = ReadinessFacts(
                persons_view=bool(item.persons_view or item.persons_view_why_not),
                has_carer=any(it.relation == "carer" for it in contacts),
                carers_view=bool(item.carers_view),
                somebody_comes=bool(knows & set(coming)),
                may_share=consent.may_share or consent.status is ConsentStatus.REFUSED,
                question=bool(item.question),
            )
            ask = directory.practitioner(connection, item.lead_id) if item.lead_id else None
            found.append(
                Readiness(
                    item, missing_parts(facts), item.lead_id, item.lead_name, ask.works_for if ask is not None else "",
                    facts, tuple(coming[it].name for it in sorted(knows & set(coming))),
                )
            )  # fmt: skip
        return found

    # Verbs

    def write(self, meeting_id: str) -> Changes:
        """Write the agenda, or bring it up to date before the meeting: hand-made lines, what was typed and the order
        stay, and who is new stands where the proposed order has them.

        Raises `AgendaIsFixed` once the meeting has begun.
        """
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            meeting = work.get(Meeting, meeting_id)
            if meeting.state is not MeetingState.PLANNED:
                raise AgendaIsFixed(state=meeting.state)
            weeks = meetings.unseen_weeks_of(work.connection, meeting_id, UNSEEN_WEEKS)
            found = self._cases(work.connection, meeting.locality_id, meeting_id, meeting.day)
            there = {it.case_id: it for it in work.find(AgendaItem, meeting_id=meeting_id)}
            by_hand = [it for it in there.values() if it.added_by or it.state in _KEPT_BY_HAND]
            taken = sum(it.minutes for it in by_hand if it.state is not ItemState.REMOVED and it.lane is Lane.DISCUSS)
            kept = {it.case_id for it in by_hand}
            room = minutes_for_cases(meeting.length_minutes) - taken
            proposal = proposal_of([it for it in found if it.case_id not in kept], meeting.day, weeks, room)
            self._replace(work, meeting_id, proposal.listed, there, kept)
            self._put_in_order(work, meeting_id, {it.case_id: it for it in found}, keep=list(there.values()))
        return changes_of(work, meeting_id)

    def put_in_order(self, meeting_id: str) -> Changes:
        """Put an agenda in the proposed order: who fits into the time first, then who does not.

        Raises `AgendaIsFixed` once the meeting has begun.
        """
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            meeting = work.get(Meeting, meeting_id)
            if meeting.state is not MeetingState.PLANNED:
                raise AgendaIsFixed(state=meeting.state)
            found = self._cases(work.connection, meeting.locality_id, meeting_id, meeting.day)
            room = minutes_for_cases(meeting.length_minutes)
            self._put_in_order(work, meeting_id, {it.case_id: it for it in found}, room=room)
        return changes_of(work, meeting_id)

    def set_order(self, meeting_id: str, item_ids: Sequence[str]) -> Changes:
        """Put the people of an agenda in an order that was kept, as undo does; who is not named stays behind them.

        Raises `MeetingSealed`.
        """
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            require_not_sealed(work.get(Meeting, meeting_id).state)
            place = {item_id: number for number, item_id in enumerate(item_ids)}
            items = sorted(
                work.find(AgendaItem, meeting_id=meeting_id),
                key=lambda it: (place.get(it.id, len(place)), it.order_key, it.id),
            )
            for key, item in zip(keys_for(len(items)), items, strict=True):
                item.order_key = key
        return changes_of(work)

    def add(self, meeting_id: str, case_id: str, question: str = "") -> Changes:
        """Put a person on the agenda by hand, to be discussed, at the end.

        Raises `AlreadyOnAgenda`, `MeetingSealed`, `NotFound`.
        """
        with permitted(self._access, Permission.DISCUSS, case_id) as work:
            meeting = work.get(Meeting, meeting_id)
            require_not_sealed(meeting.state)
            case = work.get(Case, case_id)
            work.about(case.person_id)
            found = agenda_facts.of_case(work.connection, case_id, meeting_id, meeting.day)
            if found is None:
                raise NotFound(kind="person_case")
            why = (AgendaReason.ADDED_BY_HAND, *reasons(found.facts, meeting.day))
            there = work.find(AgendaItem, meeting_id=meeting_id, case_id=case_id)
            if there and there[0].state is not ItemState.REMOVED:
                raise AlreadyOnAgenda
            minutes = proposed_order([Candidate(case_id, Lane.DISCUSS, why, found.complexity)])[0].minutes
            last = max((it.order_key for it in work.find(AgendaItem, meeting_id=meeting_id)), default="")
            if there:
                item = there[0]
                item.state, item.removed_because = ItemState.WAITING, ""
            else:
                item = AgendaItem(
                    id=work.new_id(), meeting_id=meeting_id, case_id=case_id, lane=Lane.DISCUSS,
                    order_key=key_after(last), minutes=minutes,
                )  # fmt: skip
                work.add(item)
            item.lane, item.minutes, item.reasons = Lane.DISCUSS, minutes, ",".join(why)
            item.question, item.added_by = question.strip() or item.question, self._access.actor.name
            item.rolled_over = found.facts.rolled_over
        return changes_of(work, item.id)

    def remove(self, item_id: str, reason: str) -> Changes:
        """Take somebody off an agenda, with a reason that stays. Raises `RemovalNeedsReason`, `MeetingSealed`."""
        if not reason.strip():
            raise RemovalNeedsReason
        with permitted(self._access, Permission.DISCUSS, item_id, reason.strip()) as work:
            item = self._open_item(work, item_id)
            item.state, item.removed_because = ItemState.REMOVED, reason.strip()
        return changes_of(work)

    def put_back(self, item_id: str) -> Changes:
        """Put somebody back who was taken off."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item = self._open_item(work, item_id)
            if item.state is ItemState.REMOVED:
                item.state, item.removed_because = ItemState.WAITING, ""
        return changes_of(work)

    def move(self, item_id: str, before_id: str | None, to: Lane | None = None) -> Changes:
        """Move somebody in front of another, or to the end of the lane, which may be another one (`to`).

        Raises `MustBeDiscussed` where noting is forbidden; then nothing is moved.
        """
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item = self._open_item(work, item_id)
            if to is not None and to is not item.lane:
                self._put_in_lane(work, item, to)
            siblings = sorted(
                (it for it in work.find(AgendaItem, meeting_id=item.meeting_id) if it.id != item_id),
                key=lambda it: (it.order_key, it.id),
            )
            place = next((number for number, it in enumerate(siblings) if it.id == before_id), len(siblings))
            low = siblings[place - 1].order_key if place else ""
            high = siblings[place].order_key if place < len(siblings) else ""
            try:
                item.order_key = key_between(low, high)
            except ValueError:
                siblings.insert(place, item)
                for key, sibling in zip(keys_for(len(siblings)), siblings, strict=True):
                    sibling.order_key = key
        return changes_of(work)

    def step(self, item_id: str, by: int) -> Changes:
        """Move somebody one place up (-1) or down (1) among those of their lane; at its end they stay."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item = self._open_item(work, item_id)
            lane_mates = sorted(
                (
                    it for it in work.find(AgendaItem, meeting_id=item.meeting_id, lane=item.lane)
                    if it.state is not ItemState.REMOVED
                ),
                key=lambda it: (it.order_key, it.id),
            )  # fmt: skip
            at = next(number for number, it in enumerate(lane_mates) if it.id == item_id)
            if 0 <= at + by < len(lane_mates):
                other = lane_mates[at + by]
                item.order_key, other.order_key = other.order_key, item.order_key
        return changes_of(work)

    def set_lane(self, item_id: str, wanted: Lane, minutes: int | None = None) -> Changes:
        """Discuss or only note somebody, in the usual minutes or those given.

        Raises `MustBeDiscussed` where noting is forbidden.
        """
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item = self._open_item(work, item_id)
            self._put_in_lane(work, item, wanted)
            if minutes is not None:
                item.minutes = minutes
        return changes_of(work)

    def _put_in_lane(self, work: UnitOfWork, item: AgendaItem, wanted: Lane) -> None:
        meeting = work.get(Meeting, item.meeting_id)
        found = agenda_facts.of_case(work.connection, item.case_id, meeting.id, meeting.day)
        if found is not None:
            weeks = meetings.unseen_weeks_of(work.connection, meeting.id, UNSEEN_WEEKS)
            require_lane(wanted, found.facts, meeting.day, weeks)
            item.minutes = minutes_for(wanted, found.complexity)
        item.lane = wanted

    def change_minutes(self, item_id: str, by: int) -> Changes:
        """Give a discussion so many minutes more or less, between 1 and 60."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item = self._open_item(work, item_id)
            item.minutes = min(max(item.minutes + by, LEAST_MINUTES), MOST_MINUTES)
        return changes_of(work)

    def set_minutes(self, item_id: str, minutes: int) -> Changes:
        """Give a discussion so many minutes; raises `RecordNotValid` outside 1 to 60."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            self._open_item(work, item_id).minutes = minutes
        return changes_of(work)

    def set_words(self, item_id: str, **words: str) -> Changes:
        """Set `question`, `persons_view`, `persons_view_why_not`, `carers_view` or `challenge_answer`."""
        return self.write_words(item_id, words, {})

    def write_words(self, item_id: str, words: Mapping[str, str], seen: Mapping[str, str]) -> Changes:
        """As `set_words`, of a form: `seen` is what stood there when the words were typed, and what came from elsewhere
        since is merged or kept as a conflict.
        """
        allowed = {"question", "persons_view", "persons_view_why_not", "carers_view", "challenge_answer"}
        if set(words) - allowed:
            raise KeyError(", ".join(sorted(set(words) - allowed)))
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item = self._open_item(work, item_id)
            typed = {name: text.strip() for name, text in words.items()}
            for name, text in with_unseen(work, item, typed, seen).items():
                setattr(item, name, text)
        return changes_of(work)

    def _open_item(self, work: UnitOfWork, item_id: str) -> AgendaItem:
        item = work.get(AgendaItem, item_id)
        work.about(work.get(Case, item.case_id).person_id)
        require_not_sealed(work.get(Meeting, item.meeting_id).state)
        return item

    def _replace(
        self,
        work: UnitOfWork,
        meeting_id: str,
        listed: Sequence[Line],
        there: dict[str, AgendaItem],
        kept: set[str],
    ) -> None:
        """Lines that are still proposed are brought up to date, new ones added, the others that nobody touched go."""
        wanted = {line.case_id: line for line in listed}
        for case_id, item in there.items():
            if case_id not in wanted and case_id not in kept and not (item.question or item.persons_view):
                work.remove(item)
        referrals = {it.case_id: it.question for it in work.find(MdtReferral, item_id=None)}
        for case_id, line in wanted.items():
            why, there_item = ",".join(line.reasons), there.get(case_id)
            if there_item is not None:
                there_item.reasons = why
                continue
            work.add(
                AgendaItem(
                    id=work.new_id(), meeting_id=meeting_id, case_id=case_id, lane=line.lane, order_key="0",
                    minutes=line.minutes, reasons=why, question=referrals.get(case_id, ""),
                    rolled_over=line.rolled_over,
                )
            )  # fmt: skip

    def _put_in_order(
        self,
        work: UnitOfWork,
        meeting_id: str,
        found: dict[str, CaseForAgenda],
        *,
        keep: Sequence[AgendaItem] = (),
        room: int | None = None,
    ) -> None:
        """Give each line its place: the proposed one, with `room` who fits first; those of `keep` stay in order."""
        work.flush()
        items = {it.id: it for it in work.find(AgendaItem, meeting_id=meeting_id)}
        candidates = []
        for item in items.values():
            case = found.get(item.case_id)
            candidates.append(
                Candidate(
                    item.id, item.lane, tuple(AgendaReason(it) for it in item.reasons.split(",") if it),
                    complexity=case.complexity if case else Complexity.NOT_RECORDED,
                    open_safeguarding=bool(case and case.facts.open_safeguarding),
                    rolled_over=item.rolled_over, since=case.since.isoformat() if case else "", minutes=item.minutes,
                )
            )  # fmt: skip
        proposed = proposed_order(candidates)
        if room is not None:
            kept, waiting = fitting(proposed, room)
            proposed = [*kept, *waiting]
        before = sorted((it for it in keep if it.id in items), key=lambda it: (it.order_key, it.id))
        order = with_new_ones([it.id for it in before], [it.id for it in proposed])
        for key, item_id in zip(keys_for(len(order)), order, strict=True):
            items[item_id].order_key = key
