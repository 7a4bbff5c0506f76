"""Half a sentence, and then: locking, closing, or a crash. The person comes back to it, and only the store held it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import open_with_passphrase
from mdt_desktop.demo.store import PASSPHRASE
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.printing import PrintReason
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.access import Clock
from mdt_desktop.services.caseload import CaseloadQuery
from mdt_desktop.ui.printing import PlanPreview
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from tests.helpers.clocks import FrozenClock
from tests.helpers.demo import copy_of_demo, load_demo_into
from tests.helpers.hands import Hands

HALF = "She would rather not say where she"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load_demo_into(tmp_path_factory.mktemp("demo"))


@dataclass
class Somebody:
    """The program on the demo's store, and one person of each stage."""

    folder: DataFolder
    qtbot: QtBot
    clock: Clock
    start: Start

    @classmethod
    def on(cls, folder: DataFolder, qtbot: QtBot, clock: Clock) -> "Somebody":
        """The program started on a folder, and unlocked."""
        found = cls(folder, qtbot, clock, Start(folder, clock=clock))
        qtbot.addWidget(found.start.window)
        found.start.open_window().activateWindow()
        found.unlock()
        return found

    def hands(self) -> Hands:
        return Hands(self.qtbot, self.start.operations)

    def begin(self) -> None:
        """Start the program anew and unlock it."""
        self.start = Start(self.folder, clock=self.clock)
        self.qtbot.addWidget(self.start.window)
        self.start.open_window().activateWindow()
        self.unlock()

    def unlock(self) -> None:
        """Type the passphrase."""
        self.qtbot.waitUntil(lambda: isinstance(self.start.cover, UnlockPage), timeout=20_000)
        cover = self.start.cover
        assert isinstance(cover, UnlockPage)
        self.qtbot.waitUntil(cover.isEnabled, timeout=20_000)
        self.hands().settle()
        cover.passphrase.setText(PASSPHRASE)
        with self.qtbot.waitSignal(self.start.shell_shown, timeout=20_000):
            cover.unlock.click()
        self.hands().settle()

    def lock(self) -> None:
        """Lock, and wait until the store is closed."""
        with self.qtbot.waitSignal(self.start.locked, timeout=20_000):
            self.start.lock()

    def show(self, key: str, **arguments: object) -> Any:
        self.start.window.show_page(key, **arguments)
        self.hands().settle()
        return self.start.window.page

    @property
    def page(self) -> Any:
        return self.start.window.page

    def person(self, stage: Stage) -> str:
        assert self.start.program is not None
        rows = self.start.program.services.caseload.page(CaseloadQuery(), 0, 1000).rows
        return next(row.person_id for row in rows if row.stage is stage)

    def end(self) -> None:
        self.start.window.close()
        self.start.close()


@pytest.fixture
def somebody(demo: Path, tmp_path: Path, qtbot: QtBot, clock: FrozenClock) -> Iterator[Somebody]:
    found = Somebody.on(copy_of_demo(demo, tmp_path / "data"), qtbot, clock)
    yield found
    found.end()


def consent(it: Somebody) -> None:
    it.show("case", person_id=it.person(Stage.ACTIVE), tab="consent")


def lead(it: Somebody) -> None:
    page = it.show("case", person_id=it.person(Stage.ACTIVE), tab="people")
    page.tab("people").lead.choose_lead()
    it.hands().settle()


def contact(it: Somebody) -> None:
    page = it.show("case", person_id=it.person(Stage.IDENTIFIED), tab="people")
    page.tab("people").add_contact()


def log_entry(it: Somebody) -> None:
    page = it.show("case", person_id=it.person(Stage.ACTIVE), tab="contacts")
    page.tab("contacts").add()


def move(it: Somebody) -> None:
    page = it.show("case", person_id=it.person(Stage.ACTIVE), tab="overview")
    page.tab("overview").stage.move_to(Stage.DECLINED)


def practitioner(it: Somebody) -> None:
    it.show("directory", add="nurse")


def answer(it: Somebody) -> None:
    page = it.show("assessment", person_id=it.person(Stage.ASSESSING))
    shelf = page.shelf.shelf.assessments
    it.show("assessment", assessment_id=next(a.id for a in shelf if a.questionnaire == "joint-assessment"))
    it.page.filling.form.focus_item("mt-important")
    it.hands().settle()


def plan(it: Somebody) -> None:
    page = it.show("care_plan", person_id=it.person(Stage.PLANNING))
    page.document.about.texts["most_important"].edit.setFocus()


