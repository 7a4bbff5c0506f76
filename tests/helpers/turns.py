"""Waiting in a process of its own, where there is no pytest: the window's loop turns until something is so."""

import time
from collections.abc import Callable

from PySide6.QtTest import QTest

_TURN_MS = 5


class Turns:
    """Does for `Hands` what pytest's `qtbot` does in a test."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 60_000) -> None:
        """Until it is so; raises TimeoutError after `timeout` milliseconds."""
        until = time.monotonic() + timeout / 1000
        while not callback():
            if time.monotonic() > until:
                raise TimeoutError(f"it did not come to {callback}")
            QTest.qWait(_TURN_MS)
