"""The pen as two laptops see it: through the central store, and without it as if there were none."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mdt_desktop.domain.pen import ALONE, PenView, PenWish
from mdt_desktop.records import Meeting
from mdt_desktop.services.pen import Pen
from mdt_desktop.services.signed_asking import alone
from mdt_desktop.sync.http_remote import HttpRemote
from tests.helpers.clocks import FrozenClock
from tests.sync.carrying import Site, a_site
from tests.sync.laptops import Laptop

Two = tuple[Site, Laptop, Laptop, str]


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    site = a_site(tmp_path, clock)
    robin, sam = site.laptop("Robin Example"), site.laptop("Sam Sample")
    meeting = robin.add(
        Meeting(
            id=str(uuid4()), locality_id=robin.locality, day=date(2026, 11, 26), starts_at="14:00", length_minutes=90
        )
    )
    for laptop in (robin, sam):
        site.sync(laptop)
    yield site, robin, sam, meeting
    robin.close()
    sam.close()
    site.store.close()


def told(site: Site, laptop: Laptop, meeting: str, wish: PenWish = PenWish.TAKE) -> Any:
    return Pen(laptop.program.access).tell(meeting, wish, remote=site.remote)


def test_one_writes_the_other_reads_asks_and_gets_it(two: Two) -> None:
    site, robin, sam, meeting = two
    assert told(site, robin, meeting) == PenView("Robin Example", is_mine=True)
    seen = told(site, sam, meeting)
    assert (seen, seen.is_read_only) == (PenView("Robin Example"), True)
    assert told(site, sam, meeting, PenWish.ASK).i_asked
    assert told(site, robin, meeting).asked_by == "Sam Sample"
    assert told(site, robin, meeting, PenWish.GIVE).is_read_only
    assert told(site, sam, meeting) == PenView("Sam Sample", is_mine=True)
    assert told(site, sam, meeting, PenWish.END) == ALONE


def test_without_the_store_everybody_goes_on(two: Two) -> None:
    site, robin, sam, meeting = two
    told(site, robin, meeting)

    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    found = Pen(sam.program.access).tell(
        meeting, PenWish.TAKE, remote=lambda url: HttpRemote(url, httpx.MockTransport(cut))
    )
    assert found == ALONE
    assert not ALONE.is_read_only


def test_a_meeting_of_a_locality_that_is_not_held_has_no_pen(two: Two) -> None:
    site, robin, _, _ = two
    assert told(site, robin, str(uuid4())) == ALONE


def test_during_an_exchange_it_is_asked_again_later(two: Two) -> None:
    site, robin, _, meeting = two
    with alone():
        assert told(site, robin, meeting) is None
    assert told(site, robin, meeting).is_mine
