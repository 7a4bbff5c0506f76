"""The people of the invented borough: names, numbers, addresses and health, the same for the same seed."""

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import accumulate, islice
from struct import Struct
from typing import Any, NamedTuple

from mdt_desktop.domain.nhs_number import check_digits_agree
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import CutOffs, Tier
from mdt_desktop.paths import resources_dir

REFERENCE = date(2025, 1, 1)
"""Ages are drawn for this day, so that birth dates do not move with the calendar."""
CUT_OFFS = CutOffs(very_high=70.0, high=45.0, moderate=30.0)
"""The invented tool's own cut-off scores, out of 100."""
WITHOUT_NUMBER = 200
"""One person in so many has no NHS number."""
MOVES_IN_A_MONTH = 4
"""People of a thousand who leave and who join."""
_DRAWS = Struct("<32H")
_NUMBERS = 10**8
# Coprime to 10, so that stepping by it visits every eight-digit number once before any comes again.
_NUMBER_STEP = 61_803_399
# Registered people by ten-year age band, 0 to 9 first: a young inner-city borough.
_AGE_BANDS = (120, 105, 205, 225, 140, 95, 55, 33, 17, 5)


@dataclass(frozen=True, slots=True)
class DemoPractice:
    """One invented practice and where it belongs."""

    code: str
    name: str
    list_size: int
    address: tuple[str, ...]
    postcode: str
    telephone: str
    network_code: str
    network_name: str
    locality_code: str
    locality_name: str
    postcode_district: str
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoBorough:
    """The invented borough: 36 practices in 8 networks and 4 localities."""

    name: str
    registered: int
    tier_counts: tuple[int, int, int]
    """Very high, high, moderate: the source document's counts."""
    practices: tuple[DemoPractice, ...]


class InventedPerson(NamedTuple):
    """One invented person in one month; `score` is out of 100, `tier` the invented tool's own."""

    place: int
    nhs_number: str | None
    family_name: str
    given_names: str
    title: str
    born: date
    gender: Gender
    address: tuple[str, ...]
    postcode: str
    practice: DemoPractice
    group: str
    conditions: tuple[str, ...]
    emergency_admissions: int
    frailty_index: float | None
    score: float
    tier: Tier


class NameGroup(NamedTuple):
    """Names that go together, and the share of them in a hundred people."""

    name: str
    share: int
    female: tuple[str, ...]
    male: tuple[str, ...]
    family_female: tuple[str, ...]
    family_male: tuple[str, ...]


