"""For whole journeys: the application and the watch over what is left behind, as the tests of screens have them."""

from collections.abc import Iterator

import pytest

from tests.helpers.cheap_keys import ask_for_the_floor
from tests.ui.conftest import light_theme, no_qt_warnings, nothing_left_running, qapp

__all__ = ["light_theme", "no_qt_warnings", "nothing_left_running", "qapp"]


@pytest.fixture(autouse=True, scope="module")
def cheap_keys() -> Iterator[None]:
    """Other processes open these stores: the real derivation, at its floor."""
    with pytest.MonkeyPatch.context() as patch:
        ask_for_the_floor(patch)
        yield
