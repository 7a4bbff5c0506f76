"""Many records at once end as one by one: what stands against a record sends it the long way, and stops no other."""

import uuid
from typing import Any

import pytest

from mdt_desktop.records import Person
from mdt_desktop.sync import straight
from mdt_desktop.sync.protocol import EntryKind
from tests.sync.conftest import Team
from tests.sync.fake_central import Held
from tests.sync.laptops import new_contact, new_person, require_same


def put(team: Team, type_: str, body: dict[str, Any]) -> None:
    """Another laptop's record, whatever it is worth."""
    at = team.central.buckets[team.bucket]
    at.records[type_, body["id"]] = Held(1, body)
    at.feed.append((EntryKind.PUT, type_, body["id"], 1, "somebody", ("", 0)))


def books(team: Team) -> list[tuple[Any, ...]]:
    return team.other.ask("SELECT type, id, ver, base_json, state, server_seq FROM sync_record ORDER BY 1, 2")


def test_both_ways_keep_the_same_books(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    someone = new_person(team.one, team.practice, family_name="Placeholder")
    new_contact(team.one, someone)
    team.one.change(Person, team.person, team.person, telephone="1")
    team.one.sync(team.central)
    team.other.sync(team.central)
    require_same(team.central, team.bucket, team.one, team.other)
    quick = books(team)
    team.other.write(lambda connection: connection.execute("DELETE FROM sync_record"))
    team.other.write(lambda connection: connection.execute("DELETE FROM cursor"))
    monkeypatch.setattr(straight, "may_be_straight", lambda entry: False)
    team.other.sync(team.central)
    assert [row[:5] for row in books(team)] == [row[:5] for row in quick]
    require_same(team.central, team.bucket, team.one, team.other)


def test_a_record_with_a_change_that_waits_is_merged_among_others_that_are_not(team: Team) -> None:
    team.other.change(Person, team.person, team.person, email="w@example.org")
    team.one.change(Person, team.person, team.person, telephone="1")
    others = [new_person(team.one, team.practice) for _ in range(3)]
    team.one.sync(team.central)
    team.other.sync(team.central)
    team.one.sync(team.central)
    assert team.other.ask("SELECT telephone, email FROM person WHERE id = ?", team.person) == [("1", "w@example.org")]
    assert {row[0] for row in team.other.ask("SELECT id FROM person")} == {team.person, *others}
    require_same(team.central, team.bucket, team.one, team.other)


@pytest.mark.ends_apart("what cannot be a row here stays raw")
def test_a_record_that_cannot_be_a_row_is_put_aside_and_stops_no_other(team: Team) -> None:
    bad, good = str(uuid.uuid4()), new_person(team.one, team.practice)
    body = {"id": bad, "family_name": "Broken", "born": "1940-08-14", "practice_id": team.practice, "gender": "?"}
    put(team, "person", body)
    team.one.sync(team.central)
    team.other.sync(team.central)
    assert team.other.ask("SELECT id, state FROM sync_record WHERE state <> 'clean'") == [(bad, "quarantined")]
    assert team.other.row("person", good) is not None
    assert team.other.cursor(team.bucket).digest == team.central.digest(team.bucket)


@pytest.mark.ends_apart("what cannot be a row here stays raw")
def test_a_record_before_what_it_points_to_is_there_once_all_pages_are(team: Team) -> None:
    child, parent = str(uuid.uuid4()), str(uuid.uuid4())
    person = {"id": parent, "family_name": "Later", "born": "1940-08-14", "practice_id": team.practice}
    put(team, "personal_contact", {"id": child, "person_id": parent, "name": "Ida"})
    put(team, "person", person)
    team.other.sync(team.central)
    assert team.other.row("personal_contact", child) is not None
    assert team.other.ask("SELECT 1 FROM sync_record WHERE state <> 'clean'") == []


@pytest.mark.ends_apart("what cannot be a row here stays raw")
def test_a_row_that_cannot_be_among_many_new_ones_undoes_them_and_they_are_taken_one_by_one(team: Team) -> None:
    before = [new_person(team.one, team.practice) for _ in range(3)]
    team.one.sync(team.central)
    bad, hers = str(uuid.uuid4()), str(uuid.uuid4())
    put(team, "person", {"id": bad, "family_name": "Broken", "born": "1940-08-14", "practice_id": team.practice,
                         "gender": "?"})  # fmt: skip
    put(team, "personal_contact", {"id": hers, "person_id": bad, "name": "Of nobody who is there"})
    after = [new_person(team.one, team.practice) for _ in range(3)]
    team.one.sync(team.central)
    team.other.sync(team.central)
    assert {row[0] for row in team.other.ask("SELECT id FROM person")} == {team.person, *before, *after}
    assert team.other.ask("SELECT id FROM personal_contact") == []
    aside = team.other.ask("SELECT type, id FROM sync_record WHERE state = 'quarantined' ORDER BY type")
    assert aside == [("person", bad), ("personal_contact", hers)]
