"""The floors of the house are checked, the check knows every module, and it does find what it forbids."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mdt_desktop"
UI = PACKAGE / "ui"
# Folders under ui that pages share; every other folder there is a page.
SHARED_BY_PAGES = frozenset({"backups", "desktop", "forms", "keys", "widgets"})
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}


def names_in(layers: list[str]) -> set[str]:
    return set(re.findall(r"\w+", " ".join(layers)))


def linter(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the project's own rules on the package that lies in `folder`."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the same name with every floor, and nothing in them."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    package = folder / "mdt_desktop"
    package.mkdir()
    (package / "__init__.py").touch()
    for name in names_in(CONTRACTS["floors"]["layers"]):
        (package / name).mkdir()
        (package / name / "__init__.py").touch()
        (package / name / "part.py").touch()
    for name in ("caseload", "case"):
        (package / "ui" / name).mkdir()
        (package / "ui" / name / "__init__.py").touch()
    return folder


def test_an_empty_house_keeps_every_rule(empty_house: Path) -> None:
    ended = linter(empty_house)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken" in ended.stdout


@pytest.mark.parametrize(
    ("file", "statement", "contract"),
    [
        pytest.param("store/part.py", "import mdt_desktop.services", "floors", id="store asks services"),
        pytest.param("domain/part.py", "import mdt_desktop.paths", "floors", id="domain asks paths"),
        pytest.param("words/part.py", "import mdt_desktop.logs", "floors", id="words ask logs"),
        pytest.param("cli/part.py", "import mdt_desktop.ui.part", "floors", id="commands ask screens"),
        pytest.param("fhir/part.py", "import mdt_desktop.documents", "floors", id="fhir asks documents"),
        pytest.param("stray/__init__.py", "", "floors", id="a module without a floor"),
        pytest.param("ui/case/page.py", "import mdt_desktop.ui.caseload", "pages", id="a page asks a page"),
        pytest.param("services/part.py", "import PySide6.QtCore", "qt", id="services use Qt"),
        pytest.param("cli/part.py", "import pyqtgraph", "qt", id="commands draw charts"),
        pytest.param("ui/part.py", "import mdt_desktop.store", "screens", id="a screen asks the store"),
        pytest.param("ui/part.py", "import sqlmodel", "screens", id="a screen knows SQL"),
        pytest.param("domain/part.py", "import pydantic", "domain", id="the domain needs pydantic"),
        pytest.param("central/part.py", "import mdt_desktop.store", "central", id="central opens a laptop's store"),
    ],
)
def test_a_broken_rule_is_found(file: str, statement: str, contract: str, empty_house: Path, tmp_path: Path) -> None:
    house = tmp_path / "house"
    shutil.copytree(empty_house, house)
    broken = house / "mdt_desktop" / file
    broken.parent.mkdir(exist_ok=True)
    broken.write_text(statement + "\n", encoding="utf-8")
    ended = linter(house)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert f"{CONTRACTS[contract]['name']} BROKEN" in ended.stdout
    assert ended.stdout.count(" BROKEN") == 1, ended.stdout


def test_the_program_keeps_every_rule() -> None:
    ended = linter(ROOT)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_folder_of_the_screens_is_a_page_or_known_as_shared() -> None:
    folders = {path.parent.name for path in UI.glob("*/__init__.py")}
    assert folders - names_in(CONTRACTS["pages"]["layers"]) == folders & SHARED_BY_PAGES


def test_screens_are_kept_from_the_synchroniser_as_soon_as_there_is_one() -> None:
    exists = (PACKAGE / "sync").is_dir()
    assert ("mdt_desktop.sync" in CONTRACTS["screens"]["forbidden_modules"]) is exists


def calls(file: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_an_event_of_the_log_is_written_in_the_source_and_never_put_together() -> None:
    made_up = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for call in calls(file)
        if name_of(call) == "record_event" and not (len(call.args) == 2 and isinstance(call.args[1], ast.Constant))
    ]
    assert made_up == []


@pytest.mark.parametrize("floor", ["domain", "records", "store", "documents", "security", "fhir", "services"])
def test_nothing_below_bootstrap_asks_the_time_itself(floor: str) -> None:
    asking = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in sorted((PACKAGE / floor).rglob("*.py"))
        for call in calls(file)
        if name_of(call) in {"now", "today", "utcnow"}
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value).rpartition(".")[2] in {"datetime", "date"}
    ]
    assert asking == []


def test_style_sheets_are_set_in_the_theme_only() -> None:
    elsewhere = [
        str(file.relative_to(ROOT))
        for file in sorted(UI.rglob("*.py"))
        if file != UI / "theme.py" and any(name_of(call) == "setStyleSheet" for call in calls(file))
    ]
    assert elsewhere == []


def test_no_file_of_the_program_is_longer_than_five_hundred_lines() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in sorted(PACKAGE.rglob("*.py"))
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}
