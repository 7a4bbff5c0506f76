"""The papers tab: added by dialog or drop, read in the program, saved as a copy, removed, and told where it cannot."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.exports import ListReason
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.case_papers import CasePapers
from mdt_desktop.services.changes import Changes
from mdt_desktop.store import blobs
from mdt_desktop.ui.case.page import TABS, CasePage
from mdt_desktop.ui.case.paper_sheets import AddPaperSheet, RemovePaperSheet, SavePaperSheet
from mdt_desktop.ui.case.papers import PaperColumn, PapersTab
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.new_file import NewFile
from tests.helpers.borough import SmallPlace, a_person, a_person_with_case
from tests.helpers.colleagues import a_colleague
from tests.helpers.papers import a_locked_pdf, a_pdf, a_turned_photo
from tests.ui.case.desk import CaseDesk


class Papers:
    """The tab of one case, and files beside it."""

    def __init__(self, desk: CaseDesk, program: Program, person: str, case: str, folder: Path) -> None:
        self.desk, self.program, self.person, self.case, self.folder = desk, program, person, case, folder

    @property
    def tab(self) -> PapersTab:
        tab = self.desk.page.tab("papers")
        assert isinstance(tab, PapersTab)
        return tab

    def file(self, content: bytes, name: str = "Discharge_letter.pdf") -> Path:
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def kept(self, content: bytes, title: str = "Letter", name: str = "letter.pdf") -> str:
        papers = self.program.services.case_papers
        return papers.add(self.case, papers.read_file(self.file(content, name)), title).made

    def open(self) -> PapersTab:
        self.desk.open(self.person, "papers")
        return self.tab

    def look(self, row: int = 0) -> PapersTab:
        tab = self.open()
        place = tab.table.visualRect(tab.model.index(row, PaperColumn.TITLE)).center()
        QTest.mouseClick(tab.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.desk.settle()
        return tab

    def acts(self) -> list[str]:
        rows = self.program.access.database.reader.execute(
            "SELECT action FROM audit_entry WHERE kind = 'case_paper' ORDER BY seq"
        )
        return [str(row[0]) for row in rows.fetchall()]


@pytest.fixture
def papers(desk: CaseDesk, program: Program, place: SmallPlace, tmp_path: Path) -> Papers:
    person, case = a_person_with_case(program, place, Stage.IDENTIFIED)
    return Papers(desk, program, person, case, tmp_path)


def dropped(widget: QWidget, *paths: Path) -> bool:
    """Drag files in and let go where the tab takes them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(widget.rect().center(), copy, mime, left, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(widget.rect().center()), copy, mime, left, none))
    return enter.isAccepted()


def answering(path: str) -> tuple[list[NewFile], Callable[[NewFile, QWidget, Callable[[str], None]], None]]:
    """In the place of the system's own dialog for a new file."""
    wanted: list[NewFile] = []

    def ask(new: NewFile, _: QWidget, answer: Callable[[str], None]) -> None:
        wanted.append(new)
        answer(path)

    return wanted, ask


def test_a_case_without_papers_says_what_could_be_here_and_a_dropped_file_is_kept(papers: Papers) -> None:
    tab = papers.open()
    assert "No papers yet" in papers.desk.words(tab)
    assert dropped(tab, papers.file(a_pdf(2)))
    papers.desk.settle()
    sheet = papers.desk.page.case.sheet
    assert isinstance(sheet, AddPaperSheet)
    assert sheet.title_edit.text() == "Discharge letter"
    assert "2 pages" in papers.desk.words(sheet)
    assert papers.acts() == [], "nothing is kept before somebody says so"
    sheet.save.click()
    papers.desk.settle()
    assert papers.desk.page.case.sheet is None
    assert tab.model.rowCount() == 1
    assert "1 paper" in papers.desk.words(tab)
    assert papers.acts() == ["create"]


def test_a_file_is_chosen_in_the_systems_dialog_and_needs_a_title(papers: Papers) -> None:
    tab = papers.open()
    tab.choose_file()
    (dialog,) = tab.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(papers.file(a_turned_photo(), "IMG_1.jpg")))
    dialog.close()
    papers.desk.settle()
    sheet = papers.desk.page.case.sheet
    assert isinstance(sheet, AddPaperSheet)
    sheet.title_edit.setText("  ")
    sheet.save.click()
    papers.desk.settle()
    assert "Say in a few words" in sheet.field.error.text()
    sheet.title_edit.setText("Planning sheet by hand")
    sheet.save.click()
    papers.desk.settle()
    assert [it.title for it in papers.program.services.case_papers.of_case(papers.case)] == ["Planning sheet by hand"]


