"""A weekly meeting whole, by the keyboard alone: planned, held, killed in mid-case, gone on with, sealed, printed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.happenings import HappeningKind
from mdt_desktop.domain.meeting import OPEN_ITEM, AttendanceState, ItemState, Lane, MeetingState, Outcome
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.meeting_closing import Minutes
from mdt_desktop.store import audit_log
from mdt_desktop.ui.cockpit.composer import Mode
from mdt_desktop.ui.start import Start
from tests.helpers.borough import PASSPHRASE, a_store
from tests.helpers.chair import A_CASE, ACTION, CONTROL, COURSES, DECISION, KEY, NOTE, PARKED, Chair, Course, view_of
from tests.helpers.chairs_on import DOWN, FINISHED, HALF
from tests.helpers.clocks import FrozenClock
from tests.helpers.journey import audited, in_this_order, pdf_text
from tests.helpers.meetings import NAMES, PLANNED, a_meeting_place

ROOT = Path(__file__).parents[2]
LENGTH = 165
"""Minutes of a meeting in which there is time to discuss all twelve: nine of eight minutes and three of twelve."""
NURSE, PRACTICE = "Nia Sample", "Copper Bridge Practice"
TO = "Thistle"
"""Who gets a letter: something was decided about her."""
DUE = PLANNED + timedelta(weeks=2)
KEYS = {Course.NO_CHANGE: 1, Course.DECISION: 4, Course.LEAD: 2, Course.NOTE: 2, Course.PARK: 3}
"""What each takes, the letters of its words left aside; the README says the same. What the person wants is there."""
KEYS_FOR_A_VIEW = 1
"""More where what the person wants is still to be written: Return behind the words."""
ACTS = [
    ("create", "meeting"), ("create", "agenda_item"), ("begin", "meeting"), ("agree_lead", "lead_allocation"),
    ("create", "decision"), ("create", "task"), ("seal", "meeting"), ("preview", "meeting_paper"),
    ("export", "meeting_paper"), ("preview", "meeting_paper"), ("export", "meeting_paper"),
]  # fmt: skip


@dataclass
class Held:
    """What the meeting is, and what was pressed about whom by now: family name, course, its own keys."""

    folder: DataFolder
    meeting: str
    item: str
    now: datetime
    keys: list[tuple[str, Course, int]] = field(default_factory=list)

    def of(self, course: Course) -> set[str]:
        """Whose course it was."""
        return {name for name, taken, _ in self.keys if taken is course}


@pytest.fixture
def held(tmp_path: Path) -> Held:
    """A process of its own planned the meeting, held five of twelve, and was killed in the middle of a word."""
    clock = FrozenClock()
    with a_store(tmp_path, clock) as program:
        made = a_meeting_place(program, clock, length=LENGTH, plan=False)
        for number in (0, 1, 11):  # of whom nothing else is new
            happened = program.services.happenings.happened
            happened(made.people[number], HappeningKind.CARER_CRISIS, date(2026, 11, 22), "She has the flu")
    folder, home = DataFolder(tmp_path / "store"), tmp_path / "home"
    home.mkdir()
    told = _chair_until_killed(folder, os.environ | {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"})
    keys = [(name, Course(course), count) for name, course, count in told["keys"]]
    return Held(folder, told["meeting"], told["item"], datetime.fromisoformat(told["now"]), keys)


def _chair_until_killed(folder: DataFolder, environment: dict[str, str]) -> dict[str, Any]:
    chairing = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.chairs_on", str(folder.root)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT,
    )  # fmt: skip
    try:
        assert chairing.stdout is not None
        line = chairing.stdout.readline()
    finally:
        chairing.send_signal(signal.SIGKILL)
        chairing.wait(30)
        _, problems = chairing.communicate()
    assert line, f"it did not come to the middle of the meeting: {problems}"
    found: dict[str, Any] = json.loads(line)
    return found


@pytest.fixture
def chair(held: Held, qtbot: QtBot) -> Iterator[Chair]:
    """The program started again, some minutes after the kill."""
    clock = FrozenClock(held.now + DOWN)
    start = Start(held.folder, clock=clock)
    qtbot.addWidget(start.window)
    start.open_window().activateWindow()
    chair = Chair(qtbot, start, clock)
    chair.unlock(PASSPHRASE)
    yield chair
    start.window.close()
    start.close()


def program_of(chair: Chair) -> Program:
    assert chair.start.program is not None
    return chair.start.program


def test_a_meeting_of_twelve_by_keys_killed_in_mid_case_is_gone_on_with_sealed_and_printed(
    held: Held, chair: Chair, tmp_path: Path
) -> None:
    the_agenda_wrote_itself(chair, held)
    one_is_back_in_the_same_word(chair, held)
    finish_the_meeting(chair, held)
    the_keys_are_as_few_as_the_readme_says(held)
    everybody_is_read_back(chair)
    chair.seal()
    chair.wait(lambda: chair.room.meeting.state is MeetingState.SEALED)
    everything_is_in_the_store(chair, held)
    print_the_papers(chair, tmp_path)
    the_minutes_have_all_twelve_and_the_letter_nobody_else(tmp_path)
    everything_is_in_the_history(chair)


def the_agenda_wrote_itself(chair: Chair, held: Held) -> None:
    """All twelve are to be discussed, and fit."""
    items = chair.room.items
    assert chair.room.meeting.id == held.meeting
    assert {it.family_name for it in items} == {family for family, _ in NAMES}
    assert {it.lane for it in items} == {Lane.DISCUSS}
    assert all(it.reasons for it in items)


def one_is_back_in_the_same_word(chair: Chair, held: Held) -> None:
    """The same meeting, the same person, the line open with the words in it, and what was finished finished."""
    assert chair.item.id == held.item
    assert chair.room.meeting.current_item_id == held.item
    composer = chair.cockpit.foot.composer
    assert chair.cockpit.foot.is_typing
    assert composer.mode is Mode.DECISION
    assert composer.text.toPlainText() == HALF
    assert chair.focused() is composer.text
    assert chair.cockpit.entries.drafting.line.isVisible(), "it says that this was begun before"
    states = [it.state for it in chair.room.items]
    assert states[:FINISHED] == [ItemState.DONE] * FINISHED
    assert states[FINISHED] is ItemState.UNDER_WAY
    assert set(states[FINISHED + 1 :]) == {ItemState.WAITING}


def finish_the_meeting(chair: Chair, held: Held) -> None:
    """The half decision whole, with its action; then everybody else, each by their course, to the closing."""
    name = chair.item.family_name
    chair.decide(from_half=HALF)
    chair.finish()
    held.keys.append((name, Course.DECISION, KEYS[Course.DECISION]))
    while chair.view.person is not None:
        name = chair.item.family_name
        held.keys.append((name, COURSES[name], chair.take(COURSES[name])))


def the_keys_are_as_few_as_the_readme_says(held: Held) -> None:
    """Counted while they were pressed; only the first person's view was prepared before the meeting."""
    assert len(held.keys) == len(NAMES)
    assert {course for _, course, _ in held.keys} == set(Course)
    for number, (name, course, keys) in enumerate(held.keys):
        asked = KEYS_FOR_A_VIEW if course is Course.NO_CHANGE and number else 0
        assert keys == KEYS[course] + asked, (name, course)
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    for said, course in (
        ("no change", Course.NO_CHANGE), ("a decision with one action", Course.DECISION),
        ("agree the lead", Course.LEAD), ("a note", Course.NOTE), ("park", Course.PARK),
    ):  # fmt: skip
        assert f"| {said} | {KEYS[course]} |" in readme


