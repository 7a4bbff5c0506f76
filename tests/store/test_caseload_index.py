"""The caseload over a real encrypted store: who is in a list, in which order, and that lists follow every change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from benchmarks.borough import empty, fill
from mdt_desktop.bootstrap import Program
from mdt_desktop.demo.invented_names import demo_borough
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.risk import Tier
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person
from mdt_desktop.services.caseload import (
    PEOPLE_AT_RISK,
    CaseloadFilter,
    CaseloadQuery,
    CaseloadRow,
    CaseloadSort,
    NextStep,
    next_step,
)
from mdt_desktop.services.coverage import Measure, people_behind
from mdt_desktop.store import caseload_index
from mdt_desktop.store.transactions import writing
from mdt_desktop.store.unit_of_work import UnitOfWork

EVERYONE = CaseloadFilter()
PEOPLE = 600
_SETTLED = {"stage": Stage.ACTIVE, "has_plan": True, "lead_name": "A"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A store of 600 invented people; tests that change it take it back."""
    with empty(DataFolder(tmp_path_factory.mktemp("borough") / "data")) as found:
        fill(found.access, PEOPLE)
        yield found


def everybody(program: Program) -> list[CaseloadRow]:
    return list(program.services.caseload.page(CaseloadQuery(EVERYONE), 0, PEOPLE).rows)


def test_the_first_list_is_the_people_at_risk_highest_risk_first(program: Program) -> None:
    rows = program.services.caseload.page(CaseloadQuery(), 0, PEOPLE).rows
    order = [(list(Tier).index(row.tier), -(row.score or 0)) for row in rows if row.tier]
    assert len(rows) == sum(row.tier in PEOPLE_AT_RISK.tiers for row in everybody(program)) > 0
    assert order == sorted(order)


@pytest.mark.parametrize("sort", list(CaseloadSort))
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("wanted", [PEOPLE_AT_RISK, EVERYONE], ids=["at risk", "everyone"])
def test_the_quick_start_of_a_list_is_the_start_of_the_whole_list(
    program: Program, sort: CaseloadSort, backwards: bool, wanted: CaseloadFilter
) -> None:
    query = CaseloadQuery(wanted, sort, backwards)
    caseload = type(program.services.caseload)(program.access)
    quick = caseload.start(query, 25)
    whole = caseload.page(query, 0, PEOPLE)
    assert quick.listing is None
    assert quick.rows == whole.rows[:25]
    assert caseload.start(query, 25).rows == quick.rows
    assert len({row.person_id for row in whole.rows}) == whole.total


def test_empty_values_come_last_both_ways(program: Program) -> None:
    for backwards in (False, True):
        rows = program.services.caseload.page(
            CaseloadQuery(EVERYONE, CaseloadSort.REVIEW_DUE, backwards), 0, PEOPLE
        ).rows
        due = [row.review_due for row in rows]
        known = [day for day in due if day is not None]
        assert due[: len(known)] == known == sorted(known, reverse=backwards)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        pytest.param(CaseloadFilter(tiers=frozenset({Tier.HIGH})), lambda row: row.tier is Tier.HIGH, id="tier"),
        pytest.param(
            CaseloadFilter(stages=frozenset({Stage.ACTIVE})), lambda row: row.stage is Stage.ACTIVE, id="stage"
        ),
        pytest.param(CaseloadFilter(has_plan=True), lambda row: row.has_plan, id="with plan"),
        pytest.param(CaseloadFilter(has_lead=False), lambda row: not row.lead_name, id="no lead"),
        pytest.param(
            CaseloadFilter(review_within=-1),
            lambda row: row.review_due is not None and row.review_due < date(2026, 11, 23),
            id="review overdue",
        ),
        pytest.param(
            CaseloadFilter(review_within=7),
            lambda row: row.review_due is not None and row.review_due <= date(2026, 11, 30),
            id="review within a week",
        ),
        pytest.param(
            CaseloadFilter(text="jo 19"),
            lambda row: all(
                any(word.startswith(begun) for word in _words(row)) for begun in ("jo", "19")
            ),
            id="name and year",
        ),
    ],
)  # fmt: skip
def test_a_filter_keeps_exactly_those_it_names(program: Program, wanted: CaseloadFilter, fits: object) -> None:
    assert callable(fits)
    found = {row.person_id for row in program.services.caseload.page(CaseloadQuery(wanted), 0, PEOPLE).rows}
    assert found == {row.person_id for row in everybody(program) if fits(row)}
    assert found


def _words(row: CaseloadRow) -> list[str]:
    born = row.born
    names = f"{row.family_name} {row.given_names}".lower().replace("-", " ").replace("'", " ").split()
    return [*names, row.nhs_number, f"{born:%d%m%Y}", f"{born:%Y%m%d}"]


def test_places_and_leads_narrow_a_list(program: Program) -> None:
    services = program.services
    locality = services.directory.localities()[0]
    lead = next(it for it in services.directory.practitioners() if it.leads)
    practice = services.directory.practices()[0]
    for wanted, count in (
        (CaseloadFilter(localities=frozenset({locality.id})),
         sum(row.locality_name == locality.name for row in everybody(program))),
        (CaseloadFilter(practices=frozenset({practice.id})),
         sum(row.practice_id == practice.id for row in everybody(program))),
        (CaseloadFilter(lead=lead.id), lead.leads),
    ):  # fmt: skip
        assert services.caseload.count(wanted) == count > 0


