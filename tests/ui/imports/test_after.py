"""After and beside an import: rejects, files dropped and taken out, leaving, the overview of practices."""

import csv

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from mdt_desktop.services.risk_overview import MonthlyRun
from mdt_desktop.services.risk_wizard import FileState
from mdt_desktop.ui.imports.overview import PracticeColumn
from tests.helpers.risk_files import NOVEMBER, OCTOBER, OTHER_PRACTICE, SEPTEMBER, a_line, lines
from tests.ui.imports.desk import Screen, risk_file


def test_rejects_are_saved_to_be_sent_back(screen: Screen) -> None:
    bad = [a_line(0, NHS_number="9434765918"), *lines(20, 1), a_line(21, Score="=1+1")]
    screen.import_all(risk_file(screen, found=bad))
    assert screen.wizard.result.save.isVisible()
    screen.wizard.work.save_rejects(screen.folder / "rejects.csv")
    screen.wait(lambda: bool(screen.presenter.notices))
    assert screen.presenter.notices == ["2 rejected lines saved in rejects.csv"]
    rows = list(csv.reader((screen.folder / "rejects.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row[1], row[2]) for row in rows[1:]] == [("2", "NHS number"), ("23", "Score")]
    assert rows[2][3].startswith("The cell")


def test_rejects_that_cannot_be_saved_are_told(screen: Screen) -> None:
    screen.import_all(risk_file(screen, found=[a_line(0, NHS_number="9434765918"), *lines(20, 1)]))
    screen.wizard.work.save_rejects(screen.folder / "no" / "such" / "folder" / "rejects.csv")
    screen.wait(lambda: bool(screen.presenter.notices))
    assert "could not be saved as rejects.csv" in screen.presenter.notices[0]


def test_files_dropped_on_the_page_begin_an_import(screen: Screen) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(risk_file(screen)))])
    modifiers, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    screen.page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, content, buttons, modifiers))
    screen.settle()
    assert screen.states() == [FileState.MAPPED]


def test_a_file_is_taken_out_with_the_delete_key(screen: Screen) -> None:
    screen.choose(risk_file(screen, "a.csv"), risk_file(screen, "b.csv", practice=OTHER_PRACTICE))
    QTest.keyClick(screen.wizard.files.list, Qt.Key.Key_Delete)
    assert [file.path.name for file in screen.wizard.wizard.files] == ["b.csv"]


def test_leaving_forgets_the_choice_and_writes_nothing(screen: Screen) -> None:
    screen.choose(risk_file(screen))
    screen.go_on()
    screen.wizard.leave.click()
    screen.settle()
    assert screen.wizard.wizard.files == ()
    assert screen.page.overview.isVisible()
    assert screen.one("SELECT count(*) FROM stratification_run") == 0


def test_the_overview_says_who_is_late_with_this_month_in_words(screen: Screen) -> None:
    screen.import_all(
        risk_file(screen, "a.csv", practice="Y90001", run_date=NOVEMBER),
        risk_file(screen, "b.csv", practice="Y90002", run_date=OCTOBER, found=lines(40, 40)),
        risk_file(screen, "c.csv", practice="Y90003", run_date=SEPTEMBER, found=lines(40, 80)),
    )
    screen.go_on()
    model = screen.page.overview.model
    told = [
        [str(model.index(row, column).data()) for column in (PracticeColumn.PRACTICE, PracticeColumn.MONTH)]
        for row in range(3)
    ]
    assert told == [["Y90003", "1 month overdue"], ["Y90002", "November run due"], ["Y90001", "November run is in"]]
    assert [row.monthly for row in screen.program.services.risk_overview.practices()] == [
        MonthlyRun.LATE,
        MonthlyRun.DUE,
        MonthlyRun.HERE,
    ]
    assert model.index(0, PracticeColumn.MODERATE).data() == "6  ±0"
