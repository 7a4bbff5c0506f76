"""The risk files page with the real services: the import step by step, what is refused and held, by the keyboard."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QTableView
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.risk import CutOffs, TierApproach
from mdt_desktop.services.held_content import HeldDecision
from mdt_desktop.services.risk_overview import MonthlyRun
from mdt_desktop.services.risk_wizard import FileState, Step
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.imports.approach_form import ApproachForm
from mdt_desktop.ui.imports.overview import PracticeColumn
from mdt_desktop.ui.imports.page import ImportsPage
from mdt_desktop.ui.messages import Answer, Messages, Notice, Question
from mdt_desktop.ui.operations import Operations
from tests.helpers.borough import a_store
from tests.helpers.risk_files import NOVEMBER, OCTOBER, OTHER_PRACTICE, PRACTICE, SEPTEMBER, a_line, a_risk_file, lines
from tests.ui.conftest import Show


class Presenter:
    """Notes what is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def show_notice(self, notice: Notice) -> None:
        self.told.append(notice.words)

    def show_question(self, question: Question, answer: Answer) -> None:
        raise AssertionError(question.words)


class Screen:
    """The page over a real store."""

    def __init__(self, qtbot: QtBot, program: Program, folder: Path) -> None:
        self.qtbot, self.program, self.folder = qtbot, program, folder
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages, self.presenter = Messages(), Presenter()
        self.messages.show_on(self.presenter)
        self.page = ImportsPage(program.services, self.operations, self.messages)
        self.page.resize(1180, 700)
        self.wizard = self.page.wizard

    def settle(self) -> None:
        """Wait until nothing is read or written any more."""
        self.qtbot.waitUntil(lambda: self.operations.idle, timeout=20_000)

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=20_000)

    def choose(self, *files: Path) -> None:
        """Begin an import with these files."""
        self.page.start_import(files)
        self.settle()

    def go_on(self) -> None:
        """Press the primary button by the keyboard."""
        assert self.wizard.go_on.isEnabled()
        self.wizard.go_on.setFocus()
        QTest.keyClick(self.wizard.go_on, Qt.Key.Key_Space)
        self.settle()

    def import_all(self, *files: Path) -> None:
        """Through all steps."""
        self.choose(*files)
        for _ in range(3):
            self.go_on()
        self.wait(lambda: self.wizard.wizard.step is Step.RESULT)
        self.settle()

    def form(self) -> ApproachForm:
        """How tiers are made of the file that is looked at."""
        form = self.wizard.preview.form
        assert form is not None
        self.wait(form.isVisible)
        return form

    def states(self) -> list[FileState]:
        return [file.state for file in self.wizard.wizard.files]

    def one(self, sql: str) -> Any:
        return self.program.access.database.reader.execute(sql).fetchone()[0]


@pytest.fixture
def screen(qtbot: QtBot, show: Show, tmp_path: Path, qapp: QApplication) -> Iterator[Screen]:
    with a_store(tmp_path) as program:
        found = Screen(qtbot, program, tmp_path)
        show(found.page)
        found.page.shown({})
        found.settle()
        yield found
        found.operations.close()


def _file(screen: Screen, name: str = "november.csv", **more: Any) -> Path:
    return a_risk_file(screen.folder / name, more.pop("found", lines(40)), **more)


def test_an_empty_store_says_so_and_the_focus_is_on_the_import(screen: Screen) -> None:
    assert screen.page.overview.empty.isVisible()
    assert screen.page.overview.start.hasFocus()


def test_a_file_goes_from_choice_to_result_by_the_keyboard_and_nothing_is_written_before(screen: Screen) -> None:
    screen.choose(_file(screen))
    assert screen.states() == [FileState.MAPPED]
    steps = [screen.wizard.wizard.step]
    for _ in range(2):
        screen.go_on()
        steps.append(screen.wizard.wizard.step)
    assert steps == [Step.FILES, Step.COLUMNS, Step.PREVIEW]
    assert screen.wizard.go_on.text() == "Import 1 file"
    assert screen.one("SELECT count(*) FROM person") == 0
    screen.go_on()
    screen.wait(lambda: screen.wizard.wizard.step is Step.RESULT)
    assert screen.one("SELECT count(*) FROM person") == 40
    assert screen.wizard.result.summary.text() == "1 file imported: 40 people added, 0 updated, 8 cases opened."
    assert screen.wizard.go_on.hasFocus()
    screen.go_on()
    assert screen.page.overview.model.rowCount() == 1


