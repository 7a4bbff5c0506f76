"""Questions about what happened to a person between meetings."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.happenings import HandoverState, HappeningKind
from mdt_desktop.store.queries.rows import day, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class EpisodeSummary:
    """A stay in hospital; `discharged_on` is None while it lasts."""

    id: str
    hospital: str
    admitted_on: date
    discharged_on: date | None
    was_emergency: bool
    reason: str


@dataclass(frozen=True, slots=True)
class HappeningSummary:
    """A carer's crisis, or a contingency plan that was needed."""

    id: str
    kind: HappeningKind
    happened_on: date
    words: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class ReferralSummary:
    """A wish that the meeting discusses the person; `item_id` is where that was done."""

    id: str
    question: str
    referred_on: date
    referred_by: str
    item_id: str | None


@dataclass(frozen=True, slots=True)
class HandoverSummary:
    """A handover and how far it is."""

    id: str
    need: str
    next_for_person: str
    to: str
    state: HandoverState
    said_back: str
    sent_at: datetime
    sent_by: str
    acknowledged_at: datetime | None
    understood_at: datetime | None


def episodes(connection: "Connection", person_id: str) -> list[EpisodeSummary]:
    """The person's stays in hospital, the latest first."""
    rows = connection.execute(
        "SELECT id, hospital, admitted_on, discharged_on, was_emergency, reason FROM hospital_episode"
        " WHERE person_id = ? ORDER BY admitted_on DESC, id DESC",
        (person_id,),
    )
    return [made(EpisodeSummary, row, admitted_on=day, discharged_on=day, was_emergency=bool) for row in rows]


def happenings(connection: "Connection", person_id: str) -> list[HappeningSummary]:
    """Crises and contingencies, the latest first."""
    rows = connection.execute(
        "SELECT id, kind, happened_on, words, recorded_by FROM happening WHERE person_id = ?"
        " ORDER BY happened_on DESC, id DESC",
        (person_id,),
    )
    return [made(HappeningSummary, row, kind=HappeningKind, happened_on=day) for row in rows]


def referrals(connection: "Connection", person_id: str) -> list[ReferralSummary]:
    """Referrals to the meeting, the latest first."""
    rows = connection.execute(
        "SELECT mdt_referral.id, question, referred_on, referred_by, item_id FROM mdt_referral"
        " JOIN person_case ON person_case.id = case_id WHERE person_id = ? ORDER BY mdt_referral.id DESC",
        (person_id,),
    )
    return [made(ReferralSummary, row, referred_on=day) for row in rows]


def handovers(connection: "Connection", person_id: str) -> list[HandoverSummary]:
    """Handovers, the latest first."""
    rows = connection.execute(
        "SELECT handover.id, need, next_for_person, coalesce(practitioner.name, to_words), state, said_back, sent_at,"
        " sent_by, acknowledged_at, understood_at FROM handover JOIN person_case ON person_case.id = case_id"
        " LEFT JOIN practitioner ON practitioner.id = to_id WHERE person_id = ? ORDER BY handover.id DESC",
        (person_id,),
    )
    return [
        made(
            HandoverSummary, row, state=HandoverState, sent_at=moment, acknowledged_at=moment, understood_at=moment
        )
        for row in rows
    ]
