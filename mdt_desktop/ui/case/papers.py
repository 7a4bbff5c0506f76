"""The papers tab: letters, forms and photos of the case, listed beside the one that is looked at."""

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.papers import PaperContentElsewhere, PaperIsRemoved
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.paper_sheets import AddPaperSheet, RemovePaperSheet, SavePaperSheet
from mdt_desktop.ui.case.paper_view import PaperView, about_words
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.new_file import AskFile, ask_new_file
from mdt_desktop.ui.operations import Progress
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.words import label, size_words, words

if TYPE_CHECKING:
    from mdt_desktop.services.case_papers import CasePaperSummary, OfferedPaper, OpenedPaper


_LIST, _VIEWER = 2, 3
"""Their shares of the width."""
_ROOM_FOR_DAYS = 400  # pixels at 100 % text


class PaperColumn(IntEnum):
    """The columns of the list."""

    TITLE = 0
    STATE = 1
    ADDED = 2


class PapersTab(Tab):
    """A paper is looked at here and nowhere else: nothing in it is opened by another program unless a copy is saved."""

    ask_new_file: AskFile = staticmethod(ask_new_file)

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        self._view: CaseView | None = None
        self._reading = ""
        self._to_fetch = False
        self._fetching: Progress | None = None
        self.setAcceptDrops(True)
        page, gap = theme.size("page"), theme.size("gap")
        column = QVBoxLayout(self)
        column.setContentsMargins(page, gap, page, gap)
        column.setSpacing(gap)
        self._stack = QStackedWidget()
        column.addWidget(self._stack)
        self.empty = EmptyState(
            words("case.papers.none"), words("case.papers.none_detail"), icon="documents",
            step=words("case.papers.add"), on_step=self.choose_file,
        )  # fmt: skip
        self._stack.addWidget(self.empty)
        self._error: ErrorState | None = None
        self.both = QWidget()
        row = QHBoxLayout(self.both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap)
        row.addWidget(self._list(), _LIST)
        # Asked for in the threads only: making the service loads what draws PDFs.
        self.viewer = PaperView(case.operations, lambda: case.services.case_papers)
        self.viewer.save_requested.connect(self._on_save)
        self.viewer.remove_requested.connect(self._on_remove)
        self.viewer.again_requested.connect(self._on_again)
        row.addWidget(self.viewer, _VIEWER)
        self._stack.addWidget(self.both)

    def _list(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        top = QHBoxLayout()
        self.said = words_label("", "muted", wraps=True)
        self.add_button = Button(words("case.papers.add"), self.choose_file, "plain", "add")
        top.addWidget(self.said, 1)
        top.addWidget(named(self.add_button, "add_paper"), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        self.model = ListTableModel["CasePaperSummary"](
            {
                PaperColumn.TITLE: Column(
                    words("case.papers.title"), lambda it: it.title, 150, roomy=True, tip=about_words
                ),
                PaperColumn.STATE: Column(words("case.papers.state"), state_words, 90, whole=True, tip=about_words),
                PaperColumn.ADDED: Column(
                    words("case.papers.added_on"), lambda it: cui_date(it.added_at.astimezone().date()), 100,
                    whole=True, tabular=False,
                ),
            }
        )  # fmt: skip
        self.table = RowTable(words("case.tab.papers"))
        self.table.show_model(self.model)
        self.table.clicked.connect(lambda index: self.open_row(index.row()))
        self.table.opened.connect(self.open_row)
        self.table.previewed.connect(self.open_row)
        column.addWidget(self.table, 1)
        self.drop_help = words_label(words("case.papers.drop"), "help", wraps=True)
        column.addWidget(self.drop_help)
        return holder

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the list is narrow the day stands beside the paper only."""
        super().resizeEvent(event)
        width = self.width() * _LIST / (_LIST + _VIEWER)
        self.table.setColumnHidden(PaperColumn.ADDED, width / theme.current().scale < _ROOM_FOR_DAYS)

    # Showing

    def show_view(self, view: CaseView) -> None:
        if self._view is None or self._view.case_id != view.case_id:
            self.viewer.clear()
        self._view = view
        for button in (self.add_button, self.empty.step):
            permit(button, view.overview.rights, Permission.EDIT_CASE)
        case_id, services = view.case_id, self.case.services
        self.case.operations.run_query(
            lambda: services.case_papers.of_case(case_id), self._on_read, self._on_failed, owner=self,
            latest_of=f"case.{id(self.case)}.papers",
        )  # fmt: skip

    def forget(self) -> None:
        self._view, self._reading = None, ""
        if self._fetching is not None:
            self._fetching.cancel()
        self.viewer.clear()
        self.model.show(())

    def open_row(self, row: int) -> None:
        """Look at the paper of a row."""
        paper = self.model.row(row)
        if paper is not None:
            self.open_paper(paper)

    def open_paper(self, paper: "CasePaperSummary") -> None:
        """Read a paper into memory and show it; that it was looked at is in the audit."""
        if self._view is None:
            return
        self.viewer.begin(paper, self._view.overview.rights)
        self._reading = paper.id
        services = self.case.services

        def shown(opened: "OpenedPaper") -> None:
            if self._reading != paper.id:
                return
            self.viewer.show_paper(opened)
            self.case.operations.run_command(lambda: services.case_papers.record_viewed(paper.id), self.case.host)

        def read(_: object) -> None:
            # The pages are counted in the pool: a picture of 50 million dots takes its time to unfold.
            self.case.operations.run_in_pool(
                lambda: services.case_papers.opened(paper, content[0]), shown, self._on_not_shown, owner=self
            )

        content: list[bytes] = []
        self.case.operations.run_query(
            lambda: content.append(services.case_papers.content(paper.id)), read, self._on_not_shown, owner=self,
            latest_of=f"case.{id(self.case)}.paper",
        )  # fmt: skip

    def _on_read(self, found: "list[CasePaperSummary]") -> None:
        self._show_error("")
        self.model.show(found)
        there = sum(not it.is_removed for it in found)
        self.said.setText(words("case.papers.one") if there == 1 else words("case.papers.count", count=there))
        self._stack.setCurrentWidget(self.both if found else self.empty)
        shown = self.viewer.paper
        now = next((it for it in found if shown is not None and it.id == shown.id), None)
        if shown is not None and now is None:
            self.viewer.clear()
        elif now is not None and now != shown and (now.is_removed or self.viewer.opened is None):
            self.open_paper(now)

    def _on_failed(self, problem: Exception) -> None:
        self._show_error(self.case.messages.words_of(problem))

    def _show_error(self, text: str) -> None:
        if self._error is not None:
            self._stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        if text:
            self._error = ErrorState(text, lambda: self.show_view(self._view) if self._view else None)
            self._stack.addWidget(self._error)
            self._stack.setCurrentWidget(self._error)

    def _on_not_shown(self, problem: Exception) -> None:
        self._to_fetch = isinstance(problem, PaperContentElsewhere)
        if self._to_fetch:
            self.viewer.show_trouble(words("case.papers.not_here"), step=words("case.papers.fetch"))
            return
        again = "" if isinstance(problem, PaperIsRemoved) else words("ui.try_again")
        self.viewer.show_trouble(self.case.messages.words_of(problem), step=again)

    def _on_again(self) -> None:
        paper = self.viewer.paper
        if paper is not None and self._to_fetch:
            self.fetch(paper)
        elif paper is not None:
            self.open_paper(paper)

    # Fetching

    def fetch(self, paper: "CasePaperSummary") -> None:
        """Fetch the content of a paper from the central store and show it; it can be stopped and goes on from there."""
        if self._fetching is not None:
            return
        view, services, operations = self._view, self.case.services, self.case.operations
        progress = self._fetching = Progress(words("cli.paper_fetching", title=paper.title), stops=words("sync.cancel"))

        def moved(done: int, of: int) -> None:
            progress.report(done, of, words("case.papers.fetching", done=size_words(done), of=size_words(of)))

        def work() -> Changes:
            papers = services.case_papers
            return papers.fetch(
                paper.id,
                write=lambda inside: operations.in_writer(lambda: papers.write(inside)),
                stopped=lambda: progress.cancelled,
                moved=moved,
            )

        def ended(problem: Exception | None) -> None:
            if self._fetching is progress:
                self._fetching = None
            if self._view is None or view is None or self._view.case_id != view.case_id:
                return
            if problem is None:
                self.show_view(self._view)  # the paper is read again, and then shown
            elif self.viewer.paper is not None and self.viewer.paper.id == paper.id:
                self.viewer.show_trouble(self.case.messages.words_of(problem), step=words("case.papers.fetch"))

        self.viewer.show_fetching(progress.words)
        self.destroyed.connect(progress.cancel)  # locking takes the page away: nothing goes on behind it
        progress.moved.connect(lambda *told: self.viewer.show_fetching(told[2]))
        operations.run_in_pool(work, lambda _: ended(None), ended, owner=self, progress=progress)

    # Adding

    def choose_file(self) -> None:
        """Ask for a file with the system's dialog."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, words("case.papers.add"), folder, words("case.papers.file_kinds"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.offer(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def offer(self, path: Path) -> None:
        """Read a file and, where it can be kept, ask what it is called."""
        view, services = self._view, self.case.services
        if view is None:
            return

        def read(offered: "OfferedPaper") -> None:
            if self._view is not None and self._view.case_id == view.case_id:
                self.case.open_sheet(AddPaperSheet(self.case, self._view, offered))

        self.case.operations.run_in_pool(
            lambda: services.case_papers.read_file(path), read, self.case.messages.error, owner=self,
            latest_of=f"case.{id(self.case)}.offer",
        )  # fmt: skip

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file of this computer may be let go here by whoever may add papers."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile() and self.add_button.isEnabled() and self._view is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.offer(Path(event.mimeData().urls()[0].toLocalFile()))

    # What is done with the one that is shown

    def _on_save(self) -> None:
        paper = self.viewer.paper
        if paper is None:
            return
        services, ask = self.case.services, self.ask_new_file
        self.case.query(
            lambda: services.case_papers.suggested_name(paper),
            lambda name: self.case.open_sheet(SavePaperSheet(self.case, paper, name, ask)),
            self, "paper_name",
        )  # fmt: skip

    def _on_remove(self) -> None:
        if self.viewer.paper is not None:
            self.case.open_sheet(RemovePaperSheet(self.case, self.viewer.paper))


def state_words(paper: "CasePaperSummary") -> str:
    """The kind of a paper that is here; else where its content is."""
    if paper.is_removed:
        return label(paper.status)
    return label(paper.media) if paper.is_here else words("case.papers.elsewhere")

