"""Lists of people leave only whole, with a reason, with an audit entry for everybody on them, and with the least."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from benchmarks.borough import empty, fill
from mdt_desktop.bootstrap import Program
from mdt_desktop.documents.writing import FileNameRefused, PaperFileExists, PaperNotSaved
from mdt_desktop.domain.exports import (
    LEAST,
    ListColumn,
    ListColumnsMissing,
    ListEmpty,
    ListKind,
    ListKindUnknown,
    ListPurpose,
    ListReason,
    ListReasonMissing,
    in_order,
    kind_of,
    suggested_list_name,
)
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery, CaseloadSort
from mdt_desktop.services.exports import LeavingList, in_words
from mdt_desktop.store import audit_log
from mdt_desktop.words import sentence

PEOPLE = 300
WHY = ListPurpose(ListReason.FOR_VISITS)
BY_NAME = CaseloadQuery(CaseloadFilter(), CaseloadSort.NAME)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with empty(DataFolder(tmp_path_factory.mktemp("borough") / "data")) as found:
        fill(found.access, PEOPLE)
        yield found


def audit_of(program: Program) -> list[tuple[Any, ...]]:
    return program.access.database.reader.execute(
        "SELECT action, kind, person_id, fields, reason FROM audit_entry WHERE action = 'export' ORDER BY seq"
    ).fetchall()


def entries(program: Program) -> int:
    count: int = program.access.database.reader.execute("SELECT count(*) FROM audit_entry").fetchone()[0]
    return count


def leaving(program: Program, query: CaseloadQuery = BY_NAME) -> LeavingList:
    return program.services.exports.caseload(query, set(LEAST))


def test_a_list_has_the_people_the_order_and_the_columns_that_are_shown(program: Program) -> None:
    query = CaseloadQuery(CaseloadFilter(has_plan=True), CaseloadSort.NAME, backwards=True)
    found = program.services.exports.caseload(query, {ListColumn.LEAD, ListColumn.NAME, ListColumn.NHS_NUMBER})
    rows = program.services.caseload.page(query, 0, PEOPLE).rows
    assert 0 < len(rows) == program.services.exports.count(query) < PEOPLE
    assert found.columns == (ListColumn.NAME, ListColumn.NHS_NUMBER, ListColumn.LEAD)
    assert found.person_ids == tuple(row.person_id for row in rows)
    assert found.rows == tuple(
        (
            name_on_screen(row.family_name, row.given_names, row.title),
            spaced_nhs_number(row.nhs_number),
            row.lead_name,
        )
        for row in rows
    )


def test_every_column_has_a_text_for_everybody(program: Program) -> None:
    found = program.services.exports.caseload(BY_NAME, set(ListColumn))
    assert len(found.rows) == PEOPLE
    assert {len(row) for row in found.rows} == {len(ListColumn)}
    filled = {column for row in found.rows for column, cell in zip(found.columns, row, strict=True) if cell}
    assert filled == set(ListColumn)


def test_without_a_choice_only_who_it_is_and_what_to_do_leaves() -> None:
    withheld = {
        ListColumn.BORN, ListColumn.SCORE, ListColumn.STAGE, ListColumn.PLAN, ListColumn.REVIEW_DUE,
        ListColumn.PRACTICE, ListColumn.LOCALITY,
    }  # fmt: skip
    assert set(ListColumn) - set(LEAST) == withheld
    assert in_order(set(LEAST)) == LEAST


@pytest.mark.parametrize("kind", list(ListKind))
def test_a_saved_list_is_one_private_file_with_an_entry_for_the_list_and_for_everybody_on_it(
    kind: ListKind, program: Program, tmp_path: Path
) -> None:
    found, before = leaving(program), len(audit_of(program))
    path = tmp_path / found.file_name(kind)
    changes = program.services.exports.save(found, program.services.exports.content(found, kind), path, kind, WHY)
    assert [it.name for it in tmp_path.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o077 == 0
    assert table_in(path) == [list(row) for row in found.table]
    new = audit_of(program)[before:]
    told = f"To plan visits or calls ({PEOPLE} people as {kind.value.upper()})"
    assert new[0] == ("export", "caseload", None, "name,nhs_number,tier,lead,next_step", told)
    assert [entry[2] for entry in new[1:]] == list(found.person_ids)
    assert {entry[4] for entry in new} == {told}
    assert audit_log.first_broken(program.access.database.reader) is None
    assert changes.concern("audit_entry", found.person_ids[0])


def table_in(path: Path) -> list[list[str]]:
    """The cells of a file; an empty cell of a workbook is an empty text."""
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[str(value or "") for value in row] for row in sheet.iter_rows(values_only=True)]


def test_a_file_that_cannot_be_written_leaves_no_entry(program: Program, tmp_path: Path) -> None:
    found, before = leaving(program), entries(program)
    (tmp_path / "there.csv").write_text("mine")
    for name, refusal in (
        ("there.csv", PaperFileExists),
        ("CON.csv", FileNameRefused),
        ("no/such/folder.csv", PaperNotSaved),
    ):
        with pytest.raises(refusal):
            program.services.exports.save(found, b"x", tmp_path / name, ListKind.CSV, WHY)
    assert entries(program) == before
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_an_entry_that_cannot_be_kept_leaves_no_file(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = leaving(program)

    class Failing:
        """The connection, until the work is to be committed."""

        def __init__(self, real: Any) -> None:
            self._real = real

        def execute(self, sql: str, *values: Any) -> Any:
            if sql == "COMMIT":
                raise RuntimeError("the commit failed")
            return self._real.execute(sql, *values)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    database, before = program.access.database, entries(program)
    monkeypatch.setattr(database, "writer", Failing(database.writer))
    with pytest.raises(RuntimeError, match="the commit failed"):
        program.services.exports.save(found, b"x", tmp_path / "list.csv", ListKind.CSV, WHY)
    assert list(tmp_path.iterdir()) == []
    assert entries(program) == before


def test_a_list_that_was_about_to_leave_and_did_not_is_in_the_audit(program: Program) -> None:
    program.services.exports.record_cancelled(12, ListPurpose(ListReason.OTHER, "The ward asked"))
    entry = audit_of(program)[-1]
    assert entry[:3] == ("export", "caseload", None)
    assert entry[4] == "The ward asked (12 people; cancelled, nothing left the program)"


@pytest.mark.parametrize(
    ("purpose", "told"),
    [
        (ListPurpose(ListReason.TO_CHECK), "To check against another record"),
        (ListPurpose(ListReason.TO_CHECK, " the ward's list "), "To check against another record: the ward's list"),
        (ListPurpose(ListReason.OTHER, " For the ward "), "For the ward"),
    ],
)
def test_the_reason_is_told_with_the_words_that_were_added(purpose: ListPurpose, told: str) -> None:
    assert in_words(purpose) == told


def test_nothing_leaves_without_a_reason_a_column_or_a_person(program: Program) -> None:
    with pytest.raises(ListReasonMissing) as refused:
        ListPurpose(ListReason.OTHER, "  ")
    assert "Say why" in sentence(refused.value)
    with pytest.raises(ListColumnsMissing):
        program.services.exports.caseload(BY_NAME, set())
    with pytest.raises(ListEmpty):
        program.services.exports.caseload(CaseloadQuery(CaseloadFilter(text="nobody of that name")), set(LEAST))


def test_the_name_of_a_file_says_the_day_and_nothing_of_anybody() -> None:
    assert suggested_list_name(ListKind.XLSX, date(2026, 11, 23)) == "caseload-2026-11-23.xlsx"
    assert [kind_of(name) for name in ("a.csv", "A.CSV", "b.Xlsx")] == [ListKind.CSV, ListKind.CSV, ListKind.XLSX]
    for name in ("list", "list.pdf", ".csv.", "csv", "xlsx"):
        with pytest.raises(ListKindUnknown):
            kind_of(name)
