"""A PDF with a password: AES-256 revision 6, opened by nothing else, with nothing to be read in the file (R24)."""

import io
import re
import string
import zlib
from collections.abc import Iterator

import pikepdf
import pypdfium2
import pytest

from mdt_desktop.documents import care_plan, plan_sheet
from mdt_desktop.documents.protection import protected, suggested_password
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.paper_password import (
    LETTERS,
    PaperPasswordEasy,
    PaperPasswordKnown,
    PaperPasswordMissing,
    PaperPasswordSigns,
    PaperPasswordTooLong,
    PaperPasswordTooShort,
    require_paper_password,
)
from mdt_desktop.words import sentence
from tests.unit.documents_papers import NHS_NUMBER, a_full_paper, a_full_sheet, whole_text

PASSWORD = "k7mf-q2wd-9rtx-hb4n"
PLAIN = (
    "Rahima", "Sampleton", NHS_NUMBER, "943 476 5919", "cook for my grandchildren", "Nia Placeholder", "020 7946 0123",
    "Invented Street", "14 August 1940", "Sam Specimen", "Joint care plan", "Exampleton Locality Team",
)  # fmt: skip


@pytest.fixture(scope="module")
def plain() -> bytes:
    return care_plan.render(a_full_paper())


@pytest.fixture(scope="module")
def locked(plain: bytes) -> bytes:
    return protected(plain, PASSWORD)


def forms_of(text: str) -> Iterator[bytes]:
    """A text as it may stand in a PDF: as bytes, as UTF-16, and as hexadecimal of either."""
    for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
        raw = text.encode(encoding)
        yield from (raw, raw.hex().encode(), raw.hex().upper().encode())


def readable_in(pdf: bytes) -> list[str]:
    """Which of the plan's words can be read in the file, or in any stream of it that unpacks without a key."""
    places = [pdf]
    for raw in re.findall(rb"(?<!end)stream\r?\n(.*?)\r?\n?endstream", pdf, re.DOTALL):
        try:
            places.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return [text for text in PLAIN if any(form in place for form in forms_of(text) for place in places)]


def test_it_opens_with_the_password_and_holds_the_same_pages(plain: bytes, locked: bytes) -> None:
    with pikepdf.open(io.BytesIO(locked), password=PASSWORD) as document:
        assert document.is_encrypted
        assert (document.encryption.R, document.encryption.V, document.encryption.bits) == (6, 5, 256)
        assert {document.encryption.stream_method.name, document.encryption.string_method.name} == {"aesv3"}
        unlocked = io.BytesIO()
        document.save(unlocked)
    assert whole_text(unlocked.getvalue()) == whole_text(plain)


def test_another_reader_opens_it_with_the_password_too(locked: bytes) -> None:
    document = pypdfium2.PdfDocument(locked, password=PASSWORD)
    try:
        assert "Rahima" in document[0].get_textpage().get_text_bounded()
    finally:
        document.close()


@pytest.mark.parametrize(
    "typed", ["", " ", "owner", "password", PASSWORD.upper(), PASSWORD[:-1], PASSWORD + " ", NHS_NUMBER, "x" * 200]
)
def test_it_opens_with_no_other_password(typed: str, locked: bytes) -> None:
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(locked), password=typed)
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(locked, password=typed)


def test_no_word_of_the_plan_can_be_read_in_the_file(plain: bytes, locked: bytes) -> None:
    assert PASSWORD.encode() not in locked
    assert readable_in(locked) == []
    with pikepdf.open(io.BytesIO(plain)) as document:
        opened = io.BytesIO()
        document.save(opened, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    assert "Sampleton" in readable_in(opened.getvalue()), "the scan finds nothing even where nothing is locked"


def test_the_planning_sheet_is_protected_in_the_same_way() -> None:
    locked = protected(plan_sheet.render(a_full_sheet()), PASSWORD)
    assert readable_in(locked) == []
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(locked))


def test_two_copies_with_one_password_have_nothing_in_common(plain: bytes) -> None:
    first, second = protected(plain, PASSWORD), protected(plain, PASSWORD)
    assert first != second


def test_an_empty_password_is_never_taken_for_protection(plain: bytes) -> None:
    with pytest.raises(ValueError, match="empty"):
        protected(plain, "")


def test_a_suggested_password_is_by_lot_and_good_enough() -> None:
    suggested = {suggested_password() for _ in range(200)}
    assert len(suggested) == 200
    assert {sign for it in suggested for sign in it} == {*LETTERS, "-"}
    assert not {*"lio01"} & {*LETTERS}
    for password in suggested:
        assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", password)
        require_paper_password(password)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        pytest.param("", PaperPasswordMissing, id="none"),
        pytest.param("short-one-11"[:11], PaperPasswordTooShort, id="eleven signs"),
        pytest.param("x1y2z3" * 22, PaperPasswordTooLong, id="132 signs"),
        pytest.param("Llŷr o Dŷ Ŵyn", PaperPasswordSigns, id="Welsh letters"),
        pytest.param("lantern rowing £5", PaperPasswordSigns, id="pound sign"),
        pytest.param(" lantern rowing", PaperPasswordSigns, id="space before"),
        pytest.param("lantern rowing\n", PaperPasswordSigns, id="line end"),
        pytest.param("lantern\0rowing", PaperPasswordSigns, id="NUL"),
        pytest.param("943 476 5919", PaperPasswordKnown, id="NHS number"),
        pytest.param("943-476-5919-!", PaperPasswordKnown, id="NHS number with strokes"),
        pytest.param("Sampleton1408", PaperPasswordKnown, id="name and four digits"),
        pytest.param("rahimasampleton", PaperPasswordKnown, id="whole name"),
        pytest.param("14081940-14081940", PaperPasswordKnown, id="date of birth twice"),
        pytest.param("aaaaaaaaaaaaaaaa", PaperPasswordEasy, id="one letter"),
        pytest.param("121212121212", PaperPasswordEasy, id="two digits"),
    ],
)
def test_a_password_that_could_not_protect_is_refused_in_words(password: str, refusal: type[BadInput]) -> None:
    known = ("Mrs", "Rahima", "Sampleton", NHS_NUMBER, "14081940", "19400814")
    with pytest.raises(refusal) as refused:
        require_paper_password(password, known)
    assert len(sentence(refused.value)) > 20


@pytest.mark.parametrize("password", ["lantern rowing copper", "#-%$&/()=?!+~", string.printable[:90], PASSWORD])
def test_a_password_that_protects_is_taken(password: str, plain: bytes) -> None:
    require_paper_password(password, ("Mrs", "Rahima", "Sampleton", NHS_NUMBER, ""))
    pikepdf.open(io.BytesIO(protected(plain, password)), password=password).close()
