"""Questions about one person and their case: the head of the case, its stages, its team, its flags and contacts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import CaseFacts, Complexity, Stage
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Discipline, Role
from mdt_desktop.domain.people import ContactRelation, FlagKind, Gender, NhsNumberStatus
from mdt_desktop.domain.risk import Tier
from mdt_desktop.store.queries import consents
from mdt_desktop.store.queries.rows import day, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """Who the person is, for banner and paper. `case_id` is empty where no case was opened."""

    id: str
    nhs_number: str
    nhs_number_status: NhsNumberStatus
    family_name: str
    given_names: str
    title: str
    preferred_name: str
    born: date
    died: date | None
    gender: Gender
    address: str
    postcode: str
    telephone: str
    email: str
    language: str
    ethnicity: str
    religion: str
    practice_id: str
    practice_name: str
    practice_telephone: str
    locality_id: str
    locality_name: str
    case_id: str
    number_in_doubt: bool = False
    """They were added from a row of a risk file whose NHS number is somebody else's, and have none of their own yet."""


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """Where the case stands; `tier` is the one of the practice's latest run, None where that run lacks the person."""

    id: str
    person_id: str
    stage: Stage
    stage_since: date
    opened_on: date
    complexity: Complexity
    primary_need: PrimaryNeed
    tier: Tier | None


@dataclass(frozen=True, slots=True)
class FlagSummary:
    """One alert that holds today."""

    id: str
    kind: FlagKind
    words: str
    since: date | None


@dataclass(frozen=True, slots=True)
class PersonalContactSummary:
    """Somebody close to the person."""

    id: str
    name: str
    relationship: str
    relation: ContactRelation
    telephone: str
    email: str
    may_be_contacted: bool
    comments: str


@dataclass(frozen=True, slots=True)
class TeamMemberSummary:
    """A practitioner in the care team; `left` is None while they are in it."""

    id: str
    practitioner_id: str
    name: str
    role: Role
    discipline: Discipline
    works_for: str
    telephone: str
    part: str
    joined: date
    left: date | None


@dataclass(frozen=True, slots=True)
class StageChangeSummary:
    """One move of the case."""

    from_stage: Stage
    to_stage: Stage
    reason: str
    at: datetime
    by: str


def find_person(connection: "Connection", id_or_number: str) -> str:
    """The person id for a person id, a case id or an NHS number (with or without spaces); raises `NotFound`."""
    wanted = id_or_number.strip()
    digits = "".join(character for character in wanted if character.isdigit() and character.isascii())
    row = connection.execute(
        "SELECT id FROM person WHERE id = ?1 OR (nhs_number = ?2 AND ?2 <> '')"
        " UNION ALL SELECT person_id FROM person_case WHERE id = ?1 LIMIT 1",
        (wanted, digits if len(digits) == 10 else ""),
    ).fetchone()
    if row is None:
        raise NotFound(kind="person")
    return str(row[0])


def person(connection: "Connection", person_id: str) -> PersonSummary:
    """The person; raises `NotFound`."""
    row = connection.execute(
        "SELECT person.id, coalesce(nhs_number, ''), nhs_number_status, family_name, given_names, title,"
        " preferred_name, born, died, gender, address, postcode, person.telephone, person.email, language,"
        " ethnicity, religion, practice.id, practice.name, practice.telephone, locality.id, locality.name,"
        " coalesce(person_case.id, ''), nhs_number IS NULL AND EXISTS (SELECT 1 FROM held_row"
        " WHERE held_row.person_id = person.id AND decision = 'added_as_new'"
        " AND json_extract(row_json, '$.row.nhs_number') IS NOT NULL)"
        " FROM person JOIN practice ON practice.id = person.practice_id"
        " JOIN locality ON locality.id = practice.locality_id"
        " LEFT JOIN person_case ON person_case.person_id = person.id WHERE person.id = ?",
        (person_id,),
    ).fetchone()
    if row is None:
        raise NotFound(kind="person")
    return made(
        PersonSummary,
        row,
        nhs_number_status=NhsNumberStatus,
        born=day,
        died=day,
        gender=Gender,
        number_in_doubt=bool,
    )


