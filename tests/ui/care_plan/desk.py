"""A care plan page in the real window over a real store, and what a test asks of it."""

from collections.abc import Callable

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mdt_desktop.services.plan_desk import PlanSummary
from mdt_desktop.ui.care_plan.page import CarePlanPage
from mdt_desktop.ui.care_plan.part_row import PartRow
from mdt_desktop.ui.widgets.question_box import QuestionBox
from tests.helpers.plans import CaseInStore
from tests.helpers.window import Shell

Open = Callable[[], CarePlanPage]


def stored(case: CaseInStore, page: CarePlanPage) -> PlanSummary:
    assert page.plan is not None
    return case.program.services.case_file.plan(page.plan.id)


def field(row: PartRow, name: str) -> QWidget:
    assert row.editor is not None
    return row.editor.inputs[name]


def type_into(widget: QWidget, text: str) -> None:
    assert isinstance(widget, QPlainTextEdit)
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def rows(page: CarePlanPage, kind: str) -> list[PartRow]:
    return [row for row in page.document.rows() if row.kind == kind]


def most_important(page: CarePlanPage) -> QPlainTextEdit:
    edit = page.document.about.texts["most_important"].edit
    assert edit is not None
    return edit


def questions(shell: Shell) -> list[QuestionBox]:
    return [box for box in shell.window.findChildren(QuestionBox) if box.isVisible()]
