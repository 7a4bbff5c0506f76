"""What people decide of what an exchange left: a third value, asking somebody, taking it back, refused changes."""

from datetime import UTC, datetime

import pytest

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.records import Flag, Person, PersonalContact
from mdt_desktop.services.sync_desk import ReasonNeeded, ValueNotPossible
from mdt_desktop.sync.protocol import SentOperation
from mdt_desktop.sync.refused import StillHangsOnIt
from tests.sync.conftest import Team
from tests.sync.laptops import Laptop, new_contact, new_flag, new_person, require_same


def disagree(team: Team, one: str = "1", other: str = "2") -> str:
    """Both laptops wrote another telephone number; the conflict that is open on both."""
    team.one.change(Person, team.person, team.person, telephone=one)
    team.other.change(Person, team.person, team.person, telephone=other)
    sync(team)
    return str(team.one.one("SELECT id FROM conflict WHERE status = 'open'"))


def sync(team: Team) -> None:
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)


def numbers(team: Team) -> tuple[str, str]:
    return team.one.one("SELECT telephone FROM person"), team.other.one("SELECT telephone FROM person")


def states(team: Team) -> list[str]:
    return [laptop.one("SELECT status FROM conflict ORDER BY id DESC") for laptop in (team.one, team.other)]


def test_a_third_value_is_in_force_everywhere_and_closes_the_conflict_everywhere(team: Team) -> None:
    conflict = disagree(team)
    team.one.program.services.sync_desk.decide_otherwise(conflict, "020 7946 0003")
    sync(team)
    assert numbers(team) == ("020 7946 0003", "020 7946 0003")
    assert states(team) == ["third", "third"]
    require_same(team.central, team.bucket, team.one, team.other)


def test_a_third_value_that_the_field_cannot_hold_is_refused_in_words_and_changes_nothing(team: Team) -> None:
    conflict = disagree(team)
    with pytest.raises(ValueNotPossible) as told:
        team.one.program.services.sync_desk.decide_otherwise(conflict, "1" * 51)
    assert told.value.values == {"field": "telephone"}
    assert (numbers(team)[0], states(team)[0]) == ("1", "open")


def test_a_decision_can_be_taken_back_after_it_was_sent_and_opens_the_conflict_again_everywhere(team: Team) -> None:
    desk = team.one.program.services.sync_desk
    made = desk.decide(disagree(team), "mine")
    sync(team)
    assert (numbers(team), states(team)) == (("2", "2"), ["mine", "mine"])
    assert made.decided is not None
    desk.take_back(made.decided)
    sync(team)
    assert (numbers(team), states(team)) == (("1", "1"), ["open", "open"])
    require_same(team.central, team.bucket, team.one, team.other)


def test_whoever_is_asked_sees_the_conflict_as_theirs_and_everybody_else_sees_whom(team: Team) -> None:
    conflict = disagree(team)
    sam = str(team.other.one("SELECT id FROM practitioner WHERE name = 'Sam Sample'"))
    team.one.program.services.sync_desk.ask(conflict, sam)
    sync(team)
    theirs = team.other.program.services.sync_inbox.inbox().conflicts[0]
    assert theirs.asks_me
    assert theirs.asked == "Robin Example asked Sam Sample to decide."
    assert not team.one.program.services.sync_inbox.inbox().conflicts[0].asks_me


def test_asking_and_deciding_at_the_same_time_ends_with_the_decision(team: Team) -> None:
    conflict = disagree(team)
    robin = str(team.one.one("SELECT id FROM practitioner WHERE name = 'Robin Example'"))
    team.one.program.services.sync_desk.ask(conflict, robin)
    team.other.program.services.sync_desk.decide(conflict, "theirs")
    sync(team)
    sync(team)
    assert states(team) == ["theirs", "theirs"]
    require_same(team.central, team.bucket, team.one, team.other)


def test_a_conflict_tells_in_words_who_wrote_what_when_and_what_counts_meanwhile(team: Team) -> None:
    disagree(team)
    (seen,) = team.one.program.services.sync_inbox.inbox().conflicts
    assert (seen.person, seen.record, seen.field) == ("EXAMPLESSON, Wilma", "Person", "telephone")
    assert (seen.mine.by, seen.mine.value, seen.theirs.by, seen.theirs.value) == (
        "Sam Sample", "2", "Robin Example", "1",
    )  # fmt: skip
    assert (seen.before, seen.in_force) == ("Nothing", "1")
    assert "care plan printed meanwhile" in seen.effect


