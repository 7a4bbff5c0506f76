"""How old one must be to read a text, which short forms nobody explained, and those that are written out."""

import pytest

from mdt_desktop.domain.plain_language import EASY_UP_TO, explained, reading_age, short_forms
from mdt_desktop.words import vocabulary

EASY = "Nia will come and see you on Monday. She will look at your leg. You can ask her what you want. " * 2
HARD = (
    "Multidisciplinary reassessment of medication concordance necessitates collaborative prioritisation, "
    "notwithstanding contraindications identified retrospectively by secondary care practitioners, "
    "community pharmacists and independent advisory representatives."
)  # fmt: skip


def test_short_plain_sentences_are_easy_and_long_ones_of_long_words_are_not() -> None:
    easy, hard = reading_age(EASY), reading_age(HARD)
    assert easy is not None
    assert hard is not None
    assert easy <= 9 < EASY_UP_TO < hard


@pytest.mark.parametrize("text", ["", "Yes.", "Nineteen words are too few to tell.", "!!! ... 123"])
def test_of_a_few_words_nothing_is_said(text: str) -> None:
    assert reading_age(text) is None


def test_the_letters_own_sentences_are_easy_to_read() -> None:
    own = [text for key, text in vocabulary().labels.items() if key.startswith("letter.") and "note" not in key]
    sentences = [text for text in own if text.endswith(".") and "{" not in text]
    age = reading_age(" ".join(sentences))
    assert age is not None
    assert age <= 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Refer to OT and CPN; the OT visits", ("OT", "CPN")),
        ("A&E, D.N. visit, MDTs", ("A&E", "D.N.", "MDTs")),
        ("Her GP at the NHS clinic has a TV", ()),
        ("I want A cup of tea. Ok", ()),
        ("non-NHS, X-ray", ()),
    ],
)
def test_short_forms_that_need_explaining_are_found(text: str, expected: tuple[str, ...]) -> None:
    assert short_forms(text) == expected


def test_what_the_glossary_knows_is_written_out_unless_it_is_already() -> None:
    glossary = {"OT": "occupational therapist"}
    assert explained("Ask the OT about SALT", glossary) == "Ask the occupational therapist about SALT"
    already = "Ask the occupational therapist (OT)"
    assert explained(already, glossary) == already
