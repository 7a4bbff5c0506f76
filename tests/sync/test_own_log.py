"""What was done on a laptop reaches the central audit: once, in order, in pages, and nothing that somebody typed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.domain.audit import TOLD
from mdt_desktop.store import audit_log, store_settings
from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync import engine, own_log
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.protocol import LOG_PAGE
from mdt_desktop.sync.remote import Offline
from tests.helpers.clocks import FrozenClock
from tests.sync.conftest import Team
from tests.sync.laptops import Laptop, new_contact
from tests.sync.served import Served, connected, served, sync, with_a_person
from tests.sync.test_copied import a_copy
from tests.sync.test_faults import failing


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "central") as opened:
        yield opened


@pytest.fixture
def robin(store: Served, tmp_path: Path, clock: FrozenClock) -> Iterator[Laptop]:
    made = connected(store, tmp_path / "robin", "Robin Example", clock)
    yield made
    made.close()


def do(laptop: Laptop, *acts: Act) -> None:
    access = laptop.program.access
    laptop.write(lambda connection: audit_log.append(connection, access.actor, laptop.clock(), acts))


def log_of(laptop: Laptop) -> list[tuple[int, str]]:
    return laptop.ask("SELECT seq, hash FROM audit_entry ORDER BY seq")


def device(laptop: Laptop) -> str:
    return str(laptop.one("SELECT device_id FROM sync_account"))


def told(store: Served, laptop: Laptop) -> list[tuple[int, str]]:
    return sorted(store.rows(f"SELECT no, hash FROM laptop_entry WHERE device_id = '{device(laptop)}'"))


def in_audit(store: Served, laptop: Laptop, action: str = "laptop_entry") -> list[Any]:
    assert store.chain_holds()
    rows = store.rows(
        f"SELECT detail FROM audit WHERE device_id = '{device(laptop)}' AND action = '{action}' ORDER BY seq"
    )
    return [json.loads(row[0]) if row[0].startswith("{") else row[0] for row in rows]


def test_what_was_done_is_told_with_ids_and_without_names_or_reasons(store: Served, robin: Laptop) -> None:
    person = with_a_person(robin, store.address)
    do(
        robin,
        Act("view", "person", person, person),
        Act("print", "person", person, person, "plan,risk", "Zebrafinchson asked for it"),
        Act("restore", "backup", "Zebrafinchson.mdtb", reason="the old one was lost"),
        Act("failed_unlock", fields="passphrase", reason="2026-11-22T08:00:00.000000Z"),
    )
    sync(robin, store.address)
    found = [it for it in in_audit(store, robin) if it["action"] in ("view", "print", "failed_unlock")]
    me = robin.program.access.actor.practitioner_id
    assert [(it["action"], it.get("fields", ""), it["actor"]) for it in found] == [
        ("view", "", me), ("print", "plan,risk", me), ("failed_unlock", "passphrase", me),
    ]  # fmt: skip
    assert found[2]["at"] == "2026-11-22T08:00:00.000Z"
    everything = repr(store.rows("SELECT * FROM audit"))
    assert person in everything
    for word in ("Zebrafinchson", "the old one"):
        assert word not in everything
    sync(robin, store.address)
    assert told(store, robin) == log_of(robin)


def test_an_answer_that_was_lost_makes_nothing_count_twice(store: Served, robin: Laptop) -> None:
    do(robin, *[Act("export", "caseload")] * 3)

    class Cut(HttpRemote):
        def tell_log(self, access: str, device: str, page: Any) -> int:
            super().tell_log(access, device, page)
            raise Offline

    with Cut(store.address) as remote, pytest.raises(Offline):
        robin.sync(remote)
    sync(robin, store.address)
    assert sum(it["action"] == "export" for it in in_audit(store, robin)) == 3
    assert in_audit(store, robin, "laptop_log_gap") == []


def test_thousands_of_entries_go_in_pages_and_the_records_go_after_the_first(
    store: Served, robin: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_LOG_PAGES_AFTER", 3)
    person = with_a_person(robin, store.address)
    do(robin, *[Act("update", "person", person, person, "telephone")] * (5 * LOG_PAGE))
    contact = new_contact(robin, person)
    asked: list[str] = []

    class Noted(HttpRemote):
        def _ask(self, method: str, path: str, *given: Any, **more: Any) -> object:
            asked.append(path.rpartition("/")[2])
            return super()._ask(method, path, *given, **more)

    with Noted(store.address) as remote:
        robin.sync(remote)
    assert asked[:3] == ["hello", "session", "audit"]
    assert asked[asked.index("audit") + 1 : asked.index("push")].count("audit") == 0
    assert asked.count("audit") == 4
    assert store.rows(f"SELECT 1 FROM record WHERE id = '{contact}'") == [(1,)]
    assert len(told(store, robin)) < len(log_of(robin))  # what is left goes with the next run
    while told(store, robin)[-1] != log_of(robin)[-1]:
        sync(robin, store.address)
    assert told(store, robin) == log_of(robin)


def test_two_copies_of_a_store_tell_each_entry_once_and_each_its_own(
    store: Served, robin: Laptop, tmp_path: Path
) -> None:
    sync(robin, store.address)
    do(robin, Act("print", "person", fields="both"))
    copy = a_copy(robin, tmp_path / "copy")
    do(robin, Act("export", "person", fields="first"))
    do(copy, Act("export", "person", fields="copy"))
    before = device(robin)
    for laptop in (robin, copy, robin, copy):
        sync(laptop, store.address)
    assert device(robin) == before != device(copy)
    fields = [it.get("fields") for laptop in (robin, copy) for it in in_audit(store, laptop)]
    assert [fields.count(it) for it in ("both", "first", "copy")] == [1, 1, 1]
    (before_copy,) = in_audit(store, copy, "laptop_log_told_before")
    assert before_copy.endswith(f"told by {before}")
    assert [it for it in log_of(copy) if it not in told(store, copy) and it not in told(store, robin)] == []
    copy.close()


def test_a_store_that_was_put_back_goes_on_and_hides_nothing(
    store: Served, robin: Laptop, tmp_path: Path
) -> None:
    sync(robin, store.address)
    old = a_copy(robin, tmp_path / "backup")
    do(robin, Act("export", "person", fields="lost with the laptop"))
    sync(robin, store.address)
    first = device(robin)
    do(old, Act("print", "person", fields="after the restore"))
    for _ in range(2):
        sync(old, store.address)
    assert device(old) != first
    assert "after the restore" in [it.get("fields") for it in in_audit(store, old)]
    assert "lost with the laptop" in repr(store.rows(f"SELECT detail FROM audit WHERE device_id = '{first}'"))
    assert in_audit(store, old, "laptop_log_gap") == []
    old.close()


def test_a_log_with_a_hole_is_told_and_the_hole_is_a_finding(store: Served, robin: Laptop) -> None:
    sync(robin, store.address)
    do(robin, Act("view", "person"), Act("export", "person"), Act("view", "person"))
    hole = robin.one("SELECT max(seq) - 1 FROM audit_entry")
    robin.write(lambda connection: connection.execute("DROP TRIGGER audit_entry_is_never_deleted"))
    robin.write(lambda connection: connection.execute("DELETE FROM audit_entry WHERE seq = ?", (hole,)))
    for _ in range(2):
        sync(robin, store.address)
    assert in_audit(store, robin, "laptop_log_gap") == [f"missing: {hole} to {hole}"]
    assert told(store, robin) == log_of(robin)


def test_a_central_store_that_lost_entries_gets_them_again(store: Served, robin: Laptop) -> None:
    do(robin, Act("export", "person", fields="told again"))
    sync(robin, store.address)
    store.store.database.write(
        lambda connection: connection.exec_driver_sql(
            f"DELETE FROM laptop_entry WHERE device_id = '{device(robin)}' AND no > 2"
        )
    )
    do(robin, Act("view", "person"))
    sync(robin, store.address)
    assert told(store, robin) == log_of(robin)


def test_a_central_store_that_does_not_ask_for_it_is_told_nothing_and_the_records_go_on(
    store: Served, robin: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = HttpRemote._ask

    def older(self: HttpRemote, method: str, path: str, *given: Any, **more: Any) -> object:
        return real(self, method, "no_such_place" if path == "audit" else path, *given, **more)

    person = with_a_person(robin, store.address)
    before = told(store, robin)
    monkeypatch.setattr(HttpRemote, "_ask", older)
    contact = new_contact(robin, person)
    sync(robin, store.address)
    assert store.rows(f"SELECT 1 FROM record WHERE id = '{contact}'") == [(1,)]
    assert told(store, robin) == before


def test_another_central_store_is_told_from_the_beginning(team: Team) -> None:
    read = team.one.program.access.database.reader
    assert own_log.told_up_to(read, team.central.server) == team.one.one("SELECT max(seq) FROM audit_entry")
    assert own_log.told_up_to(read, "another") == 0
    kept = team.one.one("SELECT value FROM setting WHERE key = ?", own_log.MARK)
    team.one.write(lambda connection: store_settings.write(connection, own_log.MARK, f"{kept} and more"))
    assert own_log.told_up_to(team.one.program.access.database.reader, team.central.server) == 0


def test_without_the_network_nothing_is_marked_as_told(team: Team) -> None:
    before = own_log.told_up_to(team.one.program.access.database.writer, team.central.server)
    do(team.one, Act("export", "caseload"))
    team.central.fault = failing(4, "audit", "before")
    with pytest.raises(Offline):
        team.one.sync(team.central)
    assert own_log.told_up_to(team.one.program.access.database.writer, team.central.server) == before


def test_every_act_that_is_told_is_one_of_the_program_and_none_tells_a_search() -> None:
    assert {"view", "print", "export", "unlock", "failed_unlock", "break_glass", "discard_change"} <= TOLD
    assert not TOLD & {"search", "create", "update", "receive"}
