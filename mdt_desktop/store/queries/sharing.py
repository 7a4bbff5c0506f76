"""Questions about the sharing matrix: decisions, who may be a recipient, and what a partner is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mdt_desktop.domain.organisations import OrganisationKind
from mdt_desktop.domain.people import ContactRelation
from mdt_desktop.domain.sharing import (
    Recipient,
    RecipientKind,
    SharedPart,
    SharingBasis,
    SharingChoice,
    SharingDecision,
    SharingGroup,
    SharingMatrix,
    group_of,
)
from mdt_desktop.store.queries import consents
from mdt_desktop.store.queries.rows import day, made

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class NamedRecipient:
    """A recipient with the name one knows them by; `detail` says what they are."""

    recipient: Recipient
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """One decision as it was recorded."""

    id: str
    recipient_kind: RecipientKind
    recipient_id: str
    part: SharedPart
    choice: SharingChoice
    basis: SharingBasis
    decided_on: date
    note: str
    recorded_by: str


def decisions(connection: "Connection", person_id: str) -> list[DecisionSummary]:
    """Every decision about a person's matrix, in the order they were recorded."""
    rows = connection.execute(
        "SELECT id, recipient_kind, recipient_id, part, choice, basis, decided_on, note, recorded_by"
        " FROM sharing_decision WHERE person_id = ? ORDER BY id",
        (person_id,),
    )
    return [
        made(
            DecisionSummary,
            row,
            recipient_kind=RecipientKind,
            part=SharedPart,
            choice=SharingChoice,
            basis=SharingBasis,
            decided_on=day,
        )
        for row in rows
    ]


def matrix(connection: "Connection", person_id: str) -> SharingMatrix:
    """What may go to whom of a person now."""
    terms = consents.terms(consents.in_force(connection, person_id))
    return SharingMatrix(terms, _in_domain(decisions(connection, person_id)))


def _in_domain(found: Iterable[DecisionSummary]) -> list[SharingDecision]:
    return [
        SharingDecision(
            (it.recipient_kind, it.recipient_id), it.part, it.choice, it.basis, it.decided_on, it.recorded_by, it.id
        )
        for it in found
    ]


def organisation(connection: "Connection", organisation_id: str) -> NamedRecipient | None:
    """An organisation as a recipient."""
    row = connection.execute("SELECT name, kind FROM organisation WHERE id = ?", (organisation_id,)).fetchone()
    if row is None:
        return None
    kind = OrganisationKind(row[1])
    return NamedRecipient(
        Recipient(RecipientKind.ORGANISATION, organisation_id, group_of(kind)), row[0], f"organisation_kind.{kind}"
    )


def organisations(connection: "Connection") -> list[NamedRecipient]:
    """Every organisation of the directory as a recipient."""
    rows = connection.execute("SELECT id FROM organisation").fetchall()
    return [named for (id_,) in rows if (named := organisation(connection, id_)) is not None]


def practice(connection: "Connection", practice_id: str) -> NamedRecipient | None:
    """A practice as a recipient."""
    row = connection.execute("SELECT name FROM practice WHERE id = ?", (practice_id,)).fetchone()
    if row is None:
        return None
    return NamedRecipient(
        Recipient(RecipientKind.PRACTICE, practice_id, SharingGroup.GP), row[0], "organisation_kind.gp_practice"
    )


def contacts(connection: "Connection", person_id: str) -> list[NamedRecipient]:
    """Those close to the person as recipients, in the order they were recorded."""
    rows = connection.execute(
        "SELECT id, name, relationship, relation, may_be_contacted FROM personal_contact WHERE person_id = ?"
        " ORDER BY id",
        (person_id,),
    )
    return [
        NamedRecipient(
            Recipient(RecipientKind.CONTACT, id_, SharingGroup.FAMILY, bool(may)),
            name,
            relationship or f"contact_relation.{ContactRelation(relation).value}",
        )
        for id_, name, relationship, relation, may in rows
    ]


def involved(connection: "Connection", person_id: str) -> list[NamedRecipient]:
    """The person's practice and the organisations of their care team, as recipients."""
    found: dict[tuple[RecipientKind, str], NamedRecipient] = {}
    rows = connection.execute(
        "SELECT practice_id, NULL FROM person WHERE id = ?1 UNION ALL"
        " SELECT practitioner.practice_id, organisation_id FROM care_team_member"
        " JOIN person_case ON person_case.id = case_id JOIN practitioner ON practitioner.id = practitioner_id"
        ' WHERE person_id = ?1 AND "left" IS NULL',
        (person_id,),
    ).fetchall()
    for practice_id, organisation_id in rows:
        named = practice(connection, practice_id) if practice_id else organisation(connection, organisation_id or "")
        if named is not None:
            found.setdefault(named.recipient.key, named)
    return list(found.values())


def recipient(connection: "Connection", person_id: str, kind: RecipientKind, id_: str) -> NamedRecipient | None:
    """A recipient by kind and id; None for one that is not there. A group has no name of its own."""
    if kind is RecipientKind.GROUP:
        known = id_ in SharingGroup.__members__.values()
        return NamedRecipient(Recipient(kind, id_, SharingGroup(id_)), "") if known else None
    if kind is RecipientKind.ORGANISATION:
        return organisation(connection, id_)
    if kind is RecipientKind.PRACTICE:
        return practice(connection, id_)
    return next((it for it in contacts(connection, person_id) if it.recipient.id == id_), None)


def employer(connection: "Connection", practitioner_id: str) -> Recipient | None:
    """The organisation or practice that somebody works for, as a recipient."""
    row = connection.execute(
        "SELECT organisation_id, practice_id FROM practitioner WHERE id = ?", (practitioner_id,)
    ).fetchone()
    if row is None:
        return None
    named = practice(connection, row[1]) if row[1] else organisation(connection, row[0] or "")
    return None if named is None else named.recipient


def people_touched(connection: "Connection") -> list[str]:
    """Everybody about whom consent or a sharing decision is recorded: nobody else is shared with anybody."""
    rows = connection.execute("SELECT person_id FROM consent UNION SELECT person_id FROM sharing_decision")
    return [str(row[0]) for row in rows]


def state(connection: "Connection") -> tuple[int, int]:
    """Two numbers that are others than before once consent or the matrix of anybody has changed."""
    row = connection.execute(
        "SELECT (SELECT coalesce(max(rowid), 0) FROM consent), (SELECT coalesce(max(rowid), 0) FROM sharing_decision)"
    ).fetchone()
    return int(row[0]), int(row[1])
