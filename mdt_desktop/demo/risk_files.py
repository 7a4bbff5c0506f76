"""Writes the invented borough's monthly risk files, one CSV a practice."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from pathlib import Path

from mdt_desktop.demo.invented_names import REFERENCE, InventedPerson, demo_borough, invented_people
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import Tier, count_tiers, ranks_of

TOOL = "DEMO risk tool (invented people)"
TOOL_VERSION = "1.0"
HEADINGS = (
    "NHS number",
    "Family name",
    "Given names",
    "Title",
    "Date of birth",
    "Sex",
    "Address line 1",
    "Address line 2",
    "Town",
    "Postcode",
    "Practice code",
    "Risk score",
    "Rank",
    "Risk tier",
    "Emergency admissions in 12 months",
    "Long-term conditions",
    "Frailty index",
    "Tool",
    "Tool version",
    "Run date",
)
_TIER_WORDS = {
    Tier.VERY_HIGH: "Very high",
    Tier.HIGH: "High",
    Tier.MODERATE: "Moderate",
    Tier.BELOW: "Below",
}
_SEX_WORDS = {
    Gender.FEMALE: "Female",
    Gender.MALE: "Male",
    Gender.OTHER: "Other",
    Gender.NOT_KNOWN: "Not known",
}


@dataclass(frozen=True, slots=True)
class WrittenRiskFiles:
    """What was written."""

    files: tuple[Path, ...]
    people: int
    tiers: dict[Tier, int]


def _rows(people: Sequence[InventedPerson], run_date: date) -> Iterator[tuple[object, ...]]:
    """One practice's people, highest score first, as cells."""
    town, run = demo_borough().name, run_date.isoformat()
    ordered = sorted(people, key=attrgetter("score"), reverse=True)
    ranks = ranks_of([person.score for person in ordered])
    for person, rank in zip(ordered, ranks, strict=True):
        yield (
            person.nhs_number or "",
            person.family_name,
            person.given_names,
            person.title,
            person.born.strftime("%d/%m/%Y"),
            _SEX_WORDS[person.gender],
            person.address[0],
            person.address[1] if len(person.address) > 1 else "",
            town,
            person.postcode,
            person.practice.code,
            f"{person.score:.2f}",
            rank,
            _TIER_WORDS[person.tier],
            person.emergency_admissions,
            "; ".join(person.conditions),
            "" if person.frailty_index is None else f"{person.frailty_index:.2f}",
            TOOL,
            TOOL_VERSION,
            run,
        )


def write_risk_files(
    people: int,
    out: Path,
    seed: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    run_date: date,
    month: int = 0,
) -> WrittenRiskFiles:
    """Write one risk file a practice into `out`, the same bytes for the same arguments.

    `people` are registered in the borough in month 0; at 261,536 the tiers count 1,662 / 11,871 / 23,600.
    `month` 1 is the month after (the same people, scores drifted, a few left and new), -1 the month before.
    `on_progress` hears files done and files in all. Raises ValueError for a run date before 2025, when some of
    the invented people are not born yet, and OSError.
    """
    if run_date < REFERENCE:
        raise ValueError("the run date lies before the invented people's births")
    out.mkdir(parents=True, exist_ok=True)
    everybody = invented_people(people, seed, month=month)
    lists: dict[str, list[InventedPerson]] = defaultdict(list)
    for person in everybody:
        lists[person.practice.code].append(person)
    written = []
    practices = [practice for practice in demo_borough().practices if lists[practice.code]]
    for done, practice in enumerate(practices, start=1):
        path = out / f"risk_{practice.code}_{run_date.isoformat()}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(HEADINGS)
            writer.writerows(_rows(lists[practice.code], run_date))
        written.append(path)
        if on_progress is not None:
            on_progress(done, len(practices))
    return WrittenRiskFiles(tuple(written), len(everybody), count_tiers(p.tier for p in everybody))
