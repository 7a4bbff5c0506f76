"""Random schedules of four laptops, faults and decisions: 10,000 steps in the ordinary run, more in the long one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.sync import rebase
from mdt_desktop.sync.merge import Merged
from tests.helpers.clocks import FrozenClock
from tests.sync.schedule import scheduled


@pytest.mark.parametrize("seed", range(20))
def test_no_edit_is_lost_and_all_laptops_end_the_same(seed: int, tmp_path: Path, clock: FrozenClock) -> None:
    print(f"seed {seed}")  # noqa: T201  # shown by pytest where it fails
    with scheduled(tmp_path, clock, seed) as schedule:
        schedule.run(500)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 125))
def test_no_edit_is_lost_in_long_schedules(seed: int, tmp_path: Path, clock: FrozenClock) -> None:
    with scheduled(tmp_path, clock, seed) as schedule:
        schedule.run(2000)


def test_a_schedule_finds_an_exchange_in_which_the_last_writer_wins(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mutant(type_: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
        return Merged({**theirs, **mine}, dict(mine))

    monkeypatch.setattr(rebase, "merged", mutant)
    with scheduled(tmp_path, clock, 1) as schedule, pytest.raises(AssertionError, match="lost"):
        schedule.run(300)
