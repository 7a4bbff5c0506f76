"""`mdt paper`: papers of a case are added, listed, saved as a copy and removed from the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mdt_desktop.cli import main as cli
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.case_papers import CasePapers
from mdt_desktop.store import blobs
from mdt_desktop.store.transactions import writing
from tests.helpers.command_line import Run, mdt, open_store, risk_file, store
from tests.helpers.papers import a_locked_pdf, a_pdf, a_picture

__all__ = ["mdt", "risk_file", "store"]
WILMA, BOB = "999 000 0018", "999 000 0026"


@pytest.fixture
def wilma(mdt: Run, risk_file: object) -> str:
    """An invented person with a case, by NHS number."""
    assert mdt("import-risk", str(risk_file))[0] == 0
    return WILMA


def test_a_paper_is_added_listed_saved_and_removed(mdt: Run, wilma: str, tmp_path: Path) -> None:
    file, out = tmp_path / "Consent_form.pdf", tmp_path / "copy.pdf"
    file.write_bytes(a_pdf())
    code, made, err = mdt("paper", "add", wilma, str(file))
    assert (code, made["title"], made["media"], made["status"]) == (0, "Consent form", "pdf", "current"), err
    assert file.exists()
    code, told, _ = mdt("paper", "list", wilma)
    assert [(it["id"], it["here"], it["sent"]) for it in told["papers"]] == [(made["id"], True, False)]
    code, saved, err = mdt("paper", "save", wilma, made["id"], "--out", str(out), "--why", "For the ambulance crew")
    assert (code, saved["path"], out.read_bytes()) == (0, str(out), file.read_bytes())
    assert "only your team can open it" in err
    code, told, err = mdt("paper", "save", wilma, made["id"], "--out", str(out), "--why", "Again")
    assert (code, told["error"]) == (1, "paper_file_exists")
    code, told, _ = mdt("paper", "remove", wilma, made["id"], "--reason", "It was somebody else's")
    assert (code, told["status"], told["removed_reason"]) == (0, "removed", "It was somebody else's")
    code, told, _ = mdt("paper", "save", wilma, made["id"], "--out", str(tmp_path / "b.pdf"), "--why", "Again")
    assert (code, told["error"]) == (1, "case_paper_is_removed")
    assert not (tmp_path / "b.pdf").exists()


def test_a_paper_is_named_by_its_title(mdt: Run, wilma: str, tmp_path: Path) -> None:
    (tmp_path / "IMG_0001.png").write_bytes(a_picture())
    made = mdt("paper", "add", wilma, str(tmp_path / "IMG_0001.png"), "--title", "Planning sheet by hand")[1]
    assert (made["title"], made["media"]) == ("Planning sheet by hand", "png")


def test_what_cannot_be_kept_is_refused_before_the_store_is_opened(mdt: Run, wilma: str, tmp_path: Path) -> None:
    for name, content, error in (
        ("a.pdf", b"", "case_paper_empty"),
        ("b.pdf", a_locked_pdf(), "case_paper_locked"),
        ("c.exe", b"MZ", "case_paper_kind_unknown"),
        ("d.png", a_pdf(), "case_paper_not_as_named"),
    ):
        (tmp_path / name).write_bytes(content)
        code, told, err = mdt("paper", "add", wilma, str(tmp_path / name))
        assert (code, told["error"]) == (1, error)
        assert name in err
    assert mdt("paper", "add", wilma, str(tmp_path / "nowhere.pdf"))[1]["error"] == "case_paper_file_unreadable"
    assert mdt("paper", "list", wilma)[1]["papers"] == []


def test_a_paper_of_one_case_is_not_found_in_another(
    mdt: Run, wilma: str, store: DataFolder, tmp_path: Path
) -> None:
    with open_store(store) as program:
        program.services.cases.open(program.services.case_file.find(BOB))
    (tmp_path / "a.pdf").write_bytes(a_pdf())
    made = mdt("paper", "add", wilma, str(tmp_path / "a.pdf"))[1]
    for verb in (("save", "--out", str(tmp_path / "x.pdf"), "--why", "x"), ("remove", "--reason", "x")):
        code, told, _ = mdt("paper", verb[0], BOB, made["id"], *verb[1:])
        assert (code, told["error"]) == (1, "not_found")
    assert mdt("paper", "add", "no such case", str(tmp_path / "a.pdf"))[1]["error"] == "not_found"


def test_wrong_usage_ends_with_two() -> None:
    for verb in (["paper"], ["paper", "add", WILMA], ["paper", "save", WILMA, "x", "--out", "y"],
                 ["paper", "remove", WILMA, "x"]):  # fmt: skip
        assert cli.main(verb) == 2


def test_a_paper_whose_content_is_elsewhere_is_fetched_before_a_copy_is_saved(
    mdt: Run, wilma: str, store: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(a_pdf())
    made, out = mdt("paper", "add", wilma, str(tmp_path / "a.pdf"))[1], tmp_path / "copy.pdf"
    with open_store(store) as program, writing(program.access.database) as connection:
        blobs.forget(connection, made["sha256"])
    code, told, _ = mdt("paper", "save", wilma, made["id"], "--out", str(out), "--why", "For the crew")
    assert (code, told["error"]) == (1, "sync_content_not_there"), "this paper was never at a central store"
    assert mdt("paper", "list", wilma)[1]["papers"][0]["here"] is False

    def fetch(service: CasePapers, paper_id: str, moved: Callable[[int, int], object]) -> None:
        service.write(lambda it: blobs.keep(it, made["sha256"], (tmp_path / "a.pdf").read_bytes()))
        moved(made["size"], made["size"])

    monkeypatch.setattr(CasePapers, "fetch", fetch)
    code, told, err = mdt("paper", "save", wilma, made["id"], "--out", str(out), "--why", "For the crew")
    assert (code, out.read_bytes()) == (0, (tmp_path / "a.pdf").read_bytes()), err
    assert "Fetching a" in err
