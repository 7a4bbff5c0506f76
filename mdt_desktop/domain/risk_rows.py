"""Rows of a practice's risk file: what a good one carries, and how each line is judged."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import NamedTuple, cast

from mdt_desktop.domain import risk_cells as cells_of
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.names import split_full_name
from mdt_desktop.domain.nhs_number import NhsNumberFault, fault_of, normalised
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import (
    DEFAULT_SHARES,
    CutOffs,
    CutOffsWrong,
    Denominator,
    Placement,
    Tier,
    TierApproach,
    TierMissing,
    TierShares,
    is_adult,
    ranks_of,
    tiers_by_cut_off,
    tiers_by_percentile,
)
from mdt_desktop.domain.risk_cells import CellRefused, RejectCode, Remembered
from mdt_desktop.domain.risk_columns import ColumnMap, RiskColumn


class RunDateInFuture(BadInput):
    """The file says it was made after today."""

    code = "risk_run_date_in_future"


class PracticeNotTold(BadInput):
    """Neither the file nor the person importing it says which practice it is of."""

    code = "risk_practice_not_told"


class RunDateNotTold(BadInput):
    """Neither the file nor the person importing it says when the risk run was."""

    code = "risk_run_date_not_told"


class RiskRow(NamedTuple):
    """One person in one risk run. A tuple, because a borough has a quarter of a million of them."""

    line: int
    nhs_number: str | None
    family_name: str
    given_names: str
    title: str
    born: date
    gender: Gender
    address: str
    """Lines joined with a new line."""
    postcode: str
    score: float | None
    rank: int | None
    tier: Tier | None
    """The file's own tier."""
    emergency_admissions: int | None
    long_term_conditions: str
    frailty_index: float | None
    deprivation_fifth: int | None = None
    """1, the most deprived, to 5."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that was not taken (or a cell that was taken with a remark): where, why, and the line's cells."""

    line: int
    column: str
    """The column's heading, or empty when it is about the whole line."""
    code: RejectCode
    values: Mapping[str, object] = field(default_factory=dict)
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A readable row that contradicts another one of the same file: nobody's data changes until it is settled."""

    row: RiskRow
    code: RejectCode
    values: Mapping[str, object] = field(default_factory=dict)


