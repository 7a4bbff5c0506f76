"""The deprivation fifth of a risk file: kept with the person, corrected by a later file, never blanked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.bootstrap import Program
from tests.helpers.borough import a_store
from tests.helpers.risk_files import NOVEMBER, NUMBERS, OCTOBER, PRACTICE, a_risk_file, lines


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with a_store(tmp_path / "store") as program:
        yield program


def _take(program: Program, folder: Path, found: list[dict[str, object]], run_date: Any) -> None:
    path = a_risk_file(folder / f"{run_date}.csv", found, PRACTICE, run_date)
    program.services.risk_import.apply(program.services.risk_import.preview(path))


def _fifth(program: Program, place: int) -> Any:
    found = program.access.database.reader.execute(
        "SELECT deprivation_fifth FROM person WHERE nhs_number = ?", (NUMBERS[place],)
    ).fetchone()
    return found[0]


def test_a_fifth_is_kept_with_the_person_and_a_later_file_corrects_it(program: Program, tmp_path: Path) -> None:
    first = [line | {"IMD quintile": 1 + place % 5} for place, line in enumerate(lines(40))]
    _take(program, tmp_path, first, OCTOBER)
    assert [_fifth(program, place) for place in range(6)] == [1, 2, 3, 4, 5, 1]
    later = [line | {"IMD quintile": 5 if place == 0 else ""} for place, line in enumerate(lines(40))]
    _take(program, tmp_path, later, NOVEMBER)
    assert [_fifth(program, place) for place in range(3)] == [5, 2, 3]


def test_a_file_without_the_column_leaves_what_is_known(program: Program, tmp_path: Path) -> None:
    _take(program, tmp_path, [line | {"IMD quintile": 2} for line in lines(40)], OCTOBER)
    _take(program, tmp_path, lines(40), NOVEMBER)
    assert _fifth(program, 0) == 2


def test_the_fifth_of_somebody_with_a_case_leaves_with_the_person(program: Program, tmp_path: Path) -> None:
    _take(program, tmp_path, [line | {"IMD quintile": 2} for line in lines(40)], OCTOBER)
    sent = program.access.database.reader.execute(
        "SELECT count(*) FROM outbox WHERE type = 'person' AND kind = 'create'"
        " AND json_extract(set_json, '$.deprivation_fifth') = 2"
    ).fetchone()[0]
    assert sent > 0
