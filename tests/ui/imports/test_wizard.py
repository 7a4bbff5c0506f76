"""An import step by step, by the keyboard: files, columns, preview, import, result; nothing is written before."""

from mdt_desktop.services.risk_wizard import FileState, Step
from tests.helpers.risk_files import NOVEMBER, OCTOBER, OTHER_PRACTICE, SEPTEMBER, lines
from tests.ui.imports.desk import Screen, risk_file


def test_an_empty_store_says_so_and_the_focus_is_on_the_import(screen: Screen) -> None:
    assert screen.page.overview.empty.isVisible()
    assert screen.page.overview.start.hasFocus()


def test_a_file_goes_from_choice_to_result_by_the_keyboard_and_nothing_is_written_before(screen: Screen) -> None:
    screen.choose(risk_file(screen))
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
    screen.choose(
        screen.folder / "book.csv", screen.folder / "empty.csv", screen.folder / "gone.csv", risk_file(screen)
    )
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


def renamed(heading: str, to: str) -> list[dict[str, object]]:
    return [{to if name == heading else name: value for name, value in line.items()} for line in lines(20)]


def test_an_unknown_column_is_mapped_for_all_files_with_the_same_headings(screen: Screen) -> None:
    found = renamed("Score", "Zeta value")
    one, two = (
        risk_file(screen, "one.csv", found=found),
        risk_file(screen, "two.csv", found=found, practice=OTHER_PRACTICE),
    )
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
    screen.choose(risk_file(screen))
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


def test_older_runs_are_imported_first_whatever_the_order_they_were_chosen_in(screen: Screen) -> None:
    screen.import_all(
        risk_file(screen, "b.csv", run_date=NOVEMBER),
        risk_file(screen, "a.csv", run_date=SEPTEMBER),
        risk_file(screen, "c.csv", run_date=OCTOBER, found=lines(45)),
    )
    assert screen.states() == [FileState.IMPORTED] * 3
    assert screen.one("SELECT count(*) FROM person") == 45


def test_the_same_file_again_has_nothing_to_import(screen: Screen) -> None:
    file = risk_file(screen)
    screen.import_all(file)
    screen.choose(file)
    screen.go_on()
    screen.go_on()
    assert screen.states() == [FileState.KNOWN]
    assert not screen.wizard.go_on.isEnabled()
    assert screen.wizard.why.text() == "None of these files has anything to import"


def test_stop_keeps_what_is_whole_and_takes_nothing_more(screen: Screen) -> None:
    files = [risk_file(screen, f"{n}.csv", practice=f"Y9{n:04d}", found=lines(20, 20 * n)) for n in range(6)]
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
    files = [risk_file(screen, f"{n}.csv", practice=f"Y9{n:04d}", found=lines(10, 10 * n)) for n in range(36)]
    screen.import_all(*files)
    assert screen.states() == [FileState.IMPORTED] * 36
    assert screen.one("SELECT count(*) FROM person") == 360
