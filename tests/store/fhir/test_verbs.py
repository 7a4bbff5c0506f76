"""`mdt export-fhir` and `mdt import-fhir` on a real store: one JSON document, exit codes, nothing by halves."""

import json
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.cli import main as cli
from mdt_desktop.paths import DataFolder
from tests.helpers.bundle_files import SURGERY, TASK, WEIGHT, bundle, patient
from tests.helpers.command_line import Run, mdt, risk_file, store

__all__ = ["mdt", "risk_file", "store"]

WILMA = {"number": "9990000018", "family": "Examplesson", "name": [{"family": "Examplesson", "given": ["Wilma"]}]}


@pytest.fixture
def people(mdt: Run, risk_file: Path) -> Run:
    """The verbs over a store with three people, two of whom have a case."""
    assert mdt("import-risk", str(risk_file))[0] == 0
    return mdt


def wilma(**more: Any) -> Any:
    return patient(**{**WILMA, **more})


def test_a_case_goes_into_a_new_file_and_never_over_another(people: Run, tmp_path: Path) -> None:
    out = tmp_path / "case.json"
    code, told, _ = people("export-fhir", "999 000 0018", "--out", str(out))
    assert (code, told["file"], told["withheld"]) == (0, str(out), [])
    written = json.loads(out.read_text())
    assert len(written["entry"]) == told["resources"] == sum(told["types"].values())
    code, told, _ = people("export-fhir", "9990000018", "--out", str(out))
    assert (code, told["error"]) == (1, "paper_file_exists")
    assert json.loads(out.read_text()) == written


def test_without_a_file_the_bundle_is_in_the_document(people: Run) -> None:
    code, told, _ = people("export-fhir", "9990000018")
    assert (code, told["file"], told["bundle"]["resourceType"]) == (0, None, "Bundle")
    acts = [it["action"] for it in people("audit", "--limit", "5")[1]["acts"]]
    assert "export" in acts


def test_for_somebody_else_it_needs_a_basis(people: Run, tmp_path: Path) -> None:
    out = tmp_path / "case.json"
    code, told, _ = people("export-fhir", "9990000018", "--for", "home-care", "--out", str(out))
    assert (code, told["error"], out.exists()) == (1, "no_basis_to_share", False)


def test_a_bundle_comes_in_once(people: Run, tmp_path: Path) -> None:
    file = str(bundle(tmp_path, wilma(), SURGERY, TASK, WEIGHT))
    code, told, _ = people("import-fhir", file, "--preview")
    assert (code, told["preview"], told["changed"], told["written"]) == (0, True, False, {"task": 1})
    code, told, _ = people("import-fhir", file)
    assert (code, told["matched"], told["changed"], told["written"]) == (0, 1, True, {"task": 1})
    assert [it["resource"] for it in told["no_home"]] == ["Observation/w1"]
    code, told, _ = people("import-fhir", file)
    assert (code, told["changed"], told["written"], told["unchanged"]) == (0, False, {}, 1)


def test_who_is_in_doubt_is_listed_and_decided(people: Run, tmp_path: Path) -> None:
    code, told, _ = people("import-fhir", str(bundle(tmp_path, wilma(born="1999-01-01"), TASK)))
    assert (code, told["held"], told["written"]) == (0, 1, {})
    held = people("import-fhir", "--held")[1]["held"]
    assert [it["resources"] for it in held] == [2]
    code, told, _ = people("import-fhir", "--decide", "taken", held[0]["id"])
    assert (code, told["written"]) == (0, {"task": 1})
    assert people("import-fhir", "--held")[1]["held"] == []
    assert people("import-fhir", "--decide", "left_out", held[0]["id"])[:2][0] == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [((), "fhir_one_thing"), (("x.json", "--held"), "fhir_one_thing"),
     (("--decide", "perhaps", "x"), "fhir_decision_unknown"), (("--decide", "taken", "x"), "not_found"),
     (("absent.json",), "fhir_file_not_read")],
)  # fmt: skip
def test_what_cannot_be_done_is_told_by_its_code(mdt: Run, given: tuple[str, ...], error: str) -> None:
    code, told, err = mdt("import-fhir", *given)
    assert (code, told["error"]) == (1, error)
    assert told["message"] in err


def test_in_words_each_reason_is_told_once(
    people: Run, store: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = bundle(tmp_path, wilma(), SURGERY, TASK, {**WEIGHT, "id": "w2"}, WEIGHT)
    start = ("--data-dir", str(store.root), "--passphrase-file", str(tmp_path / "passphrase.txt"))
    assert cli.main([*start, "import-fhir", str(file), "--preview"]) == 0
    told = capsys.readouterr().out
    assert told.count("2 × Observation") == 1
    assert "Task/t1: not kept: Task.priority, Task.status" in told
