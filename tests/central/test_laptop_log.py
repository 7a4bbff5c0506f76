"""A laptop tells its own audit: each entry once, none missing unsaid, ids only, in the central chain (SYNC 5.15)."""

import hashlib
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from mdt_desktop.central import audit, moving, tidying
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.tables import AUDIT, LAPTOP_ENTRY
from mdt_desktop.central.tidying import RESULTS_KEPT
from mdt_desktop.sync.protocol import LOG_PAGE
from tests.central.test_enrolment import enrolled
from tests.helpers.central import WEST, Laptop, laptop
from tests.helpers.clocks import FrozenClock

START = "0" * 64
PERSON = "00000000-0000-4000-8000-000000000001"
VIEW: dict[str, Any] = {"at": "2026-11-23T09:00:00.000Z", "action": "view", "kind": "person", "person_id": PERSON,
                        "record_id": PERSON}  # fmt: skip


def hash_of(no: int, of: str = "one") -> str:
    return hashlib.sha256(f"{of} {no}".encode()).hexdigest() if no else START


def entry(no: int, of: str = "one", **act: Any) -> dict[str, Any]:
    return {"no": no, "hash": hash_of(no, of)} | ({"act": VIEW | act} if act else {})


def tell(who: Laptop, *entries: dict[str, Any], of: str = "one", **more: Any) -> Any:
    given = {"device": who.device, "before": hash_of(entries[0]["no"] - 1, of), "entries": list(entries)}
    return who.post("audit", given | more)


def acts(store: CentralStore, *actions: str) -> list[Any]:
    """Entries of the central audit, whose chain must hold."""
    with store.database.reading() as connection:
        assert audit.chain(connection).holds
        return list(connection.execute(select(AUDIT).where(AUDIT.c.action.in_(actions)).order_by(AUDIT.c.seq)))


FINDINGS = ("laptop_log_gap", "laptop_log_continues", "laptop_log_told_before", "refused")


def test_what_was_done_is_in_the_chain_with_user_and_device_and_the_rest_only_counts(
    nia: Laptop, store: CentralStore
) -> None:
    actor = str(uuid.uuid4())
    answer = tell(nia, entry(1), entry(2, action="print", fields="plan,risk", actor_id=actor), entry(3))
    assert (answer.status_code, answer.json()) == (200, {"last": 3})
    (told,) = acts(store, "laptop_entry")
    assert (told.user_name, told.device_id, told.rec_ids) == ("Nia", nia.device, f'["{PERSON}"]')
    assert told.detail == (
        '{"no": 2, "at": "2026-11-23T09:00:00.000Z", "action": "print", "kind": "person", "fields": "plan,risk",'
        f' "actor": "{actor}"}}'
    )
    assert acts(store, *FINDINGS) == []


def test_an_entry_that_comes_again_counts_once(nia: Laptop, store: CentralStore) -> None:
    first = [entry(1, action="view"), entry(2, action="print")]
    assert tell(nia, *first).json() == {"last": 2}
    assert tell(nia, *first).json() == {"last": 2}
    assert tell(nia, entry(2, action="print"), entry(3, action="export")).json() == {"last": 3}
    assert len(acts(store, "laptop_entry")) == 3


def test_entries_that_are_missing_are_asked_for_and_taken_in_their_order(nia: Laptop, store: CentralStore) -> None:
    tell(nia, entry(1), entry(2))
    answer = tell(nia, entry(5, action="view"))
    assert (answer.status_code, answer.json()["resend_from"]) == (409, 3)
    assert acts(store, "laptop_entry", *FINDINGS) == []
    assert tell(nia, *[entry(no) for no in range(3, 6)]).json() == {"last": 5}
    late = Laptop(nia.http, "Noor")
    late.register()
    answer = tell(late, entry(7, "two"), of="two")
    assert (answer.status_code, answer.json()["resend_from"]) == (409, 1)


def test_a_gap_that_cannot_be_filled_is_a_finding(nia: Laptop, store: CentralStore) -> None:
    tell(nia, entry(1), entry(2))
    assert tell(nia, entry(5), entry(9), incomplete=True).json() == {"last": 9}
    (found,) = acts(store, *FINDINGS)
    assert (found.action, found.device_id, found.detail) == (
        "laptop_log_gap", nia.device, "missing: 3 to 4; 6 to 8"
    )  # fmt: skip


def test_a_number_told_with_another_content_is_a_copied_store_and_in_the_audit(
    nia: Laptop, store: CentralStore
) -> None:
    tell(nia, entry(1), entry(2))
    answer = tell(nia, entry(2, "another"), entry(3, "another", action="view"), of="another")
    assert (answer.status_code, answer.json()["code"]) == (409, "operation_reused")
    grown = tell(nia, entry(3, action="view"), before=hash_of(2, "another"))
    assert (grown.status_code, grown.json()["code"]) == (409, "operation_reused")
    assert [it.detail for it in acts(store, *FINDINGS)] == ["laptop_log operation_reused"] * 2
    assert acts(store, "laptop_entry") == []


