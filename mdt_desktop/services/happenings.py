"""Records what happens to a person between meetings: hospital, crises, referrals to the meeting, handovers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.happenings import (
    HandoverNeedsWords,
    HandoverState,
    HappeningKind,
    NotSaidBack,
    require_happened,
    require_stay,
)
from mdt_desktop.domain.meeting import NothingDecided
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import Case, Handover, Happening, HospitalEpisode, MdtReferral, Person
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import happenings
from mdt_desktop.store.queries.happenings import EpisodeSummary, HandoverSummary, HappeningSummary, ReferralSummary

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["EpisodeSummary", "HandoverSummary", "HappeningSummary", "Happenings", "ReferralSummary", "SinceLastTime"]


@dataclass(frozen=True, slots=True)
class SinceLastTime:
    """What happened to a person, the latest first in each kind."""

    episodes: tuple[EpisodeSummary, ...]
    happenings: tuple[HappeningSummary, ...]
    referrals: tuple[ReferralSummary, ...]
    handovers: tuple[HandoverSummary, ...]


class Happenings:
    """The verbs and the question."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def of_person(self, person_id: str) -> SinceLastTime:
        """Everything recorded of a person."""
        connection: Connection = self._access.database.reader
        return SinceLastTime(
            tuple(happenings.episodes(connection, person_id)),
            tuple(happenings.happenings(connection, person_id)),
            tuple(happenings.referrals(connection, person_id)),
            tuple(happenings.handovers(connection, person_id)),
        )

    def went_to_hospital(
        self,
        person_id: str,
        admitted_on: date,
        discharged_on: date | None = None,
        *,
        hospital: str = "",
        reason: str = "",
        was_emergency: bool = True,
    ) -> Changes:
        """Record a stay. Raises `HappenedInFuture`, `DischargedBeforeAdmitted`, `NotFound`."""
        require_stay(admitted_on, discharged_on, self._access.today())
        with permitted(self._access, Permission.EDIT_CASE, person_id) as work:
            work.about(work.get(Person, person_id).id)
            episode = work.add(
                HospitalEpisode(
                    id=work.new_id(), person_id=person_id, hospital=hospital.strip(), admitted_on=admitted_on,
                    discharged_on=discharged_on, was_emergency=was_emergency, reason=reason.strip(),
                )
            )  # fmt: skip
        return changes_of(work, episode.id)

    def came_home(self, episode_id: str, discharged_on: date) -> Changes:
        """Record the end of a stay. Raises as `went_to_hospital`."""
        with permitted(self._access, Permission.EDIT_CASE, episode_id) as work:
            episode = work.get(HospitalEpisode, episode_id)
            work.about(episode.person_id)
            require_stay(episode.admitted_on, discharged_on, self._access.today())
            episode.discharged_on = discharged_on
        return changes_of(work)

    def happened(
        self, person_id: str, kind: HappeningKind, on: date, words: str, contingency_plan_id: str | None = None
    ) -> Changes:
        """Record a carer's crisis or a contingency plan that was needed. Raises `HappenedInFuture`, `NotFound`."""
        require_happened(on, self._access.today())
        with permitted(self._access, Permission.EDIT_CASE, person_id) as work:
            work.about(work.get(Person, person_id).id)
            happening = work.add(
                Happening(
                    id=work.new_id(), person_id=person_id, kind=kind, happened_on=on, words=words.strip(),
                    contingency_plan_id=contingency_plan_id, recorded_by=self._access.actor.name,
                )
            )  # fmt: skip
        return changes_of(work, happening.id)

    def refer(self, case_id: str, question: str) -> Changes:
        """Ask the next meeting to discuss a person, with the question to it. Raises `NothingDecided` without one."""
        if not question.strip():
            raise NothingDecided
        with permitted(self._access, Permission.EDIT_CASE, case_id) as work:
            work.about(work.get(Case, case_id).person_id)
            referral = work.add(
                MdtReferral(
                    id=work.new_id(), case_id=case_id, question=question.strip(), referred_on=self._access.today(),
                    referred_by=self._access.actor.name,
                )
            )  # fmt: skip
        return changes_of(work, referral.id)

    def hand_over(
        self, case_id: str, need: str, next_for_person: str, *, to_id: str | None = None, to_words: str = ""
    ) -> Changes:
        """Pass somebody's care on: the need, and what happens next for the person. Raises `HandoverNeedsWords`."""
        if not (need.strip() and next_for_person.strip() and (to_id or to_words.strip())):
            raise HandoverNeedsWords
        with permitted(self._access, Permission.EDIT_CASE, case_id) as work:
            work.about(work.get(Case, case_id).person_id)
            handover = work.add(
                Handover(
                    id=work.new_id(), case_id=case_id, need=need.strip(), next_for_person=next_for_person.strip(),
                    to_id=to_id, to_words="" if to_id else to_words.strip(), sent_at=work.now,
                    sent_by=self._access.actor.name,
                )
            )  # fmt: skip
        return changes_of(work, handover.id)

    def acknowledge(self, handover_id: str) -> Changes:
        """Record that the receiver has it."""
        return self._hand_over_moved(handover_id, HandoverState.ACKNOWLEDGED, "")

    def understand(self, handover_id: str, said_back: str) -> Changes:
        """Record that the receiver has said the need back and the sender agrees. Raises `NotSaidBack`."""
        if not said_back.strip():
            raise NotSaidBack
        return self._hand_over_moved(handover_id, HandoverState.UNDERSTOOD, said_back.strip())

    def _hand_over_moved(self, handover_id: str, state: HandoverState, said_back: str) -> Changes:
        with permitted(self._access, Permission.EDIT_CASE, handover_id) as work:
            handover = work.get(Handover, handover_id)
            work.about(work.get(Case, handover.case_id).person_id)
            handover.state = state
            moment: datetime = work.now
            handover.acknowledged_at = handover.acknowledged_at or moment
            if state is HandoverState.UNDERSTOOD:
                handover.said_back, handover.understood_at = said_back, moment
        return changes_of(work)
