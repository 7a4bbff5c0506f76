"""Runs of a practice one after the other: new, again, newer, older, corrected, in any order."""

import pytest

from mdt_desktop.domain.risk import CutOffs, Tier, TierApproach
from mdt_desktop.services.risk_import import ImportOptions, RunState
from tests.helpers.risk_files import NOVEMBER, OCTOBER, SEPTEMBER, a_line, lines
from tests.store.risk_import.desk import PEOPLE, Borough


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
