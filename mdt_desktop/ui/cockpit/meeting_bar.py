"""The top of the cockpit: the time that is left, whether what is left fits, and who is there."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.meeting import AttendanceState, ItemState, MeetingState
from mdt_desktop.domain.pace import CasePace, MeetingPace, case_pace
from mdt_desktop.services.meeting_room import ItemSummary, Room, elapsed
from mdt_desktop.ui import theme
from mdt_desktop.ui.cockpit.view import CockpitView, clock_time, clock_words
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.parts import badge, show_badge
from mdt_desktop.words import label, words

_ROOM_FOR_ALL = 1000  # pixels at 100 % text
_TONES = {MeetingPace.AHEAD: "good", MeetingPace.ON_TIME: "good", MeetingPace.BEHIND: "late"}
_CASE_TONES = {CasePace.CALM: "", CasePace.AMBER: "late", CasePace.OVER: "late"}


class MeetingBar(QFrame):
    """Told every second what time it is; it never sounds, never blinks and never stops anybody."""

    def __init__(
        self, on_hide: Callable[[], object], on_keys: Callable[[], object], on_leave: Callable[[], object]
    ) -> None:
        super().__init__()
        theme.set_kind(self, "cockpit_bar")
        self.name = words_label("", "strong")
        self.left = words_label("", "cockpit_clock")
        self.left_name = words_label("", "muted")
        self.pace = badge("")
        self.person = words_label("", "cockpit_clock")
        self.person_pace = badge("")
        self.quorum = badge("")
        self.present = words_label("", "muted")
        self.hide_names = Button(words("cockpit.hide_names"), on_hide, "quiet", "hide")
        self.hide_names.setCheckable(True)
        self.keys = Button(words("cockpit.keys"), on_keys, "quiet", "keys")
        self.leave = Button(words("cockpit.leave"), on_leave, "quiet", "close")
        for button, keys in ((self.hide_names, "H"), (self.keys, "F1"), (self.leave, "Ctrl+W")):
            button.setToolTip(keys)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        edge = theme.size("gap")
        row.setContentsMargins(edge, theme.size("unit"), edge, theme.size("unit"))
        row.setSpacing(theme.size("unit") * 2)
        row.addWidget(self.name)
        row.addWidget(line(vertical=True))
        for shown in (self.left, self.left_name, self.pace):
            row.addWidget(shown)
        row.addWidget(line(vertical=True))
        for shown in (self.person, self.person_pace):
            row.addWidget(shown)
        row.addStretch(1)
        for widget in (self.quorum, self.present, self.hide_names, self.keys, self.leave):
            row.addWidget(widget)
        self._view: CockpitView | None = None
        self._names = ("", "")

    def show_view(self, view: CockpitView, now: datetime) -> None:
        """Show the meeting."""
        self._view = view
        meeting = view.room.meeting
        name = meeting.series_name or words("cockpit.meeting")
        self._names = (words("cockpit.name", name=name, day=cui_date(meeting.day)), name)
        self._fit()
        self.tick(now)
        there = [it for it in view.room.attendance if it.state is AttendanceState.PRESENT and it.left_at is None]
        self.present.setText(words("cockpit.present", count=len(there)))
        person = view.person
        if person is None:
            show_badge(self.quorum, "")
        elif person.discussion.missing_for_quorum:
            # In short: the whole of it is wider than the bar. The tooltip has it in full.
            parts = person.discussion.missing_for_quorum
            missing = ", ".join(words(f"cockpit.quorum.{it.value}") for it in parts)
            self.quorum.setToolTip(", ".join(label(it) for it in parts))
            show_badge(self.quorum, words("cockpit.quorum.missing", missing=missing), "late")
        else:
            show_badge(self.quorum, words("cockpit.quorum.there"), "good")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """With large text the day and what the clock counts make room for the clock itself."""
        narrow = self.width() / theme.current().scale < _ROOM_FOR_ALL
        self.name.setText(self._names[1 if narrow else 0])
        self.name.setToolTip(self._names[0])
        self.left_name.setVisible(not narrow)

    def tick(self, now: datetime) -> None:
        """Another second."""
        if self._view is None:
            return
        room = self._view.room
        self._show_meeting(room, now)
        self._show_person(room, now)

    def _show_meeting(self, room: Room, now: datetime) -> None:
        pace = room.pace(now)
        if pace is None:
            planned, sealed_at = room.meeting.state is MeetingState.PLANNED, room.meeting.sealed_at
            self.left.setText(room.meeting.starts_at if planned or sealed_at is None else clock_time(sealed_at))
            self.left_name.setText(words("cockpit.starts_at" if planned else "cockpit.sealed"))
            show_badge(self.pace, "")
            return
        self.left.setText(clock_words(pace.left))
        self.left_name.setText(words("cockpit.left"))
        late = (pace.planned - pace.left) // 60
        text = label(pace.state) if abs(late) < 1 else words("cockpit.pace", state=label(pace.state), minutes=abs(late))
        show_badge(self.pace, text, _TONES[pace.state])

    def _show_person(self, room: Room, now: datetime) -> None:
        """Their clock against what the pace leaves for them, which is less than was planned where time is short."""
        item = self._current()
        if item is None:
            self.person.setText("")
            show_badge(self.person_pace, "")
            return
        used, planned = elapsed(item, now), item.minutes * 60
        offered = room.offers(now).get(item.id, planned)
        of = round(offered / 60)
        self.person.setText(words("cockpit.person_time", used=clock_words(used), of=of))
        shortened = words("cockpit.person_time.shortened", planned=item.minutes) if offered < planned else ""
        self.person.setToolTip(shortened)
        state = case_pace(used, offered)
        if item.state is ItemState.UNDER_WAY and item.ended_at is not None:
            show_badge(self.person_pace, words("cockpit.clock_stopped"))
        elif item.state is not ItemState.UNDER_WAY:
            show_badge(self.person_pace, label(item.state))
        else:
            show_badge(self.person_pace, "" if state is CasePace.CALM else label(state), _CASE_TONES[state])

    def _current(self) -> ItemSummary | None:
        person = self._view.person if self._view is not None else None
        return None if person is None else person.item
