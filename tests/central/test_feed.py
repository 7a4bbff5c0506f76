"""What laptops pull: every change in one order without a hole, bodies once, digests that agree."""

import uuid
from pathlib import Path

import pytest

from mdt_desktop.central.central_store import CentralStore, open_store
from tests.helpers.central import EAST, WEST, Laptop, cheap_passwords, client, laptop


def test_a_laptop_gets_what_another_sent(nia: Laptop, noor: Laptop) -> None:
    ids = [nia.add_person() for _ in range(5)]
    page = noor.pull()
    assert [entry["id"] for entry in page["entries"]] == ids
    assert {entry["kind"] for entry in page["entries"]} == {"put"}
    first = page["entries"][0]
    assert (first["ver"], first["by"], first["op_device"], first["op_no"]) == (1, "Nia", nia.device, 1)
    assert first["body"]["family_name"] == "Examplesson"


def test_pages_follow_each_other_without_a_hole_and_end_at_the_head(nia: Laptop, noor: Laptop) -> None:
    for _ in range(7):
        nia.add_person()
    heads = [noor.page(limit=3)["head"] for _ in range(3)]
    assert heads == [False, False, True]
    assert noor.seen[EAST] == list(range(1, 8))
    assert noor.page()["entries"] == []


def test_of_several_changes_in_a_page_only_the_newest_has_a_body(nia: Laptop, noor: Laptop) -> None:
    id_ = nia.add_person()
    nia.pushed(nia.op("update", "person", id_, 1, values={"given_names": "Ida"}))
    nia.pushed(nia.op("update", "person", id_, 2, values={"title": "Ms"}))
    entries = noor.pull()["entries"]
    assert [(entry["kind"], entry["body"] is None) for entry in entries] == [
        ("superseded", True),
        ("superseded", True),
        ("put", False),
    ]
    assert entries[-1]["body"]["given_names"] == "Ida"
    assert entries[-1]["body"]["title"] == "Ms"


def test_a_page_tells_the_body_of_its_own_version_though_there_is_a_newer_one(nia: Laptop, noor: Laptop) -> None:
    id_ = nia.add_person()
    nia.pushed(nia.op("update", "person", id_, 1, values={"given_names": "Ida"}))
    entry = noor.page(limit=1)["entries"][0]
    assert (entry["kind"], entry["ver"], entry["body"]["given_names"]) == ("put", 1, "Wilma")
    noor.pull()


def test_a_page_is_cut_where_its_bodies_weigh_too_much_and_loses_nothing(
    nia: Laptop, noor: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdt_desktop.central.pull.PAGE_BYTES", 5000)
    ids = [nia.add_person(notes="x" * 2000) for _ in range(5)]
    huge = nia.add_person(notes="x" * 9000)
    nia.pushed(nia.op("update", "person", ids[0], 1, values={"title": "Ms"}))
    pages = [noor.page()]
    while not pages[-1]["head"]:
        pages.append(noor.page())
    assert max(len(page["entries"]) for page in pages) < 4
    assert noor.seen[EAST] == list(range(1, 8))
    noor.pull()
    assert {key[2] for key in noor.held} == {*ids, huge}


def test_a_delete_comes_without_a_body_and_leaves_the_digest(nia: Laptop, noor: Laptop) -> None:
    id_ = nia.add_person()
    noor.pull()
    nia.pushed(nia.op("delete", "person", id_, 1))
    page = noor.pull()
    assert [(entry["kind"], entry["body"], entry["ver"]) for entry in page["entries"]] == [("delete", None, 2)]
    assert page["digest"]["count"] == 0


def test_an_answer_that_was_lost_comes_back_with_the_page(nia: Laptop) -> None:
    id_ = nia.add_person()
    page = nia.pull()
    assert [(it["op_no"], it["status"], it["ver"]) for it in page["op_results"]] == [(1, "ok", 1)]
    assert page["entries"][0]["id"] == id_


def test_buckets_count_for_themselves(nia: Laptop, noor: Laptop) -> None:
    nia.add_person()
    noor.add_person(bucket=WEST)
    noor.pull(EAST)
    noor.pull(WEST)
    assert (noor.seen[EAST], noor.seen[WEST]) == ([1], [1])


def test_the_manifest_names_every_live_record_and_the_head(nia: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdt_desktop.central.pull.MANIFEST_PAGE", 2)
    ids = [nia.add_person() for _ in range(5)]
    nia.pushed(nia.op("delete", "person", ids[1], 1))
    nia.pushed(nia.op("update", "person", ids[0], 1, values={"title": "Ms"}))
    rows, page = [], 0
    while page is not None:
        found = nia.get(f"buckets/{EAST}/manifest", page=page).json()
        rows += found["rows"]
        page = found["next"]
    assert rows == [["person", ids[0], 2], *(["person", it, 1] for it in ids[2:])]
    assert found["head"] == nia.pull()["next"]


def test_single_records_are_fetched_and_what_is_not_there_is_left_out(nia: Laptop) -> None:
    id_ = nia.add_person()
    gone = nia.add_person()
    nia.pushed(nia.op("delete", "person", gone, 1))
    wanted = [["person", id_], ["person", gone], ["person", str(uuid.uuid4())]]
    found = nia.post(f"buckets/{EAST}/fetch", {"ids": wanted}).json()["records"]
    assert [(it["type"], it["id"], it["ver"], it["by"]) for it in found] == [("person", id_, 1, "Nia")]


@pytest.mark.parametrize("cursor", ["%%%", "YWJj", "A", "é", "LTEuLTE"])
def test_a_cursor_that_is_none_is_refused(cursor: str, nia: Laptop) -> None:
    answer = nia.get(f"buckets/{EAST}/changes", after=cursor)
    assert (answer.status_code, answer.json()["code"]) in {(400, "bad_request"), (410, "cursor_too_old")}


def test_another_store_of_the_same_database_goes_on_where_the_first_was(
    nia: Laptop, place: tuple[Path | None, str | None], store: CentralStore
) -> None:
    id_ = nia.add_person()
    second = open_store(*place, store.clock, cheap_passwords())
    with client(second) as http:
        wes = laptop(http, "Noor")
        assert [entry["id"] for entry in wes.pull()["entries"]] == [id_]
    second.close()
