"""`mdt minutes`, `agenda-pdf`, `decisions` and `actions`: what leaves by the command line, and how that is recorded."""

import csv
import io
from pathlib import Path

import icalendar
import openpyxl
import pikepdf
import pytest

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from tests.helpers.clocks import FrozenClock
from tests.helpers.command_line import Run, mdt, open_store, store
from tests.helpers.held_meeting import a_sealed_meeting
from tests.helpers.stores import PASSPHRASE
from tests.unit.documents_papers import whole_text

__all__ = ["mdt", "store"]
WHY = ("--why", "For the locality manager")


@pytest.fixture
def meeting(store: DataFolder) -> str:
    """A sealed meeting of four people in the closed store."""
    clock = FrozenClock()
    with bootstrap.open_with_passphrase(store, PASSPHRASE, clock=clock) as program:
        return a_sealed_meeting(program, clock, people=4).meeting


def reasons_in(folder: DataFolder) -> list[tuple[str, str]]:
    with open_store(folder) as program:
        return program.access.database.reader.execute(
            "SELECT kind, reason FROM audit_entry WHERE action = 'export' ORDER BY seq"
        ).fetchall()


def test_the_minutes_of_a_day_are_written_with_their_reason(
    mdt: Run, store: DataFolder, meeting: str, tmp_path: Path
) -> None:
    out = tmp_path / "minutes.pdf"
    code, told, _ = mdt("minutes", "2026-11-26", "--out", str(out), *WHY)
    assert (code, told["meeting_id"], told["kind"], told["people"]) == (0, meeting, "minutes", 4)
    text = whole_text(out.read_bytes())
    assert "Mrs Amina Sampleton" in text
    assert "For the record of the meeting: For the locality manager" in text
    assert len(reasons_in(store)) == 5
    assert reasons_in(store)[0] == (
        "meeting_paper", "Minutes: For the record of the meeting: For the locality manager",
    )  # fmt: skip


def test_the_minutes_of_an_organisation_named_in_any_case_tell_its_people_only(
    mdt: Run, meeting: str, tmp_path: Path
) -> None:
    out = tmp_path / "council.pdf"
    code, told, _ = mdt("minutes", meeting, "--organisation", "exampleton COUNCIL", "--out", str(out), *WHY)
    assert (code, told["kind"], told["people"]) == (0, "organisation_minutes", 3)
    assert "Mr Dewi Inventson" not in whole_text(out.read_bytes())


def test_the_agenda_with_initials_names_nobody_and_one_with_names_takes_a_password(
    mdt: Run, meeting: str, tmp_path: Path
) -> None:
    code, _, _ = mdt("agenda-pdf", meeting, "--initials", "--out", str(tmp_path / "initials.pdf"), *WHY)
    assert code == 0
    assert "Sampleton" not in whole_text((tmp_path / "initials.pdf").read_bytes())
    secret = tmp_path / "secret.txt"
    secret.write_text("lantern-rowing-42\n")
    secret.chmod(0o600)
    out = tmp_path / "agenda.pdf"
    code, told, _ = mdt("agenda-pdf", meeting, "--out", str(out), "--password-file", str(secret), *WHY)
    assert (code, told["protected"]) == (0, True)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(out)


def test_actions_are_written_as_csv_workbook_and_calendar_and_what_leaves_is_said_first(
    mdt: Run, store: DataFolder, meeting: str, tmp_path: Path
) -> None:
    for kind in ("csv", "xlsx", "ics"):
        code, told, err = mdt("actions", meeting, "--out", str(tmp_path / f"actions.{kind}"), *WHY)
        assert (code, told["rows"], told["people"], told["kind"]) == (0, 4, 2, kind)
        assert "Leaving the program: 4 lines about 2 people with" in err
    rows = list(csv.reader(io.StringIO((tmp_path / "actions.csv").read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0][0] == "Name"
    sheet = openpyxl.load_workbook(tmp_path / "actions.xlsx").worksheets[0]
    assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == rows
    assert len(icalendar.Calendar.from_ical((tmp_path / "actions.ics").read_bytes()).walk("VTODO")) == 4
    assert {reason for _, reason in reasons_in(store)} == {
        f"For the locality manager (4 lines as {kind})" for kind in ("CSV", "XLSX", "ICS")
    }


def test_decisions_are_written_with_chosen_columns(mdt: Run, meeting: str, tmp_path: Path) -> None:
    out = tmp_path / "decisions.csv"
    code, told, _ = mdt("decisions", meeting, "--out", str(out), "--columns", "decision, Agreed", *WHY)
    assert (code, told["columns"], told["rows"]) == (0, ["decision", "agreed"], 3)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(("minutes", "2026-01-01", "--out", "x.pdf", *WHY), "not_found", id="no meeting that day"),
        pytest.param(
            ("minutes", "2026-11-26", "--organisation", "Nobody", "--out", "x.pdf", *WHY), "not_on_the_papers",
            id="an organisation that has to do with nobody",
        ),
        pytest.param(("actions", "2026-11-26", "--out", "x.pdf", *WHY), "meeting_file_kind_unknown", id="no list"),
        pytest.param(("decisions", "2026-11-26", "--out", "x.ics", *WHY), "meeting_file_kind_unknown", id="calendar"),
        pytest.param(
            ("actions", "2026-11-26", "--out", "x.csv", "--columns", "decision", *WHY), "meeting_list_columns_missing",
            id="a column of the other list",
        ),
        pytest.param(("minutes", "2026-11-26", "--out", "con.pdf", *WHY), "file_name_refused", id="a reserved name"),
        pytest.param(("actions", "2026-11-26", "--out", "x.csv", "--why", " "), "list_reason_missing", id="no reason"),
        pytest.param(("minutes", "2026-11-26", "--out", "x.pdf"), "wrong_usage", id="without --why"),
        pytest.param(("minutes", "--out", "x.pdf", *WHY), "wrong_usage", id="without a meeting"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_sentence_and_leaves_nothing(
    mdt: Run, meeting: str, store: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], error: str,
) -> None:  # fmt: skip
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    code, told, err = mdt(*arguments)
    assert (code, told["error"]) == (2 if error == "wrong_usage" else 1, error)
    assert told["message"] in err
    assert list((tmp_path / "here").iterdir()) == []
    assert reasons_in(store) == []