class RowRefused(ValueError):
    """Carries the reject out of the judging of a row."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.code)
        self.reject = reject


class FileFacts(NamedTuple):
    """What must be the same in all rows of a file."""

    practice_code: str
    run_date: date
    tool: str
    tool_version: str


def _most_common(rows: Sequence[Sequence[str]], place: int, read: Callable[[str], object]) -> object | None:
    """What most of the first rows say in a column; unreadable and empty cells have no vote."""
    votes: Counter[object] = Counter()
    for row in rows:
        if 0 <= place < len(row):
            try:
                value = read(row[place])
            except CellRefused:
                continue
            if value:
                votes[value] += 1
    return votes.most_common(1)[0][0] if votes else None


def settle_facts(
    columns: ColumnMap,
    first_rows: Sequence[Sequence[str]],
    *,
    today: date,
    practice_code: str | None = None,
    run_date: date | None = None,
) -> FileFacts:
    """Practice, run date, tool and version of a file: as told, else what most of its first rows say.

    Raises PracticeNotTold, RunDateNotTold, RunDateInFuture.
    """

    def common(meaning: RiskColumn, read: Callable[[str], object]) -> object | None:
        return _most_common(first_rows, columns.first(meaning), read)

    practice = practice_code or common(RiskColumn.PRACTICE_CODE, cells_of.practice_code)
    if not practice:
        raise PracticeNotTold
    run = run_date or common(RiskColumn.RUN_DATE, cells_of.day)
    if not isinstance(run, date):
        raise RunDateNotTold
    if run > today:
        raise RunDateInFuture(run_date=run.isoformat())
    return FileFacts(
        str(practice).strip().upper(),
        run,
        str(common(RiskColumn.TOOL, cells_of.name) or ""),
        str(common(RiskColumn.TOOL_VERSION, cells_of.name) or ""),
    )


def _nhs_number(cell: str) -> str | None:
    """Ten digits, or None for an empty cell. Refuses everything else with the reason."""
    fault = fault_of(cell)
    if fault is None:
        return cell
    digits = normalised(cell.strip())
    fault = fault_of(digits)
    if fault is None:
        return digits
    if fault is NhsNumberFault.EMPTY or digits.casefold() in {"null", "none", "n/a", "unknown"}:
        return None
    if cell.lstrip()[:1] in {"=", "+", "@"}:
        raise CellRefused(RejectCode.FORMULA, cell.strip())
    raise CellRefused(RejectCode(fault.value), cell.strip())


class RowJudge:
    """Turns the cells of one line into a RiskRow, or says why not; made once for a file.

    The quick way through reads every cell without noting where it is; only when a cell is refused is the row
    gone through again, column by column, to say which.
    """

    def __init__(self, headings: Sequence[str], columns: ColumnMap, facts: FileFacts) -> None:
        self._headings = tuple(headings)
        self._width = len(self._headings)
        self._columns = columns
        self._facts = facts
        self.remarks: list[Reject] = []
        # A meaning that the file lacks has place -1: an empty cell is added at the end of each row.
        first = columns.first
        self._number = first(RiskColumn.NHS_NUMBER)
        self._full_name, self._family = first(RiskColumn.FULL_NAME), first(RiskColumn.FAMILY_NAME)
        self._given = columns.columns.get(RiskColumn.GIVEN_NAMES, (-1,))
        self._address = columns.columns.get(RiskColumn.ADDRESS, ())
        self._title, self._born = first(RiskColumn.TITLE), first(RiskColumn.BORN)
        self._gender, self._postcode = first(RiskColumn.GENDER), first(RiskColumn.POSTCODE)
        self._score, self._rank, self._tier = (
            first(RiskColumn.SCORE),
            first(RiskColumn.RANK),
            first(RiskColumn.TIER),
        )
        self._admissions = first(RiskColumn.EMERGENCY_ADMISSIONS)
        self._conditions = first(RiskColumn.LONG_TERM_CONDITIONS)
        self._frailty = first(RiskColumn.FRAILTY_INDEX)
        self._fifth = first(RiskColumn.DEPRIVATION_FIFTH)
        self._scale = next(
            meaning
            for meaning in (RiskColumn.SCORE, RiskColumn.RANK, RiskColumn.TIER)
            if columns.has(meaning) or meaning is RiskColumn.TIER
        )
        self._read_names = Remembered(cells_of.name)
        self._read_texts = Remembered(cells_of.text)
        self._read_births = Remembered(cells_of.BirthDateReader(facts.run_date))
        self._read_genders = Remembered(cells_of.gender)
        self._read_postcodes = Remembered(cells_of.postcode_or_text)
        self._read_scores = Remembered(cells_of.ScoreReader())
        self._read_ranks = Remembered(cells_of.rank)
        self._read_tiers = Remembered(cells_of.tier)
        self._read_admissions = Remembered(cells_of.admissions)
        self._read_conditions = Remembered(cells_of.conditions)
        self._read_frailty = Remembered(cells_of.frailty_index)
        self._read_fifths = Remembered(cells_of.deprivation_fifth)
        self._common = self._common_readers()
        # The last row's practice, run date and tool as written: nearly always the next row's too. The empty
        # cell at the end is picked twice so that there are always two cells, whatever the file lacks.
        self._pick = itemgetter(-1, -1, *(place for place, _ in self._common))
        self._usual: tuple[str, ...] = ()
        self._seen: dict[object, RiskRow] = {}

    def _common_readers(self) -> tuple[tuple[int, Remembered[object]], ...]:
        """The columns that must say the same in every row."""
        facts = self._facts

        def same(read: Callable[[str], object], fact: object, code: RejectCode) -> Remembered[object]:
            def check(cell: str) -> object:
                value = read(cell)
                if value and value != fact:
                    raise CellRefused(code, cell.strip())
                return fact

            return Remembered(check)

        readers = (
            (
                RiskColumn.PRACTICE_CODE,
                same(cells_of.practice_code, facts.practice_code, RejectCode.PRACTICE_DIFFERS),
            ),
            (RiskColumn.RUN_DATE, same(cells_of.day, facts.run_date, RejectCode.RUN_DATE_DIFFERS)),
            (RiskColumn.TOOL, same(cells_of.name, facts.tool, RejectCode.TOOL_DIFFERS)),
            (RiskColumn.TOOL_VERSION, same(cells_of.name, facts.tool_version, RejectCode.TOOL_DIFFERS)),
        )
        return tuple(
            (self._columns.first(meaning), reader) for meaning, reader in readers if self._columns.has(meaning)
        )

    def judge(self, line: int, cells: list[str]) -> RiskRow:
        """The row of one line; `cells` is used up. Raises RowRefused."""
        if len(cells) != self._width:
            self._fit(line, cells)
        cells.append("")
        try:
            common = self._pick(cells)
            if common != self._usual:
                for place, same in self._common:
                    same[cells[place]]
                self._usual = common
            row = self._row(line, cells)
        except CellRefused as refused:
            raise RowRefused(self._explained(line, cells[:-1], refused)) from None
        if not (row.family_name or row.given_names):
            raise RowRefused(self._reject(line, RiskColumn.FAMILY_NAME, RejectCode.NAME_MISSING, cells[:-1]))
        if (row.score, row.rank, row.tier)[_SCALES.index(self._scale)] is None:
            raise RowRefused(self._reject(line, self._scale, RejectCode.SCORE_MISSING, cells[:-1]))
        return row

    def _row(self, line: int, cells: list[str]) -> RiskRow:
        names, texts = self._read_names, self._read_texts
        title = names[cells[self._title]]
        if self._family >= 0:
            family = names[cells[self._family]]
            given = names[cells[self._given[0]]]
            for place in self._given[1:]:
                given = f"{given} {names[cells[place]]}".strip()
        else:
            family, given, written_title = split_full_name(names[cells[self._full_name]])
            title = title or written_title
        postcode, is_postcode = self._read_postcodes[cells[self._postcode]]
        # A tuple built directly: the generated constructor with keywords costs three times as much.
        row = RiskRow._make(
            (
                line,
                _nhs_number(cells[self._number]),
                family,
                given,
                title,
                self._read_births[cells[self._born]],
                self._read_genders[cells[self._gender]],
                "\n".join([part for place in self._address if (part := texts[cells[place]])]),
                postcode,
                self._read_scores[cells[self._score]],
                self._read_ranks[cells[self._rank]],
                self._read_tiers[cells[self._tier]],
                self._read_admissions[cells[self._admissions]],
                self._read_conditions[cells[self._conditions]],
                self._read_frailty[cells[self._frailty]],
                self._read_fifths[cells[self._fifth]],
            )
        )
        if not is_postcode:
            self.remarks.append(self._reject(line, RiskColumn.POSTCODE, RejectCode.POSTCODE_WRONG, cells[:-1]))
        return row

    def _fit(self, line: int, cells: list[str]) -> None:
        """Cut empty cells off a line that has too many; refuse lines that are too short or really too long."""
        extra = cells[self._width :]
        if len(cells) > self._width and not any(cell.strip() for cell in extra):
            del cells[self._width :]
            return
        code = RejectCode.TOO_MANY_CELLS if extra else RejectCode.TOO_FEW_CELLS
        values = {"cells": len(cells), "expected": self._width}
        raise RowRefused(Reject(line, "", code, values, tuple(cells)))

    def _reject(self, line: int, meaning: RiskColumn, code: RejectCode, cells: Sequence[str]) -> Reject:
        place = self._columns.first(meaning)
        heading = self._headings[place] if place >= 0 else ""
        given = cells[place][:60] if 0 <= place < len(cells) else ""
        return Reject(line, heading, code, {"given": given}, tuple(cells))

    def _explained(self, line: int, cells: list[str], refused: CellRefused) -> Reject:
        """Go through the refused row again and name the column."""
        readers: dict[RiskColumn, Callable[[str], object]] = {
            RiskColumn.NHS_NUMBER: _nhs_number,
            RiskColumn.FULL_NAME: cells_of.name,
            RiskColumn.FAMILY_NAME: cells_of.name,
            RiskColumn.GIVEN_NAMES: cells_of.name,
            RiskColumn.TITLE: cells_of.name,
            RiskColumn.BORN: self._read_births.__getitem__,
            RiskColumn.GENDER: cells_of.gender,
            RiskColumn.ADDRESS: cells_of.text,
            RiskColumn.POSTCODE: cells_of.postcode_or_text,
            RiskColumn.SCORE: self._read_scores.__getitem__,
            RiskColumn.RANK: cells_of.rank,
            RiskColumn.TIER: cells_of.tier,
            RiskColumn.EMERGENCY_ADMISSIONS: cells_of.admissions,
            RiskColumn.LONG_TERM_CONDITIONS: cells_of.conditions,
            RiskColumn.FRAILTY_INDEX: cells_of.frailty_index,
            RiskColumn.DEPRIVATION_FIFTH: cells_of.deprivation_fifth,
        }
        places = [(place, reader.__getitem__) for place, reader in self._common] + [
            (place, reader) for meaning, reader in readers.items() for place in self._columns.columns.get(meaning, ())
        ]
        heading = ""
        for place, read in places:
            try:
                read(cells[place])
            except CellRefused as again:
                heading, refused = self._headings[place], again
                break
        values = {"given": refused.given, "practice": self._facts.practice_code}
        values["run_date"] = self._facts.run_date.isoformat()
        return Reject(line, heading, refused.reject, values, tuple(cells))

    def twin(self, row: RiskRow) -> RiskRow | None:
        """The earlier row of the same person in this file: same number or, without one, same name and birth."""
        key: object = row.nhs_number
        if key is None:
            key = (row.family_name.casefold(), row.given_names.casefold(), row.born)
        earlier = self._seen.setdefault(key, row)
        return None if earlier is row else earlier


_SCALES = (RiskColumn.SCORE, RiskColumn.RANK, RiskColumn.TIER)


def scores_of(rows: Sequence[RiskRow]) -> list[float]:
    """A scale on which higher is riskier: the score, or the rank turned round where there is no score.

    Raises TierMissing when some rows have neither.
    """
    if all(row.score is not None for row in rows):
        return [cast(float, row.score) for row in rows]
    if all(row.rank is not None for row in rows):
        return [-float(cast(int, row.rank)) for row in rows]
    raise TierMissing(people=sum(row.score is None and row.rank is None for row in rows))


def _by_file_tier(rows: Sequence[RiskRow]) -> Placement:
    """The file's own tiers, ranked by its score or rank where all have one, else by tier."""
    missing = sum(row.tier is None for row in rows)
    if missing:
        raise TierMissing(people=missing)
    tiers = tuple(cast(Tier, row.tier) for row in rows)
    try:
        scores = scores_of(rows)
    except TierMissing:
        order = list(Tier)
        scores = [-float(order.index(tier)) for tier in tiers]
    return Placement(tiers, ranks_of(scores))


