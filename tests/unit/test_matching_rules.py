"""Whether a row of a risk file is the person on file: a number alone is never enough."""

from datetime import date

import pytest

from mdt_desktop.domain.matching import Identity, Match, by_number, without_number

ON_FILE = Identity("O'Brien", "Siân Mary", date(1940, 8, 14))
BORN, OTHER_DAY = ON_FILE.born, date(1940, 8, 15)
ROWS = {
    "the very same": (Identity("O'Brien", "Siân Mary", BORN), Match.SAME),
    "same written in capitals without accents": (Identity("OBRIEN", "SIAN", BORN), Match.SAME),
    "married, same first name": (Identity("Example", "Sian", BORN), Match.SAME),
    "another first name, same family name": (Identity("O'Brien", "Polly", BORN), Match.SAME),
    "no given names, same family name": (Identity("O'Brien", "", BORN), Match.SAME),
    "another birth date, same name": (Identity("O'Brien", "Siân", OTHER_DAY), Match.BIRTH_DIFFERS),
    "somebody else's name, same birth date": (Identity("Sample", "Walter", BORN), Match.NAME_DIFFERS),
    "no given names, another family name": (Identity("Sample", "", BORN), Match.NAME_DIFFERS),
    "somebody else altogether": (Identity("Sample", "Walter", OTHER_DAY), Match.BOTH_DIFFER),
}


@pytest.mark.parametrize(("row", "match"), ROWS.values(), ids=ROWS)
def test_a_row_with_the_number_on_file_is_compared_by_name_and_birth_date(row: Identity, match: Match) -> None:
    assert by_number(row, ON_FILE) is match


def test_a_row_without_number_is_not_given_the_number_on_file() -> None:
    assert without_number(known_has_number=True) is Match.NUMBER_MISSING


def test_a_row_without_number_is_the_person_on_file_who_has_none_either() -> None:
    assert without_number(known_has_number=False) is Match.SAME