def test_bad_files_have_one_sentence_each_and_do_not_stop_the_others(screen: Screen) -> None:
    (screen.folder / "book.csv").write_bytes(b"PK\x03\x04 and so on")
    (screen.folder / "empty.csv").write_bytes(b"")
    screen.choose(screen.folder / "book.csv", screen.folder / "empty.csv", screen.folder / "gone.csv", _file(screen))
    assert screen.states() == [FileState.REFUSED] * 3 + [FileState.MAPPED]
    for _ in range(3):
        screen.go_on()
    screen.wait(lambda: screen.wizard.wizard.step is Step.RESULT)
    assert sorted(screen.states()) == [FileState.IMPORTED] + [FileState.REFUSED] * 3
    model = screen.wizard.result.model
    remarks = {str(model.index(row, 0).data()): str(model.index(row, 7).data()) for row in range(4)}
    assert "Excel workbook" in remarks["book.csv"]
    assert "is empty" in remarks["empty.csv"]
    assert "not there" in remarks["gone.csv"]


def _renamed(heading: str, to: str) -> list[dict[str, object]]:
    return [{to if name == heading else name: value for name, value in line.items()} for line in lines(20)]


def test_an_unknown_column_is_mapped_for_all_files_with_the_same_headings(screen: Screen) -> None:
    found = _renamed("Score", "Zeta value")
    one, two = _file(screen, "one.csv", found=found), _file(screen, "two.csv", found=found, practice=OTHER_PRACTICE)
    screen.choose(one, two)
    screen.go_on()
    assert screen.states() == [FileState.UNMAPPED] * 2
    assert not screen.wizard.go_on.isEnabled()
    assert screen.wizard.why.text() == "2 files have columns that must be mapped"
    box = next(box for box in screen.wizard.columns.boxes() if "Zeta" in box.accessibleName())
    box.setCurrentIndex(box.findData("score"))
    box.activated.emit(box.currentIndex())
    screen.settle()
    assert screen.states() == [FileState.MAPPED] * 2
    screen.go_on()
    assert screen.states() == [FileState.READY] * 2


def test_a_recognised_column_can_be_left_out_and_stays_so(screen: Screen) -> None:
    screen.choose(_file(screen))
    screen.go_on()
    boxes = screen.wizard.columns.boxes()
    place = next(place for place, box in enumerate(boxes) if box.accessibleName() == "What Postcode means")
    boxes[place].setCurrentIndex(0)
    boxes[place].activated.emit(0)
    screen.settle()
    assert screen.wizard.columns.boxes()[place].meaning() is None
    screen.go_on()
    preview = screen.wizard.wizard.files[0].preview
    assert preview is not None
    assert {row.postcode for row in preview.file.rows} == {""}


def test_what_the_file_does_not_say_is_told_beside_it(screen: Screen) -> None:
    path = screen.folder / "bare.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines(1)[0]))
        writer.writeheader()
        writer.writerows(lines(20))
    screen.choose(path)
    screen.go_on()
    fields = screen.wizard.columns.told_fields()
    assert len(fields) == 2
    fields[0].setText("y90001")
    fields[1].setText("1/11/2026")
    QTest.keyClick(fields[1], Qt.Key.Key_Return)
    screen.settle()
    assert screen.states() == [FileState.MAPPED]
    screen.go_on()
    preview = screen.wizard.wizard.files[0].preview
    assert preview is not None
    assert (preview.file.practice_code, preview.file.run_date) == (PRACTICE, NOVEMBER)


