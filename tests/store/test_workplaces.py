"""Adding, changing and ending entries of the directory, in a real store."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import NobodyToPropose
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role
from mdt_desktop.domain.workplaces import (
    EntryNotValid,
    OrganisationDetails,
    OwnEntry,
    PracticeDetails,
    PractitionerDetails,
    StillLeads,
)
from mdt_desktop.records import Person, Practice
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery
from mdt_desktop.words import sentence
from tests.helpers.borough import SmallPlace, a_person_with_case
from tests.helpers.risk_files import PRACTICE, a_risk_file, lines
from tests.helpers.stores import work_on


def a_gp(practice: str, name: str = "Dr Di Placeholder") -> PractitionerDetails:
    return PractitionerDetails(
        name, Role.GP, Discipline.GP, practice, telephone="020 7946 0123", email="di@demo.example"
    )


def counted(program: Program, sql: str) -> int:
    return int(program.access.database.reader.execute(sql).fetchone()[0])


def problems_of(refused: pytest.ExceptionInfo[EntryNotValid]) -> dict[str, str]:
    return {field: problem.code for field, problem in refused.value.problems.items()}


def test_after_a_risk_import_a_gp_can_be_added_and_is_then_proposed(program: Program, tmp_path: Path) -> None:
    services = program.services
    path = a_risk_file(tmp_path / "november.csv", lines(40))
    services.risk_import.apply(services.risk_import.preview(path))
    row = services.caseload.page(CaseloadQuery(), 0, 1).rows[0]
    case = services.case_file.overview(row.person_id).case
    assert case is not None
    with pytest.raises(NobodyToPropose):
        services.allocations.propose(case.id)
    practice = services.directory.practices()[0]
    assert (practice.code, practice.name, practice.latest_run is not None) == (PRACTICE, PRACTICE, True)
    made = services.workplaces.add_practitioner(a_gp(practice.id)).made
    assert services.allocations.propose(case.id).practitioner.id == made


def test_what_is_added_is_read_back(program: Program, place: SmallPlace) -> None:
    services = program.services
    made = services.workplaces.add_practitioner(replace(a_gp(place.practice), name="  Dr  Di   Placeholder ")).made
    found = services.directory.practitioner(made)
    assert (found.name, found.role, found.discipline) == ("Dr Di Placeholder", Role.GP, Discipline.GP)
    assert (found.works_for, found.practice_id, found.organisation_id) == (
        "Copper Bridge Practice",
        place.practice,
        None,
    )
    assert (found.telephone, found.email, found.active, found.leads) == ("020 7946 0123", "di@demo.example", True, 0)


def test_each_write_leaves_an_audit_entry_and_an_operation(program: Program, place: SmallPlace) -> None:
    workplaces, before = program.services.workplaces, counted(program, "SELECT count(*) FROM outbox")
    made = workplaces.add_practitioner(a_gp(place.practice)).made
    workplaces.change_practitioner(made, replace(a_gp(place.practice), telephone="111"))
    workplaces.end_practitioner(made)
    rows = program.access.database.reader.execute(
        "SELECT action, fields FROM audit_entry WHERE record_id = ? ORDER BY seq", (made,)
    ).fetchall()
    assert [tuple(row) for row in rows] == [
        ("create", ""),
        ("update", "telephone"),
        ("end_practitioner", ""),
        ("update", "active"),
    ]
    assert counted(program, "SELECT count(*) FROM outbox") == before + 3


WRONG = {
    "nothing at all": (
        PractitionerDetails("", None, None),
        {
            "name": "entry_name_missing",
            "role": "entry_role_missing",
            "discipline": "entry_discipline_missing",
            "workplace": "entry_workplace_missing",
        },
    ),
    "letters as telephone": (replace(a_gp("here"), telephone="call me"), {"telephone": "entry_telephone_not_valid"}),
    "two digits as telephone": (replace(a_gp("here"), telephone="12"), {"telephone": "entry_telephone_not_valid"}),
    "email without a place": (replace(a_gp("here"), email="di@demo"), {"email": "entry_email_not_valid"}),
    "email with a space": (replace(a_gp("here"), email="di x@demo.example"), {"email": "entry_email_not_valid"}),
    "a name too long": (replace(a_gp("here"), name="x" * 201), {"name": "entry_too_long"}),
    "two workplaces": (replace(a_gp("here"), organisation_id="there"), {"workplace": "entry_workplace_missing"}),
    "somebody who is there": (
        replace(a_gp("here"), name="dr ann placeholder"),
        {"name": "entry_known"},
    ),
}


@pytest.mark.parametrize(("details", "wrong"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_field_by_field_and_nothing_is_written(
    program: Program, place: SmallPlace, details: PractitionerDetails, wrong: dict[str, str]
) -> None:
    before = counted(program, "SELECT count(*) FROM audit_entry")
    here = replace(details, practice_id=place.practice) if details.practice_id else details
    with pytest.raises(EntryNotValid) as refused:
        program.services.workplaces.add_practitioner(here)
    assert problems_of(refused) == wrong
    assert counted(program, "SELECT count(*) FROM audit_entry") == before


@pytest.mark.parametrize("number", ["020 7946 0000", "+44 20 7946 0000", "(020) 7946-0000 ext. 12", "111", ""])
def test_telephone_numbers_as_they_are_written_are_taken(program: Program, place: SmallPlace, number: str) -> None:
    made = program.services.workplaces.add_practitioner(replace(a_gp(place.practice), telephone=number)).made
    assert program.services.directory.practitioner(made).telephone == number


def test_a_workplace_that_is_not_there_is_not_found(program: Program, place: SmallPlace) -> None:
    with pytest.raises(NotFound):
        program.services.workplaces.add_practitioner(a_gp("01900000-0000-7000-8000-000000000000"))


def test_somebody_of_a_practice_works_where_that_is(program: Program, place: SmallPlace) -> None:
    details = replace(a_gp(place.practice), locality_id=program.access.actor.locality_id)
    made = program.services.workplaces.add_practitioner(details).made
    assert program.services.directory.practitioner(made).locality_id is None


def test_whoever_uses_the_store_keeps_a_locality_and_their_entry(program: Program, place: SmallPlace) -> None:
    services, own = program.services, program.access.actor.practitioner_id
    found = services.directory.practitioner(own)
    details = PractitionerDetails(found.name, found.role, found.discipline, None, found.organisation_id, None)
    with pytest.raises(EntryNotValid) as refused:
        services.workplaces.change_practitioner(own, details)
    assert problems_of(refused) == {"locality": "own_locality_needed"}
    with pytest.raises(OwnEntry):
        services.workplaces.end_practitioner(own)


def test_somebody_who_leads_people_cannot_leave_until_they_are_handed_on(program: Program, place: SmallPlace) -> None:
    services = program.services
    _, case = a_person_with_case(program, place, Stage.ACTIVE)
    lead = services.case_file.overview(services.case_file.find(case)).lead
    assert lead is not None
    with pytest.raises(StillLeads) as refused:
        services.workplaces.end_practitioner(lead.practitioner_id)
    assert "People they lead now: 1." in sentence(refused.value)
    other = place.second_gp if lead.practitioner_id != place.second_gp else place.gp
    services.allocations.agree(case, other, None, "Handed on")
    services.workplaces.end_practitioner(lead.practitioner_id)
    assert not services.directory.practitioner(lead.practitioner_id).active


def test_who_has_left_is_kept_listed_on_wish_and_can_come_back(program: Program, place: SmallPlace) -> None:
    services = program.services
    services.workplaces.end_practitioner(place.nurse)
    assert place.nurse not in {it.id for it in services.directory.practitioners()}
    assert place.nurse in {it.id for it in services.directory.practitioners(with_left=True)}
    services.workplaces.return_practitioner(place.nurse)
    assert place.nurse in {it.id for it in services.directory.practitioners()}


def test_ending_twice_writes_once(program: Program, place: SmallPlace) -> None:
    program.services.workplaces.end_practitioner(place.nurse)
    before = counted(program, "SELECT count(*) FROM audit_entry")
    assert not program.services.workplaces.end_practitioner(place.nurse)
    assert counted(program, "SELECT count(*) FROM audit_entry") == before


def test_another_locality_of_a_practice_is_its_peoples_as_well(program: Program, place: SmallPlace) -> None:
    services = program.services
    person, _ = a_person_with_case(program, place)
    south = services.workplaces.add_locality("South West").made
    before = {it.id: it.locality_name for it in services.directory.practices()}
    services.workplaces.change_practice(place.practice, PracticeDetails("Copper Bridge", "Network 2", south, "111"))
    found = services.caseload.page(CaseloadQuery(CaseloadFilter(localities=frozenset({south}))), 0, 10).rows
    assert [row.person_id for row in found] == [person]
    home = frozenset({program.access.actor.locality_id})
    assert services.caseload.page(CaseloadQuery(CaseloadFilter(localities=home)), 0, 10).rows == ()
    assert services.case_file.overview(person).person.locality_name == "South West"
    after = {it.id: it for it in services.directory.practices()}
    assert (after[place.practice].name, after[place.practice].network) == ("Copper Bridge", "Network 2")
    assert after[place.other_practice].locality_name == before[place.other_practice]


def test_a_refused_move_of_a_practice_moves_nobody(program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    with pytest.raises(NotFound):
        program.services.workplaces.change_practice(place.practice, PracticeDetails("Copper Bridge", "", "nowhere"))
    with pytest.raises(EntryNotValid) as refused:
        program.services.workplaces.change_practice(place.practice, PracticeDetails(" ", "", ""))
    assert problems_of(refused) == {"name": "entry_name_missing", "locality": "entry_locality_missing"}
    home = frozenset({program.access.actor.locality_id})
    rows = program.services.caseload.page(CaseloadQuery(CaseloadFilter(localities=home)), 0, 10).rows
    assert [row.person_id for row in rows] == [person]


def test_everybody_of_a_large_practice_moves_with_it(program: Program, place: SmallPlace) -> None:
    with work_on(program) as work:
        practice = work.get(Practice, place.practice)
        for number in range(300):
            person = Person(
                id=work.new_id(),
                family_name=f"Example{number}",
                given_names="Many",
                born=date(1940, 1, 1 + number % 28),
                practice_id=practice.id,
            )
            work.about(work.add(person).id)
    south = program.services.workplaces.add_locality("South West").made
    program.services.workplaces.change_practice(place.practice, PracticeDetails("Copper Bridge", "", south))
    query = CaseloadQuery(CaseloadFilter(localities=frozenset({south})))
    assert program.services.caseload.page(query, 0, 1).total == 300


@pytest.mark.parametrize("name", ["north east", "  North   East ", ""], ids=["other case", "other spaces", "nothing"])
def test_a_locality_is_there_once(program: Program, name: str) -> None:
    with pytest.raises(EntryNotValid) as refused:
        program.services.workplaces.add_locality(name)
    assert problems_of(refused) == {"name": "entry_known" if name else "entry_name_missing"}


def test_an_organisation_is_added_changed_and_never_twice(program: Program) -> None:
    services = program.services
    details = OrganisationDetails("Invented Home Care", OrganisationKind.HOME_CARE_PROVIDER, None, "020 7946 0200")
    made = services.workplaces.add_organisation(details).made
    with pytest.raises(EntryNotValid) as refused:
        services.workplaces.add_organisation(replace(details, name="invented home care"))
    assert problems_of(refused) == {"name": "entry_known"}
    services.workplaces.change_organisation(made, replace(details, locality_id=program.access.actor.locality_id))
    found = {it.id: it for it in services.directory.organisations()}[made]
    assert (found.kind, found.locality_name) == (OrganisationKind.HOME_CARE_PROVIDER, "North East")
    with pytest.raises(EntryNotValid) as refused:
        services.workplaces.add_organisation(OrganisationDetails("Another", None))
    assert problems_of(refused) == {"kind": "entry_kind_missing"}
