"""The floors that benchmarks are measured against: bare Qt doing the least that could be done."""

import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QTableView

ROOT = Path(__file__).resolve().parents[1]


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def repaint(table: QTableView) -> float:
    """Milliseconds of one repaint of the rows that a table shows, everything in it being there already."""
    return milliseconds(table.viewport().repaint)


def bare_repaint(table: QTableView, times: int = 15) -> float:
    """The median repaint: the same rows, the same columns, the same delegates, no query and no change."""
    found = []
    for _ in range(times):
        QCoreApplication.processEvents()
        found.append(repaint(table))
    return statistics.median(found)


def in_new_processes(*codes: str, times: int = 9) -> list[list[float]]:
    """What new interpreters print as one number for each piece of code, a list each.

    The pieces take turns, so that a busy minute of the machine weighs on all alike; the first round warms the disk.
    """
    found: list[list[float]] = [[] for _ in codes]
    for turn in range(times + 1):
        for code, figures in zip(codes, found, strict=True):
            done = subprocess.run(
                [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
            )
            if turn:
                figures.append(float(done.stdout.strip().splitlines()[-1]))
    return found


def line(what: str, figure: float, floor: float, goal: float, unit: str = "ms") -> str:
    """One line of a report: figure, floor, ratio, goal."""
    ratio = figure / floor
    verdict = "within" if ratio <= goal else "OVER"
    return f"{what:44} {figure:8.1f} {unit}  floor {floor:7.1f} {unit}  ratio {ratio:5.2f}  goal {goal:4.1f}  {verdict}"


def median(found: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(found)