def test_another_way_of_making_tiers_is_worked_out_without_reading_again(screen: Screen) -> None:
    screen.choose(_file(screen))
    screen.go_on()
    screen.go_on()
    form = screen.form()
    form.approach.setCurrentIndex(form.approach.findData(TierApproach.CUT_OFF.value))
    for field, value in zip(form.numbers.values(), (99, 98, 95), strict=True):
        field.setValue(value)
    form.use.click()
    screen.settle()
    file = screen.wizard.wizard.files[0]
    assert file.options.cut_offs == CutOffs(99, 98, 95)
    assert file.preview is not None
    assert [count.actual for count in file.preview.tiers] == [1, 4, 12]


def test_cut_offs_that_do_not_fall_are_refused_beside_the_fields(screen: Screen) -> None:
    screen.choose(_file(screen))
    screen.go_on()
    screen.go_on()
    form = screen.form()
    form.approach.setCurrentIndex(form.approach.findData(TierApproach.CUT_OFF.value))
    for field in form.numbers.values():
        field.setValue(50)
    form.use.click()
    assert form.error.isVisible()
    assert "must fall" in form.error.text()


def test_a_way_that_does_not_fit_the_file_leaves_the_preview_and_says_why(screen: Screen) -> None:
    screen.choose(_file(screen))
    screen.go_on()
    screen.go_on()
    form = screen.form()
    form.approach.setCurrentIndex(form.approach.findData(TierApproach.FILE_TIER.value))
    form.use.click()
    screen.settle()
    file = screen.wizard.wizard.files[0]
    assert file.state is FileState.READY
    assert file.preview is not None
    assert file.preview.approach is TierApproach.PERCENTILE
    assert file.error is not None


def test_older_runs_are_imported_first_whatever_the_order_they_were_chosen_in(screen: Screen) -> None:
    screen.import_all(
        _file(screen, "b.csv", run_date=NOVEMBER),
        _file(screen, "a.csv", run_date=SEPTEMBER),
        _file(screen, "c.csv", run_date=OCTOBER, found=lines(45)),
    )
    assert screen.states() == [FileState.IMPORTED] * 3
    assert screen.one("SELECT count(*) FROM person") == 45


def test_the_same_file_again_has_nothing_to_import(screen: Screen) -> None:
    file = _file(screen)
    screen.import_all(file)
    screen.choose(file)
    screen.go_on()
    screen.go_on()
    assert screen.states() == [FileState.KNOWN]
    assert not screen.wizard.go_on.isEnabled()
    assert screen.wizard.why.text() == "None of these files has anything to import"


def test_stop_keeps_what_is_whole_and_takes_nothing_more(screen: Screen) -> None:
    files = [_file(screen, f"{n}.csv", practice=f"Y9{n:04d}", found=lines(20, 20 * n)) for n in range(6)]
    screen.choose(*files)
    screen.go_on()
    screen.go_on()
    screen.wizard.go_on.click()
    screen.wizard.importing.stop.click()
    screen.wait(lambda: screen.wizard.wizard.step is Step.RESULT)
    screen.settle()
    whole = screen.one("SELECT count(*) FROM stratification_run")
    assert whole < 6
    assert screen.one("SELECT count(*) FROM person") == 20 * whole
    assert screen.states().count(FileState.NOT_IMPORTED) == 6 - whole


def test_thirty_six_files_at_once_are_imported_and_the_window_stays_alive(screen: Screen) -> None:
    files = [_file(screen, f"{n}.csv", practice=f"Y9{n:04d}", found=lines(10, 10 * n)) for n in range(36)]
    screen.import_all(*files)
    assert screen.states() == [FileState.IMPORTED] * 36
    assert screen.one("SELECT count(*) FROM person") == 360


