"""The preview of a meeting's papers: for whom, why, print and save, and what is on the way stays what it was."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.meeting_papers import MeetingPaperKind, MeetingPaperReason
from mdt_desktop.ui.meeting_printing import MeetingPaperPreview, meeting_printer
from mdt_desktop.ui.new_file import NewFile
from mdt_desktop.ui.widgets.states import EmptyState
from tests.helpers.borough import a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.held_meeting import HeldMeeting, a_held_meeting, a_sealed_meeting
from tests.helpers.window import Shell, a_shell, until_idle

K = MeetingPaperKind


class Desk:
    """Opens previews and answers for the system's own dialogs."""

    def __init__(self, held: HeldMeeting, shell: Shell, qtbot: QtBot, folder: Path) -> None:
        self.held, self.shell, self.qtbot = held, shell, qtbot
        self.printed_to, self.path = folder / "printer.pdf", str(folder / "paper.pdf")
        self.go_on = True
        self.offered = ""

    def open(self, kind: MeetingPaperKind, of: str = "") -> MeetingPaperPreview:
        preview = MeetingPaperPreview(
            self.held.program.services, self.shell.operations, self.shell.messages, self.held.meeting, kind,
            self.shell.window, of=of, printer=self._printer, ask_printer=self._answer_printer,
            ask_path=self._answer_path,
        )  # fmt: skip
        preview.open()
        self.settle()
        return preview

    def settle(self) -> None:
        until_idle(self.qtbot, self.shell.operations)

    def audit(self) -> list[tuple[str, str | None, str]]:
        return self.held.program.access.database.reader.execute(
            "SELECT action, person_id, reason FROM audit_entry WHERE kind = 'meeting_paper' ORDER BY seq"
        ).fetchall()

    def _printer(self) -> QPrinter:
        printer = meeting_printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self.printed_to))
        return printer

    def _answer_printer(self, printer: QPrinter, parent: QWidget, answer: Callable[[bool], None]) -> None:
        answer(self.go_on)

    def _answer_path(self, wanted: NewFile, parent: QWidget, answer: Callable[[str], None]) -> None:
        self.offered = wanted.name
        answer(self.path if self.go_on else "")


@pytest.fixture
def desk(tmp_path: Path, clock: FrozenClock, qapp: object, qtbot: QtBot) -> Iterator[Desk]:
    with a_store(tmp_path, clock) as program:
        held = a_sealed_meeting(program, clock, people=6)
        with a_shell(program) as shell:
            yield Desk(held, shell, qtbot, tmp_path)


def test_the_minutes_are_previewed_with_who_is_on_them_and_that_is_in_the_audit(desk: Desk) -> None:
    preview = desk.open(K.MINUTES)
    assert preview.windowTitle() == "Preview: Minutes"
    assert preview.why.person.text() == "6 people"
    assert "Mrs Amina Sampleton" in preview.why.sections.text()
    assert len(preview.pages.sheets) > 2
    assert preview.chooser is None
    assert [entry[:2] for entry in desk.audit()] == [("preview", it) for it in (None, *desk.held.people)]
    preview.close()


def test_nothing_leaves_without_a_reason(desk: Desk) -> None:
    preview = desk.open(K.MINUTES)
    before = desk.audit()
    preview.print_paper()
    assert preview.told.text().startswith("Choose why")
    preview.why.radios[MeetingPaperReason.OTHER].click()
    preview.save_paper()
    assert "in a few words why" in preview.told.text()
    desk.settle()
    assert (desk.audit(), desk.printed_to.exists(), Path(desk.path).exists()) == (before, False, False)
    preview.close()


def test_minutes_are_printed_and_recorded_before_they_reach_the_printer(desk: Desk) -> None:
    preview = desk.open(K.MINUTES)
    preview.why.radios[MeetingPaperReason.FOR_THE_RECORD].click()
    with desk.qtbot.waitSignal(preview.printed, timeout=30_000):
        preview.print_button.click()
    assert desk.printed_to.read_bytes().startswith(b"%PDF-")
    assert desk.audit()[-1] == ("print", desk.held.people[-1], "Minutes: For the record of the meeting")
    preview.close()


def test_a_paper_that_names_people_is_saved_with_the_password_that_is_offered(desk: Desk) -> None:
    preview = desk.open(K.MINUTES)
    preview.why.radios[MeetingPaperReason.FOR_THE_RECORD].click()
    preview.save_button.click()
    assert preview.sheet is not None
    password = preview.sheet.password.text()
    with desk.qtbot.waitSignal(preview.saved, timeout=30_000):
        preview.sheet.save.click()
    assert desk.offered == "minutes-2026-11-26.pdf"
    with pikepdf.open(desk.path, password=password) as document:
        assert len(document.pages) == len(preview.pages.sheets)
    assert desk.audit()[-1][2].endswith("(protected with a password)")
    preview.close()


