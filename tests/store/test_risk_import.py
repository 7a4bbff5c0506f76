"""Importing risk files into the real store: what each kind of file changes, and that nothing is left of half a run."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.risk import CutOffs, Tier, TierApproach
from mdt_desktop.services.held_rows import HeldDecision
from mdt_desktop.services.risk_import import ImportOptions, ImportResult, NoUsableRows, RunState
from mdt_desktop.store import audit_log, bulk
from mdt_desktop.store.database import StoreFull, StoreUnreadable
from tests.helpers.borough import a_store
from tests.helpers.risk_files import (
    NOVEMBER,
    NUMBERS,
    OCTOBER,
    OTHER_PRACTICE,
    PRACTICE,
    SEPTEMBER,
    a_line,
    a_risk_file,
    lines,
)

PEOPLE = 40


class Borough:
    """A store and a folder to write files into."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.risk_import = program.services.risk_import
        self._written = 0

    def file(self, found: list[Any], practice: str = PRACTICE, run_date: date = NOVEMBER) -> Path:
        """A new file."""
        self._written += 1
        return a_risk_file(self.folder / f"{self._written}.csv", found, practice, run_date)

    def take(
        self,
        found: list[Any],
        practice: str = PRACTICE,
        run_date: date = NOVEMBER,
        options: ImportOptions | None = None,
    ) -> ImportResult:
        """Write, preview and apply."""
        return self.risk_import.apply(self.risk_import.preview(self.file(found, practice, run_date), options))

    def ask(self, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Rows straight from the store."""
        rows: list[tuple[Any, ...]] = self.program.access.database.reader.execute(sql, values).fetchall()
        return rows

    def one(self, sql: str, *values: str | int) -> Any:
        """One value straight from the store."""
        return self.ask(sql, *values)[0][0]

    def person(self, place: int) -> str:
        """The id of the person of a line."""
        return str(self.one("SELECT id FROM person WHERE nhs_number = ?", NUMBERS[place]))

    def tier(self, place: int) -> int:
        """The tier order in the caseload of the person of a line."""
        return int(self.one("SELECT tier_order FROM caseload_index WHERE person_id = ?", self.person(place)))

    def content(self) -> str:
        """A hash over every row of every table."""
        digest = hashlib.sha256()
        tables = self.ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (table,) in tables:
            digest.update(table.encode())
            # The search index has no columns of its own to read; its shadow tables are read like all others.
            if table != "person_search":
                digest.update("".join(sorted(map(repr, self.ask(f'SELECT * FROM "{table}"')))).encode())
        return digest.hexdigest()

    def sent(self, after: int = 0) -> list[tuple[str, str, str, dict[str, Any]]]:
        """Outgoing operations: type, kind, id, values."""
        rows = self.ask("SELECT type, kind, id, set_json FROM outbox WHERE op_no > ? ORDER BY op_no", after)
        return [(type_, kind, id_, json.loads(values)) for type_, kind, id_, values in rows]

    def last_sent(self) -> int:
        """The newest operation's number."""
        return int(self.one("SELECT coalesce(max(op_no), 0) FROM outbox"))


@pytest.fixture
def borough(tmp_path: Path) -> Iterator[Borough]:
    with a_store(tmp_path) as program:
        yield Borough(program, tmp_path)


def test_a_first_file_adds_its_people_their_scores_and_the_tiers_by_percentile(borough: Borough) -> None:
    result = borough.take(lines(PEOPLE))
    assert (result.state, result.new_people, result.practice_added) == (RunState.NEW, PEOPLE, True)
    assert borough.ask("SELECT very_high, high, moderate, list_size FROM stratification_run") == [(0, 2, 6, 40)]
    counted = borough.ask("SELECT tier_order, count(*) FROM caseload_index GROUP BY 1 ORDER BY 1")
    assert counted == [(1, 2), (2, 6), (3, 32)]
    assert borough.one("SELECT count(*) FROM risk_score") == PEOPLE


def test_the_same_file_again_changes_nothing_at_all(borough: Borough) -> None:
    file = borough.file(lines(PEOPLE))
    borough.risk_import.apply(borough.risk_import.preview(file))
    before = borough.content()
    preview = borough.risk_import.preview(file, ImportOptions(list_size=4000))
    result = borough.risk_import.apply(preview)
    assert (preview.state, result.state, bool(result.changes)) == (RunState.SAME_FILE, RunState.SAME_FILE, False)
    assert borough.content() == before


def test_a_newer_run_adds_a_point_to_each_trend_and_moves_the_tier(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    risen = [a_line(39, Score="99.99"), *lines(39)]
    borough.take(risen)
    scores = borough.ask(
        "SELECT run_date, score, tier FROM risk_score JOIN stratification_run ON stratification_run.id = run_id"
        " WHERE person_id = ? ORDER BY run_date",
        borough.person(39),
    )
    assert scores == [("2026-10-01", 89.25, "below"), ("2026-11-01", 99.99, "high")]
    assert borough.tier(39) == 1


def test_a_corrected_file_of_the_same_date_takes_the_place_of_its_run(borough: Borough) -> None:
    first = borough.take(lines(PEOPLE))
    ids = dict(borough.ask("SELECT person_id, id FROM risk_score"))
    gone, kept = borough.person(0), borough.person(1)
    after = borough.last_sent()
    second = borough.take([a_line(1, Score="88.5"), *lines(PEOPLE, 2)])
    assert (second.state, second.run_id) == (RunState.CORRECTION, first.run_id)
    assert borough.one("SELECT count(*) FROM stratification_run") == 1
    assert borough.ask("SELECT person_id FROM risk_score WHERE person_id = ?", gone) == []
    assert borough.ask("SELECT id, score FROM risk_score WHERE person_id = ?", kept) == [(ids[kept], 88.5)]
    assert borough.tier(0) == 4
    sent = borough.sent(after)
    assert [(kind, id_) for type_, kind, id_, _ in sent if type_ == "stratification_run"] == [("update", first.run_id)]
    assert ("risk_score", "delete", ids[gone], {}) in sent
    assert [(kind, values["score"]) for _, kind, id_, values in sent if id_ == ids[kept]] == [("update", 88.5)]


def test_no_operation_is_sent_for_the_score_of_somebody_who_was_never_shared(borough: Borough) -> None:
    borough.take(lines(PEOPLE))
    score = borough.one("SELECT id FROM risk_score WHERE person_id = ?", borough.person(39))
    after = borough.last_sent()
    borough.take(lines(PEOPLE - 1))
    assert score not in {id_ for _, _, id_, _ in borough.sent(after)}


def test_an_older_run_adds_to_trends_and_changes_nobody(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=NOVEMBER)
    people = borough.ask("SELECT * FROM person ORDER BY id")
    caseload = borough.ask("SELECT * FROM caseload_index ORDER BY person_no")
    old = [a_line(place, Address="9 Former Road", Score=str(place)) for place in range(PEOPLE + 3)]
    result = borough.take(old, run_date=OCTOBER)
    assert (result.state, result.left_out, result.new_people, result.new_cases) == (RunState.OLDER, 3, 0, 0)
    assert borough.ask("SELECT * FROM person ORDER BY id") == people
    assert borough.ask("SELECT * FROM caseload_index ORDER BY person_no") == caseload
    assert borough.one("SELECT count(*) FROM risk_score") == 2 * PEOPLE
    assert borough.one("SELECT list_size FROM practice") == PEOPLE


def test_a_correction_of_an_older_run_changes_nobody_either(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    borough.take(lines(PEOPLE), run_date=NOVEMBER)
    people = borough.ask("SELECT * FROM person ORDER BY id")
    old = [a_line(place, Address="9 Former Road") for place in range(PEOPLE + 1)]
    result = borough.take(old, run_date=OCTOBER)
    assert (result.state, result.left_out, result.updated) == (RunState.CORRECTION, 1, 0)
    assert borough.ask("SELECT * FROM person ORDER BY id") == people


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


def test_a_file_of_which_no_line_can_be_used_is_refused_and_takes_nobodys_tier_away(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    before = borough.content()
    file = borough.file([a_line(place, Score="") for place in range(PEOPLE)])
    preview = borough.risk_import.preview(file)
    with pytest.raises(NoUsableRows) as refused:
        borough.risk_import.apply(preview)
    assert refused.value.values == {"lines": PEOPLE}
    assert borough.content() == before


def test_a_file_that_claims_to_be_of_the_year_one_is_refused_in_words(borough: Borough) -> None:
    with pytest.raises(NoUsableRows):
        borough.take(lines(3), run_date=date(1, 9, 1))


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


def test_only_people_with_a_case_leave_the_laptop_and_their_record_is_whole(borough: Borough) -> None:
    borough.take(lines(PEOPLE))
    people = {row[0] for row in borough.ask("SELECT person_id FROM person_case")}
    sent = borough.sent()
    assert {id_ for type_, _, id_, _ in sent if type_ == "person"} == people
    assert {values["person_id"] for type_, _, _, values in sent if type_ == "risk_score"} == people
    columns = {row[1] for row in borough.ask("PRAGMA table_info(person)")}
    assert all(set(values) == columns for type_, _, _, values in sent if type_ == "person")
    assert not [type_ for type_, _, _, _ in sent if type_ == "held_row"]


def test_somebody_who_comes_at_risk_later_is_sent_whole_with_their_earlier_scores(borough: Borough) -> None:
    borough.take(lines(PEOPLE), run_date=OCTOBER)
    after, person = borough.last_sent(), borough.person(39)
    borough.take([a_line(39, Score="99.99"), *lines(39)])
    about = [
        (type_, kind, values)
        for type_, kind, id_, values in borough.sent(after)
        if id_ == person or values.get("person_id") == person
    ]
    assert [(type_, kind) for type_, kind, _ in about] == [
        ("person", "create"),
        ("person_case", "create"),
        ("risk_score", "create"),
        ("risk_score", "create"),
    ]
    assert about[0][2]["address"] == "40 Invented Street"
    assert [values["score"] for type_, _, values in about if type_ == "risk_score"] == [89.25, 99.99]


def test_operations_come_in_groups_that_the_central_store_takes(borough: Borough) -> None:
    borough.take(lines(400), options=ImportOptions(approach=TierApproach.CUT_OFF, cut_offs=CutOffs(99, 50, 1)))
    sizes = borough.ask("SELECT group_no, count(*) FROM outbox WHERE type <> 'practitioner' GROUP BY 1")
    assert len(sizes) > 4
    assert max(size for _, size in sizes) <= 200
    groups = borough.ask(
        "SELECT count(DISTINCT group_no) FROM outbox WHERE type IN ('person', 'person_case', 'risk_score')"
        " GROUP BY coalesce(json_extract(set_json, '$.person_id'), id)"
    )
    assert {number for (number,) in groups} == {1}


def test_each_run_has_one_audit_entry_with_its_counts_and_the_chain_holds(borough: Borough) -> None:
    result = borough.take(lines(PEOPLE))
    entries = borough.ask("SELECT record_id, reason FROM audit_entry WHERE action = 'import'")
    assert entries == [(result.run_id, "40 new, 0 updated, 0 unchanged, 0 held, 0 rejected")]
    assert audit_log.first_broken(borough.program.access.database.reader) is None


class StopHere(Exception):
    """Raised where the person presses Cancel."""


@pytest.mark.parametrize("at", range(1, 8))
def test_a_cancelled_import_leaves_nothing_whatever_it_had_done(borough: Borough, at: int) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    before = borough.content()
    preview = borough.risk_import.preview(borough.file(lines(PEOPLE)))

    def cancel(done: int, of: int) -> None:
        if done == at:
            raise StopHere

    with pytest.raises(StopHere):
        borough.risk_import.apply(preview, cancel)
    assert borough.content() == before
    assert borough.risk_import.apply(preview).new_people == PEOPLE - 10


@pytest.mark.parametrize("broken", ["insert_people", "insert_scores", "insert_cases", "insert_held"])
def test_a_disk_error_leaves_nothing(borough: Borough, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    before = borough.content()
    preview = borough.risk_import.preview(borough.file(lines(PEOPLE)))
    whole = getattr(bulk, broken)

    def fails(connection: object, rows: list[Any]) -> None:
        whole(connection, list(rows)[: len(list(rows)) // 2])
        raise sqlcipher3.dbapi2.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(bulk, broken, fails)
        with pytest.raises(StoreUnreadable):
            borough.risk_import.apply(preview)
    assert borough.content() == before


def test_a_full_disk_leaves_nothing(borough: Borough) -> None:
    borough.take(lines(10), run_date=OCTOBER)
    before = borough.content()
    writer = borough.program.access.database.writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    preview = borough.risk_import.preview(borough.file(lines(400)))
    writer.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreFull):
        borough.risk_import.apply(preview)
    writer.execute("PRAGMA max_page_count = 1073741823")
    assert borough.content() == before
    assert borough.risk_import.apply(preview).new_people == 390


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


@pytest.mark.parametrize(
    ("options", "approach", "high"),
    [
        pytest.param(ImportOptions(), TierApproach.FILE_TIER, 3, id="as the file gives them"),
        pytest.param(ImportOptions(approach=TierApproach.PERCENTILE), TierApproach.PERCENTILE, 2, id="by percentile"),
        pytest.param(
            ImportOptions(approach=TierApproach.PERCENTILE, list_size=200), TierApproach.PERCENTILE, 9, id="whole list"
        ),
        pytest.param(
            ImportOptions(approach=TierApproach.CUT_OFF, cut_offs=CutOffs(100, 98, 95)),
            TierApproach.CUT_OFF,
            5,
            id="by cut-off",
        ),
    ],
)
def test_tiers_are_made_by_the_approach_that_was_chosen(
    borough: Borough, options: ImportOptions, approach: TierApproach, high: int
) -> None:
    found = [a_line(place, Tier="High" if place < 3 else "Below") for place in range(PEOPLE)]
    borough.take(found, options=options)
    assert borough.ask("SELECT approach, high FROM stratification_run") == [(approach.value, high)]
    assert borough.one("SELECT count(*) FROM risk_score WHERE tier = ?", Tier.HIGH.value) == high


def test_three_runs_in_any_order_end_with_the_same_people_and_tiers(borough: Borough) -> None:
    for run_date in (OCTOBER, NOVEMBER, SEPTEMBER):
        borough.take(lines(PEOPLE), run_date=run_date)
    assert borough.one("SELECT count(*) FROM risk_score") == 3 * PEOPLE
    assert borough.tier(0) == 1
    assert borough.one("SELECT count(*) FROM person") == PEOPLE
