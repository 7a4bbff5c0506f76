"""What the user may see and do, as frozen summaries: for the whole program, and for one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.permissions import AccessRole, NotPermitted, Permission, Standing, granted, refusal_of, why_not
from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.services.access import Access
from mdt_desktop.store.queries import cases, restrictions, rights
from mdt_desktop.store.queries.restrictions import GlassSummary, RestrictionSummary
from mdt_desktop.store.queries.rights import HeldRole

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["Gate", "GlassSummary", "HeldRole", "RestrictionSummary", "Rights", "RightsReading"]

ALL_PARTS = frozenset(SharedPart)


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be seen and done, and why not where it may not. `parts` are those of a plan that may be seen."""

    standing: Standing
    parts: frozenset[SharedPart] = ALL_PARTS

    @property
    def granted(self) -> frozenset[Permission]:
        """Everything that is permitted."""
        return granted(self.standing)

    @property
    def roles(self) -> frozenset[AccessRole]:
        """The roles held, that of lead professional in one's own cases among them."""
        return self.standing.all_roles

    @property
    def is_partner(self) -> bool:
        """Whether only what is shared with the user's organisation is seen."""
        return self.parts != ALL_PARTS

    def may(self, permission: Permission) -> bool:
        """Whether something is permitted."""
        return refusal_of(permission, self.standing) is None

    def why_not(self, permission: Permission) -> NotPermitted | None:
        """The error that says why something is not permitted; None where it is."""
        refusal = refusal_of(permission, self.standing)
        return None if refusal is None else why_not(permission, refusal, self.roles)


@dataclass(frozen=True, slots=True)
class Gate:
    """What anybody with a caseload may know of a person: their name, and whether their record is restricted.

    `closed` says that the user sees no more than this; `glass` is their own broken glass while it lasts.
    """

    person_id: str
    family_name: str
    given_names: str
    title: str
    rights: Rights
    restriction: RestrictionSummary | None
    glass: GlassSummary | None

    @property
    def closed(self) -> bool:
        """Whether the record is restricted and shut to the user."""
        return self.rights.standing.is_shut_out


class RightsReading:
    """The questions about rights; every method reads through the reader connection."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def mine(self) -> Rights:
        """What the user may do in the program, apart from any one person."""
        return Rights(self._access.standing(None, self._access.database.reader))

    def over(self, person_id: str) -> Rights:
        """What the user may see and do of one person."""
        return rights_over(self._access, person_id, self._access.database.reader)

    def held(self) -> list[HeldRole]:
        """Who holds which role in addition to their job's now."""
        return rights.held_roles(self._access.database.reader)

    def gate(self, person_id: str) -> Gate:
        """What stands at the door of a person's record; raises `NotFound`."""
        connection = self._access.database.reader
        person = cases.person(connection, person_id)
        restriction = restrictions.in_force(connection, person_id)
        found = self.over(person_id)
        glass = None
        if restriction is not None:
            now: datetime = self._access.clock()
            glass = restrictions.open_glass(connection, person_id, self._access.actor.practitioner_id, now)
        return Gate(person.id, person.family_name, person.given_names, person.title, found, restriction, glass)


def rights_over(access: Access, person_id: str, connection: "Connection") -> Rights:
    """What the user may see and do of one person, asked of a connection."""
    standing = access.standing(person_id, connection)
    if AccessRole.VOLUNTARY_PARTNER in standing.roles and not _sees_without_sharing(standing):
        return Rights(standing, access.parts_shared(person_id, connection))
    return Rights(standing)


def _sees_without_sharing(standing: Standing) -> bool:
    """A partner who leads the case, or holds a role that sees everything, is not held to what is shared."""
    partner = AccessRole.VOLUNTARY_PARTNER
    others = Standing(standing.roles - {partner}, standing.leads)
    return bool(others.all_roles) and refusal_of(Permission.SEE_PLAN, others) is None
