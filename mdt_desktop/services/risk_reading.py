"""Reads a practice's risk file: finds its form, then streams its lines into rows, rejects and held rows."""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from mdt_desktop.domain.risk_cells import RejectCode
from mdt_desktop.domain.risk_columns import Recognition, RiskColumn, meaning_of, recognise_columns
from mdt_desktop.domain.risk_rows import (
    HeldRow,
    Reject,
    RiskRow,
    RowJudge,
    RowRefused,
    settle_facts,
)
from mdt_desktop.services.risk_bytes import (
    Examined,
    RiskFileChanged,
    RiskFileEmpty,
    RiskFileMissing,
    RiskFileUnusable,
    examine,
)

DELIMITERS = ",;\t|"
_HEADING_WITHIN_LINES = 20
_ROWS_THAT_SETTLE = 200
_ROWS_BETWEEN_REPORTS = 2_000
Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all; what it raises stops the reading and reaches the caller."""


class RiskFileNoHeadings(RiskFileUnusable):
    """No line near the top looks like column headings."""

    code = "risk_file_no_headings"


class RiskFileTooManyColumns(RiskFileUnusable):
    """More columns than any risk file has."""

    code = "risk_file_too_many_columns"


class RiskFileTooManyRows(RiskFileUnusable):
    """More rows than any practice has people."""

    code = "risk_file_too_many_rows"


class RiskFileMostlyUnreadable(RiskFileUnusable):
    """Most of very many lines are rejected: this is not a risk file, or the columns are mapped wrongly."""

    code = "risk_file_mostly_unreadable"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused so that junk cannot fill the memory or hang the program."""

    largest_bytes: int = 256 << 20
    most_rows: int = 1_000_000
    most_lines: int = 2_000_000
    """Blank ones and those of quoted addresses included; a file of nothing but line ends is read for minutes."""
    most_columns: int = 200
    longest_line: int = 1 << 16
    """Characters."""
    most_lines_in_a_row: int = 20
    """Lines that one quoted address may take; beyond that a quote was never closed."""
    most_rejects: int = 20_000
    """Beyond this many the reading stops if they are more than half of the lines."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class RiskFileHead:
    """The form of a file, for the wizard's mapping page."""

    name: str
    size: int
    sha256: str
    encoding: str
    delimiter: str
    heading_line: int
    recognition: Recognition
    sample: tuple[tuple[str, ...], ...]
    """The cells of the first five rows."""


