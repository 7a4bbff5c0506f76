"""Questions about practitioners, practices, localities and organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.allocation import Candidate
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role
from mdt_desktop.store.queries.rows import day, made

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_PRACTITIONER = (
    "SELECT practitioner.id, practitioner.name, role, discipline,"
    " coalesce(organisation.name, practice.name, ''), practitioner.telephone, practitioner.email,"
    " practitioner.practice_id, practitioner.locality_id, active,"
    " (SELECT count(*) FROM lead_allocation WHERE practitioner_id = practitioner.id AND status = 'agreed'),"
    " practitioner.organisation_id"
    " FROM practitioner LEFT JOIN organisation ON organisation.id = practitioner.organisation_id"
    " LEFT JOIN practice ON practice.id = practitioner.practice_id"
)


@dataclass(frozen=True, slots=True)
class PractitionerSummary:
    """A practitioner with where they work and how many people they lead."""

    id: str
    name: str
    role: Role
    discipline: Discipline
    works_for: str
    telephone: str
    email: str
    practice_id: str | None
    locality_id: str | None
    active: bool
    leads: int
    organisation_id: str | None = None


@dataclass(frozen=True, slots=True)
class PracticeSummary:
    """A practice with its place and list size; `latest_run` is the date of its newest risk run."""

    id: str
    code: str
    name: str
    network: str
    locality_id: str
    locality_name: str
    list_size: int
    telephone: str
    latest_run: date | None = None


@dataclass(frozen=True, slots=True)
class LocalitySummary:
    """A locality."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class OrganisationSummary:
    """An organisation that is not a practice; without a locality it serves the whole borough."""

    id: str
    name: str
    kind: OrganisationKind
    locality_id: str | None
    telephone: str
    locality_name: str = ""


def _practitioner(row: Sequence[Any]) -> PractitionerSummary:
    return made(PractitionerSummary, row, role=Role, discipline=Discipline, active=bool)


def practitioner(connection: "Connection", practitioner_id: str) -> PractitionerSummary:
    """One practitioner; raises `NotFound`."""
    row = connection.execute(f"{_PRACTITIONER} WHERE practitioner.id = ?", (practitioner_id,)).fetchone()
    if row is None:
        raise NotFound(kind="practitioner")
    return _practitioner(row)


def practitioners(connection: "Connection", *, with_left: bool = False) -> list[PractitionerSummary]:
    """Everybody who works here now, by name; `with_left` brings those who have left as well."""
    who = "1" if with_left else "active"
    rows = connection.execute(f"{_PRACTITIONER} WHERE {who} ORDER BY practitioner.name, practitioner.id")
    return [_practitioner(row) for row in rows]


def candidates(connection: "Connection", discipline: Discipline) -> list[Candidate]:
    """Active practitioners of a discipline, with the number of people each leads."""
    rows = connection.execute(f"{_PRACTITIONER} WHERE active AND discipline = ?", (discipline.value,))
    return [
        Candidate(it.id, it.name, it.discipline, it.practice_id, it.locality_id, it.leads)
        for it in map(_practitioner, rows)
    ]


def practices(connection: "Connection") -> list[PracticeSummary]:
    """All practices, by locality and name."""
    rows = connection.execute(
        "SELECT practice.id, code, practice.name, network, locality_id, locality.name, list_size, telephone,"
        " (SELECT max(run_date) FROM stratification_run WHERE practice_id = practice.id)"
        " FROM practice JOIN locality ON locality.id = locality_id ORDER BY locality.name, practice.name"
    )
    return [made(PracticeSummary, row, latest_run=day) for row in rows]


def localities(connection: "Connection") -> list[LocalitySummary]:
    """All localities, by name."""
    return [LocalitySummary(*row) for row in connection.execute("SELECT id, name FROM locality ORDER BY name")]


def organisations(connection: "Connection") -> list[OrganisationSummary]:
    """All organisations, by name."""
    rows = connection.execute(
        "SELECT organisation.id, organisation.name, kind, locality_id, telephone, coalesce(locality.name, '')"
        " FROM organisation LEFT JOIN locality ON locality.id = locality_id ORDER BY organisation.name, organisation.id"
    )
    return [made(OrganisationSummary, row, kind=OrganisationKind) for row in rows]
