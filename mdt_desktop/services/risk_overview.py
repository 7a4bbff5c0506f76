"""How each practice stands with its monthly risk run: the latest, whether it is due, expected against actual."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.risk import AT_RISK, TierCount, compare_counts
from mdt_desktop.services.access import Access
from mdt_desktop.store.queries import runs
from mdt_desktop.store.queries.runs import RunSummary

__all__ = ["MonthlyRun", "PracticeStanding", "RiskOverview", "RunSummary"]


class MonthlyRun(StrEnum):
    """Whether a practice's run of this month is here (DOMAIN A1.4)."""

    HERE = "here"
    DUE = "due"
    LATE = "late"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class PracticeStanding:
    """One practice; `months_behind` counts from the latest run to this month, None where there is no run."""

    practice_id: str
    code: str
    name: str
    locality: str
    run: RunSummary | None
    monthly: MonthlyRun
    months_behind: int | None
    tiers: tuple[TierCount, ...]
    waiting: int
    """Held rows of all its runs that wait for a decision."""


class RiskOverview:
    """Questions about risk runs."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def practices(self) -> list[PracticeStanding]:
        """Every practice: those without this month's run first, the longest behind at the top, then by name."""
        reader, today = self._access.database.reader, self._access.today()
        latest = {run.practice_id: run for run in runs.latest_runs(reader)}
        found = []
        for practice_id, code, name, locality, waiting in runs.practices_with_waiting(reader):
            run = latest.get(practice_id)
            behind = months_between(run.run_date, today) if run else None
            found.append(
                PracticeStanding(practice_id, code, name, locality, run, _monthly(behind), behind, _tiers(run), waiting)
            )
        return sorted(found, key=lambda it: (it.months_behind is not None, -(it.months_behind or 0), it.name))


def months_between(earlier: date, later: date) -> int:
    """Whole calendar months from one month to another, 0 within one and never less."""
    return max(0, (later.year - earlier.year) * 12 + later.month - earlier.month)


def _monthly(behind: int | None) -> MonthlyRun:
    if behind is None:
        return MonthlyRun.NEVER
    return (MonthlyRun.HERE, MonthlyRun.DUE, MonthlyRun.LATE)[min(behind, 2)]


def _tiers(run: RunSummary | None) -> tuple[TierCount, ...]:
    if run is None:
        return ()
    counts = (run.very_high, run.high, run.moderate)
    return compare_counts(run.list_size, dict(zip(AT_RISK, counts, strict=True)))
