"""The preview: pages from memory, a reason before anything leaves, print and save, and their audit."""

import builtins
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.printing import PrintReason
from mdt_desktop.ui.paper_printer import plan_printer
from mdt_desktop.ui.printing import PlanPreview
from tests.helpers.plans import AGREED_BY, CaseInStore, a_ready_draft, a_rich_draft
from tests.helpers.window import Shell, a_shell, until_idle


@pytest.fixture
def shell(case: CaseInStore, qapp: object) -> Iterator[Shell]:
    with a_shell(case.program) as made:
        yield made


class Desk:
    """Opens previews and answers for the system's own dialogs: a printer that writes a file, and a path."""

    def __init__(self, case: CaseInStore, shell: Shell, qtbot: QtBot, folder: Path) -> None:
        self.case, self.shell, self.qtbot = case, shell, qtbot
        self.printed_to, self.path = folder / "printer.pdf", str(folder / "plan.pdf")
        self.go_on = True
        self.offered = ""

    def open(self, plan_id: str) -> PlanPreview:
        services = self.case.program.services
        preview = PlanPreview(
            lambda: services.printing,
            self.shell.operations,
            self.shell.messages,
            plan_id,
            self.shell.window,
            printer=self._printer,
            ask_printer=self._answer_printer,
            ask_path=self._answer_path,
        )
        preview.open()
        self.settle()
        return preview

    def settle(self) -> None:
        until_idle(self.qtbot, self.shell.operations)

    def _printer(self) -> QPrinter:
        printer = plan_printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self.printed_to))
        return printer

    def _answer_printer(self, printer: QPrinter, parent: QWidget, answer: Callable[[bool], None]) -> None:
        answer(self.go_on)

    def _answer_path(self, name: str, parent: QWidget, answer: Callable[[str], None]) -> None:
        self.offered = name
        answer(self.path if self.go_on else "")


