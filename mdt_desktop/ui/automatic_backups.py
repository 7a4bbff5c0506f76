"""Makes the automatic backup while the store is open: asks each minute whether one is due, in the pool."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.logs.events import record_event
from mdt_desktop.ui.messages import Messages, Tone
from mdt_desktop.ui.operations import Operations

if TYPE_CHECKING:
    from mdt_desktop.services.backups import Backups

LOOK_EVERY_MS = 60_000
_log = logging.getLogger(__name__)


class AutomaticBackups(QObject):
    """`made` after each backup. One that fails is told as a notice and stops nothing; the next try is half an hour
    later, and of a store that is being closed nothing is told."""

    made = Signal()

    def __init__(self, operations: Operations, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations, self._messages = operations, messages
        self._backups: Callable[[], Backups] | None = None
        self._looking = False
        self.timer = QTimer(self)
        self.timer.setInterval(LOOK_EVERY_MS)
        self.timer.timeout.connect(self.look)

    def start(self, backups: "Callable[[], Backups]") -> None:
        """The store is open; the service is loaded with the first look."""
        self._backups = backups
        self.timer.start()

    def stop(self) -> None:
        """The store is being closed."""
        self.timer.stop()
        self._backups = None

    def look(self) -> None:
        """Make a backup if one is due; while one is being made nothing else is begun."""
        backups = self._backups
        if backups is None or self._looking:
            return
        self._looking = True
        self._operations.run_in_pool(lambda: backups().make_if_due(), self._on_looked, self._on_failed, owner=self)

    def _on_looked(self, made: object) -> None:
        self._looking = False
        if made is not None:
            self.made.emit()

    def _on_failed(self, error: Exception) -> None:
        self._looking = False
        if self._backups is None:
            return
        record_event(_log, "automatic_backup_failed", error=error)
        if isinstance(error, MdtError):
            self._messages.notify(Messages.words_of(error), Tone.WARNING)
        else:
            self._messages.error(error)
