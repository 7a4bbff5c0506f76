"""The window: pages on the first visit, back and forward, what is missed, the palette, and what stands around."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.app import LastResort
from mdt_desktop.ui.hits import DeliverPeople, PersonHit
from mdt_desktop.ui.messages import Choice, Tone
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.shell_parts import HeadlineMeasure
from mdt_desktop.ui.visits import History, Visit
from mdt_desktop.ui.widgets.question_box import QuestionBox
from mdt_desktop.words import sentence
from tests.helpers.window import WindowParts
from tests.ui.conftest import Show
from tests.ui.gallery.shell import Shell
from tests.ui.gallery.widgets import WidgetsSample

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
GOALS, NEEDS = Changes(frozenset({"goal"}), frozenset({"a"})), Changes(frozenset({"need"}), frozenset({"b"}))


class NotedPage(Page):
    """Writes down what the window tells it."""

    def __init__(self) -> None:
        super().__init__()
        self.visits: list[Arguments] = []
        self.told: list[Changes] = []
        self.asks_first = False
        self.go_on: Callable[[], None] | None = None
        self.box = QLineEdit()
        QVBoxLayout(self).addWidget(self.box)

    def shown(self, arguments: Arguments) -> None:
        self.visits.append(arguments)
        self.box.setFocus()

    def changed(self, changes: Changes) -> None:
        self.told.append(changes)

    def can_leave(self, go_on: Callable[[], None]) -> bool:
        self.go_on = go_on
        return not self.asks_first


class Program(WindowParts):
    """The window with three pages and its parts."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []
        for key, text in (("today", "Today"), ("caseload", "Caseload"), ("settings", "Settings")):
            self.window.register_page(key, text, key, self._factory(text))
        self.window.register_page("case", "Case", "case", self._factory("Case"), in_rail=False)

    def _factory(self, text: str) -> Callable[[], Page]:
        def make() -> Page:
            self.made.append(text)
            return NotedPage()

        return make

    def page(self, key: str) -> NotedPage:
        page = self.window.made_page(key)
        assert isinstance(page, NotedPage)
        return page


@pytest.fixture
def program(qapp: QApplication, show: Show) -> Iterator[Program]:
    found = Program()
    found.window.show_page("today")
    show(found.window)
    yield found
    for page in found.made:
        inner = found.window.made_page(page.lower())
        if isinstance(inner, NotedPage):
            inner.asks_first = False
    found.operations.close()


def test_building_widgets_opens_no_window_of_their_own_and_takes_no_focus(show: Show) -> None:
    shell = Shell()
    show(shell.window)
    for key in ("caseload", "case", "died", "meetings"):
        shell.window.show_page(key)
        QApplication.processEvents()
        assert shell.window.isActiveWindow(), key
    page = shell.window.page
    assert isinstance(page, WidgetsSample)
    page.name_box.setFocus()
    shell.messages.notify("It failed", Tone.ERROR)
    assert page.name_box.hasFocus()
    shell.operations.close()


def test_a_page_is_made_on_the_first_visit_and_kept(program: Program) -> None:
    assert program.made == ["Today"]
    for _ in range(2):
        program.window.show_page("caseload")
        program.window.show_page("today")
    assert program.made == ["Today", "Caseload"]


def test_arguments_reach_the_page(program: Program) -> None:
    program.window.show_page("case", person_id="a")
    assert program.page("case").visits == [{"person_id": "a"}]
    assert program.window.windowTitle() == "Case - MDT Desktop"


def test_the_title_of_the_window_and_of_a_question_names_nobody(program: Program) -> None:
    program.window.show_page("case", person_id="a")
    program.messages.ask("Remove Wilma Examplesson?", [Choice("no", "Keep")], lambda _: None, way_out="no")
    titles = {window.windowTitle() for window in QApplication.topLevelWidgets() if window.isVisible()}
    assert titles == {"Case - MDT Desktop", "MDT Desktop"}
    next(it for it in QApplication.topLevelWidgets() if isinstance(it, QuestionBox)).close()


def test_control_and_a_number_open_the_pages_of_the_rail(qtbot: QtBot, program: Program) -> None:
    QTest.keyClick(program.window, Qt.Key.Key_2, CONTROL)
    assert program.window.page_key == "caseload"


def test_the_rail_marks_the_place_that_a_page_belongs_to(program: Program) -> None:
    make = program._factory("Audit")
    program.window.register_page("audit", "Audit", "history", make, in_rail=False, under="settings")

    def marked() -> list[str]:
        return [key for key, button in program.window.rail._buttons.items() if button.isChecked()]

    program.window.show_page("audit")
    assert marked() == ["settings"]
    program.window.show_page("case", person_id="a")
    assert marked() == ["today"], "a page about a person belongs to the first place"


