"""A paged model over a list."""

import pytest

from mdt_desktop.ui.row_models import PagedTableModel
from tests.ui.row_models.desk import COLUMNS, Line


@pytest.fixture
def model(qapp: object) -> PagedTableModel[Line]:
    return PagedTableModel(COLUMNS)
