"""A laptop as a witness of the central store's audit: what it remembers is proved at each session (SECURITY R35)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mdt_desktop.central import backup
from mdt_desktop.domain.audit_head import AuditHead, ToldHead, Verdict, verdict
from mdt_desktop.sync import witness
from mdt_desktop.sync.protocol import AnswerNotUnderstood
from tests.helpers.clocks import FrozenClock
from tests.helpers.log_watch import LogWatch
from tests.helpers.tampering import cut_off, make_anew
from tests.sync.fake_central import FakeCentral
from tests.sync.laptops import Laptop
from tests.sync.served import NAMES, Served, connected, served, sync

_ACTS = "SELECT action, fields FROM audit_entry WHERE action LIKE 'central_audit_%' ORDER BY seq"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "central") as running:
        yield running


@pytest.fixture
def robin(central: Served, tmp_path: Path, clock: FrozenClock) -> Iterator[Laptop]:
    """A laptop that has exchanged once."""
    laptop = connected(central, tmp_path / "robin", NAMES[0], clock)
    sync(laptop, central.address)
    yield laptop
    laptop.close()


def missed(laptop: Laptop) -> int:
    return laptop.program.services.sync_reading.status().missed_entry


def remembered(laptop: Laptop, central: Served) -> AuditHead:
    found = laptop.write(lambda connection: witness.held(connection, server_of(laptop)))
    assert found is not None
    assert central.rows(f"SELECT count(*) FROM audit WHERE seq = {found.seq}") == [(1,)]
    return found


def server_of(laptop: Laptop) -> str:
    return str(laptop.one("SELECT server_id FROM sync_account"))


def test_a_laptop_remembers_the_last_head_and_finds_it_again(central: Served, robin: Laptop) -> None:
    first = remembered(robin, central)
    sync(robin, central.address)
    second = remembered(robin, central)
    assert (first.epoch, second.seq > first.seq, missed(robin)) == (second.epoch, True, 0)
    assert robin.ask(_ACTS) == []


def test_a_log_that_was_made_anew_is_recorded_once_and_told_until_it_was_mended(
    central: Served, robin: Laptop, log_watch: LogWatch, tmp_path: Path
) -> None:
    log_watch.expect("audit_head_missed")
    backup.back_up(central.store.database, tmp_path / "b.gz", "test", central.store.clock)
    sync(robin, central.address)
    held = remembered(robin, central)
    central.store.database.write(lambda connection: make_anew(connection, 2))
    assert central.chain_holds()
    for _ in range(2):
        sync(robin, central.address)
    assert robin.ask(_ACTS) == [("central_audit_differs", str(held.seq))]
    assert (missed(robin), robin.one("SELECT missed_hash FROM central_head")) == (held.seq, held.hash)
    assert central.rows("SELECT count(*) FROM audit WHERE action = 'audit_head_missed'") == [(1,)]
    # Whoever runs the store puts the true log back: another epoch, and nothing is missed any more.
    backup.restore(central.store.database, tmp_path / "b.gz", "test", central.store.clock)
    connect_again(robin, central)
    sync(robin, central.address)
    assert (missed(robin), [it[0] for it in robin.ask(_ACTS)]) == (0, ["central_audit_differs", "central_audit_anew"])
    assert remembered(robin, central).epoch != held.epoch


def connect_again(laptop: Laptop, central: Served) -> None:
    """Sign in after a restore, as the same device."""
    laptop.program.services.syncing.connect(central.address, laptop.name, "open sesame")


def test_an_end_that_was_cut_off_is_found(central: Served, robin: Laptop, log_watch: LogWatch) -> None:
    log_watch.expect("audit_head_missed")
    held = remembered(robin, central)
    central.store.database.write(lambda connection: cut_off(connection, held.seq - 1))
    sync(robin, central.address)
    assert (missed(robin), len(robin.ask(_ACTS))) == (held.seq, 1)


def test_a_store_that_tells_no_head_any_more_is_not_believed(robin: Laptop, central: Served) -> None:
    held = remembered(robin, central)
    silent = FakeCentral(server=server_of(robin))
    silent.members[robin.name] = {}
    tokens = silent.register(robin.name, "open sesame", "", "")
    pair = (tokens.access, tokens.refresh)
    robin.write(lambda it: it.execute("UPDATE sync_account SET access_token = ?, refresh_token = ?", pair))
    for _ in range(2):
        robin.sync(silent)
    assert (missed(robin), robin.ask(_ACTS)) == (held.seq, [("central_audit_differs", str(held.seq))])


HELD = AuditHead("e", 7, "h")


@pytest.mark.parametrize(
    ("held", "told", "expected"),
    [
        (None, None, Verdict.HOLDS),
        (None, ToldHead(HELD, None), Verdict.HOLDS),
        (HELD, ToldHead(AuditHead("e", 9, "k"), "h"), Verdict.HOLDS),
        (HELD, ToldHead(HELD, "h"), Verdict.HOLDS),
        (HELD, ToldHead(AuditHead("e", 9, "k"), "other"), Verdict.DIFFERS),
        (HELD, ToldHead(AuditHead("e", 9, "k"), ""), Verdict.DIFFERS),
        (HELD, ToldHead(AuditHead("e", 9, "k"), None), Verdict.DIFFERS),
        (HELD, ToldHead(AuditHead("e", 6, "k"), "h"), Verdict.DIFFERS),
        (HELD, ToldHead(AuditHead("e", 7, "k"), "h"), Verdict.DIFFERS),
        (HELD, None, Verdict.DIFFERS),
        (HELD, ToldHead(AuditHead("f", 3, "k"), None), Verdict.ANEW),
    ],
    ids=[
        "nothing at all", "the first time", "it has grown", "nothing happened", "another entry", "the entry is gone",
        "it does not say", "shorter than before", "another head of that number", "it says nothing", "after a restore",
    ],
)  # fmt: skip
def test_what_an_answer_says_of_what_was_remembered(
    held: AuditHead | None, told: ToldHead | None, expected: Verdict
) -> None:
    assert verdict(held, told) is expected


@pytest.mark.parametrize("audit", [{}, {"epoch": "e", "entry": "1", "hash": "h"}, {"epoch": 1}, "words", []])
def test_an_answer_that_tells_it_in_another_shape_is_none_of_ours(audit: object) -> None:
    with pytest.raises(AnswerNotUnderstood):
        witness.session({"grants": [], "grants_ver": 1, "must_evict": [], "audit": audit})