def test_rejects_are_saved_to_be_sent_back(screen: Screen) -> None:
    bad = [a_line(0, NHS_number="9434765918"), *lines(20, 1), a_line(21, Score="=1+1")]
    screen.import_all(_file(screen, found=bad))
    assert screen.wizard.result.save.isVisible()
    screen.wizard.work.save_rejects(screen.folder / "rejects.csv")
    screen.wait(lambda: bool(screen.presenter.told))
    assert screen.presenter.told == ["2 rejected lines saved in rejects.csv"]
    rows = list(csv.reader((screen.folder / "rejects.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row[1], row[2]) for row in rows[1:]] == [("2", "NHS number"), ("23", "Score")]
    assert rows[2][3].startswith("The cell")


def test_rejects_that_cannot_be_saved_are_told(screen: Screen) -> None:
    screen.import_all(_file(screen, found=[a_line(0, NHS_number="9434765918"), *lines(20, 1)]))
    screen.wizard.work.save_rejects(screen.folder / "no" / "such" / "folder" / "rejects.csv")
    screen.wait(lambda: bool(screen.presenter.told))
    assert "could not be saved as rejects.csv" in screen.presenter.told[0]


def test_files_dropped_on_the_page_begin_an_import(screen: Screen) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(_file(screen)))])
    modifiers, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    screen.page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, content, buttons, modifiers))
    screen.settle()
    assert screen.states() == [FileState.MAPPED]


def test_a_file_is_taken_out_with_the_delete_key(screen: Screen) -> None:
    screen.choose(_file(screen, "a.csv"), _file(screen, "b.csv", practice=OTHER_PRACTICE))
    QTest.keyClick(screen.wizard.files.list, Qt.Key.Key_Delete)
    assert [file.path.name for file in screen.wizard.wizard.files] == ["b.csv"]


def test_leaving_forgets_the_choice_and_writes_nothing(screen: Screen) -> None:
    screen.choose(_file(screen))
    screen.go_on()
    screen.wizard.leave.click()
    screen.settle()
    assert screen.wizard.wizard.files == ()
    assert screen.page.overview.isVisible()
    assert screen.one("SELECT count(*) FROM stratification_run") == 0


def test_the_overview_says_who_is_late_with_this_month_in_words(screen: Screen) -> None:
    screen.import_all(
        _file(screen, "a.csv", practice="Y90001", run_date=NOVEMBER),
        _file(screen, "b.csv", practice="Y90002", run_date=OCTOBER, found=lines(40, 40)),
        _file(screen, "c.csv", practice="Y90003", run_date=SEPTEMBER, found=lines(40, 80)),
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


def _with_held(screen: Screen) -> None:
    screen.import_all(_file(screen, "october.csv", run_date=OCTOBER))
    found = [a_line(0, Date_of_birth="05/05/1945"), a_line(1, Date_of_birth="06/06/1946"), *lines(38, 2)]
    screen.import_all(_file(screen, "november.csv", found=found))


def test_held_rows_are_decided_one_after_the_other(screen: Screen) -> None:
    _with_held(screen)
    assert screen.wizard.result.decide.text() == "Decide held rows (2)"
    screen.wizard.result.decide.click()
    screen.settle()
    held = screen.page.held
    assert held.header.summary.text() == "2 rows wait for a decision"
    held.buttons[HeldDecision.TAKEN].click()
    screen.settle()
    assert held.model.rowCount() == 1
    assert held.table.hasFocus()
    held.buttons[HeldDecision.LEFT_OUT].click()
    screen.settle()
    assert held.empty.isVisible()
    assert screen.presenter.told == ["Row taken", "Row left out"]
    assert screen.one("SELECT count(*) FROM person WHERE born IN ('1945-05-05', '1946-06-06')") == 1


def test_a_row_decided_elsewhere_meanwhile_is_told_and_leaves_the_list(screen: Screen) -> None:
    _with_held(screen)
    screen.page.show_held()
    screen.settle()
    current = screen.page.held.current()
    assert current is not None
    screen.program.services.held_rows.decide(current.id, HeldDecision.LEFT_OUT)
    screen.page.held.buttons[HeldDecision.TAKEN].click()
    screen.settle()
    assert "has decided about this row already" in screen.presenter.told[0]
    assert screen.page.held.model.rowCount() == 1


def test_every_control_has_a_name_and_every_model_is_sound(screen: Screen) -> None:
    _with_held(screen)
    for table in screen.page.findChildren(QTableView):
        assert table.accessibleName()
        QAbstractItemModelTester(table.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    for button in screen.page.findChildren(QAbstractButton):
        hidden = button.isHidden() or isinstance(button.parent(), QTableView)
        assert button.text() or button.accessibleName() or hidden
    for box in screen.page.findChildren(QComboBox):
        assert box.accessibleName()
