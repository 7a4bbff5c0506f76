"""A run between two laptops: what goes over, what is merged, and what nobody may lose."""

from datetime import date, timedelta

from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.records import Flag, Person, PersonalContact
from tests.helpers.borough import a_decision
from tests.helpers.clocks import FrozenClock
from tests.sync.conftest import Team
from tests.sync.laptops import new_contact, new_flag, require_same


def test_what_one_laptop_wrote_is_on_the_other_with_its_place_in_the_caseload(team: Team) -> None:
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.other.row("person", team.person) == team.one.row("person", team.person)
    assert team.other.ask("SELECT family_name FROM caseload_index") == [("Examplesson",)]
    assert team.other.ask("SELECT count(*) FROM person_search WHERE person_search MATCH 'examplesson'") == [(1,)]


def test_a_run_without_news_sends_and_takes_nothing(team: Team) -> None:
    team.other.sync(team.central)
    outcome = team.one.sync(team.central)
    assert (outcome.pushed, outcome.pulled, outcome.evicted) == (0, 0, 0)
    assert not outcome.kinds


def test_a_run_tells_which_records_and_people_changed(team: Team) -> None:
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    outcome = team.other.sync(team.central)
    assert "personal_contact" in outcome.kinds
    assert {contact, team.person} <= outcome.ids


def test_what_was_taken_is_in_the_audit(team: Team) -> None:
    taken = team.other.ask("SELECT action, kind, record_id FROM audit_entry WHERE action = 'receive'")
    assert ("receive", "bucket", team.bucket) in taken


def test_different_fields_are_merged_without_a_conflict(team: Team) -> None:
    team.one.change(Person, team.person, team.person, telephone="020 7946 0001")
    team.other.change(Person, team.person, team.person, email="w@example.org")
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    row = team.one.row("person", team.person)
    assert row is not None
    assert (row["telephone"], row["email"]) == ("020 7946 0001", "w@example.org")
    assert team.one.ask("SELECT * FROM conflict") == []


def test_the_same_field_is_a_conflict_on_both_laptops_with_both_values(team: Team) -> None:
    team.one.change(Person, team.person, team.person, telephone="1")
    team.other.change(Person, team.person, team.person, telephone="2")
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    wanted = [("telephone", '""', '"2"', '"1"', "Sam Sample", "Robin Example", "plain", "open")]
    for laptop in (team.one, team.other):
        assert wanted == laptop.ask(
            "SELECT field, base, mine, theirs, mine_by, theirs_by, auto_rule, status FROM conflict"
        )
        assert laptop.one("SELECT telephone FROM person") == "1"


def test_a_stale_end_of_an_alert_does_not_overrule_one_that_goes_on(team: Team) -> None:
    flag = new_flag(team.one, team.person, date(2026, 12, 1))
    team.one.sync(team.central)
    team.other.sync(team.central)
    team.one.change(Flag, flag, team.person, until=None)
    team.other.change(Flag, flag, team.person, until=date(2026, 11, 24))
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.ask("SELECT until FROM flag") == [(None,)]
    assert team.one.ask("SELECT auto_rule FROM conflict") == [("caution",)]


def test_consent_that_a_stale_laptop_records_does_not_overrule_a_withdrawal_it_never_saw(
    team: Team, clock: FrozenClock
) -> None:
    """SYNC 6, 20: withdrawn is in force on both, said to be in doubt, until somebody who sees both decides."""
    team.one.program.services.consents.record(team.person, a_decision())
    for laptop in (team.one, team.other):
        laptop.sync(team.central)
    team.one.program.services.consents.record(team.person, a_decision(ConsentStatus.WITHDRAWN, None))
    clock.advance(timedelta(days=2))
    team.other.program.services.consents.record(team.person, a_decision(on=clock().date()))
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    for laptop in (team.one, team.other):
        consent = laptop.program.services.case_file.overview(team.person).consent
        assert (consent.status, consent.may_share, consent.is_in_doubt) == (ConsentStatus.WITHDRAWN, False, True)
    team.other.program.services.consents.record(team.person, a_decision(on=clock().date()))
    for laptop in (team.other, team.one):
        laptop.sync(team.central)
        consent = laptop.program.services.case_file.overview(team.person).consent
        assert (consent.status, consent.may_share, consent.is_in_doubt) == (ConsentStatus.GIVEN, True, False)


def test_the_more_cautious_value_of_this_laptop_is_sent_on_top_of_theirs(team: Team) -> None:
    flag = new_flag(team.one, team.person, date(2026, 12, 1))
    team.one.sync(team.central)
    team.other.sync(team.central)
    team.one.change(Flag, flag, team.person, until=date(2026, 11, 24))
    team.other.change(Flag, flag, team.person, until=None)
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.ask("SELECT until FROM flag") == [(None,)]


def test_ones_own_later_edits_are_never_a_conflict_with_oneself(team: Team) -> None:
    for number in range(4):
        team.one.change(Person, team.person, team.person, telephone=str(number))
        team.one.change(Person, team.person, team.person, telephone=f"{number}{number}")
        team.one.sync(team.central)
    assert team.one.ask("SELECT * FROM conflict") == []
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.other.one("SELECT telephone FROM person") == "33"


def test_an_edit_there_brings_back_what_was_deleted_here_and_both_are_told(team: Team) -> None:
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    team.other.change(PersonalContact, contact, team.person, telephone="2")
    team.one.remove(PersonalContact, contact, team.person)
    for laptop in (team.other, team.one, team.other):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.one("SELECT telephone FROM personal_contact") == "2"
    assert team.other.ask("SELECT field, auto_rule FROM conflict") == [("", "deleted_here")]


def test_an_edit_here_brings_back_what_was_deleted_there(team: Team) -> None:
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    team.one.remove(PersonalContact, contact, team.person)
    team.other.change(PersonalContact, contact, team.person, telephone="2")
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.one("SELECT telephone FROM personal_contact") == "2"
    assert team.one.ask("SELECT field, auto_rule FROM conflict") == [("", "deleted_there")]


def test_what_both_deleted_is_gone(team: Team) -> None:
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    for laptop in (team.one, team.other):
        laptop.remove(PersonalContact, contact, team.person)
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.ask("SELECT * FROM personal_contact") == team.one.ask("SELECT * FROM conflict") == []


def test_both_add_to_the_same_person_and_both_are_there(team: Team) -> None:
    for laptop in (team.one, team.other):
        new_contact(laptop, team.person, name=laptop.name)
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert len(team.one.ask("SELECT * FROM personal_contact")) == 2


def test_a_thousand_changes_of_one_afternoon_go_over_in_pages(team: Team) -> None:
    for number in range(60):
        person = team.person
        new_contact(team.one, person, name=f"Contact {number}")
    for number in range(300):
        team.one.change(Person, team.person, team.person, telephone=str(number))
    assert team.one.sync(team.central).pushed == 360
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
