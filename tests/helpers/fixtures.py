"""Fixtures that many folders of tests share: an open store, a practice with its people, one person's case."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder
from tests.helpers.borough import SmallPlace, a_place, a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import CaseInStore, a_case


@pytest.fixture
def program(tmp_path: Path, clock: FrozenClock) -> Iterator[Program]:
    """An open store with nobody in it but its user, a care navigator."""
    with a_store(tmp_path, clock) as program:
        yield program


@pytest.fixture
def place(program: Program) -> SmallPlace:
    """Two practices and their practitioners in the open store."""
    return a_place(program)


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    """One person's case in a store of its own."""
    with a_case(data_folder, clock) as made:
        yield made
