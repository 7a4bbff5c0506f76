"""The fields of the form engine: each kind sends what was typed and keeps what cannot be read."""

from datetime import date
from decimal import Decimal

from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.questionnaire import Answers, ItemType
from mdt_desktop.ui.forms.choice_fields import ComboField, RadioField, SeveralField
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.fields import LineField, TextField
from tests.ui.forms.desk import MANY, YES_NO_MAYBE, Build, Heard, block, field, question


def test_a_long_text_is_sent_with_every_letter_and_grows(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.TEXT))
    heard = Heard(form)
    edit = field(form, TextField).edit
    before = edit.height()
    QTest.keyClicks(edit, "ab")
    assert heard.changes == [("q", "", "a"), ("q", "", "ab")]
    edit.setPlainText("\n".join("line" for _ in range(8)))
    qtbot.waitUntil(lambda: edit.height() > before)
    edit.clear()
    assert heard.last() == ("q", "", None)


def test_a_short_text_is_sent_and_taken_back(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.STRING))
    heard = Heard(form)
    edit = field(form, LineField).edit
    QTest.keyClicks(edit, "x")
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert heard.changes == [("q", "", "x"), ("q", "", None)]


def test_a_number_is_a_number_and_an_unfinished_one_stays_as_typed(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.INTEGER), question("d", ItemType.DECIMAL, unit="kg"))
    heard = Heard(form)
    QTest.keyClicks(field(form, LineField).edit, "72")
    assert heard.last() == ("q", "", 72)
    QTest.keyClicks(field(form, LineField).edit, "x")
    assert heard.last() == ("q", "", "72x")
    QTest.keyClicks(field(form, LineField, "d").edit, "61.5")
    assert heard.last() == ("d", "", Decimal("61.5"))


def test_yes_and_no_by_mouse_letter_and_delete(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.BOOLEAN))
    heard = Heard(form)
    yes, no = field(form, RadioField).radios
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton, pos=QPoint(8, yes.height() // 2))
    QTest.keyClick(yes, Qt.Key.Key_N)
    assert no.isChecked()
    QTest.keyClick(no, Qt.Key.Key_Delete)
    assert heard.changes == [("q", "", True), ("q", "", False), ("q", "", None)]
    assert not yes.isChecked()
    assert not no.isChecked()


def test_up_to_seven_choices_are_radio_buttons_and_arrows_walk_them(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.CHOICE, options=YES_NO_MAYBE))
    heard = Heard(form)
    radios = field(form, RadioField).radios
    radios[0].setFocus()
    QTest.keyClick(radios[0], Qt.Key.Key_Space)
    QTest.keyClick(radios[0], Qt.Key.Key_Down)
    assert heard.changes == [("q", "", "yes"), ("q", "", "no")]


def test_more_than_seven_choices_are_a_list_that_the_wheel_cannot_change(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.CHOICE, options=MANY))
    heard = Heard(form)
    combo = field(form, ComboField).combo
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert heard.last() == ("q", "", "c0")
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(combo.mapToGlobal(QPoint(5, 5))),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(combo, wheel)
    assert combo.currentIndex() == 1
    assert not wheel.isAccepted()
    QTest.keyClick(combo, Qt.Key.Key_Up)
    assert heard.last() == ("q", "", None)


def test_an_open_choice_takes_other_words(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.OPEN_CHOICE, options=YES_NO_MAYBE))
    heard = Heard(form)
    radio_field = field(form, RadioField)
    assert radio_field.other is not None
    assert not radio_field.other.isVisible()
    radio_field.radios[-1].click()
    assert radio_field.other.hasFocus()
    QTest.keyClicks(radio_field.other, "ab")
    assert heard.last() == ("q", "", "ab")


def test_several_choices_have_a_row_each_and_none_takes_the_others_away(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.CHOICE, options=YES_NO_MAYBE, repeats=True))
    heard = Heard(form)
    boxes = field(form, SeveralField).boxes
    QTest.keyClick(boxes[0], Qt.Key.Key_Space)
    boxes[1].click()
    boxes[2].click()
    assert heard.changes[:3] == [("q", "0", "yes"), ("q", "1", "no"), ("q", "2", "none")]
    assert sorted(heard.changes[3:]) == [("q", "0", None), ("q", "1", None)]
    assert form.answers == Answers({("q", "2"): "none"})


def test_a_choice_stored_in_another_row_is_taken_away_there(build: Build) -> None:
    form = build(
        question("q", ItemType.CHOICE, options=YES_NO_MAYBE, repeats=True), answers=Answers({("q", "7"): "yes"})
    )
    field(form, SeveralField).boxes[0].click()
    assert form.answers == Answers()


def test_a_date_shortcut_is_read_on_enter_and_shown_the_cui_way(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    heard = Heard(form)
    edit = field(form, DateField).edit
    QTest.keyClicks(edit, "+3m")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "23-Feb-2027"
    assert edit.accessibleDescription() == "23 February 2027"
    assert heard.last() == ("q", "", date(2027, 2, 23))


def test_an_unknown_date_is_an_answer(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    edit = field(form, DateField).edit
    QTest.keyClicks(edit, "unknown")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "Unknown"
    assert form.answers.get("q") == "unknown"


def test_a_date_that_can_be_read_in_two_ways_is_asked_with_two_buttons(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    date_field = field(form, DateField)
    QTest.keyClicks(date_field.edit, "5/4/40")
    QTest.keyClick(date_field.edit, Qt.Key.Key_Return)
    assert form.answers.get("q") == "5/4/40"
    assert [button.text() for button in date_field.suggestions] == ["05-Apr-2040", "05-Apr-1940"]
    assert all(button.isVisible() for button in date_field.suggestions)
    date_field.suggestions[1].click()
    assert form.answers.get("q") == date(1940, 4, 5)
    assert date_field.suggestions == []


def test_an_impossible_date_is_kept_as_typed_and_not_scolded_before_it_is_asked_for(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    edit = field(form, DateField).edit
    QTest.keyClicks(edit, "31-Feb-2026")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert (edit.text(), form.answers.get("q")) == ("31-Feb-2026", "31-Feb-2026")
    assert not block(form, "q").error_message


def test_the_calendar_opens_from_the_keyboard_takes_with_enter_and_leaves_with_escape(
    qtbot: QtBot, build: Build
) -> None:
    form = build(question("q", ItemType.DATE))
    date_field = field(form, DateField)
    QTest.keyClick(date_field.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    popup = date_field.popup
    assert popup is not None
    assert popup.isVisible()
    assert popup.calendar.selectedDate() == QDate(2026, 11, 23)
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    date_field.open_calendar()
    popup.calendar.setSelectedDate(QDate(2026, 12, 1))
    popup.calendar.activated.emit(popup.calendar.selectedDate())
    assert form.answers.get("q") == date(2026, 12, 1)
    assert not popup.isVisible()
