"""Unsent changes of what had to leave a laptop: taken for fourteen days, and read by the team that has it only."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest

from mdt_desktop.central import accounts, moving
from mdt_desktop.central.accounts import ORDINARY
from mdt_desktop.central.central_store import CentralStore
from tests.helpers.central import EAST, WEST, Laptop, laptop
from tests.helpers.clocks import FrozenClock

Answers = list[str]


def item(type_: str, rec_id: str, bucket: str = EAST, **values: Any) -> dict[str, Any]:
    change = {"kind": "update", "set": values or {"title": "Dr"}, "made_at": "2026-11-23T09:00:00.000Z"}
    return {"id": str(uuid.uuid4()), "bucket": bucket, "type": type_, "rec_id": rec_id, "changes": [change]}


def give(who: Laptop, *items: dict[str, Any]) -> Answers:
    answer = who.post("handover", {"device": who.device, "items": list(items)})
    assert answer.status_code == 200, answer.text
    return [it["status"] for it in answer.json()["results"]]


def inbox(who: Laptop, bucket: str) -> list[Any]:
    found: list[Any] = who.get(f"buckets/{bucket}/handovers").json()["handovers"]
    return found


def move(store: CentralStore, person: str, clock: FrozenClock, to: str = WEST) -> None:
    store.database.write(lambda it: moving.move_person(it, person, to, "test", "moved", clock()))


@pytest.fixture
def moved(nia: Laptop, store: CentralStore, clock: FrozenClock) -> str:
    """A person of Nia's who now belongs to West."""
    person = nia.add_person()
    move(store, person, clock)
    return person


def test_what_was_not_sent_reaches_the_team_that_has_the_person_now(moved: str, nia: Laptop, noor: Laptop) -> None:
    assert give(nia, item("person", moved, telephone="020 7946 0001")) == ["taken"]
    (found,) = inbox(noor, WEST)
    assert (found["rec_id"], found["by"]) == (moved, "Nia")
    assert found["changes"][0]["set"] == {"telephone": "020 7946 0001"}
    assert inbox(noor, EAST) == []


def test_whoever_hands_over_reads_nothing_of_it_back(moved: str, nia: Laptop) -> None:
    answer = nia.post("handover", {"device": nia.device, "items": [item("person", moved)]})
    assert answer.json() == {"results": [{"id": answer.json()["results"][0]["id"], "status": "taken"}]}
    assert nia.get(f"buckets/{WEST}/handovers").status_code == 403


def test_something_new_that_hangs_on_them_goes_the_same_way(moved: str, nia: Laptop, noor: Laptop) -> None:
    assert give(nia, item("flag", str(uuid.uuid4()), person_id=moved, words="Key safe")) == ["taken"]
    assert [it["type"] for it in inbox(noor, WEST)] == ["flag"]


def test_the_same_sent_twice_is_there_once(moved: str, nia: Laptop, noor: Laptop) -> None:
    same = item("person", moved)
    assert give(nia, same) + give(nia, same) == ["taken", "taken"]
    assert len(inbox(noor, WEST)) == 1


@pytest.mark.parametrize("unkept", ["\ud800", "a\x00b", 1 << 64, float("nan")])
def test_what_cannot_be_kept_is_not_taken_and_fails_nothing(unkept: object, moved: str, nia: Laptop) -> None:
    body = {"device": nia.device, "items": [item("person", moved, gp_id=unkept), item("person", moved)]}
    answer = nia.http.post(
        "/sync/v1/handover",
        content=json.dumps(body),
        headers={**nia.headers, "content-type": "application/json"},
    )
    assert [it["status"] for it in answer.json()["results"]] == ["not_yours", "taken"]


def test_after_fourteen_days_it_is_too_late(moved: str, nia: Laptop, noor: Laptop, clock: FrozenClock) -> None:
    clock.advance(timedelta(days=14, seconds=1))
    again = laptop(nia.http, "Nia")
    assert give(again, item("person", moved)) == ["too_late"]


def test_a_lost_locality_takes_what_was_not_sent_for_fourteen_days(
    noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    person = noor.add_person(bucket=WEST)
    store.database.write(
        lambda it: accounts.change_membership(it, "Noor", "West", ORDINARY, None, "test", clock())
    )
    assert give(noor, item("person", person, WEST)) == ["taken"]
    clock.advance(timedelta(days=15))
    assert give(laptop(noor.http, "Noor"), item("person", person, WEST)) == ["too_late"]


def test_nobody_hands_over_to_a_team_that_nothing_was_taken_from_them_for(nia: Laptop, noor: Laptop) -> None:
    mine, foreign = nia.add_person(), noor.add_person(bucket=WEST)
    assert give(nia, item("person", mine), item("person", foreign, WEST)) == ["not_yours", "not_yours"]
    assert inbox(noor, WEST) == inbox(noor, EAST) == []


def test_nothing_is_taken_about_somebody_who_was_erased_and_what_came_before_is_destroyed(
    moved: str, nia: Laptop, noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    flag = item("flag", str(uuid.uuid4()), person_id=moved, words="Key safe")
    assert give(nia, item("person", moved), flag) == ["taken", "taken"]
    store.database.write(lambda it: moving.erase_person(it, moved, "test", "court order", clock()))
    assert inbox(noor, WEST) == []
    assert give(nia, item("person", moved)) == ["erased"]


def test_what_a_team_has_settled_is_gone_from_its_inbox(moved: str, nia: Laptop, noor: Laptop) -> None:
    given = item("person", moved)
    give(nia, given)
    place = f"buckets/{WEST}/handovers/{given['id']}"
    assert nia.post(place, {"outcome": "taken_in"}).status_code == 403
    assert noor.post(place, {"outcome": "taken_in"}).json() == {"settled": True}
    assert noor.post(place, {"outcome": "taken_in"}).json() == {"settled": False}
    assert inbox(noor, WEST) == []


def test_nobody_hands_over_for_another_device(moved: str, nia: Laptop, noor: Laptop) -> None:
    assert nia.post("handover", {"device": noor.device, "items": [item("person", moved)]}).status_code == 400
