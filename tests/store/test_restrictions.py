"""Restricted records: who sees them, what lists tell, and the glass that is broken for four hours with a reason."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program, Services
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import AccessRole, NotPermitted, Permission, RecordRestricted
from mdt_desktop.domain.restricted import AlreadyRestricted, NothingToBreak, NotRestricted, ReasonTooShort
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery, CaseloadSort, NextStep
from mdt_desktop.store import audit_log
from tests.helpers.borough import SmallPlace, a_minute_later, a_person, a_person_with_case, a_place, a_store, risk_runs
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, audited, give, services_of

WHY = "She works in this team herself."
CALL = "Ambulance crew at her door asks for medicines."


@pytest.fixture
def program(tmp_path: Path, clock: FrozenClock) -> Iterator[Program]:
    with a_store(tmp_path, clock) as made:
        yield made


@pytest.fixture
def place(program: Program) -> SmallPlace:
    return a_place(program)


@pytest.fixture
def person(program: Program, place: SmallPlace) -> str:
    """Somebody with an active case, led by a GP, whose record is restricted."""
    person_id, _ = a_person_with_case(program, place, Stage.ACTIVE)
    risk_runs(program, place, person_id)
    a_minute_later(program)
    program.services.restrictions.restrict(person_id, WHY)
    return person_id


@pytest.fixture
def nurse(program: Program) -> Services:
    return a_colleague(program, Role.COMMUNITY_NURSE, "Nora Nurse")


def test_the_lead_the_team_and_the_ig_lead_see_it_and_nobody_else(
    program: Program, person: str, nurse: Services
) -> None:
    case = program.services.case_file.find(person)
    lead = next(it for it in nurse.directory.practitioners() if it.leads)
    leading = services_of(program, lead.id, lead.name, lead.role)
    governing = a_colleague(program, Role.GP, "Ida Governor")
    give(program, governing, AccessRole.IG_LEAD)
    for services in (leading, governing):
        assert services.case_file.overview(case).person.nhs_number == "9434765919"
    with pytest.raises(RecordRestricted):
        nurse.case_file.overview(case)
    in_team = a_colleague(program, Role.PHYSIOTHERAPIST, "Tom Team")
    leading.cases.join_team(leading.case_file.overview(case).person.case_id, in_team.access.actor.practitioner_id, "")
    assert in_team.case_file.overview(case).plan is not None
    assert [(who, fields, why) for who, fields, why in audited(program, "refused")] == [
        ("Nora Nurse", "see_case", "restricted")
    ]


def test_whoever_restricted_it_is_shut_out_as_well(program: Program, person: str) -> None:
    gate = program.services.rights.gate(person)
    assert gate.closed
    assert gate.restriction is not None
    assert (gate.restriction.reason, gate.restriction.by) == (WHY, "Pat Sample")
    with pytest.raises(RecordRestricted):
        program.services.restrictions.lift(person, "It is no longer needed at all.")


def test_the_door_tells_the_name_and_the_fact_and_nothing_else(person: str, nurse: Services) -> None:
    gate = nurse.rights.gate(person)
    assert (gate.family_name, gate.given_names, gate.closed) == ("Example", "Amina", True)
    assert gate.rights.may(Permission.BREAK_GLASS)
    assert not gate.rights.may(Permission.SEE_CASE)
    with pytest.raises(NotFound):
        nurse.rights.gate("nobody")


def rows(services: Services, **filters: object) -> list[str]:
    query = CaseloadQuery(CaseloadFilter(**filters))  # type: ignore[arg-type]  # given by name in the tests below
    return [row.family_name for row in services.caseload.page(query).rows]


def test_a_shut_record_stands_in_no_filtered_list_and_last_among_everybody_by_name_only(
    program: Program, place: SmallPlace, person: str, nurse: Services
) -> None:
    a_person(program, place, nhs_number="9990000018")
    assert rows(nurse, tiers=frozenset(Tier)) == []
    assert rows(nurse, has_plan=True) == []
    assert rows(nurse, stages=frozenset({Stage.ACTIVE})) == []
    for sort in CaseloadSort:
        listed = nurse.caseload.page(CaseloadQuery(CaseloadFilter(), sort)).rows
        assert [it.closed for it in listed] == [False, True], sort
        told = listed[-1]
        assert (told.person_id, told.family_name, told.given_names, told.title) == (person, "Example", "Amina", "Mrs")
        hidden = (told.case_id, told.nhs_number, told.born, told.died, told.tier, told.score, told.trend,
                  told.practice_name, told.locality_name, told.stage, told.lead_name, told.review_due)  # fmt: skip
        assert not any(hidden)
        assert not told.has_plan


def test_somebody_found_by_their_number_is_told_by_name_only(person: str, nurse: Services) -> None:
    for typed in ("9434765919", "example", "E1 4AA"):
        query = CaseloadQuery(CaseloadFilter(text=typed))
        assert [it.closed for it in nurse.caseload.page(query).rows] == [True], typed
        assert [it.nhs_number for it in nurse.caseload.start(query).rows] == [""], typed


def test_the_preview_and_those_looked_at_lately_tell_no_more(
    program: Program, person: str, nurse: Services
) -> None:
    nurse.case_file.viewed(person)
    (recent,) = nurse.caseload.recent()
    preview = nurse.caseload.preview(person)
    assert preview is not None
    assert (recent.closed, preview.row.closed, preview.words, preview.step) == (True, True, "", NextStep.NONE)


def test_the_team_finds_it_in_every_list_marked_as_restricted(program: Program, person: str, nurse: Services) -> None:
    lead = next(it for it in nurse.directory.practitioners() if it.leads)
    leading = services_of(program, lead.id, lead.name, lead.role)
    (row,) = leading.caseload.page(CaseloadQuery(CaseloadFilter(tiers=frozenset({Tier.VERY_HIGH})))).rows
    assert (row.restricted, row.closed, row.nhs_number) == (True, False, "9434765919")


def test_a_list_that_was_kept_follows_at_once_when_a_record_is_restricted_and_lifted(
    program: Program, place: SmallPlace, nurse: Services
) -> None:
    person_id, _ = a_person_with_case(program, place, Stage.ACTIVE)
    assert rows(nurse, has_plan=True) == ["Example"]
    program.services.restrictions.restrict(person_id, WHY)
    assert rows(nurse, has_plan=True) == []
    governing = a_colleague(program, Role.GP, "Ida Governor")
    give(program, governing, AccessRole.IG_LEAD)
    governing.restrictions.lift(person_id, "She has left the team by now.")
    assert rows(nurse, has_plan=True) == ["Example"]
    history = governing.restrictions.of(person_id)
    assert [(it.reason, it.lifted_by, it.lifted_reason) for it in history] == [
        (WHY, "Ida Governor", "She has left the team by now.")
    ]


def test_breaking_the_glass_opens_one_record_for_four_hours_and_then_it_shuts_by_itself(
    program: Program, place: SmallPlace, clock: FrozenClock, person: str, nurse: Services
) -> None:
    nurse.restrictions.break_glass(person, CALL)
    gate = nurse.rights.gate(person)
    assert gate.glass is not None
    assert gate.glass.ends_at - clock() == timedelta(hours=4)
    assert nurse.case_file.overview(person).plan is not None
    assert rows(nurse, has_plan=True) == ["Example"]
    other = a_colleague(program, Role.COMMUNITY_NURSE, "Olga Other")
    assert other.rights.gate(person).closed, "it is one person's"
    clock.advance(timedelta(hours=3, minutes=59, seconds=59))
    assert not nurse.rights.gate(person).closed
    clock.advance(timedelta(seconds=1))
    assert nurse.rights.gate(person).closed
    assert nurse.rights.gate(person).glass is None
    with pytest.raises(RecordRestricted):
        nurse.case_file.overview(person)
    assert rows(nurse, has_plan=True) == []


def test_a_glass_over_one_person_opens_nobody_else(
    program: Program, place: SmallPlace, person: str, nurse: Services
) -> None:
    second = a_person(program, place, nhs_number="9990000018")
    program.services.restrictions.restrict(second, WHY)
    nurse.restrictions.break_glass(person, CALL)
    assert nurse.rights.gate(second).closed


def test_a_clock_that_is_set_back_does_not_keep_the_glass_open(
    clock: FrozenClock, person: str, nurse: Services
) -> None:
    nurse.restrictions.break_glass(person, CALL)
    clock.advance(timedelta(hours=-2))
    assert nurse.rights.gate(person).closed


def test_whoever_broke_it_may_close_it_before_its_time_and_nobody_else_may(
    program: Program, person: str, nurse: Services
) -> None:
    glass = nurse.restrictions.break_glass(person, CALL).made
    with pytest.raises(NotFound):
        program.services.restrictions.end_glass(glass)
    nurse.restrictions.end_glass(glass)
    assert nurse.rights.gate(person).closed
    nurse.restrictions.end_glass(glass)
    assert len(audited(program, "end_glass")) == 1


@pytest.mark.parametrize("reason", ["", "urgent", "now now now"])
def test_without_a_sentence_of_reason_it_is_neither_broken_nor_restricted(
    program: Program, place: SmallPlace, person: str, nurse: Services, reason: str
) -> None:
    open_to_all = a_person(program, place, nhs_number="9990000018")
    with pytest.raises(ReasonTooShort):
        nurse.restrictions.break_glass(person, reason)
    with pytest.raises(ReasonTooShort):
        program.services.restrictions.restrict(open_to_all, reason)
    assert nurse.rights.gate(person).closed
    assert program.services.rights.gate(open_to_all).restriction is None
    assert audited(program, "break_glass") == []


def test_a_record_is_restricted_once_and_glass_is_broken_only_where_there_is_one(
    program: Program, place: SmallPlace, person: str, nurse: Services
) -> None:
    open_to_all = a_person(program, place, nhs_number="9990000018")
    with pytest.raises(NotRestricted):
        nurse.restrictions.break_glass(open_to_all, CALL)
    nurse.restrictions.break_glass(person, CALL)
    with pytest.raises(NothingToBreak):
        nurse.restrictions.break_glass(person, CALL)
    chair = a_colleague(program, Role.MDT_CHAIR, "Carl Chair")
    chair.restrictions.break_glass(person, CALL)
    with pytest.raises(AlreadyRestricted):
        chair.restrictions.restrict(person, WHY)


def test_each_broken_glass_is_audited_and_listed_until_the_ig_lead_has_looked_at_it(
    program: Program, person: str, nurse: Services
) -> None:
    glass = nurse.restrictions.break_glass(person, CALL).made
    assert audited(program, "break_glass") == [("Nora Nurse", "", CALL)]
    governing = a_colleague(program, Role.GP, "Ida Governor")
    give(program, governing, AccessRole.IG_LEAD)
    (listed,) = governing.restrictions.broken()
    assert (listed.by, listed.person, listed.reason) == ("Nora Nurse", "Example, Amina", CALL)
    with pytest.raises(NotPermitted):
        nurse.restrictions.review(glass, "I looked at it myself, all right.")
    governing.restrictions.review(glass, "The ambulance service confirmed the call.")
    assert governing.restrictions.broken() == []
    (reviewed,) = governing.restrictions.broken(reviewed=True)
    assert (reviewed.reviewed_by, reviewed.review) == ("Ida Governor", "The ambulance service confirmed the call.")
    assert audit_log.first_broken(program.access.database.reader) is None


def test_what_is_recorded_of_restrictions_waits_to_be_sent_with_the_person(program: Program, person: str) -> None:
    rows = program.access.database.reader.execute("SELECT type, kind FROM outbox WHERE type = 'restriction'").fetchall()
    assert rows == [("restriction", "create")]
