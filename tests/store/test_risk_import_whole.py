"""Whole boroughs and hundreds of damaged files: exact tiers at the end, and never a part of a row."""

import random
from datetime import date
from pathlib import Path
from typing import Any

from mdt_desktop.bootstrap import Program
from mdt_desktop.demo.risk_files import write_risk_files
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.nhs_number import check_digits_agree
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.risk_import import RunState
from mdt_desktop.store import audit_log
from mdt_desktop.store.caseload_index import TIER_ORDER
from tests.helpers.risk_files import NOVEMBER, a_risk_file, lines

DAMAGED_FILES = 320
JUNK = (
    "",
    '"',
    "\x00",
    "=1+1",
    "31/02/1940",
    "NULL",
    "1e400",
    "-1",
    "9" * 400,
    "\u202e",
    "é",
    "\r",
    "\t",
    ",,,",
    "nan",
)


def _ask(program: Program, sql: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = program.access.database.reader.execute(sql).fetchall()
    return rows


def test_thirty_six_files_of_a_borough_end_with_the_exact_tier_counts(program: Program, tmp_path: Path) -> None:
    written = write_risk_files(20_000, tmp_path, 1, run_date=NOVEMBER)
    assert len(written.files) == 36
    risk_import = program.services.risk_import
    for file in written.files:
        risk_import.apply(risk_import.preview(file))
    counted = dict(_ask(program, "SELECT tier_order, count(*) FROM caseload_index GROUP BY 1"))
    assert {tier: counted[TIER_ORDER[tier.value]] for tier in Tier} == {tier: written.tiers[tier] for tier in Tier}
    assert _ask(program, "SELECT count(*) FROM practice") == [(36,)]
    at_risk = sum(written.tiers[tier] for tier in (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE))
    assert _ask(program, "SELECT count(*) FROM person_case") == [(at_risk,)]
    assert {risk_import.preview(file).state for file in written.files[:5]} == {RunState.SAME_FILE}


def _damaged(whole: bytes, chance: random.Random) -> bytes:
    """One to four injuries: cells, lines, bytes, cuts."""
    found = whole
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(8)
        rows = found.split(b"\n")
        place = chance.randrange(len(rows))
        if kind == 0:
            cells = rows[place].split(b",")
            cells[chance.randrange(len(cells))] = chance.choice(JUNK).encode()
            rows[place] = b",".join(cells)
        elif kind == 1:
            rows[place] = rows[place][: chance.randrange(len(rows[place]) + 1)]
        elif kind == 2:
            rows.insert(place, rows[chance.randrange(len(rows))])
        elif kind == 3:
            rows[place] += b"," + chance.choice(JUNK).encode()
        elif kind == 4:
            del rows[place]
        elif kind == 5:
            rows[place] = chance.randbytes(chance.randrange(1, 60))
        elif kind == 6:
            rows = [b"\n".join(rows)[: chance.randrange(len(found) + 1)]]
        else:
            rows[place] = rows[place].replace(b"1", b'"1', 1)
        found = b"\n".join(rows)
    return found


def _check(program: Program) -> None:
    """Everything in the store is whole, whatever was imported."""
    for number, family_name, born in _ask(program, "SELECT nhs_number, family_name, born FROM person"):
        assert number is None or check_digits_agree(number)
        assert family_name.strip()
        assert date(1896, 1, 1) < date.fromisoformat(born) <= NOVEMBER
    assert _ask(program, "PRAGMA foreign_key_check") == []
    assert _ask(program, "SELECT count(*) FROM person") == _ask(program, "SELECT count(*) FROM caseload_index")
    assert _ask(program, "SELECT count(*) FROM person_search") == _ask(program, "SELECT count(*) FROM person")
    unsent = (
        "SELECT count(*) FROM person_case WHERE id NOT IN (SELECT id FROM outbox) OR person_id NOT IN"
        " (SELECT id FROM outbox)"
    )
    assert _ask(program, unsent) == [(0,)]


def test_hundreds_of_damaged_files_are_taken_whole_or_refused_in_words(program: Program, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    whole = a_risk_file(tmp_path / "whole.csv", lines(24)).read_bytes().replace(b"\r\n", b"\n")
    risk_import = program.services.risk_import
    taken = refused = rejects = 0
    for number in range(DAMAGED_FILES):
        file = tmp_path / "damaged.csv"
        file.write_bytes(_damaged(whole, chance))
        runs = _ask(program, "SELECT count(*) FROM stratification_run")
        try:
            preview = risk_import.preview(file)
            result = risk_import.apply(preview)
        except MdtError:
            refused += 1
            assert _ask(program, "SELECT count(*) FROM stratification_run") == runs
            continue
        taken += 1
        rejects += result.rejected
        if result.state in (RunState.NEW, RunState.CORRECTION):
            in_run = "SELECT count(*) FROM risk_score WHERE run_id = "
            written = _ask(program, f"{in_run}'{result.run_id}'")[0][0]
            assert written + result.held - len(preview.file.held) == len(preview.file.rows)
        if number % 20 == 0:
            _check(program)
    _check(program)
    assert taken > 100
    assert refused > 20
    assert rejects > 200
    assert audit_log.first_broken(program.access.database.reader) is None
