"""Two hundred invented people who must be found nowhere but in the encrypted store, and the eye that looks for them."""

import base64
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from mdt_desktop.bootstrap import Program
from mdt_desktop.records import (
    Action,
    Answer,
    CarePlan,
    Consent,
    ContingencyPlan,
    Flag,
    Goal,
    Need,
    Person,
    PersonalContact,
    StageChange,
)
from mdt_desktop.records.base import Record
from mdt_desktop.store.unit_of_work import UnitOfWork

PEOPLE = 200
PLANTED = 150
"""So many of them stand in the store from the beginning; the others come with a risk file."""
STEMS = {
    "family name": "Zyqvar",
    "given names": "Kwizzle",
    "address": "Ostravend",
    "words": "Brelliqu",
    "NHS number": "999813",
    "telephone": "0770090",
}
"""What each canary of a kind begins with: stands nowhere else, and is long enough to be no accident."""

R = TypeVar("R", bound=Record)
_LETTERS = "abdefgiklmnoprstu"
_BETWEEN = (" ", "\u00a0", "-")


@dataclass(frozen=True, slots=True)
class Canary:
    """Everything that tells who one of them is."""

    number: int
    nhs_number: str

    @property
    def _end(self) -> str:
        one, two = divmod(self.number, len(_LETTERS))
        return _LETTERS[one] + _LETTERS[two]

    @property
    def family_name(self) -> str:
        return f"{STEMS['family name']}{self._end}ton"

    @property
    def given_names(self) -> str:
        return f"{STEMS['given names']}{self._end}"

    @property
    def address(self) -> str:
        return f"{self.number} {STEMS['address']}{self._end} Walk"

    @property
    def telephone(self) -> str:
        """Of the numbers that Ofcom keeps for drama."""
        return f"{STEMS['telephone']}0{self.number:03d}"

    @property
    def email(self) -> str:
        return f"{self.family_name}@example.org".lower()

    @property
    def words(self) -> str:
        """A free text."""
        return f"{STEMS['words']}{self._end} from the harbour, who is afraid of the stairs"


def canaries() -> tuple[Canary, ...]:
    """All of them; their NHS numbers have a valid check digit."""
    found = []
    for number in range(1000):
        digits = f"{STEMS['NHS number']}{number:03d}"
        check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
        if check != 10:
            found.append(f"{digits}{check % 11}")
    return tuple(Canary(place, number) for place, number in zip(range(PEOPLE), found, strict=False))


def plant(program: Program) -> int:
    """Give as many people of an open store as there are the names, numbers and words of canaries; how many."""
    people = [row[0] for row in program.access.database.reader.execute("SELECT id FROM person ORDER BY id")]
    for canary, person_id in zip(canaries()[:PLANTED], people, strict=False):
        access = program.access
        with UnitOfWork(access.database, access.actor, access.clock()) as work:
            work.about(person_id)
            person = work.get(Person, person_id)
            person.family_name, person.given_names = canary.family_name, canary.given_names
            person.preferred_name, person.address = canary.given_names, canary.address
            person.telephone, person.email = canary.telephone, canary.email
            if person.nhs_number:
                person.nhs_number = canary.nhs_number
            _plant_words(work, person_id, canary)
    return min(len(people), PLANTED)


_TEXTS: tuple[tuple[type[Record], str, tuple[str, ...]], ...] = (
    (PersonalContact, "person_id = :it", ("name", "comments")),
    (Flag, "person_id = :it", ("words",)),
    (Consent, "person_id = :it", ("shared_with", "evidence", "decided_by")),
    (StageChange, "case_id IN (SELECT id FROM person_case WHERE person_id = :it)", ("reason",)),
    (CarePlan, "case_id IN (SELECT id FROM person_case WHERE person_id = :it)",
     ("most_important", "important_people", "communication", "please_do", "strengths", "agreed_name")),
    (Need, "plan_id IN (SELECT p.id FROM care_plan p JOIN person_case c ON c.id = p.case_id WHERE person_id = :it)",
     ("words",)),
    (ContingencyPlan,
     "plan_id IN (SELECT p.id FROM care_plan p JOIN person_case c ON c.id = p.case_id WHERE person_id = :it)",
     ("trigger", "what_should_happen", "contact_name")),
    (Goal, "need_id IN (SELECT n.id FROM need n JOIN care_plan p ON p.id = n.plan_id JOIN person_case c"
     " ON c.id = p.case_id WHERE person_id = :it)", ("words",)),
    (Action, "goal_id IN (SELECT g.id FROM goal g JOIN need n ON n.id = g.need_id JOIN care_plan p ON p.id = n.plan_id"
     " JOIN person_case c ON c.id = p.case_id WHERE person_id = :it)", ("what", "when_words")),
)  # fmt: skip


