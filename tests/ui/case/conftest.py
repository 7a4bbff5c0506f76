"""A store, a practice with its people, and a case page on them."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from tests.ui.case.desk import CaseDesk


@pytest.fixture
def desk(program: Program, qtbot: QtBot) -> Iterator[CaseDesk]:
    desk = CaseDesk(program, qtbot)
    yield desk
    desk.close()
