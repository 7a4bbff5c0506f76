"""`mdt conflicts`: what two people changed is listed, decided by a side or by another value, or somebody is asked."""

import uuid
from typing import Any

import pytest

from mdt_desktop.cli import main as cli
from mdt_desktop.domain.people import FlagKind
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Flag
from mdt_desktop.services.sync_views import EditorKind, FieldEditor
from mdt_desktop.services.typed_values import NotToBeTyped, ValueNotRead, typed
from tests.helpers.command_line import Run, mdt, open_store, risk_file, store
from tests.helpers.conflicts import disagree
from tests.helpers.stores import work_on

__all__ = ["mdt", "risk_file", "store"]


@pytest.fixture
def wilma(mdt: Run, risk_file: object, store: DataFolder) -> str:
    """The id of an invented person with a case."""
    assert mdt("import-risk", str(risk_file))[0] == 0
    with open_store(store) as program:
        return str(asked(program, "SELECT id FROM person WHERE given_names = 'Wilma'"))


def asked(program: Any, sql: str, *values: str) -> Any:
    return program.access.database.reader.execute(sql, values).fetchone()[0]


def in_dispute(store: DataFolder, type_: str, id_: str, field: str, **values: str) -> str:
    with open_store(store) as program:
        return disagree(program, type_, id_, field, **values)


def of_person(store: DataFolder, wilma: str, column: str) -> Any:
    with open_store(store) as program:
        return asked(program, f"SELECT {column} FROM person WHERE id = ?", wilma)


CHOSEN: dict[str, tuple[str, str, Any]] = {
    "a text": ("telephone", " 020 7946 0003 ", "020 7946 0003"),
    "nothing": ("telephone", "", ""),
    "a choice by its words": ("gender", "not known", "not_known"),
    "a choice by its key": ("gender", "male", "male"),
    "a day": ("died", "2026-11-20", "2026-11-20"),
    "no day": ("died", "", None),
    "a number": ("deprivation_fifth", "3", 3),
}


@pytest.mark.parametrize("what", CHOSEN)
def test_a_third_value_takes_the_place_of_both(what: str, mdt: Run, wilma: str, store: DataFolder) -> None:
    field, given, kept = CHOSEN[what]
    conflict = in_dispute(store, "person", wilma, field)
    code, told, err = mdt("conflicts", "--value", given, conflict)
    assert (code, told) == (0, {"id": conflict, "kept": "third", "value": kept}), err
    assert of_person(store, wilma, field) == kept
    assert mdt("conflicts")[1] == {"conflicts": []}
    with open_store(store) as program:
        waits = "SELECT set_json FROM outbox WHERE type = 'conflict' AND id = ?"
        assert asked(program, waits, conflict) == '{"status":"third"}'


def test_yes_and_no_are_typed_as_such(mdt: Run, store: DataFolder) -> None:
    with open_store(store) as program:
        someone = asked(program, "SELECT id FROM practitioner WHERE name = 'Dr Gp Example'")
    conflict = in_dispute(store, "practitioner", someone, "active", mine="true", theirs="false", shown_value="false")
    assert mdt("conflicts", "--value", "maybe", conflict)[1]["error"] == "typed_value_not_read"
    assert mdt("conflicts", "--value", "Yes", conflict)[0] == 0
    with open_store(store) as program:
        assert asked(program, "SELECT active FROM practitioner WHERE id = ?", someone) == 1


REFUSED: dict[str, tuple[str, str, str]] = {
    "no choice": ("gender", "somewhat", "typed_value_not_read"),
    "no day": ("died", "tomorrow", "typed_value_not_read"),
    "no number": ("deprivation_fifth", "three", "typed_value_not_read"),
    "a number out of range": ("deprivation_fifth", "6", "sync_value_not_possible"),
    "too long": ("telephone", "0" * 51, "sync_value_not_possible"),
    "no valid NHS number": ("nhs_number", "9990000019", "sync_number_not_valid"),
    "a whole record": ("", "anything", "typed_value_not_possible"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_value_that_the_field_does_not_take_is_told_and_changes_nothing(
    what: str, mdt: Run, wilma: str, store: DataFolder
) -> None:
    field, given, error = REFUSED[what]
    conflict = in_dispute(store, "person", wilma, field)
    code, told, err = mdt("conflicts", "--value", given, conflict)
    assert (code, told["error"]) == (1, error)
    assert err.strip()
    assert [it["id"] for it in mdt("conflicts")[1]["conflicts"]] == [conflict]


def test_somebody_is_asked_by_name_and_nobody_any_more(mdt: Run, wilma: str, store: DataFolder) -> None:
    conflict = in_dispute(store, "person", wilma, "telephone")
    code, told, _ = mdt("conflicts", "--ask", "dr gp  example", conflict)
    with open_store(store) as program:
        assert (code, asked(program, "SELECT name FROM practitioner WHERE id = ?", told["asked"])) == (
            0, "Dr Gp Example"
        )  # fmt: skip
        assert asked(program, "SELECT asked_id FROM conflict WHERE id = ?", conflict) == told["asked"]
    assert mdt("conflicts", "--ask", "", conflict)[:2] == (0, {"id": conflict, "asked": None})
    with open_store(store) as program:
        assert asked(program, "SELECT asked_id FROM conflict WHERE id = ?", conflict) is None
    assert mdt("conflicts", "--ask", "Nobody Here", conflict)[1]["error"] == "nobody_of_that_name"


@pytest.mark.parametrize("way", [("--value", "1"), ("--ask", "Dr Gp Example"), ("--keep", "mine")])
def test_a_conflict_that_is_not_there_is_told(way: tuple[str, str], mdt: Run, wilma: str) -> None:
    code, told, _ = mdt("conflicts", *way, str(uuid.uuid4()))
    assert (code, told["error"]) == (1, "sync_no_such_conflict")


@pytest.mark.parametrize(
    "given",
    [("--value", "1"), ("--ask", "x"), ("--keep", "mine", "a", "--value", "1", "a"), ("--keep", "third", "a")],
)
def test_wrong_usage_ends_with_two(given: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["conflicts", *given, "--json"]) == 2


def test_a_flag_of_the_alert_is_a_choice_of_its_kinds(mdt: Run, wilma: str, store: DataFolder) -> None:
    flag = str(uuid.uuid4())
    with open_store(store) as program, work_on(program) as work:
        work.about(wilma)
        work.add(Flag(id=flag, person_id=wilma, kind=FlagKind.OTHER))
    conflict = in_dispute(store, "flag", flag, "kind", mine='"allergy"', theirs='"other"')
    assert mdt("conflicts", "--value", FlagKind.LIVES_ALONE.value, conflict)[0] == 0
    with open_store(store) as program:
        assert asked(program, "SELECT kind FROM flag WHERE id = ?", flag) == FlagKind.LIVES_ALONE.value


def test_two_choices_of_the_same_words_are_told_apart_by_their_keys_only() -> None:
    editor = FieldEditor(EditorKind.CHOICE, (("a", "Same"), ("b", "Same")), False)
    assert typed(editor, "field", "b") == "b"
    with pytest.raises(ValueNotRead):
        typed(editor, "field", "Same")
    with pytest.raises(ValueNotRead):
        typed(editor, "field", "")


def test_paragraphs_stay_as_they_are_and_what_has_no_form_is_not_typed() -> None:
    assert typed(FieldEditor(EditorKind.PARAGRAPHS), "field", "one\n two ") == "one\n two "
    with pytest.raises(NotToBeTyped):
        typed(FieldEditor(EditorKind.NONE), "field", "x")
