"""The preview of a care plan, or of the planning sheet of somebody who has none."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.printing import PaperKind
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import AskFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.paper_preview import PaperPreview
from mdt_desktop.ui.paper_printer import AskPrinter, ask_system, plan_printer
from mdt_desktop.ui.why_panel import WhyPanel
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import PaperContents, Printing


class PlanPreview(PaperPreview):
    """One plan, or the planning sheet of a person, as it would be on paper. `subject_id` is the id of either."""

    why: WhyPanel

    def __init__(
        self,
        printing: "Callable[[], Printing]",
        operations: Operations,
        messages: Messages,
        subject_id: str,
        parent: QWidget,
        *,
        printer: Callable[[], QPrinter] = plan_printer,
        ask_printer: AskPrinter = ask_system,
        ask_path: AskFile = ask_new_file,
    ) -> None:
        """`printing` gives the service; it is called in the threads, as making it loads what draws PDFs."""
        super().__init__(
            printing,
            operations,
            messages,
            subject_id,
            parent,
            WhyPanel(),
            words("printing.title"),
            save_title=words("printing.save_title"),
            printer=printer,
            ask_printer=ask_printer,
            ask_path=ask_path,
        )
        self.setObjectName("plan_preview")
        self._load()

    @property
    def subject_id(self) -> str:
        """The id of the plan, or of the person."""
        return str(self.subject)

    def show_contents(self, contents: "PaperContents") -> None:
        if contents.kind is PaperKind.SHEET:
            self.name(words("printing.sheet_title"))
        self.why.show_contents(contents)
