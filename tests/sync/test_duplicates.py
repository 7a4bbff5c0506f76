"""One person who was added on two laptops under one NHS number (SYNC fault 52): joined or told apart, nothing lost."""

import uuid
from datetime import date

import pytest

from mdt_desktop.records import Action, CarePlan, Flag, Goal, Need
from mdt_desktop.services.sync_desk import NumberInUse, NumberNotValid
from mdt_desktop.sync.duplicates import NoSuchDuplicate
from tests.sync.conftest import Team
from tests.sync.laptops import Laptop, new_contact, new_flag, new_person, require_same

NUMBER, OTHER_NUMBER = "9990000107", "9990000115"


def id_() -> str:
    return str(uuid.uuid4())


def add_plan(laptop: Laptop, person: str, words: str) -> str:
    """A draft plan with a need, a goal and an action."""
    case = str(laptop.one("SELECT id FROM person_case WHERE person_id = ?", person))
    plan = CarePlan(id=id_(), case_id=case, version=1, started_at=laptop.program.access.clock(), started_by=laptop.name)
    laptop.add(plan, person)
    need = Need(id=id_(), plan_id=plan.id, order_key="a", words=words)
    laptop.add(need, person)
    goal = Goal(id=id_(), need_id=need.id, order_key="a", words=words)
    laptop.add(goal, person)
    laptop.add(Action(id=id_(), goal_id=goal.id, order_key="a", what=words), person)
    return plan.id


@pytest.fixture
def twice(team: Team) -> tuple[str, str]:
    """The same person with a case, a plan and an alert on each laptop; the other's came first. (mine, theirs)."""
    theirs = new_person(team.other, team.practice, nhs_number=NUMBER, family_name="Twice", telephone="020 7946 0001")
    add_plan(team.other, theirs, "Their need")
    new_flag(team.other, theirs)
    team.other.sync(team.central)
    mine = new_person(
        team.one, team.practice, nhs_number=NUMBER, family_name="Twice", telephone="020 7946 0002",
        email="t@example.org",
    )  # fmt: skip
    add_plan(team.one, mine, "My need")
    new_contact(team.one, mine)
    new_flag(team.one, mine, date(2027, 1, 1))
    team.one.sync(team.central)
    return mine, theirs


def sync(team: Team) -> None:
    for laptop in (team.one, team.other, team.one, team.other):
        laptop.sync(team.central)


@pytest.mark.ends_apart("two with one number wait for somebody")
def test_both_records_are_shown_side_by_side(team: Team, twice: tuple[str, str]) -> None:
    (seen,) = team.one.program.services.sync_inbox.inbox().duplicates
    assert (seen.mine_id, seen.nhs_number, seen.is_here) == (twice[0], "999 000 0107", True)
    assert ("Telephone", "020 7946 0002", "020 7946 0001") in seen.rows
    assert ("E-mail", "t@example.org", "Nothing") in seen.rows
    assert team.other.program.services.sync_inbox.inbox().duplicates == ()


def test_joined_they_are_one_person_on_both_laptops_with_everything_that_either_wrote(
    team: Team, twice: tuple[str, str]
) -> None:
    mine, theirs = twice
    changes = team.one.program.services.sync_desk.join(mine)
    assert changes.made == theirs
    sync(team)
    require_same(team.central, team.bucket, team.one, team.other)
    for laptop in (team.one, team.other):
        assert laptop.ask("SELECT id FROM person WHERE family_name = 'Twice'") == [(theirs,)]
        assert laptop.one("SELECT count(*) FROM person_case WHERE person_id = ?", theirs) == 1
        assert laptop.ask("SELECT words FROM need ORDER BY words") == [("My need",), ("Their need",)]
        assert laptop.ask("SELECT version FROM care_plan ORDER BY version") == [(1,), (2,)]
        assert laptop.one("SELECT count(*) FROM action") == 2
        assert laptop.one("SELECT count(*) FROM flag WHERE person_id = ?", theirs) == 2
        assert laptop.one("SELECT count(*) FROM personal_contact WHERE person_id = ?", theirs) == 1
        assert laptop.one("SELECT email FROM person WHERE id = ?", theirs) == "t@example.org"


def test_where_both_said_something_else_somebody_decides(team: Team, twice: tuple[str, str]) -> None:
    team.one.program.services.sync_desk.join(twice[0])
    sync(team)
    for laptop in (team.one, team.other):
        assert laptop.one("SELECT telephone FROM person WHERE id = ?", twice[1]) == "020 7946 0001"
        asked = laptop.ask("SELECT field, mine, theirs FROM conflict WHERE rec_id = ?", twice[1])
        assert asked == [("telephone", '"020 7946 0002"', '"020 7946 0001"')]


def test_what_is_written_after_joining_goes_on_as_ever(team: Team, twice: tuple[str, str]) -> None:
    team.one.program.services.sync_desk.join(twice[0])
    flag = new_flag(team.one, twice[1])
    sync(team)
    assert team.other.row("flag", flag) is not None
    team.one.change(Flag, flag, twice[1], words="Dog")
    sync(team)
    require_same(team.central, team.bucket, team.one, team.other)


def test_it_is_in_the_audit_and_cannot_be_done_twice(team: Team, twice: tuple[str, str]) -> None:
    team.one.program.services.sync_desk.join(twice[0])
    assert team.one.ask("SELECT record_id, reason FROM audit_entry WHERE action = 'join_people'") == [
        (twice[1], twice[0])
    ]
    with pytest.raises(NoSuchDuplicate):
        team.one.program.services.sync_desk.join(twice[0])


@pytest.mark.parametrize("number", [OTHER_NUMBER, ""], ids=["another number", "no number yet"])
def test_two_people_are_both_there_once_one_number_is_corrected(
    team: Team, twice: tuple[str, str], number: str
) -> None:
    mine, theirs = twice
    team.one.program.services.sync_desk.tell_apart(mine, number)
    sync(team)
    require_same(team.central, team.bucket, team.one, team.other)
    for laptop in (team.one, team.other):
        found = laptop.ask("SELECT id, nhs_number FROM person WHERE family_name = 'Twice'")
        assert sorted(found) == sorted([(mine, number or None), (theirs, NUMBER)])
        assert laptop.ask("SELECT count(*) FROM need") == [(2,)]


@pytest.mark.ends_apart("two with one number wait for somebody")
def test_a_number_that_is_no_number_or_somebody_elses_is_refused_in_words(
    team: Team, twice: tuple[str, str]
) -> None:
    desk = team.one.program.services.sync_desk
    with pytest.raises(NumberNotValid):
        desk.tell_apart(twice[0], "999 000 0108")
    with pytest.raises(NumberInUse):
        desk.tell_apart(twice[0], NUMBER)
    new_person(team.one, team.practice, nhs_number=OTHER_NUMBER)
    with pytest.raises(NumberInUse):
        desk.tell_apart(twice[0], OTHER_NUMBER)
    assert team.one.one("SELECT nhs_number FROM person WHERE id = ?", twice[0]) == NUMBER
