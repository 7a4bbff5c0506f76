"""Whole boroughs: exact tiers at the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.demo.risk_files import write_risk_files
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.risk_import import RunState
from mdt_desktop.store.caseload_index import TIER_ORDER
from tests.helpers.borough import a_store
from tests.helpers.risk_files import NOVEMBER


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with a_store(tmp_path) as opened:
        yield opened


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
