"""Somebody who chairs a meeting with the keyboard alone, from the list of meetings to the seal; counts every key."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget

from mdt_desktop.services.agendas import ItemSummary
from mdt_desktop.services.meeting_room import Room
from mdt_desktop.ui.cockpit.page import CockpitPage
from mdt_desktop.ui.cockpit.view import CockpitView
from mdt_desktop.ui.meeting_printing import MeetingPaperPreview
from mdt_desktop.ui.meetings.page import MeetingsPage
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from tests.helpers.clocks import FrozenClock
from tests.helpers.hands import Hands, W, Waits

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier
BEGINS = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
A_CASE = timedelta(minutes=7)

DECISION, ACTION, NOTE = "A rail at the back door", "Order the rail and see to it", "Was out twice this week"
OWNER = "nia"
"""Three letters that mean Nia Sample, the nurse."""
PARKED = "Ask the ward when she comes home"


class Course(StrEnum):
    """What comes of a person in the meeting."""

    NO_CHANGE = "no_change"
    DECISION = "decision"
    LEAD = "lead"
    NOTE = "note"
    PARK = "park"


COURSES = {
    "Lantern": Course.NOTE, "Copper": Course.LEAD, "Thistle": Course.DECISION, "Harbour": Course.DECISION,
    "Meadow": Course.NO_CHANGE, "Orchard": Course.DECISION, "Sparrow": Course.PARK, "Quarry": Course.LEAD,
    "Bramble": Course.NO_CHANGE, "Willow": Course.DECISION, "Pebble": Course.NOTE, "Linnet": Course.LEAD,
}  # fmt: skip
"""By family name; the nurse, who is there, knows those for whom a lead is agreed."""


def view_of(family_name: str) -> str:
    """What somebody wants, as it is typed."""
    return f"I want to go on living at home, says {family_name}"


class Chair(Hands):
    """Presses keys only. What is counted are keys pressed; the letters of a text are not."""

    def __init__(self, waits: Waits, start: Start, clock: FrozenClock) -> None:
        super().__init__(waits, start.operations)
        self.start, self.clock = start, clock
        self.pressed = 0

    def focused(self) -> QWidget:
        """A menu takes the keys before anything else, and what lies over the window before the window."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            return popup
        if modal is not None:
            self._activate(modal)
        return super().focused()

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, then_settle: bool = True
    ) -> None:
        self.pressed += 1
        super().press(key, modifiers, then_settle)

    def keys_of(self, steps: Callable[[], object]) -> int:
        """How many keys these steps take."""
        before = self.pressed
        steps()
        return self.pressed - before

    def tab_to(self, widget: QWidget, at_most: int = 40) -> None:
        """Tab until this has the focus."""
        for _ in range(at_most):
            if super().focused() is widget:
                return
            self.press(KEY.Key_Tab, then_settle=False)
        assert super().focused() is widget, f"Tab does not come to {widget.objectName() or type(widget).__name__}"

    # Where one is

    def page(self, kind: type[W]) -> W:
        """The page on the screen, which is of this kind once it has come."""
        self.wait(lambda: isinstance(self.start.window.page, kind))
        self.settle()
        found = self.start.window.page
        assert isinstance(found, kind)
        return found

    @property
    def cockpit(self) -> CockpitPage:
        """The cockpit, on the screen."""
        return self.page(CockpitPage)

    @property
    def view(self) -> CockpitView:
        """What the cockpit shows."""
        found = self.cockpit.view
        assert found is not None
        return found

    @property
    def room(self) -> Room:
        """The meeting as the store has it."""
        assert self.start.program is not None
        return self.start.program.services.meeting_room.room(self.view.room.meeting.id)

    # Before

    def unlock(self, passphrase: str) -> None:
        """Type the passphrase, and wait for the first page."""
        self.wait(lambda: isinstance(self.start.cover, UnlockPage) and self.start.cover.isEnabled())
        self.settle()
        self.key_in(passphrase)
        self.press(KEY.Key_Return)
        self.wait(lambda: self.start.program is not None and self.start.window.page is not None)
        self.settle()

    def plan(self) -> MeetingsPage:
        """From anywhere: the next meeting planned on the day that is proposed, its agenda written by itself."""
        self.press(KEY.Key_2, CONTROL)
        page = self.page(MeetingsPage)
        self.press(KEY.Key_N, CONTROL)
        self.press(KEY.Key_Return)
        self.wait(page.planning.isVisible)
        self.wait(lambda: page.desk.view is not None and page.desk.view.items)
        self.settle()
        return page

    def prepare_first(self, page: MeetingsPage) -> None:
        """Write the question about the first on the agenda and what they want, in the planning."""
        view = page.desk.view
        assert view is not None
        self.press(KEY.Key_Return)
        self.key_in("Can she manage the stairs")
        self.tab_to(page.planning.case.persons_view.edit)
        self.key_in(view_of(view.items[0].family_name))

    def gather(self) -> None:
        """Into the cockpit; everybody is there, but the last of them sent apologies. Then begin."""
        self.press(KEY.Key_Return, CONTROL)
        self.clock.set(BEGINS)
        expected = self.cockpit.opening.model.rowCount()
        for number in range(expected):
            self.press(KEY.Key_Space if number < expected - 1 else KEY.Key_X)
            self.press(KEY.Key_Down, then_settle=False)
        self.press(KEY.Key_Return, CONTROL)

    # One person

    @property
    def item(self) -> ItemSummary:
        """Who is discussed."""
        person = self.view.person
        assert person is not None
        return person.item

    def take(self, course: Course) -> int:
        """Let a person's time go by and finish them; returns the keys that the course itself took.

        Where nobody has written what the person wants, that is asked for when they are finished: the words and Return.
        """
        self.clock.advance(A_CASE)
        if course is Course.NO_CHANGE:
            return self.keys_of(self.no_change)
        steps = {
            Course.DECISION: self.decide, Course.LEAD: self.agree_lead, Course.NOTE: self.note, Course.PARK: self.park
        }  # fmt: skip
        keys = self.keys_of(steps[course])
        if course is not Course.PARK:
            self.finish()
        return keys

    def no_change(self) -> None:
        """1; what the person wants is asked for where nobody has written it."""
        self._with_view(lambda: self.press(KEY.Key_1))

    def finish(self) -> None:
        """The key that finishes everybody: as a changed plan where something was decided, else without change."""
        self._with_view(lambda: self.press(KEY.Key_Return, CONTROL))

    def _with_view(self, press: Callable[[], object]) -> None:
        item = self.item
        press()
        if not item.persons_view:
            self.key_in(view_of(item.family_name))
            self.press(KEY.Key_Return)

    def decide(self, from_half: str = "") -> None:
        """A decision and its action, with an owner and the day that is proposed; a half of it may be there."""
        if not from_half:
            self.press(KEY.Key_D)
        self.key_in(DECISION.removeprefix(from_half))
        self.press(KEY.Key_Return)
        self.key_in(ACTION)
        self.press(KEY.Key_Tab)
        self.key_in(OWNER)
        self.press(KEY.Key_Return)

    def agree_lead(self) -> None:
        """Who is proposed."""
        self.press(KEY.Key_L)
        self.press(KEY.Key_Return)

    def note(self) -> None:
        """What was said."""
        self.press(KEY.Key_N)
        self.key_in(NOTE)
        self.press(KEY.Key_Return)

    def park(self) -> None:
        """With an owner and the day that is proposed."""
        self.press(KEY.Key_P)
        self.key_in(PARKED)
        self.press(KEY.Key_Tab)
        self.key_in(OWNER)
        self.press(KEY.Key_Return)

    # Afterwards

    def seal(self) -> None:
        """At the closing, to the seal and onto it."""
        self.tab_to(self.cockpit.closing.seal)
        self.press(KEY.Key_Space)

    def choose_paper(self, key: str) -> MeetingPaperPreview:
        """From the menu of papers that is open, or opened from the page of a sealed meeting; returns its preview."""
        page = self.page(MeetingsPage)
        menu = page.reading.papers.papers
        if not menu.isVisible():
            self.tab_to(page.reading.papers)
            self.press(KEY.Key_Space)
            self.wait(menu.isVisible)
        names = [action.objectName() for action in menu.actions()]
        for _ in range(names.index(key) + 1):
            self.press(KEY.Key_Down, then_settle=False)
        active = menu.activeAction()
        assert active is not None
        assert active.objectName() == key
        self.press(KEY.Key_Return)
        preview = self.top(MeetingPaperPreview)
        self.wait(preview.save_button.isEnabled)
        self.settle()
        return preview

    def choose_whom(self, preview: MeetingPaperPreview, name: str) -> None:
        """Whose paper it is, by the arrow keys."""
        assert preview.chooser is not None
        self.tab_to(preview.chooser)
        self.choose(preview.chooser, name)
        self.wait(preview.save_button.isEnabled)

    def save_paper(self, preview: MeetingPaperPreview, file: Path) -> None:
        """With the first reason and without a password, into a file that is typed into the system's dialog."""
        saved: list[str] = []
        preview.saved.connect(saved.append)
        self.tab_to(preview.why.first())
        self.press(KEY.Key_Space)
        self.press(KEY.Key_S, CONTROL)
        if preview.sheet is not None:
            protect: QCheckBox = preview.sheet.protect
            self.tab_to(protect)
            self.press(KEY.Key_Space)
            self.tab_to(preview.sheet.save)
            self.press(KEY.Key_Space)
        self.answer_file_dialog(file)
        self.wait(lambda: saved)
        self.settle()
        self.press(KEY.Key_Escape)
        self.wait(lambda: not self.open_dialogs())
