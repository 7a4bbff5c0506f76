"""Somebody more in a meeting: another person to discuss, or another practitioner who came."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.meeting import AttendanceState
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.search_sheet import SearchSheet, people_to_discuss, practitioners_to_expect
from mdt_desktop.words import words


class Adding(QObject):
    """Opens the sheet to search in; `wrote` tells that the meeting is to be read again."""

    wrote = Signal()

    def __init__(self, services: Services, operations: Operations, messages: Messages, host: QWidget) -> None:
        super().__init__(host)
        self._services, self._operations, self._messages, self._host = services, operations, messages, host
        self.sheet: SearchSheet | None = None

    def person(self, meeting_id: str) -> None:
        """Find somebody with a case and put them on the agenda, to be discussed."""
        self._open(people_to_discuss, meeting_id, lambda found: self._services.agendas.add(meeting_id, found))

    def practitioner(self, meeting_id: str) -> None:
        """Find somebody who works here and say that they came."""

        def came(found: str) -> Changes:
            expected = self._services.meetings.expect(meeting_id, found)
            return self._services.meeting_room.attend(expected.made, AttendanceState.PRESENT)

        self._open(partial(practitioners_to_expect, title="cockpit.add_somebody"), meeting_id, came)

    def close(self) -> None:
        """Take the sheet away."""
        if self.sheet is not None:
            sheet, self.sheet = self.sheet, None
            sheet.leave()

    def _open(
        self,
        make: Callable[[Services, str, QWidget, Operations, Messages], SearchSheet],
        meeting_id: str,
        add: Callable[[str], Changes],
    ) -> None:
        self.close()
        sheet = self.sheet = make(self._services, meeting_id, self._host, self._operations, self._messages)

        def taken(found: str) -> None:
            self._operations.run_command(lambda: add(found), self._host, done, refused)

        def done(_: Changes) -> None:
            if sheet is self.sheet:
                sheet.say(words("search_sheet.added"))
            self.wrote.emit()

        def refused(problem: Exception) -> None:
            if sheet is self.sheet:
                sheet.say(self._messages.words_of(problem))

        sheet.taken.connect(taken)
        sheet.close_requested.disconnect(sheet.leave)
        sheet.close_requested.connect(self.close)
        sheet.open_sheet(sheet.line)
