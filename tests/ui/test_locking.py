"""Locking: by idle time and by the desktop; nothing of anybody stays on the screen, in the clipboard or in memory."""

import gc
import hashlib
import re
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QMenu,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mdt_desktop.demo.store import PASSPHRASE
from mdt_desktop.domain.people import spaced_nhs_number
from mdt_desktop.services.caseload import CaseloadQuery, CaseloadRow
from mdt_desktop.ui import screen_capture
from mdt_desktop.ui.clipboard import copy
from mdt_desktop.ui.idle import IdleWatch
from mdt_desktop.ui.joints import PAGES
from mdt_desktop.ui.messages import Choice, Tone
from mdt_desktop.ui.printing import PlanPreview
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import words
from tests.helpers.clocks import FrozenClock
from tests.helpers.demo import copy_of_demo, load_demo_into
from tests.helpers.hands import Hands
from tests.helpers.widget_words import all_words
from tests.ui.conftest import Show
from tests.ui.test_screen_capture import User32

NHS_NUMBER = re.compile(r"\b9\d\d[ \N{NO-BREAK SPACE}]?\d{3}[ \N{NO-BREAK SPACE}]?\d{4}\b")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load_demo_into(tmp_path_factory.mktemp("demo"))


@dataclass
class Opened:
    """The program with the demo borough open."""

    start: Start
    qtbot: QtBot

    def settle(self) -> None:
        """Until everything asked for is shown."""
        Hands(self.qtbot, self.start.operations).settle()

    def show(self, key: str, **arguments: object) -> Any:
        """Go to a page."""
        self.start.window.show_page(key, **arguments)
        self.settle()
        return self.start.window.page

    def somebody(self) -> CaseloadRow:
        """An active case with a plan and an NHS number."""
        assert self.start.program is not None
        rows = self.start.program.services.caseload.page(CaseloadQuery(), 0, 1000).rows
        return next(row for row in rows if row.nhs_number and row.has_plan and row.stage and row.case_id)

    def lock(self) -> UnlockPage:
        """Lock, and wait until the store is closed."""
        with self.qtbot.waitSignal(self.start.locked, timeout=20_000):
            self.start.lock()
        assert isinstance(self.start.cover, UnlockPage)
        return self.start.cover


@pytest.fixture
def opened(demo: Path, tmp_path: Path, qtbot: QtBot, clock: FrozenClock) -> Iterator[Opened]:
    start = Start(copy_of_demo(demo, tmp_path / "data"), clock=clock)
    qtbot.addWidget(start.window)
    start.open_window().activateWindow()
    qtbot.waitUntil(lambda: isinstance(start.cover, UnlockPage), timeout=20_000)
    cover = start.cover
    assert isinstance(cover, UnlockPage)
    found = Opened(start, qtbot)
    found.settle()
    cover.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        cover.unlock.click()
    found.settle()
    yield found
    start.window.close()
    start.close()


# What locks


def test_five_minutes_without_a_key_or_the_mouse_lock_the_program(opened: Opened) -> None:
    guards = opened.start.safeguards
    assert guards is not None
    assert guards.idle.minutes == 5
    with opened.qtbot.waitSignal(opened.start.locked, timeout=20_000):
        guards.idle.idle.emit()
    assert not guards.idle.running


def test_every_key_begins_the_time_anew(qapp: QApplication, show: Show, qtbot: QtBot) -> None:
    told: list[int] = []
    watch = IdleWatch(qapp)
    watch.idle.connect(lambda: told.append(1))
    field = show(QLineEdit())
    field.setFocus()
    window = field.windowHandle()
    assert window is not None
    watch.start(5)
    watch.timer.setInterval(60_000)  # a minute is left
    QTest.keyClick(window, Qt.Key.Key_A)
    assert watch.timer.remainingTime() > 4 * 60_000
    watch.timer.setInterval(0)  # the time is over
    qtbot.waitUntil(lambda: told == [1])
    assert not watch.running
    QTest.keyClick(window, Qt.Key.Key_A)
    assert not watch.running, "what is locked does not lock again"
    watch.deleteLater()