def everybody_is_read_back(chair: Chair) -> None:
    """The closing has nobody who would roll over."""
    closing = chair.cockpit.closing
    assert closing.isVisible()
    assert closing.seal.isVisible()
    assert not closing.rolls_over.isVisible()
    assert not closing.open_ones.isVisible()


def everything_is_in_the_store(chair: Chair, held: Held) -> None:
    """Outcomes, views, decisions with their actions, leads, who was there; nothing half-typed is left."""
    services = program_of(chair).services
    minutes = services.meeting_closing.minutes(held.meeting)
    assert minutes.meeting.state is MeetingState.SEALED
    assert minutes.meeting.next_day == PLANNED + timedelta(weeks=1)
    name_of = {it.id: it.family_name for it in minutes.items}
    _outcomes_are_right(minutes, held)
    decisions = {name_of[it.item_id]: it.words for it in minutes.decisions}
    assert decisions == dict.fromkeys(held.of(Course.DECISION), DECISION)
    tasks = {name_of[it.item_id or ""]: (it.what, it.owner, it.due) for it in minutes.tasks}
    acted = dict.fromkeys(held.of(Course.DECISION), (ACTION, NURSE, DUE))
    assert tasks == acted | dict.fromkeys(held.of(Course.PARK), (PARKED, NURSE, DUE))
    decided = {it.id: it.item_id for it in minutes.decisions}
    for task in minutes.tasks:
        if task.what == ACTION:
            assert task.decision_id is not None
            assert decided[task.decision_id] == task.item_id
    assert {name_of[it.item_id or ""]: it.words for it in minutes.notes} == dict.fromkeys(held.of(Course.NOTE), NOTE)
    assert {it.family_name for it in minutes.items if it.lead_id is not None} == held.of(Course.LEAD)
    assert {it.state for it in minutes.attendance} == {AttendanceState.PRESENT, AttendanceState.APOLOGIES}
    assert services.drafts.everything() == ()
    assert program_of(chair).access.database.check().problems == ()


