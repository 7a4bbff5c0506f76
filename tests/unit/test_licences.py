"""Everything the program is built from has a licence that a council can ship."""

import importlib.metadata
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load_script() -> ModuleType:
    """`packaging/third_party.py`, by its path: a folder named packaging cannot be imported beside the library."""
    spec = importlib.util.spec_from_file_location("third_party", ROOT / "packaging" / "third_party.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


third_party = load_script()
ROWS = third_party.rows()


def test_the_table_names_exactly_what_is_locked() -> None:
    assert third_party.TABLE.read_text(encoding="utf-8") == third_party.HEAD + "\n".join(map(str, ROWS)) + "\n"
    assert len(ROWS) > 60


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_its_licence_can_be_shipped(row: third_party.Row) -> None:  # type: ignore[name-defined]  # loaded by path
    allowed = third_party.ALLOWED
    if row.name not in third_party.LGPL_FOR:
        allowed = allowed - {"LGPL-3.0-only"}
    assert third_party.can_ship(row.licence, allowed), row.licence


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_its_own_metadata_does_not_say_otherwise(row: third_party.Row) -> None:  # type: ignore[name-defined]  # as above
    declared = third_party.declared_licence(row.name)
    assert declared is None or third_party.can_ship(declared)
    try:
        classifiers = importlib.metadata.metadata(row.name).get_all("Classifier") or []
    except importlib.metadata.PackageNotFoundError:
        return
    gpl = [text for text in classifiers if re.search(r"GNU (Affero )?General Public", text)]
    assert not gpl or row.name in third_party.LGPL_FOR


@pytest.mark.parametrize(
    ("expression", "ships"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("(MIT OR GPL-2.0-only) AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("something of our own", False),
        ("", False),
    ],
)
def test_a_licence_expression_is_read_right(expression: str, ships: bool) -> None:
    assert third_party.can_ship(expression) is ships


@pytest.mark.parametrize("name", [f"requirements{part}.txt" for part in ("", "-central", "-dev", "-build")])
def test_a_list_of_requirements_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|--(index|extra|find|trusted)", text)
    for entry in re.split(r"(?m)^(?=[a-z0-9])", text)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_what_is_shipped_is_locked_to_the_same_version_for_developers() -> None:
    shipped = third_party.locked(ROOT / "requirements.txt")
    developers = third_party.locked(ROOT / "requirements-dev.txt")
    assert {name: versions for name, versions in shipped.items() if developers.get(name) != versions} == {}


def test_only_one_library_provides_sqlcipher() -> None:
    names = {row.name for row in ROWS}
    assert "sqlcipher3" in names
    assert not names & {"sqlcipher3-wheels", "sqlcipher3-binary", "pysqlcipher3"}


def test_pyside_stays_below_the_version_that_crashes() -> None:
    assert third_party.locked(ROOT / "requirements.txt")["pyside6-essentials"][0].startswith("6.11.")
