"""A store, a practice with its people, and a case page on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from tests.helpers.borough import SmallPlace, a_place, a_store
from tests.helpers.clocks import FrozenClock
from tests.ui.case.desk import CaseDesk


@pytest.fixture
def program(tmp_path: Path, clock: FrozenClock) -> Iterator[Program]:
    with a_store(tmp_path, clock) as program:
        yield program


@pytest.fixture
def place(program: Program) -> SmallPlace:
    return a_place(program)


@pytest.fixture
def desk(program: Program, qtbot: QtBot) -> Iterator[CaseDesk]:
    desk = CaseDesk(program, qtbot)
    yield desk
    desk.close()
