"""Questions about who may see and do what: roles, how somebody stands to a person, and closed records in lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import AccessRole, Standing, role_of_job
from mdt_desktop.store.queries.rows import as_stored, day, made

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

# A glass counts while it is broken: neither ended nor over, and not before it was broken.
_GLASS = (
    "EXISTS (SELECT 1 FROM broken_glass WHERE broken_glass.person_id = {person} AND practitioner_id = :me"
    " AND ended_at IS NULL AND opened_at <= :now AND ends_at > :now)"
)
_LEADS = (
    "EXISTS (SELECT 1 FROM lead_allocation JOIN person_case ON person_case.id = case_id"
    " WHERE person_case.person_id = {person} AND practitioner_id = :me AND lead_allocation.status = 'agreed')"
)
_IN_TEAM = (
    'EXISTS (SELECT 1 FROM care_team_member JOIN person_case ON person_case.id = case_id'
    ' WHERE person_case.person_id = {person} AND practitioner_id = :me AND "left" IS NULL)'
)
_RESTRICTED = "EXISTS (SELECT 1 FROM restriction WHERE restriction.person_id = {person} AND lifted_at IS NULL)"

_OWNER = """
SELECT id FROM person WHERE id = ?1
UNION ALL SELECT person_id FROM person_case WHERE id = ?1
UNION ALL SELECT person_id FROM care_plan JOIN person_case ON person_case.id = case_id WHERE care_plan.id = ?1
UNION ALL SELECT person_id FROM assessment JOIN person_case ON person_case.id = case_id WHERE assessment.id = ?1
UNION ALL SELECT person_id FROM flag WHERE id = ?1
UNION ALL SELECT person_id FROM personal_contact WHERE id = ?1
UNION ALL SELECT person_id FROM care_team_member JOIN person_case ON person_case.id = case_id
           WHERE care_team_member.id = ?1
UNION ALL SELECT person_id FROM need JOIN care_plan ON care_plan.id = plan_id
            JOIN person_case ON person_case.id = case_id WHERE need.id = ?1
UNION ALL SELECT person_id FROM goal JOIN need ON need.id = need_id JOIN care_plan ON care_plan.id = plan_id
            JOIN person_case ON person_case.id = case_id WHERE goal.id = ?1
UNION ALL SELECT person_id FROM action JOIN goal ON goal.id = goal_id JOIN need ON need.id = need_id
            JOIN care_plan ON care_plan.id = plan_id JOIN person_case ON person_case.id = case_id
           WHERE action.id = ?1
UNION ALL SELECT person_id FROM contingency_plan JOIN care_plan ON care_plan.id = plan_id
            JOIN person_case ON person_case.id = case_id WHERE contingency_plan.id = ?1
UNION ALL SELECT person_id FROM other_plan JOIN care_plan ON care_plan.id = plan_id
            JOIN person_case ON person_case.id = case_id WHERE other_plan.id = ?1
UNION ALL SELECT person_id FROM agenda_item JOIN person_case ON person_case.id = case_id WHERE agenda_item.id = ?1
UNION ALL SELECT person_id FROM decision JOIN agenda_item ON agenda_item.id = item_id
            JOIN person_case ON person_case.id = case_id WHERE decision.id = ?1
UNION ALL SELECT person_id FROM meeting_note JOIN agenda_item ON agenda_item.id = item_id
            JOIN person_case ON person_case.id = case_id WHERE meeting_note.id = ?1
UNION ALL SELECT person_id FROM task JOIN person_case ON person_case.id = case_id WHERE task.id = ?1
UNION ALL SELECT person_id FROM case_note JOIN person_case ON person_case.id = case_id WHERE case_note.id = ?1
UNION ALL SELECT person_id FROM case_paper JOIN person_case ON person_case.id = case_id WHERE case_paper.id = ?1
UNION ALL SELECT person_id FROM happening WHERE id = ?1
UNION ALL SELECT person_id FROM hospital_episode WHERE id = ?1
UNION ALL SELECT person_id FROM handover JOIN person_case ON person_case.id = case_id WHERE handover.id = ?1
UNION ALL SELECT person_id FROM restriction WHERE id = ?1
UNION ALL SELECT person_id FROM broken_glass WHERE id = ?1
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody holds or held in addition to their job's."""

    id: str
    practitioner_id: str
    name: str
    role: AccessRole
    locality_id: str | None
    locality_name: str
    since: date
    until: date | None
    given_by: str


def person_of(connection: "Connection", record_id: str) -> str | None:
    """The person whom a record is about, by the record's id or their own; None where nobody is."""
    row = connection.execute(_OWNER, (record_id,)).fetchone()
    return None if row is None else str(row[0])