@pytest.fixture
def desk(case: CaseInStore, shell: Shell, qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(case, shell, qtbot, tmp_path)


def test_the_preview_says_what_leaves_and_is_in_the_audit(case: CaseInStore, desk: Desk) -> None:
    plan_id = a_rich_draft(case)
    preview = desk.open(plan_id)
    pages = len(preview.pages.sheets)
    assert pages > 3
    assert preview.why.person.text() == "One person: Mrs Rahima Sampleton"
    assert f"{pages} pages" in preview.why.version.text()
    assert "Needs, goals and actions" in preview.why.sections.text()
    assert [note.text() for note in preview.why.notes if note.isVisible()] == ["This is a draft. Every page says so."]
    assert case.last_audit()[:2] == ("preview", plan_id)
    preview.close()


def test_pages_are_drawn_only_when_they_come_into_sight(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_rich_draft(case))
    sheets = preview.pages.sheets
    desk.qtbot.waitUntil(lambda: sheets[0].image is not None)
    assert sheets[-1].image is None
    preview.pages.setFocus()
    QTest.keyClick(preview.pages, Qt.Key.Key_End)
    assert preview.pages.page == len(sheets) - 1
    assert preview.where.text() == f"Page {len(sheets)} of {len(sheets)}"
    desk.qtbot.waitUntil(lambda: sheets[-1].image is not None)
    QTest.keyClick(preview.pages, Qt.Key.Key_PageUp)
    assert preview.pages.page == len(sheets) - 2
    preview.close()


def test_zooming_changes_the_size_of_the_paper(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    before = preview.pages.percent
    preview.larger.click()
    assert preview.pages.percent > before
    assert preview.zoom.text() == f"{preview.pages.percent} %"
    preview.fit.click()
    assert preview.pages.percent == before
    preview.close()


@pytest.mark.parametrize("verb", ["print_plan", "save_plan"])
def test_nothing_leaves_without_a_reason(case: CaseInStore, desk: Desk, verb: str) -> None:
    preview = desk.open(a_ready_draft(case))
    getattr(preview, verb)()
    assert preview.told.text().startswith("Choose why")
    preview.why.radios[PrintReason.OTHER].click()
    getattr(preview, verb)()
    assert "in a few words why" in preview.told.text()
    desk.settle()
    assert not Path(desk.path).exists()
    assert not desk.printed_to.exists()
    assert case.last_audit()[0] == "preview"
    preview.close()


def test_a_plan_is_printed_whole_and_the_audit_says_why(case: CaseInStore, desk: Desk) -> None:
    plan_id = a_ready_draft(case)
    case.program.services.care_plans.agree(plan_id, case.program.access.today(), AGREED_BY)
    preview = desk.open(plan_id)
    preview.why.radios[PrintReason.FOR_THE_MEETING].click()
    with desk.qtbot.waitSignal(preview.printed, timeout=20_000) as printed:
        preview.print_button.click()
    assert printed.args == [len(preview.pages.sheets)]
    pages = case.program.services.printing.page_count(desk.printed_to.read_bytes())
    assert pages == len(preview.pages.sheets)
    assert case.last_audit() == ("print", plan_id, "For the meeting")
    assert "Sampleton" not in plan_printer().docName()
    preview.close()


def test_the_printed_page_is_the_page_of_the_preview(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    with desk.qtbot.waitSignal(preview.printed, timeout=20_000):
        preview.print_button.click()
    printing = case.program.services.printing
    paper = printing.page(desk.printed_to.read_bytes(), 0, 0.5)
    shown = printing.page(printing.render(preview.subject_id), 0, 0.5)
    assert (paper.width, paper.height) == (shown.width, shown.height)
    pairs = zip(paper.pixels, shown.pixels, strict=True)
    assert sum(abs(one - other) for one, other in pairs) / len(shown.pixels) < 6
    preview.close()


def test_a_print_that_is_cancelled_in_the_system_dialog_is_in_the_audit_too(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    desk.go_on = False
    preview.why.radios[PrintReason.FOR_THE_CARER].click()
    preview.print_button.click()
    desk.settle()
    action, _, reason = case.last_audit()
    assert action == "print"
    assert "cancelled" in reason
    assert preview.print_button.isEnabled()
    preview.close()


def test_saving_offers_a_name_without_identifiers_and_writes_a_private_file(case: CaseInStore, desk: Desk) -> None:
    plan_id = a_ready_draft(case)
    preview = desk.open(plan_id)
    preview.why.radios[PrintReason.FOR_HOME_CARE].click()
    with desk.qtbot.waitSignal(preview.saved, timeout=10_000):
        preview.save_button.click()
    assert desk.offered == "care-plan-v1-2026-11-23.pdf"
    assert Path(desk.path).read_bytes().startswith(b"%PDF-")
    assert Path(desk.path).stat().st_mode & 0o077 == 0
    assert case.last_audit() == ("export", plan_id, "For home-care staff")
    preview.save_button.click()
    desk.settle()
    assert "already a file called plan.pdf" in preview.told.text()
    preview.close()


def test_saving_that_is_cancelled_is_in_the_audit(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    desk.go_on = False
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    preview.save_button.click()
    desk.settle()
    assert case.last_audit()[0] == "export"
    assert "cancelled" in case.last_audit()[2]
    preview.close()


def test_without_a_basis_only_the_person_can_be_chosen(case: CaseInStore, desk: Desk) -> None:
    plan_id = a_ready_draft(case)
    case.lacks_basis()
    preview = desk.open(plan_id)
    enabled = [reason for reason, radio in preview.why.radios.items() if radio.isEnabled()]
    assert enabled == [PrintReason.FOR_THE_PERSON]
    assert any("No consent or other basis" in note.text() for note in preview.why.notes)
    preview.close()


def test_consent_withdrawn_while_the_preview_is_open_stops_the_print(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    preview.why.radios[PrintReason.FOR_THE_CARER].click()
    case.lacks_basis()
    before = case.last_audit()
    preview.print_button.click()
    desk.settle()
    assert "No consent or other basis to share" in preview.told.text()
    assert not desk.printed_to.exists()
    assert case.last_audit() == before
    preview.close()


def test_closing_while_a_copy_is_on_its_way_does_not_stop_it(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    preview.save_button.click()
    preview.reject()
    assert not preview.isVisible()
    desk.settle()
    assert Path(desk.path).exists()
    assert any("Saved as plan.pdf" in text for text in desk.shell.window.shown_notices())


def test_the_planning_sheet_goes_through_the_same_preview_and_is_in_the_audit(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(case.person_id)
    assert preview.windowTitle() == "Preview of the planning sheet"
    assert len(preview.pages.sheets) == 4
    assert preview.why.version.text() == "Planning sheet, to fill in by hand · 4 pages"
    assert [note.text() for note in preview.why.notes if note.isVisible()] == [
        "Nothing on it is agreed yet. Every page says so."
    ]
    assert case.last_audit()[:2] == ("preview", case.person_id)
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    with desk.qtbot.waitSignal(preview.saved, timeout=10_000):
        preview.save_button.click()
    assert desk.offered == "planning-sheet-2026-11-23.pdf"
    assert case.last_audit() == ("export", case.person_id, "For the person themselves")
    with desk.qtbot.waitSignal(preview.printed, timeout=20_000) as printed:
        preview.print_button.click()
    assert printed.args == [4]
    assert case.last_audit() == ("print", case.person_id, "For the person themselves")
    preview.close()


def test_looking_at_a_plan_writes_no_file(case: CaseInStore, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_id = a_rich_draft(case)
    written: list[str] = []
    really_open = io.open

    def watching(file: object, mode: str = "r", *args: object, **options: object) -> object:
        if set(mode) & set("wax+"):
            written.append(str(file))
        return really_open(file, mode, *args, **options)  # type: ignore[call-overload]  # as given

    monkeypatch.setattr(builtins, "open", watching)
    monkeypatch.setattr(io, "open", watching)
    preview = desk.open(plan_id)
    desk.qtbot.waitUntil(lambda: preview.pages.sheets[0].image is not None)
    preview.close()
    assert written == []
