"""The recovery sheet: one page with the key to type, and a code that holds exactly that."""

import re
from datetime import date

import pypdfium2
import pytest

from mdt_desktop.documents.preview import page_count, page_image
from mdt_desktop.documents.recovery_sheet import MODULE, QUIET, RecoverySheet, code_of, render
from mdt_desktop.documents.styles import MARGIN
from mdt_desktop.security.recovery_key import RecoveryKey
from tests.helpers import qr

KEY = RecoveryKey(bytes(range(100, 120)))
SHEET = RecoverySheet(KEY.text(), "Robin Example", date(2026, 11, 27))
BLACK = b"\0\0\0"
SCALE = 5.0  # pixels a point: 16 for each square of the code


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render(SHEET)


def squares_on(pdf: bytes) -> list[list[int]]:
    """The code as it stands on the page: nothing else there is quite black."""
    page = page_image(pdf, 0, SCALE)
    rows = [page.pixels[at : at + page.width * 4] for at in range(0, page.stride * page.height, page.stride)]
    black = [[place for place in range(0, len(row), 4) if row[place : place + 3] == BLACK] for row in rows]
    top = next(number for number, found in enumerate(black) if found)
    bottom = max(number for number, found in enumerate(black) if found) + 1
    left = min(found[0] for found in black if found) // 4
    side = (bottom - top) / qr.SIDE
    assert side == pytest.approx(MODULE * SCALE, abs=0.1)
    places = [int((number + 0.5) * side) for number in range(qr.SIDE)]
    return [[int(rows[top + y][(left + x) * 4] == 0) for x in places] for y in places]


def text_on(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text: str = document[0].get_textpage().get_text_range()
    document.close()
    return text


def test_the_code_on_the_page_holds_exactly_what_can_be_typed(pdf: bytes) -> None:
    read = qr.read(squares_on(pdf))
    assert read == KEY.text()
    assert RecoveryKey.typed(read).secret == KEY.secret


def test_the_reader_of_the_tests_sees_a_wrong_square(pdf: bytes) -> None:
    squares = squares_on(pdf)
    squares[15][qr.SIDE - 1] ^= 1
    assert qr.read(squares) != KEY.text()


@pytest.mark.parametrize("seed", range(25))
def test_every_key_fits_into_the_code_and_comes_out_of_it(seed: int) -> None:
    key = RecoveryKey(bytes((seed * 37 + place * 11) % 256 for place in range(20))).text()
    assert qr.read([list(row) for row in code_of(key)]) == key


def test_there_is_white_around_the_code(pdf: bytes) -> None:
    page = page_image(pdf, 0, SCALE)
    rows = [page.pixels[at : at + page.width * 4] for at in range(0, page.stride * page.height, page.stride)]
    pixels = range(0, page.width * 4, 4)
    black = [number for number, row in enumerate(rows) if any(row[at : at + 3] == BLACK for at in pixels)]
    first = rows[black[0]]
    left = next(place for place in range(0, len(first), 4) if first[place : place + 3] == BLACK)
    side = black[-1] - black[0]
    soft_edge, quiet = 2, int(QUIET * MODULE * SCALE) - 2
    around = [(black[0] - edge, left) for edge in (soft_edge, quiet)]
    around += [(black[-1] + edge, left) for edge in (soft_edge, quiet)]
    around += [(black[0], left - edge * 4) for edge in (soft_edge, quiet)]
    around += [(black[0], left + (side + edge) * 4) for edge in (soft_edge + 1, quiet)]
    assert {rows[row][place : place + 3] for row, place in around} == {b"\xff\xff\xff"}


def test_it_is_one_page_with_the_key_in_its_order_and_who_when_and_how(pdf: bytes) -> None:
    assert page_count(pdf) == 1
    text = " ".join(text_on(pdf).split())
    signs = "".join(re.findall(r"(?<!\S)[0-9A-Z](?!\S)", text.split("the same")[0]))
    for number, group in enumerate(KEY.text().split("-"), start=1):
        assert f"{number}{group}" in signs
    for said in ("Robin Example", "27 November 2026", "I have forgotten the passphrase", "Lock away"):
        assert said in text


def test_the_key_is_nowhere_but_on_the_page(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    told = document.get_metadata_dict()
    document.close()
    assert told["Title"] == "Recovery key"
    whole = " ".join(told.values())
    assert not any(group in whole for group in KEY.text().split("-"))
    assert KEY.text().encode() not in pdf
    assert KEY.text() not in repr(SHEET)


def test_the_same_sheet_gives_the_same_bytes(pdf: bytes) -> None:
    assert render(SHEET) == pdf
    assert render(RecoverySheet(RecoveryKey.random().text(), "Robin Example", date(2026, 11, 27))) != pdf


@pytest.mark.parametrize("owner", ["<b>Robin", "Rhŷs ap Dŵr", "রবিন", "x" * 300, "\0\u202eevil", ""])
def test_any_name_leaves_it_one_page(owner: str) -> None:
    assert page_count(render(RecoverySheet(KEY.text(), owner, date(2026, 11, 27)))) == 1


def test_nothing_reaches_over_the_margins(pdf: bytes) -> None:
    page = page_image(pdf, 0, 1.0)
    margin = int(MARGIN) - 2
    white = b"\xff\xff\xff"
    for number in range(page.height):
        row = page.pixels[number * page.stride : number * page.stride + page.width * 4]
        assert row[margin * 4 : margin * 4 + 3] == white
        assert row[(page.width - margin) * 4 : (page.width - margin) * 4 + 3] == white
