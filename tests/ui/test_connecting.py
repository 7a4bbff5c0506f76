"""Connecting to a central store in the window: the sheet, waiting for the browser, signing out and in again."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.paths import DataFolder
from mdt_desktop.services.sync_reading import SyncStatus
from mdt_desktop.ui.settings.connect_sheet import ConnectSheet
from mdt_desktop.ui.settings.page import SettingsPage
from mdt_desktop.ui.start import Start
from mdt_desktop.words import words
from tests.helpers.answering import Answering
from tests.helpers.browsing import Person, served
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, make_store
from tests.helpers.window import until_idle


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a central store answers."""
    with served(tmp_path_factory.mktemp("central")) as server:
        yield server.address


@pytest.fixture
def opened(start: Start, data_folder: DataFolder, clock: FrozenClock, qtbot: QtBot) -> Start:
    """The window over an open store."""
    make_store(data_folder, clock)[0].close()
    start.open_window()
    qtbot.waitUntil(lambda: start.cover is not None, timeout=20_000)
    unlock: Any = start.cover
    unlock.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        unlock.unlock.click()
    until_idle(qtbot, start.operations)
    return start


@pytest.fixture
def page(opened: Start, qtbot: QtBot) -> SettingsPage:
    return settings(opened, qtbot)


@pytest.fixture
def told(opened: Start) -> Answering:
    """What is told and asked in the place of the window."""
    made = Answering()
    opened.messages.show_on(made)
    return made


def settings(start: Start, qtbot: QtBot) -> SettingsPage:
    start.window.show_page("settings", section="central")
    shown = start.window.page
    assert isinstance(shown, SettingsPage)
    until_idle(qtbot, start.operations)
    return shown


def sheet_of(page: SettingsPage, open_browser: Callable[[str], bool], address: str = "") -> ConnectSheet:
    """The open sheet, with a browser of its own."""
    page.central.open_browser = open_browser
    page.central.connect_button.click()
    sheet = page.central.sheet
    assert sheet is not None
    if address:
        sheet.address.setText(address)
    return sheet


def signed_in(start: Start, qtbot: QtBot, page: SettingsPage, address: str) -> Person:
    """Connected by Nia in the browser."""
    nia = Person()
    sheet_of(page, nia.open, address).go.click()
    qtbot.waitUntil(page.central.sign_out.isVisible, timeout=30_000)
    nia.gone()
    return nia


def test_signing_in_connects_says_as_whom_and_begins_to_exchange(
    opened: Start, page: SettingsPage, qtbot: QtBot, address: str, told: Answering
) -> None:
    assert page.central.state.text() == words("connect.none")
    assert not page.central.sign_out.isVisible()
    signed_in(opened, qtbot, page, address)
    assert page.central.state.text() == "Connected as Nia."
    assert address in page.central.address.text()
    assert page.central.sheet is None
    assert not page.central.connect_button.isVisible()
    assert f"Connected as Nia to {address}" in told.notices
    qtbot.waitUntil(lambda: opened.window.top.sync.text().startswith("Synced"), timeout=30_000)
    until_idle(qtbot, opened.operations)


def test_waiting_is_calm_and_can_be_cancelled(
    opened: Start, page: SettingsPage, qtbot: QtBot, address: str
) -> None:
    pages: list[str] = []

    def browser(page_address: str) -> bool:
        pages.append(page_address)
        return True

    sheet = sheet_of(page, browser, address)
    QTest.keyClick(sheet.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(pages), timeout=30_000)
    assert sheet.told.text() == words("connect.waiting_for_you")
    assert (sheet.again.isVisible(), sheet.by_hand.isVisible(), sheet.go.isVisible()) == (True, False, False)
    assert not sheet.address.isVisible()
    sheet.again.click()
    assert pages[1] == pages[0]
    sheet.cancel.click()
    qtbot.waitUntil(sheet.address.isVisible, timeout=20_000)
    assert not sheet.notice.isVisible()
    assert sheet.address.text() == address
    refused(pages[0])
    assert page.central.sheet is sheet
    sheet.cancel.click()
    qtbot.waitUntil(lambda: page.central.sheet is None)


