"""Turns what is typed into the search box into words to look up; whatever is typed is plain text and never raises.

People are indexed under words of letters and digits only: their names (whole, in parts and joined), NHS number, date
of birth as 14081940 and as 19400814, and postcode with its outward part. A person is found when each thing typed
begins one of their words.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from mdt_desktop.domain.audit import SearchedFor
from mdt_desktop.domain.names import folded

Reading = Callable[..., Sequence[tuple["Word", ...]]]
"""Makes the terms of a pattern's groups."""

LONGEST_TEXT = 200
MOST_TERMS = 12
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_BITS = {letter: 1 << place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}
_OTHER_LETTER = 1 << len(_BITS)
_NOT_PLAIN = re.compile(r"[^\w'’]+|_+")
_APOSTROPHES = re.compile(r"['’ʼ`]")

# Each pattern stands free: between the ends of the text, spaces or commas.
_FREE, _END = r"(?<![^\s,;])", r"(?![^\s,;])"
_NUMBER = re.compile(rf"{_FREE}(\d{{3}})[ \-](\d{{1,2}}{_END}|\d{{3}})(?:[ \-](\d{{1,4}}))?{_END}")
_ISO = re.compile(rf"{_FREE}((?:18|19|20)\d\d)[-/.](\d{{1,2}})(?:[-/.](\d{{1,2}}))?{_END}")
_DAY_MONTH = re.compile(rf"{_FREE}(\d{{1,2}})[-/.](\d{{1,2}})(?:[-/.](\d{{0,4}}))?{_END}")
_SPACED_DATE = re.compile(rf"{_FREE}(\d{{1,2}}) (\d{{1,2}}) (\d{{4}}){_END}")
_NAMED = re.compile(
    rf"{_FREE}(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]?({_MONTH_NAME})(?:[-/., ]*(\d{{1,4}}))?{_END}", re.IGNORECASE
)
_MONTH_YEAR = re.compile(rf"{_FREE}({_MONTH_NAME}|\d{{1,2}}(?=[-/.]))[-/. ]((?:18|19|20)\d\d){_END}", re.IGNORECASE)
_WHOLE_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?(\d[a-z]{0,2})?")
_POSTCODE = re.compile(rf"{_FREE}([a-z]{{1,2}}\d[a-z\d]?) +(\d[a-z]{{0,2}}){_END}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word to look up: the beginning of an indexed word, or `whole` for exactly that word."""

    text: str
    whole: bool = False

    def fits(self, words: Iterable[str]) -> bool:
        """Whether one of a person's words fits."""
        return self.text in words if self.whole else any(word.startswith(self.text) for word in words)

    def match(self) -> str:
        """In the full-text index's own language; quoted, so that no letter in it means anything."""
        return f'"{self.text}"' if self.whole else f'"{self.text}"*'


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed, read: each of `terms` must fit by one of its words. Nothing at all fits `finds_nobody`."""

    terms: tuple[tuple[Word, ...], ...] = ()
    finds_nobody: bool = False

    def __bool__(self) -> bool:
        return bool(self.terms) or self.finds_nobody

    def match(self) -> str:
        """The expression for `person_search MATCH ?`."""
        return " AND ".join(f"({' OR '.join(word.match() for word in term)})" for term in self.terms)

    @property
    def initials(self) -> int:
        """What `initials_of` a person's words must hold, where nothing but single letters were typed; else 0."""
        letters = [term[0].text for term in self.terms if len(term) == 1 and term[0].text in _BITS]
        return initials_of(" ".join(letters)) if len(letters) == len(self.terms) else 0

    def fits(self, search_words: str) -> bool:
        """Whether a person with these search words is found; the same answer as the index gives."""
        words = search_words.split()
        return not self.finds_nobody and all(any(word.fits(words) for word in term) for term in self.terms)


def read(text: str) -> Search:
    """Read what was typed; empty text is a search for everybody, text without letter or digit finds nobody."""
    if not text.strip():
        return Search()
    rest = " ".join(text[:LONGEST_TEXT].split())
    terms: list[tuple[Word, ...]] = []
    for pattern, reading in _READINGS:
        rest = pattern.sub(partial(_taken, reading, terms), rest)
    terms += [(Word(piece),) for piece in _pieces(rest)]
    # The longest first: the index then steps through the fewest entries.
    kept = sorted(dict.fromkeys(terms), key=lambda term: -min(len(word.text) for word in term))[:MOST_TERMS]
    return Search(tuple(kept), finds_nobody=not kept)


def kinds_of(text: str) -> frozenset[SearchedFor]:
    """What somebody looks for with a text, as `read` reads it: the audit has this and never the text itself."""
    rest = " ".join(text[:LONGEST_TEXT].split())
    found: set[SearchedFor] = set()
    for pattern, reading in _READINGS:
        terms: list[tuple[Word, ...]] = []
        rest = pattern.sub(partial(_taken, reading, terms), rest)
        if terms:
            found.add(_KINDS.get(reading, SearchedFor.DATE))
    for piece in _pieces(rest):
        if piece.isdigit():
            found.add(SearchedFor.NUMBER)
        elif _WHOLE_POSTCODE.fullmatch(piece):
            found.add(SearchedFor.POSTCODE)
        else:
            found.add(SearchedFor.NAME)
    return frozenset(found)


def search_words(
    family_name: str, given_names: str, preferred_name: str, nhs_number: str | None, born: str, postcode: str
) -> str:
    """The words a person is found by, with single spaces; `born` is an ISO date."""
    found: dict[str, None] = {}
    for name in (family_name, given_names, preferred_name):
        found |= _name_words(name)
    year, month, day = born[:4], born[5:7], born[8:10]
    code = postcode.lower().split()
    for word in (nhs_number or "", f"{day}{month}{year}", f"{year}{month}{day}", "".join(code), *code[:1]):
        if word:
            found[word] = None
    return " ".join(found)


def initials_of(words: str) -> int:
    """The letters and digits that some words begin with, a bit each; one more for all letters beyond a to z."""
    found = 0
    for word in words.split():
        found |= _BITS.get(word[0], _OTHER_LETTER)
    return found


@lru_cache(maxsize=4096)
def _name_words(name: str) -> dict[str, None]:
    """`O'Brien-Smith` gives obriensmith, obrien, smith, o and brien; names come again and again in an import."""
    found: list[str] = []
    for part in name.split():
        pieces = _pieces(part)
        found += pieces
        if _APOSTROPHES.search(part):
            found += _pieces(_APOSTROPHES.sub(" ", part))
        if len(pieces) > 1:
            found.append("".join(pieces))
    return dict.fromkeys(found)


def forget_names() -> None:
    """Nothing of anybody's name stays in memory once the store is closed."""
    _name_words.cache_clear()


def _pieces(text: str) -> list[str]:
    """The words of a text as they are indexed and looked up: small plain letters and digits, nothing else."""
    folded_pieces = (folded(piece).replace(" ", "") for piece in _NOT_PLAIN.split(text))
    return [piece for piece in folded_pieces if piece]


class _NotThisError(Exception):
    """What has the shape of a date is none; it is read as plain digits instead."""


def _taken(reading: Reading, terms: list[tuple[Word, ...]], found: re.Match[str]) -> str:
    """Read a piece and take it out of the text; what cannot be read so stays in."""
    try:
        terms.extend(reading(*found.groups()))
    except _NotThisError:
        return found[0]
    return " "


def _number(*groups: str | None) -> Sequence[tuple[Word, ...]]:
    return [(Word("".join(group for group in groups if group)),)]


def _iso(year: str, month: str, day: str | None) -> Sequence[tuple[Word, ...]]:
    if day is None and len(month) == 1:
        return [tuple(Word(f"{year}{choice}") for choice in _months_typed(month))]
    return [(Word(f"{year}{_month(month)}{_day(day) if day else ''}"),)]


def _day_month(day: str, month: str, year: str | None) -> Sequence[tuple[Word, ...]]:
    """A date as it is being typed: `14/0`, `14/8`, `14/08/19`, `14/8/40`, `14/08/1940`."""
    if year is None:
        return [tuple(Word(f"{_day(day)}{choice}") for choice in _months_typed(month))]
    return [_with_year(f"{_day(day)}{_month(month)}", year)]


def _named(day: str, month: str, year: str | None) -> Sequence[tuple[Word, ...]]:
    return [_with_year(f"{_day(day)}{_month(month)}", year or "")]


def _month_year(month: str, year: str) -> Sequence[tuple[Word, ...]]:
    return [(Word(f"{year}{_month(month)}"),)]


def _postcode(outward: str, inward: str) -> Sequence[tuple[Word, ...]]:
    """The outward part must be whole: `E1 4` is not E14."""
    return [(Word(f"{outward}{inward}".lower()),), (Word(outward.lower(), whole=True),)]


def _with_year(day_month: str, year: str) -> tuple[Word, ...]:
    """A year of two digits is of either century, and may be the first half of one of four."""
    if len(year) != 2:
        return (Word(f"{day_month}{year}"),)
    centuries = tuple(Word(f"{day_month}{century}{year}") for century in ("19", "20"))
    return (*centuries, Word(f"{day_month}{year}")) if year in ("18", "19", "20") else centuries


def _months_typed(month: str) -> tuple[str, ...]:
    """A month that may still be in the middle: `1` is January and the beginning of October to December."""
    if month == "0":
        return ("0",)
    return (_month("1"), "1") if month == "1" else (_month(month),)


def _month(typed: str) -> str:
    number = int(typed) if typed.isdigit() else _MONTHS.index(typed[:3].lower()) + 1
    if not 1 <= number <= 12:
        raise _NotThisError
    return f"{number:02d}"


def _day(typed: str) -> str:
    if not 1 <= int(typed) <= 31:
        raise _NotThisError
    return f"{int(typed):02d}"


_READINGS: tuple[tuple[re.Pattern[str], Reading], ...] = (
    (_ISO, _iso),
    (_NAMED, _named),
    (_SPACED_DATE, _day_month),
    (_MONTH_YEAR, _month_year),
    (_DAY_MONTH, _day_month),
    (_NUMBER, _number),
    (_POSTCODE, _postcode),
)
_KINDS = {_number: SearchedFor.NUMBER, _postcode: SearchedFor.POSTCODE}
"""All other readings are of dates."""
