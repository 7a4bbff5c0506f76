"""What leaves a laptop: what it may no longer hold, what is erased or sealed; and noticing that something is amiss."""

from collections.abc import Callable
from datetime import date

import orjson
import pytest

from mdt_desktop.records import Case, Person, PersonalContact
from mdt_desktop.sync.protocol import EntryKind, Removed, erasure_hash
from tests.helpers.log_watch import LogWatch
from tests.helpers.stores import every_value
from tests.sync.conftest import Team
from tests.sync.laptops import new_contact, new_flag, new_person, require_same

MARKER = "Quillfeather"


def take_out_the_person(team: Team, kind: EntryKind) -> None:
    """As the central store does it: what hangs on a person first."""
    live = team.central.live(team.bucket)
    order = ("conflict", "flag", "personal_contact", "person_case", "person")
    for type_ in order:
        for key, held in list(live.items()):
            if key[0] == type_ and team.person in (key[1], held.body.get("person_id"), held.body.get("rec_id")):
                team.central.take_out(team.bucket, kind, *key)


def marked(team: Team) -> None:
    """Both laptops have a person, a contact and an alert with the marker in them."""
    team.one.change(Person, team.person, team.person, family_name=MARKER, nhs_number="9990000018")
    new_contact(team.one, team.person, name=MARKER, comments=MARKER)
    new_flag(team.one, team.person, date(2026, 12, 1))
    team.one.sync(team.central)
    team.other.sync(team.central)


def test_a_record_that_may_no_longer_be_held_leaves_with_all_that_hangs_on_it(team: Team) -> None:
    marked(team)
    assert MARKER in every_value(team.other.program)
    take_out_the_person(team, EntryKind.EVICT)
    team.other.sync(team.central)
    assert MARKER not in every_value(team.other.program)
    assert "9990000018" not in every_value(team.other.program)
    assert team.other.one("SELECT count(*) FROM person") == 0
    require_same(team.central, team.bucket, team.other)
    assert Removed("evict", team.bucket, "person", team.person) in team.central.confirmed
    assert team.other.ask("SELECT * FROM receipt") == []
    assert ("evict", "person") in team.other.ask("SELECT action, kind FROM audit_entry")


def test_changes_that_were_not_sent_go_into_quarantine_and_nowhere_else(team: Team) -> None:
    marked(team)
    team.other.change(Person, team.person, team.person, telephone="020 7946 0009")
    new_contact(team.other, team.person, name="Nobody Knew")
    take_out_the_person(team, EntryKind.EVICT)
    team.other.sync(team.central)
    assert team.other.one("SELECT count(*) FROM outbox") == 0
    kept = team.other.ask("SELECT type, operations_json FROM quarantine ORDER BY type")
    assert [row[0] for row in kept] == ["person", "personal_contact"]
    assert [it["set"] for it in orjson.loads(kept[0][1])] == [{"telephone": "020 7946 0009"}]
    assert team.other.one("SELECT count(*) FROM personal_contact") == 0
    team.other.sync(team.central)
    assert ("person", team.person) not in team.central.live(team.bucket)


def test_an_erased_person_leaves_no_word_and_never_comes_back(team: Team) -> None:
    marked(team)
    team.other.change(Person, team.person, team.person, telephone="020 7946 0009")
    take_out_the_person(team, EntryKind.ERASE)
    team.other.sync(team.central)
    everything = every_value(team.other.program)
    assert MARKER not in everything
    assert "020 7946 0009" not in everything
    assert team.other.ask("SELECT * FROM quarantine") == []
    assert (erasure_hash("person", team.person),) in team.other.ask("SELECT id_hash FROM erasure")
    assert Removed("erase", team.bucket, "person", team.person) in team.central.confirmed


def test_a_change_of_an_erased_record_is_answered_and_gone(team: Team) -> None:
    marked(team)
    team.one.change(Person, team.person, team.person, telephone="020 7946 0009")

    def erase_now(request: str, moment: str) -> None:
        if (request, moment) == ("push", "before") and ("person", team.person) in team.central.live(team.bucket):
            take_out_the_person(team, EntryKind.ERASE)

    team.central.fault = erase_now
    team.one.sync(team.central)
    assert MARKER not in every_value(team.one.program)
    assert team.one.one("SELECT count(*) FROM outbox") == 0


