"""Questions about lead professionals."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.allocation import AgeRule, AllocationRule, AllocationStatus
from mdt_desktop.store.queries.rows import made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class AllocationSummary:
    """One agreed or ended lead; `proposed_name` is whom the rule proposed where somebody else was chosen."""

    id: str
    practitioner_id: str
    name: str
    works_for: str
    telephone: str
    proposed_name: str
    status: AllocationStatus
    rule: AllocationRule
    age_rule: AgeRule
    override_reason: str
    agreed_at: datetime | None
    agreed_by: str
    ended_at: datetime | None


def allocations(connection: "Connection", case_id: str) -> list[AllocationSummary]:
    """Every lead the case has or had, the one in force first."""
    rows = connection.execute(
        "SELECT lead_allocation.id, practitioner.id, practitioner.name,"
        " coalesce(organisation.name, practice.name, ''), practitioner.telephone,"
        " CASE WHEN proposed_id <> practitioner_id THEN coalesce(proposed.name, '') ELSE '' END,"
        " status, rule, age_rule, override_reason, agreed_at, agreed_by, ended_at"
        " FROM lead_allocation JOIN practitioner ON practitioner.id = practitioner_id"
        " LEFT JOIN organisation ON organisation.id = practitioner.organisation_id"
        " LEFT JOIN practice ON practice.id = practitioner.practice_id"
        " LEFT JOIN practitioner AS proposed ON proposed.id = proposed_id"
        " WHERE case_id = ? ORDER BY status <> 'agreed', lead_allocation.id DESC",
        (case_id,),
    )
    return [
        made(
            AllocationSummary,
            row,
            status=AllocationStatus,
            rule=AllocationRule,
            age_rule=AgeRule,
            agreed_at=moment,
            ended_at=moment,
        )
        for row in rows
    ]


def lead(connection: "Connection", case_id: str) -> AllocationSummary | None:
    """The agreed lead, or None."""
    found = allocations(connection, case_id)
    return found[0] if found and found[0].status is AllocationStatus.AGREED else None

