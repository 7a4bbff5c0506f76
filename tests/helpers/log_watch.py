"""Collects log entries of WARNING and above during a test."""

import logging


class LogWatch(logging.Handler):
    """Entries whose text contains an expected piece are fine; every expected piece must turn up."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.entries: list[str] = []
        self._expected: list[str] = []
        self._allowed: list[str] = []
        self._any = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the entry as one line: level, logger, text."""
        self.entries.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def expect(self, piece: str) -> None:
        """Say that an entry containing `piece` belongs to this test."""
        self._expected.append(piece)

    def allow(self, piece: str) -> None:
        """Say that an entry containing `piece` may belong to this test."""
        self._allowed.append(piece)

    def allow_all(self) -> None:
        """For tests of logging itself."""
        self._any = True

    def unexpected(self) -> list[str]:
        """Entries that nobody expected, and expected ones that never came."""
        if self._any:
            return []
        known = (*self._expected, *self._allowed)
        noise = [entry for entry in self.entries if not any(piece in entry for piece in known)]
        silent = [piece for piece in self._expected if not any(piece in entry for entry in self.entries)]
        return noise + [f"expected and never logged: {piece}" for piece in silent]
