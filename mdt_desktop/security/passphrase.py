"""What a passphrase must be, how it is brought into one form, and how strong it is.

A passphrase is normalised to Unicode NFKC and nothing else: a full-width or no-break sign from another
keyboard or a paste then gives the same bytes as the plain one, while case and every space count. Length
rules follow OWASP ASVS 5.0 (6.2.1, 6.2.9): at least 12 characters, 15 advised, any up to 1,024 accepted.
"""

import importlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mdt_desktop.security.errors import PassphraseTooEasy, PassphraseTooLong, PassphraseTooShort

MINIMUM_LENGTH = 12
ADVISED_LENGTH = 15
MAXIMUM_LENGTH = 1024
_WEAKEST_ACCEPTED_SCORE = 2
# The estimator's time grows with the square of the length, and what follows the first 72 signs only adds.
_ESTIMATED_LENGTH = 72


class PassphraseAdvice(StrEnum):
    """What would make a passphrase better; the words are in `resources/words`."""

    TOO_SHORT = "too_short"
    LONGER_IS_BETTER = "longer_is_better"
    COMMON_WORD = "common_word"
    ABOUT_YOU = "about_you"
    REPEATS = "repeats"
    SEQUENCE = "sequence"
    KEYBOARD_ROW = "keyboard_row"
    DATE = "date"
    ADD_A_WORD = "add_a_word"


@dataclass(frozen=True, slots=True)
class PassphraseStrength:
    """Score 0 (first guess) to 4 (beyond reach), length in characters, whether it is accepted, and advice."""

    score: int
    length: int
    accepted: bool
    advice: tuple[PassphraseAdvice, ...]


_ADVICE_BY_PATTERN: Mapping[str, PassphraseAdvice] = {
    "dictionary": PassphraseAdvice.COMMON_WORD,
    "repeat": PassphraseAdvice.REPEATS,
    "sequence": PassphraseAdvice.SEQUENCE,
    "spatial": PassphraseAdvice.KEYBOARD_ROW,
    "date": PassphraseAdvice.DATE,
    "regex": PassphraseAdvice.DATE,
}


def normalised(passphrase: str) -> bytes:
    """The passphrase in NFKC as UTF-8. Raises PassphraseTooLong above 1,024 characters."""
    if len(passphrase) > MAXIMUM_LENGTH:
        raise PassphraseTooLong(maximum=MAXIMUM_LENGTH)
    # A half of a surrogate pair, as a broken paste leaves it, must not end in a traceback.
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")


def check_length(passphrase: str) -> None:
    """Raise PassphraseTooShort under 12 characters after normalising, PassphraseTooLong above 1,024."""
    length = len(normalised(passphrase).decode("utf-8", "surrogatepass"))
    if length < MINIMUM_LENGTH:
        raise PassphraseTooShort(length=length, minimum=MINIMUM_LENGTH)


def strength(passphrase: str, about_you: Iterable[str] = ()) -> PassphraseStrength:
    """How long somebody who knows the usual tricks, and the words `about_you`, would need.

    Raises PassphraseTooLong. The score is the estimator zxcvbn's: 0 under 10^3 guesses, 4 above 10^10.
    """
    text = normalised(passphrase).decode("utf-8", "surrogatepass")
    if not text:
        return PassphraseStrength(0, 0, False, (PassphraseAdvice.TOO_SHORT,))
    own_words = [word for entry in about_you for word in (entry, *entry.split()) if len(word) > 2]
    # Loaded here: its word lists cost 60 ms and 20 MB that no start of the program should pay.
    estimate: Callable[..., Mapping[str, Any]] = importlib.import_module("zxcvbn").zxcvbn
    result = estimate(text[:_ESTIMATED_LENGTH], user_inputs=own_words)
    score = int(result["score"])
    accepted = len(text) >= MINIMUM_LENGTH and score >= _WEAKEST_ACCEPTED_SCORE
    return PassphraseStrength(score, len(text), accepted, _advice(text, score, result["sequence"]))


def check_strength(passphrase: str, about_you: Iterable[str] = ()) -> None:
    """Raise PassphraseTooShort, PassphraseTooLong or PassphraseTooEasy if it is not accepted."""
    check_length(passphrase)
    if not strength(passphrase, about_you).accepted:
        raise PassphraseTooEasy


def _advice(text: str, score: int, sequence: Iterable[Mapping[str, Any]]) -> tuple[PassphraseAdvice, ...]:
    advice: list[PassphraseAdvice] = []
    if len(text) < MINIMUM_LENGTH:
        advice.append(PassphraseAdvice.TOO_SHORT)
    elif len(text) < ADVISED_LENGTH:
        advice.append(PassphraseAdvice.LONGER_IS_BETTER)
    if score < 3:
        patterns = [match for match in sequence if match["pattern"] in _ADVICE_BY_PATTERN]
        if patterns:
            longest = max(patterns, key=lambda match: len(match["token"]))
            own = longest.get("dictionary_name") == "user_inputs"
            advice.append(PassphraseAdvice.ABOUT_YOU if own else _ADVICE_BY_PATTERN[longest["pattern"]])
        advice.append(PassphraseAdvice.ADD_A_WORD)
    return tuple(advice)
