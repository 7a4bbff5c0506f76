"""What is saved from a form that was open while the same field came from elsewhere (SYNC 6: 55): nothing is lost."""

from datetime import date
from typing import Any

import orjson
import pytest

from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.organisations import Discipline, Role
from mdt_desktop.domain.questionnaire import Value
from mdt_desktop.domain.workplaces import PracticeDetails, PractitionerDetails
from mdt_desktop.records import AgendaItem, Case, Practice, Practitioner
from mdt_desktop.services.assessments import Place
from tests.sync.conftest import Team

TEXT: Place = ("mt-important", "")
CHOICE: Place = ("he-falls-count", "")
Answers = dict[Place, Value | None]


def exchange(team: Team) -> None:
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)


def open_conflicts(team: Team) -> list[tuple[str, Any, Any, str]]:
    """Field, mine, theirs, rule of what is to be decided on the first laptop."""
    rows = team.one.ask("SELECT field, mine, theirs, auto_rule FROM conflict WHERE status = 'open' ORDER BY id")
    return [(field, orjson.loads(mine), orjson.loads(theirs), rule) for field, mine, theirs, rule in rows]


@pytest.fixture
def case(team: Team) -> str:
    return str(team.one.one("SELECT id FROM person_case"))


@pytest.fixture
def assessment(team: Team, case: str) -> str:
    made = team.one.program.services.assessments.start(case, "joint-assessment").made
    exchange(team)
    return made


@pytest.fixture
def item(team: Team, case: str) -> str:
    """A line of an agenda that both laptops know."""
    services = team.one.program.services
    meeting = services.meetings.plan_single(team.one.locality, {"day": date(2026, 11, 26), "starts_at": "14:00"}).made
    made = services.agendas.add(meeting, case).made
    services.agendas.set_words(made, question="Who visits?\n\nWhen?")
    exchange(team)
    return made


def answer(laptop: Any, assessment: str, given: Answers, seen: Answers | None = None) -> None:
    laptop.program.services.assessments.answers(assessment, given, seen)


def kept(laptop: Any, place: Place) -> Any:
    found = laptop.ask("SELECT value_json FROM answer WHERE link_id = ? AND position = ?", *place)
    assert len(found) == 1
    return orjson.loads(found[0][0])


def test_other_paragraphs_of_an_answer_are_joined(team: Team, assessment: str) -> None:
    answer(team.one, assessment, {TEXT: "Her garden\n\nHer niece"})
    exchange(team)
    answer(team.other, assessment, {TEXT: "Her own garden\n\nHer niece"})
    exchange(team)
    answer(team.one, assessment, {TEXT: "Her garden\n\nHer niece Ida"}, {TEXT: "Her garden\n\nHer niece"})
    assert kept(team.one, TEXT) == "Her own garden\n\nHer niece Ida"
    assert [rule for *_, rule in open_conflicts(team)] == ["joined"]
    exchange(team)
    assert kept(team.other, TEXT) == "Her own garden\n\nHer niece Ida"


def test_two_choices_are_both_kept_and_who_was_first_counts_until_it_is_decided(team: Team, assessment: str) -> None:
    answer(team.one, assessment, {CHOICE: "none"})
    exchange(team)
    answer(team.other, assessment, {CHOICE: "one"})
    exchange(team)
    answer(team.one, assessment, {CHOICE: "two-or-more"}, {CHOICE: "none"})
    assert kept(team.one, CHOICE) == "one"
    assert open_conflicts(team) == [("value_json", '"two-or-more"', '"one"', "plain")]
    by = team.one.one("SELECT answered_by FROM answer WHERE link_id = ?", CHOICE[0])
    assert by == team.other.name, "the answer in force is still theirs"
    exchange(team)
    assert team.other.one("SELECT mine FROM conflict WHERE status = 'open'") == '"\\"two-or-more\\""'