def test_the_desktop_that_locks_locks_the_program_and_lets_the_computer_sleep_once_the_store_is_closed(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, guards = opened.start, opened.start.safeguards
    assert guards is not None
    program = start.program
    assert program is not None
    was_closed: list[bool] = []
    monkeypatch.setattr(guards.desktop, "let_sleep", lambda: was_closed.append(program.session.locked))
    with opened.qtbot.waitSignal(start.locked, timeout=20_000):
        guards.desktop.left.emit()
        guards.desktop.left.emit()  # a system may tell it twice
    assert was_closed == [True]


def test_another_idle_time_counts_at_once(opened: Opened) -> None:
    start, guards = opened.start, opened.start.safeguards
    assert guards is not None
    page = opened.show("settings")
    page.auto_lock.setCurrentIndex(page.auto_lock.findData(1))
    page.auto_lock.activated.emit(page.auto_lock.currentIndex())
    page.clipboard.setCurrentIndex(page.clipboard.findData(60))
    page.clipboard.activated.emit(page.clipboard.currentIndex())
    assert guards.idle.minutes == 1
    assert guards.clipboard.seconds == 60
    assert start.settings.clipboard_seconds == 60


# What is gone then


def about(row: CaseloadRow) -> tuple[str, ...]:
    """What tells who somebody is."""
    return (row.nhs_number, spaced_nhs_number(row.nhs_number), row.family_name.upper(), f"{row.given_names} ")


def test_menus_dialogs_previews_the_palette_and_notices_are_gone_with_their_words(opened: Opened) -> None:
    start, row = opened.start, opened.somebody()
    page = opened.show("case", person_id=row.person_id)
    services = start.program.services if start.program else None
    assert services is not None
    preview = PlanPreview(
        lambda: services.printing, start.operations, start.messages, row.person_id, start.window
    )
    preview.open()
    opened.settle()
    start.messages.ask(f"Remove {row.family_name.upper()}?", [Choice("no", "Keep")], lambda _: None, way_out="no")
    start.messages.notify(f"{row.family_name.upper()} could not be saved", Tone.ERROR)
    start.messages.done(f"Removed {row.family_name.upper()}", lambda: None)
    start.window.commands.run("go.palette")
    QTest.keyClicks(start.window.command_palette.box, row.family_name)
    opened.qtbot.waitUntil(
        lambda: any(row.family_name.upper() in text for text in start.window.command_palette.shown_words())
    )
    menu = QMenu(page)
    menu.addAction(f"Copy {row.nhs_number}")
    menu.popup(QPoint(5, 5))
    assert any(row.family_name.upper() in text for text in all_words())

    cover = opened.lock()

    assert {it for it in QApplication.topLevelWidgets() if it.isVisible()} == {start.window}
    assert QApplication.activePopupWidget() is None
    assert not QToolTip.isVisible()
    assert start.window.windowTitle() == words("ui.product")
    assert start.window.shown_notices() == ()
    said = [text for text in all_words() for it in about(row) if it in text]
    assert said == []
    assert start.window.command_palette.shown_words() == ()
    assert not start.window.command_palette.box.isUndoAvailable()
    assert start.window.focusWidget() is cover.passphrase


def test_a_dialog_that_refuses_to_close_is_out_of_sight(opened: Opened) -> None:
    class Stubborn(QDialog):
        def closeEvent(self, event: Any) -> None:
            event.ignore()

    dialog = Stubborn(opened.start.window)
    dialog.open()
    opened.lock()
    assert not dialog.isVisible()


def test_what_was_copied_leaves_the_clipboard_on_locking_and_on_closing(opened: Opened) -> None:
    copy("999 000 0018")
    opened.lock()
    assert QGuiApplication.clipboard().text() == ""
    copy("999 000 0018")
    opened.start.window.close()
    assert QGuiApplication.clipboard().text() == ""


@pytest.fixture
def of_earlier_tests() -> list[Any]:
    """What windows of earlier tests still hold; it is kept here, so that nothing new stands in its place."""
    gc.collect()
    return gc.get_objects()


def test_no_page_and_nothing_of_the_store_survives_locking_in_memory(
    of_earlier_tests: list[Any], opened: Opened
) -> None:
    """Every page is visited with somebody on it; then Python must have let go of all of them, and of every number."""
    start, row = opened.start, opened.somebody()
    arguments: dict[str, dict[str, object]] = {
        "case": {"person_id": row.person_id},
        "assessment": {"person_id": row.person_id},
        "care_plan": {"person_id": row.person_id},
    }
    kept: dict[str, weakref.ref[Any]] = {}
    for place in PAGES:
        page = opened.show(place.key, **arguments.get(place.key, {}))
        kept[place.key] = weakref.ref(page)
        for tab in ("risk", "consent", "assessment", "plan", "people", "history") if place.key == "case" else ():
            page.show_tab(tab)
            opened.settle()
            kept[f"case {tab}"] = weakref.ref(page.tab(tab))
    assert start.program is not None
    kept["program"] = weakref.ref(start.program.services)
    kept["store"] = weakref.ref(start.program.access.database)
    reader = start.program.access.database.reader
    numbers = {digest(it) for (it,) in reader.execute("SELECT nhs_number FROM person WHERE nhs_number IS NOT NULL")}
    assert texts_that(lambda text: any(digest(it) in numbers for it in NHS_NUMBER.findall(text)))
    person_id = row.person_id
    del page, row, reader

    opened.lock()
    opened.settle()
    gc.collect()

    assert {name for name, it in kept.items() if it() is not None} == set()
    assert texts_that(lambda text: person_id in text, of_earlier_tests) == []
    said = texts_that(lambda text: any(digest(it) in numbers for it in NHS_NUMBER.findall(text)), of_earlier_tests)
    assert said == []


def digest(number: str) -> bytes:
    """Stands for an NHS number, so that the test itself keeps none in memory."""
    return hashlib.sha256(re.sub(r"\D", "", number).encode()).digest()


def texts_that(say: Callable[[str], bool], but: Sequence[Any] = ()) -> list[str]:
    """Texts that something in this process holds and that say this; neither the test's own variables nor `but`."""
    known = {id(it) for it in but}
    return [
        f"{type(holder).__name__}: {text[:80]!r}"
        for holder in gc.get_objects()
        if type(holder).__name__ not in ("frame", "cell") and id(holder) not in known
        for text in gc.get_referents(holder)
        if type(text) is str and say(text)
    ]


def test_a_shared_screen_is_shielded_again_and_the_mark_in_the_bar_is_gone(
    demo: Path, tmp_path: Path, qtbot: QtBot, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    user32 = User32()
    monkeypatch.setattr(screen_capture, "shield_of", lambda: screen_capture.windows_shield(user32))
    start = Start(copy_of_demo(demo, tmp_path / "data"), demo=True, clock=clock)
    qtbot.addWidget(start.window)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        start.open_window()
    opened = Opened(start, qtbot)
    try:
        opened.settle()
        handle = window_id(start.window)
        assert user32.last()[handle] == 0x11
        assert not start.window.top.sharing.isVisible()
        start.window.commands.run("view.sharing")
        assert user32.last()[handle] == 0x0
        assert start.window.top.sharing.isVisible()
        page = opened.show("settings")
        assert page.sharing.isVisibleTo(page)
        assert page.sharing.isChecked()
        start.window.top.sharing.click()
        assert not page.sharing.isChecked()
        page.sharing.click()
        assert user32.last()[handle] == 0x0
        opened.lock()
        assert user32.last()[handle] == 0x11
        assert not start.window.top.sharing.isVisible()
    finally:
        start.window.close()
        start.close()


def test_on_linux_the_settings_say_that_screens_cannot_be_shielded(opened: Opened) -> None:
    page = opened.show("settings")
    assert not page.sharing.isVisibleTo(page)
    assert page.sharing_about.text() == words("lock.sharing_impossible")
    assert "view.sharing" not in {command.id for command in opened.start.window.commands.all()}


def window_id(widget: QWidget) -> int:
    handle = widget.windowHandle()
    assert handle is not None
    return int(handle.winId())

