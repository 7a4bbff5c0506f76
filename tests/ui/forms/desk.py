"""Small questionnaires for tests of the form engine, and what a test asks of a form."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from pytestqt.qtbot import QtBot

from mdt_desktop.domain.questionnaire import Answers, Condition, Item, ItemType, Operator, Option, Questionnaire, Value
from mdt_desktop.ui.forms.blocks import QuestionBlock, RowsBlock
from mdt_desktop.ui.forms.questionnaire_form import QuestionnaireForm

TODAY = date(2026, 11, 23)
YES_NO_MAYBE = (Option("yes", "Certainly"), Option("no", "Not so"), Option("none", "None", exclusive=True))
MANY = tuple(Option(f"c{number}", f"Choice {number}") for number in range(9))
_Field = TypeVar("_Field")
Build = Callable[..., QuestionnaireForm]


def show(
    qtbot: QtBot, questionnaire: Questionnaire, answers: Answers | None = None, *, read_only: bool = False
) -> QuestionnaireForm:
    form = QuestionnaireForm(questionnaire, answers, today=lambda: TODAY, read_only=read_only)
    qtbot.addWidget(form)
    form.resize(900, 600)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def question(link_id: str, kind: ItemType, **more: object) -> Item:
    return Item(link_id, f"About {link_id}", kind, **more)  # type: ignore[arg-type]  # a builder for tests


def group(link_id: str, *items: Item, **more: object) -> Item:
    return question(link_id, ItemType.GROUP, items=items, **more)


def when(link_id: str, value: Value) -> tuple[Condition, ...]:
    return (Condition(link_id, Operator.EQUAL, value),)


def block(form: QuestionnaireForm, link_id: str, position: str = "") -> QuestionBlock:
    found = form.page.question(link_id, position)
    assert found is not None
    return found


def field(form: QuestionnaireForm, kind: type[_Field], link_id: str = "q", position: str = "") -> _Field:
    found = block(form, link_id, position).field
    assert isinstance(found, kind)
    return found


def is_asked(form: QuestionnaireForm, link_id: str, position: str = "") -> bool:
    found = form.page.question(link_id, position)
    return found is not None and found.isVisible()


def shows_error(form: QuestionnaireForm, link_id: str) -> bool:
    error = block(form, link_id).error
    return error is not None and error.isVisible()


class Heard:
    """What a form has sent."""

    def __init__(self, form: QuestionnaireForm) -> None:
        self.changes: list[tuple[str, str, object]] = []
        form.answer_changed.connect(lambda *change: self.changes.append(change))

    def last(self) -> tuple[str, str, object]:
        return self.changes[-1]


def rows(form: QuestionnaireForm) -> RowsBlock:
    (found,) = [one for one in form.page.blocks if isinstance(one, RowsBlock)]
    return found


def carers() -> Item:
    return group(
        "carer",
        question("name", ItemType.STRING),
        question("well", ItemType.BOOLEAN),
        question("why", ItemType.TEXT, conditions=when("well", False)),
        repeats=True,
    )
