"""The system keyring opens a remembered store; locking closes it, writes what was typed and wipes the key."""

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.settings import load_settings
from mdt_desktop.store import audit_log
from mdt_desktop.ui.start import Start
from mdt_desktop.words import words
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE
from tests.ui.unlock.desk import unlock_page


@pytest.fixture
def safe_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring in memory counts as one that keeps secrets."""
    make = KeyringStore.__init__
    safe = frozenset({"tests.helpers.keyrings.MemoryKeyring"})
    monkeypatch.setattr(KeyringStore, "__init__", lambda self, back_end=None: make(self, back_end, safe))


def test_without_a_safe_keyring_remembering_is_not_offered(recovery_key: str, start: Start, qtbot: QtBot) -> None:
    start.open_window()
    assert not unlock_page(start, qtbot).remember.isVisible()


def test_a_remembered_store_opens_by_itself_and_after_locking_asks_again(
    recovery_key: str, safe_keyring: None, start: Start, qtbot: QtBot, data_folder: DataFolder, clock: FrozenClock
) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    assert page.remember.isVisible()
    page.remember.setChecked(True)
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown):
        page.unlock.click()
    with qtbot.waitSignal(start.locked):
        start.lock()
    page = unlock_page(start, qtbot)
    assert start.program is None
    assert page.remember.isChecked()
    start.window.close()
    again = Start(data_folder, clock=clock)
    qtbot.addWidget(again.window)
    with qtbot.waitSignal(again.shell_shown):
        again.open_window()
    again.window.close()


@pytest.fixture
def opened(recovery_key: str, start: Start, qtbot: QtBot) -> Start:
    """The program with its store open."""
    start.open_window()
    page = unlock_page(start, qtbot)
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown):
        page.unlock.click()
    return start


def test_ctrl_l_closes_the_store_and_wipes_its_key(opened: Start, qtbot: QtBot) -> None:
    program = opened.program
    assert program is not None
    with qtbot.waitSignal(opened.locked):
        opened.window.commands.run("work.lock")
    assert program.session.locked
    assert opened.window.covered
    assert opened.window.page is None
    assert opened.window.windowTitle() == words("ui.product")
    assert not opened.folder.side_files()[0].exists()


def test_the_page_of_a_case_is_made_while_the_caseload_is_read_and_gone_after_locking(
    opened: Start, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: opened.window.made_page("case") is not None, timeout=5000)
    assert opened.window.page_key == "caseload"
    assert gc.get_freeze_count() > 0
    page = weakref.ref(opened.window.made_page("case"))
    with qtbot.waitSignal(opened.locked):
        opened.lock()
    assert opened.window.made_page("case") is None
    assert gc.get_freeze_count() == 0
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert page() is None


def test_after_locking_the_passphrase_opens_it_again(opened: Start, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.locked):
        opened.lock()
    page = unlock_page(opened, qtbot)
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(opened.shell_shown):
        page.unlock.click()
    assert opened.program is not None
    reader = opened.program.access.database.reader
    assert audit_log.first_broken(reader) is None


def test_what_was_being_written_is_written_before_the_store_closes(opened: Start, qtbot: QtBot) -> None:
    program = opened.program
    assert program is not None
    rules = program.services.rules
    rule = next(one for one in type(rules.age_rule()) if one is not rules.age_rule())
    opened.operations.run_command(lambda: rules.set_age_rule(rule), opened.window)
    with qtbot.waitSignal(opened.locked):
        opened.lock()
    with bootstrap.open_with_passphrase(opened.folder, PASSPHRASE) as again:
        assert again.services.rules.age_rule() is rule


def test_settings_changed_by_keys_are_there_at_the_next_start(opened: Start, qtbot: QtBot) -> None:
    opened.window.commands.run("view.larger")
    assert load_settings(opened.folder).settings.text_scale == 110
