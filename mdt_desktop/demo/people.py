"""The 150 invented people of the demo borough and their rows in six months of risk runs."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from mdt_desktop.demo.invented_names import InventedPerson, demo_borough, invented_people
from mdt_desktop.demo.risk_files import TOOL, TOOL_VERSION
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.risk import Placement, Tier, TierApproach, ranks_of
from mdt_desktop.domain.risk_rows import RiskRow
from mdt_desktop.services.risk_write import Job

PEOPLE = 150
_CHOSEN = {Tier.VERY_HIGH: 20, Tier.HIGH: 52, Tier.MODERATE: 44, Tier.BELOW: 34}
_DRAWN_FROM = 8_000
_WITHOUT_NUMBER = 6
_ADULTS_BORN_UNTIL = 2006
MONTHS = 6
SEED = 1
_OVERDUE_PRACTICES = 2
_FIFTHS = (1, 2, 1, 3, 2, 1, 4, 2, 3, 5, 1, 0)
"""Deprivation fifths in a turn: an inner-city borough, of whose people a few have none on file (0)."""


MonthlyJob = tuple[Job, tuple[int, int, int]]
"""One practice's run of one month, with the very high, high and moderate of its whole list."""


@cache
def chosen_people() -> tuple[InventedPerson, ...]:
    """Those of the invented borough who are in the demo: adults, mostly at risk, as in a caseload."""
    everybody = [person for person in invented_people(_DRAWN_FROM, SEED) if person.born.year <= _ADULTS_BORN_UNTIL]
    without_number = [person for person in everybody if person.nhs_number is None]
    left = dict(_CHOSEN)
    chosen = []
    for person in (*without_number[:_WITHOUT_NUMBER], *(it for it in everybody if it.nhs_number)):
        if left[person.tier]:
            left[person.tier] -= 1
            chosen.append(person)
    return tuple(sorted(chosen, key=lambda person: person.place))


def month_start(today: date, months_ago: int) -> date:
    """The first day of the month so many months before `today`."""
    months = today.year * 12 + today.month - 1 - months_ago
    return date(months // 12, months % 12 + 1, 1)


def monthly_jobs(today: date) -> list[MonthlyJob]:
    """The runs of six months, the oldest first, each with the practice's own tier counts of its whole list.

    The demo holds 150 of the borough's people; a run states the counts of the whole practice. The last two
    practices have not sent this month's run yet.
    """
    places = {person.place for person in chosen_people()}
    jobs = []
    for months_ago in range(MONTHS - 1, -1, -1):
        run_date = month_start(today, months_ago)
        people = invented_people(_DRAWN_FROM, SEED, month=-months_ago, only=places)
        practices = demo_borough().practices
        if months_ago == 0:
            practices = practices[:-_OVERDUE_PRACTICES]
        for number, practice in enumerate(practices):
            here = [person for person in people if person.practice.code == practice.code]
            job = _job(here, practice.code, practice.list_size, run_date)
            jobs.append((job, _counts(practice.list_size, number, months_ago)))
    return jobs


def _job(people: Sequence[InventedPerson], code: str, list_size: int, run_date: date) -> Job:
    scores = [person.score for person in people]
    tiers = tuple(person.tier for person in people)
    return Job(
        run_id=id_from("stratification_run", code, run_date.isoformat()),
        practice_code=code,
        run_date=run_date,
        tool=TOOL,
        tool_version=TOOL_VERSION,
        approach=TierApproach.FILE_TIER,
        approach_words="Tiers as the file gives them.",
        list_size=list_size,
        sha256=f"{int(run_date.strftime('%Y%m%d')):032x}{int(code[1:]):032x}",
        rows=[_row(line, person) for line, person in enumerate(people, start=2)],
        placement=Placement(tiers, _ranks(scores, list_size)),
        held=(),
        rejected=0,
    )


def _ranks(scores: Sequence[float], list_size: int) -> tuple[int, ...]:
    """Ranks within the whole list, of which the demo holds a few: a score of 100 is first."""
    among_themselves = ranks_of(scores)
    return tuple(
        max(place, round(list_size * ((100 - score) / 100) ** 3))
        for place, score in zip(among_themselves, scores, strict=True)
    )


def _row(line: int, person: InventedPerson) -> RiskRow:
    return RiskRow(
        line=line,
        nhs_number=person.nhs_number,
        family_name=person.family_name,
        given_names=person.given_names,
        title=person.title,
        born=person.born,
        gender=person.gender,
        address="\n".join(person.address),
        postcode=person.postcode,
        score=person.score,
        rank=None,
        tier=person.tier,
        emergency_admissions=person.emergency_admissions,
        long_term_conditions="; ".join(person.conditions),
        frailty_index=person.frailty_index,
        deprivation_fifth=_FIFTHS[person.place % len(_FIFTHS)] or None,
    )


def _counts(list_size: int, number: int, months_ago: int) -> tuple[int, int, int]:
    """Tier counts of a whole practice around the source document's shares (0.64 / 4.54 / 9.02 %)."""
    wave = ((number * 7 + months_ago * 3) % 11 - 5) / 50
    shares = (0.635 * (1 + wave), 4.539 * (1 - wave / 2), 9.024 * (1 + wave / 3))
    return round(list_size * shares[0] / 100), round(list_size * shares[1] / 100), round(list_size * shares[2] / 100)
