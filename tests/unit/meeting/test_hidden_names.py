"""Names of people are taken out of what somebody typed, and what is no name stays."""

import pytest

from mdt_desktop.domain.hidden_names import Named, without_names

AMINA = Named("Amina", "Sampleton", "Mina", "9434765919", "AS")
RAHIMA = Named("Rahima Begum", "O'Neill-Sample", "", "", "RO")
WILL = Named("Will", "Lee", "", "", "WL")
PEOPLE = (AMINA, RAHIMA, WILL)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Should Mrs Amina Sampleton go home?", "Should AS go home?"),
        ("Mina's son rang", "AS's son rang"),
        ("Mina’s son rang", "AS’s son rang"),
        ("AMINA SAMPLETON", "AS"),
        ("amina sampleton", "amina sampleton"),
        ("mrs sampleton rang", "AS rang"),
        ("Amina sampleton rang", "AS rang"),
        ("Dr. O'Neill-Sample and Rahima Begum", "RO and RO"),
        ("the O'Neill-Samples", "the O'Neill-Samples"),
        ("Mr O'Neill was there", "RO was there"),
        ("Amina Rahima", "AS RO"),
        ("NHS 943 476 5919, 943-476-5919 and 9434765919", "NHS AS, AS and AS"),
        ("944 930 5552 is another's", "944 930 5552 is another's"),
        ("call 07700 900123", "call 07700 900123"),
        ("she will go to the lee of the hill", "she will go to the lee of the hill"),
        ("Amina-related", "Amina-related"),
        ("", ""),
        ("(Amina)", "(AS)"),
        ("Amina\nSampleton", "AS"),
    ],
)
def test_names_are_hidden_and_other_words_stay(typed: str, expected: str) -> None:
    assert without_names(typed, PEOPLE) == expected


def test_names_that_are_kept_stay_although_somebody_shares_them() -> None:
    assert without_names("Ask Nia Sampleton about Amina", PEOPLE, ["Nia Sampleton"]) == "Ask Nia Sampleton about AS"


def test_without_people_a_text_stays_as_it_is() -> None:
    assert without_names("Amina Sampleton 943 476 5919", ()) == "Amina Sampleton 943 476 5919"


@pytest.mark.parametrize("name", ["", "  ", "A", "<b>", "😀", "'", "-", "\0", "(.*)", "[a-z]+"])
def test_a_name_of_odd_signs_breaks_nothing(name: str) -> None:
    odd = Named(name, name, name, name, "XX")
    assert without_names("Plain words stay, A and <b> as well.", (odd,)) == "Plain words stay, A and <b> as well."