def test_back_and_forward_go_where_one_has_been_with_the_same_arguments(qtbot: QtBot, program: Program) -> None:
    program.window.show_page("case", person_id="a")
    program.window.show_page("case", person_id="b")
    QTest.keyClick(program.window, Qt.Key.Key_Left, ALT)
    assert program.page("case").visits[-1] == {"person_id": "a"}
    QTest.keyClick(program.window, Qt.Key.Key_Left, ALT)
    assert program.window.page_key == "today"
    assert not program.window.top.back.isEnabled()
    QTest.keyClick(program.window, Qt.Key.Key_Right, ALT)
    assert program.page("case").visits[-1] == {"person_id": "a"}


def test_going_somewhere_new_forgets_what_lay_ahead() -> None:
    history = History()
    for key in ("today", "caseload"):
        history.went(Visit(key, {}))
    history.move(-1)
    history.went(Visit("settings", {}))
    assert history.peek(1) is None
    assert history.peek(-1) == Visit("today", {})


def test_a_page_that_asks_first_is_left_only_after_the_answer(program: Program) -> None:
    program.page("today").asks_first = True
    assert program.window.show_page("caseload") is False
    assert program.window.page_key == "today"
    go_on = program.page("today").go_on
    assert go_on is not None
    go_on()
    assert program.window.page_key == "caseload"


def test_the_page_on_the_screen_is_told_of_a_change_at_once(program: Program) -> None:
    program.broadcasts.publish(GOALS)
    assert program.page("today").told == [GOALS]


def test_a_hidden_page_is_told_once_of_all_it_missed_when_it_is_shown_again(program: Program) -> None:
    program.window.show_page("caseload")
    program.broadcasts.publish(GOALS)
    program.broadcasts.publish(NEEDS)
    assert program.page("today").told == []
    program.window.show_page("today")
    assert [changes.kinds for changes in program.page("today").told] == [frozenset({"goal", "need"})]