def _outcomes_are_right(minutes: Minutes, held: Held) -> None:
    for it in minutes.items:
        assert it.state not in OPEN_ITEM
        if it.family_name in held.of(Course.PARK):
            assert (it.state, it.outcome) == (ItemState.PARKED, Outcome.DEFERRED)
            assert (it.parked_with, it.parked_until) == (NURSE, DUE)
            continue
        changed = it.family_name in held.of(Course.DECISION)
        assert it.state is ItemState.DONE
        assert it.outcome is (Outcome.PLAN_CHANGES if changed else Outcome.NO_CHANGE)
        assert it.persons_view == view_of(it.family_name)
        assert it.seconds == A_CASE.total_seconds()


def print_the_papers(chair: Chair, folder: Path) -> None:
    """From the closing to the papers: the minutes, then the letter to one person, each through its preview."""
    chair.tab_to(chair.cockpit.closing.papers)
    chair.press(KEY.Key_Space)
    chair.save_paper(chair.choose_paper("minutes"), folder / "minutes.pdf")
    letter = chair.choose_paper("letters")
    chair.choose_whom(letter, TO)
    chair.save_paper(letter, folder / "letter.pdf")
    chair.press(KEY.Key_1, CONTROL)


def the_minutes_have_all_twelve_and_the_letter_nobody_else(folder: Path) -> None:
    minutes = " ".join(pdf_text(folder / "minutes.pdf"))
    names = [family for family, _ in NAMES]
    assert [name for name in names if name not in minutes] == []
    for words in (DECISION, ACTION, NOTE, PARKED, NURSE):
        assert words in " ".join(minutes.split())
    letter = " ".join(pdf_text(folder / "letter.pdf")).replace(PRACTICE, "")
    assert [family for family, given in NAMES if family in letter or given in letter] == [TO]
    for words in (DECISION, ACTION):
        assert words in " ".join(letter.split())


def everything_is_in_the_history(chair: Chair) -> None:
    """Each act in its order, what left on everybody it is about, and the chain whole in spite of the kill."""
    program = program_of(chair)
    reader = program.access.database.reader
    found = audited(program)
    assert in_this_order(ACTS, found) == [], found
    assert audit_log.first_broken(reader) is None
    left = reader.execute(
        "SELECT COUNT(DISTINCT person_id) FROM audit_entry WHERE action = 'export' AND kind = 'meeting_paper'"
    ).fetchone()
    assert left == (len(NAMES),)
