"""Reads everything about one person and their case, as frozen summaries; nothing is written but that it was viewed."""

from dataclasses import dataclass

from mdt_desktop.domain.cases import CaseFacts, Stage, missing_for, moves_from
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.lead_proposals import LeadProposal, propose
from mdt_desktop.services.rights import Rights, rights_over
from mdt_desktop.services.shared_view import flags_as_shared, plan_as_shared
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import allocations, assessments, audit, care_plans, cases, consents, runs
from mdt_desktop.store.queries.allocations import AllocationSummary
from mdt_desktop.store.queries.assessments import AssessmentSummary, SignatureSummary
from mdt_desktop.store.queries.audit import AuditSummary
from mdt_desktop.store.queries.care_plans import ActionSummary, GoalSummary, PlanSummary, PlanVersion
from mdt_desktop.store.queries.cases import (
    CaseSummary,
    FlagSummary,
    PersonalContactSummary,
    PersonSummary,
    StageChangeSummary,
    TeamMemberSummary,
)
from mdt_desktop.store.queries.consents import ConsentSummary
from mdt_desktop.store.queries.runs import RunSummary, ScoreSummary
from mdt_desktop.store.transactions import writing

__all__ = [
    "ActionSummary",
    "AllocationSummary",
    "AssessmentSummary",
    "AuditSummary",
    "CaseFile",
    "CaseSummary",
    "ConsentSummary",
    "FlagSummary",
    "GoalSummary",
    "LeadProposal",
    "Overview",
    "PersonSummary",
    "PersonalContactSummary",
    "PlanSummary",
    "PlanVersion",
    "RunSummary",
    "ScoreSummary",
    "SignatureSummary",
    "StageChangeSummary",
    "TeamMemberSummary",
]


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page of a case shows. `case` is None where no case was opened for the person yet.

    `scores` are the person's own runs, the oldest first; `plan` is the agreed plan, else the draft, else None.
    What `rights` do not let the user see is empty: nothing recorded is not the same, so a page looks there first.
    """

    person: PersonSummary
    flags: tuple[FlagSummary, ...]
    case: CaseSummary | None
    facts: CaseFacts | None
    consent: ConsentSummary
    lead: AllocationSummary | None
    scores: tuple[ScoreSummary, ...]
    plan: PlanSummary | None
    plan_versions: tuple[PlanVersion, ...]
    assessments: tuple[AssessmentSummary, ...]
    contacts: tuple[PersonalContactSummary, ...]
    team: tuple[TeamMemberSummary, ...]
    rights: Rights

    def moves(self) -> tuple[tuple[Stage, tuple[str, ...]], ...]:
        """The stages the case may go to, each with what is still missing for it."""
        if self.case is None or self.facts is None:
            return ()
        return tuple((stage, missing_for(stage, self.facts)) for stage in moves_from(self.case.stage))


class CaseFile:
    """The questions about one case; every method reads through the reader connection.

    Each raises `NotPermitted` where the user may not see it.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def find(self, id_or_number: str) -> str:
        """The person id for a person id, case id or NHS number; raises `NotFound`."""
        return cases.find_person(self._access.database.reader, id_or_number)

    def overview(self, person_id: str) -> Overview:
        """Everything the first page shows; raises `NotPermitted`, `NotFound`."""
        connection = self._access.database.reader
        person = cases.person(connection, person_id)
        self._access.require(Permission.SEE_CASE, person_id)
        rights = rights_over(self._access, person_id, connection)
        case_id = person.case_id
        versions = care_plans.versions(connection, case_id) if case_id and rights.may(Permission.SEE_PLAN) else []
        in_force = next((it for it in versions if it.status == "agreed"), versions[0] if versions else None)
        return Overview(
            person=person,
            flags=flags_as_shared(cases.flags(connection, person_id, self._access.today()), rights.parts),
            case=cases.case(connection, case_id) if case_id else None,
            facts=cases.facts(connection, case_id) if case_id else None,
            consent=consents.in_force(connection, person_id)
            if rights.may(Permission.SEE_CONSENT)
            else consents.NOT_ASKED,
            lead=allocations.lead(connection, case_id) if case_id else None,
            scores=tuple(runs.scores_of(connection, person_id)) if rights.may(Permission.SEE_RISK) else (),
            plan=plan_as_shared(care_plans.plan(connection, in_force.id), rights.parts) if in_force else None,
            plan_versions=tuple(versions),
            assessments=tuple(assessments.assessments(connection, case_id))
            if case_id and rights.may(Permission.SEE_ASSESSMENT)
            else (),
            contacts=tuple(cases.personal_contacts(connection, person_id))
            if rights.may(Permission.SEE_CONTACTS)
            else (),
            team=tuple(cases.team(connection, case_id)) if case_id else (),
            rights=rights,
        )

    def consents(self, person_id: str) -> list[ConsentSummary]:
        """Every decision on sharing, the one in force first."""
        self._access.require(Permission.SEE_CONSENT, person_id)
        return consents.decisions(self._access.database.reader, person_id)

    def proposal(self, case_id: str) -> LeadProposal:
        """Who should lead by rule; raises `NotFound` or `NobodyToPropose`."""
        self._access.require(Permission.SEE_CASE, case_id)
        return propose(self._access, case_id)

    def leads(self, case_id: str) -> list[AllocationSummary]:
        """Every lead the case has or had, the one in force first."""
        self._access.require(Permission.SEE_CASE, case_id)
        return allocations.allocations(self._access.database.reader, case_id)

    def plan(self, plan_id: str) -> PlanSummary:
        """The whole of one plan, as far as it is shared with the user."""
        self._access.require(Permission.SEE_PLAN, plan_id)
        return read_plan(self._access, plan_id)

    def plan_versions(self, case_id: str) -> list[PlanVersion]:
        """Every version of the case's plan, the latest first."""
        self._access.require(Permission.SEE_PLAN, case_id)
        return care_plans.versions(self._access.database.reader, case_id)

    def assessment(self, assessment_id: str) -> AssessmentSummary:
        """One assessment."""
        self._access.require(Permission.SEE_ASSESSMENT, assessment_id)
        return assessments.assessment(self._access.database.reader, assessment_id)

    def signatures(self, assessment_id: str) -> tuple[SignatureSummary, ...]:
        """The latest signature of each signed part of an assessment, in the order they were signed."""
        self._access.require(Permission.SEE_ASSESSMENT, assessment_id)
        found = assessments.signatures(self._access.database.reader, assessment_id)
        return tuple(sorted(found.values(), key=lambda it: it.signed_at))

    def stage_changes(self, case_id: str) -> list[StageChangeSummary]:
        """Every move of the case, the latest first."""
        self._access.require(Permission.SEE_CASE, case_id)
        return cases.stage_changes(self._access.database.reader, case_id)

    def practice_runs(self, practice_id: str) -> list[RunSummary]:
        """The practice's risk runs, the latest first."""
        return runs.runs_of(self._access.database.reader, practice_id)

    def history(self, person_id: str, limit: int = 500) -> list[AuditSummary]:
        """What was done about this person, the latest first."""
        self._access.require(Permission.SEE_HISTORY, person_id)
        return audit.about(self._access.database.reader, person_id, limit)

    def viewed(self, person_id: str) -> None:
        """Record that the case was looked at; a command, to be run on the writer thread. Raises `NotFound`."""
        with writing(self._access.database) as connection:
            cases.person(connection, person_id)
            act = Act("view", "person", person_id, person_id)
            audit_log.append(connection, self._access.actor, self._access.clock(), [act])


def read_plan(access: Access, plan_id: str) -> PlanSummary:
    """One plan as far as it is shared with the user, who may see it; raises `NotFound`."""
    connection = access.database.reader
    plan = care_plans.plan(connection, plan_id)
    person_id = cases.case(connection, plan.case_id).person_id
    return plan_as_shared(plan, rights_over(access, person_id, connection).parts)
