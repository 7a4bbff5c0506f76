"""The program's start in a data folder, and what a person does on its first pages."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.first_run_page import FirstRunPage
from mdt_desktop.ui.unlock.first_steps import FirstStep
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from tests.helpers.stores import IDENTITY, PASSPHRASE

OTHER_PASSPHRASE = "copper rowing thistle lantern"


def unlock_page(start: Start, qtbot: QtBot) -> UnlockPage:
    """The unlock screen of the running program, with all it asked for answered."""
    qtbot.waitUntil(lambda: isinstance(start.cover, UnlockPage) and start.operations.idle)
    page = start.cover
    assert isinstance(page, UnlockPage)
    # The first screen is painted before anything is asked in the threads; what it asks comes with the next events.
    qtbot.waitUntil(lambda: "page.caseload" in {command.id for command in start.window.commands.all()})
    qtbot.waitUntil(lambda: start.operations.idle)
    return page


def first_run(start: Start, qtbot: QtBot) -> FirstRunPage:
    start.open_window()
    qtbot.waitUntil(lambda: start.cover is not None)
    page = start.cover
    assert isinstance(page, FirstRunPage)
    return page


def fill_in(page: FirstRunPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.name, IDENTITY.name)
    page.role.setCurrentIndex(page.role.findData(IDENTITY.role))
    QTest.keyClicks(page.organisation, IDENTITY.organisation)
    QTest.keyClicks(page.locality, IDENTITY.locality)
    QTest.keyClick(page.locality, Qt.Key.Key_Return)


def to_recovery_key(page: FirstRunPage, start: Start, qtbot: QtBot) -> str:
    fill_in(page, qtbot)
    page.new_passphrase.first.setText(PASSPHRASE)
    page.new_passphrase.again.setText(PASSPHRASE)
    QTest.keyClick(page.new_passphrase.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.steps.step is FirstStep.RECOVERY)
    return page.steps.recovery_key