def test_the_page_that_made_the_change_is_not_told_again(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitSignal(program.broadcasts.changed):
        program.operations.run_command(lambda: GOALS, program.page("today").box)
    assert program.page("today").told == []


def test_the_status_line_says_when_something_was_saved(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitSignal(program.broadcasts.changed):
        program.operations.run_command(lambda: GOALS, None)
    assert program.window.status.saved.text() == "Saved 14:32"


def test_an_error_nobody_takes_is_shown_over_the_page(qtbot: QtBot, program: Program) -> None:
    def work() -> Changes:
        raise NotFound

    with qtbot.waitSignal(program.operations.failed):
        program.operations.run_command(work, None)
    assert program.window.shown_notices() == (sentence(NotFound()),)


def test_the_same_error_twice_is_shown_once_and_more_than_three_do_not_pile_up(program: Program) -> None:
    for text in ("one", "one", "two", "three", "four"):
        program.messages.notify(text, Tone.ERROR)
    assert program.window.shown_notices() == ("two", "three", "four")


def test_the_last_resort_shows_words_from_any_thread(qtbot: QtBot, program: Program) -> None:
    resort = LastResort(program.messages)
    with qtbot.waitSignal(program.messages.spoken):
        program.operations.run_in_pool(lambda: resort.tell(ValueError("secret")), lambda _: None, owner=program.window)
    assert len(program.window.shown_notices()) == 1
    assert "secret" not in program.window.shown_notices()[0]


def test_undo_is_offered_in_the_status_line_and_by_keys(qtbot: QtBot, program: Program) -> None:
    taken: list[str] = []
    for step in ("first", "second"):
        program.messages.done(step, lambda step=step: taken.append(step))  # type: ignore[misc]
    assert program.window.status.undo.isVisible()
    program.window.status.undo.click()
    QTest.keyClick(program.window, Qt.Key.Key_Z, CONTROL)
    assert taken == ["second", "first"]
    assert not program.window.status.undo.isVisible()


def test_the_headline_measure_opens_the_people_behind_it(qtbot: QtBot, program: Program) -> None:
    program.window.show_measure(HeadlineMeasure(1412, 301, 288, 260))
    texts = [button.text() for button in program.window.status.measure.buttons.values()]
    assert texts == ["at risk 1,412", "joint plan 301", "agreed lead 288", "both 18 %"]
    with qtbot.waitSignal(program.window.figure_opened) as opened:
        program.window.status.measure.buttons["with_joint_plan"].click()
    assert opened.args == ["with_joint_plan"]


def test_a_share_of_nobody_is_not_invented() -> None:
    assert HeadlineMeasure(0, 0, 0, 0).share == "–"


def test_demo_is_written_at_the_top_for_as_long_as_it_is_a_demo(program: Program) -> None:
    assert not program.window.top.demo.isVisible()
    program.window.show_demo(True)
    for key in ("caseload", "case", "settings"):
        program.window.show_page(key)
        assert program.window.top.demo.isVisible()
    assert program.window.top.demo.text() == "DEMO - invented people"


def test_a_cover_hides_everything_and_keys_do_not_reach_beneath_it(qtbot: QtBot, program: Program) -> None:
    program.window.show_page("case", person_id="a")
    program.window.cover(QPushButton("Unlock"))
    QTest.keyClick(program.window, Qt.Key.Key_2, CONTROL)
    QTest.keyClick(program.window, Qt.Key.Key_K, CONTROL)
    QTest.keyClick(program.window, Qt.Key.Key_Left, ALT)
    assert program.window.page_key == "case"
    assert not program.page("case").isVisible()
    assert "Case" not in program.window.windowTitle()
    program.window.uncover()
    assert program.page("case").isVisible()


def test_locking_forgets_pages_history_and_undo(program: Program) -> None:
    program.window.show_page("case", person_id="a")
    program.messages.done("Moved to Planning", lambda: None)
    program.window.forget_pages()
    assert program.window.made_page("case") is None
    assert not program.messages.can_undo
    program.window.show_page("today")
    assert not program.window.top.back.isEnabled()


def test_the_palette_finds_pages_and_people_and_opens_with_enter(qtbot: QtBot, program: Program) -> None:
    asked: list[str] = []

    def search(text: str, deliver: DeliverPeople) -> None:
        asked.append(text)
        deliver([PersonHit("p1", "EXAMPLE, Amina (Mrs)", "14-Aug-1940 (86)")] if text == "ami" else [])

    program.window.search_people_by(search)
    QTest.keyClick(program.window, Qt.Key.Key_K, CONTROL)
    palette = program.window.command_palette
    assert palette.shown_words()[:3] == ("Today", "Caseload", "Settings")
    QTest.keyClicks(palette.box, "ami")
    qtbot.waitUntil(lambda: palette.shown_words() == ("EXAMPLE, Amina (Mrs)",))
    with qtbot.waitSignal(program.window.person_opened) as opened:
        QTest.keyClick(palette.box, Qt.Key.Key_Return)
    assert opened.args == ["p1"]
    assert asked == ["", "ami"]
    assert not palette.isVisible()


def test_the_palette_runs_a_command_and_arrows_walk_it(qtbot: QtBot, program: Program) -> None:
    QTest.keyClick(program.window, Qt.Key.Key_K, CONTROL)
    palette = program.window.command_palette
    QTest.keyClick(palette.box, Qt.Key.Key_Down)
    QTest.keyClick(palette.box, Qt.Key.Key_Return)
    assert program.window.page_key == "caseload"


def test_escape_closes_the_palette_and_gives_the_focus_back(qtbot: QtBot, program: Program) -> None:
    program.page("today").box.setFocus()
    QTest.keyClick(program.window, Qt.Key.Key_K, CONTROL)
    QTest.keyClick(program.window.command_palette.box, Qt.Key.Key_Escape)
    assert not program.window.command_palette.isVisible()
    assert program.window.focusWidget() is program.page("today").box


def test_a_late_answer_to_an_older_search_is_not_shown(qtbot: QtBot, program: Program) -> None:
    held: list[DeliverPeople] = []
    program.window.search_people_by(lambda text, deliver: held.append(deliver))
    program.window.commands.run("go.palette")
    palette = program.window.command_palette
    QTest.keyClicks(palette.box, "zz")
    held[0]([PersonHit("p1", "EXAMPLE, Amina", "")])
    assert palette.shown_words() == ()


def test_the_rail_gives_up_its_words_at_200_percent_and_takes_them_back(qapp: QApplication, program: Program) -> None:
    program.window.resize(1366, 768)
    theme.apply(qapp, "light", 2.0)
    assert program.window.rail.collapsed
    theme.apply(qapp, "light", 1.0)
    assert not program.window.rail.collapsed


def test_words_a_person_has_hidden_stay_hidden(qapp: QApplication, program: Program) -> None:
    program.window.commands.run("view.rail")
    theme.apply(qapp, "light", 2.0)
    theme.apply(qapp, "light", 1.0)
    assert program.window.rail.collapsed


def test_text_grows_by_keys_and_the_change_is_told(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitSignal(program.window.appearance_changed) as told:
        QTest.keyClick(program.window, Qt.Key.Key_Plus, CONTROL)
    assert told.args == ["light", 1.1, "comfortable"]


def test_everything_that_takes_the_focus_has_a_name(program: Program) -> None:
    program.window.show_measure(HeadlineMeasure(412, 301, 288, 260))
    nameless = [
        type(widget).__name__
        for part in (program.window.rail, program.window.top, program.window.status)
        for widget in part.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


def test_a_window_with_a_page_that_asks_first_closes_after_the_answer(qtbot: QtBot, program: Program) -> None:
    page = program.page("today")
    page.asks_first = True
    program.window.close()
    assert program.window.isVisible()
    assert page.go_on is not None
    with qtbot.waitSignal(program.window.closing):
        page.go_on()
    assert not program.window.isVisible()


def test_a_key_cannot_be_registered_twice(program: Program) -> None:
    with pytest.raises(KeyError):
        program.window.register_page("today", "Today", "today", Page)
