"""A closed store and `mdt` over it, for tests of the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.cli import main as cli
from mdt_desktop.domain.organisations import Discipline, Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Practitioner
from tests.helpers.stores import PASSPHRASE, add_practice, make_store, work_on

Run = Callable[..., tuple[int, Any, str]]
HEADINGS = "NHS number,Surname,Forename,Date of birth,Sex,Postcode,Practice code,Score,Run date"
ROWS = (
    "9990000018,Examplesson,Wilma,14/08/1940,Female,E1 4AA,Y90001,88.5,2026-11-01",
    "9990000026,Sampleton,Bob,02/03/1950,Male,E1 4AB,Y90001,52.1,2026-11-01",
    "9990000034,Invented,Ida,30/12/1985,Female,E1 4AC,Y90001,12.0,2026-11-01",
)
BAD_ROW = "9990000019,Wrongdigit,Will,01/01/1960,Male,E1 4AD,Y90001,10.0,2026-11-01"


def open_store(folder: DataFolder) -> Program:
    return bootstrap.open_with_passphrase(folder, PASSPHRASE)


@pytest.fixture
def store(data_folder: DataFolder) -> DataFolder:
    """A closed store with one practice and one GP."""
    program, _ = make_store(data_folder, bootstrap.now)
    with program:
        practice_id = add_practice(program)
        with work_on(program) as work:
            work.add(
                Practitioner(
                    id=work.new_id(),
                    name="Dr Gp Example",
                    role=Role.GP,
                    discipline=Discipline.GP,
                    practice_id=practice_id,
                )
            )
    return data_folder


@pytest.fixture
def mdt(store: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb with --json: exit code, document, stderr."""
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)

    def run(*verb: str) -> tuple[int, Any, str]:
        start = ("--data-dir", str(store.root), "--passphrase-file", str(passphrase))
        code = cli.main([*start, *verb, "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out), err

    return run


@pytest.fixture
def risk_file(tmp_path: Path) -> Path:
    """A risk file of three invented people."""
    return write(tmp_path / "risk.csv", *ROWS)


def write(path: Path, *rows: str) -> Path:
    path.write_text("\r\n".join((HEADINGS, *rows)) + "\r\n", encoding="utf-8")
    return path
