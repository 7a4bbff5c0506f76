"""The side sheets of papers: what a new one is called, why one is removed, and why a copy leaves."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mdt_desktop.domain.papers import LONGEST_TITLE
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet
from mdt_desktop.ui.leaving_sheet import Errand, LeavingSheet
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, size_words, words

if TYPE_CHECKING:
    from mdt_desktop.services.case_papers import CasePaperSummary, OfferedPaper

_LINES = 3


class AddPaperSheet(FormSheet):
    """Asks what a file that was read is called, before it is kept."""

    def __init__(self, case: CaseContext, view: CaseView, offered: "OfferedPaper") -> None:
        super().__init__(words("case.papers.add_title"), words("case.papers.keep"), case.host, self._save)
        self.setObjectName("add_paper_sheet")
        self._case, self._view, self.offered = case, view, offered
        self.title_edit = QLineEdit(offered.title)
        self.title_edit.setMaxLength(LONGEST_TITLE)
        self.title_edit.returnPressed.connect(self._save)
        self.field = Field(words("case.papers.title"), self.title_edit, words("case.papers.title_help"))
        pages = words("case.papers.one_page") if offered.pages == 1 else words("case.papers.pages", pages=offered.pages)
        about = (offered.name, label(offered.media), size_words(len(offered.content)), pages)
        self.add(words_label(", ".join(about), "muted", wraps=True))
        self.add(self.field)
        self.add(words_label(words("case.papers.file_stays"), "help", wraps=True))

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.title_edit)
        self.title_edit.selectAll()

    def _save(self) -> None:
        title, case_id, services = self.title_edit.text(), self._view.case_id, self._case.services
        if not title.strip():
            self.field.show_error(words("case.papers.title_missing"))
            return
        self.field.show_error("")
        self._case.save_sheet(
            self, lambda: services.case_papers.add(case_id, self.offered, title),
            words("case.papers.added", title=title.strip()),
        )


class RemovePaperSheet(FormSheet):
    """Asks why a paper is removed: that stays, its content does not."""

    def __init__(self, case: CaseContext, paper: "CasePaperSummary") -> None:
        super().__init__(words("case.papers.remove_title"), words("case.papers.remove"), case.host, self._save)
        self.setObjectName("remove_paper_sheet")
        self._case, self.paper = case, paper
        theme.set_kind(self.save, "danger")
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(theme.size("body") * 2 * _LINES)
        self.field = Field(words("case.papers.why"), self.reason, words("case.papers.why_help"))
        self.add(words_label(paper.title, "strong", wraps=True))
        self.add(words_label(words("case.papers.remove_means"), "body", wraps=True))
        self.add(self.field)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.reason)

    def _save(self) -> None:
        reason, services, paper_id = self.reason.toPlainText(), self._case.services, self.paper.id
        if not reason.strip():
            self.field.show_error(words("case.papers.why_missing"))
            return
        self.field.show_error("")
        self._case.save_sheet(
            self, lambda: services.case_papers.remove(paper_id, reason),
            words("case.papers.removed_done", title=self.paper.title),
        )


class SavePaperSheet(LeavingSheet[bytes]):
    """Asks why a copy leaves the program, and says what that means."""

    verb, why, why_help = "case.papers.save_copy", "case.papers.why_leaves", "case.papers.why_leaves_help"

    def __init__(
        self, case: CaseContext, paper: "CasePaperSummary", name: str, ask_file: AskFile = ask_new_file
    ) -> None:
        super().__init__(words("case.papers.save_title"), case.host, case.operations, case.messages, ask_file)
        self.setObjectName("save_paper_sheet")
        self._case, self.paper, self._name = case, paper, name
        self.add(words_label(words("exports.what_leaves"), "section"))
        self.add(words_label(paper.title, "strong", wraps=True))
        self.add(words_label(words("case.papers.leaves_whole"), "muted", wraps=True))
        self.add_reasons()
        self.save.setEnabled(True)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(next(iter(self.reasons.values())))

    def errand(self) -> Errand[bytes]:
        """The whole of the paper, as it is. Raises `ListReasonMissing`."""
        services, paper_id, purpose = self._case.services, self.paper.id, self.purpose()

        return Errand(
            NewFile(self._name, words("case.papers.save_title"), words(f"case.papers.files.{self.paper.media.value}")),
            lambda: services.case_papers.content(paper_id),
            lambda content: content,
            lambda _, content, path: services.case_papers.save(paper_id, content, path, purpose),
            lambda: services.case_papers.record_cancelled(paper_id, purpose),
            lambda _, name: words("case.papers.saved", name=name),
        )