def test_a_file_that_cannot_be_kept_is_told_and_no_sheet_opens(papers: Papers) -> None:
    tab = papers.open()
    assert dropped(tab, papers.file(a_locked_pdf(), "locked.pdf"))
    papers.desk.settle()
    assert "locked.pdf opens with a password only" in papers.desk.answering.notices[-1]
    assert papers.desk.page.case.sheet is None


def test_several_files_at_once_and_what_is_no_file_are_not_taken(papers: Papers) -> None:
    tab = papers.open()
    assert not dropped(tab, papers.file(a_pdf(), "a.pdf"), papers.file(a_pdf(), "b.pdf"))
    assert not dropped(tab)


def test_a_paper_is_read_inside_the_program_and_looking_at_it_is_recorded(papers: Papers) -> None:
    papers.kept(a_pdf(3))
    tab = papers.look()
    viewer = tab.viewer
    assert viewer.state is viewer.pages
    papers.desk.qtbot.waitUntil(lambda: viewer.pages.sheets[0].image is not None)
    assert "Page 1 of 3" in papers.desk.words(viewer)
    assert papers.acts() == ["create", "view"]
    papers.desk.page.reload()
    papers.desk.settle()
    assert viewer.state is viewer.pages, "reading the case again leaves the paper open"
    assert papers.acts() == ["create", "view"]


def test_arrow_keys_move_and_enter_opens(papers: Papers) -> None:
    for number in range(2):
        papers.kept(a_pdf(1 + number), f"Letter {number}", f"{number}.pdf")
    tab = papers.open()
    tab.table.setFocus()
    tab.table.selectRow(0)
    QTest.keyClick(tab.table, Qt.Key.Key_Down)
    papers.desk.settle()
    assert tab.viewer.paper is None, "whoever goes along the list has looked at nothing"
    QTest.keyClick(tab.table, Qt.Key.Key_Return)
    papers.desk.settle()
    assert tab.viewer.state is tab.viewer.pages
    assert tab.viewer.paper == tab.model.row(1)


def test_a_tall_picture_keeps_its_shape(papers: Papers) -> None:
    papers.kept(a_turned_photo(), "Photo", "photo.jpg")
    (sheet,) = papers.look().viewer.pages.sheets
    assert sheet.height() > sheet.width()


def test_a_copy_leaves_with_a_reason_and_one_that_is_called_off_is_recorded(papers: Papers) -> None:
    content = a_pdf()
    papers.kept(content)
    tab = papers.look()
    wanted, tab.ask_new_file = answering("")
    papers.desk.press("save_paper", tab)
    sheet = papers.desk.page.case.sheet
    assert isinstance(sheet, SavePaperSheet)
    assert "not encrypted" in papers.desk.words(sheet)
    assert "only your team can open it" in papers.desk.words(sheet)
    sheet.save.click()
    papers.desk.settle()
    assert sheet.problem.isVisible(), "a reason is asked for"
    sheet.reasons[ListReason.FOR_VISITS].setChecked(True)
    sheet.save.click()
    papers.desk.settle()
    assert [it.name for it in wanted] == ["case-paper-1.pdf"]
    assert papers.acts() == ["create", "view", "export"]
    out = papers.folder / "copy.pdf"
    _, sheet._ask_file = answering(str(out))
    sheet.save.click()
    papers.desk.settle()
    assert out.read_bytes() == content
    assert papers.acts()[-1] == "export"
    assert papers.desk.page.case.sheet is None
    assert "A copy was saved as copy.pdf." in papers.desk.answering.notices


def test_a_paper_is_removed_with_a_reason_that_stays(papers: Papers) -> None:
    papers.kept(a_pdf())
    tab = papers.look()
    papers.desk.press("remove_paper", tab)
    sheet = papers.desk.page.case.sheet
    assert isinstance(sheet, RemovePaperSheet)
    sheet.save.click()
    papers.desk.settle()
    assert "Say why" in sheet.field.error.text()
    sheet.reason.setPlainText("It was somebody else's.")
    sheet.save.click()
    papers.desk.settle()
    assert tab.viewer.state is tab.viewer.trouble
    assert "It was somebody else's." in papers.desk.words(tab.viewer)
    assert not tab.viewer.save.isEnabled()
    assert tab.model.index(0, PaperColumn.STATE).data() == "Removed"


def a_paper_elsewhere(papers: Papers) -> tuple[PapersTab, str, bytes]:
    """A paper of which only the record is here."""
    content = a_pdf(2)
    paper = papers.kept(content)
    with papers.program.access.database.bulk_writes() as connection:
        for (sha256,) in connection.execute("SELECT sha256 FROM blob").fetchall():
            blobs.forget(connection, sha256)
    return papers.look(), paper, content


