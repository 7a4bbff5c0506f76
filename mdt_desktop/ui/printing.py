"""The preview of a care plan, or of the planning sheet of somebody who has none."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.printing import PaperKind
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import AskFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.paper_preview import PaperPreview
from mdt_desktop.ui.paper_printer import AskPrinter, ask_system, plan_printer
from mdt_desktop.ui.paper_service import MadePaper, PaperService
from mdt_desktop.ui.paper_why import WhyPanel
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import PaperContents, PaperRecipient

_TITLES = {PaperKind.SHEET: "printing.sheet_title", PaperKind.WHO_LOOKED: "printing.looked_title"}


class PlanPreview(PaperPreview):
    """One plan, or the planning sheet of a person, as it would be on paper. `subject_id` is the id of either."""

    why: WhyPanel

    def __init__(
        self,
        printing: Callable[[], PaperService],
        operations: Operations,
        messages: Messages,
        subject_id: str,
        parent: QWidget,
        *,
        printer: Callable[[], QPrinter] = plan_printer,
        ask_printer: AskPrinter = ask_system,
        ask_path: AskFile = ask_new_file,
        drafts: DraftShelf | None = None,
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
            drafts=drafts,
            draft_key=subject_id,
        )
        self.setObjectName("plan_preview")
        self.why.goes_to.connect(self._show_copy)
        self._load()

    @property
    def subject_id(self) -> str:
        """The id of the plan, or of the person."""
        return str(self.subject)

    def read_beside(self, service: Any) -> "Sequence[PaperRecipient]":
        found: Sequence[PaperRecipient] = service.recipients(self.subject_id)
        return found

    def show_beside(self, found: "Sequence[PaperRecipient]") -> None:
        self.why.show_recipients(found)

    def show_contents(self, contents: "PaperContents") -> None:
        self.name(words(_TITLES.get(contents.kind, "printing.title")))
        self.why.show_contents(contents)

    def when_shown(self) -> None:
        if self.why.reason is not None:  # chosen while the pages were still on their way
            self._show_copy()

    def _show_copy(self) -> None:
        """Show the copy that whoever gets it would be given: without what the sharing matrix withholds from them."""
        made, purpose = self._made, self.why.trial()
        if made is None or purpose is None or self._busy:
            return
        printing, subject_id, key = self._printing, self.subject_id, f"copy {id(self)}"
        may_be_shared = made.contents.may_be_shared

        def read(paper: Any) -> None:
            self._operations.run_in_pool(
                lambda: self._make(paper, may_be_shared), self._on_copy, self._on_copy_refused, owner=self,
                latest_of=f"{key} drawn",
            )  # fmt: skip

        self._operations.run_query(
            lambda: printing().paper_about(subject_id, None, purpose), read, self._on_copy_refused, owner=self,
            latest_of=key,
        )  # fmt: skip

    def _on_copy(self, made: MadePaper) -> None:
        if self.refused:
            self.refused = False
            self._enable(not self._busy)
        self.show_made(made)
        if made.contents.withheld:
            self._messages.announce(made.contents.withheld)

    def _on_copy_refused(self, problem: Exception) -> None:
        """Nothing may go to them: said at once, and not only when it is to be printed."""
        self.refused = True
        self._enable(not self._busy)
        self._tell(self._messages.words_of(problem))
