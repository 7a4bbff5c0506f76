"""A thousand damaged risk files and more: taken whole or refused in words, never in part, never for long (R28)."""

import random
import string
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.nhs_number import check_digits_agree
from mdt_desktop.services.risk_import import ImportPreview, ImportResult, RunState
from mdt_desktop.services.risk_reading import Limits, RiskFileTooManyRows, read_risk_file
from mdt_desktop.services.risk_rejects import reason_in_words, write_all_rejects
from mdt_desktop.store import audit_log
from mdt_desktop.words import sentence
from tests.helpers.borough import a_store
from tests.helpers.mutations import CELLS, injured_table
from tests.helpers.risk_files import a_risk_file, lines

ORDINARY, SOAK = 1_000, 20_000
MOST_SECONDS = 5.0
"""Of the processor, for one file: a machine that is busy with other things proves nothing."""

TODAY = date(2026, 11, 23)
_BETWEEN_CHECKS = 100
_WRITTEN = (
    "person", "risk_score", "stratification_run", "held_row", "person_case", "outbox", "audit_entry", "practice",
)  # fmt: skip


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with a_store(tmp_path) as opened:
        yield opened


def ask(program: Program, sql: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = program.access.database.reader.execute(sql).fetchall()
    return rows


def assert_whole(program: Program) -> None:
    """Everything in the store fits together, whatever was imported."""
    for number, family_name, given_names, born in ask(
        program, "SELECT nhs_number, family_name, given_names, born FROM person"
    ):
        assert number is None or check_digits_agree(number)
        assert (family_name + given_names).strip()
        assert date(1896, 1, 1) < date.fromisoformat(born) <= TODAY
    assert ask(program, "PRAGMA foreign_key_check") == []
    people = ask(program, "SELECT count(*) FROM person")
    assert people == ask(program, "SELECT count(*) FROM caseload_index")
    assert people == ask(program, "SELECT count(*) FROM person_search")
    unsent = (
        "SELECT count(*) FROM person_case WHERE id NOT IN (SELECT id FROM outbox) OR person_id NOT IN"
        " (SELECT id FROM outbox)"
    )
    assert ask(program, unsent) == [(0,)]
    assert audit_log.first_broken(program.access.database.reader) is None


def assert_run_is_whole(program: Program, preview: ImportPreview, result: ImportResult) -> None:
    """A run that was taken has a score for every row but those that wait for a decision."""
    if result.state in (RunState.NEW, RunState.CORRECTION):
        written = ask(program, f"SELECT count(*) FROM risk_score WHERE run_id = '{result.run_id}'")[0][0]
        assert written + result.held - len(preview.file.held) == len(preview.file.rows)


def state_of(program: Program) -> list[tuple[Any, ...]]:
    return [ask(program, f"SELECT count(*) FROM {table}")[0] for table in _WRITTEN]


def import_many(program: Program, folder: Path, count: int) -> Counter[str]:
    """Import as many damaged files; how each ended, by the code of its refusal."""
    # Four lists in turn, so that people are new, known, and missing.
    wholes = [a_risk_file(folder / f"{n}.csv", lines(10, 10 * n)).read_bytes() for n in range(4)]
    ended: Counter[str] = Counter()
    risk_import, file = program.services.risk_import, folder / "damaged.csv"
    for number in range(count):
        chance = random.Random(number)
        file.write_bytes(injured_table(wholes[number % len(wholes)].replace(b"\r\n", b"\n"), chance))
        before, start = state_of(program), time.thread_time()
        told = ""
        try:
            preview = risk_import.preview(file)
            rejected = [*map(reason_in_words, (*preview.file.rejects, *preview.file.remarks))]
            rejected += map(reason_in_words, preview.file.held)
            assert all(it and it.isprintable() for it in rejected), number
            assert_run_is_whole(program, preview, risk_import.apply(preview))
            ended["taken"] += 1
            ended["rows rejected"] += len(preview.file.rejects)
        except MdtError as refused:
            told = sentence(refused)
            ended[type(refused).code] += 1
        if told:
            assert len(told) > 20, f"file {number}: {told}"
            assert state_of(program) == before, f"file {number} was refused and left something"
        assert time.thread_time() - start < MOST_SECONDS, f"file {number}"
        if number % _BETWEEN_CHECKS == 0:
            assert_whole(program)
    assert_whole(program)
    return ended


def test_a_thousand_damaged_files_are_taken_whole_or_refused_in_words(program: Program, tmp_path: Path) -> None:
    ended = import_many(program, tmp_path, ORDINARY)
    assert ended["taken"] > ORDINARY / 4
    assert ended["rows rejected"] > ORDINARY
    refusals = set(ended) - {"taken", "rows rejected"}
    # The damage reaches every stage: bytes, form, columns, facts, rows.
    assert {
        "risk_file_is_binary", "risk_file_encoding_unknown", "risk_file_no_headings", "risk_columns_not_mapped",
        "risk_practice_not_told", "risk_no_usable_rows",
    } <= refusals  # fmt: skip


@pytest.mark.soak
@pytest.mark.timeout(7_200)
def test_very_many_damaged_files_are_taken_whole_or_refused_in_words(program: Program, tmp_path: Path) -> None:
    assert import_many(program, tmp_path, SOAK)["taken"] > SOAK / 4


def read_and_tell(file: Path) -> None:
    """Read a file and put everything wrong with it into words; raises nothing but MdtError."""
    start, told = time.thread_time(), ""
    try:
        found = read_risk_file(file, today=TODAY)
        rejects = file.with_name("rejects.csv")
        told = str(write_all_rejects(rejects, [(file.name, found.head.recognition.headings, found.rejects)]))
    except MdtError as refused:
        told = sentence(refused)
    assert told
    assert time.thread_time() - start < MOST_SECONDS


_CELL = st.one_of(st.sampled_from(CELLS), st.text(max_size=30), st.text(string.printable, max_size=30))
_LINE = st.lists(_CELL, min_size=1, max_size=16).map(",".join)


@settings(max_examples=150)
@given(rows=st.lists(_LINE, max_size=8), encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_lines_under_good_headings_are_read_or_refused(
    rows: list[str], encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    whole = a_risk_file(folder / "whole.csv", lines(3)).read_text(encoding="utf-8")
    (folder / "risk.csv").write_bytes((whole + "\n".join(rows)).encode(encoding, "replace"))
    read_and_tell(folder / "risk.csv")


_TEXT = st.text(max_size=500).map(lambda text: text.encode("utf-8", "replace"))


@settings(max_examples=150)
@given(content=st.one_of(st.binary(max_size=2_000), _TEXT))
def test_any_bytes_are_read_or_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("bytes") / "risk.csv"
    file.write_bytes(content)
    read_and_tell(file)


_GOOD = b"9454522795,Invented,Amina,01/08/1930,Female,1 Street,E1 4AA,99.00,0,COPD,Y90001,2026-11-01,Tool"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'"abc,def', id="a quote that is never closed"),
        pytest.param(b'"' + b"a" * 3_000, id="a quote before a long text"),
        pytest.param(b'"' + b"a" * 60_000, id="a quote before a very long text"),
        pytest.param(b'"a""b","c', id="an odd quote in each line"),
        pytest.param(b'"' * 60_000, id="nothing but quotes"),
        pytest.param(b"," * 60_000, id="nothing but commas"),
        pytest.param(b"a" * 2_000_000, id="a line without an end"),
        pytest.param(b"\t", id="tabs"),
        pytest.param(b",".join([b"x" * 5_000] * 13), id="long cells"),
        pytest.param(b",".join([b" " * 5_000] * 13), id="long blanks"),
        pytest.param(b",".join([b"a " * 2_400] * 13), id="many words"),
        pytest.param(b",".join([b"(" * 5_000] * 13), id="brackets"),
        pytest.param(b",".join([b"1/" * 2_400] * 13), id="dates without an end"),
        pytest.param(b",".join([b"9" * 5_000] * 13), id="long numbers"),
        pytest.param(_GOOD, id="one person over and over"),
    ],
)
def test_two_megabytes_of_what_is_slow_to_read_are_read_or_refused_within_seconds(line: bytes, tmp_path: Path) -> None:
    head = a_risk_file(tmp_path / "whole.csv", lines(1)).read_bytes()
    file = tmp_path / "slow.csv"
    file.write_bytes(head + (line + b"\r\n") * (2_000_000 // (len(line) + 2) + 1))
    read_and_tell(file)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b",\r\n"])
def test_a_file_of_nothing_but_line_ends_is_refused_before_it_takes_minutes(end: bytes, tmp_path: Path) -> None:
    head = a_risk_file(tmp_path / "whole.csv", lines(1)).read_bytes()
    file = tmp_path / "ends.csv"
    file.write_bytes(head + end * 50_000)
    with pytest.raises(RiskFileTooManyRows) as refused:
        read_risk_file(file, today=TODAY, limits=Limits(most_lines=40_000))
    assert "more than 40,000 rows" in sentence(refused.value)
    assert len(read_risk_file(file, today=TODAY).rows) == 1
