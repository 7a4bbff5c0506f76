"""Decides which parts of a paper may go to whoever gets it, and says in words what was withheld and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mdt_desktop.domain.audit import WHOLE
from mdt_desktop.domain.consent import NoBasisToShare
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.domain.sharing import (
    NothingMayGo,
    Recipient,
    RecipientKind,
    SharedPart,
    SharingCell,
    SharingChoice,
    SharingGroup,
    whole_group,
)
from mdt_desktop.store.queries import sharing
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

ON_PAPER = frozenset(
    {SharedPart.ABOUT_ME, SharedPart.NEEDS, SharedPart.CONTINGENCY, SharedPart.PEOPLE, SharedPart.HEALTH}
)
"""The parts that a plan or planning sheet can have on it."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a recipient may be given. `name` is theirs in words, empty for the person and for the whole group."""

    parts: frozenset[SharedPart] = frozenset(SharedPart)
    cells: Mapping[SharedPart, SharingCell] = field(default_factory=dict)
    name: str = ""

    def left_out(self, there: Iterable[SharedPart]) -> frozenset[SharedPart]:
        """Those of the parts that are there which do not go."""
        return frozenset(there) - self.parts

    def withheld(self, there: Iterable[SharedPart]) -> str:
        """What is there and does not go, in one sentence with why; empty where all of it goes."""
        gone = self.left_out(there)
        parts = [
            words("sharing.withheld_part", part=label(part), why=why_withheld(self.cells[part]))
            for part in SharedPart
            if part in gone
        ]
        key = "sharing.withheld_one" if len(parts) == 1 else "sharing.withheld_many"
        return words(key, count=len(parts), parts="; ".join(parts)) if parts else ""

    def in_audit(self) -> str:
        """The parts that may go, as the audit keeps them."""
        if self.parts >= frozenset(SharedPart):
            return WHOLE
        return ",".join(part.value for part in SharedPart if part in self.parts and part in ON_PAPER)


def allowance_for(connection: "Connection", person_id: str, purpose: Purpose) -> Allowance:
    """What may be handed over for a purpose; a person's own copy is whole.

    Raises `NoBasisToShare` where nothing allows sharing at all, `NothingMayGo` where it is this recipient who gets
    nothing, and `NotFound` for a recipient who is not there.
    """
    if purpose.reason is PrintReason.FOR_THE_PERSON:
        return Allowance()
    recipient, name = _recipient(connection, person_id, purpose)
    found = allowed_to(connection, person_id, recipient, name)
    if not found.parts & ON_PAPER:
        terms = sharing.matrix(connection, person_id).terms
        if not terms.allows:
            raise NoBasisToShare(status=terms.status)
        raise NothingMayGo(recipient=name or label(purpose.group).lower())
    return found


def allowed_to(connection: "Connection", person_id: str, recipient: Recipient, name: str = "") -> Allowance:
    """What the sharing matrix gives to a recipient."""
    cells = sharing.matrix(connection, person_id).choices(recipient)
    shared = frozenset(part for part, cell in cells.items() if cell.choice is SharingChoice.SHARE)
    return Allowance(shared, cells, name)


@dataclass(frozen=True, slots=True)
class PaperRecipient:
    """Somebody by name to whom a paper may be handed: `key` is for the purpose, `group` is the one they are of."""

    key: tuple[RecipientKind, str]
    name: str
    group: SharingGroup


def recipients(connection: "Connection", person_id: str) -> list[PaperRecipient]:
    """Everybody by name to whom a paper about this person may be handed, by name: those close to them, their practice,
    and every organisation of the directory."""
    named = [*sharing.contacts(connection, person_id), *sharing.involved(connection, person_id)]
    named += sharing.organisations(connection)
    found = {it.recipient.key: PaperRecipient(it.recipient.key, it.name, it.recipient.group) for it in named}
    return sorted(found.values(), key=lambda it: it.name.casefold())


def _recipient(connection: "Connection", person_id: str, purpose: Purpose) -> tuple[Recipient, str]:
    if purpose.recipient is None:
        return whole_group(purpose.group), ""
    named = sharing.recipient(connection, person_id, *purpose.recipient)
    if named is None:
        raise NotFound(kind=purpose.recipient[0].value)
    if named.recipient.kind is RecipientKind.GROUP:
        return named.recipient, label(named.recipient.group)
    return named.recipient, named.name


def why_withheld(cell: SharingCell) -> str:
    """Why a part does not go, in words."""
    if cell.basis is not None and cell.choice is SharingChoice.DO_NOT_SHARE:
        return words("sharing.why.decided", basis=cell.basis)
    return words(f"sharing.why.{cell.choice.value}.{cell.source.value}")
