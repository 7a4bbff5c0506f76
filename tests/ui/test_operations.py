"""Work behind the window: it answers in the GUI thread, in order, to those who still listen."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.broadcasts import Broadcasts, comes_from, together
from mdt_desktop.ui.operations import Cancelled, Operations, Progress

SAVED = Changes(frozenset({"goal"}), frozenset({"a"}))


@pytest.fixture
def broadcasts() -> Broadcasts:
    return Broadcasts()


@pytest.fixture
def operations(qapp: object, broadcasts: Broadcasts) -> Iterator[Operations]:
    found = Operations(broadcasts)
    yield found
    found.close()


class Listener(QObject):
    """A widget's place: collects what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: list[threading.Thread] = []

    def hear(self, result: object) -> None:
        self.heard.append(result)
        self.threads.append(threading.current_thread())


def _raising(problem: Exception) -> Callable[[], object]:
    def work() -> object:
        raise problem

    return work


def test_a_query_runs_in_the_reader_thread_and_answers_in_the_gui_thread(qtbot: QtBot, operations: Operations) -> None:
    listener = Listener()
    operations.run_query(lambda: threading.current_thread().name, listener.hear)
    qtbot.waitUntil(lambda: bool(listener.heard))
    assert str(listener.heard[0]).startswith("reader")
    assert listener.threads == [threading.main_thread()]


def test_a_command_runs_in_the_writer_thread(qtbot: QtBot, operations: Operations) -> None:
    names: list[str] = []

    def work() -> Changes:
        names.append(threading.current_thread().name)
        return SAVED

    with qtbot.waitSignal(operations.command_done):
        operations.run_command(work, None)
    assert names[0].startswith("writer")


def test_nothing_is_delivered_to_a_widget_that_is_gone(qtbot: QtBot, operations: Operations) -> None:
    listener, gate = Listener(), threading.Event()
    operations.run_query(lambda: gate.wait(5), listener.hear)
    shiboken6.delete(listener)
    gate.set()
    qtbot.waitUntil(lambda: operations.idle)
    assert listener.heard == []


def test_a_lambda_is_not_called_once_its_owner_is_gone(qtbot: QtBot, operations: Operations) -> None:
    owner, gate, heard = QObject(), threading.Event(), list[object]()
    operations.run_query(lambda: gate.wait(5), lambda found: heard.append(found), owner=owner)
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: operations.idle)
    assert heard == []


def test_of_searches_while_typing_the_newest_answers_and_those_not_begun_are_not_run(
    qtbot: QtBot, operations: Operations
) -> None:
    listener, gate, ran = Listener(), threading.Event(), list[str]()

    def search(text: str) -> str:
        ran.append(text)
        gate.wait(5)
        return text

    for text in ("s", "sm", "smi", "smith"):
        operations.run_query(lambda text=text: search(text), listener.hear, latest_of="search")  # type: ignore[misc]
        if text == "s":
            qtbot.waitUntil(lambda: ran == ["s"])
    gate.set()
    qtbot.waitUntil(lambda: operations.idle)
    assert listener.heard == ["smith"]
    assert ran == ["s", "smith"]


def test_two_kinds_of_search_do_not_supersede_each_other(qtbot: QtBot, operations: Operations) -> None:
    listener = Listener()
    operations.run_query(lambda: "people", listener.hear, latest_of="people")
    operations.run_query(lambda: "places", listener.hear, latest_of="places")
    qtbot.waitUntil(lambda: operations.idle)
    assert listener.heard == ["people", "places"]


def test_an_error_goes_to_the_messages_when_nobody_takes_it(qtbot: QtBot, operations: Operations) -> None:
    with qtbot.waitSignal(operations.failed) as told:
        operations.run_query(_raising(NotFound()), Listener().hear, owner=operations)
    assert isinstance(told.args[0], NotFound)


def test_an_error_goes_to_the_page_that_takes_it_and_nowhere_else(qtbot: QtBot, operations: Operations) -> None:
    listener = Listener()
    with qtbot.assertNotEmitted(operations.failed):
        operations.run_query(_raising(NotFound()), listener.hear, listener.hear)
        qtbot.waitUntil(lambda: operations.idle)
    assert [type(problem) for problem in listener.heard] == [NotFound]


def test_a_command_tells_its_initiator_first_and_then_everybody_once(
    qtbot: QtBot, operations: Operations, broadcasts: Broadcasts
) -> None:
    initiator, told = Listener(), list[str]()
    broadcasts.changed.connect(lambda changes, who: told.append("all" if who is initiator else "?"))
    operations.run_command(lambda: SAVED, initiator, lambda _: told.append("initiator"))
    qtbot.waitUntil(lambda: operations.idle)
    assert told == ["initiator", "all"]


def test_what_was_written_is_told_even_when_the_initiator_is_gone(
    qtbot: QtBot, operations: Operations, broadcasts: Broadcasts
) -> None:
    initiator, gate = Listener(), threading.Event()

    def work() -> Changes:
        gate.wait(5)
        return SAVED

    with qtbot.waitSignal(broadcasts.changed) as told:
        operations.run_command(work, initiator, initiator.hear)
        shiboken6.delete(initiator)
        gate.set()
    assert told.args == [SAVED, None]
    assert initiator.heard == []


def test_a_failed_command_is_not_broadcast(qtbot: QtBot, operations: Operations, broadcasts: Broadcasts) -> None:
    def work() -> Changes:
        raise NotFound

    with qtbot.assertNotEmitted(broadcasts.changed), qtbot.waitSignal(operations.failed):
        operations.run_command(work, None)


