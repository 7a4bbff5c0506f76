"""What every tab of one case page works with: the services, the way to read and write, and the wishes it can tell."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.case.next_steps import Mend
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.drafting import DraftPlace, DraftShelf
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations

T = TypeVar("T")


class CaseContext(QObject):
    """Shared by the tabs of a page; `host` is the part of the page under the banner, over which sheets open."""

    saved = Signal()
    mend_requested = Signal(object)  # Mend
    assessment_requested = Signal(str, str)  # assessment id (empty: start one), questionnaire
    plan_requested = Signal()
    plan_version_requested = Signal(str)
    print_requested = Signal(str)
    looked_print_requested = Signal(str)  # person id
    settings_requested = Signal(str)
    worklist_requested = Signal()

    def __init__(
        self,
        services: Services,
        operations: Operations,
        messages: Messages,
        host: QWidget,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__(host)
        self.services, self.operations, self.messages, self.host = services, operations, messages, host
        self.drafts = drafts if drafts is not None else DraftShelf(services, operations, self)
        self.view: CaseView | None = None
        self._sheet: FormSheet | None = None

    def query(self, fn: Callable[[], T], on_result: Callable[[T], None], owner: QObject, key: str) -> None:
        """Read in the reader thread; of several with the same key only the newest answer comes."""
        self.operations.run_query(fn, on_result, owner=owner, latest_of=f"case.{id(self)}.{key}")

    def command(
        self,
        fn: Callable[[], Changes],
        done: str = "",
        undo: Callable[[Changes], Callable[[], Changes]] | None = None,
        on_done: Callable[[Changes], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        """Write in the writer thread. `done` says in the past what was done; `undo` makes, of the changes, the
        command that takes it back. The page shows the new state afterwards by itself."""

        def finished(changes: Changes) -> None:
            if on_done is not None:
                on_done(changes)
            if done:
                take_back = undo(changes) if undo is not None else None
                self.messages.done(done, None if take_back is None else lambda: self.command(take_back))
            self.saved.emit()

        self.operations.run_command(fn, self.host, finished, on_error)

    def open_sheet(self, sheet: FormSheet, first: QWidget | None = None) -> None:
        """Open a sheet over the page; one that was open goes, and what was typed in it stays a draft."""
        self.close_sheet()
        self._sheet = sheet
        sheet.destroyed.connect(self._on_sheet_gone)
        sheet.finish_form()
        if sheet.key and self.view is not None:
            sheet.keep_drafts(self.drafts, DraftPlace("case", sheet.key, self.view.person_id))
        sheet.put_by.connect(self._on_put_by)
        sheet.close_requested.disconnect(sheet.leave)
        sheet.close_requested.connect(self.close_sheet)
        sheet.open_sheet(first)

    @property
    def sheet(self) -> FormSheet | None:
        """The open sheet."""
        return self._sheet

    def close_sheet(self) -> None:
        """Close the open sheet; what was typed in it stays a draft."""
        if self._sheet is not None:
            sheet, self._sheet = self._sheet, None
            sheet.destroyed.disconnect(self._on_sheet_gone)
            sheet.leave()

    def save_sheet(
        self,
        sheet: FormSheet,
        fn: Callable[[], Changes],
        done: str,
        undo: Callable[[Changes], Callable[[], Changes]] | None = None,
    ) -> None:
        """Record what a sheet holds: it closes when that has worked, and says why where it has not."""
        sheet.saving()
        place = sheet.drafting.place if sheet.drafting is not None else None

        def on_error(problem: Exception) -> None:
            if sheet is self._sheet:
                sheet.show_problem(self.messages.words_of(problem))

        def on_done(_: Changes) -> None:
            if sheet is self._sheet:
                sheet.recorded()
                self.close_sheet()
            elif place is not None:
                # Closed while it was being recorded: what it left is no draft any more.
                self.drafts.drop(place)

        self.command(fn, done, undo, on_done, on_error)

    def mend(self, what: Mend) -> None:
        """Ask the page to do what mends a gap."""
        self.mend_requested.emit(what)

    def _on_put_by(self, place: DraftPlace) -> None:
        self.drafts.tell_kept(self.messages, place)

    def _on_sheet_gone(self) -> None:
        self._sheet = None


class Tab(QWidget):
    """One tab of a case. `show_view` is called when the tab is on the screen and there is something new to show."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__()
        self.case = case

    def show_view(self, view: CaseView) -> None:
        """Show the case; forms that somebody is writing in are left alone."""
        raise NotImplementedError

    @property
    def dirty(self) -> bool:
        """Is there something typed that is not recorded yet?"""
        return False

    def forget(self) -> None:
        """Another person comes, or what was typed is thrown away: empty the forms."""
