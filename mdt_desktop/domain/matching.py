"""Whether a row of a risk file is the person on file: never merged in doubt, always held for somebody to decide."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.names import family_names_agree, given_names_agree


class Match(StrEnum):
    """What a row and the person on file have to do with each other."""

    SAME = "same"
    BIRTH_DIFFERS = "birth_differs"
    NAME_DIFFERS = "name_differs"
    BOTH_DIFFER = "both_differ"
    NUMBER_MISSING = "number_missing"
    NUMBER_NEW = "number_new"
    """A number nobody has, on a row of the same names, birth date and postcode as somebody without one."""
    NUMBER_CHANGED = "number_changed"
    """The same as somebody whose own number the file does not have: corrected numbers happen, new twins do not."""
    NAME_OF_ANOTHER = "name_of_another"
    """One person's number beside the names, birth date and postcode of another: twins get mixed up."""
    POSTCODE_DIFFERS = "postcode_differs"
    """Without numbers, the same names and birth date at another postcode: somebody moved, or is somebody else."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a person is recognised by."""

    family_name: str
    given_names: str
    born: date


def by_number(row: Identity, known: Identity) -> Match:
    """A row that carries the NHS number of a person on file.

    The number alone is not relied on (DOMAIN C7): the date of birth must be the same, and the family name or the
    first given name. Somebody who married or is called by another first name is the same person; somebody whose
    birth date was corrected is held until a person says so.
    """
    born_differs = row.born != known.born
    if born_differs and not _shares_a_name(row, known):
        return Match.BOTH_DIFFER
    if born_differs:
        return Match.BIRTH_DIFFERS
    return Match.SAME if _shares_a_name(row, known) else Match.NAME_DIFFERS


def without_number(known_has_number: bool) -> Match:
    """A row without NHS number, of the same names, birth date and postcode as a person on file.

    It is the same person where the one on file has no number either; where they have one it is held.
    """
    return Match.NUMBER_MISSING if known_has_number else Match.SAME


def _shares_a_name(row: Identity, known: Identity) -> bool:
    return family_names_agree(row.family_name, known.family_name) or (
        bool(row.given_names and known.given_names) and given_names_agree(row.given_names, known.given_names)
    )
