"""What is kept long enough goes, and what still protects somebody stays."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mdt_desktop.central import audit, tidying
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import TooManyPages
from mdt_desktop.central.guard import RequestRate
from mdt_desktop.central.tables import TOKEN
from mdt_desktop.central.tidying import RESULTS_KEPT, Tidied
from tests.helpers.central import EAST, Laptop
from tests.helpers.clocks import FrozenClock


def tidy(store: CentralStore) -> Tidied:
    return store.database.write(lambda connection: tidying.tidy(connection, "test", store.clock()))


def test_a_number_whose_answer_is_forgotten_is_never_taken_anew(
    store: CentralStore, nia: Laptop, clock: FrozenClock
) -> None:
    nia.add_person()
    old = nia.op("create", "person", "00000000-0000-4000-8000-000000000000") | {"op_no": 1}
    assert tidy(store).results == 0
    clock.now += RESULTS_KEPT + timedelta(days=1)
    assert tidy(store).results == 1
    assert nia.register().status_code == 200
    nia.session()
    assert nia.push(old).json()["code"] == "operation_reused"
    listed = nia.get(f"buckets/{EAST}/manifest").json()["rows"]
    assert len(listed) == 1


def test_tokens_of_a_signing_in_that_goes_on_stay_so_that_a_reuse_is_known(store: CentralStore, nia: Laptop) -> None:
    first = nia.refresh
    renewed = nia.http.post(
        "/sync/v1/refresh", json={"refresh": first, "device": nia.device}, headers={"Sync-Protocol": "1"}
    )
    assert renewed.status_code == 200
    assert tidy(store).tokens == 0
    again = nia.http.post(
        "/sync/v1/refresh", json={"refresh": first, "device": nia.device}, headers={"Sync-Protocol": "1"}
    )
    assert again.status_code == 401
    assert tidy(store).tokens == 4
    with store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(TOKEN)).scalar_one() == 0


def test_the_exported_lines_prove_themselves(store: CentralStore, nia: Laptop) -> None:
    id_ = nia.add_person()
    with store.database.reading() as connection:
        *entries, head = [json.loads(line) for line in audit.lines(connection)]
    assert head == {"head": {"seq": len(entries), "hash": entries[-1]["hash"]}}
    assert [it["prev_hash"] for it in entries] == [audit.START, *(it["hash"] for it in entries[:-1])]
    assert [id_] in [it["rec_ids"] for it in entries if it["action"] == "push"]


def test_a_shortened_feed_sends_whoever_is_before_it_to_the_whole_list_and_goes_on(
    store: CentralStore, nia: Laptop, noor: Laptop, clock: FrozenClock
) -> None:
    old = [nia.add_person() for _ in range(3)]
    noor.page(limit=1)
    assert tidy(store).changes == 0
    clock.now += RESULTS_KEPT + timedelta(days=1)
    for laptop in (nia, noor):
        assert laptop.register().status_code == 200
        laptop.session()
    late = nia.add_person()
    assert tidy(store).changes == 3
    assert noor.get(f"buckets/{EAST}/changes", after=noor.cursors[EAST]).status_code == 410
    assert noor.get(f"buckets/{EAST}/changes").status_code == 410
    listed = noor.get(f"buckets/{EAST}/manifest").json()
    assert {row[1] for row in listed["rows"]} == {*old, late}
    fetched = noor.post(f"buckets/{EAST}/fetch", {"ids": [["person", it] for it in old]}).json()
    assert {it["id"] for it in fetched["records"]} == set(old)
    newest = nia.add_person()
    answer = noor.get(f"buckets/{EAST}/changes", after=listed["head"])
    assert [it["id"] for it in answer.json()["entries"]] == [newest]


def test_a_feed_that_is_quite_old_is_empty_and_whoever_had_all_of_it_goes_on(
    store: CentralStore, nia: Laptop, noor: Laptop, clock: FrozenClock
) -> None:
    nia.add_person()
    noor.pull()
    clock.now += RESULTS_KEPT + timedelta(days=1)
    assert tidy(store).changes == 1
    assert noor.register().status_code == 200
    noor.session()
    assert noor.pull()["entries"] == []
    assert nia.register().status_code == 200
    nia.session()
    assert nia.get(f"buckets/{EAST}/changes").status_code == 410


def test_a_device_reads_so_many_pages_a_minute_and_then_waits_as_long_as_it_is_told(
    store: CentralStore, nia: Laptop, noor: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [100.0]
    rate = RequestRate(3, TooManyPages, lambda: seconds[0])
    monkeypatch.setattr(nia.http._transport.app.state, "pages", rate)  # type: ignore[attr-defined]
    for _ in range(3):
        seconds[0] += 10
        assert nia.get(f"buckets/{EAST}/changes").status_code == 200
    for place in ("changes", "manifest"):
        refused = nia.get(f"buckets/{EAST}/{place}")
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (
            429, "too_many_pages", "40",
        )  # fmt: skip
    assert nia.post(f"buckets/{EAST}/fetch", {"ids": []}).status_code == 429
    assert nia.add_person(), "what is written is not held up by it"
    assert noor.get(f"buckets/{EAST}/changes").status_code == 200, "another device has its own"
    seconds[0] += 40
    assert nia.get(f"buckets/{EAST}/changes").status_code == 200