@dataclass(frozen=True, slots=True)
class RiskFile:
    """Everything read from one file. `rows` are fit to import; nothing in `rejects` or `held` is."""

    head: RiskFileHead
    practice_code: str
    run_date: date
    tool: str
    tool_version: str
    rows: list[RiskRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    held: list[HeldRow] = field(default_factory=list)
    remarks: list[Reject] = field(default_factory=list)
    """Rows that were taken with something left as it was (a postcode that is none)."""
    lines: int = 0
    """Rows under the headings, blank ones not counted."""
    without_number: int = 0


class _Lines:
    """Physical lines with their numbers; can take lines back when a quote ran away over them."""

    def __init__(self, text: TextIO, limits: Limits, name: str = "") -> None:
        self._readline = text.readline
        self._longest, self._most, self._name = limits.longest_line, limits.most_lines, name
        self._returned: deque[str] = deque()
        self.number = 0

    def next(self) -> str:
        """The next line with its line end, or an empty text at the end; of a huge line only its beginning.

        Raises RiskFileTooManyRows.
        """
        if self._returned:
            self.number += 1
            return self._returned.popleft()
        line = self._readline(self._longest + 1)
        if line:
            self.number += 1
            if self.number > self._most:
                raise RiskFileTooManyRows(file=self._name, limit=self._most)
            if len(line) > self._longest:
                self._skip_to_end_of(line)
        return line

    def _skip_to_end_of(self, part: str) -> None:
        while part and part[-1] not in "\r\n":
            part = self._readline(self._longest)
        # A cut between CR and LF would leave the LF behind as a line of its own.
        if part.endswith("\r") and (after := self._readline(1)) not in ("\n", ""):
            self._returned.append(after if after == "\r" else after + self._readline(self._longest))

    def give_back(self, lines: list[str]) -> None:
        """Read these again, as rows of their own."""
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file for reading, unbuffered surprises as typed errors. Raises RiskFileMissing."""
    try:
        # A named pipe would block for ever on opening.
        if not path.is_file():
            raise RiskFileMissing(file=path.name)
        file = path.open("rb")
    except (OSError, ValueError):
        raise RiskFileMissing(file=path.name) from None
    with file:
        try:
            yield file
        except OSError:
            raise RiskFileMissing(file=path.name) from None


def _text(file: BinaryIO, examined: Examined) -> io.TextIOWrapper:
    file.seek(examined.skip)
    return io.TextIOWrapper(file, encoding=examined.encoding, newline="")


@dataclass(frozen=True, slots=True)
class _Form:
    delimiter: str
    heading_line: int
    headings: tuple[str, ...]


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _find_form(file: BinaryIO, examined: Examined, name: str, limits: Limits) -> _Form:
    """The delimiter and the line of headings: the pair under which most headings are known.

    Lines above the headings (a report's title, Excel's `sep=;`) are passed over.
    """
    text = _text(file, examined)
    lines: list[str] = []
    while len(lines) < _HEADING_WITHIN_LINES and (line := text.readline(limits.longest_line)):
        lines.append(line)
    text.detach()
    best, best_known = _Form(",", 0, ()), (0, 0)
    for number, line in enumerate(lines, start=1):
        for delimiter in DELIMITERS:
            headings = tuple(" ".join(cell.replace("\ufeff", "").split()) for cell in _cells(line, delimiter))
            if len(headings) > limits.most_columns and not best.heading_line:
                raise RiskFileTooManyColumns(file=name, columns=len(headings), limit=limits.most_columns)
            known = len({meaning_of(heading) for heading in headings if heading} - {None})
            filled = sum(map(bool, headings))
            # An unknown line can be the headings only if it is the first with several cells.
            if (known, filled if known or best_known[0] == 0 == best.heading_line else 0) > best_known:
                best, best_known = _Form(delimiter, number, headings), (known, filled)
    if not any(line.strip() for line in lines):
        raise RiskFileEmpty(file=name)
    if best_known[0] == 0 and best_known[1] < 3:
        raise RiskFileNoHeadings(file=name)
    return best


def _rows_from(
    file: BinaryIO, examined: Examined, form: _Form, limits: Limits, name: str
) -> tuple[_Lines, io.TextIOWrapper]:
    text = _text(file, examined)
    lines = _Lines(text, limits, name)
    for _ in range(form.heading_line):
        lines.next()
    return lines, text


def _parsed(lines: _Lines, form: _Form, limits: Limits) -> Iterator[tuple[int, list[str] | Reject]]:
    """Each row as its first line's number and its cells, or a Reject; blank lines are passed over.

    A line without a quote needs no CSV rules: splitting it is four times as fast, and most lines have none.
    """
    delimiter, longest = form.delimiter, limits.longest_line
    next_line = lines.next
    while line := next_line():
        if len(line) > longest:
            number = lines.number
            yield number, Reject(number, "", RejectCode.LINE_TOO_LONG, {}, (line[:200],))
            continue
        if '"' in line:
            yield _quoted(lines, line, form, limits)
            continue
        cells = line.rstrip("\r\n").split(delimiter)
        if cells[0] or any(cells):
            yield lines.number, cells


def _quoted(lines: _Lines, first: str, form: _Form, limits: Limits) -> tuple[int, list[str] | Reject]:
    """A row with quotes, which may go on over several lines.

    When the quotes cannot be matched, the first line alone is rejected and the others are read again, so that
    one forgotten quote does not swallow the people after it.
    """
    start = lines.number
    record = [first]
    while True:
        try:
            cells = next(csv.reader(record, delimiter=form.delimiter, strict=True))
        except csv.Error:
            is_open = sum(line.count('"') for line in record) % 2 == 1
            more = lines.next() if is_open and len(record) < limits.most_lines_in_a_row else ""
            if more:
                record.append(more)
                continue
            code = RejectCode.QUOTE_NOT_CLOSED if is_open or len(record) > 1 else RejectCode.QUOTE_MISPLACED
        else:
            if len(record) == 1 or len(cells) == len(form.headings):
                return start, cells
            code = RejectCode.QUOTE_NOT_CLOSED
        lines.give_back(record[1:])
        return start, Reject(start, "", code, {}, (first.rstrip("\r\n"),))


def _head(
    file: BinaryIO,
    path: Path,
    limits: Limits,
    chosen: Mapping[RiskColumn, tuple[int, ...]] | None,
    told: frozenset[RiskColumn],
) -> tuple[RiskFileHead, Examined, _Form]:
    examined = examine(file, path.name, limits.largest_bytes)
    form = _find_form(file, examined, path.name, limits)
    recognition = recognise_columns(form.headings, chosen=chosen, told=told)
    lines, text = _rows_from(file, examined, form, limits, path.name)
    sample = tuple(
        tuple(cells) for _, cells in islice(_parsed(lines, form, limits), 5) if not isinstance(cells, Reject)
    )
    text.detach()
    head = RiskFileHead(
        path.name,
        examined.size,
        examined.sha256,
        examined.encoding,
        form.delimiter,
        form.heading_line,
        recognition,
        sample,
    )
    return head, examined, form


def _told(practice_code: str | None, run_date: date | None) -> frozenset[RiskColumn]:
    told = {RiskColumn.PRACTICE_CODE: practice_code, RiskColumn.RUN_DATE: run_date}
    return frozenset(meaning for meaning, value in told.items() if value)


def inspect_risk_file(
    path: Path,
    *,
    chosen: Mapping[RiskColumn, tuple[int, ...]] | None = None,
    practice_code: str | None = None,
    run_date: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> RiskFileHead:
    """The form of a file, its rows not judged: encoding, delimiter, headings, what is known, a sample.

    Raises RiskFileUnusable (its subclasses say why) and ColumnMapWrong.
    """
    with _opened(path) as file:
        return _head(file, path, limits, chosen, _told(practice_code, run_date))[0]


def read_risk_file(
    path: Path,
    *,
    today: date,
    chosen: Mapping[RiskColumn, tuple[int, ...]] | None = None,
    practice_code: str | None = None,
    run_date: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
    on_progress: Progress | None = None,
) -> RiskFile:
    """Read one practice's file whole: rows that can be imported, rejected lines with reasons, held rows.

    `chosen` maps columns by hand and goes before recognition; `practice_code` and `run_date` are told beside
    the file where it has no such column. Of two identical rows of one person the first is kept and the other
    rejected; rows of one person that differ are all held.

    Raises RiskFileUnusable, ColumnsNotMapped, ColumnMapWrong, PracticeNotTold, RunDateNotTold,
    RunDateInFuture. Nothing is kept of a file that raises.
    """
    with _opened(path) as file:
        head, examined, form = _head(file, path, limits, chosen, _told(practice_code, run_date))
        columns = head.recognition.required()
        lines, text = _rows_from(file, examined, form, limits, path.name)
        parsed = _parsed(lines, form, limits)
        first = list(islice(parsed, _ROWS_THAT_SETTLE))
        samples = [cells for _, cells in first if not isinstance(cells, Reject)]
        if not first:
            raise RiskFileEmpty(file=path.name)
        facts = settle_facts(columns, samples, today=today, practice_code=practice_code, run_date=run_date)
        reading = _Reading(RiskFile(head, *facts), RowJudge(form.headings, columns, facts), limits)
        for start, cells in first:
            reading.take(start, cells)
        for count, (start, cells) in enumerate(parsed):
            reading.take(start, cells)
            if on_progress is not None and count % _ROWS_BETWEEN_REPORTS == 0:
                on_progress(min(file.tell(), examined.size), examined.size)
        text.detach()
        if file.seek(0, io.SEEK_END) != examined.size:
            raise RiskFileChanged(file=path.name)
    if on_progress is not None:
        on_progress(examined.size, examined.size)
    return reading.finished()


class _Reading:
    """Sorts judged lines into rows, rejects and held rows of one file."""

    def __init__(self, found: RiskFile, judge: RowJudge, limits: Limits) -> None:
        self._found = found
        self._judge = judge
        self._limits = limits
        self._lines = 0
        self._differing: dict[int, RejectCode] = {}
        self._held: list[HeldRow] = []

    def take(self, start: int, cells: list[str] | Reject) -> None:
        """Judge one line. Raises RiskFileTooManyRows, RiskFileMostlyUnreadable."""
        self._lines += 1
        if self._lines > self._limits.most_rows:
            raise RiskFileTooManyRows(file=self._found.head.name, limit=self._limits.most_rows)
        if isinstance(cells, Reject):
            self._reject(cells)
            return
        try:
            row = self._judge.judge(start, cells)
        except RowRefused as refused:
            self._reject(refused.reject)
            return
        twin = self._judge.twin(row)
        if twin is None:
            self._found.rows.append(row)
        elif twin[1:] == row[1:]:
            values = {"first_line": twin.line}
            self._reject(Reject(start, "", RejectCode.SAME_ROW_TWICE, values, tuple(cells[:-1])))
        else:
            self._hold(twin, row)

    def _hold(self, twin: RiskRow, row: RiskRow) -> None:
        code = RejectCode.NUMBER_USED_TWICE if row.nhs_number else RejectCode.PERSON_TWICE
        if twin.line not in self._differing:
            self._differing[twin.line] = code
            self._held.append(HeldRow(twin, code, {"other_line": row.line}))
        self._held.append(HeldRow(row, code, {"other_line": twin.line}))

    def _reject(self, reject: Reject) -> None:
        rejects = self._found.rejects
        rejects.append(reject)
        if len(rejects) > self._limits.most_rejects and len(rejects) * 2 > self._lines:
            raise RiskFileMostlyUnreadable(file=self._found.head.name, rejected=len(rejects), lines=self._lines)

    def finished(self) -> RiskFile:
        """The file as read, with the first rows of contradicting pairs taken out again."""
        found = self._found
        rows = found.rows
        if self._differing:
            rows = [row for row in rows if row.line not in self._differing]
        return RiskFile(
            found.head,
            found.practice_code,
            found.run_date,
            found.tool,
            found.tool_version,
            rows,
            found.rejects,
            sorted(self._held, key=lambda held: held.row.line),
            self._judge.remarks,
            self._lines,
            sum(row.nhs_number is None for row in rows),
        )
