"""What may be typed into the search box, and whom it finds; the full-text index and the plain reading must agree."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from mdt_desktop.store import search

_SIAN = search.search_words("O'Brien-Smith", "Siân Łucja", "Sue", "9434765919", "1940-08-14", "E1 4AA")
_JOHN = search.search_words("Smith", "John", "", None, "2004-11-02", "E14 9ZZ")
_PEOPLE = {"Siân": _SIAN, "John": _JOHN}


def index_of(people: dict[str, str]) -> dbapi2.Connection:
    """The program's own full-text index, in memory."""
    connection = dbapi2.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE person_search USING fts5 (words, content='', contentless_delete=1, detail=none,"
        " prefix='1 2 3 4', tokenize=\"unicode61 remove_diacritics 2\")"
    )
    for number, words in enumerate(people.values()):
        connection.execute("INSERT INTO person_search (rowid, words) VALUES (?, ?)", (number, words))
    return connection


def found(text: str, people: dict[str, str]) -> set[str]:
    """Who is found by the index; the plain reading of the words must say the same."""
    wanted = search.read(text)
    plainly = {name for name, words in people.items() if wanted.fits(words)}
    if wanted.terms:
        connection = index_of(people)
        rows = connection.execute("SELECT rowid FROM person_search WHERE person_search MATCH ?", (wanted.match(),))
        assert {list(people)[number] for (number,) in rows} == plainly
        connection.close()
    return plainly


@pytest.mark.parametrize(
    ("text", "who"),
    [
        pytest.param("smith", "both", id="family name of one, half of a double name of the other"),
        pytest.param("SMITH, John", "John", id="as the screen writes it"),
        pytest.param("john smith", "John", id="given name first"),
        pytest.param("jo smi", "John", id="beginnings in any order"),
        pytest.param("sian", "Siân", id="no accent typed"),
        pytest.param("SIÂN", "Siân", id="accent and capitals"),
        pytest.param("lucja", "Siân", id="a letter that is not an accent"),
        pytest.param("o'brien", "Siân", id="apostrophe"),
        pytest.param("o’brien", "Siân", id="curly apostrophe"),
        pytest.param("obrien", "Siân", id="apostrophe left out"),
        pytest.param("brien", "Siân", id="after the apostrophe"),
        pytest.param("o brien", "Siân", id="space for the apostrophe"),
        pytest.param("obriensmith", "Siân", id="hyphen left out"),
        pytest.param("o'brien-smith", "Siân", id="hyphen"),
        pytest.param("sue", "Siân", id="preferred name"),
        pytest.param("9434765919", "Siân", id="NHS number"),
        pytest.param("943 476 5919", "Siân", id="NHS number with spaces"),
        pytest.param("943-476-5919", "Siân", id="NHS number with hyphens"),
        pytest.param("943 4", "Siân", id="NHS number being typed"),
        pytest.param("943 476", "Siân", id="two groups of an NHS number"),
        pytest.param("943476 ", "Siân", id="part of an NHS number"),
        pytest.param("943 476 5918", "nobody", id="another NHS number"),
        pytest.param("14/08/1940", "Siân", id="date with slashes"),
        pytest.param("14/8/1940", "Siân", id="month of one digit"),
        pytest.param("14.08.1940", "Siân", id="date with stops"),
        pytest.param("14 8 1940", "Siân", id="date with spaces"),
        pytest.param("14-Aug-1940", "Siân", id="as the screen writes dates"),
        pytest.param("14 August 1940", "Siân", id="month in full"),
        pytest.param("14th aug 1940", "Siân", id="ordinal"),
        pytest.param("14aug40", "Siân", id="glued and short"),
        pytest.param("14 aug", "Siân", id="day and month in words"),
        pytest.param("1940-08-14", "Siân", id="ISO date"),
        pytest.param("1940-08", "Siân", id="ISO month"),
        pytest.param("1940-8", "Siân", id="ISO month of one digit"),
        pytest.param("2004-1", "John", id="ISO month being typed"),
        pytest.param("14081940", "Siân", id="date without separators"),
        pytest.param("1940", "Siân", id="year"),
        pytest.param("08/1940", "Siân", id="month and year"),
        pytest.param("aug 1940", "Siân", id="month in words and year"),
        pytest.param("14/", "Siân", id="day being typed"),
        pytest.param("14/0", "Siân", id="month begun with nought"),
        pytest.param("02/1", "John", id="month begun with one"),
        pytest.param("14/08/", "Siân", id="year to come"),
        pytest.param("14/08/19", "Siân", id="year half typed"),
        pytest.param("02/11/04", "John", id="short year of this century"),
        pytest.param("14/08/194", "Siân", id="three digits of the year"),
        pytest.param("15/08/1940", "nobody", id="another day"),
        pytest.param("smith 1940", "Siân", id="name and year"),
        pytest.param("99/99/1940", "nobody", id="no date, read as digits"),
        pytest.param("32 aug 1940", "nobody", id="no day, read in pieces"),
        pytest.param("e1 4aa", "Siân", id="postcode"),
        pytest.param("E14AA", "Siân", id="postcode without its space"),
        pytest.param("e1 4", "Siân", id="E1 4 is not E14"),
        pytest.param("e14", "both", id="E14, or E1 4 without its space"),
        pytest.param("e14 9", "John", id="district and sector"),
    ],
)
def test_a_person_is_found_by(text: str, who: str) -> None:
    expected = {"both": {"Siân", "John"}, "nobody": set()}.get(who, {who})
    assert found(text, _PEOPLE) == expected


