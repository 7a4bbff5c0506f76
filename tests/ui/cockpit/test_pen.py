"""The pen in the cockpit: who holds it in one line, reading along, asking, handing over; a real store answers."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from mdt_desktop.domain.meeting import AttendanceState, MeetingState
from mdt_desktop.domain.pen import ALONE, PenWish
from mdt_desktop.services import pen as pen_service
from mdt_desktop.services.syncing import Syncing
from mdt_desktop.ui.cockpit.pen import PenLine
from tests.helpers.meeting_desk import MeetingDesk
from tests.sync.carrying import PASSWORD, Site, a_site

ROBIN, SAM = "Robin Example", "Sam Sample"


class Other:
    """Sam's laptop, as far as the pen goes."""

    def __init__(self, site: Site, desk: MeetingDesk) -> None:
        self._remote, self._device = site.remote("http://127.0.0.1:1"), str(uuid.uuid4())
        self._access = self._remote.register(SAM, PASSWORD, self._device, "a laptop").access
        session = self._remote.session(self._access, self._device, "0.1.0", 5)
        self._bucket, self._meeting = session.grants[0].bucket, desk.made.planned

    def tell(self, wish: PenWish) -> Any:
        return self._remote.pen(self._access, self._device, self._bucket, self._meeting, wish.value)

    def close(self) -> None:
        self._remote.close()


@pytest.fixture
def site(desk: MeetingDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A central store that the desk is connected to; requests go to its application in this process."""
    (tmp_path / "site").mkdir()
    made = a_site(tmp_path / "site", desk.made.clock)
    syncing = Syncing(desk.made.program.access)
    syncing.connect("http://127.0.0.1:1", ROBIN, PASSWORD, made.remote)
    syncing.run(remote=made.remote)
    tell = pen_service.Pen.tell
    monkeypatch.setattr(
        pen_service.Pen, "tell", lambda self, meeting, wish, write=None: tell(self, meeting, wish, write, made.remote)
    )
    yield made
    made.store.close()


@pytest.fixture
def other(site: Site, desk: MeetingDesk) -> Iterator[Other]:
    made = Other(site, desk)
    yield made
    made.close()


def begun(desk: MeetingDesk) -> PenLine:
    """The meeting under way on the screen; its line."""
    desk.services.agendas.write(desk.made.planned)
    desk.services.meeting_room.begin(desk.made.planned)
    for it in desk.room().attendance:
        desk.services.meeting_room.attend(it.id, AttendanceState.PRESENT)
    desk.go("cockpit", meeting_id=desk.made.planned)
    desk.settle()
    return desk.cockpit.pen_line


def turn(desk: MeetingDesk) -> None:
    """The time between two questions has passed."""
    desk.cockpit.pen._turn.timeout.emit()
    desk.settle()


def test_whoever_opens_a_meeting_under_way_holds_its_pen_without_a_word(desk: MeetingDesk, other: Other) -> None:
    line = begun(desk)
    assert desk.cockpit.pen.pen.is_mine
    assert not line.isVisible()
    assert not desk.cockpit.chairing.is_read_only
    assert other.tell(PenWish.TAKE).holder == ROBIN


def test_while_another_holds_it_the_meeting_is_for_reading_and_the_pen_is_asked_for(
    desk: MeetingDesk, other: Other
) -> None:
    other.tell(PenWish.TAKE)
    line = begun(desk)
    assert line.said.text() == "Sam Sample holds the pen: this meeting is for reading here."
    before = desk.services.access.database.reader.execute("SELECT max(seq) FROM audit_entry").fetchone()
    cockpit = desk.cockpit
    assert not cockpit.foot.isEnabled()
    assert not cockpit._can_add()
    place = cockpit.view.place if cockpit.view else ""
    desk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert cockpit.view is not None
    assert cockpit.view.place != place  # turning to the next person is reading
    desk.press(Qt.Key.Key_1)
    cockpit.chairing.all_here()
    cockpit.chairing.seal(None)
    desk.settle()
    assert desk.room().meeting.state is MeetingState.UNDER_WAY
    after = desk.services.access.database.reader.execute("SELECT max(seq) FROM audit_entry").fetchone()
    assert after == before
    line.button.click()
    desk.settle()
    assert line.said.text().startswith("You have asked Sam Sample for the pen.")
    assert not line.button.isVisible()
    other.tell(PenWish.GIVE)
    turn(desk)
    assert (cockpit.chairing.is_read_only, cockpit.foot.isEnabled(), line.isVisible()) == (False, True, False)


def test_a_pen_that_is_asked_for_is_handed_over_with_one_button(desk: MeetingDesk, other: Other) -> None:
    line = begun(desk)
    other.tell(PenWish.ASK)
    turn(desk)
    assert (line.said.text(), line.button.text()) == ("Sam Sample asks for the pen.", "Hand it over")
    line.button.click()
    desk.settle()
    assert desk.cockpit.chairing.is_read_only
    assert other.tell(PenWish.TAKE).is_mine


def test_the_end_of_the_meeting_puts_the_pen_down(desk: MeetingDesk, other: Other) -> None:
    begun(desk)
    for it in desk.services.agendas.items(desk.made.planned):
        desk.services.agendas.remove(it.id, "not reached today")
    desk.cockpit.chairing.seal(None)
    desk.settle()
    assert desk.room().meeting.state is MeetingState.SEALED
    desk.settle()
    assert other.tell(PenWish.LOOK).holder == ""
    assert not desk.cockpit.pen._turn.isActive()


def test_leaving_the_page_asks_no_more_and_a_store_that_is_gone_lets_everybody_write(
    desk: MeetingDesk, site: Site, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.tell(PenWish.TAKE)
    line = begun(desk)
    assert desk.cockpit.chairing.is_read_only
    page = desk.cockpit
    monkeypatch.setattr(pen_service.Pen, "tell", lambda *_: ALONE)
    turn(desk)
    assert not page.chairing.is_read_only
    assert not line.isVisible()
    desk.go("meetings", meeting_id=desk.made.planned)
    assert not page.pen._turn.isActive()
