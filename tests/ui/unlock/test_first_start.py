"""The first start: who you are, a passphrase, and the recovery key put in a safe place."""

from pathlib import Path

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop import bootstrap
from mdt_desktop.documents.preview import page_count
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.first_steps import FirstStep
from mdt_desktop.words import words
from tests.helpers.stores import IDENTITY, PASSPHRASE
from tests.ui.unlock.desk import fill_in, first_run, to_recovery_key


def test_an_empty_folder_opens_on_the_three_steps(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    assert start.window.isVisible()
    assert page.name.hasFocus() or page.focusWidget() is page.name
    assert not start.folder.database.exists()


def test_three_steps_make_a_store_that_the_passphrase_opens(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    to_recovery_key(page, start, qtbot)
    page.paper.kept.setChecked(True)
    with qtbot.waitSignal(start.shell_shown):
        page.forward.click()
    assert not start.window.covered
    actor = start.program.access.actor if start.program else None
    assert actor is not None
    assert (actor.name, actor.role) == (IDENTITY.name, IDENTITY.role)
    start.window.close()
    bootstrap.open_with_passphrase(start.folder, PASSPHRASE).close()


def test_what_is_missing_is_said_only_on_continue_and_the_focus_goes_there(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    QTest.keyClicks(page.name, "Robin Example")
    assert not page.notice.isVisible()
    page.forward.click()
    assert page.notice.isVisible()
    assert words("unlock.problem.role") in page.notice.text.text()
    assert words("unlock.problem.name") not in page.notice.text.text()
    assert page.role.hasFocus() or page.focusWidget() is page.role
    assert page.name.text() == "Robin Example"


def test_the_meter_judges_while_typing_and_advises_in_words(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    fill_in(page, qtbot)
    meter = page.new_passphrase.meter
    page.new_passphrase.first.setText("password2024")
    qtbot.waitUntil(lambda: meter.score in (0, 1))
    assert meter.word.text() in (words("passphrase_score.0"), words("passphrase_score.1"))
    assert meter.advice.text()
    page.new_passphrase.first.setText(PASSPHRASE)
    qtbot.waitUntil(lambda: meter.score == 4)
    assert meter.word.text() == words("passphrase_score.4")


def test_a_passphrase_made_of_ones_own_name_is_not_taken(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    fill_in(page, qtbot)
    for field in (page.new_passphrase.first, page.new_passphrase.again):
        field.setText("robin example")
    page.forward.click()
    assert page.steps.step is FirstStep.PASSPHRASE
    assert page.notice.text.text() == words("unlock.problem.too_weak")


def test_work_does_not_begin_before_the_recovery_key_is_in_a_safe_place(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    key = to_recovery_key(page, start, qtbot)
    assert page.paper.key.text().replace("\n", "") == key
    page.forward.click()
    assert page.notice.text.text() == words("unlock.problem.not_kept")
    assert start.window.covered


def test_the_recovery_key_goes_on_paper_and_not_into_a_file_that_others_can_read(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    page = first_run(start, qtbot)
    to_recovery_key(page, start, qtbot)
    page.paper.save_pdf(tmp_path / "key.pdf")
    qtbot.waitUntil(page.paper.told.isVisible)
    assert page_count((tmp_path / "key.pdf").read_bytes()) == 1
    assert (tmp_path / "key.pdf").stat().st_mode & 0o077 == 0
    content = (tmp_path / "key.pdf").read_bytes()
    places = ((tmp_path / "no" / "such" / "folder.pdf", "could not be saved"), (tmp_path / "key.pdf", "already"))
    for place, told in places:
        page.notice.hide()
        page.paper.save_pdf(place)
        qtbot.waitUntil(page.notice.isVisible)
        assert told in page.notice.text.text()
    assert (tmp_path / "key.pdf").read_bytes() == content


def test_the_sheet_is_printed_as_it_is_saved(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    page = first_run(start, qtbot)
    to_recovery_key(page, start, qtbot)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    page.paper.print_on(printer)
    qtbot.waitUntil(page.paper.told.isVisible)
    assert page_count((tmp_path / "printed.pdf").read_bytes()) == 1
    assert page.paper.told.text() == words("unlock.first.printed")


def test_a_folder_that_cannot_be_written_is_told_and_nothing_typed_is_lost(
    start: Start, qtbot: QtBot, data_folder: DataFolder
) -> None:
    page = first_run(start, qtbot)
    fill_in(page, qtbot)
    data_folder.database.write_text("somebody else's notes")
    for field in (page.new_passphrase.first, page.new_passphrase.again):
        field.setText(PASSPHRASE)
    page.forward.click()
    qtbot.waitUntil(lambda: page.notice.isVisible())
    assert page.steps.step is FirstStep.PASSPHRASE
    assert page.new_passphrase.typed() == PASSPHRASE
    assert data_folder.database.read_text() == "somebody else's notes"
