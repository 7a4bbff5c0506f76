"""Two laptops of one locality and the central store between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.clocks import FrozenClock
from tests.sync.fake_central import FakeCentral, no_fault
from tests.sync.invariants import require_invariants, require_whole
from tests.sync.laptops import Laptop, new_person, new_practice


@dataclass
class Team:
    """Two laptops that have exchanged a person with a case."""

    central: FakeCentral
    bucket: str
    one: Laptop
    other: Laptop
    person: str
    practice: str


@pytest.fixture
def central() -> FakeCentral:
    return FakeCentral()


@pytest.fixture
def team(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenClock, central: FakeCentral
) -> Iterator[Team]:
    """The two, of whom the invariants of SYNC 6 are asked once the test has ended and nothing fails any more.

    A test that ends where not all of them can hold says so by `ends_apart`; of its laptops I6 and I7 are asked,
    unless it is `whole=False`.
    """
    one, other = Laptop(tmp_path / "one", "Robin Example", clock), Laptop(tmp_path / "other", "Sam Sample", clock)
    bucket = central.add_bucket(one.locality)
    for laptop in (one, other):
        central.members[laptop.name] = {bucket: "care_navigator"}
        laptop.connect(central)
    practice = new_practice(one)
    person = new_person(one, practice)
    for laptop in (one, other, one):
        laptop.sync(central)
    yield Team(central, bucket, one, other, person, practice)
    try:
        central.fault = no_fault
        apart = request.node.get_closest_marker("ends_apart")
        if apart is None:
            require_invariants(central, bucket, (one, other))
        elif apart.kwargs.get("whole", True):
            require_whole(one, other)
    finally:
        one.close()
        other.close()
