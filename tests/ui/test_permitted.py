"""What may not be done is shown disabled with the reason as a sentence, on the pages that are about no one person."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import AccessRole, Permission, Standing
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.rights import Rights
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui.directory.page import DirectoryPage
from mdt_desktop.ui.directory.sheets import PractitionerSheet
from mdt_desktop.ui.imports.page import ImportsPage
from mdt_desktop.ui.keys.door import Door
from mdt_desktop.ui.pages import Page
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.settings.page import SettingsPage
from mdt_desktop.ui.start import Start
from tests.helpers.borough import SmallPlace, a_place, a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_administrator_elsewhere, audited
from tests.helpers.stores import make_store
from tests.helpers.window import Shell, a_shell, until_idle

CLINICIAN = "You work here as: Clinician"


@pytest.fixture
def program(tmp_path: Path, clock: FrozenClock) -> Iterator[Program]:
    """A store that somebody else administers, with a community nurse at the keyboard."""
    with a_store(tmp_path, clock) as made:
        an_administrator_elsewhere(made)
        nurse = a_colleague(made, Role.COMMUNITY_NURSE, "Nora Nurse")
        nurse.access.notes.wake = lambda: None
        yield replace(made, services=nurse, access=nurse.access)


@pytest.fixture
def place(program: Program) -> SmallPlace:
    return a_place(program)


@pytest.fixture
def shell(program: Program, qapp: object) -> Iterator[Shell]:
    with a_shell(program) as made:
        yield made


def shown(shell: Shell, page: Page, qtbot: QtBot) -> None:
    shell.register("tried", lambda: page)
    shell.window.show_page("tried")
    until_idle(qtbot, shell.operations)


def refused(widget: QWidget) -> str:
    assert not widget.isEnabled()
    return widget.toolTip()


def test_a_clinician_reads_the_directory_and_is_told_who_keeps_it(
    program: Program, place: SmallPlace, shell: Shell, qtbot: QtBot
) -> None:
    page = DirectoryPage(program.services, shell.operations, shell.messages)
    shown(shell, page, qtbot)
    assert CLINICIAN in refused(page.add)
    page.open_practitioner(next(it for it in program.services.directory.practitioners() if it.id == place.nurse))
    until_idle(qtbot, shell.operations)
    sheet = page.sheet
    assert isinstance(sheet, PractitionerSheet)
    assert CLINICIAN in refused(sheet.save)
    assert CLINICIAN in refused(sheet.end)


def test_a_clinician_reads_which_runs_are_in_and_no_file_is_taken(program: Program, shell: Shell, qtbot: QtBot) -> None:
    page = ImportsPage(program.services, shell.operations, shell.messages)
    shown(shell, page, qtbot)
    assert CLINICIAN in refused(page.overview.start)
    assert not page.acceptDrops()


def test_a_clinician_reads_in_the_settings_why_neither_rules_nor_the_audit_are_theirs(
    program: Program, data_folder: DataFolder, clock: FrozenClock, shell: Shell, qtbot: QtBot
) -> None:
    laptop: Any = SimpleNamespace(
        settings=LaptopSettings(), demo=True, door=Door(data_folder, clock), apply_settings=lambda: None,
        safeguards=None,
        lock_for_restore=lambda: None,
    )
    page = SettingsPage(program, shell.window, laptop)
    shown(shell, page, qtbot)
    assert CLINICIAN in refused(page.age_rule)
    assert CLINICIAN in refused(page.audit)
    assert CLINICIAN in refused(page.backups.restore)
    assert page.backups.back_up.isEnabled()
    assert CLINICIAN in page.age_why_not.text()
    assert page.age_why_not.isVisible()
    assert CLINICIAN in page.audit_about.text()
    assert page.works_as.text() == CLINICIAN


def test_a_control_gets_its_own_tip_back_when_it_is_permitted_again(qtbot: QtBot) -> None:
    button = QPushButton("Agree")
    qtbot.addWidget(button)
    button.setToolTip("Ctrl+Return")
    nurse = Rights(Standing(frozenset({AccessRole.CLINICIAN})))
    chair = Rights(Standing(frozenset({AccessRole.CHAIR})))
    assert not permit(button, nurse, Permission.AGREE_PLAN)
    assert CLINICIAN in refused(button)
    assert not permit(button, chair, Permission.AGREE_PLAN, also=False), "permitted, but nothing is ready"
    assert refused(button) == "Ctrl+Return"
    assert permit(button, chair, Permission.AGREE_PLAN)
    assert button.toolTip() == "Ctrl+Return"


@pytest.fixture
def start(qtbot: QtBot, data_folder: DataFolder, clock: FrozenClock) -> Iterator[Start]:
    """The program with its store open."""
    made = Start(data_folder, clock=clock)
    qtbot.addWidget(made.window)
    program, _ = make_store(data_folder, clock)
    made.enter(program)
    until_idle(qtbot, made.operations)
    yield made
    made.window.close()
    made.close()


def test_a_refusal_in_a_reading_thread_is_written_by_the_windows_writer(start: Start, qtbot: QtBot) -> None:
    program, told = start.program, list[Exception]()
    assert program is not None
    access = program.access
    start.operations.run_query(lambda: access.require(Permission.REVIEW_ACCESS), lambda _: None, told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    qtbot.waitUntil(lambda: audited(program, "refused") != [], timeout=10_000)
    until_idle(qtbot, start.operations)
    assert [(fields, why) for _, fields, why in audited(program, "refused")] == [("review_access", "role")]
