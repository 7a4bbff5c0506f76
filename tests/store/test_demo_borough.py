"""The invented borough: every stage and kind is there, nobody is real, and it is the same every time."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.demo import borough
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.domain.nhs_number import NhsNumber
from mdt_desktop.domain.organisations import OrganisationKind, Role
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.plan_desk import compare_versions
from mdt_desktop.store import audit_log
from tests.helpers.borough import a_place, a_store
from tests.helpers.demo import load_demo_into, open_copy


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The borough, loaded once for this file."""
    return load_demo_into(tmp_path_factory.mktemp("demo") / "store")


@pytest.fixture
def demo(loaded: Path, tmp_path: Path) -> Program:
    """A copy of the borough, open."""
    return open_copy(loaded, tmp_path / "copy")


def _column(program: Program, sql: str) -> list[object]:
    return [row[0] for row in program.access.database.reader.execute(sql)]


def test_it_has_150_people_in_36_practices_of_eight_networks_and_four_localities(demo: Program) -> None:
    with demo:
        counts = [
            _column(demo, sql)[0]
            for sql in (
                "SELECT count(*) FROM person",
                "SELECT count(*) FROM practice",
                "SELECT count(DISTINCT network) FROM practice",
                "SELECT count(*) FROM locality",
            )
        ]
        names = _column(demo, "SELECT name FROM locality ORDER BY name")
    assert counts == [150, 36, 8, 4]
    assert names == ["North East", "North West", "South East", "South West"]


def test_every_nhs_number_begins_with_9_is_valid_and_some_people_have_none(demo: Program) -> None:
    with demo:
        numbers = _column(demo, "SELECT nhs_number FROM person")
    given = [str(number) for number in numbers if number is not None]
    assert 0 < len(numbers) - len(given) < 20
    assert all(number.startswith("9") and len(set(number)) > 1 for number in given)
    assert [NhsNumber.parse(number).digits for number in given] == given


def test_there_is_a_case_at_every_stage_and_a_person_in_every_tier(demo: Program) -> None:
    with demo:
        stages = set(_column(demo, "SELECT stage FROM person_case"))
        tiers = set(_column(demo, "SELECT tier FROM risk_score"))
        consents = set(_column(demo, "SELECT status FROM consent"))
    assert stages == {stage.value for stage in Stage}
    assert tiers == {tier.value for tier in Tier}
    assert {ConsentStatus.GIVEN.value, ConsentStatus.REFUSED.value, ConsentStatus.LACKS_CAPACITY.value} <= consents


def test_there_is_an_organisation_of_every_kind_and_a_practitioner_of_every_role(demo: Program) -> None:
    with demo:
        kinds = {*_column(demo, "SELECT kind FROM organisation"), OrganisationKind.GP_PRACTICE.value}
        roles = set(_column(demo, "SELECT role FROM practitioner"))
    assert kinds == {kind.value for kind in OrganisationKind}
    assert roles == {role.value for role in Role}


def test_there_are_six_months_of_runs_and_two_practices_are_overdue(demo: Program) -> None:
    with demo:
        dates = _column(demo, "SELECT DISTINCT run_date FROM stratification_run ORDER BY run_date")
        this_month = _column(demo, "SELECT count(*) FROM stratification_run WHERE run_date = '2026-11-01'")
    assert dates == [f"2026-{month:02d}-01" for month in range(6, 12)]
    assert this_month == [34]


def test_active_cases_have_an_agreed_plan_and_an_agreed_lead(demo: Program) -> None:
    with demo:
        headline = demo.services.coverage.headline()
        lacking = _column(
            demo,
            "SELECT count(*) FROM person_case WHERE stage = 'active' AND NOT (EXISTS (SELECT 1 FROM care_plan"
            " WHERE case_id = person_case.id AND status = 'agreed') AND EXISTS (SELECT 1 FROM lead_allocation"
            " WHERE case_id = person_case.id AND status = 'agreed'))",
        )
    assert lacking == [0]
    assert 0 < headline.with_both <= headline.with_agreed_lead < headline.at_risk


