"""Run by a test in a process of its own, to be killed: plans a meeting, holds half of it by keys, stops in mid-word."""

import json
import sys
from datetime import timedelta
from pathlib import Path

from PySide6.QtTest import QTest

from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start
from tests.helpers.borough import PASSPHRASE
from tests.helpers.chair import A_CASE, COURSES, DECISION, KEY, Chair, Course
from tests.helpers.clocks import FrozenClock
from tests.helpers.turns import Turns

FINISHED = 5
"""So many are finished; the next one is in mid-case."""
HALF = DECISION[:17]
DOWN = timedelta(minutes=3)
"""From the kill until the program is there again: the person's clock goes on, for the meeting does."""


def main() -> None:
    """Say on stdout, as one line, what was pressed for whom; then wait to be killed."""
    clock = FrozenClock()
    start = Start(DataFolder(Path(sys.argv[1])), clock=clock)
    start.open_window().activateWindow()
    chair = Chair(Turns(), start, clock)
    chair.unlock(PASSPHRASE)
    page = chair.plan()
    chair.prepare_first(page)
    chair.gather()
    keys: list[tuple[str, str, int]] = []
    for number in range(FINISHED):
        name = chair.item.family_name
        course = COURSES[name] if number else Course.NO_CHANGE
        keys.append((name, course.value, chair.take(course)))
    clock.advance(A_CASE - DOWN)
    chair.press(KEY.Key_D)
    chair.key_in(HALF)
    drafts = start.drafts
    assert drafts is not None
    chair.wait(lambda: not drafts.is_empty)  # what a crash can take is typed within two seconds
    chair.settle()
    told = {"meeting": chair.room.meeting.id, "item": chair.item.id, "keys": keys, "now": clock().isoformat()}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    while True:
        QTest.qWait(1000)


if __name__ == "__main__":
    main()
