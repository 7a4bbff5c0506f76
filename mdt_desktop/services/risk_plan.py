"""What importing a risk file would do: each row matched with the person on file, nothing written yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from mdt_desktop.domain.matching import Identity, Match, by_number, without_number
from mdt_desktop.domain.names import folded
from mdt_desktop.domain.people import Gender, NhsNumberStatus
from mdt_desktop.domain.risk_rows import RiskRow
from mdt_desktop.store.queries import register
from mdt_desktop.store.queries.register import KnownPerson

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


_NEW_PRACTICE = "new"
"""Stands for the id of a practice that an import would add, so that a preview counts who would move there."""
_NameKey = tuple[str, str, str, str]
"""Family name, given names, birth date and postcode, folded."""


class RunState(StrEnum):
    """How a file stands to the runs of its practice that are here already."""

    NEW = "new"
    SAME_FILE = "same_file"
    CORRECTION = "correction"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Update:
    """A person on file with the columns that the row changes; empty cells never blank what is known."""

    person: KnownPerson
    place: int
    changed: dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row held because it contradicts the person on file."""

    place: int
    person_id: str
    match: Match


@dataclass(slots=True)
class Matching:
    """Rows by what is to be done with them; `place` is the row's index in the file's good rows."""

    new: list[int] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    unchanged: list[tuple[KnownPerson, int]] = field(default_factory=list)
    trend_only: list[tuple[KnownPerson, int]] = field(default_factory=list)
    """People on file to whom an older run adds a point of their trend and nothing else."""
    doubts: list[Doubt] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    absent: int = 0
    """People of the practice whom its newest list does not have any more: they have no tier until one has."""

    @property
    def current(self) -> list[tuple[KnownPerson, int]]:
        """People on file of whom this run is the newest word."""
        return [*self.unchanged, *((update.person, update.place) for update in self.updates)]

    @property
    def known(self) -> list[tuple[KnownPerson, int]]:
        """Everybody of the file who is on file already."""
        return [*self.current, *self.trend_only]

    @property
    def moved(self) -> int:
        """How many come from another practice."""
        return sum("practice_id" in update.changed for update in self.updates)


class Standing(NamedTuple):
    """How a file stands to the runs of its practice; `latest`: none of them is newer than the file."""

    state: RunState
    latest: bool


def standing_of(connection: "Connection", practice_id: str, run_date: date, sha256: str) -> Standing:
    """Whether this file is new, known, a corrected one of the same date, or older than the practice's latest."""
    newest, same_date_sha = register.run_facts(connection, practice_id, run_date)
    latest = newest is None or run_date >= newest
    if same_date_sha == sha256:
        return Standing(RunState.SAME_FILE, latest)
    if same_date_sha is not None:
        return Standing(RunState.CORRECTION, latest)
    return Standing(RunState.NEW if latest else RunState.OLDER, latest)


def match_rows(
    connection: "Connection", rows: Sequence[RiskRow], practice_id: str, run_date: date, *, latest: bool
) -> Matching:
    """Match each row by NHS number, else by names, birth date and postcode within the practice.

    A run older than the practice's latest brings scores of people on file and nothing else: who has left must
    not come back through an old list, and old addresses must not replace new ones. The same holds for a person
    whom another practice has in a newer run than this.
    """
    of_practice = register.people_of_practice(connection, practice_id) if practice_id else []
    by_nhs = {person.nhs_number: person for person in of_practice if person.nhs_number}
    # Those without number last, so that they win where two people look alike.
    by_name = {
        _key_of_person(person): person for person in sorted(of_practice, key=lambda person: person.nhs_number is None)
    }
    elsewhere = register.people_with_numbers(
        connection, [row.nhs_number for row in rows if row.nhs_number and row.nhs_number not in by_nhs]
    )
    found_by_name = _ByName(by_name, rows)
    without_number = register.added_without_number(connection)
    matching = Matching()
    for place, row in enumerate(rows):
        match = Match.SAME
        known = by_nhs.get(row.nhs_number) or elsewhere.get(row.nhs_number) if row.nhs_number else None
        if known is not None:
            match = by_number(_of_row(row), _of_person(known))
            if match is Match.SAME and found_by_name.is_another(row, known):
                match = Match.NAME_OF_ANOTHER
            added = match is not Match.SAME and added_before(row, without_number)
            if added:
                known, match, row = added, Match.SAME, row._replace(nhs_number=None)
        elif by_name:
            known, match = found_by_name.match(row)
        if known is None:
            (matching.new if latest else matching.left_out).append(place)
        elif match is not Match.SAME:
            matching.doubts.append(Doubt(place, known.id, match))
        elif not latest or known.last_run > run_date.isoformat():
            matching.trend_only.append((known, place))
        elif changed := changes_by(row, known, practice_id or _NEW_PRACTICE):
            matching.updates.append(Update(known, place, changed))
        else:
            matching.unchanged.append((known, place))
    if latest:
        found = {known.id for known, _ in matching.known} | {doubt.person_id for doubt in matching.doubts}
        matching.absent = sum(person.id not in found for person in of_practice)
    return matching


