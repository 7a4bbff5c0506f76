"""What applies, what is missing and what an answer may be."""

from datetime import date
from decimal import Decimal

import pytest

from mdt_desktop.domain.answering import (
    Problem,
    Progress,
    accept,
    applicable,
    decode,
    draft,
    enabled_items,
    encode,
    missing_required,
    problems,
    progress,
    progress_of_sections,
    rows_of,
)
from mdt_desktop.domain.dates import DateAmbiguous
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.questionnaire import (
    Answers,
    Condition,
    Item,
    ItemType,
    NoSuchQuestion,
    Operator,
    Option,
    Part,
    Questionnaire,
    Value,
)

TODAY = date(2026, 11, 23)
YES_NO = (Option("yes", "Yes"), Option("no", "No"))


def question(link_id: str, kind: ItemType = ItemType.TEXT, **more: object) -> Item:
    return Item(link_id, f"About {link_id}", kind, **more)  # type: ignore[arg-type]  # a builder for tests


def group(link_id: str, *items: Item, **more: object) -> Item:
    return question(link_id, ItemType.GROUP, items=items, **more)


def form(*items: Item) -> Questionnaire:
    return Questionnaire("test", "https://example.org/test", "1", "Test", items)


def when(link_id: str, value: Value, operator: Operator = Operator.EQUAL) -> tuple[Condition, ...]:
    return (Condition(link_id, operator, value),)


def asked(questionnaire: Questionnaire, **values: Value) -> set[str]:
    answers = Answers({(link_id, ""): value for link_id, value in values.items()})
    return {spot.item.link_id for spot in enabled_items(questionnaire, answers)}


@pytest.mark.parametrize(
    ("operator", "expected", "given", "applies"),
    [
        pytest.param(Operator.EQUAL, True, True, True, id="yes asked for, yes given"),
        pytest.param(Operator.EQUAL, True, False, False, id="yes asked for, no given"),
        pytest.param(Operator.EQUAL, True, None, False, id="yes asked for, nothing given"),
        pytest.param(Operator.EQUAL, 1, True, False, id="yes is not the number one"),
        pytest.param(Operator.NOT_EQUAL, "no", "yes", True, id="anything but no"),
        pytest.param(Operator.NOT_EQUAL, "no", None, False, id="no answer is not another answer"),
        pytest.param(Operator.EXISTS, True, "x", True, id="answered"),
        pytest.param(Operator.EXISTS, True, None, False, id="answered asked for, not answered"),
        pytest.param(Operator.EXISTS, False, None, True, id="not answered"),
        pytest.param(Operator.MORE, 0, 1, True, id="more than none"),
        pytest.param(Operator.MORE, 0, 0, False, id="none is not more than none"),
        pytest.param(Operator.AT_LEAST, 2, Decimal("2.0"), True, id="at least two, decimal"),
        pytest.param(Operator.AT_MOST, 2, 3, False, id="at most two"),
        pytest.param(Operator.LESS, date(2026, 1, 1), date(2025, 1, 1), True, id="before a date"),
        pytest.param(Operator.LESS, date(2026, 1, 1), "unknown", False, id="an unknown date is not before"),
        pytest.param(Operator.MORE, 0, "3x", False, id="an unfinished number is not more"),
    ],
)
def test_a_question_is_asked_when_its_condition_holds(
    operator: Operator, expected: Value, given: Value | None, applies: bool
) -> None:
    questionnaire = form(question("first"), question("second", conditions=when("first", expected, operator)))
    values = {} if given is None else {"first": given}
    assert ("second" in asked(questionnaire, **values)) is applies


def test_all_conditions_must_hold_unless_any_is_enough() -> None:
    both = when("a", True) + when("b", True)
    kind = ItemType.BOOLEAN
    questionnaire = form(
        question("a", kind),
        question("b", kind),
        question("all", conditions=both),
        question("any", conditions=both, any_condition=True),
    )
    assert {"all", "any"} & asked(questionnaire, a=True) == {"any"}
    assert {"all", "any"} & asked(questionnaire, a=True, b=True) == {"all", "any"}


def test_the_answer_of_a_question_that_is_hidden_counts_as_absent() -> None:
    questionnaire = form(
        question("a", ItemType.BOOLEAN),
        question("b", ItemType.BOOLEAN, conditions=when("a", True)),
        question("c", conditions=when("b", True)),
    )
    assert "c" in asked(questionnaire, a=True, b=True)
    assert "c" not in asked(questionnaire, a=False, b=True)


def test_nothing_inside_a_hidden_group_is_asked() -> None:
    questionnaire = form(question("a", ItemType.BOOLEAN), group("g", question("inside"), conditions=when("a", True)))
    assert asked(questionnaire) == {"a"}
    assert asked(questionnaire, a=True) == {"a", "g", "inside"}


