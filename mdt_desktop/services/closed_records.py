"""Which records are restricted, and which of them are shut to the user: asked by every service that lists people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.services.access import Access
from mdt_desktop.store.queries import rights, sharing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom the user finds in lists, as numbers of the caseload's index.

    `only` are all those that a partner is shown, None for everybody, and `with_risk` those of them whose risk is
    shared too; of those in `closed` only the name is shown; `restricted` are all whose record is restricted.
    """

    only: frozenset[int] | None = None
    with_risk: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    restricted: frozenset[int] = frozenset()


class ScopeReading:
    """Finds the scope anew each time it is asked; what is shared with a partner is kept until consent changes."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._kept: tuple[object, tuple[frozenset[int], frozenset[int]]] | None = None

    def scope(self, connection: "Connection") -> Scope:
        """Whom the user finds now."""
        access = self._access
        found = rights.restricted_numbers(connection, access.actor.practitioner_id, access.clock())
        standing = rights.standing(
            connection, access.actor.practitioner_id, access.actor.role, None, access.clock()
        )
        sees_all = AccessRole.IG_LEAD in standing.roles
        closed = frozenset(number for number, is_open in found.items() if not (is_open or sees_all))
        only: frozenset[int] | None = None
        with_risk: frozenset[int] = frozenset()
        if standing.roles <= {AccessRole.VOLUNTARY_PARTNER, AccessRole.KEEPER}:
            only, with_risk = (people - closed for people in self._shared(connection))
        return Scope(only, with_risk, closed, frozenset(found))

    def _shared(self, connection: "Connection") -> tuple[frozenset[int], frozenset[int]]:
        """Whom a partner is shown: everybody of whom something is shared with them, and those they lead; and of
        whom their risk is."""
        me = self._access.actor.practitioner_id
        recipient = sharing.employer(connection, me)
        led = rights.led_by(connection, me)
        key = (sharing.state(connection), recipient, tuple(led))
        if self._kept is None or self._kept[0] != key:
            people, at_risk = set(led), set(led)
            for person_id in sharing.people_touched(connection):
                matrix = sharing.matrix(connection, person_id)
                parts = matrix.shared_with(recipient) if recipient is not None else frozenset()
                if parts:
                    people.add(person_id)
                if SharedPart.RISK in parts:
                    at_risk.add(person_id)
            found = rights.numbers_of(connection, people), rights.numbers_of(connection, at_risk)
            self._kept = (key, found)
        return self._kept[1]


def closed_people(access: Access, connection: "Connection") -> frozenset[str]:
    """The ids of everybody whose record is restricted and shut to the user."""
    standing = access.standing(None, connection)
    if AccessRole.IG_LEAD in standing.roles:
        return frozenset()
    return rights.shut_out_of(connection, access.actor.practitioner_id, access.clock())


class OfSomebody(Protocol):
    """A line of a list that tells of a person, or of nobody."""

    @property
    def person_id(self) -> str | None:
        """Whom it tells of."""


Line = TypeVar("Line", bound=OfSomebody)


def open_ones(access: Access, connection: "Connection", lines: Iterable[Line]) -> list[Line]:
    """The lines without those of people whose record is restricted and shut to the user."""
    closed = closed_people(access, connection)
    return [line for line in lines if line.person_id not in closed]
