"""People's names: one full-name cell taken apart, and whether two spellings can be the same name."""

import re
import unicodedata
from typing import NamedTuple

TITLES = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "dame",
        "lord",
        "lady",
        "rev",
        "revd",
        "reverend",
        "fr",
        "father",
        "sr",
        "sister",
        "master",
        "imam",
        "hajji",
    }
)
_PARTICLES = frozenset(
    {
        "al",
        "ap",
        "ab",
        "bin",
        "bint",
        "binti",
        "da",
        "dal",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "ibn",
        "la",
        "le",
        "ter",
        "van",
        "von",
        "y",
    }
)
_BRACKETED_TITLE = re.compile(r"\s*\(([^()]*)\)\s*$")
# Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_HYPHENS = frozenset("-\u2010\u2011\u2013")


class NameParts(NamedTuple):
    """A name in parts; each may be empty."""

    family: str
    given: str
    title: str


def _is_title(word: str) -> bool:
    return word.rstrip(".").casefold() in TITLES


def _is_capitals(word: str) -> bool:
    return word.isupper() and len(word.strip(".'\u2019-")) > 1


def split_full_name(text: str) -> NameParts:
    """Take `SMITH, John (Mr)`, `Mr John Smith`, `SMITH John` or `John van der Berg` apart.

    With a comma the family name is before it; otherwise words in capitals beside mixed-case ones are the
    family name; otherwise the last word is, with the particles before it. A single word is a family name.
    """
    title = ""
    rest = " ".join(text.split())
    bracketed = _BRACKETED_TITLE.search(rest)
    if bracketed and _is_title(bracketed[1]):
        title, rest = bracketed[1], rest[: bracketed.start()]
    if "," in rest:
        family, _, given = rest.partition(",")
        words = given.split()
        if words and not title and _is_title(words[0]):
            title, words = words[0], words[1:]
        elif words and not title and _is_title(words[-1]):
            title, words = words[-1], words[:-1]
        return NameParts(family.strip(), " ".join(words), title)
    words = rest.split()
    if len(words) > 1 and not title and _is_title(words[0]):
        title, words = words[0], words[1:]
    if len(words) < 2:
        return NameParts(" ".join(words), "", title)
    capitals = [_is_capitals(word) for word in words]
    if any(capitals) and not all(capitals):
        family_words = [word for word, is_capital in zip(words, capitals, strict=True) if is_capital]
        given_words = [word for word, is_capital in zip(words, capitals, strict=True) if not is_capital]
        return NameParts(" ".join(family_words), " ".join(given_words), title)
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return NameParts(" ".join(words[start:]), " ".join(words[:start]), title)


def folded(name: str) -> str:
    """The name for comparing: no accents, capitals, apostrophes, hyphens or double spaces."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    spaced = "".join(" " if letter in _HYPHENS else letter for letter in apart)
    return " ".join("".join(letter for letter in spaced if letter.isalnum() or letter == " ").split())


def family_names_agree(one: str, other: str) -> bool:
    """Whether two family names can be the same: equal when folded, or one is part of the other's double name.

    A double surname given in full by one source and in part by another (`Begum` and `Begum-Ali`) agrees.
    """
    plain, other_plain = folded(one), folded(other)
    first, second = set(plain.split()), set(other_plain.split())
    if not first or not second:
        return False
    return first <= second or second <= first or plain.replace(" ", "") == other_plain.replace(" ", "")


def given_names_agree(one: str, other: str) -> bool:
    """Whether two given names can be one: one is missing, an initial fits, or they share a first name."""
    first, second = folded(one).split(), folded(other).split()
    if not first or not second or first[0] == second[0]:
        return True
    if len(first[0]) == 1 or len(second[0]) == 1:
        return first[0][0] == second[0][0]
    return first[0] in second or second[0] in first


def names_agree(family: str, given: str, other_family: str, other_given: str) -> bool:
    """Whether two records' names can be one person's: both the family and the given names agree."""
    return family_names_agree(family, other_family) and given_names_agree(given, other_given)
