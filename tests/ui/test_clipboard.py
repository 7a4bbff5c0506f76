"""The clipboard: marked as confidential, cleared after a while, on locking and at the end, only while it is ours."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.ui import clipboard as door
from mdt_desktop.ui.clipboard import OwnClipboard
from tests.ui.conftest import Show

CONTROL = Qt.KeyboardModifier.ControlModifier
NUMBER = "999 000 0018"


@dataclass
class Other:
    """Whose copying the clipboard took last: Qt's off-screen platform does not say."""

    turn: bool = False

    def copies(self, text: str) -> None:
        """Another program fills the clipboard."""
        self.turn = True
        data = QMimeData()
        data.setText(text)
        board().setMimeData(data)
        self.turn = False

    def ours(self) -> bool:
        """Was it us?"""
        return not self.turn


@pytest.fixture
def other(qapp: QApplication) -> Other:
    return Other()


@pytest.fixture(autouse=True)
def nobody_else(qapp: QApplication) -> None:
    """Those that windows of earlier tests still hold would see to whatever lies on the clipboard, too."""
    for it in gc.get_objects():
        if isinstance(it, OwnClipboard):
            it._owns = lambda: False


@pytest.fixture
def own(other: Other) -> Iterator[OwnClipboard]:
    board().clear()
    made = OwnClipboard(board(), 30, platform="linux", owns=other.ours)
    yield made
    made.clear()
    made.deleteLater()


def board() -> QClipboard:
    return QGuiApplication.clipboard()


def test_what_the_program_copies_is_taken_away_after_a_while(own: OwnClipboard, qtbot: QtBot) -> None:
    own.keep_for(0)
    door.copy(NUMBER)
    qtbot.waitUntil(lambda: board().text() == "")
    assert not own.waits


def test_it_stays_for_thirty_seconds_and_no_longer(own: OwnClipboard) -> None:
    door.copy(NUMBER)
    assert own.waits
    assert own.seconds == 30
    assert board().text() == NUMBER


def select_all_and_copy(field: QWidget) -> None:
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(field, Qt.Key.Key_C, CONTROL)


def a_line() -> QWidget:
    return QLineEdit(NUMBER)


def a_text() -> QWidget:
    return QPlainTextEdit(NUMBER)


def a_rich_text() -> QWidget:
    return QTextEdit(f"<b>{NUMBER}</b>")


def a_label() -> QWidget:
    made = QLabel(NUMBER)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


@pytest.mark.parametrize("make", [a_line, a_text, a_rich_text, a_label])
def test_control_c_in_any_field_is_marked_and_taken_away_too(
    own: OwnClipboard, show: Show, make: Callable[[], QWidget]
) -> None:
    field = show(make())
    field.setFocus()
    select_all_and_copy(field)
    data = board().mimeData()
    assert data.text() == NUMBER
    assert data.hasFormat("x-kde-passwordManagerHint")
    assert not data.hasHtml(), "only the words leave, with the mark on them"
    assert own.waits
    own.clear()
    assert board().text() == ""


def test_cutting_counts_as_copying(own: OwnClipboard, show: Show) -> None:
    field = show(QLineEdit(NUMBER))
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(field, Qt.Key.Key_X, CONTROL)
    assert board().text() == NUMBER
    own.clear()
    assert board().text() == ""


def test_what_another_program_has_copied_since_is_left_alone(own: OwnClipboard, other: Other) -> None:
    door.copy(NUMBER)
    other.copies("a shopping list")
    assert not own.waits
    own.clear()
    assert board().text() == "a shopping list"


def test_what_another_program_copies_is_neither_marked_nor_taken_away(own: OwnClipboard, other: Other) -> None:
    other.copies("a shopping list")
    own.clear()
    assert board().text() == "a shopping list"
    assert board().mimeData().formats() == ["text/plain"]


def test_a_change_that_nobody_told_of_is_seen_when_the_time_is_over(own: OwnClipboard) -> None:
    """Some systems tell a program in the background nothing."""
    door.copy(NUMBER)
    board().blockSignals(True)
    board().setText("a shopping list")
    board().blockSignals(False)
    own.clear()
    assert board().text() == "a shopping list"


def test_copying_again_begins_the_time_anew_and_the_text_itself_is_not_kept(own: OwnClipboard) -> None:
    door.copy(NUMBER)
    first = own.waits
    door.copy("0191 498 0000")
    assert first
    assert own.waits
    kept = [value for value in vars(own).values() if isinstance(value, str | bytes)]
    assert not any(text in str(value) for value in kept for text in (NUMBER, "0191 498 0000"))


HINTS = {
    "linux": {"x-kde-passwordManagerHint": b"secret"},
    "win32": {
        'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': bytes(4),
        'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': bytes(4),
        'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': bytes(4),
    },
}


@pytest.mark.parametrize("platform", list(HINTS))
def test_the_hints_of_each_system_are_set_once_and_do_not_go_round_in_a_circle(
    qapp: QApplication, platform: str
) -> None:
    board().clear()
    changes: list[int] = []
    own = OwnClipboard(board(), 30, platform=platform, owns=lambda: True)
    board().dataChanged.connect(lambda: changes.append(1))
    board().setText(NUMBER)
    data = board().mimeData()
    assert {form: data.data(form).data() for form in HINTS[platform]} == HINTS[platform]
    assert len(changes) == 2, "once by the field and once with the hints"
    board().dataChanged.disconnect()
    own.deleteLater()


@dataclass
class RecordedObjects:
    """Stands in for the objects of macOS."""

    sent: list[tuple[object, ...]] = field(default_factory=list)

    def kind(self, name: str) -> str:
        return name

    def text(self, text: str) -> str:
        return f"@{text}"

    def send(self, receiver: object, message: str, *arguments: object) -> str:
        self.sent.append((receiver, message, *arguments))
        return f"[{receiver} {message}]"


def test_on_macos_the_pasteboard_is_marked_as_concealed(qapp: QApplication) -> None:
    board().clear()
    objects = RecordedObjects()
    own = OwnClipboard(board(), 30, platform="darwin", owns=lambda: True, mark=lambda: door.mark_on_macos(objects))
    board().setText(NUMBER)
    pasteboard = "[NSPasteboard generalPasteboard]"
    kind = "@org.nspasteboard.ConcealedType"
    assert objects.sent == [
        ("NSPasteboard", "generalPasteboard"),
        ("NSArray", "arrayWithObject:", kind),
        (pasteboard, "addTypes:owner:", "[NSArray arrayWithObject:]", 0),
        (pasteboard, "setString:forType:", "@", kind),
    ]
    own.clear()
    assert board().text() == ""
    own.deleteLater()


def test_a_macos_without_its_runtime_marks_nothing_and_clears_all_the_same(qapp: QApplication) -> None:
    own = OwnClipboard(board(), 30, platform="darwin", owns=lambda: True)
    board().setText(NUMBER)
    assert own.waits
    own.clear()
    assert board().text() == ""
    own.deleteLater()
