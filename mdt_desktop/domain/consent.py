"""Consent to a joint plan and to sharing it: what was decided, on which basis, and what that allows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from mdt_desktop.domain.errors import NotAllowed


class ConsentStatus(StrEnum):
    """What the person (or somebody lawfully for them) decided."""

    NOT_ASKED = "not_asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LACKS_CAPACITY = "lacks_capacity"


MOST_CAUTIOUS_FIRST = (
    ConsentStatus.WITHDRAWN,
    ConsentStatus.REFUSED,
    ConsentStatus.LACKS_CAPACITY,
    ConsentStatus.NOT_ASKED,
    ConsentStatus.GIVEN,
)
"""Of two decisions that nobody has weighed against each other, the one that shares less is in force (SYNC 5.8)."""


class ConsentBasis(StrEnum):
    """The ground on which information is shared, named beside the decision (DOMAIN A2.4 to A2.6)."""

    SIGNED = "signed"
    SPOKEN = "spoken"
    BEST_INTERESTS = "best_interests"
    ATTORNEY_OR_DEPUTY = "attorney_or_deputy"
    DUTY_TO_SHARE = "duty_to_share"


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """What is recorded: status, basis, for whom and what, evidence, who decided (the person or who for them).

    `groups` and `scopes` are the keys of what the words name (`domain.sharing`): the sharing matrix follows from
    them, and what is only in words is asked about first.
    """

    status: ConsentStatus
    basis: ConsentBasis | None
    shared_with: str
    shared_what: str
    evidence: str
    decided_by: str
    decided_on: date
    groups: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()


class Recorded(Protocol):
    """A decision as it was recorded; `knew` are the ids of those that its author saw."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> ConsentStatus: ...
    @property
    def decided_on(self) -> date | None: ...
    @property
    def knew(self) -> Collection[str]: ...


D = TypeVar("D", bound=Recorded)


def standing(decisions: Iterable[D]) -> list[D]:
    """Those whose place no other has taken, the one in force first.

    Where the author of one of two knew the other, the later decided stands, and of one day the one that was recorded
    with the other in sight. Of two that were recorded on laptops which knew nothing of each other both stand, and the
    most cautious is in force until somebody who sees both records what holds (SYNC 6, 20).
    """
    known = list(decisions)
    stand = [one for one in known if not any(_takes_the_place_of(other, one) for other in known)]
    return sorted(stand, key=lambda it: (-MOST_CAUTIOUS_FIRST.index(it.status), _day(it), it.id), reverse=True)


def _takes_the_place_of(later: Recorded, earlier: Recorded) -> bool:
    knows, is_known = earlier.id in later.knew, later.id in earlier.knew
    return (knows or is_known) and (_day(later), knows, later.id) > (_day(earlier), is_known, earlier.id)


def _day(decision: Recorded) -> date:
    return decision.decided_on or date.min


class NoBasisToShare(NotAllowed):
    """A plan was to be shared, but no consent or other basis is recorded."""

    code = "no_basis_to_share"


class ConsentNeedsBasis(NotAllowed):
    """A decision that allows sharing must say on which basis."""

    code = "consent_needs_basis"


_LAWFUL = {
    ConsentStatus.GIVEN: {ConsentBasis.SIGNED, ConsentBasis.SPOKEN, ConsentBasis.ATTORNEY_OR_DEPUTY},
    ConsentStatus.LACKS_CAPACITY: {ConsentBasis.BEST_INTERESTS, ConsentBasis.ATTORNEY_OR_DEPUTY},
}


def may_share(status: ConsentStatus, basis: ConsentBasis | None) -> bool:
    """Consent is given on a stated basis, or the person lacks capacity and sharing is in their best interests."""
    return basis in _LAWFUL.get(status, set())


def require_basis_to_share(status: ConsentStatus, basis: ConsentBasis | None) -> None:
    """Raise `NoBasisToShare` unless `may_share`."""
    if not may_share(status, basis):
        raise NoBasisToShare(status=status)


def require_consistent(status: ConsentStatus, basis: ConsentBasis | None) -> None:
    """Raise `ConsentNeedsBasis` where the status would allow sharing but its basis is missing or does not fit."""
    if status in _LAWFUL and basis not in _LAWFUL[status]:
        raise ConsentNeedsBasis(status=status)


def bases_for(status: ConsentStatus) -> tuple[ConsentBasis, ...]:
    """The bases that can stand with a status, in the order they are offered."""
    return tuple(basis for basis in ConsentBasis if basis in _LAWFUL.get(status, set()))
