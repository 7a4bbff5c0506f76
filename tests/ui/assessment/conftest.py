"""A desk with one person's assessments."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.paths import DataFolder
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import a_case
from tests.ui.assessment.desk import Desk
from tests.ui.conftest import Show


@pytest.fixture
def desk(data_folder: DataFolder, clock: FrozenClock, qtbot: QtBot, show: Show) -> Iterator[Desk]:
    with a_case(data_folder, clock) as case:
        found = Desk(case, clock, qtbot)
        show(found.window)
        found.page.show()
        yield found
        found.settle()
        found.operations.close()
