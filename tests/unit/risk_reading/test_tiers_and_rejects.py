"""What is made of the rows: tiers by each approach, and the file of rejects to send back."""

import csv
import io
from pathlib import Path

import pytest

from mdt_desktop.domain.risk import CutOffs, CutOffsWrong, Denominator, Tier, TierApproach, TierMissing
from mdt_desktop.domain.risk_cells import RejectCode
from mdt_desktop.domain.risk_columns import RiskColumn
from mdt_desktop.domain.risk_rows import place_rows
from mdt_desktop.services.risk_rejects import write_rejects
from mdt_desktop.words import vocabulary
from tests.unit.risk_reading.desk import HEADINGS, NUMBERS, Read, as_csv, cells


def test_rows_are_placed_by_each_approach(read: Read) -> None:
    rows = [
        cells(NHS=NUMBERS[0], Score="90", Tier="High"),
        cells(NHS=NUMBERS[1], Score="50", Tier="Low", DOB="01/01/2015"),
        cells(NHS=NUMBERS[2], Score="10", Tier="Medium"),
    ]
    found = read(as_csv(*rows))
    run = found.run_date
    by_file = place_rows(found.rows, TierApproach.FILE_TIER, run_date=run)
    assert by_file.tiers == (Tier.HIGH, Tier.BELOW, Tier.MODERATE)
    by_score = place_rows(found.rows, TierApproach.CUT_OFF, run_date=run, cut_offs=CutOffs(80, 40, 20))
    assert by_score.tiers == (Tier.VERY_HIGH, Tier.HIGH, Tier.BELOW)
    adults = place_rows(found.rows, TierApproach.PERCENTILE, run_date=run, denominator=Denominator.ADULT)
    assert adults.tiers[1] is Tier.BELOW
    assert adults.ranks == (1, 2, 3)
    with pytest.raises(CutOffsWrong):
        place_rows(found.rows, TierApproach.CUT_OFF, run_date=run)


def test_an_approach_that_the_file_cannot_carry_is_refused(read: Read) -> None:
    found = read(as_csv(cells(Tier="")))
    with pytest.raises(TierMissing):
        place_rows(found.rows, TierApproach.FILE_TIER, run_date=found.run_date)


def test_the_rejects_file_has_line_reason_and_the_original_cells(read: Read, tmp_path: Path) -> None:
    found = read(as_csv(cells(), cells(NHS="9434765918", Surname="=HYPERLINK(1)"), ["short"]))
    out = tmp_path / "rejects.csv"
    assert write_rejects(out, found.head.recognition.headings, found.rejects, "risk.csv") == 2
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0] == ["File", "Line", "Column", "Reason", *HEADINGS]
    assert rows[1][:3] == ["risk.csv", "3", "NHS number"]
    assert rows[1][5] == "'=HYPERLINK(1)"
    assert rows[2][3] == "The line has 1 cells instead of 19."


def test_every_reject_code_has_words() -> None:
    labels = vocabulary().labels
    assert {f"reject_code.{code}" for code in RejectCode} <= labels.keys()
    assert {f"risk_column.{column}" for column in RiskColumn} <= labels.keys()
