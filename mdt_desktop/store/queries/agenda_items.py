"""Questions about the people on an agenda and what was said, decided and agreed about each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.agenda import AgendaReason
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting import DecisionKind, ItemState, Lane, Outcome
from mdt_desktop.domain.quorum import QuorumPart
from mdt_desktop.domain.risk import Tier
from mdt_desktop.store.queries.rows import day, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """One person on an agenda. `initials` are for whatever others may see; `tier` is of the latest run."""

    id: str
    meeting_id: str
    case_id: str
    person_id: str
    family_name: str
    given_names: str
    title: str
    nhs_number: str
    born: date
    stage: Stage
    complexity: Complexity
    lead_id: str | None
    lead_name: str
    lane: Lane
    state: ItemState
    order_key: str
    minutes: int
    reasons: tuple[AgendaReason, ...]
    question: str
    persons_view: str
    persons_view_why_not: str
    carers_view: str
    outcome: Outcome | None
    began_at: datetime | None
    ended_at: datetime | None
    seconds: int
    rolled_over: int
    parked_with: str
    parked_until: date | None
    removed_because: str
    quorate: bool | None
    missing_for_quorum: tuple[QuorumPart, ...]
    challenge: int | None
    challenge_answer: str
    added_by: str

    @property
    def initials(self) -> str:
        """First letters of the given and the family name."""
        return f"{self.given_names[:1]}{self.family_name[:1]}".upper()


@dataclass(frozen=True, slots=True)
class NoteSummary:
    """Words written down; `replaced` where a later note takes their place."""

    id: str
    item_id: str | None
    words: str
    replaces_id: str | None
    written_at: datetime
    written_by: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """What was decided, on which day; `changed` where a later decision changes it."""

    id: str
    item_id: str
    kind: DecisionKind
    words: str
    changes_id: str | None
    change_reason: str
    is_agreed: bool
    decided_at: datetime
    recorded_by: str
    changed: bool


@dataclass(frozen=True, slots=True)
class PastDiscussion:
    """One earlier discussion of a person."""

    item_id: str
    day: date
    state: ItemState
    outcome: Outcome | None
    decisions: tuple[DecisionSummary, ...]


@dataclass(frozen=True, slots=True)
class AddendumSummary:
    """A correction after sealing."""

    id: str
    item_id: str | None
    words: str
    written_at: datetime
    written_by: str


_ITEM = """
SELECT agenda_item.id, meeting_id, agenda_item.case_id, person.id, family_name, given_names, title,
       coalesce(nhs_number, ''), born, stage, complexity, lead.practitioner_id, coalesce(leader.name, ''),
       lane, agenda_item.state, order_key, minutes, reasons, question, persons_view, persons_view_why_not, carers_view,
       outcome, agenda_item.began_at, agenda_item.ended_at, seconds, rolled_over, coalesce(parked.name, ''),
       parked_until, removed_because, quorate, missing_for_quorum, challenge, challenge_answer, added_by
  FROM agenda_item
  JOIN person_case ON person_case.id = agenda_item.case_id
  JOIN person ON person.id = person_case.person_id
  LEFT JOIN lead_allocation AS lead ON lead.case_id = person_case.id AND lead.status = 'agreed'
  LEFT JOIN practitioner AS leader ON leader.id = lead.practitioner_id
  LEFT JOIN practitioner AS parked ON parked.id = parked_with_id
"""
_DECISION = """
SELECT decision.id, item_id, kind, words, changes_id, change_reason, is_agreed, decided_at, recorded_by,
       EXISTS (SELECT 1 FROM decision AS later WHERE later.changes_id = decision.id)
  FROM decision
