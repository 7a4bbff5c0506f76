"""Held rows: taken, added as somebody new, or left out, one after the other."""

from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QTableView

from mdt_desktop.services.held_content import HeldDecision
from mdt_desktop.ui.banner_content import banner_content
from tests.ui.imports.desk import Screen, with_held


def test_held_rows_are_decided_one_after_the_other(screen: Screen) -> None:
    with_held(screen)
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
    assert screen.presenter.notices == ["Row taken", "Row left out"]
    assert screen.one("SELECT count(*) FROM person WHERE born IN ('1945-05-05', '1946-06-06')") == 1


def test_somebody_else_is_added_as_new_and_their_banner_says_what_became_of_the_number(screen: Screen) -> None:
    with_held(screen)
    screen.page.show_held()
    screen.settle()
    held = screen.page.held
    current = held.current()
    assert current is not None
    said = "\n".join(label.text() for label in held.detail.findChildren(QLabel))
    assert "without the NHS number. It stays with the person on file" in said
    assert [button.text() for button in held.buttons.values()] == [
        "Same person, take the row",
        "Another person, add as new",
        "Leave the row out",
    ]
    held.buttons[HeldDecision.ADDED_AS_NEW].click()
    screen.settle()
    assert screen.presenter.notices == ["Added as a new person"]
    added = screen.one("SELECT id FROM person WHERE nhs_number IS NULL")
    overview = screen.program.services.case_file.overview(added)
    banner = banner_content(overview.person, overview.flags, screen.program.access.today())
    assert [alert.words for alert in banner.alerts] == ["NHS number to be traced"]


def test_a_row_decided_elsewhere_meanwhile_is_told_and_leaves_the_list(screen: Screen) -> None:
    with_held(screen)
    screen.page.show_held()
    screen.settle()
    current = screen.page.held.current()
    assert current is not None
    screen.program.services.held_rows.decide(current.id, HeldDecision.LEFT_OUT)
    screen.page.held.buttons[HeldDecision.TAKEN].click()
    screen.settle()
    assert "has decided about this row already" in screen.presenter.notices[0]
    assert screen.page.held.model.rowCount() == 1


def test_every_control_has_a_name_and_every_model_is_sound(screen: Screen) -> None:
    with_held(screen)
    for table in screen.page.findChildren(QTableView):
        assert table.accessibleName()
        QAbstractItemModelTester(table.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    for button in screen.page.findChildren(QAbstractButton):
        hidden = button.isHidden() or isinstance(button.parent(), QTableView)
        assert button.text() or button.accessibleName() or hidden
    for box in screen.page.findChildren(QComboBox):
        assert box.accessibleName()
