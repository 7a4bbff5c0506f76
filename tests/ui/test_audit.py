"""The audit page through its real widgets, over a real store: filters, proof of the chain, reviews of broken glass."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program, Services
from mdt_desktop.domain.audit import ActKind
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import AccessRole, NotPermitted
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.services.audits import AuditQuery
from mdt_desktop.ui.audit.columns import AuditColumn
from mdt_desktop.ui.audit.glass_view import GlassColumn
from mdt_desktop.ui.audit.page import AuditPage
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.hits import PersonHit
from mdt_desktop.ui.messages import Answer, Messages, Notice, Question
from mdt_desktop.ui.operations import Operations
from tests.helpers.borough import a_person_with_case, a_place, a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_administrator_elsewhere, audited, give
from tests.helpers.window import until_idle

WHY = "The ambulance crew asks for her medicines."


@dataclass
class Presenter:
    """Keeps what is told."""

    told: list[str] = field(default_factory=list)

    def show_notice(self, notice: Notice) -> None:
        self.told.append(notice.words)

    def show_question(self, question: Question, answer: Answer) -> None:
        raise AssertionError(question.words)


class Screen:
    """Audit pages over one store, for whoever is at the keyboard."""

    def __init__(self, qtbot: QtBot, program: Program) -> None:
        self.qtbot, self.program = qtbot, program
        self.person, _ = a_person_with_case(program, a_place(program), Stage.IDENTIFIED)
        self.operations = Operations(Broadcasts())
        self.messages, self.presenter = Messages(), Presenter()
        self.messages.show_on(self.presenter)
        self.hits: list[PersonHit] = []
        self.pages: list[AuditPage] = []

    def page(self, services: Services | None = None, **arguments: object) -> AuditPage:
        page = AuditPage(services or self.program.services, self.operations, self.messages, lambda _: self.hits)
        page.resize(1198, 700)
        page.show()
        self.pages.append(page)
        page.shown(arguments)
        self.settle()
        return page

    def settle(self, true: Callable[[], bool] = lambda: True) -> None:
        until_idle(self.qtbot, self.operations)
        self.qtbot.waitUntil(true, timeout=10_000)

    def somebody(self, job: Role, name: str) -> Services:
        """A colleague whose refusals wait for the writer, as they do in a window."""
        services = a_colleague(self.program, job, name)
        services.access.notes.wake = lambda: None
        return services

    def a_broken_glass(self) -> Services:
        """The record is restricted and a nurse broke the glass; the information-governance lead."""
        self.program.services.restrictions.restrict(self.person, "Works at the surgery herself.")
        self.somebody(Role.COMMUNITY_NURSE, "Nora Nurse").restrictions.break_glass(self.person, WHY)
        lead = self.somebody(Role.SOCIAL_WORKER, "Ivy Governs")
        give(self.program, lead, AccessRole.IG_LEAD)
        return lead

    def close(self) -> None:
        for page in self.pages:
            page.close()
            page.deleteLater()
        self.operations.close()


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path, clock: FrozenClock) -> Iterator[Screen]:
    with a_store(tmp_path, clock) as program:
        made = Screen(qtbot, program)
        yield made
        made.close()


def column(page: AuditPage, of: AuditColumn) -> list[str]:
    model = page.model
    return [str(model.data(model.index(row, of), Qt.ItemDataRole.DisplayRole)) for row in range(model.rowCount())]


def readable(page: AuditPage) -> str:
    return "\n".join(it.text() for it in page.findChildren(QLabel) if it.isVisible())


def test_every_act_stands_there_the_latest_first_and_looking_is_an_act_itself(screen: Screen) -> None:
    screen.program.services.case_file.viewed(screen.person)
    page = screen.page()
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert column(page, AuditColumn.WHAT)[0] == "Viewed"
    assert column(page, AuditColumn.ABOUT)[0] != ""
    assert page.header.summary.text() == f"{page.model.rowCount():,} entries, the latest first"
    assert len(audited(screen.program, "see_audit")) == 1
    tester.deleteLater()


def test_each_filter_narrows_the_list_and_one_button_takes_them_all_back(screen: Screen, clock: FrozenClock) -> None:
    clock.advance(timedelta(days=3))
    purpose = Purpose(PrintReason.FOR_THE_PERSON)
    screen.program.services.printing.record_print(screen.person, purpose, cancelled=True)
    nurse = screen.somebody(Role.COMMUNITY_NURSE, "Nora Nurse")
    nurse.case_file.viewed(screen.person)
    page = screen.page()
    everything = page.model.rowCount()
    assert not page.filters.clear.isVisible()

    page.filters.act.setCurrentIndex(page.filters.act.findData(ActKind.PRINT.value))
    page.filters.act.activated.emit(page.filters.act.currentIndex())
    screen.settle()
    assert len(column(page, AuditColumn.WHAT)) == 1
    assert page.header.summary.text() == "1 entry"

    page.filters.clear.click()
    screen.settle()
    assert page.filters.query == AuditQuery()
    assert page.model.rowCount() >= everything

    page.filters.who.setCurrentIndex(page.filters.who.findText("Nora Nurse"))
    page.filters.who.activated.emit(page.filters.who.currentIndex())
    screen.settle()
    assert set(column(page, AuditColumn.WHO)) == {"Nora Nurse"}

    page.filters.clear.click()
    box = page.filters.since.inputs()[0]
    box.setFocus()
    QTest.keyClicks(box, cui_date(clock().date()))
    QTest.keyClick(box, Qt.Key.Key_Return)
    screen.settle(lambda: page.filters.query.since is not None)
    assert 0 < page.model.rowCount() < everything


def test_words_of_a_reason_are_looked_for_while_one_types_and_nothing_found_is_said(screen: Screen) -> None:
    screen.a_broken_glass()
    page = screen.page()
    page.filters.text.setText("AMBULANCE")
    screen.settle(lambda: page.filters.query.text == "AMBULANCE")
    screen.settle()
    assert set(column(page, AuditColumn.WHY)) == {WHY}
    page.filters.text.setText("no such reason")
    screen.settle(lambda: page.found.currentWidget() is page.nothing)
    assert "No entry fits these filters" in readable(page)


def test_a_person_is_found_by_what_is_typed_and_over_that_the_list_is_about_everybody_again(screen: Screen) -> None:
    page = screen.page()
    everything = page.model.rowCount()
    screen.hits = [PersonHit(screen.person, "ONE, Person", "")]
    QTest.keyClicks(page.filters.person, "one")
    QTest.keyClick(page.filters.person, Qt.Key.Key_Return)
    screen.settle(lambda: page.filters.query.person_id == screen.person)
    screen.settle()
    assert page.filters.person.text() == "ONE, Person"
    assert 0 < page.model.rowCount() < everything
    QTest.keyClick(page.filters.person, Qt.Key.Key_Backspace)
    screen.settle()
    assert page.filters.query.person_id == ""
    assert page.model.rowCount() >= everything


@pytest.mark.parametrize("hits", [0, 2])
def test_nobody_or_several_people_are_offered_in_a_menu(screen: Screen, hits: int) -> None:
    page = screen.page()
    screen.hits = [PersonHit(screen.person, f"NUMBER, {n}", "") for n in range(hits)]
    QTest.keyClicks(page.filters.person, "number")
    QTest.keyClick(page.filters.person, Qt.Key.Key_Return)
    screen.settle(lambda: page.filters.findChild(QMenu) is not None)
    menu = page.filters.findChild(QMenu)
    assert isinstance(menu, QMenu)
    actions = menu.actions()
    if hits:
        actions[1].trigger()
        assert page.filters.query.person_id == screen.person
    else:
        assert (actions[0].text(), actions[0].isEnabled()) == ("Nobody is found by that", False)
    menu.close()
    screen.settle()


def test_the_page_opens_narrowed_to_the_person_whom_it_is_asked_about(screen: Screen) -> None:
    screen.program.services.case_file.viewed(screen.person)
    page = screen.page(person_id=screen.person, name="ONE, Person")
    assert page.filters.person.text() == "ONE, Person"
    assert len(set(column(page, AuditColumn.ABOUT))) == 1


def test_the_chain_is_proved_and_a_changed_entry_is_named(screen: Screen) -> None:
    page = screen.page()
    page.prove.click()
    screen.settle(lambda: bool(screen.presenter.told))
    assert "holds" in screen.presenter.told[0]
    assert page.prove.isEnabled()
    writer = screen.program.access.database.writer
    triggers = writer.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    for (trigger,) in triggers.fetchall():
        writer.execute(f"DROP TRIGGER {trigger}")
    writer.execute("UPDATE audit_entry SET actor = 'Somebody Else' WHERE seq = 2")
    writer.commit()
    page.prove.click()
    screen.settle(lambda: len(screen.presenter.told) == 2)
    assert "at entry 2" in screen.presenter.told[1]


def test_whoever_may_not_see_the_audit_reads_why_and_for_whom_it_is(screen: Screen) -> None:
    an_administrator_elsewhere(screen.program)
    nurse = screen.somebody(Role.COMMUNITY_NURSE, "Nora Nurse")
    page = screen.page(nurse)
    assert "You work here as: Clinician" in readable(page)
    assert page.model.rowCount() == 0
    assert not page.prove.isEnabled()
    with pytest.raises(NotPermitted):
        nurse.audits.lines(screen.program.services.audits.listing(AuditQuery()), 0, 5)


def test_the_ig_lead_records_what_came_of_a_broken_glass_and_it_leaves_the_list(screen: Screen) -> None:
    lead = screen.a_broken_glass()
    page = screen.page(lead, tab="glass")
    assert page.tabs.tabText(1) == "Broken glass (1 to review)"
    model = page.glass.model
    row = [str(model.data(model.index(0, it), Qt.ItemDataRole.DisplayRole)) for it in GlassColumn]
    assert (row[GlassColumn.WHO], row[GlassColumn.WHY], row[GlassColumn.REVIEW]) == (
        "Nora Nurse", WHY, "Not reviewed yet",
    )  # fmt: skip
    page.glass.review.click()
    sheet = page.sheet
    assert sheet is not None
    sheet.said.setPlainText("ok")
    sheet.save.click()
    screen.settle()
    assert page.sheet is sheet, "too short a sentence keeps the sheet open with what was typed"
    assert "short sentence" in readable(page)
    sheet.said.setPlainText("The ambulance service confirmed the call.")
    sheet.save.click()
    screen.settle(lambda: page.sheet is None)
    screen.settle()
    assert page.glass.model.rowCount() == 0
    assert "Nothing to review" in readable(page)
    assert page.tabs.tabText(1) == "Broken glass"
    page.glass.all.click()
    screen.settle(lambda: page.glass.model.rowCount() == 1)
    said = str(page.glass.model.data(page.glass.model.index(0, GlassColumn.REVIEW), Qt.ItemDataRole.DisplayRole))
    assert said.endswith("Ivy Governs: The ambulance service confirmed the call.")


def test_an_administrator_sees_broken_glass_and_is_told_why_the_review_is_not_theirs(screen: Screen) -> None:
    screen.a_broken_glass()
    page = screen.page(screen.somebody(Role.MDT_ADMINISTRATOR, "Ada Admin"), tab="glass")
    assert page.glass.model.rowCount() == 1
    assert not page.glass.review.isEnabled()
    assert "You work here as" in page.glass.review.toolTip()
    page.glass.table.opened.emit(page.glass.model.index(0, 0))
    assert page.sheet is None
