"""Half-typed words of one form: when they are written, put back, discarded, and what is said when they cannot be."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.services.drafts import DraftPlace
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.drafting import KEEP_AFTER_MS, Drafting, DraftShelf
from mdt_desktop.ui.forms.form_content import drafted
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import words
from tests.helpers.borough import a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.window import until_idle

PLACE = DraftPlace("case", "test")
OTHER = DraftPlace("case", "other")


class SampleForm(QWidget):
    """One field of each kind, a search, a passphrase and a button."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.name, self.text, self.kind = QLineEdit("Wilma"), QPlainTextEdit(), QComboBox()
        self.may, self.yes, self.no = QCheckBox("May"), QRadioButton("Yes"), QRadioButton("No")
        self.search, self.secret, self.button = QLineEdit(), QLineEdit(), QPushButton("Record")
        self.group = QButtonGroup(self)
        for radio in (self.yes, self.no):
            self.group.addButton(radio)
        self.kind.addItem("Choose", "")
        self.kind.addItem("Daughter", "daughter")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        named = {"name": self.name, "text": self.text, "kind": self.kind, "may": self.may, "yes": self.yes,
                 "no": self.no, "secret": self.secret, "button": self.button}  # fmt: skip
        for name, widget in named.items():
            widget.setObjectName(name)
        for widget in (*named.values(), self.search):
            self.column.addWidget(widget)

    def typed(self) -> tuple[object, ...]:
        """What stands in it."""
        return (self.name.text(), self.text.toPlainText(), self.kind.currentData(), self.may.isChecked(),
                self.yes.isChecked())  # fmt: skip


EMPTY = ("Wilma", "", "", False, False)
FILLED = ("Wilma E.", "He said", "daughter", True, True)


@dataclass
class Desk:
    """A store with threads, and forms in it."""

    program: Program
    qtbot: QtBot
    operations: Operations
    clock: FrozenClock
    forms: list[SampleForm] = field(default_factory=list)

    def shelf(self) -> DraftShelf:
        """The drafts as the store has them."""
        until_idle(self.qtbot, self.operations)
        made, loaded = DraftShelf(self.program.services, self.operations), list[int]()
        made.load(lambda: loaded.append(1))
        self.qtbot.waitUntil(lambda: bool(loaded))
        return made

    def form(self, shelf: DraftShelf, place: DraftPlace = PLACE) -> tuple[SampleForm, Drafting]:
        """A form that opens at a place."""
        form = SampleForm()
        self.forms.append(form)
        drafting = drafted(form, form.column, shelf)
        form.show()
        drafting.begin(place)
        return form, drafting

    def fill(self, form: SampleForm) -> None:
        """Type and choose in every field."""
        QTest.keyClicks(form.name, " E.")
        form.text.setPlainText("He said")
        form.kind.setCurrentIndex(1)
        form.may.click()
        form.yes.click()
        form.search.setText("somebody")
        form.secret.setText("not to be kept")

    def kept(self) -> dict[DraftPlace, Any]:
        """What is in the store."""
        until_idle(self.qtbot, self.operations)
        return {it.place: dict(it.content) for it in self.program.services.drafts.everything()}


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot, clock: FrozenClock, qapp: object) -> Iterator[Desk]:
    with a_store(tmp_path, clock) as program:
        operations = Operations(Broadcasts())
        made = Desk(program, qtbot, operations, clock)
        yield made
        for form in made.forms:
            form.close()
            form.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        operations.close()


def test_what_is_typed_is_written_within_two_seconds_although_nobody_pauses(desk: Desk) -> None:
    form, drafting = desk.form(desk.shelf())
    assert KEEP_AFTER_MS < 2000
    QTest.keyClicks(form.text, "H")
    waits = drafting.waits
    QTest.keyClicks(form.text, "e said ")
    assert waits
    assert drafting.waits, "typing on does not begin the time anew"
    drafting.keep_now()  # the time is over
    QTest.keyClicks(form.text, "that")
    assert drafting.waits, "and the next letters wait for the next time"
    assert desk.kept() == {PLACE: {"text": "He said "}}