def field_of(it: Somebody, name: str) -> QWidget:
    """The field on the page in which the words belong; for pages that save by themselves the one in focus."""
    if not name:
        focused = it.start.window.focusWidget()
        assert focused is not None
        return focused
    found = [field for field in it.page.findChildren(QWidget, name) if field.isVisible()]
    assert len(found) == 1, name
    assert isinstance(found[0], QWidget)
    return found[0]


def text_in(field: QWidget) -> str:
    assert isinstance(field, QLineEdit | QPlainTextEdit)
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


PLACES: dict[str, tuple[Callable[[Somebody], None], str]] = {
    "the consent form": (consent, "evidence"),
    "the choice of another lead": (lead, "lead_reason"),
    "somebody close": (contact, "contact_comments"),
    "a contact in the log": (log_entry, "note_words"),
    "why a case leaves": (move, "move_reason"),
    "somebody who works here": (practitioner, "name"),
    "an answer": (answer, ""),
    "the plan": (plan, ""),
}


@pytest.mark.parametrize("where", PLACES)
def test_after_unlocking_one_is_back_in_the_same_place_with_the_words_in_it(somebody: Somebody, where: str) -> None:
    go, name = PLACES[where]
    go(somebody)
    somebody.hands().settle()
    QTest.keyClicks(field_of(somebody, name), HALF)
    key, place = somebody.start.window.place()
    somebody.lock()
    assert not any(HALF in text for text in texts_of(somebody.start.window))
    somebody.unlock()
    somebody.hands().settle()
    assert somebody.start.window.page_key == key
    assert somebody.start.window.place() == (key, place)
    if name:
        assert text_in(field_of(somebody, name)) == HALF
    else:
        assert any(HALF in text for text in texts_of(somebody.page))


SAVED_BY_THEMSELVES = ("an answer", "the plan")


@pytest.mark.parametrize("where", [it for it in PLACES if it not in SAVED_BY_THEMSELVES])
def test_closing_and_starting_again_brings_one_back_with_the_words(somebody: Somebody, where: str) -> None:
    go, name = PLACES[where]
    go(somebody)
    somebody.hands().settle()
    QTest.keyClicks(field_of(somebody, name), HALF)
    was = somebody.start.window.place()
    somebody.start.window.close()
    somebody.end()
    somebody.begin()
    assert somebody.start.window.place() == was
    assert text_in(field_of(somebody, name)) == HALF


@pytest.mark.parametrize("where", SAVED_BY_THEMSELVES)
def test_closing_a_page_that_saves_by_itself_leaves_the_words_where_they_belong(somebody: Somebody, where: str) -> None:
    go, name = PLACES[where]
    go(somebody)
    somebody.hands().settle()
    QTest.keyClicks(field_of(somebody, name), HALF)
    somebody.start.window.close()  # which it does by itself once everything is in the store
    somebody.hands().wait(lambda: not somebody.start.window.isVisible())
    somebody.end()
    somebody.begin()
    assert somebody.start.window.page_key == "caseload", "nothing is half-typed, and closing is leaving"
    go(somebody)
    somebody.hands().settle()
    assert any(HALF in text for text in texts_of(somebody.page))


def texts_of(within: QWidget) -> list[str]:
    fields = [*within.findChildren(QLineEdit), *within.findChildren(QPlainTextEdit)]
    return [text_in(field) for field in fields]


def test_locking_with_nothing_typed_brings_one_back_as_well_and_only_once(somebody: Somebody) -> None:
    person = somebody.person(Stage.ACTIVE)
    somebody.show("case", person_id=person, tab="risk")
    somebody.lock()
    somebody.unlock()
    assert somebody.start.window.page_key == "case"
    assert (somebody.page.case.view.person_id, somebody.page.tab_key) == (person, "risk")
    somebody.end()
    somebody.begin()
    assert somebody.start.window.page_key == "caseload", "closing is leaving"


def test_closing_the_window_in_mid_sentence_asks_nothing_and_brings_one_back(somebody: Somebody) -> None:
    consent(somebody)
    QTest.keyClicks(field_of(somebody, "evidence"), HALF)
    somebody.start.window.close()
    assert not somebody.start.window.isVisible()
    somebody.end()
    somebody.begin()
    assert somebody.start.window.page_key == "case"
    assert text_in(field_of(somebody, "evidence")) == HALF
    assert somebody.page.tab("consent").form.drafting.line.isVisible()