def _demo_file(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((resources_dir() / "demo" / name).read_text(encoding="utf-8"))
    return content


@cache
def demo_borough() -> DemoBorough:
    """The borough as shipped in `resources/demo/borough.json`."""
    found = _demo_file("borough.json")
    practices = tuple(
        DemoPractice(
            practice["code"],
            practice["name"],
            practice["list_size"],
            tuple(practice["address"]),
            practice["postcode"],
            practice["telephone"],
            network["code"],
            network["name"],
            locality["code"],
            locality["name"],
            network["postcode_district"],
            tuple(network["streets"]),
        )
        for locality in found["localities"]
        for network in locality["networks"]
        for practice in network["practices"]
    )
    counts = found["tier_counts"]
    return DemoBorough(
        found["name"],
        found["registered"],
        (counts["very_high"], counts["high"], counts["moderate"]),
        practices,
    )


@cache
def name_groups() -> tuple[NameGroup, ...]:
    """The names as shipped in `resources/demo/names.json`."""
    lists = ("female", "male", "family", "family_male")
    return tuple(
        NameGroup(group["group"], group["share"], *(tuple(group[name]) for name in lists))
        for group in _demo_file("names.json")["groups"]
    )


def invented_nhs_numbers(seed: int) -> Iterator[str]:
    """Checksum-valid numbers that begin with 9 (kept for tests by the NHS): about 91 million before one repeats."""
    start = int.from_bytes(hashlib.blake2b(f"numbers:{seed}".encode(), digest_size=8).digest(), "big")
    for step in range(_NUMBERS):
        nine = f"9{(start + step * _NUMBER_STEP) % _NUMBERS:08d}"
        a, b, c, d, e, f, g, h, i = nine.encode("ascii")
        # The weights' sum without the check digit's is 54; 48 times it leaves 7 modulo 11.
        check = (-(10 * a + 9 * b + 8 * c + 7 * d + 6 * e + 5 * f + 4 * g + 3 * h + 2 * i - 7)) % 11
        digits = f"{nine}{check}"
        if check < 10 and digits != "9" * 10 and check_digits_agree(digits):
            yield digits


def tier_counts_for(people: int) -> tuple[int, int, int]:
    """Very high, high and moderate for a borough of `people`: the source's counts in proportion."""
    borough = demo_borough()
    one, two, three = (round(people * count / borough.registered) for count in borough.tier_counts)
    return one, two, three


class _Makers:
    """Tables made once from the shipped lists, and the steps that turn draws into a person."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        borough = demo_borough()
        self._practices = borough.practices
        self._registered = borough.registered
        self._list_ends = list(accumulate(practice.list_size for practice in borough.practices))
        step = int(self._registered * 0.618)
        while math.gcd(step, self._registered) != 1:
            step += 1
        self._practice_step = step
        ages = [weight / 10 for weight in _AGE_BANDS for _ in range(10)]
        self._age_ends = [round(65_536 * end / sum(ages)) for end in accumulate(ages)]
        self._groups = name_groups()
        self._group_ends = [round(65_536 * end / 100) for end in accumulate(group.share for group in self._groups)]
        conditions = _demo_file("conditions.json")["conditions"]
        self._conditions = [(name, points) for name, _, _, points in conditions]
        self._condition_limits = [
            [self._limit(age, at_40, at_80) for _, at_40, at_80, _ in conditions] for age in range(100)
        ]

    @staticmethod
    def _limit(age: int, at_40: float, at_80: float) -> int:
        """The draw below which a person of an age has the condition: straight lines through 15, 40 and 80."""
        share = at_40 * max(0, age - 15) / 25 if age < 40 else at_40 + (at_80 - at_40) * (age - 40) / 40
        return round(65_536 * share / 100)

    def draws(self, index: int) -> tuple[int, ...]:
        """Thirty-two numbers of 16 bits that depend on the seed and the person only; cheaper made than kept."""
        return _DRAWS.unpack(hashlib.blake2b(f"{self.seed}:{index}".encode(), digest_size=64).digest())

    def practice(self, index: int) -> DemoPractice:
        """Every practice gets exactly its list size when the whole borough is made."""
        place = (index * self._practice_step + self.seed) % self._registered
        return self._practices[bisect_right(self._list_ends, place)]

    def health(self, draws: tuple[int, ...]) -> tuple[int, tuple[str, ...], int, float | None, float]:
        """Age, conditions, admissions in 12 months, frailty index (65 and over) and a raw risk that orders people."""
        age = min(bisect_right(self._age_ends, draws[0]), 99)
        points, names = 0.0, []
        limits = self._condition_limits[age]
        for draw, limit, (name, weight) in zip(draws[8:26], limits, self._conditions, strict=True):
            if draw < limit:
                names.append(name)
                points += weight
        frailty = None
        if age >= 65:
            frailty = round(min(0.7, 0.02 + 0.028 * len(names) + (age - 65) * 0.003 + draws[26] / 655_360), 2)
            points += 20 * frailty
        chance = (0.02 + 0.002 * max(0, age - 50) + 0.006 * points) * 65_536
        admissions = 0
        if draws[27] < chance:
            admissions = 1 + (draws[28] < 20_000) + (draws[28] < 6_000) + (draws[28] < 1_500)
        raw = points + 0.08 * age + 9 * admissions + draws[29] / 65_536
        return age, tuple(names), admissions, frailty, raw

    def person(self, index: int, number: str | None, draws: tuple[int, ...], score: float) -> InventedPerson:
        """Everything of one person but the month."""
        age, conditions, admissions, frailty, _ = self.health(draws)
        female = draws[2] & 1
        gender = Gender.FEMALE if female else Gender.MALE
        if draws[2] < 130:
            gender = Gender.OTHER if draws[2] < 40 else Gender.NOT_KNOWN
        group = self._groups[bisect_right(self._group_ends, draws[3])]
        given, family = self._name(group, draws, bool(female))
        practice = self.practice(index)
        address, postcode = _address(practice, draws)
        return InventedPerson(
            index,
            number,
            family,
            given,
            _title(gender, age, draws[30]),
            date.fromordinal(REFERENCE.toordinal() - int(age * 365.25) - draws[1] % 365 - 1),
            gender,
            address,
            postcode,
            practice,
            group.name,
            conditions,
            admissions,
            frailty,
            score,
            tier_of(score),
        )

    @staticmethod
    def _name(group: NameGroup, draws: tuple[int, ...], female: bool) -> tuple[str, str]:
        first = group.female if female else group.male
        families = group.family_female if female else group.family_male
        given, family = first[draws[4] % len(first)], families[draws[5] % len(families)]
        if draws[6] % 4 == 0:
            second = first[(draws[6] >> 2) % len(first)]
            given = given if second == given else f"{given} {second}"
        if draws[7] % 40 == 0 and not set(family) & set(" -'"):
            other = families[(draws[7] >> 3) % len(families)]
            family = family if set(other) & set(" -'") or other == family else f"{family}-{other}"
        return given, family


def _address(practice: DemoPractice, draws: tuple[int, ...]) -> tuple[tuple[str, ...], str]:
    place = draws[31]
    street = practice.streets[place % len(practice.streets)]
    house = 1 + (place >> 3) % 180
    line = f"{house} {street}"
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    unit = f"{1 + place % 9}{letters[house % 20]}{letters[(place >> 5) % 20]}"
    lines = (f"Flat {1 + draws[30] % 60}", line) if draws[30] % 3 == 0 else (line,)
    return lines, f"{practice.postcode_district} {unit}"


def _title(gender: Gender, age: int, draw: int) -> str:
    if gender is Gender.MALE:
        return "Master" if age < 12 else "Dr" if draw % 90 == 0 and age > 24 else "Mr"
    if gender is Gender.FEMALE:
        if age < 18:
            return "Miss"
        return "Dr" if draw % 90 == 0 and age > 24 else ("Mrs", "Ms", "Miss", "Mrs")[draw % 4]
    return "Mx" if draw % 2 else ""


def tier_of(score: float) -> Tier:
    """The invented tool's tier of a score."""
    if score >= CUT_OFFS.very_high:
        return Tier.VERY_HIGH
    if score >= CUT_OFFS.high:
        return Tier.HIGH
    return Tier.MODERATE if score >= CUT_OFFS.moderate else Tier.BELOW


def _score_at(place: int, ends: Sequence[int]) -> float:
    """The published score of the person at a place of the falling order; never rounded up into the next tier."""
    tier = bisect_right(ends[:-1], place)
    top = (100.0, CUT_OFFS.very_high, CUT_OFFS.high, CUT_OFFS.moderate, 0.0)
    start = ends[tier - 1] if tier else 0
    fraction = (place - start + 0.5) / max(1, ends[tier] - start)
    lowest, highest = top[tier + 1], top[tier]
    return math.floor(100 * (lowest + (highest - lowest) * (1 - fraction) ** 2)) / 100


def _drifted(score: float, draws: tuple[int, ...], month: int) -> float:
    """The score some months before or after month 0: a slow trend of its own and a little noise."""
    trend = (draws[7] / 65_536 + draws[29] / 65_536 - 1) * 1.2 * month
    noise = ((draws[6] * (month * 7_919 + 1)) % 997) / 997 - 0.5
    return round(min(99.99, max(0.01, score + trend + noise)), 2)


def _is_here(draws: tuple[int, ...], month: int) -> bool:
    """Whether somebody of month 0 has not left by a later month, or had joined by an earlier one."""
    lot = draws[1] % 1_000
    return lot >= MOVES_IN_A_MONTH * month if month >= 0 else lot < 1_000 + MOVES_IN_A_MONTH * month


@lru_cache(maxsize=2)
def _raw_risks(seed: int, n: int) -> tuple[float, ...]:
    """What orders the first `n` people by risk; the same in every month."""
    makers = _Makers(seed)
    return tuple(makers.health(makers.draws(index))[4] for index in range(n))


def invented_people(
    n: int, seed: int = 1, *, month: int = 0, only: Container[int] | None = None
) -> list[InventedPerson]:
    """`n` invented people as they are in a month; 0 is the month in which the tier counts are the source's.

    Name, number, birth date, practice and conditions of person `place` depend on the seed and `i` only: the first
    150 of a borough of 261,536 are the same people as a borough of 150. Scores are relative to the `n` people.
    In other months scores have drifted, and of a thousand people four a month have left and four are new. `only`
    makes no more than the people of these places, as they are among all the others.
    """
    makers = _Makers(seed)
    joined = round(n * MOVES_IN_A_MONTH / 1_000 * max(0, month))
    raws = _raw_risks(seed, n + joined)
    order = sorted(range(n), key=raws.__getitem__, reverse=True)
    ends = [*accumulate(tier_counts_for(n)), n]
    scores = [0.0] * (n + joined)
    for place, index in enumerate(order):
        scores[index] = _score_at(place, ends)
    rising = [raws[index] for index in reversed(order)]
    for index in range(n, n + joined):
        place = min(max(0, n - bisect_right(rising, raws[index])), max(0, n - 1))
        scores[index] = _score_at(place, ends)
    people = []
    numbers = islice(invented_nhs_numbers(seed), n + joined)
    for index, number in enumerate(numbers):
        if only is not None and index not in only:
            continue
        draws = makers.draws(index)
        if index < n and not _is_here(draws, month):
            continue
        score = _drifted(scores[index], draws, month) if month else scores[index]
        has_number = (draws[30] ^ draws[31]) % WITHOUT_NUMBER != 0
        people.append(makers.person(index, number if has_number else None, draws, score))
    return people
