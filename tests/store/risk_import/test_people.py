"""What a file changes about people: names, blanks, practices, moves, cases."""

from datetime import date

from tests.helpers.risk_files import NOVEMBER, OCTOBER, OTHER_PRACTICE, PRACTICE, SEPTEMBER, a_line, lines
from tests.store.risk_import.desk import PEOPLE, Borough


def test_a_preview_counts_who_is_no_longer_listed_and_who_moves_to_a_practice_not_known_yet(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    assert borough.risk_import.preview(borough.file(lines(4))).absent == 6
    assert borough.risk_import.preview(borough.file(lines(4), run_date=SEPTEMBER)).absent == 0
    preview = borough.risk_import.preview(borough.file(lines(10), practice="Y99999"))
    result = borough.risk_import.apply(preview)
    assert (preview.moved, preview.updates, preview.unchanged) == (10, 10, 0)
    assert (result.moved, result.updated, result.unchanged) == (10, 10, 0)


def test_somebody_married_is_the_same_person_with_a_new_name_and_is_found_by_it(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    result = borough.take([a_line(0, Family_name="Married"), *lines(9, 1)])
    assert (result.updated, result.held) == (1, 0)
    found = borough.ask(
        "SELECT person_id FROM person_search JOIN caseload_index ON person_no = person_search.rowid"
        " WHERE person_search MATCH 'married'"
    )
    assert found == [(borough.person(0),)]


def test_an_empty_cell_blanks_nothing_that_is_known(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    result = borough.take([a_line(0, Address="", Postcode="", Sex=""), *lines(9, 1)])
    assert (result.updated, result.unchanged) == (0, 10)


def test_an_unknown_practice_is_added_to_the_home_locality_and_told(borough: Borough) -> None:
    preview = borough.risk_import.preview(borough.file(lines(10)))
    assert not preview.practice_known
    assert borough.risk_import.apply(preview).practice_added
    home = borough.program.access.actor.locality_id
    assert borough.ask("SELECT code, locality_id, list_size FROM practice") == [(PRACTICE, home, 10)]
    assert [kind for type_, kind, _, _ in borough.sent() if type_ == "practice"] == ["create"]
    assert not borough.take(lines(10), run_date=date(2026, 11, 2)).practice_added


def test_somebody_in_the_newer_list_of_another_practice_has_moved_there(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    result = borough.take(lines(12), practice=OTHER_PRACTICE, run_date=NOVEMBER)
    assert (result.moved, result.new_people) == (10, 2)
    assert borough.ask("SELECT DISTINCT code FROM person JOIN practice ON practice.id = practice_id") == [
        (OTHER_PRACTICE,)
    ]
    practices = borough.ask(
        "SELECT DISTINCT practice.code FROM caseload_index"
        " JOIN caseload_key ON no = practice_no JOIN practice ON practice.id = caseload_key.id"
    )
    assert practices == [(OTHER_PRACTICE,)]


def test_an_older_list_of_the_former_practice_does_not_fetch_somebody_back(borough: Borough) -> None:
    borough.take(lines(10), practice=OTHER_PRACTICE, run_date=NOVEMBER)
    result = borough.take(lines(10), practice=PRACTICE, run_date=OCTOBER)
    assert (result.moved, result.updated, result.new_cases) == (0, 0, 0)
    assert borough.one("SELECT count(*) FROM person JOIN practice ON practice.id = practice_id WHERE code = ?",
                       OTHER_PRACTICE) == 10  # fmt: skip
    assert borough.one("SELECT count(*) FROM risk_score") == 20


def test_somebody_missing_from_the_new_run_has_no_tier_now_and_keeps_their_case(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    assert borough.tier(0) == 1
    borough.take(lines(PEOPLE - 1, 1))
    assert borough.tier(0) == 4
    assert borough.one("SELECT count(*) FROM person_case WHERE person_id = ?", borough.person(0)) == 1


def test_cases_are_opened_for_people_at_risk_only_and_once(borough: Borough) -> None:
    assert borough.take(lines(PEOPLE), run_date=OCTOBER).new_cases == 8
    assert borough.take(lines(PEOPLE)).new_cases == 0
    with_case = borough.ask("SELECT tier_order, count(*) FROM caseload_index WHERE stage_order = 1 GROUP BY 1")
    assert with_case == [(1, 2), (2, 6)]