def test_a_person_who_is_gone_leads_to_a_page_that_says_so(somebody: Somebody) -> None:
    drafts = somebody.start.drafts
    assert drafts is not None
    drafts.keep_where("case", {"person_id": "00000000-0000-7000-8000-000000000000", "tab": "consent", "sheet": "flag"})
    somebody.end()
    somebody.begin()
    assert somebody.start.window.page_key == "case"
    assert somebody.page.case.sheet is None


@pytest.mark.parametrize(
    "where",
    [("no page of this version", {}), ("case", {"tab": "gone", "sheet": "gone"}), ("directory", {"sheet": ":"})],
)
def test_a_place_of_another_version_of_the_program_is_no_trouble(
    somebody: Somebody, where: tuple[str, dict[str, object]]
) -> None:
    drafts = somebody.start.drafts
    assert drafts is not None
    drafts.keep_where(*where)
    somebody.end()
    somebody.begin()
    assert somebody.start.window.shown_notices() == ()


def test_the_words_of_a_reason_to_print_are_there_when_the_preview_opens_again(somebody: Somebody) -> None:
    page = somebody.show("care_plan", person_id=somebody.person(Stage.ACTIVE))
    page.open_preview("print")
    somebody.hands().settle()
    preview = somebody.hands().top(PlanPreview)
    preview.why.radios[PrintReason.OTHER].click()
    QTest.keyClicks(preview.why.more, HALF)
    somebody.lock()
    somebody.unlock()
    assert somebody.start.window.page_key == "care_plan"
    somebody.page.open_preview("print")
    somebody.hands().settle()
    preview = somebody.hands().top(PlanPreview)
    assert preview.why.more.text() == HALF
    assert preview.why.radios[PrintReason.OTHER].isChecked()
    assert preview.draft is not None
    preview.draft.drafting.line.discard.click()
    assert preview.why.more.text() == ""
    assert not any(radio.isChecked() for radio in preview.why.radios.values())
    preview.close()
    somebody.hands().settle()
    assert somebody.start.program is not None
    assert somebody.start.program.services.drafts.everything() == ()


def test_who_agrees_a_plan_and_why_parts_stay_unsigned_are_there_again(somebody: Somebody) -> None:
    page = answer_page(somebody)
    page.complete()
    somebody.hands().settle()
    QTest.keyClicks(page.complete_sheet.reason, HALF)
    somebody.lock()
    somebody.unlock()
    somebody.hands().settle()
    sheet = somebody.page.complete_sheet
    assert sheet is not None
    assert sheet.reason.toPlainText() == HALF


def answer_page(it: Somebody) -> Any:
    answer(it)
    return it.page


CRASHES = Path(__file__).parent.parent / "helpers" / "types_on.py"


def test_a_kill_in_mid_typing_loses_two_seconds_at_most_and_brings_one_back(
    demo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    """Another process types on, letter by letter, until it is killed; then the program starts again on its store."""
    folder = copy_of_demo(demo, tmp_path / "data")
    home = tmp_path / "home"
    home.mkdir()
    environment = os.environ | {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    typing = subprocess.Popen(
        [sys.executable, str(CRASHES), str(folder.root)], stdout=subprocess.PIPE, text=True, env=environment
    )
    typed = ""
    try:
        assert typing.stdout is not None
        for line in typing.stdout:  # each is what stood in the field two seconds before, and has stood there since
            typed = line.rstrip("\n")
            if len(typed) > 60:
                break
    finally:
        typing.send_signal(signal.SIGKILL)
        typing.wait(30)
        typing.communicate()
    assert len(typed) > 60, "it came to typing"
    with open_with_passphrase(folder, PASSPHRASE) as program:
        (draft,) = [it for it in program.services.drafts.everything() if it.place.form == "consent"]
        kept = str(draft.content["evidence"])
        where = [it for it in program.services.drafts.everything() if it.place.page == "window"]
    assert kept.startswith(typed), (kept, typed)
    assert len(where) == 1, "and where it was"
    again = Somebody.on(folder, qtbot, lambda: datetime.now(UTC))
    try:
        key, place = again.start.window.place()
        assert (key, place["tab"]) == ("case", "consent")
        assert text_in(field_of(again, "evidence")) == kept
        assert again.page.tab("consent").form.drafting.line.isVisible(), "it says that this was begun before"
    finally:
        again.end()