def test_a_paper_with_initials_is_saved_without_a_password(desk: Desk) -> None:
    preview = desk.open(K.AGENDA_INITIALS)
    assert preview.why.person.text() == "6 people, by initials only"
    assert not preview.why.sections.text()
    preview.why.radios[MeetingPaperReason.FOR_THOSE_INVITED].click()
    with desk.qtbot.waitSignal(preview.saved, timeout=30_000):
        preview.save_button.click()
    assert preview.sheet is None
    pikepdf.open(desk.path).close()
    assert preview.print_button.isEnabled()
    preview.close()


def test_a_place_that_is_not_chosen_is_recorded_and_the_preview_goes_on(desk: Desk) -> None:
    desk.go_on = False
    preview = desk.open(K.AGENDA_INITIALS)
    preview.why.radios[MeetingPaperReason.FOR_THOSE_INVITED].click()
    preview.save_button.click()
    desk.settle()
    assert desk.audit()[-1][2].endswith("(cancelled, nothing left the program)")
    assert preview.save_button.isEnabled()
    preview.close()


def test_another_person_is_chosen_and_their_letter_takes_the_place_of_the_first(desk: Desk) -> None:
    preview = desk.open(K.LETTER)
    assert preview.chooser is not None
    assert preview.why.person.text() == "One person: Mrs Amina Sampleton"
    preview.chooser.setFocus()
    preview.chooser.setCurrentIndex(1)
    assert not preview.print_button.isEnabled(), "the first letter can no longer leave"
    desk.settle()
    assert preview.why.person.text() == "One person: Mr Bryn Hypotheton"
    assert preview.print_button.isEnabled()
    assert {entry[1] for entry in desk.audit()} == {None, *desk.held.people[:2]}
    preview.close()


def test_of_two_choices_made_at_once_the_last_counts(desk: Desk) -> None:
    preview = desk.open(K.LETTER)
    assert preview.chooser is not None
    for place in (1, 2, 0, 1):
        preview.chooser.setCurrentIndex(place)
    desk.settle()
    assert preview.why.person.text() == "One person: Mr Bryn Hypotheton"
    preview.close()


def test_a_letter_without_a_basis_can_only_go_to_the_person(desk: Desk) -> None:
    preview = desk.open(K.LETTER)
    assert preview.chooser is not None
    preview.why.radios[MeetingPaperReason.FOR_THE_CARER].click()
    preview.chooser.setCurrentIndex(preview.chooser.findText("Mr Dewi Inventson"))
    desk.settle()
    enabled = [reason for reason, radio in preview.why.radios.items() if radio.isEnabled()]
    assert enabled == [MeetingPaperReason.FOR_THE_PERSON]
    assert preview.why.reason is None, "what was chosen for somebody else does not stay chosen"
    assert any("No consent or other basis" in note.text() for note in preview.why.notes)
    preview.close()


def test_the_sheets_of_all_come_first_and_one_owner_can_be_chosen(desk: Desk) -> None:
    preview = desk.open(K.ACTION_SHEETS)
    assert preview.chooser is not None
    assert preview.chooser.currentText() == "Everybody, a page each"
    pages = len(preview.pages.sheets)
    preview.chooser.setCurrentIndex(1)
    desk.settle()
    assert len(preview.pages.sheets) < pages
    preview.close()


def test_what_is_asked_for_is_chosen_at_once(desk: Desk) -> None:
    council = desk.held.organisations["council"]
    preview = desk.open(K.ORGANISATION_MINUTES, council)
    assert preview.chooser is not None
    assert preview.chooser.currentText() == "Exampleton Council"
    assert preview.why.person.text() == "3 people"
    preview.close()


def test_where_there_is_nobody_to_write_to_the_preview_says_why(
    tmp_path: Path, clock: FrozenClock, qapp: object, qtbot: QtBot
) -> None:
    with a_store(tmp_path, clock) as program:
        held = a_held_meeting(program, clock, people=3)
        with a_shell(program) as shell:
            preview = Desk(held, shell, qtbot, tmp_path).open(K.LETTER)
            state = preview.findChild(EmptyState, "nothing_to_print")
            assert state is not None
            assert "the meeting is not sealed yet" in state.words.text()
            assert not preview.print_button.isEnabled()
            preview.close()
