"""What laptops send: each operation at most once, each group whole, and a word for everything that is not taken."""

import json
import uuid
from typing import Any

import pytest

from mdt_desktop.records.base import SCHEMA
from tests.helpers.central import EAST, WEST, Laptop, person


def status(results: list[Any]) -> list[str]:
    return [it["status"] for it in results]


def test_a_push_that_comes_twice_has_its_effect_once_and_the_same_answer(nia: Laptop) -> None:
    id_ = str(uuid.uuid4())
    ops = [nia.op("create", "person", id_, values=person(id_)), nia.op("update", "person", id_, values={"title": "Ms"})]
    first = nia.push(*ops).json()
    again = nia.push(*ops).json()
    assert first == again
    assert status(first["results"]) == ["ok", "ok"]
    assert [entry["ver"] for entry in nia.pull()["entries"]] == [1, 2]


def test_a_half_known_push_goes_on_where_the_known_part_ended(nia: Laptop) -> None:
    a, b = str(uuid.uuid4()), str(uuid.uuid4())
    first = nia.op("create", "person", a, values=person(a))
    nia.pushed(first)
    assert status(nia.pushed(first, nia.op("create", "person", b, values=person(b)))) == ["ok", "ok"]
    assert len(nia.pull()["entries"]) == 2


def test_what_one_laptop_did_offline_on_one_base_is_no_conflict_with_itself(nia: Laptop) -> None:
    id_ = nia.add_person()
    for title in ("Ms", "Mrs", "Dr"):
        assert status(nia.pushed(nia.op("update", "person", id_, 1, values={"title": title}))) == ["ok"]
    assert nia.pull()["entries"][-1]["body"]["title"] == "Dr"


def test_a_change_of_what_somebody_else_changed_is_stale_and_shows_what_stands(nia: Laptop, noor: Laptop) -> None:
    id_ = nia.add_person()
    noor.pushed(noor.op("update", "person", id_, 1, values={"title": "Dr"}))
    result = nia.pushed(nia.op("update", "person", id_, 1, values={"title": "Ms"}))[0]
    assert (result["status"], result["ver"], result["current"]["ver"]) == ("stale", 2, 2)
    assert (result["current"]["body"]["title"], result["current"]["by"]) == ("Dr", "Noor")
    assert status(nia.pushed(nia.op("update", "person", id_, 2, values={"title": "Ms"}))) == ["ok"]


def test_only_the_columns_that_were_sent_change(nia: Laptop, noor: Laptop) -> None:
    id_ = nia.add_person(from_a_newer_version="kept")
    noor.pushed(noor.op("update", "person", id_, 1, values={"title": "Dr"}))
    body = nia.pull()["entries"][-1]["body"]
    assert (body["from_a_newer_version"], body["title"], body["family_name"]) == ("kept", "Dr", "Examplesson")


def test_a_group_is_taken_whole_or_not_at_all(nia: Laptop) -> None:
    a, b, c = (str(uuid.uuid4()) for _ in range(3))
    results = nia.pushed(
        nia.op("create", "person", a, values=person(a), group=7),
        nia.op("create", "person", b, values=person(b, nhs_number="9990000019"), group=7),
        nia.op("create", "person", c, values=person(c), group=8),
    )
    assert status(results) == ["blocked", "invalid", "ok"]
    assert results[1]["field"] == "nhs_number"
    assert [entry["id"] for entry in nia.pull()["entries"]] == [c]


def test_what_is_refused_stops_later_changes_of_the_same_record_and_no_others(nia: Laptop, noor: Laptop) -> None:
    mine, other = nia.add_person(), nia.add_person()
    noor.pushed(noor.op("update", "person", mine, 1, values={"title": "Dr"}))
    results = nia.pushed(
        nia.op("update", "person", mine, 1, values={"title": "Ms"}),
        nia.op("update", "person", mine, 1, values={"given_names": "Ida"}),
        nia.op("update", "person", other, 1, values={"title": "Ms"}),
    )
    assert status(results) == ["stale", "blocked", "ok"]