@pytest.mark.parametrize(
    "text", ["*", '"', "'", "-", "--", "(", "^", ":", "🙂", "…", "' ' '", "\\", "\x00", "%", "{}", "_", "* *"]
)
def test_text_without_a_letter_or_digit_finds_nobody(text: str) -> None:
    wanted = search.read(text)
    assert wanted.finds_nobody
    assert wanted
    assert found(text, _PEOPLE) == set()


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_nothing_typed_is_no_search(text: str) -> None:
    assert not search.read(text)
    assert search.read(text).fits(_SIAN)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("NEAR", '("near"*)'),
        ("AND", '("and"*)'),
        ("smith AND john", '("smith"*) AND ("john"*) AND ("and"*)'),
        ("NOT john", '("john"*) AND ("not"*)'),
        ("NEAR(a b)", '("near"*) AND ("a"*) AND ("b"*)'),
        ("words:smith", '("words"*) AND ("smith"*)'),
        ('"smith"', '("smith"*)'),
        ("smith*", '("smith"*)'),
        ("^smith", '("smith"*)'),
        ("x' OR 1=1 --", '("or"*) AND ("x"*) AND ("1"*)'),
        ("smith 🙂", '("smith"*)'),
        ("smith smith", '("smith"*)'),
    ],
)
def test_the_words_of_the_index_language_are_plain_text(text: str, terms: str) -> None:
    assert search.read(text).match() == terms


def test_very_long_text_is_cut() -> None:
    assert len(search.read("x" * 100_000).match()) < search.LONGEST_TEXT + 10
    assert len(search.read(" ".join(f"w{number}" for number in range(500))).terms) == search.MOST_TERMS


def test_a_person_without_number_or_postcode_has_no_empty_words() -> None:
    words = search.search_words("Ali", "", "", None, "1950-01-02", "")
    assert words == "ali 02011950 19500102"


@given(st.text(max_size=60))
@example("1940/13/45 99 aug ''-’")
@example("14/13/1940")
@example("²³¹ Ⅷ ﬁ")
def test_nothing_that_can_be_typed_raises_and_the_index_agrees(text: str) -> None:
    found(text, _PEOPLE)


@given(st.text(max_size=20), st.text(max_size=20))
def test_everybody_is_found_by_their_own_name(family: str, given_names: str) -> None:
    words = search.search_words(family, given_names, "", None, "1950-01-02", "")
    typed = f"{family} {given_names}"
    wanted = search.read(typed)
    if wanted.terms and len(wanted.terms) < search.MOST_TERMS and not any(it.isdigit() for it in typed):
        assert wanted.fits(words)


@pytest.mark.parametrize(
    ("text", "whom"),
    [("s", {"Siân", "John"}), ("l", {"Siân"}), ("j", {"John"}), ("s b", {"Siân"}), ("9", {"Siân"}), ("x", set())],
)
def test_the_initials_of_single_letters_say_the_same_as_the_index(text: str, whom: set[str]) -> None:
    wanted = search.read(text).initials
    assert wanted
    assert {name for name, words in _PEOPLE.items() if search.initials_of(words) & wanted == wanted} == whom
    assert found(text, _PEOPLE) == whom


@pytest.mark.parametrize("text", ["", "si", "s ohn", "14/0", "র", "e1 4", "*"])
def test_whatever_is_more_than_single_letters_has_no_initials(text: str) -> None:
    assert search.read(text).initials == 0
