"""The plan and the assessment for whoever may read and not write them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.assessment.page import AssessmentPage
from mdt_desktop.ui.care_plan.page import CarePlanPage
from mdt_desktop.ui.care_plan.part_row import Mode
from mdt_desktop.ui.pages import Page
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_administrator_elsewhere
from tests.helpers.plans import CaseInStore, a_case, a_ready_draft
from tests.helpers.window import Shell, a_shell, until_idle


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        an_administrator_elsewhere(made.program)
        yield made


@pytest.fixture
def shell(case: CaseInStore, qapp: object) -> Iterator[Shell]:
    with a_shell(case.program) as made:
        yield made


def shown_to(job: Role, key: str, case: CaseInStore, shell: Shell, qtbot: QtBot, **more: str) -> Page:
    services = a_colleague(case.program, job)
    services.access.notes.wake = lambda: None
    program = replace(case.program, services=services, access=services.access)
    if key == "care_plan":
        shell.register(key, lambda: CarePlanPage(program, shell.window))
    else:
        shell.register(key, lambda: AssessmentPage(services, shell.operations, shell.messages, shell.window))
    shell.window.show_page(key, case_id=case.case_id, **more)
    until_idle(qtbot, shell.operations)
    page = shell.window.page
    assert page is not None
    return page


def test_an_administrator_reads_a_draft_prints_it_and_is_told_who_agrees_it(
    case: CaseInStore, shell: Shell, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = shown_to(Role.MDT_ADMINISTRATOR, "care_plan", case, shell, qtbot)
    assert isinstance(page, CarePlanPage)
    assert page.document.mode is Mode.READ
    assert page.closed.isVisible()
    assert page.closed.why.text()
    assert not page.rail.ready.agree.isEnabled()
    assert "You work here as: Administrator" in page.rail.ready.agree.toolTip()
    assert page.rail.paper.print.isEnabled()


def test_a_nurse_writes_in_a_draft_and_does_not_agree_it(case: CaseInStore, shell: Shell, qtbot: QtBot) -> None:
    a_ready_draft(case)
    page = shown_to(Role.COMMUNITY_NURSE, "care_plan", case, shell, qtbot)
    assert isinstance(page, CarePlanPage)
    assert page.document.mode is Mode.EDIT
    assert not page.rail.ready.agree.isEnabled()
    assert "You work here as: Clinician" in page.rail.ready.agree.toolTip()


def test_where_there_is_no_plan_an_administrator_cannot_start_one(
    case: CaseInStore, shell: Shell, qtbot: QtBot
) -> None:
    page = shown_to(Role.MDT_ADMINISTRATOR, "care_plan", case, shell, qtbot)
    assert isinstance(page, CarePlanPage)
    assert page.empty.isVisible()
    assert not page.empty.step.isEnabled()
    assert "You work here as: Administrator" in page.empty.step.toolTip()


def test_a_volunteer_to_whom_nothing_is_shared_sees_nothing_of_the_plan(
    case: CaseInStore, shell: Shell, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = shown_to(Role.VOLUNTEER, "care_plan", case, shell, qtbot)
    assert isinstance(page, CarePlanPage)
    assert page.plan is None
    assert not page.document.isVisible()


def test_a_chair_reads_an_assessment_and_neither_answers_nor_signs(
    case: CaseInStore, shell: Shell, qtbot: QtBot
) -> None:
    made = case.program.services.assessments.start(case.case_id, "joint-assessment").made
    page = shown_to(Role.MDT_CHAIR, "assessment", case, shell, qtbot, assessment_id=made)
    assert isinstance(page, AssessmentPage)
    assert page.filling is not None
    assert not page.filling.editing
    assert not page.filling.bar.sign.isEnabled()
    assert "You work here as: Chair" in page.filling.bar.sign.toolTip()


def test_a_chair_starts_no_assessment(case: CaseInStore, shell: Shell, qtbot: QtBot) -> None:
    page = shown_to(Role.MDT_CHAIR, "assessment", case, shell, qtbot)
    assert isinstance(page, AssessmentPage)
    assert page.shelf is not None
    buttons = [card.button for card in page.shelf.cards]
    assert buttons
    assert not any(button.isEnabled() for button in buttons)
    assert "You work here as: Chair" in buttons[0].toolTip()