def test_the_same_record_made_on_two_laptops_is_one_and_another_of_that_id_is_stale(nia: Laptop, noor: Laptop) -> None:
    id_ = str(uuid.uuid4())
    assert status(nia.pushed(nia.op("create", "person", id_, values=person(id_)))) == ["ok"]
    assert status(noor.pushed(noor.op("create", "person", id_, values=person(id_)))) == ["duplicate"]
    other = noor.pushed(noor.op("create", "person", id_, values=person(id_, title="Dr")))[0]
    assert (other["status"], other["current"]["body"].get("title")) == ("stale", None)
    assert len(nia.pull()["entries"]) == 1


def test_one_nhs_number_belongs_to_one_person_of_a_locality(nia: Laptop, noor: Laptop) -> None:
    first = nia.add_person(nhs_number="9990000018")
    id_ = str(uuid.uuid4())
    second = noor.pushed(noor.op("create", "person", id_, values=person(id_, nhs_number="9990000018")))[0]
    assert (second["status"], second["field"], second["duplicate_of"]) == ("invalid", "nhs_number", first)
    # In another locality it may be another team's record of the same person.
    noor.add_person(bucket=WEST, nhs_number="9990000018")
    nia.pushed(nia.op("delete", "person", first, 1))
    noor.add_person(nhs_number="9990000018")


def test_an_edit_brings_a_deleted_record_back_once_its_deletion_was_seen(nia: Laptop, noor: Laptop) -> None:
    id_ = nia.add_person()
    noor.pushed(noor.op("delete", "person", id_, 1))
    late = nia.pushed(nia.op("update", "person", id_, 1, values={"title": "Ms"}))[0]
    assert (late["status"], late["current"]["body"], late["current"]["ver"]) == ("stale", None, 2)
    assert status(nia.pushed(nia.op("update", "person", id_, 2, values={"title": "Ms"}))) == ["ok"]
    body = noor.pull()["entries"][-1]["body"]
    assert (body["title"], body["family_name"]) == ("Ms", "Examplesson")


def test_deleting_twice_is_done(nia: Laptop, noor: Laptop) -> None:
    id_ = nia.add_person()
    nia.pushed(nia.op("delete", "person", id_, 1))
    assert status(noor.pushed(noor.op("delete", "person", id_, 2))) == ["duplicate"]


def test_a_missing_number_is_asked_for(nia: Laptop) -> None:
    nia.add_person()
    nia.last_op += 2
    gap = nia.push(nia.op("delete", "person", str(uuid.uuid4())))
    assert (gap.status_code, gap.json()["resend_from"], gap.json()["code"]) == (409, 2, "operations_missing")
    inside = nia.push(*[{**nia.op("delete", "person", str(uuid.uuid4())), "op_no": number} for number in (2, 4)])
    assert (inside.status_code, inside.json()["resend_from"]) == (409, 3)
    assert len(nia.pull()["entries"]) == 1


def test_numbers_may_have_begun_before_the_laptop_was_connected(nia: Laptop) -> None:
    nia.last_op = 500
    nia.add_person()
    assert nia.push({**nia.op("delete", "person", str(uuid.uuid4())), "op_no": 503}).json()["resend_from"] == 502


@pytest.mark.parametrize("number", [1, 500], ids=["one that has a result", "one from before the first"])
def test_a_number_that_comes_again_with_another_content_is_told(number: int, nia: Laptop) -> None:
    nia.last_op = number - 1 or 0
    nia.add_person()
    id_ = str(uuid.uuid4())
    answer = nia.push({**nia.op("create", "person", id_, values=person(id_)), "op_no": 1 if number == 1 else 499})
    assert (answer.status_code, answer.json()["code"]) == (409, "operation_reused")


