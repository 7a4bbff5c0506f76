"""Exchanges and saves of a process that is really killed: all or nothing of each page, each answer and each edit."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.records import Person
from tests.helpers.clocks import FrozenClock
from tests.helpers.cut_line import line_to
from tests.helpers.killed_exchange import POINTS
from tests.helpers.stores import PASSPHRASE
from tests.sync.laptops import Laptop, new_contact
from tests.sync.served import NAMES, Served, connected, require_the_same, served, sync, with_a_person

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="forks"), pytest.mark.real_argon2]
_ROOT = Path(__file__).resolve().parents[2]
SIGKILL = 9


@dataclass
class Killing:
    """Two laptops and a central store; `kill` has a process work on the store of the first until it is killed."""

    central: Served
    one: Laptop
    other: Laptop
    person: str
    kill: Callable[..., int]
    asleep: Callable[[str, str], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killing]:
    folder, clock = tmp_path_factory.mktemp("killed"), FrozenClock()
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.killed_exchange"],
        cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with served(folder / "central") as central, worker:
        one, other = (connected(central, folder / name[:3], name, clock) for name in NAMES[:2])
        person = with_a_person(one, central.address)
        sync(other, central.address)

        def tell(line: str) -> str:
            assert worker.stdin is not None
            assert worker.stdout is not None
            worker.stdin.write(f"{line}\n")
            worker.stdin.flush()
            return worker.stdout.readline().strip()

        def begin(verb: str, point: str, by: int, address: str, value: str = "") -> str:
            one.program.close()
            asked = {"folder": str(one.folder.root), "address": address, "verb": verb, "point": point, "signal": by}
            return tell(json.dumps({**asked, "person": person, "value": value}))

        def kill(verb: str, point: str, value: str = "") -> int:
            ended = int(begin(verb, point, SIGKILL, central.address, value))
            one.program = bootstrap.open_with_passphrase(one.folder, PASSPHRASE, clock=clock)
            return ended

        @contextmanager
        def asleep(point: str, address: str) -> Iterator[None]:
            assert begin("sync", point, signal.SIGSTOP, address) == "asleep"
            try:
                yield
            finally:
                ended = tell("wake")
                one.program = bootstrap.open_with_passphrase(one.folder, PASSPHRASE, clock=clock)
            assert ended == "0"

        yield Killing(central, one, other, person, kill, asleep)
        one.close()
        other.close()
        assert worker.stdin is not None
        worker.stdin.close()


EXCHANGES = [name for name in POINTS if not name.startswith("in a save")]
SAVES = [name for name in POINTS if name.startswith("in a save")]


@pytest.mark.parametrize("point", EXCHANGES)
def test_killed_in_an_exchange_nothing_is_lost_and_nothing_counts_twice(point: str, killing: Killing) -> None:
    """9 and 11: the same field is edited again afterwards, and that is no conflict with oneself."""
    one, other = killing.one, killing.other
    mark = f"{EXCHANGES.index(point)}"
    new_contact(other, killing.person, name=f"of the other {mark}")
    other.change(Person, killing.person, killing.person, email=f"{mark}@example.org")
    sync(other, killing.central.address)
    one.change(Person, killing.person, killing.person, telephone=f"1{mark}")
    new_contact(one, killing.person, name=f"of the killed one {mark}")
    assert killing.kill("sync", point) == SIGKILL
    one.change(Person, killing.person, killing.person, telephone=f"2{mark}")
    for laptop in (one, other, one):
        sync(laptop, killing.central.address)
    require_the_same(killing.central, one, other)
    assert one.ask("SELECT * FROM conflict") == []
    for laptop in (one, other):
        assert laptop.ask("SELECT telephone, email FROM person") == [(f"2{mark}", f"{mark}@example.org")]
        names = [row[0] for row in laptop.ask("SELECT name FROM personal_contact WHERE name LIKE ?", f"%{mark}")]
        assert sorted(names) == [f"of the killed one {mark}", f"of the other {mark}"]


@pytest.mark.parametrize("point", EXCHANGES)
def test_asleep_in_an_exchange_it_goes_on_with_another_network_and_nothing_is_lost(
    point: str, killing: Killing
) -> None:
    """54: what the other wrote meanwhile comes with the same run or the next."""
    one, other = killing.one, killing.other
    mark = f"{EXCHANGES.index(point)}"
    new_contact(other, killing.person, name=f"before the sleep {mark}")
    other.change(Person, killing.person, killing.person, email=f"awake{mark}@example.org")
    sync(other, killing.central.address)
    one.change(Person, killing.person, killing.person, telephone=f"3{mark}")
    new_contact(one, killing.person, name=f"of who sleeps {mark}")
    with line_to(killing.central.address) as line, killing.asleep(point, line.address):
        new_contact(other, killing.person, name=f"in the sleep {mark}")
        other.change(Person, killing.person, killing.person, email=f"slept{mark}@example.org")
        sync(other, killing.central.address)
        line.hang_up()
    for laptop in (one, other, one):
        sync(laptop, killing.central.address)
    require_the_same(killing.central, one, other)
    assert one.ask("SELECT * FROM conflict") == []
    for laptop in (one, other):
        assert laptop.ask("SELECT telephone, email FROM person") == [(f"3{mark}", f"slept{mark}@example.org")]
        names = laptop.one("SELECT count(*) FROM personal_contact WHERE name LIKE ?", f"%sleep% {mark}")
        assert names == 3


@pytest.mark.parametrize("point", SAVES)
def test_killed_in_a_save_the_edit_is_there_with_its_operation_or_not_at_all(point: str, killing: Killing) -> None:
    """10."""
    one = killing.one
    sync(one, killing.central.address)
    before = one.one("SELECT telephone FROM person")
    assert killing.kill("edit", point, value=f"never {point}"[:40]) == SIGKILL
    assert one.one("SELECT telephone FROM person") == before
    assert one.ask("SELECT * FROM outbox") == []
    assert one.program.access.database.check().problems == ()
    one.change(Person, killing.person, killing.person, telephone=f"after {SAVES.index(point)}")
    for laptop in (one, killing.other):
        sync(laptop, killing.central.address)
    require_the_same(killing.central, one, killing.other)
