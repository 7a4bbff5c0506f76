"""The work on files of other services: read and previewed in the reader, written and decided in the writer."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mdt_desktop.domain.backups import Occasion
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.fhir_import import HeldComparison, HeldPerson, ImportReport
from mdt_desktop.services.held_content import HeldDecision
from mdt_desktop.ui.messages import Messages, Tone
from mdt_desktop.ui.operations import Operations

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services


class BundleWork(QObject):
    """One file at a time. `reported` carries a report and which it is: preview, done or decided."""

    reported = Signal(object, str)
    refused = Signal(object)  # Exception
    began = Signal(str, str)  # reading or writing, the file's name
    waiting = Signal(object)  # list[HeldPerson]
    not_read = Signal(object)  # Exception
    compared = Signal(object)  # HeldComparison
    decided = Signal(object, object)  # HeldDecision, ImportReport

    def __init__(self, services: "Services", operations: Operations, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self.path: Path | None = None

    def read_waiting(self) -> None:
        """Everybody who waits for a decision."""

        def shown(found: list[HeldPerson]) -> None:
            self.waiting.emit(found)

        self._operations.run_query(
            lambda: self._services.fhir_import.waiting(), shown, self.not_read.emit, owner=self,
            latest_of=f"bundles.{id(self)}.waiting",
        )  # fmt: skip

    def compare(self, held_id: str) -> None:
        """One of them beside whoever is on file."""

        def shown(found: HeldComparison) -> None:
            self.compared.emit(found)

        self._operations.run_query(
            lambda: self._services.fhir_import.compare(held_id), shown, self._messages.error, owner=self,
            latest_of=f"bundles.{id(self)}.compare",
        )  # fmt: skip

    def preview(self, path: Path) -> None:
        """Say what a file would do."""
        self.path = path
        self.began.emit("reading", path.name)

        def shown(report: ImportReport) -> None:
            if path == self.path:
                self.reported.emit(report, "preview")

        self._operations.run_query(
            lambda: self._services.fhir_import.preview(path), shown, self._on_refused, owner=self,
            latest_of=f"bundles.{id(self)}.preview",
        )  # fmt: skip

    def bring_in(self) -> None:
        """Write the file that was previewed, after a backup; that none could be made is told and stops nothing."""
        path, services, reports = self.path, self._services, list[ImportReport]()
        if path is None:
            return
        self.began.emit("writing", path.name)

        def write() -> Changes:
            reports.append(services.fhir_import.apply(path))
            return reports[0].changes

        def go_on() -> None:
            self._operations.run_command(
                write, self, lambda _: self.reported.emit(reports[0], "done"), self._on_refused
            )

        def no_backup(problem: Exception) -> None:
            self._messages.notify(self._messages.words_of(problem), Tone.WARNING)
            go_on()

        def back_up() -> None:
            services.backups.before(Occasion.IMPORT, lambda _done, _of: None)

        self._operations.run_in_pool(back_up, lambda _: go_on(), no_backup, owner=self)

    def decide(self, held_id: str, decision: HeldDecision) -> None:
        """Decide about somebody who is held."""
        services, reports = self._services, list[ImportReport]()

        def write() -> Changes:
            reports.append(services.fhir_import.decide(held_id, decision))
            return reports[0].changes

        def failed(problem: Exception) -> None:
            self._messages.error(problem)
            self.read_waiting()

        self._operations.run_command(write, self, lambda _: self.decided.emit(decision, reports[0]), failed)

    def _on_refused(self, problem: Exception) -> None:
        self.path = None
        self.refused.emit(problem)
