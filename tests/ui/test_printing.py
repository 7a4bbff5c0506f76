"""The preview: pages from memory, a reason before anything leaves, print and save, and their audit."""

import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.printing import PrintReason
from mdt_desktop.ui.new_file import NewFile
from mdt_desktop.ui.paper_printer import plan_printer
from mdt_desktop.ui.pdf_sheet import PdfSheet
from mdt_desktop.ui.printing import PlanPreview
from tests.helpers.audit_hook import watched
from tests.helpers.plans import AGREED_BY, CaseInStore, a_ready_draft, a_rich_draft
from tests.helpers.stores import every_value
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

    def save(self, preview: PlanPreview, password: str | None = None) -> PdfSheet:
        """Press Save, then in the sheet choose a password, or none, and press Save there."""
        preview.save_button.click()
        assert preview.sheet is not None
        sheet = preview.sheet
        if password is None:
            sheet.protect.click()
        else:
            sheet.password.setText(password)
        sheet.save.click()
        return sheet

    def _printer(self) -> QPrinter:
        printer = plan_printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self.printed_to))
        return printer

    def _answer_printer(self, printer: QPrinter, parent: QWidget, answer: Callable[[bool], None]) -> None:
        answer(self.go_on)

    def _answer_path(self, wanted: NewFile, parent: QWidget, answer: Callable[[str], None]) -> None:
        self.offered = wanted.name
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


@pytest.mark.parametrize("verb", ["print_paper", "save_paper"])
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
        desk.save(preview)
    assert desk.offered == "care-plan-v1-2026-11-23.pdf"
    assert Path(desk.path).read_bytes().startswith(b"%PDF-")
    assert Path(desk.path).stat().st_mode & 0o077 == 0
    assert case.last_audit() == ("export", plan_id, "For home-care staff")
    assert preview.sheet is None
    assert preview.told.text() == "Saved as plan.pdf"
    sheet = desk.save(preview)
    desk.settle()
    assert "already a file called plan.pdf" in sheet.problem.text()
    assert sheet.save.isEnabled()
    preview.close()


def test_saving_that_is_cancelled_is_in_the_audit_and_keeps_the_password_in_its_field(
    case: CaseInStore, desk: Desk
) -> None:
    preview = desk.open(a_ready_draft(case))
    desk.go_on = False
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    sheet = desk.save(preview, "lantern rowing copper")
    desk.settle()
    assert case.last_audit()[0] == "export"
    assert "cancelled" in case.last_audit()[2]
    assert (sheet.password.text(), sheet.save.isEnabled()) == ("lantern rowing copper", True)
    QTest.keyClick(sheet.password, Qt.Key.Key_Escape)
    assert preview.sheet is None
    assert preview.isVisible()
    assert preview.save_button.isEnabled()
    preview.close()


def test_a_saved_plan_opens_with_its_password_which_is_shown_once_more_and_kept_nowhere(
    case: CaseInStore, desk: Desk
) -> None:
    password = "lantern rowing copper"
    plan_id = a_ready_draft(case)
    preview = desk.open(plan_id)
    preview.why.radios[PrintReason.FOR_THE_CARER].click()
    with desk.qtbot.waitSignal(preview.saved, timeout=10_000):
        sheet = desk.save(preview, password)
    content = Path(desk.path).read_bytes()
    for wrong in ("", "lantern rowing"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(content), password=wrong)
    with pikepdf.open(io.BytesIO(content), password=password) as document:
        assert (document.encryption.R, len(document.pages)) == (6, len(preview.pages.sheets))
    assert case.last_audit() == ("export", plan_id, "For the carer (protected with a password)")
    assert sheet.shown.text() == password
    assert sheet.password.text() == ""
    assert "never in the same message" in sheet.tell.text()
    assert not preview.save_button.isEnabled()
    sheet.leave_button.click()
    assert preview.sheet is None
    assert preview.save_button.isEnabled()
    assert password not in every_value(case.program)
    preview.close()


def test_the_password_proposed_is_another_each_time_and_good_enough(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    preview.save_button.click()
    sheet = preview.sheet
    assert sheet is not None
    first = sheet.password.text()
    sheet.another.click()
    assert sheet.password.text() != first
    with desk.qtbot.waitSignal(preview.saved, timeout=10_000):
        QTest.keyClick(sheet.password, Qt.Key.Key_Return)
    preview.close()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Give a password"),
        ("short", "5 signs"),
        ("943 476 5919", "NHS number"),
        ("Dŵr a llŷn Cymru", "English keyboard"),
    ],
)
def test_a_password_that_protects_nothing_is_refused_at_its_field(
    typed: str, told: str, case: CaseInStore, desk: Desk
) -> None:
    preview = desk.open(a_ready_draft(case))
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    sheet = desk.save(preview, typed)
    desk.settle()
    assert told in sheet.field.error.text()
    assert sheet.password.text() == typed
    assert not Path(desk.path).exists()
    preview.close()


def test_without_a_password_the_sheet_says_who_can_read_the_file(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    preview.save_button.click()
    sheet = preview.sheet
    assert sheet is not None
    assert (sheet.field.isVisible(), sheet.open_to_all.isVisible()) == (True, False)
    sheet.protect.click()
    assert (sheet.field.isVisible(), sheet.open_to_all.isVisible()) == (False, True)
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
    desk.save(preview)
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
        desk.save(preview)
    assert desk.offered == "planning-sheet-2026-11-23.pdf"
    assert case.last_audit() == ("export", case.person_id, "For the person themselves")
    with desk.qtbot.waitSignal(preview.printed, timeout=20_000) as printed:
        preview.print_button.click()
    assert printed.args == [4]
    assert case.last_audit() == ("print", case.person_id, "For the person themselves")
    preview.close()


def test_neither_looking_at_a_plan_nor_printing_it_writes_a_file(
    case: CaseInStore, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = a_rich_draft(case)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(temporary)
    before = set(tmp_path.rglob("*"))
    with watched() as seen:
        preview = desk.open(plan_id)
        desk.qtbot.waitUntil(lambda: preview.pages.sheets[0].image is not None)
        preview.why.radios[PrintReason.FOR_THE_PERSON].click()
        with desk.qtbot.waitSignal(preview.printed, timeout=20_000):
            preview.print_button.click()
        preview.close()
    assert seen.written == []
    # The printer of this test is a file, written by Qt where a real one would take the pages.
    assert set(tmp_path.rglob("*")) - before == {desk.printed_to}


def test_saving_a_plan_writes_the_one_file_that_was_asked_for(case: CaseInStore, desk: Desk) -> None:
    preview = desk.open(a_ready_draft(case))
    preview.why.radios[PrintReason.FOR_THE_PERSON].click()
    with watched() as seen, desk.qtbot.waitSignal(preview.saved, timeout=10_000):
        desk.save(preview, "lantern rowing copper")
    assert seen.written == [Path(desk.path)]
    preview.close()
