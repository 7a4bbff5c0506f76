"""An empty store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.borough import a_store
from tests.store.risk_import.desk import Borough


@pytest.fixture
def borough(tmp_path: Path) -> Iterator[Borough]:
    with a_store(tmp_path) as program:
        yield Borough(program, tmp_path)
