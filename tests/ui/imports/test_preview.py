"""The preview of a risk file: what it says, what is missing in it, and how tiers are made."""

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from mdt_desktop.domain.risk import CutOffs, TierApproach
from mdt_desktop.services.risk_wizard import FileState
from mdt_desktop.ui.widgets.figure import Figure
from tests.helpers.risk_files import NOVEMBER, OCTOBER, PRACTICE, lines
from tests.ui.imports.desk import Screen, risk_file


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
    screen.choose(risk_file(screen))
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
    screen.choose(risk_file(screen))
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
    screen.choose(risk_file(screen))
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


def figures(screen: Screen) -> dict[str, str]:
    return {it.words.text(): it.number.text() for it in screen.wizard.preview.findChildren(Figure)}


@pytest.mark.parametrize(
    ("listed", "absent", "told"),
    [
        (40, "0", None),
        (39, "1", "1 person on file of this practice is not in this file."),
        (30, "10", "10 people on file of this practice are not in this file. They have no tier"),
        (15, "25", "and only 15 are. Is the file whole?"),
    ],
    ids=["nobody", "one", "some", "most"],
)
def test_the_preview_says_who_is_no_longer_listed(screen: Screen, listed: int, absent: str, told: str | None) -> None:
    screen.import_all(risk_file(screen, "october.csv", run_date=OCTOBER))
    screen.choose(risk_file(screen, "november.csv", found=lines(listed)))
    screen.go_on()
    screen.go_on()
    assert figures(screen)["no longer listed"] == absent
    said = "\n".join(label.text() for label in screen.wizard.preview.findChildren(QLabel))
    assert (told in said) if told else ("not in this file" not in said)
