"""Rows that contradict the register are held and never merged, and nobody is added twice."""

from datetime import date

import pytest

from mdt_desktop.services.held_rows import HeldDecision
from tests.helpers.risk_files import NUMBERS, OCTOBER, a_line, lines
from tests.store.risk_import.desk import PEOPLE, Borough

CONTRADICTIONS = [
    pytest.param({"Date of birth": "02/02/1950"}, "match.birth_differs", id="another birth date"),
    pytest.param({"Family name": "Other", "Given names": "Zoe"}, "match.name_differs", id="another name"),
    pytest.param(
        {"Family name": "Other", "Given names": "Zoe", "Date of birth": "02/02/1950"},
        "match.both_differ",
        id="somebody else altogether",
    ),
    pytest.param({"NHS number": ""}, "match.number_missing", id="the number left out"),
]


@pytest.mark.parametrize(("changed", "reason"), CONTRADICTIONS)
def test_a_row_that_contradicts_the_register_is_held_and_never_merged(
    borough: Borough, changed: dict[str, str], reason: str
) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    before = borough.ask("SELECT * FROM person ORDER BY id")
    result = borough.take([{**a_line(0), **changed}, *lines(PEOPLE - 1, 1)])
    assert (result.held, result.new_people) == (1, 0)
    assert borough.ask("SELECT * FROM person ORDER BY id") == before
    assert borough.ask("SELECT reason, person_id, line FROM held_row") == [(reason, borough.person(0), 2)]
    assert borough.one("SELECT count(*) FROM risk_score WHERE person_id = ?", borough.person(0)) == 1


def test_a_number_for_somebody_on_file_without_one_is_held_instead_of_adding_them_twice(borough: Borough) -> None:
    borough.take([{**a_line(0), "NHS number": ""}, *lines(9, 1)], run_date=OCTOBER)
    result = borough.take(lines(10))
    assert (result.held, result.new_people) == (1, 0)
    assert borough.one("SELECT reason FROM held_row") == "match.number_new"


def test_a_corrected_number_is_held_instead_of_leaving_the_plan_with_a_person_nobody_lists(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    before = borough.person(0)
    result = borough.take([{**a_line(0), "NHS number": NUMBERS[50]}, *lines(9, 1)])
    assert (result.held, result.new_people) == (1, 0)
    assert borough.ask("SELECT reason, person_id FROM held_row") == [("match.number_changed", before)]
    held = borough.program.services.held_rows
    held.decide(held.waiting()[0].id, HeldDecision.TAKEN)
    assert borough.person(50) == before
    assert borough.one("SELECT count(*) FROM person") == 10


def test_two_people_of_one_name_birth_date_and_home_with_a_number_each_are_two_people(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    result = borough.take([*lines(10), {**a_line(0), "NHS number": NUMBERS[50]}])
    assert (result.held, result.new_people) == (0, 1)


def test_twins_whose_numbers_were_swapped_are_held_and_keep_their_names(borough: Borough) -> None:
    twins = [a_line(0), {**a_line(0), "NHS number": NUMBERS[50], "Given names": "Beth"}]
    borough.take([*twins, *lines(9, 1)], run_date=OCTOBER)
    before = borough.ask("SELECT * FROM person ORDER BY id")
    swapped = [{**twins[0], "Given names": "Beth"}, {**twins[1], "Given names": "Amina"}]
    result = borough.take([*swapped, *lines(9, 1)])
    assert (result.held, result.updated) == (2, 0)
    assert borough.ask("SELECT DISTINCT reason FROM held_row") == [("match.name_of_another",)]
    assert borough.ask("SELECT * FROM person ORDER BY id") == before


def test_somebody_without_number_who_moved_is_held_instead_of_added_twice(borough: Borough) -> None:
    borough.take([{**a_line(0), "NHS number": ""}, *lines(9, 1)], run_date=OCTOBER)
    moved = {**a_line(0), "NHS number": "", "Postcode": "E3 5ZZ"}
    result = borough.take([moved, *lines(9, 1)])
    assert (result.held, result.new_people) == (1, 0)
    assert borough.one("SELECT reason FROM held_row") == "match.postcode_differs"
    held = borough.program.services.held_rows
    held.decide(held.waiting()[0].id, HeldDecision.TAKEN)
    assert borough.ask("SELECT postcode FROM person WHERE nhs_number IS NULL") == [("E3 5ZZ",)]


def test_what_came_in_after_the_preview_is_not_added_twice(borough: Borough) -> None:
    first, second = borough.file(lines(20)), borough.file(lines(30), run_date=date(2026, 11, 2))
    early, late = borough.risk_import.preview(first), borough.risk_import.preview(second)
    assert (early.new_people, late.new_people) == (20, 30)
    borough.risk_import.apply(early)
    assert borough.risk_import.apply(late).new_people == 10


def test_two_contradicting_rows_of_one_number_are_both_kept_for_review(borough: Borough) -> None:
    result = borough.take([*lines(PEOPLE), a_line(0, Score="12.00")])
    assert (result.held, result.new_people) == (2, PEOPLE - 1)
    reasons = borough.ask("SELECT reason, line FROM held_row ORDER BY line")
    assert reasons == [("reject_code.number_used_twice", 2), ("reject_code.number_used_twice", 42)]