def place_rows(
    rows: Sequence[RiskRow],
    approach: TierApproach,
    *,
    run_date: date,
    shares: TierShares = DEFAULT_SHARES,
    cut_offs: CutOffs | None = None,
    list_size: int | None = None,
    denominator: Denominator = Denominator.REGISTERED,
) -> Placement:
    """Everybody's tier and rank by the approach chosen, in the order of `rows`.

    With the adult denominator and percentiles, people under 18 on the run date are below all tiers and do not
    count; `list_size` then means adults. Raises TierMissing when the file lacks what the approach needs, and
    CutOffsWrong when it is to be by cut-off and none are given.
    """
    if approach is TierApproach.FILE_TIER:
        return _by_file_tier(rows)
    scores = scores_of(rows)
    if approach is TierApproach.CUT_OFF:
        if cut_offs is None:
            raise CutOffsWrong(very_high="", high="", moderate="")
        if any(row.score is None for row in rows):
            raise TierMissing(people=sum(row.score is None for row in rows))
        return tiers_by_cut_off(scores, cut_offs)
    if denominator is Denominator.REGISTERED:
        return tiers_by_percentile(scores, shares, list_size=list_size)
    adults = [place for place, row in enumerate(rows) if is_adult(row.born, run_date)]
    among_adults = tiers_by_percentile([scores[place] for place in adults], shares, list_size=list_size)
    tiers = [Tier.BELOW] * len(rows)
    for place, tier in zip(adults, among_adults.tiers, strict=True):
        tiers[place] = tier
    return Placement(tuple(tiers), ranks_of(scores), among_adults.boundaries)
