"""Keeps what is typed: answers wait for a pause, go to the store together, and stay here until they are there."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from mdt_desktop.domain.questionnaire import Answers, Value
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.operations import Operations

PAUSE_MS = 1200  # a pause in typing; leaving the field, the part or the page saves at once
LONGEST_MS = 1800  # from the first letter that is not saved yet, however fast somebody types on
Place: TypeAlias = tuple[str, str]
Batch: TypeAlias = Mapping[Place, Value | None]


class Autosave(QObject):
    """Answers that are not in the store yet, `(link id, position)` to value, None for one that is taken away.

    One batch is on its way at a time, so an older value never overtakes a newer one. A batch that could not be saved
    comes back and goes out with the next one or by `flush`. `settled` comes when everything is in the store.
    """

    saved = Signal(object)  # Changes
    failed = Signal(object)  # Exception
    settled = Signal()

    def __init__(self, operations: Operations, save: Callable[[Batch], Changes], parent: QObject) -> None:
        super().__init__(parent)
        self._operations, self._save = operations, save
        self._waiting: dict[Place, Value | None] = {}
        self._on_the_way: dict[Place, Value | None] = {}
        self._hurry = False
        self.generation = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.flush)
        # Somebody who types on without a pause must not lose a whole paragraph to a crash.
        self.longest = QTimer(self)
        self.longest.setSingleShot(True)
        self.longest.setInterval(LONGEST_MS)
        self.longest.timeout.connect(self.flush)

    @property
    def clean(self) -> bool:
        """Is everything that was noted in the store?"""
        return not self._waiting and not self._on_the_way

    @property
    def unsaved(self) -> dict[Place, Value | None]:
        """What is not known to be in the store yet."""
        return {**self._on_the_way, **self._waiting}

    def note(self, link_id: str, position: str, value: Value | None) -> None:
        """An answer was given or taken away; it is saved after the pause."""
        self._waiting[(link_id, position)] = value
        self.generation += 1
        self._pause.start()
        if not self.longest.isActive():
            self.longest.start()

    def flush(self) -> None:
        """Save now; while a batch is on its way the rest follows right after it."""
        self._pause.stop()
        self.longest.stop()
        if self._on_the_way:
            self._hurry = True
            return
        if not self._waiting:
            return
        batch, self._on_the_way, self._waiting = dict(self._waiting), self._waiting, {}
        self._operations.run_command(lambda: self._save(batch), self, self._on_saved, self._on_failed)

    def send_all(self) -> None:
        """Save now without waiting for the batch on its way: the page is about to go. Commands keep their order."""
        self._pause.stop()
        self.longest.stop()
        if self._waiting:
            batch, self._on_the_way, self._waiting = dict(self._waiting), {**self._on_the_way, **self._waiting}, {}
            self._operations.run_command(lambda: self._save(batch), self, self._on_saved, self._on_failed)

    def forget(self) -> None:
        """Give up what waits: the person chose to leave without saving it."""
        self._pause.stop()
        self.longest.stop()
        self._waiting = {}

    def over(self, answers: Answers) -> Answers:
        """Answers from the store with everything over them that is not there yet."""
        values = dict(answers.values)
        for place, value in self.unsaved.items():
            if value is None:
                values.pop(place, None)
            else:
                values[place] = value
        return Answers(values)

    def _on_saved(self, changes: Changes) -> None:
        self._on_the_way = {}
        self.generation += 1
        self.saved.emit(changes)
        if self._waiting and (self._hurry or not self._pause.isActive()):
            self._hurry = False
            self.flush()
        elif not self._waiting:
            self._hurry = False
            self.settled.emit()

    def _on_failed(self, problem: Exception) -> None:
        self._waiting = {**self._on_the_way, **self._waiting}
        self._on_the_way = {}
        self._hurry = False
        self.failed.emit(problem)
