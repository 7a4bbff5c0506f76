"""`mdt action` and `mdt note`: what is to be done, by whom and how far it is, and the log of a case."""

import pytest

from mdt_desktop.cli import main as cli
from mdt_desktop.paths import DataFolder
from tests.helpers.command_line import Run, mdt, open_store, risk_file, store

__all__ = ["mdt", "risk_file", "store"]
WILMA = "999 000 0018"


@pytest.fixture
def wilma(mdt: Run, risk_file: object) -> str:
    """An invented person with a case, by NHS number."""
    assert mdt("import-risk", str(risk_file))[0] == 0
    return WILMA


def added(mdt: Run, *more: str) -> str:
    code, told, err = mdt("action", "add", WILMA, "--what", "Order a walking frame", *more)
    assert code == 0, err
    assert told["what"] == "Order a walking frame"
    return str(told["id"])


def test_an_action_is_agreed_listed_and_signed_off(mdt: Run, wilma: str) -> None:
    action = added(mdt, "--owner", "dr gp  EXAMPLE", "--due", "2026-12-01")
    code, told, _ = mdt("action", "list")
    assert (code, told["total"], [it["id"] for it in told["actions"]]) == (0, 1, [action])
    assert (told["actions"][0]["owner"], told["actions"][0]["due"]) == ("Dr Gp Example", "2026-12-01")
    code, told, _ = mdt("action", "done", action)
    assert (code, told["status"]) == (0, "done")
    assert mdt("action", "list")[1]["total"] == 0
    assert [it["id"] for it in mdt("action", "list", "--view", "done")[1]["actions"]] == [action]
    assert [it["id"] for it in mdt("action", "list", "--case", WILMA)[1]["actions"]] == [action]


def test_words_day_owner_and_status_are_set_and_the_audit_has_each(
    mdt: Run, wilma: str, store: DataFolder
) -> None:
    action = added(mdt, "--owner-words", "Her daughter")
    code, told, _ = mdt(
        "action", "set", action, "--status", "not-done", "--reason", "She has one", "--due", "2026-12-05",
        "--owner", "Dr Gp Example",
    )  # fmt: skip
    assert code == 0
    assert (told["status"], told["status_reason"], told["due"]) == ("not_done", "She has one", "2026-12-05")
    assert (told["owner"], told["what"]) == ("Dr Gp Example", "Order a walking frame")
    with open_store(store) as program:
        acts = program.access.database.reader.execute(
            "SELECT action FROM audit_entry WHERE record_id = ? ORDER BY seq", (action,)
        ).fetchall()
    assert acts == [("create",), ("update",), ("update",), ("update",)]


def test_what_is_wrong_with_an_action_is_told_and_nothing_of_it_is_done(mdt: Run, wilma: str) -> None:
    action = added(mdt, "--owner-words", "Her daughter")
    wrong = {
        "nothing_to_set": ("set", action),
        "task_needs_reason": ("set", action, "--due", "2026-12-05", "--status", "changed"),
        "nobody_of_that_name": ("set", action, "--what", "Other words", "--owner", "Nobody Here"),
        "not_found": ("done", "no such action"),
        "task_needs_words": ("add", WILMA, "--what", "  ", "--owner-words", "Her daughter"),
    }
    for code, verb in wrong.items():
        ended, told, err = mdt("action", *verb)
        assert (ended, told["error"]) == (1, code)
        assert told["message"] in err
    now = mdt("action", "list")[1]["actions"]
    assert [(it["id"], it["what"], it["due"], it["status"]) for it in now] == [
        (action, "Order a walking frame", None, "open")
    ]


def test_wrong_usage_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in (
        ["action"],
        ["action", "add", WILMA, "--what", "x"],
        ["action", "set", "x", "--due", "tomorrow"],
        ["action", "list", "--view", "some"],
        ["note", "add", WILMA],
    ):
        assert cli.main(verb) == 2
    assert "tomorrow is no day such as 2026-11-30" in capsys.readouterr().err


def test_a_note_is_written_and_a_correction_stands_beside_it(mdt: Run, wilma: str, store: DataFolder) -> None:
    code, first, err = mdt("note", "add", WILMA, "--words", "Rang: the frame comes on Fryday")
    assert code == 0, err
    code, second, _ = mdt("note", "add", WILMA, "--words", "Rang: the frame comes on Friday", "--replaces", first["id"])
    assert (code, second["replaces_id"]) == (0, first["id"])
    with open_store(store) as program:
        found = program.services.notes.of_case(first["case_id"])
        assert {(it.words, it.replaced) for it in found} == {
            ("Rang: the frame comes on Fryday", True), ("Rang: the frame comes on Friday", False),
        }  # fmt: skip
        history = program.services.case_file.history(program.services.case_file.find(WILMA))
        sent = program.access.database.reader.execute("SELECT kind FROM outbox WHERE type = 'case_note'").fetchall()
    assert [(it.action, it.kind) for it in history][:2] == [("create", "case_note")] * 2
    assert sent == [("create",)] * 2


def test_an_empty_note_and_one_that_corrects_another_cases_are_refused(
    mdt: Run, wilma: str, store: DataFolder
) -> None:
    with open_store(store) as program:
        program.services.cases.open(program.services.case_file.find("9990000026"))
    first = mdt("note", "add", WILMA, "--words", "Rang")[1]
    ended, told, _ = mdt("note", "add", WILMA, "--words", "  ")
    assert (ended, told["error"]) == (1, "note_needs_words")
    ended, told, _ = mdt("note", "add", "999 000 0026", "--words", "Rang", "--replaces", first["id"])
    assert (ended, told["error"]) == (1, "note_of_another_case")
    ended, told, _ = mdt("note", "add", WILMA, "--words", "Rang", "--replaces", "no such note")
    assert (ended, told["error"]) == (1, "not_found")