"""


def items(connection: "Connection", meeting_id: str) -> list[ItemSummary]:
    """Everybody on an agenda in its order: those to discuss, those to note, those removed."""
    rows = connection.execute(
        f"{_ITEM} WHERE meeting_id = ?"
        " ORDER BY agenda_item.state = 'removed', lane = 'note', order_key, agenda_item.id",
        (meeting_id,),
    )
    return [_item(row) for row in rows]


def item(connection: "Connection", item_id: str) -> ItemSummary:
    """One of them; raises `NotFound`."""
    row = connection.execute(f"{_ITEM} WHERE agenda_item.id = ?", (item_id,)).fetchone()
    if row is None:
        raise NotFound(kind="agenda_item")
    return _item(row)


def notes(connection: "Connection", item_id: str) -> list[NoteSummary]:
    """What was written about a person in one meeting, in order."""
    return _notes(connection, "item_id = ?", item_id)


def notes_of_meeting(connection: "Connection", meeting_id: str) -> list[NoteSummary]:
    """Everything written down in a meeting, in order."""
    return _notes(connection, "meeting_id = ?", meeting_id)


def _notes(connection: "Connection", which: str, value: str) -> list[NoteSummary]:
    rows = connection.execute(
        "SELECT id, item_id, words, replaces_id, written_at, written_by,"
        " EXISTS (SELECT 1 FROM meeting_note AS later WHERE later.replaces_id = meeting_note.id)"
        f" FROM meeting_note WHERE {which} ORDER BY id",
        (value,),
    )
    return [made(NoteSummary, row, written_at=moment, replaced=bool) for row in rows]


def decisions(connection: "Connection", item_id: str) -> list[DecisionSummary]:
    """What was decided about a person in one meeting, in order."""
    return _decisions(connection, "item_id = ? ORDER BY id", item_id)


def decisions_of_meeting(connection: "Connection", meeting_id: str) -> list[DecisionSummary]:
    """Everything decided in a meeting, in order."""
    where = "item_id IN (SELECT id FROM agenda_item WHERE meeting_id = ?) ORDER BY id"
    return _decisions(connection, where, meeting_id)


def decisions_in_force(connection: "Connection", case_id: str, limit: int = 20) -> list[DecisionSummary]:
    """The latest decisions about a person that no later one has changed, the newest first."""
    where = (
        "item_id IN (SELECT id FROM agenda_item WHERE case_id = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM decision AS later WHERE later.changes_id = decision.id)"
        f" ORDER BY id DESC LIMIT {int(limit)}"
    )
    return _decisions(connection, where, case_id)


def _decisions(connection: "Connection", where: str, value: str) -> list[DecisionSummary]:
    rows = connection.execute(f"{_DECISION} WHERE {where}", (value,))
    return [
        made(DecisionSummary, row, kind=DecisionKind, is_agreed=bool, decided_at=moment, changed=bool) for row in rows
    ]


def past_discussions(
    connection: "Connection", case_id: str, before_meeting: str, limit: int = 6
) -> list[PastDiscussion]:
    """The discussions of a person before a meeting, the latest first."""
    rows = connection.execute(
        "SELECT agenda_item.id, meeting.day, agenda_item.state, outcome FROM agenda_item"
        " JOIN meeting ON meeting.id = meeting_id WHERE case_id = ? AND meeting.id <> ? AND meeting.state = 'sealed'"
        " AND agenda_item.state <> 'removed' ORDER BY meeting.day DESC, meeting.id DESC LIMIT ?",
        (case_id, before_meeting, limit),
    ).fetchall()
    return [
        PastDiscussion(
            row[0], day(row[1]), ItemState(row[2]), Outcome(row[3]) if row[3] else None,
            tuple(decisions(connection, row[0])),
        )
        for row in rows
    ]  # fmt: skip


def present_at(connection: "Connection", item_id: str) -> frozenset[str]:
    """The practitioners who were there when a person was discussed."""
    rows = connection.execute("SELECT practitioner_id FROM item_presence WHERE item_id = ?", (item_id,))
    return frozenset(str(row[0]) for row in rows)


def who_knows(connection: "Connection", case_id: str) -> frozenset[str]:
    """The practitioners who know a person: their lead and those in their care team now."""
    rows = connection.execute(
        "SELECT practitioner_id FROM care_team_member WHERE case_id = ?1 AND left IS NULL"
        " UNION SELECT practitioner_id FROM lead_allocation WHERE case_id = ?1 AND status = 'agreed'",
        (case_id,),
    )
    return frozenset(str(row[0]) for row in rows)


def addenda(connection: "Connection", meeting_id: str) -> list[AddendumSummary]:
    """The corrections of a sealed meeting, in order."""
    rows = connection.execute(
        "SELECT id, item_id, words, written_at, written_by FROM addendum WHERE meeting_id = ? ORDER BY id",
        (meeting_id,),
    )
    return [made(AddendumSummary, row, written_at=moment) for row in rows]


def tier_of(connection: "Connection", person_id: str) -> Tier | None:
    """The person's tier in the latest run of their practice."""
    row = connection.execute(
        "SELECT tier_order FROM caseload_index WHERE person_id = ?", (person_id,)
    ).fetchone()
    order = (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE, Tier.BELOW)
    return order[row[0]] if row is not None and row[0] < len(order) else None


def _item(row: tuple[Any, ...]) -> ItemSummary:
    return made(
        ItemSummary, row, born=day, stage=Stage, complexity=Complexity, lane=Lane, state=ItemState, reasons=_reasons,
        outcome=Outcome, began_at=moment, ended_at=moment, parked_until=day, quorate=bool, missing_for_quorum=_parts,
    )  # fmt: skip


def _reasons(text: str) -> tuple[AgendaReason, ...]:
    return tuple(AgendaReason(value) for value in text.split(",") if value)


def _parts(text: str) -> tuple[QuorumPart, ...]:
    return tuple(QuorumPart(value) for value in text.split(",") if value)
