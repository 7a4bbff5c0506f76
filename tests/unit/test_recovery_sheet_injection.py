"""The sheet with the recovery key: no name breaks it, opens a file or makes a link; no file is overwritten."""

import io
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from mdt_desktop.documents.recovery_sheet import RecoverySheet, render
from mdt_desktop.documents.writing import PaperFileExists
from mdt_desktop.services import recovery_paper
from tests.helpers.audit_hook import watched
from tests.unit.documents_corpus import CORPUS
from tests.unit.documents_papers import page_texts

KEY = "ABCDEF-GHJKMN-PQRSTV-WXYZ23-456789-ABCDEF"
MADE_ON = date(2026, 11, 23)
_LONGEST_NAME = 200
_TOGETHER = 25
_ACTIVE = {"/OpenAction", "/AA", "/AcroForm", "/URI", "/JavaScript", "/EmbeddedFiles"}


@pytest.fixture(scope="module", autouse=True)
def _faces_are_loaded() -> None:
    """Faces are read before anything is watched."""
    assert render(RecoverySheet(KEY, "বাংলা أحمد 😀", MADE_ON))


@pytest.mark.parametrize("start", range(0, len(CORPUS), _TOGETHER))
def test_a_text_as_the_owners_name_makes_one_page_without_files_or_links(start: int) -> None:
    for text in CORPUS[start : start + _TOGETHER]:
        with watched() as seen:
            pdf = render(RecoverySheet(KEY, text[:_LONGEST_NAME], MADE_ON))
        assert seen.events == [], text
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert [list(sheet.get("/Annots", [])) for sheet in document.pages] == [[]], text
            assert _ACTIVE & set(document.Root.keys()) == set(), text
            assert _ACTIVE & set(document.Root.get("/Names", {}).keys()) == set(), text
        (page,) = page_texts(pdf)
        assert "ABCDEF" in "".join(page.split()), text


@pytest.mark.parametrize("name", ["<b>Siân</b> & Sons", "<img src='/etc/hostname'/>", "&lt;a&gt;", "Dŷ Ŵyn"])
def test_what_looks_like_markup_stands_on_the_sheet_as_it_was_typed(name: str) -> None:
    (page,) = page_texts(render(RecoverySheet(KEY, name, MADE_ON)))
    assert "".join(name.split()) in "".join(page.split())


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    sheet = recovery_paper.pdf(KEY, "Robin Example", MADE_ON)
    (tmp_path / "key.pdf").write_bytes(b"mine")
    with pytest.raises(PaperFileExists):
        recovery_paper.save(sheet, tmp_path / "key.pdf")
    assert (tmp_path / "key.pdf").read_bytes() == b"mine"
    with watched() as seen:
        recovery_paper.save(sheet, tmp_path / "key-2.pdf")
    assert seen.written == [tmp_path / "key-2.pdf"]