def test_some_have_two_agreed_versions_and_some_a_draft_on_top_of_them(demo: Program) -> None:
    with demo:
        kept = _column(
            demo,
            "SELECT (SELECT group_concat(status) FROM (SELECT status FROM care_plan WHERE case_id = person_case.id"
            " ORDER BY version)) FROM person_case WHERE stage IN ('active', 'review')",
        )
    assert {"superseded,agreed", "agreed,draft", "superseded,agreed,draft"} <= set(kept)


def test_a_second_version_changes_words_and_keeps_what_was_reached(demo: Program) -> None:
    with demo:
        newer = demo.access.database.reader.execute(
            "SELECT case_id, id FROM care_plan WHERE version = 2 AND status = 'agreed' ORDER BY id LIMIT 1"
        ).fetchone()
        older = _column(demo, f"SELECT id FROM care_plan WHERE version = 1 AND case_id = '{newer[0]}'")[0]
        differences = compare_versions(demo.access, newer[0], str(older), newer[1])
        reached = _column(demo, f"SELECT count(*) FROM goal JOIN need ON need.id = need_id WHERE plan_id = '{newer[1]}'"
                                " AND goal.status = 'achieved'")  # fmt: skip
    assert {it.part for it in differences} >= {f"plan_part.{kind}" for kind in ("need", "goal", "contingency_plan")}
    assert reached == [1]


def test_everybody_worked_in_working_hours_and_nothing_is_yet_to_come(demo: Program) -> None:
    with demo:
        moments = [datetime.fromisoformat(str(at)) for at in _column(demo, "SELECT DISTINCT at FROM audit_entry")]
        now = demo.access.clock()
    at_work = [at for at in moments if at.day > 1 and at.date() != now.date()]  # runs come on the first of a month
    assert max(moments) <= now
    assert all(8 <= at.hour < 18 and at.weekday() < 5 for at in at_work)


def test_somebody_close_to_each_person_is_named_and_stands_to_them_as_their_story_says(demo: Program) -> None:
    with demo:
        kin = demo.access.database.reader.execute(
            "SELECT contact.name, contact.relationship, person.gender FROM personal_contact AS contact"
            " JOIN person ON person.id = contact.person_id"
        ).fetchall()
    assert len({name for name, _, _ in kin}) > len(kin) // 2
    assert {relation for _, relation, gender in kin if gender == "male"} & {"Husband"} == set()
    assert {relation for _, relation, gender in kin if gender == "female"} & {"Wife"} == set()


def test_the_audit_chain_of_the_borough_holds(demo: Program) -> None:
    with demo:
        assert audit_log.first_broken(demo.access.database.reader) is None


def test_it_is_the_same_borough_every_time_whatever_the_hour(loaded: Path, tmp_path: Path) -> None:
    again = load_demo_into(tmp_path / "again", later_by=timedelta(hours=9, minutes=17))
    told = (
        "SELECT nhs_number, family_name, given_names, born, stage, (SELECT group_concat(words) FROM"
        " (SELECT need.words FROM need JOIN care_plan ON care_plan.id = plan_id WHERE case_id = person_case.id"
        " ORDER BY need.order_key)) FROM person LEFT JOIN person_case ON person_id = person.id"
        " ORDER BY family_name, given_names, born"
    )
    with open_copy(loaded, tmp_path / "one") as one, open_copy(again, tmp_path / "two") as two:
        first = one.access.database.reader.execute(told).fetchall()
        second = two.access.database.reader.execute(told).fetchall()
    assert first == second


def test_it_never_goes_into_a_store_with_people_in_it(tmp_path: Path) -> None:
    with a_store(tmp_path) as program:
        a_place(program)
        program.access.database.writer.execute(
            "INSERT INTO person (id, nhs_number_status, family_name, given_names, title, preferred_name, born,"
            " gender, address, postcode, telephone, email, language, ethnicity, religion, practice_id)"
            " SELECT 'p', 'not_present', 'Sample', '', '', '', '1950-01-01', 'female', '', '', '', '', '', '', '',"
            " id FROM practice LIMIT 1"
        )
        with pytest.raises(borough.StoreNotEmpty):
            borough.load(program)
        assert _column(program, "SELECT count(*) FROM person") == [1]


def test_loading_it_again_changes_nothing(demo: Program) -> None:
    with demo:
        before = _column(demo, "SELECT max(seq) FROM audit_entry")
        assert borough.load(demo) == 150
        assert _column(demo, "SELECT max(seq) FROM audit_entry") == before
