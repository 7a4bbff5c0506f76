"""Pages that save by themselves: somebody who types on without a pause loses no more than two seconds to a crash."""

import threading
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.assessment import autosave as of_answers
from mdt_desktop.ui.assessment.autosave import Autosave as AnswerSaver
from mdt_desktop.ui.assessment.autosave import Batch
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.care_plan import autosave as of_plans
from mdt_desktop.ui.care_plan.autosave import Autosave as PlanSaver
from mdt_desktop.ui.operations import Operations


def test_the_longest_time_is_shorter_than_two_seconds_and_longer_than_a_pause() -> None:
    for module in (of_answers, of_plans):
        assert module.PAUSE_MS < module.LONGEST_MS < 2000


def test_a_plan_is_saved_while_somebody_types_on(qtbot: QtBot) -> None:
    operations, sent = Operations(Broadcasts()), list[Mapping[str, Any]]()

    def write(kind: str, record_id: str, values: Mapping[str, Any]) -> Changes:
        sent.append(dict(values))
        return Changes()

    owner = QObject()
    saver = PlanSaver(operations, write, owner)
    saver.edit("goal", "a", {"wording": "I"})
    assert saver.longest.isActive()
    left = saver.longest.remainingTime()
    saver.edit("goal", "a", {"wording": "I want"})
    assert saver.longest.remainingTime() <= left, "typing on does not begin the time anew"
    with qtbot.waitSignal(saver.saved):
        saver.longest.timeout.emit()  # the time is over
    assert sent == [{"wording": "I want"}]
    assert not saver.longest.isActive()
    operations.close()


def test_what_is_typed_while_a_plan_is_being_saved_follows_by_itself(qtbot: QtBot) -> None:
    operations, sent, goes = Operations(Broadcasts()), list[Mapping[str, Any]](), threading.Event()

    def write(kind: str, record_id: str, values: Mapping[str, Any]) -> Changes:
        sent.append(dict(values))
        goes.wait(10)
        return Changes()

    owner = QObject()
    saver = PlanSaver(operations, write, owner)
    saver.edit("goal", "a", {"wording": "I"})
    saver.flush()
    saver.edit("goal", "a", {"wording": "I want"})
    saver.longest.timeout.emit()  # its time comes while the first is on its way
    goes.set()
    qtbot.waitUntil(lambda: saver.idle)
    assert sent == [{"wording": "I"}, {"wording": "I want"}]
    operations.close()


def test_a_plan_that_goes_sends_what_waits_behind_what_is_on_its_way(qtbot: QtBot) -> None:
    operations, sent, goes = Operations(Broadcasts()), list[Mapping[str, Any]](), threading.Event()

    def write(kind: str, record_id: str, values: Mapping[str, Any]) -> Changes:
        goes.wait(10)
        sent.append(dict(values))
        return Changes()

    owner = QObject()
    saver = PlanSaver(operations, write, owner)
    saver.edit("goal", "a", {"wording": "I"})
    saver.flush()
    saver.edit("goal", "a", {"wording": "I want"})
    saver.send_all()
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    goes.set()
    operations.close()
    assert sent == [{"wording": "I"}, {"wording": "I want"}]


def test_answers_that_go_are_sent_behind_those_on_their_way(qtbot: QtBot) -> None:
    operations, sent, goes = Operations(Broadcasts()), list[Mapping[Any, Any]](), threading.Event()

    def save(batch: Batch) -> Changes:
        goes.wait(10)
        sent.append(dict(batch))
        return Changes()

    owner = QObject()
    saver = AnswerSaver(operations, save, owner)
    saver.note("a", "", "H")
    saver.flush()
    saver.note("a", "", "He")
    saver.send_all()
    saver.send_all()
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    goes.set()
    operations.close()
    assert sent == [{("a", ""): "H"}, {("a", ""): "He"}]


def test_answers_are_saved_while_somebody_types_on(qtbot: QtBot) -> None:
    operations, sent = Operations(Broadcasts()), list[Mapping[Any, Any]]()

    def save(batch: Batch) -> Changes:
        sent.append(dict(batch))
        return Changes()

    owner = QObject()
    saver = AnswerSaver(operations, save, owner)
    saver.note("a", "", "H")
    left = saver.longest.remainingTime()
    saver.note("a", "", "He")
    assert 0 < saver.longest.remainingTime() <= left
    with qtbot.waitSignal(saver.settled):
        saver.longest.timeout.emit()
    assert sent == [{("a", ""): "He"}]
    saver.note("a", "", "Her")
    saver.forget()
    assert not saver.longest.isActive()
    operations.close()
