"""The headline measure: of the people at risk, how many have a joint plan, an agreed lead, and both (issue 2, 6)."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.risk import AT_RISK, Tier, expected_counts
from mdt_desktop.services.access import Access
from mdt_desktop.store import caseload_index
from mdt_desktop.store.queries import coverage
from mdt_desktop.store.queries.caseload import CaseloadFilter, one_moment
from mdt_desktop.store.queries.coverage import PracticeRun

__all__ = [
    "Coverage",
    "ExpectedAgainstActual",
    "Headline",
    "Measure",
    "PlaceCoverage",
    "PracticeRun",
    "TierCounts",
    "people_behind",
]

_EVERYBODY_AT_RISK = CaseloadFilter(tiers=frozenset(AT_RISK))


class Measure(StrEnum):
    """A part of the headline measure; each opens the people behind it."""

    AT_RISK = "at_risk"
    WITH_JOINT_PLAN = "with_joint_plan"
    WITH_AGREED_LEAD = "with_agreed_lead"
    WITH_BOTH = "with_both"
    WITHOUT_PLAN = "without_plan"
    WITHOUT_LEAD = "without_lead"


_BEHIND: dict[Measure, tuple[bool | None, bool | None]] = {
    Measure.AT_RISK: (None, None),
    Measure.WITH_JOINT_PLAN: (True, None),
    Measure.WITH_AGREED_LEAD: (None, True),
    Measure.WITH_BOTH: (True, True),
    Measure.WITHOUT_PLAN: (False, None),
    Measure.WITHOUT_LEAD: (None, False),
}


def people_behind(measure: Measure, *, locality: str = "", practice: str = "") -> CaseloadFilter:
    """The list of the people that a number counts, in the whole borough or in one place."""
    has_plan, has_lead = _BEHIND[measure]
    return replace(
        _EVERYBODY_AT_RISK,
        has_plan=has_plan,
        has_lead=has_lead,
        localities=frozenset({locality} if locality else ()),
        practices=frozenset({practice} if practice else ()),
    )


@dataclass(frozen=True, slots=True)
class TierCounts:
    """People in each of the three tiers."""

    very_high: int = 0
    high: int = 0
    moderate: int = 0


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline measure; as a dictionary it is the JSON of `mdt coverage`."""

    registered: int
    tiers: TierCounts
    at_risk: int
    with_joint_plan: int
    with_agreed_lead: int
    with_both: int


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """The measure of one locality or practice."""

    id: str
    name: str
    locality_name: str
    tiers: TierCounts
    at_risk: int
    with_joint_plan: int
    with_agreed_lead: int
    with_both: int


@dataclass(frozen=True, slots=True)
class ExpectedAgainstActual:
    """One practice's latest run: people in each tier as the percentages expect them, and as they are."""

    run: PracticeRun
    expected: TierCounts
    actual: TierCounts


class Coverage:
    """The questions about coverage; a count is kept until the caseload changes."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._kept: tuple[int, Headline] | None = None

    def headline(self) -> Headline:
        """The measure of the whole store."""
        with one_moment(self._access.database.reader) as connection:
            version = caseload_index.version(connection)
            if self._kept is None or self._kept[0] != version:
                rows = coverage.at_risk_by_tier(connection)
                people = {row[0]: row[1] for row in rows}
                plan, lead, both = (sum(row[place] for row in rows) for place in (2, 3, 4))
                tiers = _tiers(lambda tier: people.get(caseload_index.TIER_ORDER[tier], 0))
                registered = caseload_index.registered(connection)
                headline = Headline(registered, tiers, sum(people.values()), plan, lead, both)
                self._kept = (version, headline)
            return self._kept[1]

    def by_practice(self) -> list[PlaceCoverage]:
        """The measure of each practice, by locality and name."""
        return self._by_place(lambda run: (run.practice_id, run.practice_name, run.locality_name))

    def by_locality(self) -> list[PlaceCoverage]:
        """The measure of each locality, by name."""
        return self._by_place(lambda run: (run.locality_id, run.locality_name, run.locality_name))

    def expected_against_actual(self) -> list[ExpectedAgainstActual]:
        """Each practice's latest run against 0.5 / 4.5 / 15 % of its list, by locality and name."""
        found = []
        for run in coverage.practice_runs(self._access.database.reader):
            if run.list_size is not None:
                actual = TierCounts(run.very_high or 0, run.high or 0, run.moderate or 0)
                found.append(ExpectedAgainstActual(run, _expected(run.list_size), actual))
        return found

    def overdue_practices(self, today: date | None = None) -> list[PracticeRun]:
        """Practices without a run dated in the present month, those that never sent one included."""
        now = today or self._access.today()
        runs = coverage.practice_runs(self._access.database.reader)
        return [run for run in runs if run.run_date is None or run.run_date < now.replace(day=1)]

    def _by_place(self, place: Callable[[PracticeRun], tuple[str, str, str]]) -> list[PlaceCoverage]:
        with one_moment(self._access.database.reader) as connection:
            runs = coverage.practice_runs(connection)
            counts = coverage.at_risk_by_practice(connection)
        place_of = {run.practice_id: place(run) for run in runs}
        found: dict[tuple[str, str, str], list[coverage.TierCount]] = {place(run): [] for run in runs}
        for count in counts:
            found[place_of[count.practice_id]].append(count)
        return [_place(names, listed) for names, listed in found.items()]


def _tiers(count: Callable[[str], int]) -> TierCounts:
    return TierCounts(*(count(field.name) for field in fields(TierCounts)))


def _expected(list_size: int) -> TierCounts:
    expected = expected_counts(list_size)
    return _tiers(lambda tier: expected[Tier(tier)])


def _place(names: tuple[str, str, str], counts: list[coverage.TierCount]) -> PlaceCoverage:
    def people(tier: str) -> int:
        return sum(count.people for count in counts if count.tier_order == caseload_index.TIER_ORDER[tier])

    return PlaceCoverage(
        *names,
        _tiers(people),
        sum(count.people for count in counts),
        sum(count.with_plan for count in counts),
        sum(count.with_lead for count in counts),
        sum(count.with_both for count in counts),
    )
