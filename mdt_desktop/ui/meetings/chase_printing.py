"""Prints the chase list on the system's printers; what was printed is in the history of everybody on it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.services.chasing import ChaseList
from mdt_desktop.ui.messages import Messages, Tone
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.paper_printer import AskPrinter, PrintJob, ask_system, plan_printer
from mdt_desktop.words import words


class ChasePrinting(QObject):
    """The paper is drawn in the pool; the dialog is the system's own."""

    def __init__(
        self,
        services: Services,
        operations: Operations,
        messages: Messages,
        host: QWidget,
        printer: Callable[[], QPrinter] = plan_printer,
        ask_printer: AskPrinter = ask_system,
    ) -> None:
        super().__init__(host)
        self._services, self._operations, self._messages, self._host = services, operations, messages, host
        self.make_printer, self.ask_printer = printer, ask_printer
        self.job: PrintJob | None = None

    def start(self, chase: ChaseList, names: bool) -> None:
        """Draw the list, ask where to print it, and print it."""
        services = self._services

        def drawn(made: tuple[bytes, int]) -> None:
            pdf, pages = made
            printer = self.make_printer()
            printer.setFromTo(1, pages)

            def answered(wanted: bool) -> None:
                if wanted:
                    self._print(chase, pdf, pages, printer, names)

            self.ask_printer(printer, self._host, answered)

        def draw() -> tuple[bytes, int]:
            pdf = services.chase_papers.paper(chase, names=names)
            return pdf, services.chase_papers.page_count(pdf)

        self._operations.run_in_pool(draw, drawn, self._messages.error, owner=self)

    def _print(self, chase: ChaseList, pdf: bytes, pages: int, printer: QPrinter, names: bool) -> None:
        services, papers = self._services, self._services.chase_papers

        def begin(_: object) -> None:
            draw = partial(papers.page, pdf)
            self.job = PrintJob(self._operations, printer, draw, pages, self)
            self.job.ended.connect(self._on_ended)
            self.job.start()

        # First the history: paper that leaves is in it also where the printer jams.
        self._operations.run_command(
            lambda: services.chasing.record_left(chase, "print", names=names), self._host, begin
        )

    def _on_ended(self, whole: bool) -> None:
        if self.job is not None:
            self.job.deleteLater()
            self.job = None
        if whole:
            self._messages.done(words("meetings.chase.printed"))
        else:
            self._messages.notify(words("meetings.chase.not_printed"), Tone.ERROR)
