"""Which columns of a person a row changes, how late a practice is, how a file waits its turn: rules without a store."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import DEFAULT_SHARES, Tier, TierApproach
from mdt_desktop.domain.risk_columns import RiskColumn, recognise_columns
from mdt_desktop.domain.risk_rows import RiskRow
from mdt_desktop.services.held_content import HeldContent
from mdt_desktop.services.risk_import import RiskFileHead
from mdt_desktop.services.risk_overview import months_between
from mdt_desktop.services.risk_plan import changes_by
from mdt_desktop.services.risk_sharing import MOST_IN_A_GROUP, Outgoing
from mdt_desktop.services.risk_wizard import FileState, RiskWizard, Step
from mdt_desktop.store.outbox import Operation
from mdt_desktop.store.queries.register import KnownPerson

NUMBER = "9434765919"
ROW = RiskRow(
    line=2,
    nhs_number=NUMBER,
    family_name="Example",
    given_names="Amina",
    title="Mrs",
    born=date(1940, 8, 14),
    gender=Gender.FEMALE,
    address="1 Invented Street",
    postcode="E1 4AA",
    score=87.4,
    rank=12,
    tier=None,
    emergency_admissions=2,
    long_term_conditions="COPD",
    frailty_index=0.31,
)
KNOWN = KnownPerson(
    "person", NUMBER, "Example", "Amina", "Mrs", "1940-08-14", "female", "1 Invented Street", "E1 4AA", "practice", ""
)


@pytest.mark.parametrize(
    ("row", "known", "changed"),
    [
        pytest.param({}, {}, {}, id="nothing new"),
        pytest.param({"address": "2 New Road"}, {}, {"address": "2 New Road"}, id="moved house"),
        pytest.param({"address": "", "postcode": "", "title": ""}, {}, {}, id="empty cells blank nothing"),
        pytest.param({"gender": Gender.NOT_KNOWN}, {}, {}, id="a gender not known is no news"),
        pytest.param({"nhs_number": None}, {}, {}, id="a number left out is kept"),
        pytest.param(
            {},
            {"nhs_number": None},
            {"nhs_number": NUMBER, "nhs_number_status": "present_not_traced"},
            id="a new number with its status",
        ),
        pytest.param({}, {"practice_id": "other"}, {"practice_id": "practice"}, id="another practice"),
        pytest.param({"deprivation_fifth": 2}, {}, {"deprivation_fifth": 2}, id="a deprivation fifth nobody had"),
        pytest.param({"deprivation_fifth": 2}, {"deprivation_fifth": 2}, {}, id="the same deprivation fifth"),
        pytest.param({}, {"deprivation_fifth": 2}, {}, id="an empty cell keeps the deprivation fifth"),
        pytest.param({"born": date(1940, 8, 15)}, {}, {"born": "1940-08-15"}, id="a corrected birth date"),
    ],
)
def test_a_row_changes_what_it_says_otherwise(
    row: dict[str, Any], known: dict[str, Any], changed: dict[str, str]
) -> None:
    assert changes_by(ROW._replace(**row), KNOWN._replace(**known), "practice") == changed


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        pytest.param(date(2026, 11, 1), date(2026, 11, 30), 0, id="the same month"),
        pytest.param(date(2026, 10, 31), date(2026, 11, 1), 1, id="yesterday, but last month"),
        pytest.param(date(2025, 12, 15), date(2026, 2, 1), 2, id="over the new year"),
        pytest.param(date(2026, 12, 1), date(2026, 11, 1), 0, id="a run of the future counts as this month's"),
    ],
)
def test_months_are_counted_by_the_calendar(earlier: date, later: date, months: int) -> None:
    assert months_between(earlier, later) == months


@pytest.mark.parametrize("tier", [None, Tier.HIGH], ids=["without the file's tier", "with it"])
def test_a_held_row_comes_back_from_the_store_as_it_was(tier: Tier | None) -> None:
    content = HeldContent(ROW._replace(tier=tier), Tier.VERY_HIGH, 3, {"other_line": 42})
    assert HeldContent.of_json(content.to_json()) == content


def test_what_belongs_to_one_person_goes_out_in_one_group_after_the_run() -> None:
    outgoing = Outgoing()
    for place in range(150):
        for kind in ("person", "person_case", "risk_score"):
            outgoing.of_person(f"p{place}", Operation(kind, f"{kind}{place}", "create", {}))
    outgoing.of_run(Operation("stratification_run", "run", "create", {}))
    groups = list(outgoing.groups())
    assert groups[0][0].type == "stratification_run"
    assert sum(len(group) for group in groups) == 451
    assert max(len(group) for group in groups) <= MOST_IN_A_GROUP
    for place in range(150):
        assert sum(any(it.id.endswith(f"e{place}") for it in group) for group in groups) == 1


def test_nothing_to_send_is_no_group() -> None:
    assert list(Outgoing().groups()) == []


HEADINGS = ("NHS number", "Surname", "DOB", "Score", "Practice code", "Run date")
PATH, OTHER = Path("a.csv"), Path("b.csv")


def _head(*headings: str) -> RiskFileHead:
    return RiskFileHead("a.csv", 10, "0" * 64, "utf-8", ",", 1, recognise_columns(headings or HEADINGS), ())


def test_a_wizard_goes_on_only_when_every_file_has_been_looked_at() -> None:
    wizard = RiskWizard()
    assert not wizard.can_go_on
    assert wizard.add([PATH, PATH, OTHER]) == [PATH, OTHER]
    wizard.inspected(PATH, _head())
    assert wizard.busy
    assert not wizard.can_go_on
    wizard.refused(OTHER, OSError())
    assert wizard.can_go_on
    wizard.go_on()
    assert wizard.step is Step.COLUMNS


def test_a_wizard_of_refused_files_only_stays_where_it_is() -> None:
    wizard = RiskWizard()
    wizard.add([PATH])
    wizard.refused(PATH, OSError())
    wizard.go_on()
    assert wizard.step is Step.FILES


def test_unmapped_columns_hold_the_wizard_until_they_are_mapped_or_the_file_taken_out() -> None:
    wizard = RiskWizard()
    wizard.add([PATH, OTHER])
    wizard.inspected(PATH, _head("NHS number", "Surname", "DOB", "Zeta", "Practice code", "Run date"))
    wizard.inspected(OTHER, _head())
    wizard.go_on()
    assert (wizard.step, wizard.can_go_on) == (Step.COLUMNS, False)
    assert wizard.map_columns(PATH, {RiskColumn.SCORE: (3,)}) == [PATH]
    assert wizard.file(PATH).state is FileState.LOOKING
    wizard.remove(PATH)
    assert wizard.can_go_on


def test_files_with_the_same_headings_are_mapped_together_but_keep_their_practice() -> None:
    wizard = RiskWizard()
    wizard.add([PATH, OTHER])
    for path in (PATH, OTHER):
        wizard.inspected(path, _head())
    assert wizard.map_columns(PATH, {RiskColumn.SCORE: (3,)}, "Y90001", date(2026, 11, 1)) == [PATH, OTHER]
    assert wizard.file(OTHER).options == replace(wizard.file(PATH).options, practice_code=None)


def test_a_list_size_is_of_one_practice_and_never_of_all_files() -> None:
    wizard = RiskWizard()
    wizard.add([PATH, OTHER])
    wizard.choose_approach([PATH, OTHER], TierApproach.PERCENTILE, DEFAULT_SHARES, None, 7_000)
    assert [file.options.list_size for file in wizard.files] == [None, None]
    wizard.choose_approach([PATH], TierApproach.PERCENTILE, DEFAULT_SHARES, None, 7_000)
    assert [file.options.list_size for file in wizard.files] == [7_000, None]


def test_going_back_ends_before_the_first_step_and_after_the_import_began() -> None:
    wizard = RiskWizard()
    wizard.go_back()
    assert wizard.step is Step.FILES
    wizard.step = Step.IMPORT
    wizard.go_back()
    assert not wizard.can_go_back
    assert str(wizard.step) == "import"


def test_news_of_a_file_that_was_taken_out_is_dropped() -> None:
    wizard = RiskWizard()
    wizard.add([PATH])
    wizard.remove(PATH)
    wizard.inspected(PATH, _head())
    wizard.refused(PATH, OSError())
    assert wizard.files == ()
