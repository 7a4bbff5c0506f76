"""What the case page shows, read in one trip by the reader thread, and the sentences made of it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.allocation import AgeRule, NobodyToPropose
from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.services.case_file import LeadProposal, Overview
from mdt_desktop.services.rights import Gate
from mdt_desktop.words import people_count, words

if TYPE_CHECKING:
    from mdt_desktop.services.unsettled import Unsettled


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the first tab needs. `proposal` is the rule's, also beside an agreed lead; `nobody` says why there
    is none."""

    overview: Overview
    proposal: LeadProposal | None
    nobody: MdtError | None
    age_rule: AgeRule
    today: date
    gate: Gate
    unsettled: tuple["Unsettled", ...] = ()

    @property
    def person_id(self) -> str:
        """The person's id."""
        return self.overview.person.id

    @property
    def case_id(self) -> str:
        """The case's id; empty where there is none."""
        return self.overview.person.case_id

    @property
    def ids(self) -> frozenset[str]:
        """Ids whose change concerns this page."""
        return frozenset({self.person_id, self.case_id} - {""})

    @property
    def agreed_plan_id(self) -> str:
        """The agreed plan's id, which is the one to print; empty where there is none."""
        return next((it.id for it in self.overview.plan_versions if it.status is PlanStatus.AGREED), "")

    @property
    def what_matters(self) -> str:
        """The person's own words from the plan in force."""
        plan = self.overview.plan
        return plan.about_me.get("most_important", "").strip() if plan else ""


def load(services: Services, person_id: str) -> CaseView:
    """Read the view; raises `NotPermitted`, `NotFound`."""
    case_file = services.case_file
    gate = services.rights.gate(person_id)
    overview = case_file.overview(person_id)
    proposal: LeadProposal | None = None
    nobody: MdtError | None = None
    if overview.case is not None:
        try:
            proposal = case_file.proposal(overview.case.id)
        except NobodyToPropose as problem:
            nobody = problem
    return CaseView(
        overview,
        proposal,
        nobody,
        services.rules.age_rule(),
        services.access.today(),
        gate,
        services.sync_inbox.unsettled(person_id) if services.sync_reading.anything_open() else (),
    )


def load_or_gate(services: Services, person_id: str) -> CaseView | Gate:
    """The view, or of a restricted record that is shut to the user what stands at its door; raises as `load`."""
    gate = services.rights.gate(person_id)
    return gate if gate.closed else load(services, person_id)


def proposal_choice(view: CaseView, proposal: LeadProposal) -> str:
    """Why this person of the discipline, in one sentence."""
    who, person = proposal.practitioner, view.overview.person
    near = "borough"
    if who.practice_id is not None and who.practice_id == person.practice_id:
        near = "practice"
    elif who.locality_id is not None:
        near = "locality"
    return words(f"allocation_choice.{near}", name=who.name, leads=people_count(who.leads))
