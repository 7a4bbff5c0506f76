"""Turns what is chosen on the page Sync into commands: keep, another value, ask, join, give up; with Undo."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.services.sync_views import ConflictView, DuplicateView, HandedOverView, PutByLine, RefusedLine
from mdt_desktop.ui.conflicts.sheets import ApartSheet, AskSheet, GiveUpSheet, ThirdSheet
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.messages import Choice, Messages, Tone
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services
    from mdt_desktop.services.sync_desk import ConflictDecided
    from mdt_desktop.ui.conflicts.page import SyncPage


class Deciding(QObject):
    """The verbs of one page; each runs in the writer thread, and the page reads again afterwards."""

    def __init__(
        self, page: "SyncPage", services: "Services", operations: Operations, messages: Messages
    ) -> None:
        super().__init__(page)
        self._page, self._services, self._operations, self._messages = page, services, operations, messages

    # Conflicts

    def keep(self, conflict: ConflictView, side: str) -> None:
        """Keep the value of one of the two."""
        desk = self._services
        self._decide(conflict, lambda: desk.sync_desk.decide(conflict.id, side))

    def give_third(self, conflict: ConflictView) -> None:
        """Open the sheet for another value."""

        def save(sheet: ThirdSheet) -> None:
            value, services = sheet.value, self._services
            self._decide(conflict, lambda: services.sync_desk.decide_otherwise(conflict.id, value), sheet)

        sheet = ThirdSheet(self._page, conflict, self._services.access.today(), save)
        self._page.open_sheet(sheet, sheet.editor)

    def leave_joined(self, conflict: ConflictView) -> None:
        """Leave two texts that were joined as they are: somebody has read them over."""
        services = self._services
        if conflict.reads_over:
            self._decide(
                conflict, lambda: services.sync_desk.decide_otherwise(conflict.id, conflict.raw_in_force)
            )

    def _decide(
        self, conflict: ConflictView, decide: "Callable[[], ConflictDecided]", sheet: FormSheet | None = None
    ) -> None:
        services = self._services
        key = "sync.inbox.done" if conflict.person else "sync.inbox.done_nobody"
        text = words(key, field=conflict.field, person=conflict.person)
        found: list[ConflictDecided] = []

        def command() -> Changes:
            made = decide()
            found.append(made)
            return made

        def undo() -> None:
            decided = found[0].decided
            if decided is not None:
                self._run(lambda: services.sync_desk.take_back(decided))

        self._run(command, lambda _: self._messages.done(text, undo), sheet)

    def ask_whom(self, conflict: ConflictView, everybody: Sequence[PractitionerSummary]) -> None:
        """Open the sheet that asks who is to decide."""
        services = self._services

        def save(sheet: AskSheet) -> None:
            who, name = sheet.practitioner_id, sheet.name
            done = words("sync.inbox.done_ask", name=name) if who else words("sync.inbox.done_ask_nobody")
            self._run(
                lambda: services.sync_desk.ask(conflict.id, who), lambda _: self._messages.done(done), sheet
            )

        sheet = AskSheet(self._page, conflict, everybody, save)
        self._page.open_sheet(sheet, sheet.who)

    # One NHS number, two records

    def join(self, pair: DuplicateView) -> None:
        """Ask first, as it cannot be undone."""
        services = self._services

        def answered(key: str) -> None:
            if key == "join":
                self._run(
                    lambda: services.sync_desk.join(pair.mine_id),
                    lambda _: self._messages.done(words("sync.duplicate.joined", person=pair.theirs)),
                )

        self._messages.ask(
            words("sync.duplicate.join_sure"),
            [Choice("join", words("sync.duplicate.join"), "primary"), Choice("stay", words("ui.cancel"))],
            answered,
            way_out="stay",
            detail=f"{words('sync.duplicate.join_no_undo')} {words('sync.duplicate.join_why')}",
        )

    def tell_apart(self, pair: DuplicateView) -> None:
        """Open the sheet for the right number."""
        services = self._services

        def save(sheet: ApartSheet) -> None:
            number = sheet.number.text()
            self._run(
                lambda: services.sync_desk.tell_apart(pair.mine_id, number),
                lambda _: self._messages.done(words("sync.duplicate.told_apart", person=pair.mine)),
                sheet,
            )

        sheet = ApartSheet(self._page, pair, save)
        self._page.open_sheet(sheet, sheet.number)

    # The queue

    def do_with_line(self, way: str, line: object) -> None:
        """Do with a line of the queue what one of its buttons means."""
        services = self._services
        if isinstance(line, RefusedLine):
            if way == "open":
                self._page.open_person_requested.emit(line.person_id)
            elif way == "decide":
                self._page.tabs.setCurrentIndex(0)
            elif way == "again":
                self._run(
                    lambda: services.sync_desk.send_again(line.group_no),
                    lambda _: self._messages.done(words("sync.queue.sent_again")),
                )
            else:
                self._give_up(line)
        elif isinstance(line, HandedOverView):
            if way == "open":
                self._page.open_person_requested.emit(line.person_id)
            else:
                self._page.handed.settle(line, way)
        elif way == "look":
            self._page.handed.look()
        elif isinstance(line, PutByLine):
            if way == "hand_over":
                self._page.handed.hand_over(line.bucket, self._on_handed_over)
            else:
                self._give_up_put_by(line)

    def _give_up(self, line: RefusedLine) -> None:
        services = self._services

        def save(sheet: GiveUpSheet) -> None:
            reason = sheet.reason.text()
            self._run(lambda: services.sync_desk.discard(line.group_no, reason), self._on_given_up, sheet)

        what = f"{line.person}: {line.what}" if line.person else line.what
        self._open_give_up("sync.queue.discard_title", what, "sync.queue.discard_why", save)

    def _give_up_put_by(self, line: PutByLine) -> None:
        services = self._services

        def save(sheet: GiveUpSheet) -> None:
            reason = sheet.reason.text()
            self._run(lambda: services.sync_desk.discard_put_by(line.bucket, reason), self._on_given_up, sheet)

        key = "sync.queue.put_by_line_one" if line.count == 1 else "sync.queue.put_by_line"
        what = words(key, count=line.count, locality=line.locality, when=line.when)
        self._open_give_up("sync.queue.put_by_discard_title", what, "sync.queue.put_by_discard_why", save)

    def _open_give_up(self, title: str, what: str, why: str, save: Callable[[GiveUpSheet], None]) -> None:
        sheet = GiveUpSheet(self._page, words(title), what, words(why), save)
        self._page.open_sheet(sheet, sheet.reason)

    def _on_given_up(self, _: Changes) -> None:
        self._messages.done(words("sync.queue.discarded"))

    def _on_handed_over(self, taken: int, too_late: int) -> None:
        if taken:
            self._messages.done(words("sync.queue.handed_over", count=taken))
        if too_late:
            self._messages.notify(words("sync.queue.too_late", count=too_late), Tone.WARNING)
        self._page.reload()

    def _run(
        self,
        fn: Callable[[], Changes],
        on_done: Callable[[Changes], None] | None = None,
        sheet: FormSheet | None = None,
    ) -> None:
        """Write; a sheet closes when that has worked, and says why where it has not."""
        if sheet is not None:
            sheet.saving()

        def done(changes: Changes) -> None:
            if sheet is not None and sheet is self._page.sheet:
                sheet.recorded()
                self._page.close_sheet()
            if on_done is not None:
                on_done(changes)
            self._page.reload()

        def failed(problem: Exception) -> None:
            if sheet is not None and sheet is self._page.sheet:
                sheet.show_problem(self._messages.words_of(problem))
            else:
                self._messages.error(problem)
            self._page.reload()

        self._operations.run_command(fn, self._page, done, failed)