def test_an_answer_that_is_taken_away_here_and_changed_there_is_a_conflict(team: Team, assessment: str) -> None:
    answer(team.one, assessment, {CHOICE: "none"})
    exchange(team)
    answer(team.other, assessment, {CHOICE: "one"})
    exchange(team)
    answer(team.one, assessment, {CHOICE: None}, {CHOICE: "none"})
    assert kept(team.one, CHOICE) == "one"
    assert open_conflicts(team) == [("value_json", "null", '"one"', "plain")]


def test_a_question_that_came_answered_while_it_was_empty_here_is_a_conflict(team: Team, assessment: str) -> None:
    answer(team.other, assessment, {TEXT: "Her garden"})
    exchange(team)
    answer(team.one, assessment, {TEXT: "The mosque"}, {TEXT: None})
    assert kept(team.one, TEXT) == "Her garden"
    assert open_conflicts(team) == [("value_json", '"The mosque"', '"Her garden"', "plain")]


def test_a_question_that_both_answer_first_without_a_network_is_one_record_and_a_conflict(
    team: Team, assessment: str
) -> None:
    answer(team.one, assessment, {TEXT: "The mosque"})
    answer(team.other, assessment, {TEXT: "Her garden"})
    exchange(team)
    exchange(team)
    assert kept(team.one, TEXT) == kept(team.other, TEXT) == "The mosque"
    for laptop in (team.one, team.other):
        told = laptop.ask("SELECT mine, theirs FROM conflict WHERE status = 'open'")
        assert [tuple(map(orjson.loads, row)) for row in told] == [('"Her garden"', '"The mosque"')]


def test_typing_on_after_a_conflict_keeps_one_question_with_the_newest_words(team: Team, assessment: str) -> None:
    answer(team.one, assessment, {TEXT: "Garden"})
    exchange(team)
    answer(team.other, assessment, {TEXT: "Mosque"})
    exchange(team)
    answer(team.one, assessment, {TEXT: "Niece"}, {TEXT: "Garden"})
    answer(team.one, assessment, {TEXT: "Niece Ida"}, {TEXT: "Niece"})  # the form shows what it wrote last
    assert open_conflicts(team) == [("value_json", '"Niece Ida"', '"Mosque"', "plain")]
    assert kept(team.one, TEXT) == "Mosque"


def test_going_back_to_what_stood_before_takes_nobodys_words_away(team: Team, assessment: str) -> None:
    answer(team.one, assessment, {TEXT: "Garden"})
    exchange(team)
    answer(team.other, assessment, {TEXT: "Mosque"})
    exchange(team)
    answer(team.one, assessment, {TEXT: "Garden"}, {TEXT: "Garden"})
    assert kept(team.one, TEXT) == "Mosque"
    assert open_conflicts(team) == []


def test_ones_own_words_that_were_sent_are_no_conflict_with_oneself(team: Team, assessment: str) -> None:
    answer(team.one, assessment, {TEXT: "Garden"}, {TEXT: None})
    exchange(team)
    answer(team.one, assessment, {TEXT: "Garden, niece"}, {TEXT: "Garden"})
    exchange(team)
    assert kept(team.other, TEXT) == "Garden, niece"
    assert open_conflicts(team) == []


def test_words_of_a_meeting_are_joined_by_their_paragraphs(team: Team, item: str) -> None:
    team.other.change(AgendaItem, item, team.person, question="Who visits her?\n\nWhen?")
    exchange(team)
    agendas = team.one.program.services.agendas
    agendas.write_words(item, {"question": "Who visits?\n\nOn which day?"}, {"question": "Who visits?\n\nWhen?"})
    assert team.one.one("SELECT question FROM agenda_item") == "Who visits her?\n\nOn which day?"
    assert [rule for *_, rule in open_conflicts(team)] == ["joined"]


