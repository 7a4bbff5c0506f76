"""Other people at the keyboard of a real store: each with services of their own, as their laptop would give them."""

from mdt_desktop.bootstrap import Program, Services
from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.organisations import OrganisationKind, Role, discipline_of
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.records import Organisation, Practitioner, RoleHeld
from mdt_desktop.services.access import Access
from mdt_desktop.store.unit_of_work import UnitOfWork

ROLE_BY_JOB = {
    AccessRole.CHAIR: Role.MDT_CHAIR,
    AccessRole.CLINICIAN: Role.COMMUNITY_NURSE,
    AccessRole.SOCIAL_WORKER: Role.SOCIAL_WORKER,
    AccessRole.CARE_NAVIGATOR: Role.CARE_NAVIGATOR,
    AccessRole.VOLUNTARY_PARTNER: Role.VOLUNTEER,
    AccessRole.ADMINISTRATOR: Role.MDT_ADMINISTRATOR,
}


def an_organisation(program: Program, name: str, kind: OrganisationKind) -> str:
    """An organisation of a kind; its id."""
    access = program.access
    with UnitOfWork(access.database, access.actor, access.clock()) as work:
        return work.add(Organisation(id=work.new_id(), name=name, kind=kind)).id


def a_colleague(program: Program, job: Role, name: str = "", organisation_id: str | None = None) -> Services:
    """Somebody of a job who works here, with the services that they would see."""
    access = program.access
    name = name or f"Kim {job.value.replace('_', ' ').title()}"
    with UnitOfWork(access.database, access.actor, access.clock()) as work:
        made = work.add(
            Practitioner(
                id=work.new_id(),
                name=name,
                role=job,
                discipline=discipline_of(job),
                organisation_id=organisation_id,
                locality_id=access.actor.locality_id,
            )
        ).id
    return services_of(program, made, name, job)


def services_of(program: Program, practitioner_id: str, name: str, job: Role) -> Services:
    """The services of somebody who is in the directory already."""
    access = program.access
    actor = Actor(practitioner_id, name, job, "Invented Council", access.actor.locality_id, access.actor.device_id)
    return Services(Access(access.database, actor, access.clock, access.is_demo))


def give(program: Program, services: Services, role: AccessRole, locality_id: str | None = None) -> str:
    """Give somebody a role as an administrator elsewhere would have; the id of the record."""
    access = program.access
    with UnitOfWork(access.database, access.actor, access.clock()) as work:
        return work.add(
            RoleHeld(
                id=work.new_id(),
                practitioner_id=services.access.actor.practitioner_id,
                role=role,
                locality_id=locality_id,
                since=access.today(),
                given_by="Somebody Else",
            )
        ).id


def an_administrator_elsewhere(program: Program) -> None:
    """Appoint somebody administrator, so that nobody is keeper of the store by default any more."""
    give(program, a_colleague(program, Role.GP, "Ada Elsewhere"), AccessRole.ADMINISTRATOR)


def audited(program: Program, action: str) -> list[tuple[str, str, str]]:
    """Who did a kind of act, with its fields and its reason, in order."""
    rows = program.access.database.reader.execute(
        "SELECT actor, fields, reason FROM audit_entry WHERE action = ? ORDER BY seq", (action,)
    )
    return [(row[0], row[1], row[2]) for row in rows]
