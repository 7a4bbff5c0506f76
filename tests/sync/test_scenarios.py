"""Every fault scenario of SYNC section 6 has its tests, which are there, or says why it has none."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.sync.scenarios import SCENARIOS

_ROOT = Path(__file__).resolve().parents[2]


@cache
def _tests_of(file: str) -> frozenset[str]:
    tree = ast.parse((_ROOT / file).read_text(encoding="utf-8"))
    return frozenset(it.name for it in ast.walk(tree) if isinstance(it, ast.FunctionDef))


def test_no_number_is_missing() -> None:
    assert sorted(SCENARIOS) == list(range(1, 61))


@pytest.mark.parametrize("number", SCENARIOS)
def test_a_scenario_has_tests_that_are_there_or_says_why_not(number: int) -> None:
    scenario = SCENARIOS[number]
    assert scenario.tests or scenario.not_tried
    for test in scenario.tests:
        file, _, name = test.partition("::")
        assert name in _tests_of(file), test


def test_how_many_have_none_is_known() -> None:
    """Whoever takes a test away sees it here; whoever adds one makes this number smaller."""
    assert [number for number, it in SCENARIOS.items() if not it.tests] == [59]