def test_content_that_is_elsewhere_is_fetched_with_a_click_and_shown(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, paper, content = a_paper_elsewhere(papers)
    said: list[str] = []

    def fetch(service: CasePapers, paper_id: str, write: Any, stopped: Any, moved: Any) -> Changes:
        """As from a central store: two parts, each told."""
        sha256 = service.paper(paper_id).sha256
        write(lambda it: blobs.begin(it, sha256, len(content)))
        moved(0, len(content))
        said.append(tab.viewer.loading.words.text())
        write(lambda it: blobs.take(it, sha256, 0, content))
        moved(len(content), len(content))
        return Changes(frozenset({"blob"}), frozenset({paper_id}))

    monkeypatch.setattr(CasePapers, "fetch", fetch)
    assert "at the central store and not on this laptop" in papers.desk.words(tab.viewer)
    assert not tab.viewer.save.isEnabled()
    QTest.mouseClick(tab.viewer.trouble.step, Qt.MouseButton.LeftButton)
    papers.desk.settle()
    papers.desk.settle()
    assert tab.viewer.state is tab.viewer.pages
    assert tab.viewer.save.isEnabled()
    assert said == ["Fetching Letter"]
    assert papers.program.services.case_papers.content(paper) == content


def test_where_content_cannot_be_fetched_it_says_why_and_can_be_tried_again(papers: Papers) -> None:
    tab, _, _ = a_paper_elsewhere(papers)
    for _ in range(2):
        QTest.mouseClick(tab.viewer.trouble.step, Qt.MouseButton.LeftButton)
        papers.desk.settle()
        assert "has not arrived at the central store" in papers.desk.words(tab.viewer)
        assert tab.viewer.trouble.step.text() == "Fetch it"


def test_content_that_is_not_here_and_content_that_is_damaged_are_told(papers: Papers) -> None:
    papers.kept(a_pdf())
    with papers.program.access.database.bulk_writes() as connection:
        connection.execute("UPDATE blob_piece SET content = zeroblob(9)")
    tab = papers.look()
    assert "changed or damaged" in papers.desk.words(tab.viewer)
    with papers.program.access.database.bulk_writes() as connection:
        for (sha256,) in connection.execute("SELECT sha256 FROM blob").fetchall():
            blobs.forget(connection, sha256)
    papers.desk.page.reload()
    papers.desk.settle()
    assert "not on this laptop" in papers.desk.words(tab.viewer)
    assert tab.model.index(0, PaperColumn.STATE).data() == "Not here yet"


def test_nothing_of_a_paper_stays_when_the_next_person_comes(
    papers: Papers, program: Program, place: SmallPlace
) -> None:
    papers.kept(a_pdf())
    tab = papers.look()
    other, _ = a_person_with_case(program, place, Stage.IDENTIFIED, nhs_number=None)
    papers.desk.open(other, "papers")
    assert (tab.viewer.opened, tab.viewer.pages.sheets, tab.model.rowCount()) == (None, [], 0)
    assert "No papers yet" in papers.desk.words(tab)


def test_whoever_may_only_see_is_told_why_nothing_can_be_added(papers: Papers, program: Program) -> None:
    papers.kept(a_pdf())
    admin = a_colleague(program, Role.MDT_ADMINISTRATOR)
    papers.desk.program = admin  # type: ignore[assignment]
    papers.desk.page.case.services = admin
    papers.desk.page._services = admin
    tab = papers.look()
    assert tab.viewer.state is tab.viewer.pages
    assert not tab.add_button.isEnabled()
    assert tab.add_button.toolTip()
    assert not tab.viewer.remove.isEnabled()
    assert not dropped(tab, papers.file(a_pdf(2)))


def test_a_person_without_a_case_has_no_papers_and_a_partner_may_not_see_them(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person = a_person(program, place)
    page = desk.open(person)
    at = list(TABS).index("papers")
    assert not page.tabs.isTabEnabled(at)
    program.services.cases.open(person)
    volunteer = a_colleague(program, Role.VOLUNTEER)
    assert not volunteer.rights.over(person).may(Permission.SEE_PAPERS)
    page._services = page.case.services = volunteer
    page._permit_tabs(replace(view_of(page), overview=replace(view_of(page).overview, rights=volunteer.rights.mine())))
    assert not page.tabs.isTabEnabled(at)
    assert page.tabs.tabToolTip(at)


def view_of(page: CasePage) -> CaseView:
    assert page.case.view is not None
    return page.case.view
