"""The sheet with the recovery key: no name breaks it, opens a file or makes a link; no file is overwritten."""

import io
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.keys import recovery_sheet
from mdt_desktop.ui.keys.recovery_paper import RecoveryPaper
from tests.helpers.audit_hook import watched
from tests.unit.documents_corpus import CORPUS
from tests.unit.documents_papers import page_texts

KEY = "ABCDEF-GHJKMN-PQRSTV-WXYZ23-456789-ABCDEF"
MADE_ON = date(2026, 11, 23)
_LONGEST_NAME = 200
_TOGETHER = 25
_ACTIVE = {"/OpenAction", "/AA", "/AcroForm", "/URI", "/JavaScript", "/EmbeddedFiles"}


@pytest.fixture(scope="module", autouse=True)
def application() -> None:
    """Faces and styles are loaded before anything is watched."""
    make_application([], scheme="light")
    assert recovery_sheet.pdf_bytes(KEY, "বাংলা أحمد 😀", MADE_ON)


@pytest.mark.parametrize("start", range(0, len(CORPUS), _TOGETHER))
def test_a_text_as_the_owners_name_makes_one_page_without_files_or_links(start: int) -> None:
    for text in CORPUS[start : start + _TOGETHER]:
        with watched() as seen:
            pdf = recovery_sheet.pdf_bytes(KEY, text[:_LONGEST_NAME], MADE_ON)
        assert seen.events == [], text
        with pikepdf.open(io.BytesIO(pdf)) as document:
            # Qt writes the list of annotations also where it is empty.
            assert [list(sheet.get("/Annots", [])) for sheet in document.pages] == [[]], text
            assert _ACTIVE & set(document.Root.keys()) == set(), text
            assert _ACTIVE & set(document.Root.get("/Names", {}).keys()) == set(), text
        (page,) = page_texts(pdf)
        assert "ABCDEF" in page, text


@pytest.mark.parametrize("name", ["<b>Siân</b> & Sons", "<img src='/etc/hostname'/>", "&lt;a&gt;", "Dŷ Ŵyn"])
def test_what_looks_like_markup_stands_on_the_sheet_as_it_was_typed(name: str) -> None:
    (page,) = page_texts(recovery_sheet.pdf_bytes(KEY, name, MADE_ON))
    assert "".join(name.split()) in "".join(page.split())


def test_a_file_that_is_there_is_never_overwritten_and_that_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    paper = RecoveryPaper(lambda: MADE_ON)
    qtbot.addWidget(paper)
    paper.show_key(KEY, "Robin Example")
    (tmp_path / "key.pdf").write_bytes(b"mine")
    with qtbot.waitSignal(paper.failed) as failed:
        paper.save_pdf(tmp_path / "key.pdf")
    assert failed.args is not None
    assert "already a file called key.pdf" in failed.args[0]
    assert (tmp_path / "key.pdf").read_bytes() == b"mine"
    with watched() as seen:
        paper.save_pdf(tmp_path / "key-2.pdf")
    assert seen.written == [tmp_path / "key-2.pdf"]