def carers() -> Questionnaire:
    return form(
        group(
            "carer",
            question("name", ItemType.STRING, required=True),
            question("well", ItemType.BOOLEAN),
            question("why", conditions=when("well", False)),
            repeats=True,
        )
    )


def test_a_condition_in_a_repeating_group_looks_at_its_own_row() -> None:
    answers = Answers({("well", "0"): True, ("well", "2"): False})
    spots = [(spot.item.link_id, spot.position) for spot in enabled_items(carers(), answers)]
    assert ("why", "2") in spots
    assert ("why", "0") not in spots


def test_rows_keep_their_numbers_and_stand_in_order_even_with_gaps() -> None:
    answers = Answers({("name", "10"): "C", ("name", "2"): "B", ("well", "0"): True})
    questionnaire = carers()
    assert rows_of(questionnaire, questionnaire.item("carer"), answers) == ("0", "2", "10")


def test_a_group_without_rows_asks_nothing_unless_it_is_required() -> None:
    assert missing_required(carers(), Answers()) == ()
    needed = form(group("carer", question("name", required=True), repeats=True, required=True))
    assert [(spot.item.link_id, spot.position) for spot in missing_required(needed, Answers())] == [("name", "0")]


def test_a_row_with_anything_in_it_needs_its_required_answer() -> None:
    (problem,) = problems(carers(), Answers({("well", "1"): True}))
    assert (problem.link_id, problem.position, problem.code) == ("name", "1", "answer_required")


def test_groups_that_repeat_inside_groups_that_repeat_have_a_number_for_each() -> None:
    inner = group("visit", question("when", ItemType.STRING), repeats=True)
    questionnaire = form(group("service", question("name"), inner, repeats=True))
    answers = Answers({("name", "1"): "Meals", ("when", "1.0"): "Monday", ("when", "1.3"): "Friday"})
    spots = [(s.item.link_id, s.position) for s in enabled_items(questionnaire, answers)]
    assert spots == [
        ("service", "1"),
        ("name", "1"),
        ("visit", "1.0"),
        ("when", "1.0"),
        ("visit", "1.3"),
        ("when", "1.3"),
    ]
    assert applicable(questionnaire, answers) == answers


def test_problems_are_found_for_one_part_only_when_asked() -> None:
    questionnaire = form(
        group("h", question("a", required=True), part=Part.HEALTH),
        group("s", question("b", required=True), part=Part.SOCIAL),
    )
    assert [problem.link_id for problem in problems(questionnaire, Answers())] == ["a", "b"]
    assert [problem.link_id for problem in problems(questionnaire, Answers(), Part.SOCIAL)] == ["b"]
    assert questionnaire.parts() == (Part.HEALTH, Part.SOCIAL)


@pytest.mark.parametrize(
    ("item", "value", "code"),
    [
        pytest.param(question("q", ItemType.INTEGER), "7x", "answer_not_whole_number", id="unfinished whole number"),
        pytest.param(question("q", ItemType.DECIMAL), "7,x", "answer_not_a_number", id="unfinished decimal"),
        pytest.param(question("q", ItemType.DATE), "5/4/2", "answer_not_a_date", id="unfinished date"),
        pytest.param(question("q", ItemType.INTEGER, minimum=Decimal(1)), 0, "answer_too_small", id="too small"),
        pytest.param(
            question("q", ItemType.DECIMAL, maximum=Decimal(9)), Decimal("9.1"), "answer_too_big", id="too big"
        ),
        pytest.param(
            question("q", ItemType.DATE, maximum=TODAY), date(2027, 1, 1), "answer_too_big", id="in the future"
        ),
        pytest.param(question("q", max_length=3), "four", "answer_too_long", id="too long"),
        pytest.param(question("q", ItemType.CHOICE, options=YES_NO), "maybe", "answer_not_an_option", id="no choice"),
        pytest.param(question("q", ItemType.BOOLEAN), "yes", "answer_not_yes_or_no", id="words for yes"),
        pytest.param(question("q", ItemType.INTEGER), True, "answer_not_whole_number", id="yes for a number"),
        pytest.param(question("q"), 3, "answer_not_text", id="a number for a text"),
    ],
)
def test_an_answer_of_the_wrong_kind_or_size_is_a_problem(item: Item, value: Value, code: str) -> None:
    (problem,) = problems(form(item), Answers({("q", ""): value}))
    assert problem.code == code


