"""Reads assessments as the page shows them: what can be begun, one to fill in with its parts, and safety prompts."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.assessment import (
    PartState,
    answers_of,
    form_parts,
    part_of,
    part_progress,
    part_status,
)
from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.eligibility import CARE_ACT_ID
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.questionnaire import Answers, Questionnaire
from mdt_desktop.domain.scoring import ONS4_ID, PHQ9_ID, PHQ9_SELF_HARM, score_phq9
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.services.access import Access
from mdt_desktop.services.rights import Rights, rights_over
from mdt_desktop.store.queries import assessments, care_plans, cases
from mdt_desktop.store.queries.assessments import AssessmentSummary, ChangeSummary
from mdt_desktop.store.queries.cases import FlagSummary, PersonSummary

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = [
    "AssessmentReading",
    "AssessmentSummary",
    "Earlier",
    "FlagSummary",
    "OpenAssessment",
    "PersonSummary",
    "SafetyPrompt",
    "Shelf",
    "WhoItIsAbout",
]

JOINT_ID = "joint-assessment"
OFFERED = (JOINT_ID, CARE_ACT_ID, PHQ9_ID, ONS4_ID)
"""The questionnaires that can be begun, in the order they are offered."""
_EARLIER = 4


@dataclass(frozen=True, slots=True)
class WhoItIsAbout:
    """The person, for the banner; `what_matters` is their own words from the plan in force."""

    person: PersonSummary
    flags: tuple[FlagSummary, ...]
    what_matters: str
    rights: Rights


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be begun for a case and what was filled in before, the latest first."""

    who: WhoItIsAbout
    case_id: str
    offered: tuple[Questionnaire, ...]
    assessments: tuple[AssessmentSummary, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier filling of the same questionnaire."""

    summary: AssessmentSummary
    answers: Answers

    @property
    def at(self) -> datetime:
        """When it was filled in: completed, else answered last, else begun."""
        return self.summary.completed_at or self.summary.last_answered_at or self.summary.started_at


@dataclass(frozen=True, slots=True)
class OpenAssessment:
    """One assessment to fill in or to read; `earlier` are those of the same questionnaire, the latest first."""

    who: WhoItIsAbout
    summary: AssessmentSummary
    questionnaire: Questionnaire
    answers: Answers
    parts: tuple[PartState, ...]
    earlier: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True)
class SafetyPrompt:
    """A prompt that stays on the case: `key` is its words, `answer` what was answered, with who noted it and when."""

    assessment_id: str
    key: str
    answer: str
    noted_by: str
    noted_at: datetime


class AssessmentReading:
    """The questions about assessments; every method reads through the reader connection."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def shelf(self, person_or_case: str) -> Shelf:
        """What a case has and could have, for a person id, case id or NHS number; raises `NotPermitted`, `NotFound`."""
        connection = self._access.database.reader
        person_id = cases.find_person(connection, person_or_case)
        self._access.require(Permission.SEE_ASSESSMENT, person_id)
        who = self._who(connection, person_id)
        case_id = who.person.case_id
        known = assessments.assessments(connection, case_id) if case_id else []
        return Shelf(who, case_id, tuple(shipped_questionnaire(name) for name in OFFERED), tuple(known))

    def open(self, assessment_id: str) -> OpenAssessment:
        """Everything one assessment shows; raises `NotFound`, or `NoSuchQuestionnaire` for a form not shipped."""
        connection = self._access.database.reader
        self._access.require(Permission.SEE_ASSESSMENT, assessment_id)
        summary = assessments.assessment(connection, assessment_id)
        questionnaire = shipped_questionnaire(summary.questionnaire)
        answers = answers_of(questionnaire, assessments.answers(connection, assessment_id))
        earlier = [
            Earlier(it, answers_of(questionnaire, assessments.answers(connection, it.id)))
            for it in assessments.assessments(connection, summary.case_id)
            if it.questionnaire == summary.questionnaire and it.id < summary.id and it.answers
        ]
        return OpenAssessment(
            self._who(connection, cases.find_person(connection, summary.case_id)),
            summary,
            questionnaire,
            answers,
            part_states(connection, assessment_id, questionnaire, answers),
            tuple(earlier[:_EARLIER]),
        )

    def safety_prompts(self, case_id: str) -> tuple[SafetyPrompt, ...]:
        """Prompts that stay in sight on a case.

        The latest PHQ-9 in which item 9 was answered decides: a prompt goes only when it is asked again and answered
        "not at all".
        """
        connection = self._access.database.reader
        self._access.require(Permission.SEE_ASSESSMENT, case_id)
        for summary in assessments.assessments(connection, case_id):
            if summary.questionnaire != PHQ9_ID:
                continue
            questionnaire = shipped_questionnaire(PHQ9_ID)
            answers = answers_of(questionnaire, assessments.answers(connection, summary.id))
            option = questionnaire.item(PHQ9_SELF_HARM).option(answers.get(PHQ9_SELF_HARM))
            if option is None:
                continue
            if not score_phq9(questionnaire, answers).self_harm_thoughts:
                return ()
            noted = _change_of(connection, summary.id, PHQ9_SELF_HARM)
            return (SafetyPrompt(summary.id, "phq9.safety_prompt", option.text, noted.changed_by, noted.changed_at),)
        return ()

    def _who(self, connection: "Connection", person_id: str) -> WhoItIsAbout:
        person = cases.person(connection, person_id)
        flags = cases.flags(connection, person_id, self._access.today())
        rights = rights_over(self._access, person_id, connection)
        return WhoItIsAbout(person, tuple(flags), _what_matters(connection, person.case_id), rights)


def part_states(
    connection: "Connection", assessment_id: str, questionnaire: Questionnaire, answers: Answers
) -> tuple[PartState, ...]:
    """Where each part of an assessment stands; a signature counts until an answer of its part changes after it."""
    signatures = assessments.signatures(connection, assessment_id)
    latest: dict[str, ChangeSummary] = {
        part_of(questionnaire, change.link_id): change for change in assessments.last_changes(connection, assessment_id)
    }
    counted = part_progress(questionnaire, answers)
    states = []
    for part in form_parts(questionnaire):
        signature, change = signatures.get(part.key), latest.get(part.key)
        since = signature is not None and change is not None and change.changed_at > signature.signed_at
        states.append(
            PartState(
                part,
                part_status(counted[part.key].answered, signature is not None, since),
                counted[part.key],
                signature.signed_by if signature else "",
                signature.discipline if signature else None,
                signature.signed_at if signature else None,
                change.changed_by if change else "",
                change.changed_at if change else None,
            )
        )
    return tuple(states)


def _change_of(connection: "Connection", assessment_id: str, link_id: str) -> ChangeSummary:
    return next(it for it in assessments.last_changes(connection, assessment_id) if it.link_id == link_id)


def _what_matters(connection: "Connection", case_id: str) -> str:
    versions = care_plans.versions(connection, case_id) if case_id else []
    in_force = next((it for it in versions if it.status is PlanStatus.AGREED), versions[0] if versions else None)
    if in_force is None:
        return ""
    return care_plans.plan(connection, in_force.id).about_me.get("most_important", "").strip()
