"""The page, shown, with nothing in its store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.borough import a_store
from tests.ui.conftest import Show
from tests.ui.imports.desk import Screen


@pytest.fixture
def screen(qtbot: QtBot, show: Show, tmp_path: Path, qapp: QApplication) -> Iterator[Screen]:
    with a_store(tmp_path) as program:
        found = Screen(qtbot, program, tmp_path)
        show(found.page)
        found.page.shown({})
        found.settle()
        yield found
        found.operations.close()
        assert found.presenter.asked == []
