"""Questions about consent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus, may_share, standing
from mdt_desktop.domain.sharing import ConsentScope, ConsentTerms, SharingGroup
from mdt_desktop.store.queries.rows import day, made

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_COLUMNS = (
    "id, status, basis, shared_with, shared_what, evidence, decided_by, decided_on, recorded_by, groups, scopes, knew"
)


@dataclass(frozen=True, slots=True)
class ConsentSummary:
    """One decision on sharing, as it was recorded."""

    id: str
    status: ConsentStatus
    basis: ConsentBasis | None
    shared_with: str
    shared_what: str
    evidence: str
    decided_by: str
    decided_on: date | None
    recorded_by: str
    groups: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    knew: frozenset[str] = frozenset()
    """The decisions that whoever recorded this one saw."""
    is_in_doubt: bool = False
    """Another decision stands beside this one: neither author knew of the other's."""

    @property
    def may_share(self) -> bool:
        """Whether this decision allows a plan to be shared."""
        return may_share(self.status, self.basis)


NOT_ASKED = ConsentSummary("", ConsentStatus.NOT_ASKED, None, "", "", "", "", None, "")
"""What holds of a person of whom nothing is recorded."""


def decisions(connection: "Connection", person_id: str) -> list[ConsentSummary]:
    """Every decision of a person: what stands with the one in force first (`domain.consent`), then the latest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM consent WHERE person_id = ? ORDER BY decided_on DESC, id DESC", (person_id,)
    )
    found = [made(ConsentSummary, row, **_READ) for row in rows]
    stand = standing(found)
    rest = [it for it in found if it not in stand]
    return [replace(it, is_in_doubt=len(stand) > 1) for it in stand] + rest


def in_force(connection: "Connection", person_id: str) -> ConsentSummary:
    """The decision in force; `NOT_ASKED` where nothing is recorded."""
    found = decisions(connection, person_id)
    return found[0] if found else NOT_ASKED


def terms(consent: ConsentSummary) -> ConsentTerms:
    """What the sharing matrix takes from a decision; keys that this version does not know are left out."""
    return ConsentTerms(
        consent.status,
        consent.basis,
        consent.decided_on,
        consent.recorded_by,
        frozenset(SharingGroup(key) for key in consent.groups if key in _GROUPS),
        frozenset(ConsentScope(key) for key in consent.scopes if key in _SCOPES),
        consent.id,
    )


_GROUPS, _SCOPES = {it.value for it in SharingGroup}, {it.value for it in ConsentScope}


def _keys(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


_READ: Mapping[str, Callable[[Any], Any]] = {
    "status": ConsentStatus, "basis": ConsentBasis, "decided_on": day, "groups": _keys, "scopes": _keys, "knew": _keys,
}  # fmt: skip
