"""`mdt cases --out` and `mdt plan-pdf --password-file`: what leaves by the command line, and how that is recorded."""

import csv
import io
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from mdt_desktop.cli import main as cli
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.paths import DataFolder
from tests.helpers.command_line import Run, mdt, open_store, risk_file, store
from tests.helpers.stores import PASSPHRASE

__all__ = ["mdt", "risk_file", "store"]


def exports_in(folder: DataFolder) -> list[tuple[str | None, str, str]]:
    with open_store(folder) as program:
        return program.access.database.reader.execute(
            "SELECT person_id, fields, reason FROM audit_entry WHERE action = 'export' ORDER BY seq"
        ).fetchall()


def test_the_whole_list_is_saved_and_how_many_and_what_leaves_is_said_first(
    mdt: Run, store: DataFolder, risk_file: Path, tmp_path: Path
) -> None:
    mdt("import-risk", str(risk_file))
    out = tmp_path / "list.csv"
    code, told, err = mdt("cases", "--out", str(out), "--why", "For the ward round", "--limit", "1")
    assert (code, told["people"], told["kind"], told["path"]) == (0, 3, "csv", str(out))
    assert told["columns"] == ["name", "nhs_number", "tier", "lead", "next_step"]
    said = "Leaving the program: 3 people with Name, NHS number, Risk tier, Lead professional, Waiting for."
    assert said in err
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
    assert rows[1][:2] == ["EXAMPLESSON, Wilma", "999 000 0018"]
    assert len(rows) == 4
    found = exports_in(store)
    assert len(found) == 4
    assert {reason for _, _, reason in found} == {"For the ward round (3 people as CSV)"}


def test_a_filtered_list_with_chosen_columns_is_saved_as_a_workbook(mdt: Run, risk_file: Path, tmp_path: Path) -> None:
    mdt("import-risk", str(risk_file))
    out = tmp_path / "list.xlsx"
    code, told, _ = mdt(
        "cases", "--search", "bob", "--out", str(out), "--why", "Check", "--columns", "practice,nhs-number, Born"
    )
    assert (code, told["people"], told["columns"]) == (0, 1, ["nhs_number", "born", "practice"])
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert [row[:2] for row in sheet.iter_rows(values_only=True)] == [
        ("NHS number", "Date of birth"),
        ("999 000 0026", "02-Mar-1950"),
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(["--out", "list.csv"], "list_reason_missing", id="no reason"),
        pytest.param(["--out", "list.csv", "--why", "  "], "list_reason_missing", id="empty reason"),
        pytest.param(["--out", "list.pdf", "--why", "Check"], "list_kind_unknown", id="another kind"),
        pytest.param(["--out", "list", "--why", "Check"], "list_kind_unknown", id="no kind"),
        pytest.param(["--out", "there.csv", "--why", "Check"], "paper_file_exists", id="a file is there"),
        pytest.param(["--out", "COM1.csv", "--why", "Check"], "file_name_refused", id="a name Windows keeps"),
        pytest.param(["--out", "no/list.csv", "--why", "Check"], "paper_not_saved", id="no such folder"),
        pytest.param(["--out", "list.csv", "--why", "Check", "--search", "nobody"], "list_empty", id="nobody"),
    ],
)
def test_a_list_that_cannot_leave_is_refused_in_words_and_leaves_no_trace(
    arguments: list[str], error: str, mdt: Run, store: DataFolder, risk_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    mdt("import-risk", str(risk_file))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.csv").write_text("mine")
    before = {path.name for path in tmp_path.iterdir()}
    code, told, err = mdt("cases", *arguments)
    assert (code, told["error"]) == (1, error)
    assert told["message"] in err
    assert {path.name for path in tmp_path.iterdir()} == before
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert exports_in(store) == []


def test_a_column_that_there_is_not_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cases", "--out", "x.csv", "--why", "Check", "--columns", "name,shoe size"]) == 2
    assert "shoe size" in capsys.readouterr().err


def password_file(tmp_path: Path, password: str) -> str:
    file = tmp_path / "pdf-password.txt"
    file.write_text(f"{password}\n")
    file.chmod(0o600)
    return str(file)


def test_a_plan_is_saved_with_the_password_of_a_file(
    mdt: Run, store: DataFolder, risk_file: Path, tmp_path: Path
) -> None:
    mdt("import-risk", str(risk_file))
    out, password = tmp_path / "plan.pdf", "copper thistle rowing"
    file = password_file(tmp_path, password)
    code, told, _ = mdt("plan-pdf", "9990000018", "--out", str(out), "--password-file", file)
    assert (code, told["protected"], told["pages"]) == (0, True, 4)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(out)
    with pikepdf.open(out, password=password) as document:
        assert (document.encryption.R, len(document.pages)) == (6, 4)
    assert exports_in(store)[-1][2] == "For the person themselves (protected with a password)"
    assert mdt("plan-pdf", "9990000018", "--out", str(tmp_path / "open.pdf"))[1]["protected"] is False


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("", "passphrase_file_empty"),
        ("short", "paper_password_too_short"),
        ("999-000-0018", "paper_password_known"),
        ("Wilma Examplesson", "paper_password_known"),
        ("Dŵr a llŷn Cymru", "paper_password_signs"),
        (PASSPHRASE, "password_is_passphrase"),
    ],
)
def test_a_password_that_protects_nothing_is_refused_and_nothing_is_written(
    password: str, error: str, mdt: Run, store: DataFolder, risk_file: Path, tmp_path: Path
) -> None:
    mdt("import-risk", str(risk_file))
    out = tmp_path / "plan.pdf"
    file = password_file(tmp_path, password)
    code, told, _ = mdt("plan-pdf", "9990000018", "--out", str(out), "--password-file", file)
    assert (code, told["error"]) == (1, error)
    assert not out.exists()
    assert exports_in(store) == []


def test_a_password_file_that_is_not_there_is_told(mdt: Run, tmp_path: Path) -> None:
    code, told, _ = mdt("plan-pdf", "x", "--out", str(tmp_path / "a.pdf"), "--password-file", str(tmp_path / "absent"))
    assert (code, told["error"]) == (1, "passphrase_file_unreadable")


def test_what_a_file_holds_does_not_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Terminal().say("a \x1b[31mred\x1b[0m name\u202e \x9b and\ttabs\nand lines stay")
    Terminal().answer(Answer({}, "bell\a"))
    out, err = capsys.readouterr()
    assert (out, err) == ("bell?\n", "a ?[31mred?[0m name? ? and\ttabs\nand lines stay\n")