def refused(page_address: str) -> None:
    """Nobody listens for this sign-in any more."""
    back = dict(parse_qsl(urlsplit(page_address).query))["redirect_uri"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(back)


def test_where_no_browser_opens_the_address_is_there_to_copy(
    opened: Start, page: SettingsPage, qtbot: QtBot, address: str
) -> None:
    nia = Person()
    sheet = sheet_of(page, lambda _: False, address)
    sheet.go.click()
    qtbot.waitUntil(sheet.by_hand.isVisible, timeout=30_000)
    assert sheet.told.text() == words("connect.no_browser")
    assert sheet.page_address.isReadOnly()
    sheet.copy.click()
    assert QGuiApplication.clipboard().text() == sheet.page_address.text()
    nia.open(sheet.page_address.text())
    qtbot.waitUntil(page.central.sign_out.isVisible, timeout=30_000)
    nia.gone()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the address"),
        ("http://central.test", "is no address of a central store"),
        ("http://127.0.0.1:9", "cannot be reached"),
    ],
)
def test_what_is_wrong_is_said_in_the_sheet_and_nothing_is_lost(
    typed: str, said: str, opened: Start, page: SettingsPage, qtbot: QtBot
) -> None:
    sheet = sheet_of(page, lambda _: True)
    sheet.address.setText(typed)
    sheet.go.click()
    qtbot.waitUntil(sheet.notice.isVisible, timeout=30_000)
    assert said in sheet.notice.text.text()
    assert (sheet.address.isVisible(), sheet.address.text()) == (True, typed)
    until_idle(qtbot, opened.operations)


def test_somebody_who_turns_back_in_the_browser_sees_the_form_again(
    opened: Start, page: SettingsPage, qtbot: QtBot, address: str
) -> None:
    nobody = Person("")
    sheet = sheet_of(page, nobody.open, address)
    sheet.go.click()
    qtbot.waitUntil(lambda: bool(nobody.opened) and sheet.address.isVisible(), timeout=30_000)
    nobody.gone()
    assert not sheet.notice.isVisible()


@pytest.mark.parametrize("how", ["locking", "closing the sheet", "forgetting the page"])
def test_whatever_ends_the_sheet_ends_the_waiting(
    how: str, opened: Start, page: SettingsPage, qtbot: QtBot, address: str
) -> None:
    pages: list[str] = []
    sheet = sheet_of(page, lambda url: bool(pages.append(url)) or True, address)  # type: ignore[func-returns-value]
    sheet.go.click()
    qtbot.waitUntil(lambda: bool(pages), timeout=30_000)
    if how == "locking":
        opened.lock()
    elif how == "closing the sheet":
        sheet.close_requested.emit()
    else:
        opened.window.show_page("caseload")
        opened.window.forget_pages()
    until_idle(qtbot, opened.operations)
    refused(pages[0])


def test_a_program_that_ends_waits_for_no_browser(
    opened: Start, page: SettingsPage, qtbot: QtBot, address: str
) -> None:
    pages: list[str] = []
    sheet = sheet_of(page, lambda url: pages.append(url) is None, address)  # type: ignore[func-returns-value]
    sheet.go.click()
    qtbot.waitUntil(lambda: bool(pages), timeout=30_000)
    opened.window.close()
    opened.close()
    refused(pages[0])


def test_signing_out_is_asked_about_keeps_everything_and_leads_back_in(
    opened: Start, page: SettingsPage, qtbot: QtBot, address: str, told: Answering
) -> None:
    signed_in(opened, qtbot, page, address)
    qtbot.waitUntil(lambda: opened.window.top.sync.text().startswith("Synced"), timeout=30_000)
    page.central.sign_out.click()
    assert told.asked == [words("connect.sign_out_ask")]
    assert page.central.sign_out.isVisible()
    told.answer = "out"
    page.central.sign_out.click()
    qtbot.waitUntil(page.central.connect_button.isVisible, timeout=30_000)
    assert "Nia is signed out" in page.central.state.text()
    assert page.central.connect_button.text() == words("connect.again")
    qtbot.waitUntil(lambda: opened.window.top.sync.text().startswith("Sign in again"), timeout=20_000)
    opened.window.show_page("caseload")
    opened.window.top.sync.click()
    until_idle(qtbot, opened.operations)
    shown = opened.window.page
    assert isinstance(shown, SettingsPage)
    assert shown.central.sheet is not None
    assert shown.central.sheet.address.text() == address
    nia = Person()
    shown.central.open_browser = nia.open
    shown.central.sheet.go.click()
    qtbot.waitUntil(shown.central.sign_out.isVisible, timeout=30_000)
    nia.gone()
    qtbot.waitUntil(lambda: opened.window.top.sync.text().startswith("Synced"), timeout=30_000)
    until_idle(qtbot, opened.operations)


def test_a_sign_in_that_is_needed_is_told_with_what_waits(page: SettingsPage) -> None:
    page.central.show_status(SyncStatus(True, "https://c", "Nia", signed_out=True))
    assert "Waiting to be sent" not in page.central.state.text()
    page.central.show_status(SyncStatus(True, "https://c", "Nia", waiting=3, signed_out=True))
    assert "Waiting to be sent: 3." in page.central.state.text()
    assert page.central.connect_button.isVisible()
    assert not page.central.sign_out.isVisible()
