"""Starts assessments, keeps every answer as it is typed, and records who signed which part."""

from collections.abc import Mapping
from typing import TypeAlias

import orjson

from mdt_desktop.domain.answering import encode
from mdt_desktop.domain.assessment import AssessmentStatus, answers_of, require_completable, require_signable
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.questionnaire import Answers, Questionnaire, Value
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.records import Answer, Assessment, Case, PartSignature
from mdt_desktop.services.access import Access
from mdt_desktop.services.assessment_reading import part_states
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.unseen import with_unseen
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.queries import assessments as assessment_queries
from mdt_desktop.store.unit_of_work import UnitOfWork

_TAKEN_AWAY = "null"
Place: TypeAlias = tuple[str, str]
"""Link id and position."""


class Assessments:
    """The verbs of assessment. Each raises `NotPermitted` where the user may not do it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def start(self, case_id: str, questionnaire: str, version: str = "") -> Changes:
        """Start an assessment of a case; an open one of the same questionnaire is taken up again.

        `made` is the id of either. The version is the shipped questionnaire's where none is given.
        """
        self._access.require(Permission.EDIT_ASSESSMENT, case_id)
        with unit_of_work(self._access) as work:
            work.about(work.get(Case, case_id).person_id)
            for known in work.find(Assessment, case_id=case_id, questionnaire=questionnaire):
                if known.status is not AssessmentStatus.COMPLETED:
                    return changes_of(work, known.id)
            assessment = work.add(
                Assessment(
                    id=work.new_id(),
                    case_id=case_id,
                    questionnaire=questionnaire,
                    questionnaire_version=version or shipped_questionnaire(questionnaire).version,
                    started_at=work.now,
                    started_by=self._access.actor.name,
                )
            )
        return changes_of(work, assessment.id)

    def answer(self, assessment_id: str, link_id: str, position: str, value: Value | None) -> Changes:
        """Keep one answer (text, number, yes or no, date); None takes it away."""
        return self.answers(assessment_id, {(link_id, position): value})

    def answers(
        self,
        assessment_id: str,
        given: Mapping[Place, Value | None],
        seen: Mapping[Place, Value | None] | None = None,
    ) -> Changes:
        """Keep answers by (link id, position), all or none of them; None takes an answer away. `seen` is what stood
        there when they were given: what came from elsewhere since is merged or kept as a conflict.

        A completed assessment becomes "amended" by an answer; the signatures stay, and show as older than it. Raises
        `NoSuchQuestion` for an answer that no form would ever show again, and `NotFound`.
        """
        self._access.require(Permission.EDIT_ASSESSMENT, assessment_id)
        with unit_of_work(self._access) as work:
            assessment = self._open(work, assessment_id)
            questionnaire = shipped_questionnaire(assessment.questionnaire)
            for link_id, _ in given:
                questionnaire.item(link_id)
            known = {(it.link_id, it.position): it for it in work.find(Answer, assessment_id=assessment_id)}
            before = {place: _as_text(value) for place, value in (seen or {}).items()}
            changed = [
                self._keep(work, assessment_id, known.get(place), place, _as_text(value), before.get(place))
                for place, value in given.items()
            ]
            if any(changed) and assessment.status is AssessmentStatus.COMPLETED:
                assessment.status = AssessmentStatus.AMENDED
        return changes_of(work)

    def sign_part(self, assessment_id: str, part: str, discipline: Discipline) -> Changes:
        """Sign a part as the person at the keyboard, with their discipline.

        Raises `PartIsEmpty`, or `PartHasProblems` where a required answer is missing or an answer is wrong.
        """
        self._access.require(Permission.SIGN_PART, assessment_id)
        with unit_of_work(self._access) as work:
            assessment = self._open(work, assessment_id)
            require_signable(*self._filled(work, assessment), part)
            signature = work.add(
                PartSignature(
                    id=work.new_id(),
                    assessment_id=assessment_id,
                    part=part,
                    practitioner_id=self._access.actor.practitioner_id,
                    signed_by=self._access.actor.name,
                    discipline=discipline,
                    signed_at=work.now,
                )
            )
            work.act("sign_part", "part_signature", signature.id)
        return changes_of(work, signature.id)

    def complete(self, assessment_id: str, reason: str = "") -> Changes:
        """Close the assessment; it can be amended afterwards.

        Every part with answers must be signed as it stands, or `reason` says why not; raises `AssessmentIsEmpty` or
        `PartsNotSigned`.
        """
        self._access.require(Permission.EDIT_ASSESSMENT, assessment_id)
        with unit_of_work(self._access) as work:
            assessment = self._open(work, assessment_id)
            questionnaire, answers = self._filled(work, assessment)
            states = part_states(work.connection, assessment_id, questionnaire, answers)
            require_completable(states, reason)
            assessment.status = AssessmentStatus.COMPLETED
            assessment.completed_at = work.now
            assessment.unsigned_reason = reason.strip() if any(state.wants_signature for state in states) else ""
            work.act("complete", "assessment", assessment_id, assessment.unsigned_reason)
        return changes_of(work)

    def _keep(
        self, work: UnitOfWork, assessment_id: str, known: Answer | None, place: Place, text: str, seen: str | None
    ) -> bool:
        if known is None:
            if text == _TAKEN_AWAY:
                return False
            work.add(
                Answer(
                    # Of its place, so that two laptops that answer a question first mean one record.
                    id=id_from("answer", assessment_id, *place),
                    assessment_id=assessment_id,
                    link_id=place[0],
                    position=place[1],
                    value_json=text,
                    answered_at=work.now,
                    answered_by=self._access.actor.name,
                )
            )
            return True
        before = {} if seen is None else {"value_json": seen}
        kept = with_unseen(work, known, {"value_json": text}, before).get("value_json", known.value_json)
        if known.value_json == kept:
            return False
        known.value_json = kept
        known.answered_at = work.now
        known.answered_by = self._access.actor.name
        return True

    def _open(self, work: UnitOfWork, assessment_id: str) -> Assessment:
        assessment = work.get(Assessment, assessment_id)
        work.bulk(set(), {assessment_id})  # named in the announcement although only its answers change
        work.about(work.get(Case, assessment.case_id).person_id)
        return assessment

    def _filled(self, work: UnitOfWork, assessment: Assessment) -> tuple[Questionnaire, Answers]:
        questionnaire = shipped_questionnaire(assessment.questionnaire)
        return questionnaire, answers_of(questionnaire, assessment_queries.answers(work.connection, assessment.id))


def _as_text(value: Value | None) -> str:
    return _TAKEN_AWAY if value is None else orjson.dumps(encode(value)).decode()
