"""How easily a text for the person is read, and which short forms in it nobody has explained (DOMAIN D13, C8)."""

import re
from collections.abc import Mapping

_WORD = re.compile(r"[A-Za-z]+(?:['\u2019-][A-Za-z]+)*")
_SENTENCE = re.compile(r"[^.!?\n]*[A-Za-z][^.!?\n]*")
_VOWELS = re.compile(r"[aeiouy]+")
_SHORT_FORM = re.compile(r"(?<![\w-])(?:[A-Z]{2,}[a-z]?|[A-Z](?:\.[A-Z])+\.?|[A-Z]&[A-Z])(?![\w-])")
KNOWN_TO_ALL = frozenset({"GP", "NHS", "TV", "UK", "ID", "OK"})
"""Short forms that need no explaining (the NHS service manual's own list begins with them)."""
EASY_UP_TO = 12
"""Years: the reading age that the NHS service manual asks of what everybody should understand (9 to 11), and a bit."""
_FEWEST_WORDS = 20
_SCHOOL_BEGINS = 5


def reading_age(text: str) -> int | None:
    """The age in years at which a text is usually read without help; None for fewer than twenty words.

    Flesch-Kincaid grade (Kincaid and others 1975) and five, the age at which school begins. It counts syllables by
    groups of vowels, so it is a guide and no verdict.
    """
    words = _WORD.findall(text)
    sentences = [it for it in _SENTENCE.findall(text) if it.strip()]
    if len(words) < _FEWEST_WORDS or not sentences:
        return None
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
    return max(_SCHOOL_BEGINS, round(grade) + _SCHOOL_BEGINS)


def _syllables(word: str) -> int:
    small = word.casefold()
    groups = len(_VOWELS.findall(small))
    silent = small.endswith("e") and not small.endswith(("le", "ee", "ie")) and groups > 1
    return max(1, groups - silent)


def short_forms(text: str) -> tuple[str, ...]:
    """Abbreviations that most people do not know, each once, in the order in which they come."""
    found = (it.group() for it in _SHORT_FORM.finditer(text))
    return tuple(dict.fromkeys(form for form in found if form.rstrip(".").replace(".", "") not in KNOWN_TO_ALL))


def explained(text: str, glossary: Mapping[str, str]) -> str:
    """The text with the short forms that a glossary knows written out; where they are already, they stay."""

    def written_out(found: "re.Match[str]") -> str:
        meaning = glossary.get(found.group())
        return found.group() if meaning is None or meaning.casefold() in text.casefold() else meaning

    return _SHORT_FORM.sub(written_out, text)
