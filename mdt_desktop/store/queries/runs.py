"""Questions about risk runs and the scores in them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.risk import Tier, TierApproach
from mdt_desktop.store.queries.rows import day, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_RUN = (
    "SELECT stratification_run.id, practice_id, practice.name, run_date, tool, tool_version, approach,"
    " approach_words, stratification_run.list_size, very_high, high, moderate, rejected, held, imported_at,"
    " imported_by FROM stratification_run JOIN practice ON practice.id = practice_id"
)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One practice's run with what was counted in it."""

    id: str
    practice_id: str
    practice_name: str
    run_date: date
    tool: str
    tool_version: str
    approach: TierApproach
    approach_words: str
    list_size: int
    very_high: int
    high: int
    moderate: int
    rejected: int
    held: int
    imported_at: datetime
    imported_by: str


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """What one run says of a person; `list_size` and the tool are those of the run."""

    run_date: date
    score: float | None
    rank: int | None
    tier: Tier
    emergency_admissions: int | None
    long_term_conditions: str
    frailty_index: float | None
    list_size: int
    tool: str
    tool_version: str
    approach: TierApproach


def scores_of(connection: "Connection", person_id: str) -> list[ScoreSummary]:
    """A person's scores, the oldest first."""
    rows = connection.execute(
        "SELECT run_date, score, rank, tier, emergency_admissions, long_term_conditions, frailty_index,"
        " list_size, tool, tool_version, approach FROM risk_score"
        " JOIN stratification_run ON stratification_run.id = run_id WHERE person_id = ? ORDER BY run_date",
        (person_id,),
    )
    return [made(ScoreSummary, row, run_date=day, tier=Tier, approach=TierApproach) for row in rows]


def runs_of(connection: "Connection", practice_id: str) -> list[RunSummary]:
    """A practice's runs, the latest first."""
    rows = connection.execute(f"{_RUN} WHERE practice_id = ? ORDER BY run_date DESC", (practice_id,))
    return [_run(row) for row in rows]


def latest_runs(connection: "Connection") -> list[RunSummary]:
    """The latest run of each practice that has one, by practice name."""
    rows = connection.execute(
        f"{_RUN} WHERE run_date = (SELECT max(run_date) FROM stratification_run AS other"
        " WHERE other.practice_id = stratification_run.practice_id) ORDER BY practice.name"
    )
    return [_run(row) for row in rows]


def practices_with_waiting(connection: "Connection") -> list[tuple[str, str, str, str, int]]:
    """Each practice's id, code, name and locality, and how many held rows of its runs wait for a decision."""
    rows: list[tuple[str, str, str, str, int]] = connection.execute(
        "SELECT practice.id, code, practice.name, locality.name,"
        " (SELECT count(*) FROM stratification_run JOIN held_row ON run_id = stratification_run.id"
        "   WHERE stratification_run.practice_id = practice.id AND decision = '')"
        " FROM practice JOIN locality ON locality.id = locality_id ORDER BY practice.name"
    ).fetchall()
    return rows


def _run(row: tuple[object, ...]) -> RunSummary:
    return made(RunSummary, row, run_date=day, approach=TierApproach, imported_at=moment)
