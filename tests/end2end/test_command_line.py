"""The chain of commands on a machine without a display, each in a process of its own: from risk files to a plan's PDF.

Scripts rely on it: exit codes, one JSON document on stdout and nothing else there, everything said on stderr.
"""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.bootstrap import open_with_passphrase
from mdt_desktop.demo.store import PASSPHRASE as DEMO_PASSPHRASE
from mdt_desktop.paths import DataFolder
from tests.helpers.journey import pdf_text
from tests.helpers.stores import IDENTITY, PASSPHRASE

PEOPLE, PRACTICES = 3_000, 36
COVERAGE = {"registered", "tiers", "at_risk", "with_joint_plan", "with_agreed_lead", "with_both"}
AT_RISK = ("very_high", "high", "moderate")
WHO = ("--name", IDENTITY.name, "--role", IDENTITY.role, "--organisation", "Invented Council", "--locality", "East")
UNTOUCHED = ("person", "person_case", "practice", "risk_score", "stratification_run", "held_row", "outbox")
_MOST_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs `mdt` on one data folder, with neither display nor terminal."""

    folder: Path
    passphrase_file: Path
    home: Path

    def run(self, *verb: str | Path, code: int = 0) -> tuple[str, str]:
        """Run a command that is to end with this exit code; what it says on stdout and on stderr."""
        hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "mdt_desktop.cli.main", "--data-dir", str(self.folder)),
                *("--passphrase-file", str(self.passphrase_file), *map(str, verb)),
            ],
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in hidden} | {"HOME": str(self.home)},
            timeout=_MOST_SECONDS,
            check=False,
        )
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout, ended.stderr

    def json(self, *verb: str | Path, code: int = 0) -> Any:
        """The same with --json: the one document of stdout; anything beside it would not parse."""
        return json.loads(self.run(*verb, "--json", code=code)[0])


def a_shell(tmp_path: Path, passphrase: str) -> Shell:
    """A folder that is not there yet and a private passphrase file."""
    file = tmp_path / "passphrase.txt"
    file.write_text(f"{passphrase}\n", encoding="utf-8")
    file.chmod(0o600)
    (tmp_path / "home").mkdir()
    return Shell(tmp_path / "data", file, tmp_path / "home")


def counts(shell: Shell) -> dict[str, int]:
    """Rows of each table that an import writes."""
    with open_with_passphrase(DataFolder(shell.folder), PASSPHRASE) as program:
        reader = program.access.database.reader
        return {table: reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in UNTOUCHED}


def rows_of(files: list[str]) -> list[dict[str, str]]:
    """Everybody in the risk files."""
    found: list[dict[str, str]] = []
    for file in files:
        with Path(file).open(encoding="utf-8", newline="") as opened:
            found += csv.DictReader(opened)
    return found


def test_a_whole_boroughs_files_are_imported_counted_searched_and_imported_again(tmp_path: Path) -> None:
    shell = a_shell(tmp_path, PASSPHRASE)
    made = shell.json("init", *WHO)
    assert len(made["recovery_key"].split("-")) == 6

    written = shell.json("demo", "risk-files", "--people", str(PEOPLE), "--out", tmp_path / "files", "--seed", "7")
    files = written["files"]
    assert (written["people"], len(files)) == (PEOPLE, PRACTICES)

    imported = shell.json("import-risk", *files)["files"]
    assert [file["file"] for file in imported] == files
    assert all(file["changed"] for file in imported)
    assert [sum(file[name] for file in imported) for name in ("new_people", "held", "rejected")] == [PEOPLE, 0, 0]

    coverage = shell.json("coverage")
    assert set(coverage) == COVERAGE
    assert set(coverage["tiers"]) == set(AT_RISK)
    assert coverage["registered"] == PEOPLE
    assert coverage["tiers"] == {tier: written["tiers"][tier] for tier in AT_RISK}
    assert coverage["at_risk"] == sum(coverage["tiers"].values())
    assert [coverage[name] for name in ("with_joint_plan", "with_agreed_lead", "with_both")] == [0, 0, 0]

    somebody = next(row for row in rows_of(files) if row["NHS number"] and row["Risk tier"] == "Very high")
    number = somebody["NHS number"]
    by_name = shell.json("cases", "--search", f"{somebody['Family name']} {somebody['Given names']}")
    by_number = shell.json("cases", "--search", f"{number[:3]} {number[3:6]} {number[6:]}")
    assert number in [person["nhs_number"] for person in by_name["people"]]
    assert (by_number["total"], by_number["people"][0]["tier"]) == (1, "very_high")
    of_tier = shell.json("cases", "--tier", "very_high", "--limit", "2")
    assert (of_tier["total"], len(of_tier["people"])) == (coverage["tiers"]["very_high"], min(2, of_tier["total"]))
    case = shell.json("case", number)
    assert case["person"]["nhs_number"] == number
    assert case["case"]["stage"] == "identified"

    before = counts(shell)
    again = shell.json("import-risk", *files)["files"]
    assert not any(file["changed"] for file in again)
    assert counts(shell) == before
    assert shell.json("coverage") == coverage

    sheet = tmp_path / "sheet.pdf"
    saved = shell.json("plan-pdf", number, "--out", sheet)
    assert (saved["path"], saved["version"]) == (str(sheet), 0), "nobody has a plan yet: it is the sheet it begins with"
    pages = pdf_text(sheet)
    assert len(pages) == saved["pages"]
    assert all(f"{number[:3]} {number[3:6]} {number[6:]}" in page for page in pages)
    nobody = shell.json("plan-pdf", "9990000018", "--out", tmp_path / "none.pdf", code=1)
    assert nobody["error"] == "not_found"
    assert not (tmp_path / "none.pdf").exists()
    assert shell.json("check")["sound"] is True


def test_an_active_case_of_the_demo_has_a_lead_proposed_and_its_plan_written_as_pdf(tmp_path: Path) -> None:
    shell = a_shell(tmp_path, DEMO_PASSPHRASE)
    loaded = shell.json("demo", "load")
    assert loaded["store_made"] is True
    everybody = shell.json("cases", "--limit", "1000")["people"]
    active = next(it for it in everybody if it["stage"] == "active" and it["has_plan"] and it["nhs_number"])

    proposed = shell.json("propose-lead", active["case_id"])
    assert proposed["case_id"] == active["case_id"]
    assert proposed["practitioner"]["name"] in proposed["reason"]

    out = tmp_path / "plan.pdf"
    saved = shell.json("plan-pdf", active["nhs_number"], "--out", out)
    pages = pdf_text(out)
    number = active["nhs_number"]
    assert Path(saved["path"]) == out
    assert len(pages) == saved["pages"]
    assert all(f"{number[:3]} {number[3:6]} {number[6:]}" in page for page in pages)
    assert all("DEMO" in page for page in pages)
    content = out.read_bytes()
    assert shell.json("plan-pdf", active["nhs_number"], "--out", out, code=1)["error"]
    assert out.read_bytes() == content, "no file is ever overwritten"
    assert shell.run("check")[0].count("\n") >= 1


@pytest.mark.parametrize("verb", [("cases", "--tier", "enormous"), ("plan-pdf", "9990000018"), ("check", "--data-dir")])
def test_wrong_usage_ends_with_2_and_one_document(tmp_path: Path, verb: tuple[str, ...]) -> None:
    shell = a_shell(tmp_path, PASSPHRASE)
    assert shell.json(*verb, code=2)["error"] == "wrong_usage"
    assert not shell.folder.exists()
