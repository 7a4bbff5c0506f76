"""A look round the demo borough: opened by its own command, searched, walked through, locked and unlocked."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mdt_desktop.demo.store import PASSPHRASE
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.people import spaced_nhs_number
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery, CaseloadRow
from mdt_desktop.store import audit_log
from mdt_desktop.ui.case.page import TABS, CasePage
from mdt_desktop.ui.caseload.page import CaseloadPage
from mdt_desktop.ui.joints import PAGES
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import words
from tests.helpers.clocks import FrozenClock
from tests.helpers.hands import Hands
from tests.helpers.journey import Journey


def somebody_with_a_plan(journey: Journey) -> CaseloadRow:
    """The first active case with plan, lead and NHS number."""
    query = CaseloadQuery(CaseloadFilter(stages=frozenset({Stage.ACTIVE}), has_plan=True, has_lead=True))
    rows = journey.program.services.caseload.page(query, 0, 50).rows
    return next(row for row in rows if row.nhs_number)


def open_demo(journey: Journey) -> CaseloadPage:
    """The window with the demo borough in it, as `--demo` opens it; nothing is asked."""
    journey.start.open_window().activateWindow()
    # The borough is filled first, which takes many times as long on a laptop that is busy with other things.
    journey.hands.wait(lambda: journey.start.program is not None, patience_ms=120_000)
    return journey.page(CaseloadPage)


def test_the_demo_is_opened_searched_walked_through_locked_and_unlocked(
    qtbot: QtBot, tmp_path: Path, clock: FrozenClock
) -> None:
    folder = DataFolder(tmp_path / "data")
    start = Start(folder, demo=True, clock=clock)
    qtbot.addWidget(start.window)
    hands = Hands(qtbot, start.operations)
    journey = Journey(start, hands, clock)
    try:
        page = open_demo(journey)
        assert page.model.rowCount() > 10
        assert words("ui.demo") in hands.reads(start.window)
        wanted = somebody_with_a_plan(journey)
        walk_every_tab(journey, journey.find(spaced_nhs_number(wanted.nhs_number)), wanted)
        visit_every_place(journey)
        lock_and_unlock(journey)
        again = journey.find(spaced_nhs_number(wanted.nhs_number))
        assert wanted.lead_name in hands.reads(again)
        assert audit_log.first_broken(journey.program.access.database.reader) is None
    finally:
        journey.leave()
    assert [it for it in QApplication.topLevelWidgets() if it.isVisible()] == []
    assert not any(path.exists() for path in folder.side_files()), "a closed store has no files beside it"


def walk_every_tab(journey: Journey, case: CasePage, wanted: CaseloadRow) -> None:
    """By the keyboard through all tabs and round to the first; each shows something of its own."""
    hands, seen, said = journey.hands, [], []
    for _ in TABS:
        seen.append(case.tab_key)
        said.append(hands.reads(case.tab(case.tab_key)))
        assert wanted.family_name.upper() in hands.reads(case.banner)
        hands.press(Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert seen == list(TABS)
    assert case.tab_key == seen[0]
    assert len(set(said)) == len(TABS)
    assert wanted.lead_name in said[seen.index("people")]


def visit_every_place(journey: Journey) -> None:
    """Every page of the rail comes up without a message about something that failed."""
    for place in PAGES:
        if place.in_rail:
            journey.go_to(place.key)
            journey.hands.settle()
            assert journey.start.window.page_key == place.key
            assert not journey.start.window.shown_notices()


def lock_and_unlock(journey: Journey) -> None:
    """Locked by its keys, nothing of anybody is on the screen; the published passphrase opens it where one was."""
    hands, start = journey.hands, journey.start
    before, place = journey.program, start.window.place()
    hands.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    page = journey.cover(UnlockPage)
    hands.wait(page.isEnabled)
    assert start.program is None
    assert before.session.locked
    assert start.window.windowTitle() == words("ui.product")
    hands.write(page.passphrase, PASSPHRASE)
    hands.press(Qt.Key.Key_Return)
    hands.wait(lambda: start.window.page is not None)
    hands.settle()
    assert start.window.place() == place
