"""The caseload page through its real widgets, over a real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from benchmarks.borough import empty, fill
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.risk import Tier
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.caseload import PEOPLE_AT_RISK, CaseloadFilter, CaseloadQuery, CaseloadSort
from mdt_desktop.services.changes import Changes
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.store.caseload_index import plain
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.caseload.columns import CaseloadColumn, name_of
from mdt_desktop.ui.caseload.page import CaseloadPage
from mdt_desktop.ui.caseload.views import kept, opened
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.colleagues import audited
from tests.helpers.paint_eye import PaintEye

PEOPLE = 400


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A store of 400 invented people."""
    with empty(DataFolder(tmp_path_factory.mktemp("borough") / "data")) as found:
        fill(found.access, PEOPLE)
        yield found


@pytest.fixture
def operations() -> Iterator[Operations]:
    """The threads, ended after the test."""
    found = Operations(Broadcasts())
    yield found
    found.close()


@pytest.fixture
def settings() -> LaptopSettings:
    return LaptopSettings()


def open_page(program: Program, operations: Operations, settings: LaptopSettings, qtbot: QtBot) -> CaseloadPage:
    make_application([], scheme="light")
    page = CaseloadPage(program.services, operations, Messages(), settings, lambda: None)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.shown({})
    settle(page, operations, qtbot)
    return page


@pytest.fixture
def page(program: Program, operations: Operations, settings: LaptopSettings, qtbot: QtBot) -> CaseloadPage:
    return open_page(program, operations, settings, qtbot)


def settle(page: CaseloadPage, operations: Operations, qtbot: QtBot) -> None:
    """Until the list is whole and nothing runs."""
    qtbot.waitUntil(lambda: operations.idle and not page.loader.waits and not page._soon.isActive(), timeout=5000)


def shown_names(page: CaseloadPage) -> list[str]:
    found = (page.model.row(number) for number in range(page.model.rowCount()))
    return [name_of(row) for row in found if row is not None]


def test_the_page_says_what_is_shown_how_sorted_and_how_many_of_how_many(page: CaseloadPage, program: Program) -> None:
    at_risk = program.services.coverage.headline().at_risk
    assert page.header.summary.text() == f"People at risk, highest risk first: {at_risk} of {PEOPLE}"
    assert page.model.rowCount() == at_risk
    assert page.measure.figures["at_risk"].number.text() == str(at_risk)


def test_typing_searches_and_escape_clears(
    page: CaseloadPage, program: Program, operations: Operations, qtbot: QtBot
) -> None:
    whole = page.model.rowCount()
    QTest.keyClicks(page.filters.search, "a")
    settle(page, operations, qtbot)
    wanted = replace(PEOPLE_AT_RISK, text="a")
    assert 0 < page.model.rowCount() == program.services.caseload.count(wanted) < whole
    assert "found by “a”" in page.header.summary.text()
    QTest.keyClick(page.filters.search, Qt.Key.Key_Escape)
    settle(page, operations, qtbot)
    assert page.model.rowCount() == whole


def test_new_rows_are_on_the_screen_when_that_is_told_and_the_same_rows_are_not_painted_twice(
    page: CaseloadPage, operations: Operations, qtbot: QtBot
) -> None:
    eye = PaintEye(page.table.viewport())
    first = page.model.row(0)
    assert first is not None
    for text, painted in (("a", True), (first.family_name, True), (f"{first.family_name} ", False)):
        eye.forget()
        with qtbot.waitSignal(page.painted):
            page.filters.search.setText(text)
        assert bool(eye.painted) is painted
        settle(page, operations, qtbot)
        assert page.loader.listing is not None
        assert page.model.rowCount() == page.loader.listing.total


def test_a_letter_typed_in_the_table_goes_to_the_search_box(page: CaseloadPage, qtbot: QtBot) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_B)
    assert page.filters.search.text() == "b"


def test_arrows_walk_from_the_search_box_and_enter_opens(page: CaseloadPage, qtbot: QtBot) -> None:
    for _ in range(3):
        QTest.keyClick(page.filters.search, Qt.Key.Key_Down)
    third = page.model.row(2)
    assert third is not None
    with qtbot.waitSignal(page.open_person_requested) as told:
        QTest.keyClick(page.filters.search, Qt.Key.Key_Return)
    assert told.args == [third.person_id]


def test_enter_opens_the_first_person_when_none_was_walked_to(page: CaseloadPage, qtbot: QtBot) -> None:
    first = page.model.row(0)
    assert first is not None
    with qtbot.waitSignal(page.open_person_requested) as told:
        QTest.keyClick(page.filters.search, Qt.Key.Key_Return)
    assert told.args == [first.person_id]