def test_an_unknown_date_and_other_words_of_an_open_choice_are_no_problem() -> None:
    questionnaire = form(
        question("d", ItemType.DATE, maximum=TODAY), question("o", ItemType.OPEN_CHOICE, options=YES_NO)
    )
    assert problems(questionnaire, Answers({("d", ""): "unknown", ("o", ""): "Now and then"})) == ()


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (ItemType.TEXT, "  two lines ", "  two lines "),
        (ItemType.TEXT, "   ", None),
        (ItemType.STRING, "", None),
        (ItemType.INTEGER, " 1,200 ", 1200),
        (ItemType.INTEGER, "-3", -3),
        (ItemType.DECIMAL, "72.50", Decimal("72.50")),
        (ItemType.DATE, "-2d", date(2026, 11, 21)),
        (ItemType.DATE, "unknown", "unknown"),
        (ItemType.BOOLEAN, False, False),
        (ItemType.BOOLEAN, None, None),
    ],
)
def test_what_is_typed_is_accepted(kind: ItemType, raw: object, value: Value | None) -> None:
    assert accept(question("q", kind), raw, TODAY) == value


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (ItemType.INTEGER, "3.5", "answer_not_whole_number"),
        (ItemType.INTEGER, "٣", "answer_not_whole_number"),
        (ItemType.INTEGER, "1" * 40, "answer_not_whole_number"),
        (ItemType.DECIMAL, "NaN", "answer_not_a_number"),
        (ItemType.DECIMAL, "1e999999", "answer_not_a_number"),
        (ItemType.DATE, "5/4/2", DateAmbiguous.code),
        (ItemType.TEXT, ["list"], "answer_not_text"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(kind: ItemType, raw: object, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        accept(question("q", kind), raw, TODAY)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        (ItemType.INTEGER, "72", 72),
        (ItemType.INTEGER, "72x", "72x"),
        (ItemType.INTEGER, "720", 720),
        (ItemType.DECIMAL, "720.5", Decimal("720.5")),
        (ItemType.DATE, "14-Aug-19", "14-Aug-19"),
        (ItemType.DATE, "14-Aug-1980", date(1980, 8, 14)),
        (ItemType.DATE, " ", None),
    ],
)
def test_while_somebody_types_nothing_is_lost(kind: ItemType, raw: str, kept: Value | None) -> None:
    maximum = None if kind is ItemType.DATE else Decimal(100)
    assert draft(question("q", kind, maximum=maximum), raw, TODAY) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ItemType.TEXT, "2026-11-23"),
        (ItemType.DATE, date(2026, 11, 23)),
        (ItemType.DATE, "unknown"),
        (ItemType.DATE, "5/4/2"),
        (ItemType.DECIMAL, Decimal("72.50")),
        (ItemType.DECIMAL, "72.x"),
        (ItemType.INTEGER, 7),
        (ItemType.INTEGER, "7x"),
        (ItemType.BOOLEAN, True),
    ],
)
def test_an_answer_survives_being_stored(kind: ItemType, value: Value) -> None:
    again = decode(question("q", kind), encode(value))
    assert again == value
    assert type(again) is type(value)


def test_progress_counts_only_what_applies() -> None:
    questionnaire = form(
        group("one", question("a", ItemType.BOOLEAN), question("b", conditions=when("a", True))),
        group("two", question("c"), question("words", ItemType.DISPLAY)),
    )
    assert progress(questionnaire, Answers()) == Progress(0, 2)
    answers = Answers({("a", ""): True, ("b", ""): "x"})
    assert progress_of_sections(questionnaire, answers) == {"one": Progress(2, 2), "two": Progress(0, 1)}
    assert progress(questionnaire, answers.changed("a", "", False), "one") == Progress(1, 1)


def test_hidden_answers_are_kept_but_not_counted_as_applicable() -> None:
    questionnaire = form(question("a", ItemType.BOOLEAN), question("b", conditions=when("a", True)))
    answers = Answers({("a", ""): False, ("b", ""): "typed before"})
    assert answers.get("b") == "typed before"
    assert applicable(questionnaire, answers) == Answers({("a", ""): False})


def test_changing_answers_makes_a_copy() -> None:
    before = Answers({("a", ""): "x"})
    after = before.changed("a", "", None).changed("b", "0", 1)
    assert (before.get("a"), after.get("a"), after.get("b", "0"), len(after)) == ("x", None, 1, 1)


def test_a_question_that_is_not_there_is_named() -> None:
    with pytest.raises(NoSuchQuestion) as caught:
        form(question("a")).item("z")
    assert caught.value.values == {"link_id": "z"}


def test_a_problem_carries_the_error_that_makes_its_sentence() -> None:
    (problem,) = problems(form(question("a", required=True)), Answers())
    assert isinstance(problem, Problem)
    assert problem.error.values == {"question": "About a"}