def _plant_words(work: UnitOfWork, person_id: str, canary: Canary) -> None:
    """Every free text about them, answers too."""
    for kind, where, columns in _TEXTS:
        for record in _records(work, kind, where, person_id):
            for column in columns:
                if getattr(record, column):
                    setattr(record, column, canary.words)
    of_person = "assessment_id IN (SELECT a.id FROM assessment a JOIN person_case c ON c.id = a.case_id" \
        " WHERE person_id = :it) AND link_id LIKE 'mt-%'"  # fmt: skip
    for answer in _records(work, Answer, of_person, person_id):
        if isinstance(json.loads(answer.value_json or "null"), str):
            answer.value_json = json.dumps(canary.words)


def _records(work: UnitOfWork, kind: type[R], where: str, person_id: str) -> Iterator[R]:
    table = kind.__tablename__
    ids = work.connection.execute(
        f"SELECT id FROM {table} WHERE {where}".replace(":it", "?"), (person_id,) * where.count(":it")
    ).fetchall()
    for (record_id,) in ids:
        yield work.get(kind, record_id)


def risk_file(folder: Path, practice_code: str, run_date: date, people: Iterable[Canary]) -> Path:
    """A practice's risk file with canaries in it, the last but one line bad, the last contradicting the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "november.csv"
    lines = ["NHS number,Family name,Given names,Date of birth,Practice code,Risk score,Run date,Address line 1"]
    everybody = list(people)
    for place, it in enumerate(everybody):
        number = "123" if place == len(everybody) - 2 else it.nhs_number
        born = date(1930 + place % 40, 1 + place % 12, 1 + place % 28)
        lines.append(
            f"{number},{it.family_name},{it.given_names},{born:%d/%m/%Y},{practice_code},{99 - place * 0.3:.1f},"
            f"{run_date:%d/%m/%Y},{it.address}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# The eye


def needles() -> dict[bytes, str]:
    """Every way in which a canary could lie in a file, with what to call it."""
    found: dict[bytes, str] = {}
    for what, stem in STEMS.items():
        spellings = {stem, stem.lower(), stem.upper()}
        if stem.isdigit():
            spellings |= {f"{stem[:3]}{between}{stem[3:]}" for between in _BETWEEN} | {f"{stem[:5]} {stem[5:]}"}
        for spelled in spellings:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                plain = spelled.encode(encoding)
                found[plain] = f"{what} in {encoding}"
                found[plain.hex().encode()] = found[plain.hex().upper().encode()] = f"{what} in {encoding} as hex"
                for core in _base64_cores(plain):
                    found[core] = f"{what} in {encoding} as base64"
    return found


def _base64_cores(plain: bytes) -> Iterator[bytes]:
    """What is the same in base64 whatever stands around it, for each of the three places at which it can begin."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        first = -(-before * 8 // 6)
        last = (before + len(plain)) * 8 // 6
        yield encoded[first:last]
        yield base64.urlsafe_b64encode(b"\0" * before + plain)[first:last]


def finds(folder: Path, besides: Iterable[Path] = ()) -> list[str]:
    """Every file under a folder that holds a canary in its content or its name, without the folders besides."""
    wanted, left_out = needles(), tuple(besides)
    found = []
    for path in sorted(it for it in folder.rglob("*") if it.is_file()):
        if any(path.is_relative_to(it) for it in left_out):
            continue
        content = path.read_bytes() + b"\0" + os.fsencode(path.name)
        found += sorted({f"{path.relative_to(folder)}: {what}" for needle, what in wanted.items() if needle in content})
    return found


def hears(said: str) -> list[str]:
    """What of canaries a text says."""
    return sorted({what for needle, what in needles().items() if needle in said.encode()})
