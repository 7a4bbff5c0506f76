"""The first exchange of a locality: how far it is, that it can be stopped, and that it goes on from there."""

from dataclasses import replace
from pathlib import Path

import pytest

from mdt_desktop.sync.engine import Exchange, Patience, Stopped
from tests.helpers.clocks import FrozenClock
from tests.sync.conftest import Team
from tests.sync.laptops import Laptop, new_contact, require_same


class Counting:
    """Hears how far a run is, and stops it once so many changes were taken."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.most, self.told = most, list[tuple[int, int | None]]()

    def moved(self, done: int, of: int | None) -> None:
        self.told.append((done, of))

    def stopped(self) -> bool:
        return bool(self.told) and self.told[-1][0] >= self.most


@pytest.fixture
def new_laptop(tmp_path: Path, clock: FrozenClock, team: Team) -> Laptop:
    """A third laptop of the locality that has nothing yet, and pages of five changes."""
    for number in range(12):
        new_contact(team.one, team.person, name=f"Contact {number}")
    team.one.sync(team.central)
    made = Laptop(tmp_path / "third", "Terry Third", clock)
    team.central.members["Terry Third"] = {team.bucket: "care_navigator"}
    made.connect(team.central)
    hello = team.central.hello()
    vars(team.central)["hello"] = lambda: replace(hello, page=5)
    return made


def run(laptop: Laptop, team: Team, counting: Counting) -> None:
    patience = Patience(lambda _: None)
    actor, clock = laptop.program.access.actor, laptop.program.access.clock
    Exchange(
        laptop.write, team.central, actor, clock, patience, "0.1.0", counting.stopped, counting.moved
    ).run()  # fmt: skip


def test_a_first_sync_tells_after_each_page_how_many_changes_of_how_many_are_here(
    team: Team, new_laptop: Laptop
) -> None:
    counting = Counting()
    run(new_laptop, team, counting)
    total = len(team.central.buckets[team.bucket].feed)
    first = [done for done, of in counting.told[: (total + 4) // 5]]
    assert first == [min(5 * (page + 1), total) for page in range(len(first))]
    assert counting.told[0][1] is not None
    require_same(team.central, team.bucket, new_laptop)
    new_laptop.close()


def test_a_first_sync_that_is_stopped_keeps_what_it_took_and_goes_on_from_there(
    team: Team, new_laptop: Laptop
) -> None:
    with pytest.raises(Stopped):
        run(new_laptop, team, Counting(most=10))
    assert new_laptop.cursor(team.bucket).seq == 10
    (last,) = new_laptop.ask("SELECT error FROM sync_run ORDER BY rowid DESC LIMIT 1")
    assert last == ("sync_stopped",)
    again = Counting()
    run(new_laptop, team, again)
    assert again.told[0][0] == 15
    require_same(team.central, team.bucket, new_laptop)
    new_laptop.close()


def test_an_exchange_without_news_tells_nothing(team: Team) -> None:
    counting = Counting()
    run(team.other, team, counting)
    assert counting.told == []
