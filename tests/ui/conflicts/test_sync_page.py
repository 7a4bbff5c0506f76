"""Conflicts on the page Sync: what somebody reads, and what one key does."""

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mdt_desktop.domain.audit_head import AuditHead, ToldHead
from mdt_desktop.records import Flag, Person
from mdt_desktop.words import words
from tests.sync.laptops import new_flag
from tests.ui.conflicts.conftest import Desk


def disagree(desk: Desk, field: str = "telephone", one: str = "1", other: str = "2") -> None:
    team = desk.team
    team.one.change(Person, team.person, team.person, **{field: one})
    team.other.change(Person, team.person, team.person, **{field: other})
    desk.sync()


def press(desk: Desk, key: Any) -> None:
    QTest.keyClick(desk.page.inbox.table, key)
    desk.wait()


def telephone(desk: Desk) -> tuple[str, str]:
    sql = "SELECT telephone FROM person"
    return desk.team.one.one(sql), desk.team.other.one(sql)


def test_with_nothing_to_decide_the_page_says_so(desk: Desk) -> None:
    assert desk.page.inbox.stack.currentWidget() is desk.page.inbox.empty
    assert desk.page.inbox.empty.words.text() == "Nothing to decide"
    assert desk.page.tabs.tabText(0) == "To decide"


def test_a_conflict_shows_whose_record_it_is_and_what_each_wrote(desk: Desk) -> None:
    disagree(desk)
    panel = desk.page.inbox.conflict
    assert desk.page.tabs.tabText(0) == "To decide (1)"
    assert (panel.person.text(), panel.what.text()) == ("EXAMPLESSON, Wilma", "Person, telephone")
    assert (panel.mine.who.text(), panel.mine.value.text()) == ("Sam Sample, Care navigator", "2")
    assert (panel.theirs.who.text(), panel.theirs.value.text()) == ("Robin Example, Care navigator", "1")
    assert "In force now 1" in panel.facts.text()
    assert panel.effect.words.text() == "A care plan printed meanwhile says that this is not settled."
    assert (panel.mine.keep.text(), panel.theirs.keep.text()) == ("Keep Sam Sample's", "Keep Robin Example's")


@pytest.mark.parametrize(("key", "kept"), [(Qt.Key.Key_1, "2"), (Qt.Key.Key_2, "1")])
def test_one_key_keeps_a_side_on_every_laptop_and_the_list_is_empty_then(desk: Desk, key: Qt.Key, kept: str) -> None:
    disagree(desk)
    press(desk, key)
    assert "Decided: telephone of EXAMPLESSON, Wilma" in desk.told()
    assert desk.page.inbox.stack.currentWidget() is desk.page.inbox.empty
    desk.sync()
    assert telephone(desk) == (kept, kept)
    assert desk.team.other.one("SELECT count(*) FROM conflict WHERE status = 'open'") == 0


def test_after_deciding_the_next_conflict_is_chosen(desk: Desk) -> None:
    for field in ("telephone", "email", "address"):
        disagree(desk, field)
    listed = [desk.page.inbox.model.row(row) for row in range(3)]
    desk.page.inbox.table.selectRow(1)
    press(desk, Qt.Key.Key_1)
    assert desk.page.inbox.entry == listed[2]
    assert desk.page.tabs.tabText(0) == "To decide (2)"


def test_undo_opens_the_conflict_again(desk: Desk) -> None:
    disagree(desk)
    press(desk, Qt.Key.Key_1)
    desk.shell.messages.undo_last()
    desk.wait()
    assert desk.page.inbox.conflict.what.text() == "Person, telephone"
    assert telephone(desk)[0] == "1"


def test_another_value_is_given_with_the_fields_own_editor(desk: Desk) -> None:
    disagree(desk)
    press(desk, Qt.Key.Key_3)
    sheet: Any = desk.page.sheet
    sheet.editor.setText("020 7946 0003")
    sheet.save.click()
    desk.wait()
    assert desk.page.sheet is None
    desk.sync()
    assert telephone(desk) == ("020 7946 0003", "020 7946 0003")


def test_a_value_that_does_not_fit_is_said_in_the_sheet_which_stays_open(desk: Desk) -> None:
    disagree(desk, "family_name", "Onesson", "Othersson")
    press(desk, Qt.Key.Key_3)
    sheet: Any = desk.page.sheet
    sheet.editor.setText("")
    sheet.save.click()
    desk.wait()
    assert sheet.isVisible()
    assert "does not fit the field “family name”" in sheet.problem.text()


