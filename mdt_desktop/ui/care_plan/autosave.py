"""Keeps what is typed until it is saved: on a pause, on leaving and on demand; a failure loses nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.operations import Operations

PAUSE_MS = 1200
LONGEST_MS = 1800  # from the first letter that is not saved yet, however fast somebody types on
Target = tuple[str, str]
"""Table name and id of what is edited."""


class Writer(Protocol):
    """Saves fields of one target; runs on the writer thread."""

    def __call__(self, kind: str, record_id: str, values: Mapping[str, Any]) -> Changes: ...


class Autosave(QObject):
    """Collects edits by record and field and writes each record with one command.

    `saved` comes when everything typed so far is in the store; `failed` carries the error when some of it could not
    be written: it stays here, goes out again with the next edit or `flush`, and `unsaved` still tells it.
    """

    saved = Signal()
    failed = Signal(object)  # Exception
    state_changed = Signal()

    def __init__(self, operations: Operations, write: Writer, page: QObject) -> None:
        super().__init__(page)
        self._operations, self._write, self._page = operations, write, page
        self._waiting: dict[Target, dict[str, Any]] = {}
        self._flying: dict[Target, dict[str, Any]] = {}
        self._then: list[tuple[Callable[[], None], Callable[[], None] | None]] = []
        self._problem: Exception | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.flush)
        # Somebody who types on without a pause must not lose a whole paragraph to a crash.
        self.longest = QTimer(self)
        self.longest.setSingleShot(True)
        self.longest.setInterval(LONGEST_MS)
        self.longest.timeout.connect(self.flush)

    @property
    def idle(self) -> bool:
        """Is everything typed in the store?"""
        return not self._waiting and not self._flying

    @property
    def problem(self) -> Exception | None:
        """Why the last attempt failed; None once a later one has worked."""
        return self._problem

    def edit(self, kind: str, record_id: str, values: Mapping[str, Any]) -> None:
        """Something was typed or chosen; it is written after a pause."""
        self._waiting.setdefault((kind, record_id), {}).update(values)
        self._timer.start()
        if not self.longest.isActive():
            self.longest.start()
        self.state_changed.emit()

    def unsaved(self, kind: str, record_id: str) -> Mapping[str, Any]:
        """What was typed into a record and may not be in the store yet."""
        target = (kind, record_id)
        return self._flying.get(target, {}) | self._waiting.get(target, {})

    def forget(self) -> None:
        """Throw away what could not be saved: the person chose to leave without it."""
        self._timer.stop()
        self.longest.stop()
        self._waiting.clear()
        self._then.clear()
        self._problem = None

    def flush(self, then: Callable[[], None] | None = None, otherwise: Callable[[], None] | None = None) -> None:
        """Write now. `then` is called once all is in the store (at once if it is), `otherwise` if something failed."""
        self._timer.stop()
        self.longest.stop()
        if then is not None:
            self._then.append((then, otherwise))
        if self._flying:
            return  # what waits goes when this is done
        waiting, self._waiting = self._waiting, {}
        self._flying = waiting
        self._problem = None
        for target, values in waiting.items():
            self._send(target, values)
        if not waiting:
            self._answer()

    def send_all(self) -> None:
        """Write now without waiting for what is on its way: the page is about to go. Commands keep their order."""
        self._timer.stop()
        self.longest.stop()
        waiting, self._waiting = self._waiting, {}
        for target, values in waiting.items():
            self._send(target, values)

    def _send(self, target: Target, values: dict[str, Any]) -> None:
        def done(_: Changes) -> None:
            self._landed(target)

        def failed(problem: Exception) -> None:
            self._waiting[target] = values | self._waiting.get(target, {})
            self._problem = problem
            self._landed(target)

        write = self._write
        self._operations.run_command(lambda: write(target[0], target[1], values), self._page, done, failed)

    def _landed(self, target: Target) -> None:
        self._flying.pop(target, None)
        if self._flying:
            return
        if self._problem is not None:
            answers, self._then = self._then, []
            self.failed.emit(self._problem)
            for _then, otherwise in answers:
                if otherwise is not None:
                    otherwise()
        elif self._waiting and (self._then or not self._timer.isActive()):
            # Somebody waits for it, or its time came while the others were on their way.
            self.flush()
            return
        else:
            self._answer()
            self.saved.emit()
        self.state_changed.emit()

    def _answer(self) -> None:
        answers, self._then = self._then, []
        for then, _otherwise in answers:
            then()
