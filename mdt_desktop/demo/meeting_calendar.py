"""Who of the invented borough is talked about in which of the past meetings, and what is said."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from mdt_desktop.demo.invented_names import InventedPerson
from mdt_desktop.demo.stories import story_for
from mdt_desktop.domain.cases import Stage
from mdt_desktop.paths import resources_dir

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

MEETINGS = 26
WEEKDAY = 3
_AT_MOST = 6
"""Discussions in one meeting; who is more waits for the next."""
_AFTER_CONSENT = (7, 35, 63)
"""Days from the consent to each turn of a story."""
_CASES = """
SELECT person.family_name, person.given_names, person.born, person.id, person_case.id, stage, opened_on,
       (SELECT substr(min(at), 1, 10) FROM stage_change WHERE case_id = person_case.id AND to_stage = 'consented')
  FROM person_case JOIN person ON person.id = person_id JOIN practice ON practice.id = practice_id
 WHERE practice.locality_id = ?
"""


@cache
def meeting_words() -> dict[str, Any]:
    """What is said, as shipped in `resources/demo/meetings.json`."""
    content: dict[str, Any] = json.loads((resources_dir() / "demo" / "meetings.json").read_text(encoding="utf-8"))
    return content


def draw(*key: object) -> int:
    """A number from 0 to 99 that depends on nothing but the key."""
    return hashlib.blake2b(":".join(map(str, key)).encode(), digest_size=8).digest()[0] * 100 // 256


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A person of the demo with their case; `consented_on` is None where they have not agreed to a joint plan."""

    person: InventedPerson
    person_id: str
    case_id: str
    stage: Stage
    opened_on: date
    consented_on: date | None

    @property
    def story(self) -> dict[str, Any]:
        """The person's story."""
        return story_for(self.person)

    @property
    def turns(self) -> list[dict[str, Any]]:
        """What is said about them, meeting by meeting, once they have agreed."""
        found: list[dict[str, Any]] = meeting_words()["stories"][self.story["key"]]["turns"]
        return found


@dataclass(frozen=True, slots=True)
class Discussion:
    """One person in one meeting. `turn` is None for the first mention, before anybody has asked them."""

    case: DemoCase
    turn: int | None

    @property
    def said(self) -> dict[str, Any]:
        """Question, note, outcome and decisions of this discussion."""
        found: list[dict[str, Any]] = meeting_words()["found"]
        return found[self.case.person.place % len(found)] if self.turn is None else self.case.turns[self.turn]


def cases_of(connection: "Connection", locality_id: str, people: Iterable[InventedPerson]) -> list[DemoCase]:
    """The cases of a locality, in the order of the invented people."""
    rows = {(row[0], row[1], row[2]): row[3:] for row in connection.execute(_CASES, (locality_id,))}
    found = []
    for person in people:
        row = rows.get((person.family_name, person.given_names, person.born.isoformat()))
        if row is not None:
            person_id, case_id, stage, opened, consented = row
            opened_on = date.fromisoformat(opened)
            consented_on = max(opened_on, date.fromisoformat(consented)) if consented else None
            found.append(DemoCase(person, person_id, case_id, Stage(stage), opened_on, consented_on))
    return found


def past_days(today: date) -> list[date]:
    """The days of the past meetings, the earliest first: every week up to the last one before today."""
    last = today - timedelta(days=(today.weekday() - WEEKDAY - 1) % 7 + 1)
    return [last - timedelta(weeks=weeks) for weeks in range(MEETINGS - 1, -1, -1)]


def next_day(today: date) -> date:
    """The day of the next meeting; today where it is the day for it."""
    return today + timedelta(days=(WEEKDAY - today.weekday()) % 7)


def programme(cases: Iterable[DemoCase], days: list[date]) -> dict[date, list[Discussion]]:
    """Who is talked about on which day: found first, then the turns of the story as the case gets further."""
    wanted: list[tuple[date, int, Discussion]] = []
    for case in cases:
        found_on = case.opened_on + timedelta(days=(case.person.place * 11) % 63)
        wanted.append((min(found_on, case.consented_on or found_on), case.person.place, Discussion(case, None)))
        if case.consented_on is not None:
            last_turn = _last_turn(case)
            wanted.extend(
                (case.consented_on + timedelta(days=after + case.person.place % 14), case.person.place,
                 Discussion(case, turn))
                for turn, after in enumerate(_AFTER_CONSENT) if turn <= last_turn
            )  # fmt: skip
    told: dict[date, list[Discussion]] = {day: [] for day in days}
    last: dict[str, date] = {}
    for on, _, discussion in sorted(wanted, key=lambda it: (it[0], it[1])):
        after = last.get(discussion.case.case_id, date.min)
        day = next((day for day in days if day >= on and day > after and len(told[day]) < _AT_MOST), None)
        if day is not None:
            told[day].append(discussion)
            last[discussion.case.case_id] = day
    return told


def _last_turn(case: DemoCase) -> int:
    """How far the meetings have got with somebody: as far as the case is."""
    return {Stage.CONSENTED: 0, Stage.ASSESSING: 0, Stage.PLANNING: 1}.get(case.stage, len(_AFTER_CONSENT) - 1)