def test_an_update_of_nothing_is_invalid_and_a_newer_schema_waits_for_the_store(nia: Laptop) -> None:
    id_ = str(uuid.uuid4())
    results = nia.pushed(
        nia.op("update", "person", id_, 1, values={"title": "Ms"}),
        nia.op("create", "person", id_, values=person(id_), schema=99),
    )
    assert status(results) == ["invalid", "blocked"]
    other = str(uuid.uuid4())
    assert status(nia.pushed(nia.op("create", "person", other, values=person(other), schema=99))) == ["upgrade"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"family_name": "A\x00B"}, "family_name"),
        ({"family_name": "\ud800"}, "family_name"),
        ({"notes": [{"deep": "\x00"}]}, "notes"),
        ({"\ud800": "\x00"}, "?"),
        ({"score": 1 << 63}, "score"),
        ({"score": -(1 << 63) - 1}, "score"),
        ({"notes": [{"deep": 10**30}]}, "notes"),
        ({"score": float("nan")}, "score"),
        ({"score": float("-inf")}, "score"),
        ({"notes": json.loads("[" * 66 + "]" * 66)}, "notes"),
        ({"nhs_number": "9990000019"}, "nhs_number"),
        ({"nhs_number": 9990000018}, "nhs_number"),
        ({"nhs_number": "999 000 0018"}, "nhs_number"),
        ({"id": "another"}, "id"),
    ],
)
def test_what_cannot_be_kept_is_invalid_by_its_field(values: dict[str, Any], field: str, nia: Laptop) -> None:
    id_ = str(uuid.uuid4())
    body = {"device": nia.device, "ops": [nia.op("create", "person", id_, values={**person(id_), **values})]}
    answer = nia.http.post(
        "/sync/v1/push", content=json.dumps(body), headers={**nia.headers, "content-type": "application/json"}
    )
    result = answer.json()["results"][0]
    assert (result["status"], result["field"]) == ("invalid", field)
    assert nia.pull()["entries"] == []


def test_a_number_that_could_not_be_sent_again_stops_nobodys_exchange(nia: Laptop, noor: Laptop) -> None:
    # Found by schemathesis: it was kept, and every page with it failed, for everybody and for ever.
    id_, other = str(uuid.uuid4()), str(uuid.uuid4())
    results = nia.pushed(
        nia.op("create", "person", id_, values=person(id_, score=1 << 64)),
        nia.op("create", "person", other, values=person(other, score=(1 << 63) - 1)),
    )
    assert status(results) == ["invalid", "ok"]
    assert "64" in results[0]["message"]
    noor.pull()
    assert [key[2] for key in noor.held] == [other]


@pytest.mark.parametrize("unkept", ["\ud800", "a\x00b"])
def test_an_audit_entry_that_cannot_be_kept_is_invalid_and_no_failure(unkept: str, nia: Laptop) -> None:
    entry = nia.op("audit", "audit_entry", "a-1", values={"action": "opened", "record_id": unkept})
    answer = nia.http.post(
        "/sync/v1/push",
        content=json.dumps({"device": nia.device, "ops": [entry]}),
        headers={**nia.headers, "content-type": "application/json"},
    )
    assert [(it["status"], it["field"]) for it in answer.json()["results"]] == [("invalid", "record_id")]


@pytest.mark.parametrize("field", ["type", "id"])
def test_a_receipt_with_signs_that_no_record_has_is_a_bad_request(field: str, nia: Laptop) -> None:
    done = {"kind": "evict", "bucket": EAST, "type": "person", "id": "a", field: "a\x00b"}
    answer = nia.post("receipts", {"device": nia.device, "done": [done]})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_bucket_that_is_not_ones_own_is_forbidden_whether_it_exists_or_not(nia: Laptop) -> None:
    a, b = str(uuid.uuid4()), str(uuid.uuid4())
    results = nia.pushed(
        nia.op("create", "person", a, values=person(a), bucket=WEST),
        nia.op("create", "person", b, values=person(b), bucket=str(uuid.uuid4())),
    )
    assert status(results) == ["forbidden", "forbidden"]
    assert results[0]["message"] == results[1]["message"]


