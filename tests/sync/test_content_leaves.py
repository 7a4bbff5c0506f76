"""Content of papers leaves a laptop with its record, whatever takes that away, and no file carries it."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop.domain.papers import PaperMedia
from mdt_desktop.services.bundles import Bundles
from mdt_desktop.services.case_papers import OfferedPaper
from mdt_desktop.services.lease import LeaseLocked
from mdt_desktop.store import blobs
from mdt_desktop.sync.protocol import EntryKind
from mdt_desktop.sync.remote import AccessRevoked
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import every_value
from tests.sync.carrying import a_site
from tests.sync.conftest import Team
from tests.sync.laptops import Laptop, new_person, new_practice, require_same

MARKER = b"Quillfeather"
CONTENT = b"%PDF-1.7 " + MARKER * 50_000


def add_paper(laptop: Laptop, case: str, content: bytes = CONTENT) -> str:
    offered = OfferedPaper("a.pdf", "a", PaperMedia.PDF, content, hashlib.sha256(content).hexdigest(), 1)
    return laptop.program.services.case_papers.add(case, offered, "Letter").made


def case_of(laptop: Laptop, person: str) -> str:
    found = laptop.ask("SELECT id FROM person_case WHERE person_id = ?", person)
    return str(found[0][0]) if found else laptop.program.services.cases.open(person).made


@pytest.fixture
def paper(team: Team) -> str:
    """A paper whose content both laptops hold."""
    case = case_of(team.one, team.person)
    made = add_paper(team.one, case)
    for laptop in (team.one, team.other):
        laptop.sync(team.central)
    digest = hashlib.sha256(CONTENT).hexdigest()
    team.other.write(lambda it: blobs.keep(it, digest, CONTENT))
    assert team.other.program.services.case_papers.content(made) == CONTENT
    return made


def pieces(laptop: Laptop) -> int:
    assert laptop.ask("PRAGMA foreign_key_check") == []
    return int(laptop.one("SELECT count(*) FROM blob_piece")) + int(laptop.one("SELECT count(*) FROM blob"))


@pytest.mark.parametrize("kind", [EntryKind.EVICT, EntryKind.ERASE, EntryKind.DELETE])
def test_content_leaves_with_the_paper(kind: EntryKind, team: Team, paper: str) -> None:
    team.central.take_out(team.bucket, kind, "case_paper", paper)
    team.other.sync(team.central)
    assert pieces(team.other) == 0
    require_same(team.central, team.bucket, team.other)


@pytest.mark.ends_apart("the bucket or the laptop is gone")
def test_content_leaves_with_the_person_and_with_a_bucket_that_was_taken_away(team: Team, paper: str) -> None:
    del team.central.members[team.other.name][team.bucket]
    team.central.must_evict = [team.bucket]
    team.other.sync(team.central)
    assert pieces(team.other) == 0
    assert MARKER.decode() not in every_value(team.other.program)


@pytest.mark.ends_apart("the bucket or the laptop is gone")
def test_content_leaves_when_access_is_revoked_also_what_was_not_sent(team: Team, paper: str) -> None:
    case = case_of(team.other, team.person)
    add_paper(team.other, case, b"%PDF-" + MARKER)
    team.central.revoked.add(team.other.name)
    with pytest.raises(AccessRevoked):
        team.other.sync(team.central)
    assert pieces(team.other) == 0


def test_a_removal_that_comes_from_another_laptop_takes_the_content(team: Team, paper: str) -> None:
    team.one.program.services.case_papers.remove(paper, "It was somebody else's.")
    for laptop in (team.one, team.other):
        laptop.sync(team.central)
    assert pieces(team.other) == 0
    (found,) = team.other.program.services.case_papers.of_case(case_of(team.other, team.person))
    assert (found.is_removed, found.removed_reason) == (True, "It was somebody else's.")


def test_what_is_locked_shows_no_paper(team: Team, paper: str, clock: FrozenClock) -> None:
    papers = team.other.program.services.case_papers
    clock.advance(timedelta(days=20))
    for ask in (papers.content, papers.paper, papers.fetch):
        with pytest.raises(LeaseLocked):
            ask(paper)


def test_a_carried_file_says_how_many_papers_go_without_their_content(tmp_path: Path, clock: FrozenClock) -> None:
    site = a_site(tmp_path, clock)
    robin, sam = (site.laptop(name) for name in ("Robin Example", "Sam Sample"))
    person = new_person(robin, new_practice(robin))
    case = case_of(robin, person)
    site.sync(robin)
    site.sync(sam)
    assert Bundles(robin.program.access).export(tmp_path / "none.mdt").papers == 0
    made = add_paper(robin, case)
    out = site.export(robin, "out.mdt")
    assert out.papers == 1
    assert MARKER not in (tmp_path / "out.mdt").read_bytes()
    site.deliver(sam, "out.mdt", "back.mdt")
    site.take(robin, "back.mdt")
    site.sync(sam)
    assert sam.program.services.case_papers.paper(made).held == 0
    site.sync(robin)
    assert robin.program.services.case_papers.paper(made).sent, "the next exchange over the network brings it"
    assert site.export(robin, "again.mdt").papers == 0
    for laptop in (robin, sam):
        laptop.close()
    site.store.close()
