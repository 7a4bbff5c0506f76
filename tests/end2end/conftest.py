"""For whole journeys: the application and the watch over what is left behind, as the tests of screens have them."""

import pytest

from mdt_desktop.security import key_derivation
from tests.ui.conftest import light_theme, no_qt_warnings, nothing_left_running, qapp

__all__ = ["light_theme", "no_qt_warnings", "nothing_left_running", "qapp", "quick_keys"]


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor of key derivation instead of a second of it."""
    monkeypatch.setattr(key_derivation, "calibrate", lambda: key_derivation.FLOOR)
