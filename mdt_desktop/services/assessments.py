"""Starts assessments, keeps every answer as it is typed, and records who signed which part."""

import orjson

from mdt_desktop.domain.answering import encode
from mdt_desktop.domain.assessment import AssessmentStatus, PartIsEmpty
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.questionnaire import Value
from mdt_desktop.records import Answer, Assessment, Case, PartSignature
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.store.unit_of_work import UnitOfWork


class Assessments:
    """The verbs of assessment."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def _work(self) -> UnitOfWork:
        return UnitOfWork(self._access.database, self._access.actor, self._access.clock())

    def start(self, case_id: str, questionnaire: str, version: str) -> Changes:
        """Start an assessment of a case; an open one of the same questionnaire is taken up again."""
        with self._work() as work:
            work.about(work.get(Case, case_id).person_id)
            for known in work.find(Assessment, case_id=case_id, questionnaire=questionnaire):
                if known.status is not AssessmentStatus.COMPLETED:
                    return changes_of(work, known.id)
            assessment = work.add(
                Assessment(
                    id=work.new_id(),
                    case_id=case_id,
                    questionnaire=questionnaire,
                    questionnaire_version=version,
                    started_at=work.now,
                    started_by=self._access.actor.name,
                )
            )
        return changes_of(work, assessment.id)

    def answer(self, assessment_id: str, link_id: str, position: str, value: Value | None) -> Changes:
        """Keep one answer (text, number, yes or no, date); None takes it away.

        A completed assessment becomes "amended" by an answer; the signatures stay, and show as older than it.
        """
        with self._work() as work:
            assessment = self._open(work, assessment_id)
            place = {"assessment_id": assessment_id, "link_id": link_id, "position": position}
            known = next(iter(work.find(Answer, **place)), None)
            text = _json(value)
            if value is None:
                if known is not None:
                    work.remove(known)
            elif known is None:
                work.add(
                    Answer(
                        id=work.new_id(),
                        **place,
                        value_json=text,
                        answered_at=work.now,
                        answered_by=self._access.actor.name,
                    )
                )
            elif known.value_json != text:
                known.value_json = text
                known.answered_at = work.now
                known.answered_by = self._access.actor.name
            if assessment.status is AssessmentStatus.COMPLETED:
                assessment.status = AssessmentStatus.AMENDED
        return changes_of(work)

    def sign_part(self, assessment_id: str, part: str, discipline: Discipline, answered: int) -> Changes:
        """Sign a part as the person at the keyboard, with their discipline; raises `PartIsEmpty`."""
        if not answered:
            raise PartIsEmpty(part=part)
        with self._work() as work:
            self._open(work, assessment_id)
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

    def complete(self, assessment_id: str) -> Changes:
        """Close the assessment; it can be amended afterwards."""
        with self._work() as work:
            assessment = self._open(work, assessment_id)
            assessment.status = AssessmentStatus.COMPLETED
            assessment.completed_at = work.now
            work.act("complete", "assessment", assessment_id)
        return changes_of(work)

    def _open(self, work: UnitOfWork, assessment_id: str) -> Assessment:
        assessment = work.get(Assessment, assessment_id)
        work.about(work.get(Case, assessment.case_id).person_id)
        return assessment


def _json(value: Value | None) -> str:
    return orjson.dumps(None if value is None else encode(value)).decode()
