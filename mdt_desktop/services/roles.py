"""Gives and ends the roles that somebody holds in addition to their job: chair, IG lead, administrator."""

from dataclasses import dataclass

from mdt_desktop.domain.errors import BadInput, NotAllowed
from mdt_desktop.domain.permissions import GIVEN_ROLES, AccessRole, Permission
from mdt_desktop.records import Locality, Practitioner, RoleHeld
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.unit_of_work import UnitOfWork

__all__ = ["LastOwnRole", "NotGiven", "Roles", "TakeItYourselfFirst"]


class NotGiven(BadInput):
    """This role follows from the job or from a case; it cannot be given. Values: `role`."""

    code = "role_not_given"


class TakeItYourselfFirst(NotAllowed):
    """Whoever keeps this store would lock themselves out by making only somebody else its administrator."""

    code = "role_take_yourself_first"


class LastOwnRole(NotAllowed):
    """Whoever uses this store cannot lay down the administrator's role on it: nobody else could give it back."""

    code = "role_last_own"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A role for somebody; a chair's locality, None for all of them."""

    practitioner_id: str
    role: AccessRole
    locality_id: str | None


class Roles:
    """The verbs of roles held in addition."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def give(self, practitioner_id: str, role: AccessRole, locality_id: str | None = None) -> Changes:
        """Give a role to somebody; who holds it already keeps it. A chair's may be for one locality.

        Raises `NotPermitted`, `NotGiven`, `TakeItYourselfFirst`, `NotFound`.
        """
        access = self._access
        access.require(Permission.GIVE_ROLES)
        if role not in GIVEN_ROLES:
            raise NotGiven(role=role)
        wanted = _Wanted(practitioner_id, role, locality_id if role is AccessRole.CHAIR else None)
        with unit_of_work(access) as work:
            work.get(Practitioner, practitioner_id)
            if wanted.locality_id:
                work.get(Locality, wanted.locality_id)
            self._refuse_lock_out(work, wanted)
            held = work.find(RoleHeld, practitioner_id=practitioner_id, role=role, locality_id=wanted.locality_id)
            known = next((it for it in held if it.until is None), None)
            if known is not None:
                return changes_of(work, known.id)
            made = work.add(
                RoleHeld(
                    id=work.new_id(),
                    practitioner_id=practitioner_id,
                    role=role,
                    locality_id=wanted.locality_id,
                    since=access.today(),
                    given_by=access.actor.name,
                )
            )
            work.act("give_role", "role_held", made.id, role.value)
        return changes_of(work, made.id)

    def end(self, held_id: str) -> Changes:
        """End a role; the record of it stays. Raises `NotPermitted`, `LastOwnRole`, `NotFound`."""
        access = self._access
        access.require(Permission.GIVE_ROLES)
        with unit_of_work(access) as work:
            held = work.get(RoleHeld, held_id)
            if held.role is AccessRole.ADMINISTRATOR and held.practitioner_id == access.actor.practitioner_id:
                raise LastOwnRole()
            if held.until is None:
                held.until = access.today()
                work.act("end_role", "role_held", held.id, held.role.value)
        return changes_of(work, held_id)

    def _refuse_lock_out(self, work: UnitOfWork, wanted: _Wanted) -> None:
        me = self._access.actor.practitioner_id
        if wanted.role is not AccessRole.ADMINISTRATOR or wanted.practitioner_id == me:
            return
        standing = self._access.standing(None, work.connection)
        if AccessRole.ADMINISTRATOR not in standing.roles:
            raise TakeItYourselfFirst()