def test_words_that_fit_many_are_found_by_walking_down_the_list(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    caseload = type(program.services.caseload)(program.access)
    for text in ("9", "19", "a", "e3", "zz", "m 9", "a b"):
        for wanted, sort, backwards in product(
            (EVERYONE, PEOPLE_AT_RISK), (CaseloadSort.RISK, CaseloadSort.NAME, CaseloadSort.LEAD), (False, True)
        ):
            query = CaseloadQuery(replace(wanted, text=text), sort, backwards)
            usual = caseload.start(query, 20).rows
            with monkeypatch.context() as patched:
                patched.setattr("mdt_desktop.services.caseload._FEW", 5)
                assert caseload.start(query, 20).rows == usual
                patched.setattr("mdt_desktop.services.caseload._MANY", 0)
                assert caseload.start(query, 20).rows == usual
                patched.setattr("mdt_desktop.services.caseload._STEPS", 2)
                assert caseload.start(query, 20).rows == usual
            assert caseload.page(query, 0, 20).rows == usual


def test_a_listing_that_nobody_waits_for_is_given_up(program: Program) -> None:
    caseload = type(program.services.caseload)(program.access)
    assert caseload.listing(CaseloadQuery(EVERYONE, CaseloadSort.BORN), lambda: False) is None
    assert caseload.listing(CaseloadQuery(EVERYONE)) is not None
    assert caseload.listing(CaseloadQuery(CaseloadFilter(text="9")), lambda: False) is None


def test_a_changed_name_is_found_at_once_and_the_old_one_no_more(program: Program) -> None:
    access, caseload = program.access, program.services.caseload
    row = everybody(program)[0]

    def rename(family: str) -> None:
        with UnitOfWork(access.database, access.actor, access.clock()) as work:
            work.about(row.person_id)
            work.get(Person, row.person_id).family_name = family

    rename("Quixworthy")
    assert [it.person_id for it in caseload.page(CaseloadQuery(CaseloadFilter(text="quixw"))).rows] == [row.person_id]
    rename(row.family_name)
    assert caseload.count(CaseloadFilter(text="quixw")) == 0


def test_refreshing_what_did_not_change_writes_nothing(program: Program) -> None:
    database = program.access.database
    before = caseload_index.version(database.reader)
    with writing(database) as connection:
        caseload_index.refresh_all(connection)
    assert caseload_index.version(database.reader) == before
    assert caseload_index.registered(database.reader) == PEOPLE


def test_each_number_of_the_headline_opens_the_people_behind_it(program: Program) -> None:
    services, headline = program.services, program.services.coverage.headline()
    assert headline.registered == PEOPLE
    assert headline.at_risk == headline.tiers.very_high + headline.tiers.high + headline.tiers.moderate
    for measure in (Measure.AT_RISK, Measure.WITH_JOINT_PLAN, Measure.WITH_AGREED_LEAD, Measure.WITH_BOTH):
        assert services.caseload.count(people_behind(measure)) == getattr(headline, measure.value) > 0
    missing = services.caseload.count(people_behind(Measure.WITHOUT_PLAN))
    assert missing == headline.at_risk - headline.with_joint_plan


def test_places_add_up_to_the_whole(program: Program) -> None:
    coverage = program.services.coverage
    headline = coverage.headline()
    for places in (coverage.by_practice(), coverage.by_locality()):
        assert sum(place.at_risk for place in places) == headline.at_risk
        assert sum(place.with_both for place in places) == headline.with_both


def test_the_practice_without_this_months_file_is_overdue(program: Program) -> None:
    overdue = program.services.coverage.overdue_practices()
    assert [run.practice_name for run in overdue] == [demo_borough().practices[-1].name]
    assert all(run.run_date is not None and run.run_date < date(2026, 11, 1) for run in overdue)
    assert len(program.services.coverage.expected_against_actual()) == 36


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"stage": None, "tier": Tier.HIGH}, NextStep.OPEN_CASE),
        ({"stage": None, "tier": Tier.BELOW}, NextStep.NONE),
        ({"stage": Stage.IDENTIFIED}, NextStep.INVITE),
        ({"stage": Stage.PLANNING, "has_plan": False}, NextStep.AGREE_PLAN),
        ({"stage": Stage.ACTIVE, "has_plan": True, "lead_name": ""}, NextStep.AGREE_LEAD),
        ({**_SETTLED, "review_due": date(2026, 11, 22)}, NextStep.REVIEW_LATE),
        ({**_SETTLED, "review_due": date(2026, 11, 23)}, NextStep.REVIEW),
        ({"stage": Stage.DECLINED}, NextStep.NONE),
        ({"stage": Stage.ACTIVE, "died": date(2026, 1, 1)}, NextStep.NONE),
    ],
)  # fmt: skip
def test_what_a_person_is_waiting_for(program: Program, changes: dict[str, object], step: NextStep) -> None:
    row = replace(everybody(program)[0], **changes)  # type: ignore[arg-type]  # fields by name
    assert next_step(row, date(2026, 11, 23)) is step


def test_the_people_looked_at_last_come_first(program: Program) -> None:
    services = program.services
    one, other = everybody(program)[3:5]
    for row in (one, other, one):
        services.case_file.viewed(row.person_id)
    assert [row.person_id for row in services.caseload.recent()] == [one.person_id, other.person_id]


def test_a_view_of_somebody_who_is_not_there_is_not_found_and_not_recorded(program: Program) -> None:
    reader = program.access.database.reader
    before = reader.execute("SELECT count(*) FROM audit_entry").fetchone()
    with pytest.raises(NotFound):
        program.services.case_file.viewed("nobody")
    assert reader.execute("SELECT count(*) FROM audit_entry").fetchone() == before


def test_the_preview_shows_the_persons_own_words(program: Program) -> None:
    caseload = program.services.caseload
    row = next(row for row in everybody(program) if row.has_plan)
    preview = caseload.preview(row.person_id)
    assert preview is not None
    assert preview.words.startswith("I want to walk")
    assert caseload.preview("nobody") is None
