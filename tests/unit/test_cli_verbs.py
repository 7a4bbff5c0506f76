"""What the verbs of `mdt` do to a real store: risk files in, people and leads out, plans on paper, damage found."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from mdt_desktop.cli import main as cli
from mdt_desktop.cli.plain import plain
from mdt_desktop.domain.consent import ConsentBasis, ConsentDecision, ConsentStatus
from mdt_desktop.domain.risk import Tier
from mdt_desktop.paths import DataFolder
from tests.helpers.command_line import BAD_ROW, ROWS, Run, mdt, open_store, risk_file, store, write

__all__ = ["mdt", "risk_file", "store"]


def test_a_preview_says_what_would_happen_and_writes_nothing(mdt: Run, risk_file: Path) -> None:
    code, told, _ = mdt("import-risk", str(risk_file), "--preview")
    assert (code, told["preview"]) == (0, True)
    assert (told["files"][0]["rows"], told["files"][0]["new_people"]) == (3, 3)
    assert mdt("coverage")[1]["registered"] == 0


def test_an_import_adds_people_and_the_same_file_again_changes_nothing(mdt: Run, risk_file: Path) -> None:
    code, told, err = mdt("import-risk", str(risk_file))
    assert (code, told["files"][0]["new_people"], told["files"][0]["changed"]) == (0, 3, True)
    assert "Storing risk.csv" in err
    code, told, _ = mdt("import-risk", str(risk_file))
    assert (code, told["files"][0]["state"], told["files"][0]["changed"]) == (0, "same_file", False)
    assert mdt("coverage")[1]["registered"] == 3


def test_rejected_lines_go_into_one_file_with_their_line_numbers(mdt: Run, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}.csv", *ROWS, BAD_ROW) for name in ("one", "two")]
    code, told, _ = mdt("import-risk", *map(str, files), "--preview", "--rejects", str(tmp_path / "rejects.csv"))
    assert code == 0
    assert [file["rejected"] for file in told["files"]] == [1, 1]
    assert told["files"][0]["first_rejects"][0]["line"] == 5
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    assert [row[:2] for row in rows] == [["File", "Line"], ["one.csv", "5"], ["two.csv", "5"]]
    assert rows[1][4:6] == ["9990000019", "Wrongdigit"]


def test_rejects_take_the_place_of_former_rejects(mdt: Run, tmp_path: Path) -> None:
    file, rejects = write(tmp_path / "one.csv", *ROWS, BAD_ROW), tmp_path / "rejects.csv"
    for _ in range(2):
        assert mdt("import-risk", str(file), "--rejects", str(rejects))[0] == 0
    assert len(rejects.read_text(encoding="utf-8-sig").splitlines()) == 2


@pytest.mark.parametrize("place", ["one.csv", "notes.txt", "absent/rejects.csv", "folder", "file/rejects.csv"])
def test_rejects_that_could_not_be_written_or_would_destroy_a_file_are_refused_before_anything_is_imported(
    place: str, mdt: Run, tmp_path: Path
) -> None:
    file = write(tmp_path / "one.csv", *ROWS, BAD_ROW)
    (tmp_path / "notes.txt").write_text("kept")
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    code, told, _ = mdt("import-risk", str(file), "--rejects", str(tmp_path / place))
    assert (code, told["error"]) == (1, "file_not_written")
    assert {path: path.read_bytes() for path in before} == before
    assert mdt("coverage")[1]["registered"] == 0


def test_half_a_list_does_not_replace_the_other_half_that_came_with_it(mdt: Run, tmp_path: Path) -> None:
    halves = [write(tmp_path / "a-m.csv", ROWS[0]), write(tmp_path / "n-z.csv", *ROWS[1:])]
    for preview in ([], ["--preview"]):
        code, told, _ = mdt("import-risk", *map(str, halves), *preview)
        assert (code, told["taken"], told["refused"]) == (1, 1, 1)
        assert told["files"][1]["error"] == "risk_run_twice"
    assert mdt("cases")[1]["total"] == 1
    assert mdt("import-risk", str(halves[1]))[1]["files"][0]["state"] == "correction"


def test_what_is_no_file_is_not_said_to_be_absent(mdt: Run, tmp_path: Path) -> None:
    assert "it is not a file" in mdt("import-risk", str(tmp_path))[1]["files"][0]["message"]


def test_a_file_of_other_columns_is_told_which_are_missing(mdt: Run, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("NHS number,Surname,Date of birth\r\n9990000018,Examplesson,14/08/1940\r\n")
    message = mdt("import-risk", str(tmp_path / "other.csv"))[1]["files"][0]["message"]
    assert "No column was found for: Risk score or Rank or Risk tier; Practice code; Date of the risk run." in message


def test_a_file_that_is_refused_does_not_stop_the_others(mdt: Run, risk_file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    code, told, _ = mdt("import-risk", str(tmp_path / "empty.csv"), str(tmp_path / "absent.csv"), str(risk_file))
    assert (code, told["taken"], told["refused"]) == (1, 1, 2)
    assert [file.get("error") for file in told["files"]][1:] == ["file_not_read", None]
    assert mdt("coverage")[1]["registered"] == 3


@pytest.mark.parametrize(
    ("search", "family_names"),
    [
        ("exam wil", ["Examplesson"]),
        ("9990000018", ["Examplesson"]),
        ("999 000 0026", ["Sampleton"]),
        ("30/12/1985", ["Invented"]),
        ("E1 4AB", ["Sampleton"]),
        ("nobody", []),
    ],
)
def test_people_are_found_by_what_is_known_of_them(
    search: str, family_names: list[str], mdt: Run, risk_file: Path
) -> None:
    mdt("import-risk", str(risk_file))
    code, found, _ = mdt("cases", "--search", search)
    assert code == 0
    assert [person["family_name"] for person in found["people"]] == family_names
    assert found["total"] == len(family_names)


def test_a_tier_and_a_limit_narrow_the_list_and_the_total_says_how_many_there_are(mdt: Run, risk_file: Path) -> None:
    mdt("import-risk", str(risk_file))
    everybody = mdt("cases")[1]
    first = mdt("cases", "--limit", "1")[1]
    assert (first["shown"], first["total"]) == (1, everybody["total"])
    assert first["people"][0]["family_name"] == "Examplesson"
    for tier in Tier:
        people = mdt("cases", "--tier", tier.value)[1]["people"]
        assert {person["tier"] for person in people} <= {tier.value}


def open_case(store: DataFolder, number: str) -> str:
    with open_store(store) as program:
        return program.services.cases.open(program.services.case_file.find(number)).made


def test_a_case_is_shown_by_number_by_person_and_by_case_and_its_viewing_is_recorded(
    mdt: Run, risk_file: Path, store: DataFolder
) -> None:
    mdt("import-risk", str(risk_file))
    opened = open_case(store, "9990000018")
    by_number = mdt("case", "999 000 0018")[1]
    person_id = by_number["person"]["id"]
    assert by_number == mdt("case", person_id)[1] == mdt("case", opened)[1]
    assert by_number["case"]["id"] == opened
    with open_store(store) as program:
        assert [it.action for it in program.services.case_file.history(person_id)].count("view") == 3


def test_a_lead_is_proposed_with_the_rule_in_one_sentence(mdt: Run, risk_file: Path, store: DataFolder) -> None:
    mdt("import-risk", str(risk_file))
    open_case(store, "9990000018")
    code, told, _ = mdt("propose-lead", "9990000018")
    assert (code, told["practitioner"]["name"], told["rule"]) == (0, "Dr Gp Example", "age")
    assert told["reason"].startswith("A GP, because the person is 86: the rule for people over 75")
    code, told, _ = mdt("propose-lead", "9990000034")
    assert (code, told["error"]) == (1, "no_case")


def write_plan(store: DataFolder, number: str, *, consent: bool) -> None:
    with open_store(store) as program:
        services = program.services
        person_id = services.case_file.find(number)
        if consent:
            decision = ConsentDecision(
                ConsentStatus.GIVEN, ConsentBasis.SIGNED, "the team", "the plan", "form", "her", date(2026, 1, 1),
                frozenset({"home_care", "family"}), frozenset({"plan"}),
            )  # fmt: skip
            services.consents.record(person_id, decision)
        draft = services.care_plans.start_draft(services.cases.open(person_id).made).made
        services.care_plans.add_part("need", draft, {"words": "My knees hurt on the stairs."})


def test_a_plan_is_written_once_and_never_over_a_file(
    mdt: Run, risk_file: Path, store: DataFolder, tmp_path: Path
) -> None:
    mdt("import-risk", str(risk_file))
    write_plan(store, "9990000018", consent=True)
    out = tmp_path / "plan.pdf"
    code, told, _ = mdt("plan-pdf", "9990000018", "--out", str(out))
    assert (code, told["kind"], told["version"], told["status"]) == (0, "draft", 1, "draft")
    content = out.read_bytes()
    assert content.startswith(b"%PDF-")
    code, told, _ = mdt("plan-pdf", "9990000018", "--out", str(out))
    assert (code, told["error"]) == (1, "paper_file_exists")
    assert out.read_bytes() == content


def test_a_plan_does_not_leave_without_a_basis_to_share(
    mdt: Run, risk_file: Path, store: DataFolder, tmp_path: Path
) -> None:
    mdt("import-risk", str(risk_file))
    write_plan(store, "9990000018", consent=False)
    out = tmp_path / "plan.pdf"
    for whom in ("carer", "home-care", "meeting"):
        code, told, _ = mdt("plan-pdf", "9990000018", "--out", str(out), "--for", whom)
        assert (code, told["error"]) == (1, "no_basis_to_share")
        assert not out.exists()
    for place, asked in enumerate(([], ["--for", "person"])):
        code, told, _ = mdt("plan-pdf", "9990000018", "--out", str(tmp_path / f"{place}.pdf"), *asked)
        assert (code, told["kind"]) == (0, "draft")


def test_whom_a_plan_is_for_is_in_the_history(mdt: Run, risk_file: Path, store: DataFolder, tmp_path: Path) -> None:
    mdt("import-risk", str(risk_file))
    write_plan(store, "9990000018", consent=True)
    assert mdt("plan-pdf", "9990000018", "--out", str(tmp_path / "plan.pdf"), "--for", "home-care")[0] == 0
    with open_store(store) as program:
        history = program.services.case_file.history(program.services.case_file.find("9990000018"))
    assert [it.reason for it in history if it.action == "export"] == ["For home-care staff"]


def test_everybody_in_a_borough_that_was_only_imported_has_a_planning_sheet(
    mdt: Run, risk_file: Path, tmp_path: Path
) -> None:
    mdt("import-risk", str(risk_file))
    for place, person in enumerate(mdt("cases")[1]["people"]):
        out = tmp_path / f"{place}.pdf"
        code, told, _ = mdt("plan-pdf", person["nhs_number"], "--out", str(out))
        assert (code, told["kind"], told["plan_id"], told["status"], told["pages"]) == (0, "sheet", "", None, 4)
        assert told["person_id"] == person["person_id"]
        assert out.read_bytes().startswith(b"%PDF-")


def test_check_finds_an_entry_of_the_audit_log_that_was_changed(mdt: Run, store: DataFolder) -> None:
    assert mdt("check")[0] == 0
    with open_store(store) as program:
        writer = program.access.database.writer
        writer.execute("DROP TRIGGER audit_entry_is_never_changed")
        writer.execute("UPDATE audit_entry SET actor = 'somebody else' WHERE seq = 2")
    code, told, _ = mdt("check")
    assert (code, told["sound"], told["first_broken_audit_entry"]) == (1, False, 2)


def test_audit_lists_what_was_done_the_latest_first(mdt: Run, risk_file: Path) -> None:
    mdt("import-risk", str(risk_file))
    mdt("cases", "--search", "examplesson 14/08/1940")
    code, told, _ = mdt("audit", "--limit", "3")
    assert (code, told["verified"], told["shown"]) == (0, None, 3)
    acts = [(it["action"], it["fields"], it["reason"]) for it in told["acts"]]
    assert acts[0] == ("unlock", "", ""), "this command has opened the store"
    assert acts[1] == ("search", "date,name", "1 person found")
    assert told["total"] > 3
    assert mdt("audit", "--limit", "1")[1]["acts"][0]["seq"] == told["total"] + 2, "that it was looked at, and opened"


def test_audit_of_one_person_has_only_what_was_done_about_them(mdt: Run, risk_file: Path) -> None:
    mdt("import-risk", str(risk_file))
    mdt("case", "9990000018")
    code, told, _ = mdt("audit", "--person", "999 000 0018")
    assert code == 0
    assert [it["action"] for it in told["acts"]] == ["view"]
    assert {it["person"] for it in told["acts"]} == {"EXAMPLESSON, Wilma"}
    assert [it["action"] for it in mdt("audit", "--person", "9990000018")[1]["acts"]] == ["who_looked", "view"]
    assert mdt("audit", "--person", "9990000026")[1]["acts"] == []
    assert mdt("audit", "--person", "1234567890")[:2][0] == 1


def test_audit_proves_the_chain_and_ends_with_1_where_it_does_not_hold(mdt: Run, store: DataFolder) -> None:
    code, told, _ = mdt("audit", "--verify")
    assert (code, told["verified"], told["first_broken_entry"]) == (0, True, None)
    with open_store(store) as program:
        writer = program.access.database.writer
        writer.execute("DROP TRIGGER audit_entry_is_never_deleted")
        writer.execute("DELETE FROM audit_entry WHERE seq = 3")
    code, told, _ = mdt("audit", "--verify")
    assert (code, told["verified"], told["first_broken_entry"]) == (1, False, 3)


def test_check_finds_a_damaged_page(mdt: Run, store: DataFolder) -> None:
    content = bytearray(store.database.read_bytes())
    content[-2000] ^= 1
    store.database.write_bytes(content)
    code, told, _ = mdt("check")
    assert code == 1
    assert told.get("error") == "store_damaged" or {it["kind"] for it in told["problems"]} >= {"page"}


def test_risk_files_are_the_same_for_the_same_seed_and_others_for_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {}
    for name, seed in (("first", "7"), ("again", "7"), ("other", "8")):
        out = tmp_path / name
        assert cli.main(["demo", "risk-files", "--people", "400", "--out", str(out), "--seed", seed, "--json"]) == 0
        told[name] = json.loads(capsys.readouterr().out)
    content = {name: [Path(file).read_bytes() for file in it["files"]] for name, it in told.items()}
    assert told["first"]["people"] == 400
    assert content["first"] == content["again"] != content["other"]


def test_risk_files_into_a_place_that_is_a_file_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").touch()
    assert cli.main(["demo", "risk-files", "--people", "40", "--out", str(tmp_path / "taken"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"] == "file_not_written"


def test_values_become_plain_json() -> None:
    assert plain({Tier.HIGH: (date(2026, 11, 1), frozenset({"b", "a"}), Path("/x"), None, 1.5)}) == {
        "high": ["2026-11-01", ["a", "b"], "/x", None, 1.5]
    }
