"""What is kept long enough goes, and what still protects somebody stays."""

import json
from datetime import timedelta

from sqlalchemy import func, select

from mdt_desktop.central import audit, tidying
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.tables import TOKEN
from mdt_desktop.central.tidying import RESULTS_KEPT, Tidied
from tests.helpers.central import Laptop
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
    assert len(nia.pull()["entries"]) == 1


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