def test_a_copy_goes_on_as_a_device_of_its_own_and_what_both_tell_counts_once(
    nia: Laptop, store: CentralStore
) -> None:
    tell(nia, entry(1, action="view"), entry(2, action="view"))
    copy = enrolled(nia)
    tell(nia, entry(3, action="print"), entry(4, action="print"))
    own = tell(copy, entry(3, action="print"), entry(4, "copy", action="export"))
    assert own.json() == {"last": 4}
    told = acts(store, "laptop_entry")
    assert [(it.device_id == copy.device, it.detail.split('"')[9]) for it in told] == [
        (False, "view"), (False, "view"), (False, "print"), (False, "print"), (True, "export"),
    ]  # fmt: skip
    assert [(it.action, it.device_id, it.detail) for it in acts(store, *FINDINGS)] == [
        ("laptop_log_continues", copy.device, f"from 3, after {nia.device}"),
        ("laptop_log_told_before", copy.device, f"1 entries, told by {nia.device}"),
    ]


def test_a_new_device_that_leaves_out_what_came_before_is_asked_for_it_or_found_out(
    nia: Laptop, store: CentralStore
) -> None:
    assert tell(nia, entry(40, action="view")).json()["resend_from"] == 1
    assert tell(nia, entry(40, action="view"), incomplete=True).json() == {"last": 40}
    assert [it.detail for it in acts(store, *FINDINGS)] == ["missing: before 40"]


def test_an_entry_about_somebody_of_a_bucket_that_is_not_held_is_kept_and_tells_nothing(
    noor: Laptop, nia: Laptop, store: CentralStore, http: Any
) -> None:
    """What was looked at before a bucket was lost must be known; whether somebody is there is not told by it."""
    theirs = noor.add_person(bucket=WEST)
    there = tell(nia, entry(1, person_id=theirs, record_id=theirs))
    absent = tell(laptop(http, "Wes"), entry(1, "wes", person_id=PERSON), of="wes")
    assert (there.status_code, there.json()) == (absent.status_code, absent.json()) == (200, {"last": 1})
    told = acts(store, "laptop_entry")
    assert [(it.user_name, it.rec_ids) for it in told] == [("Nia", f'["{theirs}"]'), ("Wes", f'["{PERSON}"]')]


WRONG: dict[str, dict[str, Any]] = {
    "out of order": {"entries": [entry(2), entry(1)]},
    "one twice": {"entries": [entry(1), entry(1)]},
    "a hole that is not said": {"entries": [entry(1), entry(3)]},
    "no entry": {"entries": []},
    "more than a page": {"entries": [entry(no) for no in range(1, LOG_PAGE + 2)]},
    "a number below one": {"entries": [entry(1) | {"no": 0}]},
    "something before the first": {"entries": [entry(1)], "before": "1" * 64},
    "a short hash": {"entries": [entry(1) | {"hash": "1" * 63}]},
    "a hash of a megabyte": {"entries": [entry(1) | {"hash": "1" * 900_000}]},
    "an act of many letters": {"entries": [entry(1, action="a" * 51)]},
    "fields of many letters": {"entries": [entry(1, fields="a" * 501)]},
    "fields with a name": {"entries": [entry(1, fields="Wilma Examplesson")]},
    "a kind that is a sentence": {"entries": [entry(1, kind="Wilma asked")]},
    "an id that is a name": {"entries": [entry(1, record_id="Wilma Examplesson")]},
    "no moment": {"entries": [entry(1, at="yesterday")]},
    "another device": {"entries": [entry(1)], "device": PERSON},
}


@pytest.mark.parametrize("why", WRONG)
def test_what_is_too_long_or_of_another_form_is_refused_whole(why: str, nia: Laptop, store: CentralStore) -> None:
    body = {"device": nia.device, "before": START} | WRONG[why]
    assert nia.post("audit", body).status_code == 400
    with store.database.reading() as connection:
        assert connection.execute(select(LAPTOP_ENTRY)).all() == []
    assert acts(store, "laptop_entry") == []


def test_names_reasons_and_whatever_else_is_sent_are_not_kept(nia: Laptop, store: CentralStore) -> None:
    tell(nia, entry(1, reason="Zebrafinchson asked", actor="Zebrafinchson"))
    with store.database.reading() as connection:
        kept = "\n".join(audit.lines(connection))
    assert "laptop_entry" in kept
    assert "Zebrafinchson" not in kept


def test_nothing_is_kept_of_somebody_who_was_erased(nia: Laptop, store: CentralStore, clock: FrozenClock) -> None:
    person = nia.add_person()
    store.database.write(lambda connection: moving.erase_person(connection, person, "test", "order", clock()))
    tell(nia, entry(1, person_id=person, record_id=person))
    (told,) = acts(store, "laptop_entry")
    assert (told.rec_ids, told.detail) == ("[]", '{"no": 1, "at": "2026-11-23T09:00:00.000Z", "action": "view"}')


def test_thousands_of_entries_are_taken_page_by_page(nia: Laptop, store: CentralStore) -> None:
    for start in range(1, 2_001, LOG_PAGE):
        page = [entry(no, action="view") if no % 10 == 0 else entry(no) for no in range(start, start + LOG_PAGE)]
        assert tell(nia, *page).json() == {"last": start + LOG_PAGE - 1}
    assert len(acts(store, "laptop_entry")) == 200


def test_tidying_leaves_the_last_of_each_device_so_that_its_numbers_go_on(
    nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    tell(nia, entry(1, action="view"), entry(2, action="view"))
    clock.now += RESULTS_KEPT * 2
    store.database.write(lambda connection: tidying.tidy(connection, "test", store.clock()))
    with store.database.reading() as connection:
        assert [it.no for it in connection.execute(select(LAPTOP_ENTRY))] == [2]
    nia.register()
    assert tell(nia, entry(1, action="view"), entry(2, action="view"), entry(3)).json() == {"last": 3}
    assert len(acts(store, "laptop_entry")) == 2
