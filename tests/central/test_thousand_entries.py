"""SECURITY R35's own measure: a chain of 1,000 entries, spoilt at every index in six ways, and each time the index."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from mdt_desktop.central import audit, witnesses
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore, open_store
from tests.helpers.central import cheap_passwords
from tests.helpers.clocks import FrozenClock
from tests.helpers.tampering import cut_off

ENTRIES = 1000
Row = dict[str, Any]
Rows = list[Row]
COLUMNS = ("at", "user_name", "device_id", "action", "bucket_id", "rec_ids", "detail", "hash", "prev_hash")


@pytest.fixture
def chained(tmp_path: Path, clock: FrozenClock) -> Iterator[CentralStore]:
    store = open_store(tmp_path / "chained", None, clock, cheap_passwords())
    acts = [CentralAct("push", "Nia", detail=str(number), records=[f"r{number}"]) for number in range(ENTRIES)]
    store.database.write(lambda connection: audit.append(connection, clock(), acts))
    yield store
    store.close()


@pytest.fixture
def rows(chained: CentralStore, monkeypatch: pytest.MonkeyPatch) -> Rows:
    """All entries. The hash of a row that nobody touched is worked out once: 5 million would take minutes."""
    with chained.database.reading() as connection:
        found = [dict(row) for row in audit.entries(connection)]
    known: dict[int, str] = {}
    kept: Rows = []
    real = audit.entry_hash

    def once(row: Mapping[Any, Any]) -> str:
        if id(row) not in known:
            kept.append(row)  # type: ignore[arg-type]  # so that no other row gets its id
            known[id(row)] = real(row)
        return known[id(row)]

    monkeypatch.setattr(audit, "entry_hash", once)
    return found


def modified(rows: Rows, place: int) -> Rows:
    name = COLUMNS[place % len(COLUMNS)]
    return [*rows[:place], {**rows[place], name: f"x{rows[place][name]}"}, *rows[place + 1 :]]


def deleted(rows: Rows, place: int) -> Rows:
    return [*rows[:place], *rows[place + 1 :]]


def deleted_and_numbered_anew(rows: Rows, place: int) -> Rows:
    return [*rows[:place], *({**row, "seq": row["seq"] - 1} for row in rows[place + 1 : place + 3])]


def inserted(rows: Rows, place: int) -> Rows:
    """A copy of another entry under this number."""
    other = rows[(place + 500) % ENTRIES]
    return [*rows[:place], {**other, "seq": place + 1}, *rows[place:]]


def swapped(rows: Rows, place: int) -> Rows:
    one, two = rows[place], rows[(place + 1) % ENTRIES]
    both = [{**two, "seq": one["seq"]}, {**one, "seq": two["seq"]}]
    # The last has no next one and changes places with the first.
    return [*rows[:place], *both, *rows[place + 2 :]] if place + 1 < ENTRIES else [both[1], *rows[1:place], both[0]]


def truncated(rows: Rows, place: int) -> Rows:
    return rows[:place]


WAYS: tuple[Callable[[Rows, int], Rows], ...] = (
    modified, deleted, deleted_and_numbered_anew, inserted, swapped, truncated,
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=[it.__name__ for it in WAYS])
def test_every_index_is_found_and_named(way: Callable[[Rows, int], Rows], rows: Rows) -> None:
    head = str(rows[-1]["hash"])
    assert (len(rows), audit.first_broken(rows, ENTRIES, head)) == (ENTRIES, None)
    places = [place + 1 for place in range(ENTRIES)]
    if way is swapped:
        places[-1] = 1
    assert [audit.first_broken(way(rows, place), ENTRIES, head) for place in range(ENTRIES)] == places


def test_an_entry_that_is_put_in_with_right_hashes_breaks_what_follows_it(rows: Rows) -> None:
    head, found = str(rows[-1]["hash"]), []
    for place in range(1, ENTRIES):
        before = str(rows[place - 1]["hash"])
        forged = {**rows[place], "user_name": "nobody", "prev_hash": before}
        forged["hash"] = audit.entry_hash(forged)
        moved = [{**row, "seq": row["seq"] + 1} for row in rows[place : place + 2]]
        found.append(audit.first_broken([*rows[:place], forged, *moved], ENTRIES, head))
    assert found == [place + 2 for place in range(1, ENTRIES)]


def test_an_end_that_is_cut_off_with_its_head_is_found_at_every_index_by_a_head_elsewhere(
    chained: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    file, found = tmp_path / "heads", []

    def cut(connection: Connection) -> None:
        witnesses.anchor(connection, file, clock())
        for last in range(ENTRIES - 1, 0, -1):
            cut_off(connection, last)
            found.append(witnesses.against(connection, file).first_wrong)

    chained.database.write(cut)
    with chained.database.reading() as connection:
        assert audit.chain(connection) == audit.ChainState(1, None)  # the chain itself says that nothing is missing
    assert found == list(range(ENTRIES, 1, -1))