def test_the_time_that_passes_writes(desk: Desk) -> None:
    form, drafting = desk.form(desk.shelf())
    drafting.keep_after(0)
    QTest.keyClicks(form.text, "He")
    desk.qtbot.waitUntil(lambda: desk.kept() == {PLACE: {"text": "He"}})


def test_only_named_fields_that_differ_are_kept_and_never_a_passphrase(desk: Desk) -> None:
    form, drafting = desk.form(desk.shelf())
    desk.fill(form)
    drafting.keep_now()
    wanted = {"name": "Wilma E.", "text": "He said", "kind": "daughter", "may": True, "yes": True}
    assert desk.kept() == {PLACE: wanted}


def test_opening_the_same_place_puts_the_words_back_with_when_they_were_begun(desk: Desk) -> None:
    form, drafting = desk.form(desk.shelf())
    desk.fill(form)
    drafting.end()
    desk.clock.advance(timedelta(days=4, hours=5, minutes=32))
    again, drafting = desk.form(desk.shelf())
    assert form.typed() == FILLED
    assert again.typed() == FILLED
    assert (again.search.text(), again.secret.text()) == ("", "")
    assert drafting.line.isVisible()
    begun = desk.clock.now.astimezone() - timedelta(days=4, hours=5, minutes=32)
    assert drafting.line.said.text() == f"You had begun this on 23-Nov-2026 at {begun:%H:%M}."


def test_another_place_has_nothing_to_put_back(desk: Desk) -> None:
    form, drafting = desk.form(desk.shelf())
    desk.fill(form)
    drafting.end()
    again, drafting = desk.form(desk.shelf(), OTHER)
    assert again.typed() == EMPTY
    assert not drafting.line.isVisible()


def test_a_form_that_shows_another_place_keeps_the_words_of_the_first(desk: Desk) -> None:
    shelf = desk.shelf()
    form, drafting = desk.form(shelf)
    desk.fill(form)
    drafting.end()
    form.text.setPlainText("")
    drafting.begin(OTHER)
    form.text.setPlainText("She said")
    drafting.end()
    kept = desk.kept()
    assert kept[PLACE]["text"] == "He said"
    assert kept[OTHER] == {"text": "She said"}


def test_discarding_shows_the_form_as_it_was_and_takes_the_row_away(desk: Desk) -> None:
    shelf = desk.shelf()
    form, drafting = desk.form(shelf)
    desk.fill(form)
    form.yes.setChecked(True)
    drafting.end()
    again, drafting = desk.form(shelf)
    drafting.line.discard.click()
    assert again.typed()[:4] == EMPTY[:4]
    assert not drafting.line.isVisible()
    assert not drafting.waits
    assert desk.kept() == {}


def test_recording_takes_the_row_away_and_nothing_is_written_afterwards(desk: Desk) -> None:
    form, drafting = desk.form(desk.shelf())
    desk.fill(form)
    drafting.keep_now()
    assert desk.kept()
    drafting.finish()
    form.text.setPlainText("cleared by the page")
    assert not drafting.waits
    drafting.end()
    assert desk.kept() == {}


def test_words_that_somebody_deletes_again_leave_no_row(desk: Desk) -> None:
    form, drafting = desk.form(desk.shelf())
    form.text.setPlainText("He")
    drafting.keep_now()
    form.text.setPlainText("")
    drafting.keep_now()
    assert desk.kept() == {}


def test_a_form_in_which_nothing_was_typed_writes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = desk.shelf()
    written: list[object] = []
    monkeypatch.setattr(shelf, "keep", lambda *args: written.append(args))
    form, drafting = desk.form(shelf)
    form.text.setPlainText("He")
    form.text.setPlainText("")
    drafting.keep_now()
    drafting.end()
    assert written == []


