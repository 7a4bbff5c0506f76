"""The saver of answers by itself."""

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.assessment.autosave import Autosave, Batch
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.operations import Operations
from tests.ui.assessment.desk import DiskFull


def test_answers_given_during_a_failing_save_and_those_that_failed_go_out_together(qtbot: QtBot) -> None:
    operations = Operations(Broadcasts())
    sent: list[dict[tuple[str, str], object]] = []

    def save(batch: Batch) -> Changes:
        sent.append(dict(batch))
        if len(sent) == 1:
            raise DiskFull
        return Changes(frozenset({"answer"}), frozenset())

    owner = QObject()
    saver = Autosave(operations, save, owner)
    saver.note("a", "", "1")
    saver.note("b", "", "1")
    with qtbot.waitSignal(saver.failed):
        saver.flush()
        saver.note("a", "", "2")
    assert saver.unsaved == {("a", ""): "2", ("b", ""): "1"}
    with qtbot.waitSignal(saver.settled):
        saver.flush()
    assert sent[1] == {("a", ""): "2", ("b", ""): "1"}
    assert saver.clean
    operations.close()
