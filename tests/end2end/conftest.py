"""For whole journeys: the application and the watch over what is left behind, as the tests of screens have them."""

import pytest

from tests.ui.conftest import light_theme, no_qt_warnings, nothing_left_running, qapp

__all__ = ["light_theme", "no_qt_warnings", "nothing_left_running", "qapp"]


@pytest.fixture(autouse=True)
def quick_keys_everywhere(quick_keys: None) -> None:
    """No test here waits for a key to be made."""
