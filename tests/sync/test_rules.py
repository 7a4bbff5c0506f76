"""The merge rules: every shared column has its row, and every kind of row does what SYNC 5.8 says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop import records
from mdt_desktop.records.base import Record
from mdt_desktop.sync.merge import AppliedRule, joined_paragraphs, merged, merged_keys
from mdt_desktop.sync.rules import NOT_SHARED, RULES, FieldKind

SHARED = {
    str(kind.__tablename__): kind
    for name in records.__all__
    if issubclass(kind := getattr(records, name), Record)
    and kind is not Record
    and kind.__tablename__ not in NOT_SHARED
}


def test_every_kind_of_record_that_is_shared_has_its_rules_and_no_other_has() -> None:
    assert set(RULES) == set(SHARED)
    assert len(SHARED) > 35


@pytest.mark.parametrize("type_", sorted(SHARED))
def test_every_column_has_its_row_in_the_table(type_: str) -> None:
    assert set(RULES[type_]) == set(SHARED[type_].model_fields)


@pytest.mark.parametrize("type_", sorted(SHARED))
def test_what_a_record_points_to_as_its_parent_cannot_be_merged_away(type_: str) -> None:
    fixed = (FieldKind.FIXED, FieldKind.ONCE)
    assert RULES[type_]["id"].kind in fixed
    table = SHARED[type_].__table__
    wandering = {"practice.locality_id", "person.practice_id"}
    for column in table.columns:
        if column.foreign_keys and not column.nullable and f"{type_}.{column.name}" not in wandering:
            assert RULES[type_][column.name].kind in fixed


def test_an_order_of_caution_names_every_value_of_its_column() -> None:
    for type_, rules in RULES.items():
        for column, rule in rules.items():
            assert bool(rule.order) is (rule.kind is FieldKind.CAUTION)
            choices = getattr(SHARED[type_].__table__.columns[column].type, "enums", None)
            if rule.order and choices:
                assert set(rule.order) == set(choices)


# type, column, before, mine, theirs, in force, rule (empty: no dispute), sent
ROWS = {
    "NHS number: never automatic, the store's is shown":
        ("person", "nhs_number", None, "9990000018", "9990000026", "9990000026", "identity", False),
    "date of birth": ("person", "born", "1940-08-14", "1940-08-15", "1941-08-14", "1941-08-14", "identity", False),
    "telephone: a conflict, the store's is shown": ("person", "telephone", "1", "2", "3", "3", "plain", False),
    "both wrote the same": ("person", "telephone", "1", "2", "2", "2", "", False),
    "only I changed it": ("person", "telephone", "1", "2", "1", "2", "", True),
    "only they changed it": ("person", "telephone", "1", "1", "3", "3", "", False),
    "consent given there does not overrule withdrawn here":
        ("consent", "status", "given", "withdrawn", "not_asked", "withdrawn", "caution", True),
    "consent given here does not overrule withdrawn there":
        ("consent", "status", "not_asked", "given", "withdrawn", "withdrawn", "caution", False),
    "an alert that was ended here and goes on there":
        ("flag", "until", "2026-12-01", "2026-11-01", None, None, "caution", False),
    "an alert that ends later here":
        ("flag", "until", "2026-10-01", "2026-12-01", "2026-11-01", "2026-12-01", "caution", True),
    "the higher risk": ("risk_score", "tier", "below", "very_high", "moderate", "very_high", "caution", True),
    "somebody who must not be contacted":
        ("personal_contact", "may_be_contacted", None, False, True, False, "caution", True),
    "a role that ends sooner there":
        ("role_held", "until", None, "2027-01-31", "2026-12-31", "2026-12-31", "caution", False),
    "a word of a newer version counts as cautious":
        ("consent", "status", "not_asked", "given", "suspended", "suspended", "caution", False),
    "done against stopped: never automatic":
        ("action", "status", "to_do", "done", "stopped", "stopped", "status", False),
    "the earlier due date is shown":
        ("action", "due", "2027-03-01", "2027-01-01", "2027-02-01", "2027-01-01", "earlier", True),
    "a due date against none": ("task", "due", "2027-03-01", None, "2027-02-01", "2027-02-01", "earlier", False),
    "groups: what either added, without what either took away":
        ("consent", "groups", "a,b,c", "a,c,d", "b,c,e", "c,e,d", "", True),
    "an order key: the store's": ("need", "order_key", "m", "c", "t", "t", "", False),
    "notes are never in dispute": ("meeting_note", "words", None, "mine", "theirs", "theirs", "", False),
    "the parent stands": ("need", "plan_id", "1", "2", "3", "3", "", False),
    "other paragraphs are joined, to be read over":
        ("need", "words", "one\n\ntwo", "ONE\n\ntwo", "one\n\nTWO", "ONE\n\nTWO", "joined", True),
    "the same paragraph": ("need", "words", "one\n\ntwo", "ONE\n\ntwo", "uno\n\ntwo", "uno\n\ntwo", "text", False),
    "new text on both sides": ("need", "words", "", "mine", "theirs", "theirs", "text", False),
    "an answer that both chose: a conflict, the store's is shown":
        ("answer", "value_json", '"often"', '"never"', '"rarely"', '"rarely"', "plain", False),
    "an answer that one took away and the other changed":
        ("answer", "value_json", '"a\\nb"', "null", '"a\\nc"', '"a\\nc"', "plain", False),
    "other paragraphs of an answer are joined":
        ("answer", "value_json", '"a\\n\\nb"', '"A\\n\\nb"', '"a\\n\\nB"', '"A\\n\\nB"', "joined", True),
    "the same paragraph of an answer":
        ("answer", "value_json", '"a\\n\\nb"', '"A\\n\\nb"', '"x\\n\\nb"', '"x\\n\\nb"', "text", False),
    "a text that was first written on both":
        ("answer", "value_json", "null", '"a\\nb"', '"c\\nd"', '"c\\nd"', "text", False),
    "an answer that is no JSON is a single value":
        ("answer", "value_json", "a\nb", "c\nb", "a\nd", "a\nd", "plain", False),
    "a sealed meeting stays sealed":
        ("meeting", "state", "under_way", "sealed", "cancelled", "sealed", "caution", True),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_column_that_both_changed_follows_its_rule(name: str) -> None:
    type_, column, before, mine, theirs, in_force, rule, sent = ROWS[name]
    result = merged(type_, {column: before}, {column: mine}, {column: theirs})
    assert result.values == {column: in_force}
    assert result.to_send == ({column: in_force} if sent else {})
    assert [(it.rule, it.base, it.mine, it.theirs, it.in_force) for it in result.disputes] == (
        [(rule, before, mine, theirs, in_force)] if rule else []
    )


def test_every_kind_of_row_is_tried_above() -> None:
    tried = {RULES[type_][column].kind for type_, column, *_ in ROWS.values()}
    assert tried == set(FieldKind) - {FieldKind.TRACE}


def test_different_columns_are_merged_without_a_dispute() -> None:
    base = {"what": "call", "status": "to_do", "due": None}
    result = merged("action", base, {"status": "done"}, {**base, "what": "call her daughter"})
    assert result.values == {"what": "call her daughter", "status": "done", "due": None}
    assert result.to_send == {"status": "done"}
    assert result.disputes == ()


def test_a_stamp_that_gave_way_is_kept_with_the_value_it_belongs_to() -> None:
    base = {"status": "proposed", "agreed_by": "", "agreed_at": None}
    mine = {"status": "agreed", "agreed_by": "Robin", "agreed_at": "2026-11-23T09:00:00.000Z"}
    result = merged("lead_allocation", base, mine, {"status": "ended", "agreed_by": "", "agreed_at": None})
    assert result.values == {"status": "ended", "agreed_by": "", "agreed_at": None}
    assert result.to_send == {}
    assert [it.rule for it in result.disputes] == [AppliedRule.STATUS]
    assert result.mine_more == {"agreed_by": "Robin", "agreed_at": "2026-11-23T09:00:00.000Z"}


def test_a_column_the_store_does_not_know_stays_and_one_this_program_does_not_know_is_kept() -> None:
    result = merged("need", {"words": "a"}, {"words": "b"}, {"of_the_future": 7})
    assert result.values == {"words": "b", "of_the_future": 7}
    assert result.to_send == {"words": "b"}


def test_the_same_record_made_on_two_laptops_is_one_where_nothing_differs() -> None:
    result = merged("locality", {}, {"id": "1", "name": "North"}, {"id": "1", "name": "North"})
    assert (result.to_send, result.disputes) == ({}, ())


PARAGRAPHS = st.lists(st.text("ab", max_size=3), max_size=5).map("\n".join)


@given(PARAGRAPHS, PARAGRAPHS)
def test_joining_with_an_unchanged_text_gives_the_changed_one(base: str, other: str) -> None:
    assert joined_paragraphs(base, base, other) == other
    assert joined_paragraphs(base, other, base) == other


@given(PARAGRAPHS, PARAGRAPHS, PARAGRAPHS)
def test_joining_gives_the_same_whichever_laptop_does_it(base: str, one: str, other: str) -> None:
    assert joined_paragraphs(base, one, other) == joined_paragraphs(base, other, one)


KEYS = st.lists(st.sampled_from("abcdef"), unique=True).map(",".join)


@given(KEYS, KEYS, KEYS)
def test_merged_keys_hold_what_either_added_and_not_what_either_took_away(base: str, mine: str, theirs: str) -> None:
    before, here, there = (set(filter(None, text.split(","))) for text in (base, mine, theirs))
    kept = set(filter(None, merged_keys(base, mine, theirs).split(",")))
    assert kept == (there | (here - before)) - (before - here)


@given(st.sampled_from(sorted(RULES)), st.data())
def test_no_edit_is_lost_without_a_dispute(type_: str, data: st.DataObject) -> None:
    """Whatever both changed is in force, in a dispute, or in a column whose rule says that the store's stands."""
    silent = (FieldKind.FIXED, FieldKind.PLACE, FieldKind.ONCE, FieldKind.TRACE, FieldKind.SET)
    column = data.draw(st.sampled_from(sorted(RULES[type_])))
    value = st.sampled_from(["a", "b", "c\n\nd", "2026-11-01", None])
    base, mine, theirs = ({column: data.draw(value)} for _ in range(3))
    result = merged(type_, base, mine, theirs)
    was_edited = mine != base
    if was_edited and RULES[type_][column].kind not in silent and result.values[column] != mine[column]:
        assert [it.mine for it in result.disputes] == [mine[column]]
    _same_on_the_other_side(type_, base, mine, theirs, result.values)


def _same_on_the_other_side(type_: str, base: Any, mine: Any, theirs: Any, values: Any) -> None:
    """Merging again what was merged changes nothing."""
    again = merged(type_, base, values, theirs)
    assert again.values == values or RULES[type_][next(iter(mine))].kind is FieldKind.TEXT
