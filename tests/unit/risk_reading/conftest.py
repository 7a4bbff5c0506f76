"""Reads what a test wrote as a risk file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mdt_desktop.services.risk_reading import RiskFile, read_risk_file
from tests.unit.risk_reading.desk import TODAY


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., RiskFile]:
    def write_and_read(content: str | bytes, **options: object) -> RiskFile:
        path = tmp_path / "risk.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_risk_file(path, today=TODAY, **options)  # type: ignore[arg-type]  # passed through by tests

    return write_and_read