def case(connection: "Connection", case_id: str) -> CaseSummary:
    """The case; raises `NotFound`."""
    row = connection.execute(
        "SELECT person_case.id, person_case.person_id, stage, stage_since, opened_on, complexity, primary_need,"
        " (SELECT tier FROM risk_score WHERE risk_score.person_id = person.id AND run_id = ("
        "   SELECT id FROM stratification_run WHERE practice_id = person.practice_id"
        "    ORDER BY run_date DESC LIMIT 1))"
        " FROM person_case JOIN person ON person.id = person_id WHERE person_case.id = ?",
        (case_id,),
    ).fetchone()
    if row is None:
        raise NotFound(kind="person_case")
    return made(
        CaseSummary,
        row,
        stage=Stage,
        stage_since=day,
        opened_on=day,
        complexity=Complexity,
        primary_need=PrimaryNeed,
        tier=Tier,
    )


def facts(connection: "Connection", case_id: str) -> CaseFacts:
    """What the moves of a case look at."""
    person_id, started, signed, plan, lead = connection.execute(
        "SELECT person_id,"
        " EXISTS (SELECT 1 FROM assessment WHERE case_id = ?1),"
        " EXISTS (SELECT 1 FROM part_signature JOIN assessment ON assessment.id = assessment_id"
        "          WHERE case_id = ?1),"
        " EXISTS (SELECT 1 FROM care_plan WHERE case_id = ?1 AND status = 'agreed'),"
        " EXISTS (SELECT 1 FROM lead_allocation WHERE case_id = ?1 AND status = 'agreed')"
        " FROM person_case WHERE id = ?1",
        (case_id,),
    ).fetchone()
    sharing = consents.in_force(connection, person_id).may_share
    return CaseFacts(sharing, bool(started), bool(signed), bool(plan), bool(lead))


def flags(connection: "Connection", person_id: str, today: date) -> list[FlagSummary]:
    """The alerts that hold today, allergies first."""
    rows = connection.execute(
        "SELECT id, kind, words, since FROM flag WHERE person_id = ?1"
        " AND (until IS NULL OR until >= ?2) ORDER BY kind <> 'allergy', id",
        (person_id, today.isoformat()),
    )
    return [made(FlagSummary, row, kind=FlagKind, since=day) for row in rows]


def personal_contacts(connection: "Connection", person_id: str) -> list[PersonalContactSummary]:
    """Those close to the person, in the order they were recorded."""
    rows = connection.execute(
        "SELECT id, name, relationship, relation, telephone, email, may_be_contacted, comments"
        " FROM personal_contact WHERE person_id = ? ORDER BY id",
        (person_id,),
    )
    return [
        made(PersonalContactSummary, row, relation=ContactRelation, may_be_contacted=bool) for row in rows
    ]


def team(connection: "Connection", case_id: str) -> list[TeamMemberSummary]:
    """The care team: those in it first, then those who left."""
    rows = connection.execute(
        "SELECT care_team_member.id, practitioner.id, practitioner.name, role, discipline,"
        " coalesce(organisation.name, practice.name, ''), practitioner.telephone, part, joined, left"
        " FROM care_team_member JOIN practitioner ON practitioner.id = practitioner_id"
        " LEFT JOIN organisation ON organisation.id = practitioner.organisation_id"
        " LEFT JOIN practice ON practice.id = practitioner.practice_id"
        " WHERE case_id = ? ORDER BY left IS NOT NULL, joined, care_team_member.id",
        (case_id,),
    )
    return [
        made(TeamMemberSummary, row, role=Role, discipline=Discipline, joined=day, left=day) for row in rows
    ]


def stage_changes(connection: "Connection", case_id: str) -> list[StageChangeSummary]:
    """Every move of the case, the latest first."""
    rows = connection.execute(
        "SELECT from_stage, to_stage, reason, at, by FROM stage_change WHERE case_id = ? ORDER BY id DESC",
        (case_id,),
    )
    return [
        made(StageChangeSummary, row, from_stage=Stage, to_stage=Stage, at=moment) for row in rows
    ]
