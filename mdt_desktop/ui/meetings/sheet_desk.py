"""Opens and closes the sheets of the page of meetings, and records what stands in them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import LocalitySummary, PractitionerSummary
from mdt_desktop.services.meetings import MeetingSummary
from mdt_desktop.ui.drafting import DraftPlace, DraftShelf
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.meetings.series_sheet import SeriesSheet, SeriesValues
from mdt_desktop.ui.meetings.sheets import DaySheet, MeetingSheet, PlanSheet, ReasonSheet
from mdt_desktop.ui.meetings.view import SeriesView, meeting_name
from mdt_desktop.ui.messages import Choice, Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.search_sheet import SearchSheet
from mdt_desktop.words import words

Sheet = FormSheet | SearchSheet


class SheetDesk(QObject):
    """One sheet at a time. `recorded` carries the meeting to go to, empty where the page stays as it is."""

    recorded = Signal(str)

    def __init__(
        self, services: Services, operations: Operations, messages: Messages, host: QWidget, drafts: DraftShelf
    ) -> None:
        super().__init__(host)
        self._drafts = drafts
        self._services, self._operations, self._messages, self._host = services, operations, messages, host
        self.sheet: Sheet | None = None

    def show(self, sheet: Sheet, first: QWidget, key: str = "") -> None:
        """Put a sheet over the page; the one that was there is closed. With a `key` what is half-typed is a draft."""
        self.close()
        self.sheet = sheet
        if key and isinstance(sheet, FormSheet):
            sheet.keep_drafts(self._drafts, DraftPlace("meetings", key))
            sheet.put_by.connect(lambda place: self._drafts.tell_kept(self._messages, place))
        sheet.close_requested.disconnect(sheet.leave)
        sheet.close_requested.connect(self._on_close)
        if isinstance(sheet, FormSheet):
            sheet.left.connect(lambda: self._on_left(sheet))
        sheet.open_sheet(first)

    def close(self) -> None:
        """Close the sheet for good."""
        if self.sheet is not None:
            sheet, self.sheet = self.sheet, None
            sheet.leave()

    def finish(self) -> None:
        """What the sheet was opened for is done: its words are no draft any longer, and it closes."""
        if isinstance(self.sheet, FormSheet):
            self.sheet.recorded()
        self.close()

    def _on_close(self) -> None:
        if self.may_close(self.close):
            self.close()

    def _on_left(self, sheet: Sheet) -> None:
        """A sheet that closes by itself, once it has done what it was opened for."""
        if self.sheet is sheet:
            self.sheet = None

    def may_close(self, go_on: Callable[[], None]) -> bool:
        """Ask first while something is typed that is not recorded; `go_on` comes once it may be lost.

        What is typed in a sheet with drafts is not lost.
        """
        sheet = self.sheet
        if not isinstance(sheet, FormSheet) or sheet.drafting is not None or not sheet.dirty:
            return True

        def answer(chosen: str) -> None:
            if chosen == "discard":
                self.close()
                go_on()

        self._messages.ask(
            words("meetings.unsaved.title"),
            [
                Choice("stay", words("meetings.unsaved.stay"), "primary"),
                Choice("discard", words("meetings.unsaved.discard"), "danger"),
            ],
            answer,
            way_out="stay",
        )
        return False

    # The sheets

    def open_series(self, view: object) -> None:
        """A new series, or one that is there."""
        series = view if isinstance(view, SeriesView) else None

        def made(localities: Sequence[LocalitySummary], everybody: Sequence[PractitionerSummary]) -> None:
            sheet = SeriesSheet(self._host, series, localities, everybody, self._save_series)
            self.show(sheet, sheet.name)

        self._with_directory(made)

    def open_plan(self, series: Sequence[SeriesView], chosen: object) -> None:
        """Plan the next meeting of a series, or a single one."""
        first = chosen if isinstance(chosen, SeriesView) else None

        def made(localities: Sequence[LocalitySummary], _: Sequence[PractitionerSummary]) -> None:
            today = self._services.access.today()
            sheet = PlanSheet(self._host, series, localities, today, first, self._plan)
            self.show(sheet, sheet.day, "plan")

        self._with_directory(made)

    def open_meeting(self, meeting: MeetingSummary) -> None:
        """Change one meeting."""

        def made(_: Sequence[LocalitySummary], everybody: Sequence[PractitionerSummary]) -> None:
            today = self._services.access.today()
            sheet = MeetingSheet(
                self._host,
                meeting,
                everybody,
                today,
                lambda sheet, values: self._change(sheet, meeting, values),
                lambda: self._ask_to_cancel(meeting),
            )
            self.show(sheet, sheet.day, f"meeting:{meeting.id}")

        self._with_directory(made)

    def _with_directory(self, made: Callable[[Sequence[LocalitySummary], Sequence[PractitionerSummary]], None]) -> None:
        directory = self._services.directory

        def go_on() -> None:
            self._operations.run_query(
                lambda: (directory.localities(), directory.practitioners()), lambda found: made(*found), owner=self
            )

        if self.may_close(go_on):
            go_on()

    # Recording

    def _save_series(self, sheet: SeriesSheet, values: SeriesValues) -> None:
        book, view = self._services, sheet.view
        if view is None:
            self._record(
                sheet,
                lambda: book.meetings.start_series(values.locality_id, values.fields, values.members),
                words("meetings.series.added", name=values.fields["name"]),
            )
            return
        series_id = view.series.id
        self._record(
            sheet,
            lambda: book.meetings.change_series(
                series_id, values.fields, values.members, sheet.values_before.fields, sheet.values_before.members
            ),
            words("meetings.series.changed", name=values.fields["name"]),
        )

    def _plan(self, sheet: PlanSheet, series_id: str, values: Mapping[str, Any]) -> None:
        book, day = self._services, values["day"]
        done = words("meetings.planned", day=cui_date(day))
        if series_id:
            self._record(sheet, lambda: book.meetings.plan(series_id, day), done, go_there=True)
            return
        rest = {key: value for key, value in values.items() if key != "locality_id"}
        self._record(sheet, lambda: book.meetings.plan_single(values["locality_id"], rest), done, go_there=True)

    def _change(self, sheet: MeetingSheet, meeting: MeetingSummary, values: Mapping[str, Any]) -> None:
        book = self._services
        before = {name: getattr(meeting, name) for name in values}

        def undo() -> None:
            self._operations.run_command(
                lambda: book.meetings.change(meeting.id, before, values), self._host, lambda _: self.recorded.emit("")
            )

        done = words("meetings.changed")
        self._record(sheet, lambda: book.meetings.change(meeting.id, values, before), done, undo=undo)

    def _ask_to_cancel(self, meeting: MeetingSummary) -> None:
        book = self._services

        def go_on() -> None:
            sheet = ReasonSheet(
                words("meetings.cancel.title", name=meeting_name(meeting), day=cui_date(meeting.day)),
                words("meetings.cancel"),
                words("meetings.cancel.why"),
                self._host,
                lambda reason: self._record(
                    sheet, lambda: book.meetings.cancel(meeting.id, reason), words("meetings.cancelled")
                ),
            )
            self.show(sheet, sheet.reason, f"cancel:{meeting.id}")

        if self.may_close(go_on):
            go_on()

    def _record(
        self,
        sheet: SeriesSheet | DaySheet | ReasonSheet,
        fn: Callable[[], Changes],
        done: str,
        undo: Callable[[], None] | None = None,
        *,
        go_there: bool = False,
    ) -> None:
        """Write; the sheet closes once that has worked, and says why where it has not."""

        def finished(changes: Changes) -> None:
            if sheet is self.sheet:
                self.finish()
            else:
                sheet.recorded()
            self._messages.done(done, undo)
            self.recorded.emit(changes.made if go_there else "")

        def refused(problem: Exception) -> None:
            if sheet is self.sheet:
                sheet.refuse(problem)
            else:
                self._messages.error(problem)

        self._operations.run_command(fn, self._host, finished, refused)
