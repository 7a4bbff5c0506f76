"""The audit's head outside the store: whoever makes the chain anew is found by the laptops and by the file (R35)."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mdt_desktop.central import audit, backup, witnesses
from mdt_desktop.central.anchoring import anchoring
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.errors import AnchorOfAnother, AnchorRefused, AnchorUnreadable
from mdt_desktop.central.tables import AUDIT
from mdt_desktop.cli import central_main
from mdt_desktop.records.base import SCHEMA
from tests.helpers import central_server
from tests.helpers.central import Laptop, cheap_passwords
from tests.helpers.clocks import FrozenClock
from tests.helpers.log_watch import LogWatch
from tests.helpers.tampering import cut_off, make_anew


def session(who: Laptop, held: Any = None) -> Any:
    """What a session tells of the audit."""
    body = {"device": who.device, "app": "0.1.0", "schema": SCHEMA}
    if held is not None:
        body["audit"] = {name: held[name] for name in ("epoch", "entry", "hash")}
    answer = who.post("session", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["audit"]


def noted(store: CentralStore) -> list[tuple[str, str, str]]:
    """Whose head was missed: user, device, detail."""
    with store.database.reading() as connection:
        rows = connection.execute(select(AUDIT).where(AUDIT.c.action == "audit_head_missed").order_by(AUDIT.c.seq))
        return [(row.user_name, row.device_id, row.detail) for row in rows]


def test_a_session_tells_where_the_audit_stands_and_proves_what_was_remembered(
    nia: Laptop, store: CentralStore
) -> None:
    first = session(nia)
    assert (first["seen"], len(first["hash"])) == (None, 64)
    nia.add_person()
    second = session(nia, first)
    assert (second["seen"], second["epoch"]) == (first["hash"], first["epoch"])
    assert second["entry"] > first["entry"]
    assert noted(store) == []


def test_a_chain_that_was_made_anew_is_noted_once_for_each_laptop_and_head(
    nia: Laptop, noor: Laptop, store: CentralStore, log_watch: LogWatch
) -> None:
    log_watch.expect("audit_head_missed")
    held, hers = session(nia), session(noor)
    store.database.write(lambda connection: make_anew(connection, 3))
    with store.database.reading() as connection:
        assert audit.chain(connection).holds  # the chain alone shows nothing
    for _ in range(3):
        assert session(nia, held)["seen"] != held["hash"]
    session(noor, hers)
    assert noted(store) == [
        ("Nia", nia.device, f"entry {held['entry']} with {held['hash']}"),
        ("Noor", noor.device, f"entry {hers['entry']} with {hers['hash']}"),
    ]
    assert sum("audit_head_missed" in it for it in log_watch.entries) == 2


def test_entries_that_were_cut_off_are_missed(nia: Laptop, store: CentralStore, log_watch: LogWatch) -> None:
    log_watch.expect("audit_head_missed")
    held = session(nia)
    store.database.write(lambda connection: cut_off(connection, held["entry"] - 1))
    with store.database.reading() as connection:
        assert audit.chain(connection).holds
    told = session(nia, held)
    # The session's own entry has taken the number of the one that was cut off.
    assert told["seen"] != held["hash"]
    assert [it[0] for it in noted(store)] == ["Nia"]


def test_a_restore_is_no_tampering_and_says_that_it_is_another_epoch(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    nia.add_person()
    held = session(nia)
    backup.restore(store.database, tmp_path / "b.gz", "test", clock)
    assert nia.register().status_code == 200
    told = session(nia, held)
    assert (told["seen"], told["epoch"] == held["epoch"], noted(store)) == (None, False, [])
    assert session(nia, told)["seen"] == told["hash"]


@pytest.mark.parametrize(
    "held",
    [{"epoch": "x", "entry": 1, "hash": "0" * 64}, {"epoch": "0" * 36, "entry": -1, "hash": "0" * 64}, "words", 3],
)
def test_what_is_no_head_is_refused(held: Any, nia: Laptop) -> None:
    answer = nia.post("session", {"device": nia.device, "app": "0.1.0", "schema": SCHEMA, "audit": held})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


# A file on another disk


def anchor(store: CentralStore, file: Path) -> int:
    with store.database.reading() as connection:
        return witnesses.anchor(connection, file, store.clock()).seq


def proved(store: CentralStore, file: Path) -> tuple[int, int | None, int]:
    with store.database.reading() as connection:
        found = witnesses.against(connection, file)
    return found.proved, found.first_wrong, found.not_compared


def test_a_file_of_heads_finds_what_was_made_anew_and_names_its_first_entry(
    nia: Laptop, store: CentralStore, tmp_path: Path
) -> None:
    file = tmp_path / "heads"
    seqs = []
    for _ in range(6):
        seqs.append(anchor(store, file))
        nia.session()
    assert anchor(store, file) == anchor(store, file)  # one that stands already is not written twice
    assert len(file.read_text().splitlines()) == 7
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert proved(store, file) == (seqs[-1] + 1, None, 0)
    store.database.write(lambda connection: make_anew(connection, seqs[3]))
    assert proved(store, file) == (seqs[2], seqs[3], 0)


def test_a_file_of_heads_finds_what_was_cut_off_and_names_the_first_entry_that_is_missing(
    nia: Laptop, store: CentralStore, tmp_path: Path
) -> None:
    file = tmp_path / "heads"
    first = anchor(store, file)
    nia.session()
    nia.session()
    last = anchor(store, file)
    store.database.write(lambda connection: cut_off(connection, first))
    assert (proved(store, file), last) == ((first, first + 1, 0), first + 2)


def test_heads_of_entries_that_a_restore_replaced_are_counted_and_not_called_wrong(
    nia: Laptop, store: CentralStore, clock: FrozenClock, tmp_path: Path
) -> None:
    file = tmp_path / "heads"
    anchor(store, file)
    backup.back_up(store.database, tmp_path / "b.gz", "test", clock)
    before = anchor(store, file)
    nia.session()
    nia.session()
    anchor(store, file)
    backup.restore(store.database, tmp_path / "b.gz", "test", clock)
    present = anchor(store, file)
    # The entry of the backup itself is none of what it holds, so it and what came after it were replaced.
    assert proved(store, file) == (present, None, 2)
    store.database.write(lambda connection: make_anew(connection, 2))
    proved_to, wrong, others = proved(store, file)
    assert (proved_to, wrong, others) == (0, before - 1, 2)


def test_a_file_of_another_store_or_of_something_else_is_refused_and_left_alone(
    store: CentralStore, tmp_path: Path
) -> None:
    other, words = tmp_path / "other", tmp_path / "words"
    elsewhere = open_store(tmp_path / "elsewhere", passwords=cheap_passwords())
    anchor(elsewhere, other)
    elsewhere.close()
    anchor(store, words)
    words.write_text(words.read_text() + '{"entry": "x"}\n')
    for file, error in ((other, AnchorOfAnother), (words, AnchorUnreadable)):
        before = file.read_bytes()
        with pytest.raises(error):
            anchor(store, file)
        with pytest.raises(error):
            proved(store, file)
        assert file.read_bytes() == before
    with pytest.raises(AnchorUnreadable):
        proved(store, tmp_path / "none")


def test_a_server_writes_a_head_at_its_start_now_and_then_and_at_its_end(
    store: CentralStore, nia: Laptop, tmp_path: Path
) -> None:
    file = tmp_path / "heads"
    with anchoring(store, file, every=0.01):
        assert len(file.read_text().splitlines()) == 1
        nia.session()
        while len(file.read_text().splitlines()) < 2:  # or the run never ends, and says where
            pass
        nia.session()
    assert proved(store, file)[1:] == (None, 0)
    with store.database.reading() as connection:
        assert json.loads(file.read_text().splitlines()[-1])["entry"] == witnesses.head(connection).seq


def test_a_file_that_cannot_be_written_stops_the_start_and_not_what_is_served(
    store: CentralStore, nia: Laptop, tmp_path: Path, log_watch: LogWatch
) -> None:
    with pytest.raises(AnchorRefused), anchoring(store, tmp_path / "no" / "folder"):
        raise AssertionError("it was served")
    log_watch.expect("anchor_failed")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with anchoring(store, folder / "heads"):
        (folder / "heads").write_text("somebody else's words\n")
        nia.session()
    assert (folder / "heads").read_text() == "somebody else's words\n"


def test_the_commands_anchor_and_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = str(tmp_path / "data"), str(tmp_path / "heads")

    def run(*verb: str) -> tuple[int, Any]:
        code = central_main.main(["admin", "--data", data, *verb, "--json"])
        return code, json.loads(capsys.readouterr().out)

    run("locality", "add", "East")
    assert run("audit", "--anchor", file)[1]["entry"] == 1
    run("locality", "add", "West")
    assert run("audit", "--anchor", file)[1]["entry"] == 2
    code, told = run("audit", "--verify", "--anchor", file)
    assert (code, told["anchor"]) == (
        0, {"heads": 2, "proved_to_entry": 2, "first_wrong_entry": None, "not_compared": 0}
    )  # fmt: skip
    store = open_store(Path(data), passwords=cheap_passwords())
    store.database.write(lambda connection: make_anew(connection, 2))
    store.close()
    assert run("audit", "--verify") == (0, {"verified": True, "entries": 2, "first_broken_entry": None})
    code, told = run("audit", "--verify", "--anchor", file)
    assert (code, told["verified"], told["first_broken_entry"], told["anchor"]["proved_to_entry"]) == (1, False, 2, 1)
    for wish in (("audit",), ("audit", "--export", file, "--anchor", file)):
        assert (run(*wish)[0], run(*wish)[1]["error"]) == (2, "wrong_usage")
    assert run("audit", "--anchor", str(tmp_path / "no" / "heads"))[1]["error"] == "anchor_refused"


def test_a_started_server_keeps_the_file_up(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "heads"
    with central_server.serving("--data", str(data), "--anchor", str(file)) as server:
        first = json.loads(file.read_text())
        added = central_server.run("admin", "--data", str(data), "locality", "add", "East")
        assert (added.returncode, server.stop()) == (0, 0)
    lines = [json.loads(it)["entry"] for it in file.read_text().splitlines()]
    assert lines == [first["entry"], first["entry"] + 1]