def test_the_persons_view_typed_in_two_rooms_is_kept_from_both(team: Team, item: str) -> None:
    team.other.change(AgendaItem, item, team.person, persons_view="To stay at home")
    exchange(team)
    agendas = team.one.program.services.agendas
    typed = {"persons_view": "To move to her niece", "persons_view_why_not": ""}
    agendas.write_words(item, typed, {"persons_view": "", "persons_view_why_not": ""})
    assert team.one.one("SELECT persons_view FROM agenda_item") == "To stay at home"
    assert open_conflicts(team) == [("persons_view", "To move to her niece", "To stay at home", "text")]


def test_the_more_cautious_complexity_is_in_force_and_the_need_that_nobody_touched_comes_along(
    team: Team, case: str
) -> None:
    seen = {"primary_need": PrimaryNeed.NOT_RECORDED, "complexity": Complexity.NOT_RECORDED}
    team.other.change(Case, case, team.person, primary_need=PrimaryNeed.NURSING, complexity=Complexity.COMPLEX)
    exchange(team)
    describe = team.one.program.services.cases.describe
    describe(case, PrimaryNeed.NOT_RECORDED, Complexity.MODERATE, seen)
    assert team.one.ask("SELECT primary_need, complexity FROM person_case") == [("nursing", "complex")]
    assert open_conflicts(team) == [("complexity", "moderate", "complex", "caution")]


def nurse(team: Team, name: str, telephone: str = "") -> PractitionerDetails:
    return PractitionerDetails(name, Role.COMMUNITY_NURSE, Discipline.NURSE, team.practice, telephone=telephone)


def test_what_nobody_touched_in_a_sheet_stays_as_it_came(team: Team) -> None:
    before = PracticeDetails("Lantern Practice", "", team.one.locality)
    team.other.change(Practice, team.practice, "", telephone="020 7946 0999")
    exchange(team)
    after = PracticeDetails("Copper Bridge", "Network 1", team.one.locality)
    team.one.program.services.workplaces.change_practice(team.practice, after, before)
    assert team.one.ask("SELECT name, telephone FROM practice") == [("Copper Bridge", "020 7946 0999")]
    assert open_conflicts(team) == []


def test_a_name_that_two_sheets_change_is_kept_from_both_and_taking_ones_own_back_leaves_theirs(team: Team) -> None:
    workplaces = team.one.program.services.workplaces
    first = nurse(team, "Nell Example", "020 7946 0001")
    who = workplaces.add_practitioner(first).made
    exchange(team)
    team.other.change(Practitioner, who, "", name="Nell Sample")
    exchange(team)
    mine = nurse(team, "Nell Placeholder", "020 7946 0002")
    workplaces.change_practitioner(who, mine, first)
    row = "SELECT name, telephone FROM practitioner WHERE id = ?"
    assert team.one.ask(row, who) == [("Nell Sample", "020 7946 0002")]
    assert open_conflicts(team) == [("name", "Nell Placeholder", "Nell Sample", "plain")]
    workplaces.change_practitioner(who, first, mine)
    assert team.one.ask(row, who) == [("Nell Sample", "020 7946 0001")]


def test_a_series_keeps_the_member_who_was_added_elsewhere_while_its_sheet_was_open(team: Team) -> None:
    services = team.one.program.services
    one, other, third = (
        services.workplaces.add_practitioner(nurse(team, name)).made
        for name in ("Ann Example", "Bo Example", "Cy Example")
    )
    fields = {"name": "Weekly", "weekday": 3, "starts_at": "14:00", "length_minutes": 90}
    series = services.meetings.start_series(team.one.locality, fields, {one: ""}).made
    exchange(team)
    team.other.program.services.meetings.set_members(series, {one: "", other: "Wounds"})
    team.other.program.services.meetings.change_series(series, {"place": "Room 2"})
    exchange(team)
    seen = {"name": "Weekly", "place": ""}
    services.meetings.change_series(series, {"name": "Thursdays", "place": ""}, {third: ""}, seen, {one: ""})
    members = team.one.ask("SELECT practitioner_id FROM series_member")
    assert {it for (it,) in members} == {other, third}
    assert team.one.ask("SELECT name, place FROM meeting_series") == [("Thursdays", "Room 2")]
