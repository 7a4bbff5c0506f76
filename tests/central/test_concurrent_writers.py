"""Several writers and a reader at once: nothing is lost; the mutant that counts by a sequence is caught (SYNC 2)."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, text, update

from mdt_desktop.central import audit, feed
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.digest import Digest
from mdt_desktop.central.tables import BUCKET
from tests.helpers.central import EAST, WEST, Laptop, cheap_passwords, client, furnish, laptop, person
from tests.helpers.clocks import FrozenClock

LONG = 60.0


def until(true: Callable[[], bool]) -> None:
    """Wait for what is to be true, at most a minute."""
    pause = threading.Event()
    for _ in range(int(LONG / 0.01)):
        if true():
            return
        pause.wait(0.01)
    pytest.fail("it did not come true in a minute")


@pytest.fixture
def two_stores(place: tuple[Path | None, str | None], clock: FrozenClock) -> Iterator[list[CentralStore]]:
    """Two servers' worth of one database; a folder is served by one process, so there both are one."""
    folder, url = place
    first = open_store(folder, url, clock, cheap_passwords())
    furnish(first)
    stores = [first, first if url is None else open_store(folder, url, clock, cheap_passwords())]
    yield stores
    for store in stores:
        store.close()


@pytest.mark.timeout(600)
def test_ten_writers_on_two_servers_lose_nothing_and_leave_no_hole(two_stores: list[CentralStore]) -> None:
    clients = [client(store) for store in two_stores]
    writers = [laptop(clients[number % 2], "Noor" if number % 3 else "Nia") for number in range(10)]
    reader = laptop(clients[0], "Noor")
    made: list[list[str]] = [[] for _ in writers]
    done = threading.Event()

    def write(number: int) -> None:
        who = writers[number]
        for turn in range(12):
            bucket = WEST if who.user == "Noor" and turn % 3 == 0 else EAST
            a, b = str(uuid.uuid4()), str(uuid.uuid4())
            ops = [
                who.op("create", "person", a, bucket=bucket, values=person(a), group=turn),
                who.op("create", "person", b, values=person(b), group=turn),
            ]
            assert [it["status"] for it in who.pushed(*ops)] == ["ok", "ok"]
            made[number] += [a, b]

    def read() -> None:
        while not done.is_set():
            reader.page(EAST, 7)
            reader.page(WEST, 7)

    with ThreadPoolExecutor(len(writers) + 1) as pool:
        reading = pool.submit(read)
        writing = [pool.submit(write, number) for number in range(len(writers))]
        for future in writing:
            future.result()
        done.set()
        reading.result()
    reader.pull(EAST)
    reader.pull(WEST)
    assert {id_ for _, _, id_ in reader.held} == {id_ for ids in made for id_ in ids}
    with two_stores[1].database.reading() as connection:
        assert audit.chain(connection).holds
    for opened in clients:
        opened.close()


def by_sequence(pause: Callable[[], None]) -> Any:
    """The mutant: numbers of a sequence, as `bigserial` gives them, before the row is locked."""

    def take(connection: Connection, bucket: str, count: int) -> tuple[int, Digest]:
        numbers = [connection.execute(text("SELECT nextval('mutant')")).scalar_one() for _ in range(count)]
        pause()
        row = connection.execute(
            update(BUCKET)
            .where(BUCKET.c.id == bucket)
            .values(head=text(f"greatest(head, {int(numbers[-1])})"))
            .returning(BUCKET.c.digest_count, BUCKET.c.digest_sum)
        ).one()
        return int(numbers[0]), Digest(int(row.digest_count), int(row.digest_sum))

    return take


def by_row(pause: Callable[[], None]) -> Any:
    """What the program does: the number under the row's lock."""
    real = feed.take_numbers

    def take(connection: Connection, bucket: str, count: int) -> tuple[int, Digest]:
        taken = real(connection, bucket, count)
        pause()
        return taken

    return take


def waits_for_a_lock(store: CentralStore) -> bool:
    with store.database.reading() as connection:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(connection.execute(waiting).scalar_one())