def test_a_day_is_given_in_a_day_field(desk: Desk) -> None:
    team = desk.team
    flag = new_flag(team.one, team.person, date(2026, 12, 1))
    desk.sync()
    team.one.change(Flag, flag, team.person, until=None)
    team.other.change(Flag, flag, team.person, until=date(2026, 11, 24))
    desk.sync()
    press(desk, Qt.Key.Key_3)
    sheet: Any = desk.page.sheet
    sheet.editor.edit.setText("5 Jan 2027")
    sheet.editor.edit.textEdited.emit("5 Jan 2027")
    sheet.editor.edit.editingFinished.emit()
    sheet.save.click()
    desk.wait()
    assert team.one.one("SELECT until FROM flag") == "2027-01-05"


def test_whoever_is_asked_finds_it_marked_as_theirs(desk: Desk) -> None:
    disagree(desk)
    press(desk, Qt.Key.Key_A)
    sheet: Any = desk.page.sheet
    sheet.save.click()
    assert "Choose who is to decide" in sheet.field.error.text()
    robin = str(desk.team.one.one("SELECT id FROM practitioner WHERE name = 'Robin Example'"))
    sheet.who.setCurrentIndex(sheet.who.findData(robin))
    sheet.save.click()
    desk.wait()
    assert desk.page.inbox.entry is not None
    assert desk.page.inbox.entry.what == "Asks you: telephone"
    assert desk.page.inbox.conflict.asked.words.text() == "Robin Example asked Robin Example to decide."


def test_enter_opens_the_persons_record(desk: Desk) -> None:
    disagree(desk)
    opened: list[str] = []
    desk.page.open_person_requested.connect(opened.append)
    press(desk, Qt.Key.Key_Return)
    assert opened == [desk.team.person]


def test_a_conflict_that_was_decided_elsewhere_meanwhile_is_told_and_leaves_the_list(desk: Desk) -> None:
    disagree(desk)
    team = desk.team
    conflict = str(team.other.one("SELECT id FROM conflict"))
    team.other.program.services.sync_desk.decide(conflict, "mine")
    team.other.sync(team.central)
    team.one.sync(team.central)  # the page has not heard of it yet
    press(desk, Qt.Key.Key_2)
    assert "Somebody may have decided it already" in desk.told()
    assert desk.page.inbox.stack.currentWidget() is desk.page.inbox.empty
    assert telephone(desk) == ("2", "2")


def test_while_an_exchange_runs_the_page_shows_how_far_it_is_and_stop_stops_it(desk: Desk) -> None:
    desk.exchanging.running = desk.exchanging.first = True
    desk.exchanging.far, desk.exchanging.far_words = (1200, 9300), words("sync.first", done=1200, of=9300)
    desk.exchanging.state_changed.emit()
    strip = desk.page.strip
    assert strip.isVisible()
    assert strip.what.text() == "First sync: 1,200 of 9,300 changes"
    assert strip.bar.value() == 129
    assert not desk.page.now.isEnabled()
    strip.stop.click()
    assert desk.exchanging.stopped == 1
    desk.exchanging.running = False
    desk.exchanging.state_changed.emit()
    assert not strip.isVisible()
    desk.page.now.click()
    assert desk.exchanging.asked == 1


def test_the_last_exchanges_say_in_words_how_they_ended(desk: Desk) -> None:
    team = desk.team
    team.one.write(
        lambda connection: connection.execute(
            "INSERT INTO sync_run VALUES ('r', '2026-11-23T09:00:00.000Z', '2026-11-23T09:00:04.000Z', 'failed', 1200,"
            " 3, 0, 'sync_offline')"
        )
    )
    desk.page.tabs.setCurrentIndex(2)
    desk.page.reload()
    desk.wait()
    texts = desk.page.runs.model.texts(0)
    assert texts is not None
    assert texts[1:5] == ("4 s", "3", "1,200", "0")
    assert "cannot be reached" in desk.page.runs.said.text()


def test_an_audit_log_that_is_not_what_it_was_is_told_until_it_was_mended(desk: Desk) -> None:
    central = desk.team.central
    told = []
    for epoch, seq, hash_, seen in (("a", 7, "h", None), ("a", 9, "k", "other"), ("b", 8, "l", None)):
        central.audit = ToldHead(AuditHead(epoch, seq, hash_), seen)
        desk.team.one.sync(central)
        desk.page.reload()
        desk.wait()
        told.append(desk.page.witness.isVisible())
    assert told == [False, True, False]
    notice = desk.page.witness
    assert notice.accessibleName().startswith("The central store’s audit log is not what it was Entry 7 of")
    assert "Found on 23-Nov-2026 09:00" in notice.since.text()
