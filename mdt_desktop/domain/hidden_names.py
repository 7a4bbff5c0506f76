"""Takes names of people out of what somebody typed, where it goes to others who may not know them (UX II.5)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mdt_desktop.domain.names import TITLES

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u2010-][^\W\d_]+)*")
_NUMBER = re.compile(r"(?<!\d)\d{3}[ \u00a0-]?\d{3}[ \u00a0-]?\d{4}(?!\d)")
_TITLE_BEFORE = re.compile(rf"\b(?:{'|'.join(sorted(TITLES))})\.?[ \u00a0]+$", re.IGNORECASE)
_ENDING = re.compile(r"(.+?)(['\u2019]s?)$")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whose names are taken out, and what stands in their place."""

    given_names: str
    family_name: str
    preferred_name: str
    nhs_number: str
    instead: str


def without_names(text: str, people: Iterable[Named], kept: Iterable[str] = ()) -> str:
    """The text with the names and NHS numbers of `people` replaced by what stands instead.

    Found are whole words that begin with a capital, in small letters only behind a title or another name, for many
    names are words as well; a title goes with its name. `kept` are names that stay although somebody shares them, such
    as those of the practitioners and of the person a paper is about. What somebody is called by others ("her son
    Yusuf") is not known here: who reads the preview sees to that.
    """
    instead, numbers = _names_of(people, {word.casefold() for name in kept for word in _parts(name)})
    text = _NUMBER.sub(lambda it: numbers.get("".join(filter(str.isdigit, it.group())), it.group()), text)
    made: list[str] = []
    at, last = 0, ""
    for word in _WORD.finditer(text):
        stands, ending = _instead_of(word.group(), instead)
        if not stands:
            last = ""
            continue
        between = text[at : word.start()]
        without_title = _TITLE_BEFORE.sub("", between)
        beside = bool(last) and not between.strip()
        if not (word.group()[0].isupper() or beside or without_title != between):
            last = ""
            continue
        # Given and family name side by side are one person, who is named once.
        made += [ending] if beside and last == stands else [without_title, stands, ending]
        at, last = word.end(), "" if ending else stands
    return "".join([*made, text[at:]])


def _names_of(people: Iterable[Named], staying: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    instead: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for person in people:
        for name in (person.given_names, person.family_name, person.preferred_name):
            for word in _parts(name):
                if len(word) >= _SHORTEST and word.casefold() not in staying:
                    instead.setdefault(word.casefold(), person.instead)
        if person.nhs_number:
            numbers[person.nhs_number] = person.instead
    return instead, numbers


def _parts(name: str) -> list[str]:
    """The words of a name, double names whole and in their parts."""
    words = _WORD.findall(name)
    return [*words, *(part for word in words if "-" in word for part in word.split("-"))]


def _instead_of(word: str, instead: dict[str, str]) -> tuple[str, str]:
    """What stands in the place of a word, and its ending ("Sampleton's"); nothing for a word that is no name."""
    whole = instead.get(word.casefold())
    if whole is not None:
        return whole, ""
    ending = _ENDING.fullmatch(word)
    found = instead.get(ending.group(1).casefold(), "") if ending else ""
    return found, ending.group(2) if ending and found else ""
