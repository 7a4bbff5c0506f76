"""The window with the pages of meetings, over a store with one meeting held and one planned."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.clocks import FrozenClock
from tests.helpers.meeting_desk import MeetingDesk, a_meeting_desk


@pytest.fixture
def desk(tmp_path: Path, clock: FrozenClock, qtbot: QtBot) -> Iterator[MeetingDesk]:
    with a_meeting_desk(tmp_path, clock, qtbot) as made:
        yield made