def test_space_shows_the_preview_of_the_row_and_escape_closes_it(
    page: CaseloadPage, operations: Operations, qtbot: QtBot
) -> None:
    page._go_to(1)
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    settle(page, operations, qtbot)
    row = page.model.row(1)
    assert row is not None
    assert page.preview.isVisible()
    assert page.preview.name.text() == name_of(row)
    QTest.keyClick(page.preview, Qt.Key.Key_Escape)
    assert not page.preview.isVisible()


def test_a_click_on_the_name_heading_sorts_by_name(page: CaseloadPage, operations: Operations, qtbot: QtBot) -> None:
    page.model.sort(CaseloadColumn.NAME, Qt.SortOrder.AscendingOrder)
    settle(page, operations, qtbot)
    names = [plain(name.rpartition(" (")[0].replace(", ", "\x1f")) for name in shown_names(page)]
    assert names == sorted(names)
    assert "by name from A" in page.header.summary.text()


def test_chips_filter_and_say_so(page: CaseloadPage, operations: Operations, qtbot: QtBot) -> None:
    page.filters.tiers[Tier.MODERATE].click()
    page.filters.no_lead.click()
    settle(page, operations, qtbot)
    assert page.query.filter == CaseloadFilter(tiers=frozenset({Tier.VERY_HIGH, Tier.HIGH}), has_lead=False)
    assert page.header.summary.text().startswith("Very high, High, no lead, highest risk first: ")
    page.filters.clear.click()
    settle(page, operations, qtbot)
    assert page.query.filter == PEOPLE_AT_RISK


def test_menus_choose_places_stages_leads_and_reviews(
    page: CaseloadPage, operations: Operations, qtbot: QtBot
) -> None:
    for chip in (page.filters.locality, page.filters.stage, page.filters.review):
        chip.choices.aboutToShow.emit()
        chip.choices.actions()[0].trigger()
    for chip in (page.filters.practice, page.filters.lead):
        chip.choices.aboutToShow.emit()
        menu = chip.choices.actions()[0].menu()
        assert menu is not None
        menu.actions()[0].trigger()  # type: ignore[attr-defined]  # the stubs give a plain object
    settle(page, operations, qtbot)
    wanted = page.query.filter
    assert len(wanted.localities) == len(wanted.practices) == 1
    assert wanted.stages == frozenset({Stage.IDENTIFIED})
    assert wanted.review_within == -1
    assert wanted.lead
    assert page.filters.stage.text() == "Stage: Identified"


def test_a_part_of_the_measure_opens_the_people_behind_it(
    page: CaseloadPage, program: Program, operations: Operations, qtbot: QtBot
) -> None:
    page.measure.opened.emit("with_both")
    settle(page, operations, qtbot)
    assert page.model.rowCount() == program.services.coverage.headline().with_both


def test_nobody_found_offers_everyone_when_somebody_else_matches(
    page: CaseloadPage, program: Program, operations: Operations, qtbot: QtBot
) -> None:
    below = next(row for row in program.services.caseload.start_of_everybody(PEOPLE) if row.tier is Tier.BELOW
                 and row.nhs_number)  # fmt: skip
    page.filters.search.setText(below.nhs_number)
    settle(page, operations, qtbot)
    assert page.stack.currentWidget() is page._nobody
    assert page._nobody.step.text() == "Search everyone"
    page._nobody.step.click()
    settle(page, operations, qtbot)
    assert shown_names(page) == [name_of(below)]
    assert page.stack.currentWidget() is page.split


def test_a_view_is_saved_without_the_text_and_opened_again(
    page: CaseloadPage, settings: LaptopSettings, operations: Operations, qtbot: QtBot
) -> None:
    page.show_query(CaseloadQuery(CaseloadFilter(text="smith", has_plan=False), CaseloadSort.NAME, True))
    page.views.save_requested.emit("No plan")
    assert [view.name for view in settings.caseload_views] == ["No plan"]
    page.views.opened.emit("")
    page.views.opened.emit("No plan")
    settle(page, operations, qtbot)
    assert page.query == CaseloadQuery(CaseloadFilter(has_plan=False), CaseloadSort.NAME, True)
    page.views.remove_requested.emit("No plan")
    assert settings.caseload_views == ()


def test_every_filter_survives_being_saved() -> None:
    query = CaseloadQuery(
        CaseloadFilter(
            tiers=frozenset({Tier.HIGH}), localities=frozenset({"01900000-0000-7000-8000-000000000001"}),
            practices=frozenset({"01900000-0000-7000-8000-000000000002"}), stages=frozenset({Stage.STEPPED_DOWN}),
            lead="01900000-0000-7000-8000-000000000003", review_within=30, has_plan=True, has_lead=False,
        ),
        CaseloadSort.REVIEW_DUE,
    )  # fmt: skip
    assert opened(kept("All", query)) == query


