"""Names taken apart and compared, and postcodes written one way."""

import pytest

from mdt_desktop.domain.names import names_agree, split_full_name
from mdt_desktop.domain.postcode import normalised


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("SMITH, John (Mr)", ("SMITH", "John", "Mr")),
        ("Smith, Mr John Paul", ("Smith", "John Paul", "Mr")),
        ("Mr John Smith", ("Smith", "John", "Mr")),
        ("O'BRIEN Siân", ("O'BRIEN", "Siân", "")),
        ("Ayesha SULTANA BEGUM", ("SULTANA BEGUM", "Ayesha", "")),
        ("Jan van der Berg", ("van der Berg", "Jan", "")),
        ("Dr. Anna Prŷs-Jones", ("Prŷs-Jones", "Anna", "Dr.")),
        ("Begum", ("Begum", "", "")),
        ("Mr", ("Mr", "", "")),
        ("", ("", "", "")),
    ],
)
def test_a_full_name_is_taken_apart(text: str, parts: tuple[str, str, str]) -> None:
    assert split_full_name(text) == parts


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        pytest.param(("O'Brien", "Seán"), ("OBRIEN", "SEAN"), True, id="apostrophe and accent"),
        pytest.param(("Begum-Ali", "Ayesha"), ("Begum", "Ayesha Bibi"), True, id="half of a double name"),
        pytest.param(("Wójcik", "Łukasz"), ("Wojcik", "Lukasz"), True, id="polish letters"),
        pytest.param(("Smith", "J"), ("Smith", "John"), True, id="initial"),
        pytest.param(("Mc Grath", "Ann"), ("McGrath", "Ann"), True, id="space"),
        pytest.param(("Smith", "John"), ("Smith", "Mary"), False, id="another given name"),
        pytest.param(("Smith", "John"), ("Jones", "John"), False, id="another family name"),
        pytest.param(("", "John"), ("Jones", "John"), False, id="no family name"),
    ],
)
def test_names_agree_when_they_can_be_one_persons(one: tuple[str, str], other: tuple[str, str], agree: bool) -> None:
    assert names_agree(*one, *other) is agree
    assert names_agree(*other, *one) is agree


@pytest.mark.parametrize(
    ("typed", "written"),
    [("e14aa", "E1 4AA"), (" SW1A  1AA ", "SW1A 1AA"), ("GIR0AA", "GIR 0AA"), ("ZZ993VZ", "ZZ99 3VZ")],
)
def test_a_postcode_is_written_one_way(typed: str, written: str) -> None:
    assert normalised(typed) == written


@pytest.mark.parametrize("typed", ["", "E1", "E1 4A", "12345", "EEE1 4AA", "E1 4CC"])
def test_what_cannot_be_a_postcode_is_none(typed: str) -> None:
    assert normalised(typed) is None