def test_commands_run_one_after_the_other_in_the_order_given(qtbot: QtBot, operations: Operations) -> None:
    order: list[int] = []

    def write(number: int) -> Changes:
        order.append(number)
        return Changes()

    for number in range(50):
        operations.run_command(lambda number=number: write(number), None)  # type: ignore[misc]
    qtbot.waitUntil(lambda: operations.idle)
    assert order == list(range(50))


def test_commands_that_wait_are_still_run_when_the_program_ends(qapp: object, broadcasts: Broadcasts) -> None:
    operations, ran = Operations(broadcasts), list[int]()

    def write(number: int) -> Changes:
        ran.append(number)
        return SAVED

    for number in range(5):
        operations.run_command(lambda number=number: write(number), None)  # type: ignore[misc]
    operations.close()
    assert ran == [0, 1, 2, 3, 4]


def test_nothing_is_taken_after_the_end(qapp: object, broadcasts: Broadcasts) -> None:
    operations, listener = Operations(broadcasts), Listener()
    operations.close()
    operations.close()
    operations.run_query(lambda: 1, listener.hear)
    assert operations.idle


def test_short_work_shows_nothing(qtbot: QtBot, operations: Operations) -> None:
    with qtbot.assertNotEmitted(operations.busy):
        operations.run_query(lambda: 1, Listener().hear, owner=operations)
        qtbot.waitUntil(lambda: operations.idle)


def test_work_of_half_a_second_shows_that_it_runs_and_that_it_has_ended(qtbot: QtBot, operations: Operations) -> None:
    gate = threading.Event()
    with qtbot.waitSignal(operations.busy, timeout=3000) as busy:
        operations.run_query(lambda: gate.wait(5), Listener().hear, owner=operations)
    assert busy.args == [True]
    with qtbot.waitSignal(operations.busy) as busy:
        gate.set()
    assert busy.args == [False]


def test_cancelled_work_stops_and_says_nothing(qtbot: QtBot, operations: Operations) -> None:
    progress, begun = Progress("Importing"), threading.Event()

    def work() -> None:
        begun.set()
        while True:
            progress.check()

    with qtbot.assertNotEmitted(operations.failed):
        operations.run_in_pool(work, Listener().hear, owner=operations, progress=progress)
        qtbot.waitUntil(begun.is_set)
        progress.cancel()
        qtbot.waitUntil(lambda: operations.idle)


def test_a_cancelled_command_tells_the_page_that_wants_to_know(qtbot: QtBot, operations: Operations) -> None:
    progress, page = Progress("Importing"), Listener()
    progress.cancel()

    def work() -> Changes:
        progress.check()
        return SAVED

    operations.run_command(work, page, None, page.hear, progress=progress)
    qtbot.waitUntil(lambda: operations.idle)
    assert [type(problem) for problem in page.heard] == [Cancelled]


def test_a_cancelled_command_is_no_error_for_the_messages(qtbot: QtBot, operations: Operations) -> None:
    progress = Progress("Importing")
    progress.cancel()

    def work() -> Changes:
        progress.check()
        return SAVED

    with qtbot.assertNotEmitted(operations.failed):
        operations.run_command(work, None, progress=progress)
        qtbot.waitUntil(lambda: operations.idle)


def test_the_end_of_long_work_is_always_reported(qtbot: QtBot, operations: Operations) -> None:
    progress, moves = Progress("Importing"), Listener()
    progress.moved.connect(lambda done, of, words: moves.hear((done, of)))

    def work() -> None:
        for done in range(1001):
            progress.report(done, 1000)

    operations.run_in_pool(work, Listener().hear, owner=operations, progress=progress)
    qtbot.waitUntil(lambda: operations.idle)
    qtbot.waitUntil(lambda: (1000, 1000) in moves.heard)
    assert len(moves.heard) < 100


def test_changes_that_name_nothing_are_not_broadcast(qtbot: QtBot, broadcasts: Broadcasts) -> None:
    with qtbot.assertNotEmitted(broadcasts.changed):
        broadcasts.publish(Changes())


def test_what_a_hidden_page_missed_is_kept_together() -> None:
    both = together(together(None, SAVED), Changes(frozenset({"need"}), frozenset({"b"})))
    assert (both.kinds, both.ids) == (frozenset({"goal", "need"}), frozenset({"a", "b"}))


def test_a_widget_in_a_page_speaks_for_the_page() -> None:
    page, other = QObject(), QObject()
    inner = QObject(QObject(page))
    assert comes_from(inner, page)
    assert not comes_from(inner, other)
    assert not comes_from(None, page)


def test_work_that_is_held_back_begins_later_in_the_order_it_was_asked_for(
    qtbot: QtBot, operations: Operations
) -> None:
    ran: list[int] = []
    operations.hold()
    for number in range(3):
        operations.run_query(partial(ran.append, number), lambda _: None)
    assert not operations.idle
    assert ran == []
    operations.begin()
    qtbot.waitUntil(lambda: operations.idle)
    assert ran == [0, 1, 2]


def test_closing_still_writes_what_was_held_back(operations: Operations) -> None:
    written: list[Changes] = []

    def write() -> Changes:
        written.append(SAVED)
        return SAVED

    operations.hold()
    operations.run_command(write, None)
    operations.close()
    assert written == [SAVED]
