"""Papers from one laptop to another: content goes after its record, is resumed, proved, fetched, and leaves with it."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop.central import backup, blobs, moving, tidying
from mdt_desktop.domain.allocation import AgeRule, AllocationRule, AllocationStatus
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.papers import PIECE_BYTES, PaperContentElsewhere, PaperIsRemoved, PaperMedia
from mdt_desktop.records import LeadAllocation
from mdt_desktop.services.case_papers import OfferedPaper
from mdt_desktop.store import blobs as store_blobs
from mdt_desktop.store.blobs import ContentWrong
from mdt_desktop.sync import content
from mdt_desktop.sync.engine import Stopped
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.remote import ContentNotThere, NotTheCentralStore, Offline
from tests.helpers.clocks import FrozenClock
from tests.helpers.cut_line import Cut, Line, answering_with, line_to
from tests.helpers.log_watch import LogWatch
from tests.sync.laptops import Laptop
from tests.sync.served import NAMES, Served, connected, require_the_same, served, sync, with_a_person


def noise(pieces: int = 2) -> bytes:
    return os.urandom(pieces * PIECE_BYTES + 500)


@dataclass
class Office:
    """Two laptops that know somebody with a case, and the real central store between them."""

    central: Served
    line: Line
    one: Laptop
    other: Laptop
    person: str
    case: str
    clock: FrozenClock
    seen: list[tuple[int, int]] = field(default_factory=list)

    def add(self, data: bytes, case: str = "") -> str:
        offered = OfferedPaper("letter.pdf", "letter", PaperMedia.PDF, data, hashlib.sha256(data).hexdigest(), 1)
        return self.one.program.services.case_papers.add(case or self.case, offered, "Letter").made

    def both(self) -> None:
        for laptop in (self.one, self.other):
            sync(laptop, self.central.address)

    def fetch(self, paper: str, address: str = "", **more: object) -> None:
        papers = self.other.program.services.case_papers
        papers.fetch(
            paper, remote=lambda _: HttpRemote(address or self.central.address),
            moved=lambda done, of: self.seen.append((done, of)), **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def read(self, paper: str, laptop: Laptop | None = None) -> bytes:
        return (laptop or self.other).program.services.case_papers.content(paper)

    def there(self) -> list[tuple[int, int]]:
        """Size and what is held of each content at the central store."""
        return self.central.rows("SELECT size, held FROM blob ORDER BY size")


@dataclass
class Network:
    """What the tests of this file share: starting it takes seconds."""

    central: Served
    one: Laptop
    other: Laptop
    clock: FrozenClock


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder, clock = tmp_path_factory.mktemp("papers"), FrozenClock()
    with served(folder / "central") as central:
        one, other = (connected(central, folder / name[:3], name, clock) for name in NAMES[:2])
        yield Network(central, one, other, clock)
        one.close()
        other.close()


@pytest.fixture
def office(network: Network) -> Iterator[Office]:
    central, one, other = network.central, network.one, network.other
    with line_to(central.address) as line:
        person = with_a_person(one, central.address)
        case = one.program.services.cases.open(person).made
        for laptop in (one, other):
            sync(laptop, central.address)
            laptop.waits.clear()
        central.store.database.write(lambda it: (it.exec_driver_sql("DELETE FROM blob_piece"), None))
        central.store.database.write(lambda it: (it.exec_driver_sql("DELETE FROM blob"), None))
        for laptop in (one, other):
            laptop.write(lambda it: (it.execute("DELETE FROM blob_piece"), it.execute("DELETE FROM blob")))
        yield Office(central, line, one, other, person, case, network.clock)


def content_post(head: bytes) -> bool:
    return head.startswith(b"POST") and b"/blobs/" in head


def content_get(head: bytes) -> bool:
    return head.startswith(b"GET") and b"/blobs/" in head and b"/held" not in head


def test_a_paper_goes_to_another_laptop_and_its_content_when_somebody_opens_it(office: Office) -> None:
    data = noise()
    paper = office.add(data)
    office.both()
    assert office.there() == [(len(data), len(data))]
    assert office.one.program.services.case_papers.paper(paper).sent
    (listed,) = office.other.program.services.case_papers.of_case(office.case)
    assert (listed.title, listed.is_here, listed.held) == ("Letter", False, 0), "nobody has asked for it"
    with pytest.raises(PaperContentElsewhere):
        office.read(paper)
    office.fetch(paper)
    assert office.read(paper) == data
    assert office.seen[-1] == (len(data), len(data))
    assert office.other.program.services.case_papers.paper(paper).sent, "what came from there is not sent back"
    require_the_same(office.central, office.one, office.other)


def test_the_run_tells_how_far_papers_are_and_sends_what_is_there_already_not_again(office: Office) -> None:
    data, told = noise(), list[tuple[int, int]]()
    office.add(data)
    with HttpRemote(office.central.address) as remote:
        exchange = office.one.exchange(remote)
        exchange._content_moved = lambda done, of: told.append((done, of))
        exchange.run()
    assert told[-1] == (len(data), len(data))
    office.one.write(store_blobs.ask_again)
    before = office.central.rows("SELECT at FROM blob")
    sync(office.one, office.central.address)
    assert office.central.rows("SELECT at FROM blob") == before


def test_content_of_those_whom_one_leads_comes_unasked_within_a_bound(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "AHEAD_BYTES", 3 * PIECE_BYTES)
    me = office.other.program.access.actor.practitioner_id
    now = office.other.clock()
    office.other.add(
        LeadAllocation(
            id=f"{office.case[:-4]}1ead", case_id=office.case, practitioner_id=me, status=AllocationStatus.AGREED,
            rule=AllocationRule.AGE, age_rule=AgeRule.OVER_75, agreed_at=now, agreed_by="Sam Sample",
        ),
        office.person,
    )  # fmt: skip
    first = office.add(noise(1))
    office.clock.advance(timedelta(seconds=1))
    latest = office.add(noise(2))
    office.both()
    papers = {it.id: it for it in office.other.program.services.case_papers.of_case(office.case)}
    assert papers[latest].is_here
    assert papers[first].held == 0, "there was room for one, and the latest goes first"


@pytest.mark.parametrize("cut", [Cut(up=0), Cut(up=9_000), Cut(down=0), Cut(down=40), Cut(twice=True)], ids=str)
def test_an_upload_that_is_cut_goes_on_and_arrives_whole(office: Office, cut: Cut) -> None:
    data = noise(3)
    paper = office.add(data)
    office.line.wanted, office.line.cuts = content_post, [cut, cut]
    for _ in range(3):
        with suppress(Offline, NotTheCentralStore):
            sync(office.one, office.line.address)
    assert not office.line.cuts
    assert office.there() == [(len(data), len(data))]
    office.fetch(sync_other(office, paper))
    assert office.read(paper) == data
    assert office.one.ask("SELECT type, status FROM outbox") == []


def sync_other(office: Office, paper: str) -> str:
    sync(office.other, office.central.address)
    return paper


@pytest.mark.parametrize("cut", [Cut(up=0), Cut(down=0), Cut(down=300), Cut(down=300_000)], ids=str)
def test_a_download_that_is_cut_keeps_what_came_and_goes_on(office: Office, cut: Cut) -> None:
    data = noise(4)
    paper = office.add(data)
    office.both()
    office.line.wanted, office.line.cuts = content_get, [WHOLE_FIRST, cut]
    with pytest.raises(MdtError) as found:
        office.fetch(paper, office.line.address)
    assert isinstance(found.value, Offline | NotTheCentralStore)
    assert office.other.program.services.case_papers.paper(paper).held == content.PART_BYTES
    with pytest.raises(PaperContentElsewhere):
        office.read(paper)
    office.fetch(paper)
    assert office.read(paper) == data


WHOLE_FIRST = Cut()


def test_a_fetch_that_is_stopped_goes_on_from_there(office: Office) -> None:
    data = noise(4)
    paper = office.add(data)
    office.both()
    with pytest.raises(Stopped):
        office.fetch(paper, stopped=lambda: any(done for done, _ in office.seen))
    assert office.other.program.services.case_papers.paper(paper).held == content.PART_BYTES
    office.fetch(paper)
    assert office.read(paper) == data


def test_other_content_than_the_paper_names_is_refused_there_and_here(office: Office, log_watch: LogWatch) -> None:
    """A damaged laptop sends nothing wrong on, and a damaged store gives nothing wrong that is shown."""
    data = noise()
    paper = office.add(data)
    damage = "UPDATE blob_piece SET content = zeroblob(length(content)) WHERE number = 1"
    office.one.write(lambda it: it.execute(damage))
    log_watch.expect("content_refused")
    sync(office.one, office.central.address)
    assert office.there() == []
    assert not office.one.program.services.case_papers.paper(paper).sent
    office.one.write(lambda it: store_blobs.forget(it, hashlib.sha256(data).hexdigest()))
    office.one.write(lambda it: store_blobs.keep(it, hashlib.sha256(data).hexdigest(), data))
    office.both()
    office.central.store.database.write(lambda it: (it.exec_driver_sql(damage), None))
    with pytest.raises(ContentWrong):
        office.fetch(paper)
    assert office.other.program.services.case_papers.paper(paper).held == 0


def test_content_that_has_not_arrived_is_told_and_stops_nothing(office: Office) -> None:
    paper = office.add(noise())
    office.one.write(lambda it: it.execute("UPDATE blob SET sent = 1"))
    office.both()
    with pytest.raises(ContentNotThere):
        office.fetch(paper)
    assert office.other.ask("SELECT type FROM outbox") == []


def test_a_portal_in_between_gives_no_content(office: Office) -> None:
    paper = office.add(noise())
    office.both()
    answer = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello"
    with answering_with(answer) as portal, pytest.raises(NotTheCentralStore):
        office.fetch(paper, portal)
    assert office.other.program.services.case_papers.paper(paper).held == 0


def test_a_removed_paper_loses_its_content_everywhere_and_the_orphan_is_collected(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = noise()
    paper = office.add(data)
    office.both()
    office.fetch(paper)
    office.one.program.services.case_papers.remove(paper, "It was somebody else's.")
    office.both()
    assert [it.one("SELECT count(*) FROM blob_piece") for it in (office.one, office.other)] == [0, 0]
    with pytest.raises(PaperIsRemoved):
        office.read(paper)
    with pytest.raises(PaperIsRemoved):
        office.fetch(paper)
    monkeypatch.setattr(blobs, "ORPHANS_KEPT", -blobs.ORPHANS_KEPT)
    store = office.central.store
    assert store.database.write(lambda it: tidying.tidy(it, "test", store.clock())).blobs == 1
    assert office.there() == []


def test_a_paper_that_was_removed_before_its_content_was_sent_sends_none(office: Office) -> None:
    paper = office.add(noise())
    office.one.program.services.case_papers.remove(paper, "It was somebody else's.")
    office.both()
    assert office.there() == []


def test_content_leaves_with_the_person_who_is_erased_and_never_comes_back(office: Office) -> None:
    data = noise()
    paper = office.add(data)
    office.both()
    office.fetch(paper)
    store = office.central.store
    store.database.write(lambda it: moving.erase_person(it, office.person, "test", "court order", store.clock()))
    office.both()
    assert office.there() == []
    for laptop in (office.one, office.other):
        for table in ("blob", "blob_piece"):
            assert laptop.one(f"SELECT count(*) FROM {table} WHERE sha256 = ?", hashlib.sha256(data).hexdigest()) == 0
        assert laptop.ask("SELECT id FROM case_paper WHERE id = ?", paper) == []


def test_a_central_store_that_was_put_back_gets_again_what_the_laptops_have(office: Office, tmp_path: Path) -> None:
    store = office.central.store
    backup.back_up(store.database, tmp_path / "b.gz", "test", store.clock)
    data = noise()
    paper = office.add(data)
    office.both()
    backup.restore(store.database, tmp_path / "b.gz", "test", store.clock)
    for laptop in (office.one, office.other):
        with HttpRemote(office.central.address) as remote:
            laptop.connect(remote)
    for _ in range(2):
        office.both()
    assert office.there() == [(len(data), len(data))]
    office.fetch(paper)
    assert office.read(paper) == data
