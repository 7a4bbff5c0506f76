"""A real line that is cut, sends twice, crawls or ends at somebody else: each change counts once, nothing is lost."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.records import Person
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.remote import NotTheCentralStore, Offline
from tests.helpers.clocks import FrozenClock
from tests.helpers.cut_line import Cut, Line, answering_with, line_to
from tests.sync.laptops import Laptop, new_contact
from tests.sync.served import NAMES, Served, connected, require_the_same, served, sync, with_a_person

MARKER = "Quillfeather"


@dataclass
class Wired:
    """Two laptops, a central store, and a line to it."""

    central: Served
    line: Line
    one: Laptop
    other: Laptop
    person: str


@dataclass
class Network:
    """What the tests of this file share: starting it takes seconds."""

    central: Served
    one: Laptop
    other: Laptop


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder, clock = tmp_path_factory.mktemp("network"), FrozenClock()
    with served(folder / "central") as central:
        one, other = (connected(central, folder / name[:3], name, clock) for name in NAMES[:2])
        yield Network(central, one, other)
        one.close()
        other.close()


@pytest.fixture
def wired(network: Network) -> Iterator[Wired]:
    """A line of its own, and somebody whom both laptops know."""
    central, one, other = network.central, network.one, network.other
    with line_to(central.address) as line:
        person = with_a_person(one, central.address)
        sync(other, central.address)
        one.waits.clear()
        yield Wired(central, line, one, other, person)


def edit(wired: Wired) -> None:
    wired.one.change(Person, wired.person, wired.person, telephone="1")
    new_contact(wired.one, wired.person, name=MARKER)


def telephone(wired: Wired) -> str:
    return str(wired.other.one("SELECT telephone FROM person WHERE id = ?", wired.person))


def push(head: bytes) -> bool:
    return b"/push" in head


def page(head: bytes) -> bool:
    return b"/changes" in head


CUTS = {
    "cut before the request arrives (1)": (push, Cut(up=0)),
    "cut in the middle of the head (2)": (push, Cut(up=60)),
    "cut in the middle of the body (2)": (push, Cut(up=700)),
    "the answer is lost (3)": (push, Cut(down=0)),
    "the answer is cut (3)": (push, Cut(down=150)),
    "the request comes twice (6)": (push, Cut(twice=True)),
    "the page is cut (8)": (page, Cut(down=400)),
    "the page is cut at once (8)": (page, Cut(down=0)),
}


@pytest.mark.parametrize("name", CUTS)
def test_whatever_becomes_of_one_request_each_change_is_taken_once(name: str, wired: Wired) -> None:
    edit(wired)
    wired.line.wanted, cut = CUTS[name]
    wired.line.cuts = [cut]
    sync(wired.one, wired.line.address)
    assert wired.line.cuts == []
    wired.line.cuts = [cut] if name.endswith("(8)") else []
    sync(wired.other, wired.line.address)
    require_the_same(wired.central, wired.one, wired.other)
    assert wired.one.ask("SELECT * FROM conflict") == []
    contacts = wired.other.ask("SELECT id FROM personal_contact WHERE person_id = ?", wired.person)
    assert len(contacts) == 1
    assert ("personal_contact", contacts[0][0], 1) in wired.central.rows("SELECT type, id, ver FROM record")
    assert telephone(wired) == "1"


def test_a_line_that_is_cut_again_and_again_ends_the_run_and_keeps_the_rest(wired: Wired) -> None:
    edit(wired)
    wired.line.wanted, wired.line.cuts = push, [Cut(down=0)] * 9
    with pytest.raises(Offline):
        sync(wired.one, wired.line.address)
    assert len(wired.one.waits) == 3
    wired.one.change(Person, wired.person, wired.person, telephone="2")
    wired.line.cuts = []
    sync(wired.one, wired.line.address)
    sync(wired.other, wired.line.address)
    require_the_same(wired.central, wired.one, wired.other)
    assert wired.one.ask("SELECT * FROM conflict") == []
    assert telephone(wired) == "2"


def test_a_slow_line_that_breaks_now_and_then_brings_everything_in_the_end(wired: Wired) -> None:
    """47, simulated: parts of 200 bytes with a pause, one request in three cut (no root for `tc netem`)."""
    for number in range(20):
        new_contact(wired.one, wired.person, name=f"Contact {number}", comments="x" * 200)
    slow = Cut(part=200, pause=0.002)
    wired.line.wanted = lambda head: True
    wired.line.cuts = [slow, slow, Cut(down=100), slow, Cut(up=300), slow, slow, Cut(down=0), *[slow] * 8]
    for _ in range(3):
        try:
            sync(wired.one, wired.line.address)
            break
        except MdtError:
            continue
    wired.line.cuts = [slow, slow, Cut(down=2000), *[slow] * 9]
    sync(wired.other, wired.line.address)
    require_the_same(wired.central, wired.one, wired.other)


PORTALS = {
    "a portal's page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>Hi</html>",
    "a portal's page that says it is JSON": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15"
    b"\r\n\r\n<html>Hi</html>",
    "JSON of somebody else": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14"
    b'\r\n\r\n{"login":true}',
    "a way to a portal": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n",
    "another central store": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 199\r\n\r\n"
    + b'{"server":"22222222-2222-4222-8222-222222222222","protocol":[1,1],"schema":[1,99],'
    b'"time":"2026-11-23T09:00:00.000Z","limits":{"push_ops":200,"push_bytes":1048576,"page":200}}'.ljust(199),
}


@pytest.mark.parametrize("name", PORTALS)
def test_who_is_not_the_central_store_gets_nothing_and_gives_nothing(name: str, wired: Wired) -> None:
    """46."""
    edit(wired)
    before = wired.one.ask("SELECT op_no, status, set_json FROM outbox")
    with answering_with(PORTALS[name]) as portal, pytest.raises(NotTheCentralStore):
        sync(wired.one, portal)
    assert wired.one.ask("SELECT op_no, status, set_json FROM outbox") == before
    sync(wired.one, wired.central.address)
    sync(wired.other, wired.central.address)
    require_the_same(wired.central, wired.one, wired.other)


def test_nothing_is_asked_of_a_server_that_was_not_connected_to(wired: Wired) -> None:
    with HttpRemote("http://127.0.0.1:9") as nobody, pytest.raises(Offline):
        nobody.hello()