@pytest.mark.ends_apart("the bucket or the laptop is gone")
def test_a_bucket_that_was_taken_away_leaves_whole_and_the_queue_is_kept_apart(team: Team) -> None:
    marked(team)
    team.other.change(Person, team.person, team.person, telephone="020 7946 0009")
    del team.central.members[team.other.name][team.bucket]
    team.central.must_evict = [team.bucket]
    outcome = team.other.sync(team.central)
    assert outcome.evicted > 3
    assert team.other.one("SELECT count(*) FROM person") == 0
    assert team.other.one("SELECT count(*) FROM caseload_index") == 0
    assert team.other.one("SELECT count(*) FROM quarantine") == 1
    assert team.other.ask("SELECT * FROM sync_record") == []
    assert Removed("evict", team.bucket, "", team.bucket) in team.central.confirmed
    team.other.reopen()
    assert team.other.program.access.actor.name == team.other.name


@pytest.mark.ends_apart("the bucket or the laptop is gone")
def test_a_bucket_that_is_taken_away_in_the_middle_of_a_run_is_gone_at_its_end(team: Team) -> None:
    marked(team)

    def revoke(request: str, moment: str) -> None:
        if (request, moment) == ("changes", "before"):
            team.central.members[team.other.name].clear()

    team.central.fault = revoke
    team.other.sync(team.central)
    assert MARKER not in every_value(team.other.program)


def test_a_sealed_record_stands_and_what_was_not_sent_is_kept_as_a_conflict(team: Team) -> None:
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    team.other.change(PersonalContact, contact, team.person, telephone="2")
    team.central.take_out(team.bucket, EntryKind.SEAL, "personal_contact", contact)
    team.other.sync(team.central)
    assert team.other.one("SELECT telephone FROM personal_contact") == "1"
    assert team.other.ask("SELECT field, mine, auto_rule FROM conflict") == [("telephone", '"2"', "sealed")]
    require_same(team.central, team.bucket, team.other)
    team.one.change(PersonalContact, contact, team.person, telephone="3")
    _hear_of_the_seal_by_the_answer(team)


def _hear_of_the_seal_by_the_answer(team: Team) -> None:
    team.one.write(lambda connection: connection.execute("UPDATE cursor SET position = position"))
    team.one.sync(team.central)
    assert team.one.one("SELECT telephone FROM personal_contact") == "1"
    assert ("telephone", '"3"', "sealed") in team.one.ask("SELECT field, mine, auto_rule FROM conflict")


@pytest.mark.ends_apart("what cannot be a row here stays raw")
def test_a_record_of_a_kind_nobody_knows_is_kept_raw_and_stops_nothing(team: Team) -> None:
    held = team.central.live(team.bucket)["person", team.person]
    team.central.buckets[team.bucket].records["moon_phase", "7"] = type(held)(1, {"id": "7", "of": "the future"})
    team.central.buckets[team.bucket].feed.append((EntryKind.PUT, "moon_phase", "7", 1, "x", ("", 0)))
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    assert team.other.row("personal_contact", contact) is not None
    assert team.other.ask("SELECT type, base_json FROM sync_record WHERE state = 'quarantined'") == [
        ("moon_phase", '{"id":"7","of":"the future"}')
    ]
    assert team.other.cursor(team.bucket).digest == team.central.digest(team.bucket)


BAD_BODIES: dict[str, dict[str, object]] = {
    "a value its column forbids": {"kind": "ghost"},
    "a column it needs": {"kind": None},
    "a list": {"words": ["a", "b"]},
    "somebody who is not here": {"person_id": "nobody"},
}


@pytest.mark.parametrize("name", BAD_BODIES)
@pytest.mark.ends_apart("what cannot be a row here stays raw")
def test_a_record_that_cannot_be_a_row_here_is_kept_raw_and_stops_nothing(name: str, team: Team) -> None:
    flag = new_flag(team.one, team.person)
    team.one.sync(team.central)
    team.central.live(team.bucket)["flag", flag].body.update(BAD_BODIES[name])
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    assert team.other.row("flag", flag) is None
    assert team.other.row("personal_contact", contact) is not None
    assert team.other.ask("SELECT type FROM sync_record WHERE state = 'quarantined'") == [("flag",)]


