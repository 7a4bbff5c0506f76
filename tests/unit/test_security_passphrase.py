"""Passphrases: length, one form for every keyboard, and what the strength meter says."""

import json
from pathlib import Path

import pytest

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import errors, passphrase
from mdt_desktop.security.passphrase import PassphraseAdvice
from mdt_desktop.store import database

WORDS = json.loads((Path(__file__).parents[2] / "resources" / "words" / "en" / "security.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "accepted", "advice"),
    [
        ("", False, {PassphraseAdvice.TOO_SHORT}),
        ("kettle", False, {PassphraseAdvice.TOO_SHORT}),
        ("passwordpassword", False, {PassphraseAdvice.ADD_A_WORD}),
        ("qwertyuiopasdfgh", False, {PassphraseAdvice.ADD_A_WORD}),
        ("aaaaaaaaaaaaaaaa", False, {PassphraseAdvice.REPEATS}),
        ("abcdefghijklmnop", False, {PassphraseAdvice.SEQUENCE}),
        ("anneexampleson", False, {PassphraseAdvice.ABOUT_YOU, PassphraseAdvice.LONGER_IS_BETTER}),
        ("kettle lantern", True, {PassphraseAdvice.LONGER_IS_BETTER}),
        ("correct kettle battery staple", True, set()),
        ("x9!kQ2#vLm7@pR", True, {PassphraseAdvice.LONGER_IS_BETTER}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_meter_says_what_would_help(text: str, accepted: bool, advice: set[PassphraseAdvice]) -> None:
    strength = passphrase.strength(text, about_you=("Anne Exampleson", "anneexampleson"))
    assert strength.accepted is accepted
    assert 0 <= strength.score <= 4
    assert advice <= set(strength.advice)
    if accepted and strength.score >= 3 and strength.length >= passphrase.ADVISED_LENGTH:
        assert strength.advice == ()


def test_a_long_passphrase_is_taken_and_judged_at_once() -> None:
    for length in (64, 100, 1024):
        text = ("kettle lantern wombat granite " * 40)[:length]
        assert passphrase.strength(text).accepted
        passphrase.check_length(text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("short", errors.PassphraseTooShort),
        ("passwordpassword", errors.PassphraseTooEasy),
        ("x" * 1025, errors.PassphraseTooLong),
    ],
    ids=["short", "easy", "long"],
)
def test_what_is_not_accepted_is_refused_with_the_reason(text: str, error: type[MdtError]) -> None:
    with pytest.raises(error):
        passphrase.check_strength(text)


def test_a_good_passphrase_passes() -> None:
    passphrase.check_strength("correct kettle battery staple")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("caf\u00e9", "cafe\u0301", True),
        ("kettle", "\uff4b\uff45\uff54\uff54\uff4c\uff45", True),
        ("a b", "a\u00a0b", True),
        ("kettle", "Kettle", False),
        ("a b", "a  b", False),
        ("kettle", "kettle ", False),
        ("\u0175", "w", False),
    ],
    ids=[
        "composed and decomposed accent",
        "full-width letters",
        "no-break space",
        "case counts",
        "two spaces",
        "space at the end",
        "Welsh letter",
    ],
)
def test_only_what_looks_the_same_is_the_same(one: str, other: str, same: bool) -> None:
    assert (passphrase.normalised(one) == passphrase.normalised(other)) is same


def test_length_is_counted_after_normalising() -> None:
    passphrase.check_length("e\u0301" * 12)
    with pytest.raises(errors.PassphraseTooShort) as short:
        passphrase.check_length("e\u0301" * 11)
    assert short.value.values == {"length": 11, "minimum": 12}


def test_every_error_and_advice_has_its_words() -> None:
    for module in (errors, database):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, MdtError) and kind.__module__ == module.__name__:
                assert WORDS["errors"][kind.code]
    for advice in PassphraseAdvice:
        assert WORDS["labels"][f"passphrase_advice.{advice}"]
    for problem in database.ProblemKind:
        assert WORDS["labels"][f"problem_kind.{problem}"]