def added_before(row: RiskRow, without_number: Mapping[str, Sequence[KnownPerson]]) -> KnownPerson | None:
    """The one without number who was added as new for an earlier row like this; `without_number` as the register has
    them, by the number that stays with somebody else. Without any number all else must be the same."""
    if row.nhs_number is None:
        return next((it for it in without_number.get("", ()) if _key_of_person(it) == _key_of_row(row)), None)
    return next((person for person in without_number.get(row.nhs_number, ()) if is_same(row, person)), None)


def is_same(row: RiskRow, known: KnownPerson) -> bool:
    """Whether birth date and a name of a row are those of somebody on file."""
    return by_number(_of_row(row), _of_person(known)) is Match.SAME


class _ByName:
    """Finds people of the practice by names, birth date and postcode, for rows that their number does not find."""

    def __init__(self, people: Mapping[_NameKey, KnownPerson], rows: Sequence[RiskRow]) -> None:
        self._people = people
        self._numbers = {row.nhs_number for row in rows if row.nhs_number}
        self._without_postcode = {key[:3]: person for key, person in people.items() if person.nhs_number is None}

    def is_another(self, row: RiskRow, known: KnownPerson) -> bool:
        """Whether a row that carries the number of `known` has all else of somebody else on file."""
        if (row.family_name, row.given_names) == (known.family_name, known.given_names):
            return False
        key = _key_of_row(row)
        return key in self._people and self._people[key].id != known.id and key != _key_of_person(known)

    def match(self, row: RiskRow) -> tuple[KnownPerson | None, Match]:
        """The person a row can be, and what speaks against it; nobody where it is of somebody new."""
        key = _key_of_row(row)
        known = self._people.get(key)
        if known is None:
            moved = None if row.nhs_number else self._without_postcode.get(key[:3])
            return moved, Match.POSTCODE_DIFFERS if moved else Match.SAME
        if row.nhs_number is None:
            return known, without_number(known.nhs_number is not None)
        if known.nhs_number is None:
            return known, Match.NUMBER_NEW
        # Two people of one name and birth date in one home, both in the file with a number each, are two people.
        return (None, Match.SAME) if known.nhs_number in self._numbers else (known, Match.NUMBER_CHANGED)


def changes_by(row: RiskRow, known: KnownPerson, practice_id: str) -> dict[str, str | int | None]:
    """The columns of the person that a row changes; empty cells never blank what is known."""
    told = {
        "nhs_number": row.nhs_number,
        "family_name": row.family_name,
        "given_names": row.given_names,
        "title": row.title,
        "born": row.born.isoformat(),
        "gender": "" if row.gender is Gender.NOT_KNOWN else row.gender.value,
        "address": row.address,
        "postcode": row.postcode,
        "practice_id": practice_id,
        "deprivation_fifth": row.deprivation_fifth,
    }
    changed: dict[str, str | int | None] = {
        name: value for name, value in told.items() if value and value != getattr(known, name)
    }
    if "nhs_number" in changed:
        changed["nhs_number_status"] = NhsNumberStatus.PRESENT_NOT_TRACED.value
    return changed


def _of_row(row: RiskRow) -> Identity:
    return Identity(row.family_name, row.given_names, row.born)


def _of_person(person: KnownPerson) -> Identity:
    return Identity(person.family_name, person.given_names, date.fromisoformat(person.born))


def _key_of_row(row: RiskRow) -> _NameKey:
    return _name_key(row.family_name, row.given_names, row.born.isoformat(), row.postcode)


def _key_of_person(person: KnownPerson) -> _NameKey:
    return _name_key(person.family_name, person.given_names, person.born, person.postcode)


def _name_key(family_name: str, given_names: str, born: str, postcode: str) -> _NameKey:
    return folded(family_name), folded(given_names), born, postcode.replace(" ", "").upper()