def test_what_came_before_what_it_points_to_is_taken_when_that_has_come(team: Team) -> None:
    person = new_person(team.one, team.practice, family_name="Laterson")
    team.one.sync(team.central)
    feed = team.central.buckets[team.bucket].feed
    feed[-1], feed[-2] = feed[-2], feed[-1]
    assert [line[1] for line in feed[-2:]] == ["person_case", "person"]
    team.other.sync(team.central)
    assert team.other.one("SELECT count(*) FROM person_case WHERE person_id = ?", person) == 1
    assert team.other.ask("SELECT type FROM sync_record WHERE state = 'quarantined'") == []


def test_a_column_of_the_future_is_kept_and_never_sent_back(team: Team) -> None:
    held = team.central.live(team.bucket)["person", team.person]
    held.body["of_the_future"] = 7
    held.ver += 1
    team.central.buckets[team.bucket].feed.append((EntryKind.PUT, "person", team.person, held.ver, "x", ("", 0)))
    team.other.sync(team.central)
    team.other.change(Person, team.person, team.person, telephone="1")
    team.other.sync(team.central)
    body = team.central.live(team.bucket)["person", team.person].body
    assert (body["of_the_future"], body["telephone"]) == (7, "1")
    base = team.other.one("SELECT base_json FROM sync_record WHERE type = 'person'")
    assert orjson.loads(base)["of_the_future"] == 7


def _lose_a_row_of_the_books(team: Team) -> None:
    team.other.write(lambda connection: connection.execute("DELETE FROM sync_record WHERE type = 'person_case'"))
    team.other.write(lambda connection: connection.execute("UPDATE cursor SET digest_count = digest_count - 1"))


def _lose_the_place(team: Team) -> None:
    team.other.write(
        lambda connection: connection.execute("UPDATE cursor SET position = substr(position, 1, 36) || ':99999'")
    )


def _miss_a_number(team: Team) -> None:
    team.other.write(lambda connection: connection.execute("UPDATE cursor SET seq = seq - 1"))


AMISS: dict[str, Callable[[Team], None]] = {
    "the digest differs": _lose_a_row_of_the_books,
    "the place is known no longer": _lose_the_place,
    "a number is missing": _miss_a_number,
}


@pytest.mark.parametrize("name", AMISS)
def test_whatever_is_amiss_with_a_bucket_the_list_of_everything_mends_it(name: str, team: Team) -> None:
    AMISS[name](team)
    team.other.change(Person, team.person, team.person, telephone="2")
    new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    team.one.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.one.one("SELECT telephone FROM person") == "2"


def test_what_left_while_the_place_was_lost_leaves_by_the_list(team: Team) -> None:
    marked(team)
    take_out_the_person(team, EntryKind.EVICT)
    _lose_the_place(team)
    team.other.sync(team.central)
    assert MARKER not in every_value(team.other.program)
    require_same(team.central, team.bucket, team.other)


@pytest.mark.ends_apart("the store has lost its books on purpose")
def test_a_store_that_was_put_back_gets_again_what_the_laptops_have(team: Team) -> None:
    backup = team.central.snapshot(team.bucket)
    team.one.change(Person, team.person, team.person, telephone="020 7946 0009")
    contact = new_contact(team.one, team.person)
    team.one.sync(team.central)
    team.central.put_back(team.bucket, backup)
    for laptop in (team.one, team.other, team.one):
        laptop.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    assert team.other.one("SELECT telephone FROM person") == "020 7946 0009"
    assert team.other.row("personal_contact", contact) is not None


@pytest.mark.ends_apart("the digest is wrong on purpose")
def test_a_digest_that_differs_even_after_the_list_is_told_and_stops_nothing(team: Team, log_watch: LogWatch) -> None:
    log_watch.expect("digest_differs")
    wrong = team.central.digest(team.bucket)
    vars(team.central)["digest"] = lambda bucket: type(wrong)(wrong.count + 1, wrong.total)
    new_contact(team.one, team.person)
    assert team.one.sync(team.central).pushed == 1


def test_a_case_row_of_the_caseload_follows_what_leaves(team: Team) -> None:
    case = team.one.one("SELECT id FROM person_case")
    team.one.remove(Case, case, team.person)
    team.one.sync(team.central)
    team.other.sync(team.central)
    assert team.other.ask("SELECT case_id FROM caseload_index") == [(None,)]
    require_same(team.central, team.bucket, team.other)