def test_a_record_of_another_bucket_is_as_one_that_is_not_there(nia: Laptop, noor: Laptop) -> None:
    west = noor.add_person(bucket=WEST)
    guessed, absent = nia.pushed(
        nia.op("update", "person", west, 1, values={"title": "Ms"}),
        nia.op("update", "person", str(uuid.uuid4()), 1, values={"title": "Ms"}),
    )
    assert {**guessed, "op_no": 0} == {**absent, "op_no": 0}


def test_a_laptops_audit_entries_join_the_central_chain_and_no_feed(nia: Laptop) -> None:
    entry = {"action": "view", "kind": "person_case", "record_id": "x", "reason": "Examplesson asked", "at": "now"}
    assert status(nia.pushed(nia.op("audit", "audit_entry", "1", values=entry))) == ["ok"]
    assert nia.pull()["entries"] == []


def test_a_sealed_meeting_takes_addenda_only(nia: Laptop, noor: Laptop) -> None:
    meeting, item, note, decision, later = (str(uuid.uuid4()) for _ in range(5))
    nia.pushed(
        nia.op("create", "meeting", meeting, values={"id": meeting, "sealed_at": None}),
        nia.op("create", "agenda_item", item, values={"id": item, "meeting_id": meeting}),
        nia.op("create", "decision", decision, values={"id": decision, "item_id": item}),
    )
    results = nia.pushed(
        nia.op("create", "meeting_note", note, values={"id": note, "meeting_id": meeting}, group=50),
        nia.op("update", "meeting", meeting, 1, values={"sealed_at": "2026-11-23T10:00:00.000Z"}, group=50),
    )
    assert status(results) == ["ok", "ok"]
    kinds = [(entry["kind"], entry["type"]) for entry in noor.pull()["entries"]]
    sealed = {type_ for kind, type_ in kinds if kind == "seal"}
    assert sealed == {"meeting", "agenda_item", "decision", "meeting_note"}
    refused = noor.pushed(
        noor.op("update", "decision", decision, 1, values={"words": "other"}),
        noor.op("create", "decision", later, values={"id": later, "item_id": item}),
        noor.op("create", "meeting_note", str(uuid.uuid4()), values={"meeting_id": meeting}),
        noor.op("delete", "agenda_item", item, 1),
        noor.op("create", "addendum", str(uuid.uuid4()), values={"meeting_id": meeting}),
    )
    assert status(refused) == ["sealed", "sealed", "sealed", "sealed", "ok"]
    assert refused[0]["current"]["ver"] == 1


def test_conflicts_and_their_resolution_are_records_that_travel(nia: Laptop, noor: Laptop) -> None:
    id_ = str(uuid.uuid4())
    values = {"id": id_, "type": "person", "field": "title", "mine": "Ms", "theirs": "Dr", "status": "open"}
    assert status(nia.pushed(nia.op("conflict", "conflict", id_, values=values))) == ["ok"]
    assert noor.pull()["entries"][0]["body"]["status"] == "open"
    assert status(noor.pushed(noor.op("resolve", "conflict", id_, 1, values={"status": "closed"}))) == ["ok"]
    assert nia.pull(EAST)["entries"][-1]["body"]["status"] == "closed"


def test_a_program_that_is_too_old_gets_nothing_and_what_it_has_is_taken(
    nia: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdt_desktop.central.app.OLDEST_SCHEMA", SCHEMA + 1)
    places = [
        nia.get(f"buckets/{EAST}/changes"),
        nia.get(f"buckets/{EAST}/manifest"),
        nia.post(f"buckets/{EAST}/fetch", {"ids": [["person", "x"]]}),
    ]
    assert {(it.status_code, it.json()["code"]) for it in places} == {(426, "upgrade_needed")}
    nia.add_person()
