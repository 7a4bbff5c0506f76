"""A case in a store, the window, and the care plan page opened on the case."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.care_plan.page import CarePlanPage
from tests.helpers.plans import CaseInStore
from tests.helpers.window import Shell, a_shell, until_idle
from tests.ui.care_plan.desk import Open


@pytest.fixture
def shell(case: CaseInStore, qapp: object) -> Iterator[Shell]:
    with a_shell(case.program) as made:
        made.register("care_plan", lambda: CarePlanPage(case.program, made.window))
        yield made


@pytest.fixture
def open_page(case: CaseInStore, shell: Shell, qtbot: QtBot) -> Open:
    def open_it() -> CarePlanPage:
        shell.window.show_page("care_plan", case_id=case.case_id)
        until_idle(qtbot, shell.operations)
        page = shell.window.page
        assert isinstance(page, CarePlanPage)
        return page

    return open_it