def test_a_laptop_whose_clock_is_wrong_is_said_to_be_and_the_time_of_the_central_store_is_told(team: Team) -> None:
    disagree(team)
    (seen,) = team.one.program.services.sync_inbox.inbox().conflicts
    # The central store of these tests lives at 10:00, the laptops at another time.
    skew = team.one.one("SELECT mine_skew FROM conflict")
    there = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert skew == round((there - team.other.program.access.clock()).total_seconds())
    assert ("clock said" in seen.mine.clock) is (abs(skew) > 120)
    assert seen.mine.when.endswith(f"{there.astimezone():%H:%M}")


def test_of_an_alert_the_value_in_force_is_the_cautious_one_and_it_is_said(team: Team) -> None:
    flag = new_flag(team.one, team.person, datetime(2026, 12, 1, tzinfo=UTC).date())
    sync(team)
    team.one.change(Flag, flag, team.person, until=None)
    team.other.change(Flag, flag, team.person, until=datetime(2026, 11, 24, tzinfo=UTC).date())
    sync(team)
    (seen,) = team.one.program.services.sync_inbox.inbox().conflicts
    assert (seen.mine.value, seen.theirs.value, seen.in_force) == ("24-Nov-2026", "Nothing", "Nothing")
    assert seen.effect.startswith("Until it is decided the more cautious value counts.")


# What was refused


def refuse_contacts(operation: SentOperation) -> str:
    return "forbidden" if operation.type == "personal_contact" else ""


def refused(laptop: Laptop) -> int:
    (line,) = laptop.program.services.sync_inbox.queue().refused
    return line.group_no


@pytest.mark.ends_apart("what was refused waits for somebody")
def test_a_refused_change_is_told_with_whose_it_is_and_why(team: Team) -> None:
    team.central.refuse = refuse_contacts
    new_contact(team.one, team.person)
    team.one.sync(team.central)
    (line,) = team.one.program.services.sync_inbox.queue().refused
    assert (line.person, line.what) == ("EXAMPLESSON, Wilma", "Contact: Ida Invented")
    assert line.why == "Your role in this locality does not allow it."


def test_a_refused_change_goes_through_when_it_is_sent_again_after_the_cause_is_gone(team: Team) -> None:
    team.central.refuse = refuse_contacts
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.central.refuse = lambda operation: ""
    assert team.one.sync(team.central).pushed == 0
    team.one.program.services.sync_desk.send_again(refused(team.one))
    sync(team)
    assert team.other.row("personal_contact", contact) is not None
    require_same(team.central, team.bucket, team.one, team.other)


def test_what_is_given_up_is_again_as_the_central_store_has_it_and_the_reason_is_in_the_audit(team: Team) -> None:
    contact = new_contact(team.one, team.person)
    sync(team)
    team.central.refuse = refuse_contacts
    team.one.change(PersonalContact, contact, team.person, telephone="wrong")
    team.one.sync(team.central)
    desk = team.one.program.services.sync_desk
    with pytest.raises(ReasonNeeded):
        desk.discard(refused(team.one), "  ")
    desk.discard(refused(team.one), "Recorded by a colleague")
    assert team.one.one("SELECT telephone FROM personal_contact") == "1"
    assert team.one.ask("SELECT reason FROM audit_entry WHERE action = 'discard_change'") == [
        ("Recorded by a colleague",)
    ]
    require_same(team.central, team.bucket, team.one, team.other)


def test_what_the_central_store_never_had_is_gone_when_it_is_given_up(team: Team) -> None:
    team.central.refuse = refuse_contacts
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.one.program.services.sync_desk.discard(refused(team.one), "A mistake")
    assert team.one.row("personal_contact", contact) is None
    with pytest.raises(NotFound):
        team.one.program.services.sync_desk.discard(99, "A mistake")


@pytest.mark.ends_apart("what was refused waits for somebody")
def test_what_something_else_hangs_on_is_not_given_up_and_nothing_is_lost(team: Team) -> None:
    team.central.refuse = lambda operation: "forbidden" if operation.kind == "create" else ""
    person = new_person(team.one, team.practice, family_name="Samplewood")
    team.one.sync(team.central)
    first = team.one.program.services.sync_inbox.queue().refused[0].group_no
    with pytest.raises(StillHangsOnIt):
        team.one.program.services.sync_desk.discard(first, "A mistake")
    assert team.one.row("person", person) is not None
    assert team.one.one("SELECT count(*) FROM outbox WHERE status = 'refused'") > 0
