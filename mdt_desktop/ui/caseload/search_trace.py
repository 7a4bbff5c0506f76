"""Leaves a trace of each search in the audit: once the words rest, or as soon as somebody found by them is opened."""

from PySide6.QtCore import QObject, QTimer

from mdt_desktop.bootstrap import Services
from mdt_desktop.ui.operations import Operations

REST_MS = 2000
"""Words that stand this long were meant: every letter on the way to them is no search of its own."""


class SearchTrace(QObject):
    """Told of every list that words have found; records each search once. The words themselves are never kept."""

    def __init__(self, services: Services, operations: Operations, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._operations = services, operations
        self._waiting: tuple[str, int] | None = None
        self._recorded = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.record)

    def found(self, text: str, total: int) -> None:
        """How many people the words that stand in the box have found; without words the next search is a new one."""
        words = text.strip()
        if not words:
            self._waiting, self._recorded = None, ""
            self._rest.stop()
        elif words != self._recorded:
            self._waiting = (words, total)
            self._rest.start()

    def record(self) -> None:
        """Write what waits, if anything does."""
        self._rest.stop()
        if self._waiting is not None:
            (text, total), self._waiting = self._waiting, None
            self._recorded = text
            services = self._services
            self._operations.run_command(lambda: services.audits.record_search(text, total), self.parent())