def standing(
    connection: "Connection", practitioner_id: str, job: Role, person_id: str | None, now: datetime
) -> Standing:
    """How a practitioner stands to the store and to one person, all but what is shared with a partner.

    `job` is what counts where the practitioner is not in the directory.
    """
    row = connection.execute(
        "SELECT (SELECT role FROM practitioner WHERE id = :me),"
        " (SELECT locality_id FROM practice JOIN person ON practice_id = practice.id WHERE person.id = :person),"
        " EXISTS (SELECT 1 FROM role_held WHERE role = 'administrator' AND until IS NULL),"
        f" {_LEADS}, {_IN_TEAM}, {_RESTRICTED}, {_GLASS}".replace("{person}", ":person"),
        {"me": practitioner_id, "person": person_id, "now": as_stored(now)},
    ).fetchone()
    job_now, locality_id, is_administered, leads, in_team, restricted, glass = row
    roles = {role_of_job(Role(job_now) if job_now else job)}
    roles |= _held(connection, practitioner_id, locality_id, person_id is not None)
    if not is_administered:
        roles.add(AccessRole.KEEPER)
    return Standing(frozenset(roles), bool(leads), bool(in_team), bool(restricted), bool(glass))


def _held(
    connection: "Connection", practitioner_id: str, locality_id: str | None, about_somebody: bool
) -> set[AccessRole]:
    """The roles held in addition; the chair of a locality chairs nobody elsewhere."""
    rows = connection.execute(
        "SELECT role, locality_id FROM role_held WHERE practitioner_id = ? AND until IS NULL", (practitioner_id,)
    )
    return {
        AccessRole(role)
        for role, place in rows
        if not about_somebody or place is None or place == locality_id or role != AccessRole.CHAIR.value
    }


def held_roles(connection: "Connection", *, with_ended: bool = False) -> list[HeldRole]:
    """Every role that is held in addition, by role and name; with those that have ended if wanted."""
    who = "1" if with_ended else "until IS NULL"
    rows = connection.execute(
        "SELECT role_held.id, practitioner_id, practitioner.name, role_held.role, role_held.locality_id,"
        " coalesce(locality.name, ''), since, until, given_by FROM role_held"
        " JOIN practitioner ON practitioner.id = practitioner_id"
        f" LEFT JOIN locality ON locality.id = role_held.locality_id WHERE {who}"
        " ORDER BY role_held.role, practitioner.name, role_held.id"
    )
    return [made(HeldRole, row, role=AccessRole, since=day, until=day) for row in rows]


def restricted_numbers(connection: "Connection", practitioner_id: str, now: datetime) -> dict[int, bool]:
    """The caseload numbers of everybody whose record is restricted, with whether it is open to this practitioner."""
    rows = connection.execute(
        "SELECT person_no, " + f"{_LEADS} OR {_IN_TEAM} OR {_GLASS}".replace("{person}", "restriction.person_id") +
        " FROM restriction JOIN caseload_index USING (person_id) WHERE lifted_at IS NULL",
        {"me": practitioner_id, "now": as_stored(now)},
    )
    return {int(number): bool(is_open) for number, is_open in rows}


def shut_out_of(connection: "Connection", practitioner_id: str, now: datetime) -> frozenset[str]:
    """The ids of everybody whose restricted record is shut to a practitioner who is not in their team."""
    shut = f"NOT ({_LEADS} OR {_IN_TEAM} OR {_GLASS})".replace("{person}", "restriction.person_id")
    rows = connection.execute(
        f"SELECT person_id FROM restriction WHERE lifted_at IS NULL AND {shut}",
        {"me": practitioner_id, "now": as_stored(now)},
    )
    return frozenset(str(row[0]) for row in rows)


def led_by(connection: "Connection", practitioner_id: str) -> list[str]:
    """The ids of the people whom somebody leads, in order."""
    rows = connection.execute(
        "SELECT person_id FROM lead_allocation JOIN person_case ON person_case.id = case_id"
        " WHERE practitioner_id = ? AND lead_allocation.status = 'agreed' ORDER BY person_id",
        (practitioner_id,),
    )
    return [str(row[0]) for row in rows]


def numbers_of(connection: "Connection", person_ids: Iterable[str]) -> frozenset[int]:
    """The caseload numbers of some people."""
    found = set()
    for person_id in person_ids:
        row = connection.execute("SELECT person_no FROM caseload_index WHERE person_id = ?", (person_id,)).fetchone()
        if row is not None:
            found.add(int(row[0]))
    return frozenset(found)
