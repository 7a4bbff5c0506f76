"""What teams hand over to each other through the central store, in the pool: the page goes on meanwhile."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from mdt_desktop.services.changes import Changes
from mdt_desktop.services.sync_views import HandedOverView
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services
    from mdt_desktop.ui.conflicts.page import SyncPage


class HandingOver(QObject):
    """One request at a time for each button; what fails is told as a notice, and nothing is lost."""

    def __init__(
        self, page: "SyncPage", services: "Services", operations: Operations, messages: Messages
    ) -> None:
        super().__init__(page)
        self._page, self._services, self._operations, self._messages = page, services, operations, messages
        self._looked_for = 0

    def _write(self, work: Callable[[Any], Any]) -> Any:
        """Each transaction runs in the writer's thread."""
        syncing = self._services.syncing
        return self._operations.in_writer(lambda: syncing.write(work))

    def hand_over(self, bucket: str, on_done: Callable[[int, int], None]) -> None:
        """Send what was put by of a bucket."""
        services, write = self._services, self._write

        def send() -> tuple[int, int]:
            given = services.sync_desk.hand_over(bucket, write)
            return given.taken, given.too_late

        self._operations.run_in_pool(send, lambda given: on_done(*given), self._messages.error, owner=self)

    def look_for(self, count: int) -> None:
        """Show by itself what an exchange has heard of; asked once for each number, and a failure is not told."""
        if count and count != self._looked_for:
            self._looked_for = count
            self._look(lambda _: self._page.queue.look.setEnabled(True))
        self._looked_for = count

    def look(self) -> None:
        """Ask what was handed over to the user's teams."""
        self._look(self._on_failed)

    def _look(self, on_failed: Callable[[Exception], None]) -> None:
        services, write, page = self._services, self._write, self._page
        page.queue.look.setEnabled(False)

        def show(found: tuple[HandedOverView, ...]) -> None:
            page.queue.look.setEnabled(True)
            page.queue.show_handed_over(found, may_decide=page.may_decide())

        self._operations.run_in_pool(lambda: services.handed_over.listed(write), show, on_failed, owner=self)

    def settle(self, line: HandedOverView, way: str) -> None:
        """Take it in or leave it out."""
        services, write = self._services, self._write
        verb = services.handed_over.take_in if way == "take_in" else services.handed_over.leave_out
        done = words("sync.queue.taken_in" if way == "take_in" else "sync.queue.left_out")

        def settled(changes: Changes) -> None:
            self._messages.done(done)
            # It was written in the pool: the pages hear of it as of every other change.
            self._operations.run_command(lambda: changes, None)
            self.look()

        self._operations.run_in_pool(lambda: verb(line.id, write), settled, self._on_failed, owner=self)

    def _on_failed(self, problem: Exception) -> None:
        self._page.queue.look.setEnabled(True)
        self._messages.error(problem)
