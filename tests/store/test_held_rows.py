"""Held rows: shown beside the person on file, taken or left out once, with who and when."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.held_rows import (
    AlreadyDecided,
    HeldDecision,
    HeldRows,
    HeldSummary,
    NumberGivenElsewhere,
    RowTooOld,
)
from mdt_desktop.services.risk_import import ImportResult
from mdt_desktop.store import audit_log
from tests.helpers.borough import a_store
from tests.helpers.risk_files import NOVEMBER, NUMBERS, OCTOBER, PRACTICE, a_line, a_risk_file, lines


class Desk:
    """A store with held rows and somebody to decide them."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.held = HeldRows(program.access)

    def take(self, found: list[Any], run_date: Any = NOVEMBER) -> ImportResult:
        """Import lines."""
        risk_import = self.program.services.risk_import
        return risk_import.apply(risk_import.preview(a_risk_file(self.folder / "file.csv", found, PRACTICE, run_date)))

    def ask(self, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Rows straight from the store."""
        rows: list[tuple[Any, ...]] = self.program.access.database.reader.execute(sql, values).fetchall()
        return rows

    def person(self, place: int = 0) -> str:
        """The id of a line's person."""
        return str(self.ask("SELECT id FROM person WHERE nhs_number = ?", NUMBERS[place])[0][0])

    def only(self) -> HeldSummary:
        """The one row that waits."""
        (found,) = self.held.waiting()
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_store(tmp_path) as program:
        yield Desk(program, tmp_path)


def _birth_differs(desk: Desk, **changed: object) -> HeldSummary:
    """The last of 40 people comes back with another birth date, now with the highest score."""
    desk.take(lines(40), OCTOBER)
    desk.take([a_line(39, Score="99.99", Date_of_birth="05/05/1945", **changed), *lines(39)])
    return desk.only()


def test_a_held_row_is_shown_with_its_reason_and_the_person_on_file(desk: Desk) -> None:
    held = _birth_differs(desk)
    assert held.reason == "The NHS number is on file with another date of birth."
    assert (held.practice_code, held.run_date, held.line, held.tier) == (PRACTICE, NOVEMBER, 2, Tier.HIGH)
    assert cui_date(held.row.born) == "05-May-1945"
    assert held.person is not None
    assert (held.person.id, cui_date(held.person.born), held.person.has_case) == (
        desk.person(39),
        "12-Aug-1969",
        False,
    )


def test_the_same_person_takes_the_row_with_score_tier_and_case(desk: Desk) -> None:
    held = _birth_differs(desk, Address="7 New Street")
    changes = desk.held.decide(held.id, HeldDecision.TAKEN)
    person = desk.person(39)
    assert changes.concern(person)
    assert changes.concern("person_case")
    assert desk.ask("SELECT born, address FROM person WHERE id = ?", person) == [("1945-05-05", "7 New Street")]
    scores = desk.ask("SELECT score, tier, rank FROM risk_score WHERE person_id = ? ORDER BY score", person)
    assert scores == [(89.25, "below", 40), (99.99, "high", 1)]
    assert desk.ask("SELECT tier_order, stage_order, born FROM caseload_index WHERE person_id = ?", person) == [
        (1, 1, "1945-05-05")
    ]
    assert desk.held.waiting() == []


def test_somebody_taken_who_now_is_at_risk_is_sent_whole_and_the_held_row_stays_here(desk: Desk) -> None:
    held = _birth_differs(desk)
    after = desk.ask("SELECT max(op_no) FROM outbox")[0][0]
    desk.held.decide(held.id, HeldDecision.TAKEN)
    sent = desk.ask("SELECT type, kind, set_json FROM outbox WHERE op_no > ? ORDER BY op_no", after)
    assert [(type_, kind) for type_, kind, _ in sent] == [
        ("person", "create"),
        ("person_case", "create"),
        ("risk_score", "create"),
        ("risk_score", "create"),
    ]
    assert json.loads(sent[0][2])["born"] == "1945-05-05"


def test_somebody_taken_below_the_tiers_is_not_sent_at_all(desk: Desk) -> None:
    desk.take(lines(40), OCTOBER)
    desk.take([*lines(39), a_line(39, Date_of_birth="05/05/1945")])
    after = desk.ask("SELECT max(op_no) FROM outbox")[0][0]
    desk.held.decide(desk.only().id, HeldDecision.TAKEN)
    assert desk.ask("SELECT * FROM outbox WHERE op_no > ?", after) == []


def test_a_row_left_out_changes_nobody_and_is_kept_with_who_and_when(desk: Desk) -> None:
    held = _birth_differs(desk)
    before = desk.ask("SELECT * FROM person ORDER BY id"), desk.ask("SELECT * FROM risk_score ORDER BY id")
    desk.held.decide(held.id, HeldDecision.LEFT_OUT)
    assert (desk.ask("SELECT * FROM person ORDER BY id"), desk.ask("SELECT * FROM risk_score ORDER BY id")) == before
    (decided,) = desk.held.decided()
    assert (decided.decision, decided.decided_by) == (HeldDecision.LEFT_OUT, "Pat Sample")
    assert decided.decided_at == desk.program.access.clock()


def _as_new(desk: Desk) -> str:
    """The id of the person who was added for the row that waits."""
    before = {row[0] for row in desk.ask("SELECT id FROM person")}
    desk.held.decide(desk.only().id, HeldDecision.ADDED_AS_NEW)
    (added,) = {row[0] for row in desk.ask("SELECT id FROM person")} - before
    return str(added)


def test_another_person_is_added_without_the_number_which_stays_where_it_is(desk: Desk) -> None:
    held = _birth_differs(desk, Given_names="Zenobia", Address="7 New Street")
    assert held.number_is_theirs
    known = desk.ask("SELECT * FROM person WHERE id = ?", desk.person(39))
    added = _as_new(desk)
    assert desk.ask("SELECT * FROM person WHERE id = ?", desk.person(39)) == known
    assert desk.ask("SELECT nhs_number, nhs_number_status, given_names, born FROM person WHERE id = ?", added) == [
        (None, "not_present", "Zenobia", "1945-05-05")
    ]
    assert desk.ask("SELECT tier, rank FROM risk_score WHERE person_id = ?", added) == [("high", 1)]
    assert desk.ask("SELECT stage FROM person_case WHERE person_id = ?", added) == [("identified",)]
    assert desk.ask("SELECT action, person_id FROM audit_entry ORDER BY seq DESC LIMIT 1") == [
        ("add_held_row_as_new", added)
    ]
    assert audit_log.first_broken(desk.program.access.database.reader) is None


def test_that_the_number_is_in_doubt_is_said_of_the_new_person_until_they_have_one(desk: Desk) -> None:
    _birth_differs(desk, Given_names="Zenobia")
    added = _as_new(desk)
    case_file = desk.program.services.case_file
    assert case_file.overview(added).person.number_in_doubt
    assert not case_file.overview(desk.person(39)).person.number_in_doubt
    own = a_line(39, Given_names="Zenobia", Date_of_birth="05/05/1945", NHS_number=NUMBERS[41])
    desk.take([own, *lines(39)], NOVEMBER.replace(day=15))
    desk.held.decide(desk.only().id, HeldDecision.TAKEN)
    assert desk.ask("SELECT nhs_number FROM person WHERE id = ?", added) == [(NUMBERS[41],)]
    assert not case_file.overview(added).person.number_in_doubt


def test_the_next_list_with_the_wrong_number_finds_who_was_added_and_asks_nothing(desk: Desk) -> None:
    _birth_differs(desk, Given_names="Zenobia")
    added = _as_new(desk)
    again = a_line(39, Given_names="Zenobia", Score="88.00", Date_of_birth="05/05/1945", Address="9 Other Street")
    taken = desk.take([again, *lines(39)], NOVEMBER.replace(day=15))
    assert (taken.new_people, taken.held) == (0, 0)
    assert desk.ask("SELECT nhs_number, address FROM person WHERE id = ?", added) == [(None, "9 Other Street")]
    assert desk.ask("SELECT count(*) FROM risk_score WHERE person_id = ?", added) == [(2,)]


def test_a_list_with_a_third_person_under_the_number_asks_again(desk: Desk) -> None:
    _birth_differs(desk, Given_names="Zenobia")
    _as_new(desk)
    other = a_line(39, Given_names="Yolanda", Family_name="Another", Date_of_birth="06/06/1950")
    desk.take([other, *lines(39)], NOVEMBER.replace(day=15))
    assert desk.only().row.given_names == "Yolanda"


def test_the_same_row_of_two_lists_adds_one_person(desk: Desk) -> None:
    row = a_line(39, Given_names="Zenobia", Score="99.99", Date_of_birth="05/05/1945")
    desk.take(lines(40), OCTOBER)
    desk.take([row, *lines(39)])
    desk.take([{**row, "Score": "99.00"}, *lines(39)], NOVEMBER.replace(day=15))
    for held in desk.held.waiting():
        desk.held.decide(held.id, HeldDecision.ADDED_AS_NEW)
    assert desk.ask("SELECT count(*) FROM person WHERE given_names = 'Zenobia'") == [(1,)]
    assert desk.ask("SELECT count(*) FROM risk_score JOIN person ON person.id = person_id"
                    " WHERE given_names = 'Zenobia'") == [(2,)]  # fmt: skip


@pytest.mark.parametrize("number", ["", NUMBERS[41]], ids=["without a number", "with a number that nobody has"])
def test_somebody_who_only_looks_the_same_is_added_once_with_what_number_they_have(desk: Desk, number: str) -> None:
    twin = a_line(0, NHS_number=number)
    desk.take(lines(10), OCTOBER)
    desk.take([twin, *lines(9, 1)])
    desk.take([twin, *lines(9, 1)], NOVEMBER.replace(day=15))
    first, second = desk.held.waiting()
    assert not first.number_is_theirs
    for held in (first, second):
        desk.held.decide(held.id, HeldDecision.ADDED_AS_NEW)
    found = desk.ask(
        "SELECT id, nhs_number FROM person WHERE family_name = ? AND coalesce(nhs_number, '') <> ?",
        first.row.family_name,
        NUMBERS[0],
    )
    assert [person[1] for person in found] == [number or None]
    assert not desk.program.services.case_file.overview(found[0][0]).person.number_in_doubt


def test_nobody_is_added_as_new_from_a_list_that_is_no_longer_the_latest(desk: Desk) -> None:
    held = _birth_differs(desk, Given_names="Zenobia")
    desk.take(lines(40), NOVEMBER.replace(day=15))
    with pytest.raises(RowTooOld):
        desk.held.decide(held.id, HeldDecision.ADDED_AS_NEW)
    assert [row.id for row in desk.held.waiting()] == [held.id]


@pytest.mark.parametrize("first", HeldDecision)
def test_a_row_is_decided_once(desk: Desk, first: HeldDecision) -> None:
    held = _birth_differs(desk)
    desk.held.decide(held.id, first)
    with pytest.raises(AlreadyDecided) as refused:
        desk.held.decide(held.id, HeldDecision.TAKEN)
    assert refused.value.values == {"by": "Pat Sample"}


@pytest.mark.parametrize(
    ("decision", "action"),
    [(HeldDecision.TAKEN, "take_held_row"), (HeldDecision.LEFT_OUT, "leave_out_held_row")],
    ids=["taken", "left out"],
)
def test_each_decision_is_in_the_audit_about_the_person(desk: Desk, decision: HeldDecision, action: str) -> None:
    held = _birth_differs(desk)
    desk.held.decide(held.id, decision)
    entry = desk.ask("SELECT action, record_id, person_id FROM audit_entry ORDER BY seq DESC LIMIT 1")
    assert entry == [(action, held.id, desk.person(39))]
    assert audit_log.first_broken(desk.program.access.database.reader) is None


def test_a_row_without_number_taken_keeps_the_number_on_file(desk: Desk) -> None:
    desk.take(lines(10), OCTOBER)
    desk.take([{**a_line(0, Given_names="Amina"), "NHS number": ""}, *lines(9, 1)])
    person = desk.person()
    desk.held.decide(desk.only().id, HeldDecision.TAKEN)
    assert desk.ask("SELECT nhs_number FROM person WHERE id = ?", person) == [(NUMBERS[0],)]
    assert desk.ask("SELECT count(*) FROM risk_score WHERE person_id = ?", person) == [(2,)]


def test_a_new_number_is_given_to_the_person_it_is_taken_for(desk: Desk) -> None:
    desk.take([{**a_line(0), "NHS number": ""}, *lines(9, 1)], OCTOBER)
    desk.take(lines(10))
    desk.held.decide(desk.only().id, HeldDecision.TAKEN)
    assert desk.ask("SELECT nhs_number_status FROM person WHERE nhs_number = ?", NUMBERS[0]) == [
        ("present_not_traced",)
    ]
    found = desk.ask("SELECT count(*) FROM person_search WHERE person_search MATCH ?", f'"{NUMBERS[0]}"')
    assert found == [(1,)]
    assert desk.ask("SELECT count(*) FROM person") == [(10,)]


def test_a_number_that_is_somebody_elses_by_now_is_refused_and_changes_nothing(desk: Desk) -> None:
    desk.take([{**a_line(0), "NHS number": ""}, *lines(9, 1)], OCTOBER)
    desk.take(lines(10))
    held = desk.only()
    desk.take([a_line(0, Family_name="Newcomer", Date_of_birth="01/01/1961"), *lines(9, 1)], NOVEMBER.replace(day=2))
    with pytest.raises(NumberGivenElsewhere):
        desk.held.decide(held.id, HeldDecision.TAKEN)
    assert [row.id for row in desk.held.waiting()] == [held.id]


def test_of_two_contradicting_rows_one_is_taken_and_the_other_left_out_by_it(desk: Desk) -> None:
    desk.take([*lines(40), a_line(0, Score="12.00")])
    first, second = desk.held.waiting()
    assert (first.tier, second.tier) == (Tier.HIGH, Tier.BELOW)
    assert first.person is None
    assert "Line 42" in first.reason
    desk.held.decide(first.id, HeldDecision.TAKEN)
    assert desk.ask("SELECT score, tier FROM risk_score WHERE person_id = ?", desk.person()) == [(99.0, "high")]
    assert {row.id: row.decision for row in desk.held.decided()} == {
        first.id: HeldDecision.TAKEN,
        second.id: HeldDecision.LEFT_OUT,
    }


def test_a_row_of_an_older_run_adds_to_the_trend_only(desk: Desk) -> None:
    held = _birth_differs(desk, Address="7 New Street")
    desk.take(lines(40), NOVEMBER.replace(day=15))
    desk.held.decide(held.id, HeldDecision.TAKEN)
    person = desk.person(39)
    assert desk.ask("SELECT born, address FROM person WHERE id = ?", person) == [("1969-08-12", "40 Invented Street")]
    assert desk.ask("SELECT count(*) FROM risk_score WHERE person_id = ?", person) == [(3,)]
    assert desk.ask("SELECT tier_order, stage_order FROM caseload_index WHERE person_id = ?", person) == [(3, 0)]


def test_nobody_new_comes_from_a_list_that_is_no_longer_the_latest(desk: Desk) -> None:
    desk.take([*lines(10), a_line(0, Score="12.00")], OCTOBER)
    desk.take(lines(9, 1))
    with pytest.raises(RowTooOld):
        desk.held.decide(desk.held.waiting()[0].id, HeldDecision.TAKEN)


def test_a_corrected_file_asks_anew_about_what_is_undecided(desk: Desk) -> None:
    held = _birth_differs(desk)
    desk.take([a_line(39, Score="99.98", Date_of_birth="05/05/1945"), *lines(39)])
    assert desk.only().id != held.id
    desk.take(lines(39))
    assert desk.held.waiting() == []


def test_a_row_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.held.decide("0" * 36, HeldDecision.TAKEN)
