"""The registry of commands: keys, menus and what can be done now."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.commands import Command, Commands, ShortcutTaken
from mdt_desktop.ui.hits import matches
from mdt_desktop.ui.widgets.shortcut_sheet import ShortcutSheet
from tests.ui.conftest import Show


@pytest.fixture
def window(show: Show) -> QWidget:
    found = QWidget()
    found.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    found.resize(600, 600)
    return show(found)


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def commands(window: QWidget, done: list[str]) -> Commands:
    found = Commands(window)
    found.add(
        Command(
            "plan.print",
            "Print plan",
            lambda: done.append("print"),
            (QKeySequence.StandardKey.Print,),
            "print",
            group="Plan",
        ),
        Command(
            "plan.agree", "Agree plan", lambda: done.append("agree"), ("Ctrl+G",), enabled=lambda: False, group="Plan"
        ),
        Command("plan.copy", "Copy plan", lambda: done.append("copy"), group="Plan"),
    )
    return found


def test_keys_run_the_command(qtbot: QtBot, window: QWidget, commands: Commands, done: list[str]) -> None:
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert done == ["print"]


def test_keys_of_a_command_that_cannot_be_done_do_nothing(
    qtbot: QtBot, window: QWidget, commands: Commands, done: list[str]
) -> None:
    QTest.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert done == []
    assert commands.run("plan.agree") is False


def test_the_palette_is_offered_only_what_can_be_done(commands: Commands) -> None:
    assert [command.id for command in commands.offered()] == ["plan.print", "plan.copy"]


def test_two_commands_cannot_have_the_same_keys(commands: Commands) -> None:
    with pytest.raises(ShortcutTaken, match=r"Ctrl\+P of other is taken by plan.print"):
        commands.add(Command("other", "Other", lambda: None, ("Ctrl+P",)))


def test_one_id_cannot_be_added_twice(commands: Commands) -> None:
    with pytest.raises(KeyError):
        commands.add(Command("plan.print", "Print", lambda: None))


def test_a_command_taken_out_gives_its_keys_free(
    qtbot: QtBot, window: QWidget, commands: Commands, done: list[str]
) -> None:
    commands.remove("plan.print", "was never there")
    commands.add(Command("case.print", "Print case", lambda: done.append("case"), ("Ctrl+P",)))
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert done == ["case"]


def test_a_menu_greys_what_cannot_be_done_when_it_opens(window: QWidget, commands: Commands) -> None:
    menu = QMenu(window)
    commands.fill_menu(menu, ("plan.print", "", "plan.agree"))
    menu.aboutToShow.emit()
    assert [(a.text(), a.isEnabled()) for a in menu.actions() if not a.isSeparator()] == [
        ("Print plan", True),
        ("Agree plan", False),
    ]


def test_the_sheet_of_keys_lists_every_command_that_has_keys(window: QWidget, commands: Commands) -> None:
    sheet = ShortcutSheet(commands, window)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    assert {"Plan", "Print plan", "Agree plan", "Ctrl+G"} <= shown
    assert "Copy plan" not in shown
    sheet.reject()


@pytest.mark.parametrize(
    ("typed", "words", "found"),
    [
        ("", "Open Caseload", True),
        ("case", "Open Caseload", True),
        ("CASE op", "Open Caseload", True),
        ("load", "Open Caseload", False),
        ("sample am", "EXAMPLE-SAMPLE, Amina (Mrs)", True),
        ("am zz", "EXAMPLE-SAMPLE, Amina (Mrs)", False),
    ],
)
def test_typed_words_must_each_begin_a_word(typed: str, words: str, found: bool) -> None:
    assert matches(typed, words) is found
