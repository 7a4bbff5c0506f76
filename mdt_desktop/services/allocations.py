"""Proposes the lead professional by rule and records who was agreed, and why where it is somebody else."""

from mdt_desktop.domain.allocation import AllocationRule, AllocationStatus, require_override_reason
from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import CareTeamMember, Case, LeadAllocation
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.lead_proposals import LeadProposal, propose
from mdt_desktop.services.rules import age_rule
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.queries import directory
from mdt_desktop.store.unit_of_work import UnitOfWork

__all__ = ["Allocations", "LeadProposal", "NotWorkingHere"]


class NotWorkingHere(NotAllowed):
    """Somebody who no longer works here cannot lead."""

    code = "not_working_here"


class Allocations:
    """The verbs of lead allocation."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def propose(self, case_id: str) -> LeadProposal:
        """The proposal by the rule of source document 003, 3d; raises `NotPermitted`, `NotFound` or
        `NobodyToPropose`."""
        self._access.require(Permission.SEE_CASE, case_id)
        return propose(self._access, case_id)

    def agree(
        self, case_id: str, practitioner_id: str, proposal: LeadProposal | None, override_reason: str = ""
    ) -> Changes:
        """Record the agreed lead, end the one before and put the lead into the care team.

        `proposal` is what stood on the screen. Raises `OverrideNeedsReason` where somebody else is chosen without a
        reason, `NotPermitted`, `NotWorkingHere`, `NotFound`.
        """
        self._access.require(Permission.AGREE_LEAD, case_id)
        proposed_id = proposal.practitioner.id if proposal else None
        require_override_reason(proposed_id, practitioner_id, override_reason)
        access = self._access
        with unit_of_work(access) as work:
            case = work.get(Case, case_id)
            work.about(case.person_id)
            if not directory.practitioner(work.connection, practitioner_id).active:
                raise NotWorkingHere()
            for before in work.find(LeadAllocation, case_id=case_id, status=AllocationStatus.AGREED):
                before.status = AllocationStatus.ENDED
                before.ended_at = work.now
            rule = proposal.rule if proposal else AllocationRule.NEED_NOT_RECORDED
            agreed = work.add(
                LeadAllocation(
                    id=work.new_id(),
                    case_id=case_id,
                    practitioner_id=practitioner_id,
                    proposed_id=proposed_id,
                    status=AllocationStatus.AGREED,
                    rule=rule,
                    age_rule=proposal.age_rule if proposal else age_rule(work.connection),
                    override_reason=override_reason.strip(),
                    agreed_at=work.now,
                    agreed_by=access.actor.name,
                )
            )
            self._join_team(work, case_id, practitioner_id)
            work.act("agree_lead", "lead_allocation", agreed.id, override_reason.strip())
        return changes_of(work, agreed.id)

    def _join_team(self, work: UnitOfWork, case_id: str, practitioner_id: str) -> None:
        members = work.find(CareTeamMember, case_id=case_id, practitioner_id=practitioner_id)
        if not any(member.left is None for member in members):
            work.add(
                CareTeamMember(
                    id=work.new_id(),
                    case_id=case_id,
                    practitioner_id=practitioner_id,
                    joined=self._access.today(),
                )
            )