def test_what_changed_meanwhile_in_other_fields_is_not_taken_back(desk: Desk) -> None:
    """A draft of one field does not bring back how the others were when it was begun."""
    form, drafting = desk.form(desk.shelf())
    form.text.setPlainText("He said")
    drafting.end()
    shelf = desk.shelf()
    later = SampleForm()
    desk.forms.append(later)
    later.name.setText("Wilma Newname")
    drafting = drafted(later, later.column, shelf)
    drafting.begin(PLACE)
    assert (later.name.text(), later.text.toPlainText()) == ("Wilma Newname", "He said")


@pytest.mark.parametrize(
    "content",
    [{"gone": "words"}, {"text": 5}, {"may": "yes"}, {"kind": "left since"}, {"kind": None}, {"name": ["a"]}],
    ids=["a field that is gone", "a number", "a word for yes", "a choice that is gone", "nothing", "a list"],
)
def test_what_another_version_kept_and_does_not_fit_is_passed_over(desk: Desk, content: dict[str, object]) -> None:
    desk.program.services.drafts.keep(PLACE, content)
    form, _ = desk.form(desk.shelf())
    assert form.typed() == EMPTY


def test_locking_asks_every_open_form_and_passes_over_those_that_are_gone(desk: Desk) -> None:
    shelf = desk.shelf()
    form, _ = desk.form(shelf)
    gone, drafting = desk.form(shelf, OTHER)
    form.text.setPlainText("He said")
    desk.forms.remove(gone)
    gone.close()
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    shelf.keep_all()
    assert desk.kept() == {PLACE: {"text": "He said"}}
    assert drafting is not None


def test_a_store_that_refuses_is_told_at_the_form_and_tried_again_with_the_next_letter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, drafting = desk.form(desk.shelf())

    def full(*_: object) -> None:
        raise StoreProblem

    with monkeypatch.context() as patch:
        patch.setattr(desk.program.services.drafts, "keep", full)
        form.text.setPlainText("He")
        drafting.keep_now()
        until_idle(desk.qtbot, desk.operations)
    problem = Messages.words_of(StoreProblem())
    assert drafting.line.said.text() == words("lock.draft.not_kept", problem=problem)
    assert drafting.line.isVisible()
    assert not drafting.line.discard.isVisible()
    assert form.text.toPlainText() == "He", "what was typed is still there"
    QTest.keyClicks(form.text, " said")
    drafting.keep_now()
    assert len(desk.kept()) == 1
    assert not drafting.line.isVisible(), "now it is kept"


def test_a_store_whose_drafts_cannot_be_read_still_opens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise StoreProblem

    monkeypatch.setattr(desk.program.services.drafts, "everything", broken)
    shelf = desk.shelf()  # `then` is called all the same
    assert shelf.find(PLACE) is None


def test_old_drafts_are_dropped_when_the_store_opens(desk: Desk) -> None:
    desk.program.services.drafts.keep(PLACE, {"text": "He said"})
    desk.clock.advance(timedelta(days=31))
    shelf = desk.shelf()
    until_idle(desk.qtbot, desk.operations)
    assert shelf.find(PLACE) is None
    reader = desk.program.access.database.reader
    assert reader.execute("SELECT count(*) FROM draft").fetchone() == (0,)


def test_where_somebody_was_is_told_once_and_holds_texts_only(desk: Desk) -> None:
    shelf = desk.shelf()
    shelf.keep_where("case", {"person_id": "a", "tab": "consent", "odd": object()})
    shelf.keep_where("case", {"person_id": "a", "tab": "consent"})
    until_idle(desk.qtbot, desk.operations)
    again = desk.shelf()
    assert again.take_where() == ("case", {"person_id": "a", "tab": "consent"})
    assert again.take_where() is None
    assert desk.kept() == {}


def test_where_the_last_words_were_is_forgotten_with_them(desk: Desk) -> None:
    shelf = desk.shelf()
    form, drafting = desk.form(shelf)
    form.text.setPlainText("He said")
    drafting.keep_now()
    shelf.keep_where("case", {"person_id": "a"})
    drafting.finish()
    assert desk.kept() == {}
    assert shelf.take_where() is None