def lost_beside_a_slow_writer(
    store: CentralStore, counting: Callable[[Callable[[], None]], Any], monkeypatch: pytest.MonkeyPatch
) -> set[str]:
    """What a reader never sees while one writer is slow between taking its number and committing."""
    http = client(store)
    slow, quick, reader = laptop(http, "Nia"), laptop(http, "Noor"), laptop(http, "Noor")
    taken, go = threading.Event(), threading.Event()
    first = threading.Lock()

    def pause() -> None:
        # Only the first writer is slow.
        if first.acquire(blocking=False):
            taken.set()
            assert go.wait(LONG)

    monkeypatch.setattr(feed, "take_numbers", counting(pause))
    cursor, seen = "", set[str]()

    def read() -> None:
        nonlocal cursor
        answer = reader.get(f"buckets/{EAST}/changes", after=cursor)
        if answer.status_code == 410:  # a hole: as a laptop does, it compares all and goes on from there
            listed = reader.get(f"buckets/{EAST}/manifest").json()
            seen.update(row[1] for row in listed["rows"])
            cursor = listed["head"]
            return
        page = answer.json()
        seen.update(entry["id"] for entry in page["entries"])
        cursor = page["next"]

    with ThreadPoolExecutor(2) as pool:
        slowly = pool.submit(slow.add_person)
        try:
            assert taken.wait(LONG)
            quickly = pool.submit(quick.add_person)
            until(lambda: quickly.done() or waits_for_a_lock(store))
            read()
        finally:
            go.set()
        made = {slowly.result(), quickly.result()}
    read()
    http.close()
    return made - seen


@pytest.fixture
def postgres_store(postgres_url: str, clock: FrozenClock) -> Iterator[CentralStore]:
    """A furnished store on PostgreSQL only."""
    opened = open_store(None, postgres_url, clock, cheap_passwords())
    furnish(opened)
    yield opened
    opened.close()


def test_a_slow_writer_is_not_overtaken(postgres_store: CentralStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lost_beside_a_slow_writer(postgres_store, by_row, monkeypatch) == set()


def test_the_mutant_that_counts_by_a_sequence_loses_the_slow_writers_change(
    postgres_store: CentralStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_store.database.write(lambda connection: connection.execute(text("CREATE SEQUENCE mutant")))
    assert len(lost_beside_a_slow_writer(postgres_store, by_sequence, monkeypatch)) == 1


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same time; their results."""
    together = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        together.wait(LONG)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def test_one_push_that_arrives_three_times_at_once_has_one_effect(nia: Laptop) -> None:
    id_ = str(uuid.uuid4())
    op = nia.op("create", "person", id_, values=person(id_))
    first, second, third = at_once(*[lambda: nia.pushed(op)] * 3)
    assert first == second == third
    assert first[0]["status"] == "ok"
    assert len(nia.pull()["entries"]) == 1


def test_one_record_made_on_several_laptops_at_once_is_one(http: httpx.Client) -> None:
    laptops = [laptop(http, "Nia") for _ in range(4)]
    id_ = str(uuid.uuid4())
    results = at_once(*[
        lambda who=who: who.pushed(who.op("create", "person", id_, values=person(id_)))[0]["status"] for who in laptops
    ])  # fmt: skip
    assert sorted(results) == ["duplicate"] * 3 + ["ok"]


def test_one_nhs_number_given_to_several_people_at_once_is_ones(http: httpx.Client) -> None:
    laptops = [laptop(http, "Nia") for _ in range(4)]

    def add(who: Laptop) -> Any:
        id_ = str(uuid.uuid4())
        return who.pushed(who.op("create", "person", id_, values=person(id_, nhs_number="9990000018")))[0]

    results = at_once(*[lambda who=who: add(who) for who in laptops])
    assert sorted(it["status"] for it in results) == ["invalid"] * 3 + ["ok"]
    assert len({it["duplicate_of"] for it in results if it["status"] == "invalid"}) == 1


def test_two_transactions_that_wait_for_each_other_are_both_done_in_the_end(postgres_store: CentralStore) -> None:
    met = threading.Barrier(2)
    runs: list[str] = []

    def crossing(one: str, other: str) -> Callable[[], None]:
        def work(connection: Connection) -> None:
            runs.append(one)
            for number, bucket in enumerate((one, other)):
                connection.execute(update(BUCKET).where(BUCKET.c.id == bucket).values(tier="ordinary"))
                if number == 0 and len(runs) <= 2:
                    met.wait(LONG)

        return lambda: postgres_store.database.write(work)

    at_once(crossing(EAST, WEST), crossing(WEST, EAST))
    assert len(runs) >= 3