def test_a_change_elsewhere_refreshes_the_list_where_it_stands(
    page: CaseloadPage, operations: Operations, qtbot: QtBot
) -> None:
    page._go_to(4)
    names = shown_names(page)
    page.changed(Changes(frozenset({"person"}), frozenset()))
    settle(page, operations, qtbot)
    assert shown_names(page)[: len(names)] == names  # pages that nobody has looked at yet may have come meanwhile
    assert page.table.currentIndex().row() == 4


def test_columns_that_would_be_cut_off_stand_aside_while_somebody_is_previewed(
    page: CaseloadPage, operations: Operations, settings: LaptopSettings, qtbot: QtBot
) -> None:
    page.resize(1180, 700)
    shown = [number for number in CaseloadColumn if not page.table.isColumnHidden(number)]
    page._go_to(1)
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    settle(page, operations, qtbot)
    beside = [number for number in CaseloadColumn if not page.table.isColumnHidden(number)]
    assert beside == shown[: len(beside)]
    assert 2 <= len(beside) < len(shown)
    assert page.table.horizontalScrollBar().maximum() == 0
    assert all(page._layout_kept.is_shown(number) for number in shown)
    page._layout_kept.show_column(CaseloadColumn.LOCALITY, shown=True)
    kept_columns = {column.name: column.shown for column in settings.columns["caseload"]}
    assert kept_columns["waiting_for"]
    QTest.keyClick(page.preview, Qt.Key.Key_Escape)
    assert [number for number in CaseloadColumn if not page.table.isColumnHidden(number)] == [
        *shown,
        CaseloadColumn.LOCALITY,
    ]


def test_hidden_columns_are_remembered(
    page: CaseloadPage, program: Program, settings: LaptopSettings, operations: Operations, qtbot: QtBot
) -> None:
    page.columns.toggled_column.emit(int(CaseloadColumn.PRACTICE), True)
    page.columns.toggled_column.emit(int(CaseloadColumn.STAGE), False)
    again = open_page(program, operations, settings, qtbot)
    assert not again.table.isColumnHidden(CaseloadColumn.PRACTICE)
    assert again.table.isColumnHidden(CaseloadColumn.STAGE)


def test_the_model_keeps_qts_rules(page: CaseloadPage, operations: Operations, qtbot: QtBot) -> None:
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    page.filters.search.setText("a")
    settle(page, operations, qtbot)
    page.filters.search.clear()
    settle(page, operations, qtbot)
    tester.deleteLater()


def test_the_number_is_copied_as_it_is_written(page: CaseloadPage) -> None:
    row = page.model.row(0)
    assert row is not None
    QApplication.clipboard().clear()
    page._on_menu(0, page.mapToGlobal(page.rect().center()))
    menu = next(it for it in page.findChildren(type(page.views._menu)) if it.isVisible())
    menu.actions()[-1].trigger()
    menu.close()
    assert QApplication.clipboard().text().replace(" ", "") == row.nhs_number


def test_the_first_use_says_what_to_do(
    tmp_path: Path, operations: Operations, settings: LaptopSettings, qtbot: QtBot
) -> None:
    with empty(DataFolder(tmp_path / "data")) as program:
        page = open_page(program, operations, settings, qtbot)
        assert page.stack.currentWidget() is page._empty
        assert not page.filters.isVisible()
        with qtbot.waitSignal(page.import_requested):
            page._empty.step.click()
        settle(page, operations, qtbot)


def test_a_search_is_in_the_audit_once_when_its_words_rest_and_never_by_the_words(
    page: CaseloadPage, program: Program, operations: Operations, qtbot: QtBot
) -> None:
    before = len(audited(program, "search"))
    QTest.keyClicks(page.filters.search, "ab")
    settle(page, operations, qtbot)
    total = program.services.caseload.count(replace(PEOPLE_AT_RISK, text="ab"))
    qtbot.waitUntil(lambda: len(audited(program, "search")) > before and operations.idle, timeout=10_000)
    page.changed(Changes(kinds=frozenset({"person"})))
    settle(page, operations, qtbot)
    said = "1 person found" if total == 1 else f"{total} people found"
    assert [(fields, why) for _, fields, why in audited(program, "search")[before:]] == [("name", said)]


def test_somebody_found_and_opened_leaves_the_search_in_the_audit_at_once(
    page: CaseloadPage, program: Program, operations: Operations, qtbot: QtBot
) -> None:
    first = page.model.row(0)
    assert first is not None
    before = len(audited(program, "search"))
    page.filters.search.setText(first.family_name)
    settle(page, operations, qtbot)
    page.table.opened.emit(0)
    settle(page, operations, qtbot)
    assert [fields for _, fields, _ in audited(program, "search")[before:]] == ["name"]
