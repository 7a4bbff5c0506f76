"""One paper inside the program: its pages or picture, from memory alone, with what can be done with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.paper_pages import PaperPages
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.words import label, size_words, words

if TYPE_CHECKING:
    from mdt_desktop.services.case_papers import CasePapers, CasePaperSummary, OpenedPaper


class PaperView(QWidget):
    """Shows nothing, a paper, or why it is not shown. Its buttons only say what is wished."""

    save_requested = Signal()
    remove_requested = Signal()
    again_requested = Signal()

    def __init__(self, operations: Operations, papers: "Callable[[], CasePapers]") -> None:
        super().__init__()
        self._papers = papers
        self.paper: CasePaperSummary | None = None
        self.opened: OpenedPaper | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        self.title = words_label("", "section", wraps=True, selectable=True)
        self.about = words_label("", "muted", wraps=True)
        self.head = QWidget()
        head = QVBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(theme.size("unit"))
        head.addWidget(self.title)
        head.addWidget(self.about)
        self.save = Button(words("case.papers.save"), self.save_requested.emit, "plain", "download")
        self.remove = Button(words("case.papers.remove_open"), self.remove_requested.emit, "quiet", "remove")
        deeds = QWidget()
        row = flowing(deeds, theme.size("unit") * 2, theme.size("unit"))
        row.addWidget(named(self.save, "save_paper"))
        row.addWidget(named(self.remove, "remove_paper"))
        head.addWidget(deeds)
        column.addWidget(self.head)
        self.pages = PaperPages(operations)
        self.tools = self._tools()
        column.addWidget(self.tools)
        self.nothing = EmptyState(words("case.papers.choose"), words("case.papers.choose_detail"), icon="documents")
        self.loading = EmptyState(words("printing.preparing"), icon="documents")
        self.trouble = EmptyState(
            words("case.papers.not_shown"), " ", icon="info",
            step=words("ui.try_again"), on_step=self.again_requested.emit,
        )  # fmt: skip
        self._stack = QStackedWidget()
        for state in (self.nothing, self.loading, self.pages, self.trouble):
            self._stack.addWidget(state)
        column.addWidget(self._stack, 1)
        self.clear()

    def _tools(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        bar = QHBoxLayout()
        column.addLayout(bar)
        column.addWidget(line())
        self.where, self.zoom = words_label("", "muted"), words_label("", "muted")
        bar.addWidget(IconButton("up", words("printing.previous_page"), lambda: self.pages.go_to(self.pages.page - 1)))
        bar.addWidget(IconButton("down", words("printing.next_page"), lambda: self.pages.go_to(self.pages.page + 1)))
        bar.addWidget(self.where)
        bar.addStretch(1)
        bar.addWidget(Button(words("printing.zoom_out"), lambda: self.pages.zoom(-1), "quiet"))
        bar.addWidget(self.zoom)
        bar.addWidget(Button(words("printing.zoom_in"), lambda: self.pages.zoom(1), "quiet"))
        bar.addWidget(Button(words("printing.fit"), self.pages.fit_width, "quiet"))
        self.pages.page_changed.connect(self._on_page)
        self.pages.zoom_changed.connect(lambda percent: self.zoom.setText(words("printing.zoom", percent=percent)))
        return holder

    @property
    def state(self) -> QWidget:
        """What is on the screen: `nothing`, `loading`, `pages` or `trouble`."""
        return self._stack.currentWidget() or self

    def clear(self) -> None:
        """No paper is chosen; what was shown leaves the memory."""
        self.paper = self.opened = None
        self.pages.show_pages(0, lambda *_: None)  # type: ignore[arg-type]
        self._show(self.nothing)

    def begin(self, paper: "CasePaperSummary", rights: Rights) -> None:
        """Say which paper is being read."""
        self.clear()
        self.paper = paper
        self.title.setText(paper.title)
        self.about.setText(about_words(paper))
        permit(self.save, rights, Permission.EXPORT, also=not paper.is_removed and paper.is_here)
        permit(self.remove, rights, Permission.EDIT_CASE, also=not paper.is_removed)
        self.loading.words.setText(words("printing.preparing"))
        self._show(self.loading)

    def show_paper(self, opened: "OpenedPaper") -> None:
        """Its pages, drawn in the pool when they come into sight."""
        self.opened = opened
        self.pages.show_pages(
            len(opened.pages), lambda number, scale: self._papers().page(opened, number, scale), opened.pages
        )
        self._show(self.pages)
        self._on_page(0)

    def show_fetching(self, text: str) -> None:
        """How far its content has come."""
        if self.paper is not None and self.opened is None:
            self.loading.words.setText(text)
            self._show(self.loading)

    def show_trouble(self, text: str, *, step: str = "") -> None:
        """Why it is not shown; `step` is what can be done about it."""
        self.opened = None
        self.trouble.detail.setText(text)
        self.trouble.detail.setVisible(True)
        self.trouble.step.setText(step)
        self.trouble.step.setVisible(bool(step))
        self._show(self.trouble)

    def _show(self, state: QWidget) -> None:
        self._stack.setCurrentWidget(state)
        self.head.setVisible(self.paper is not None)
        self.tools.setVisible(state is self.pages)

    def _on_page(self, page: int) -> None:
        count = len(self.pages.sheets)
        self.where.setText(words("printing.page_now", page=page + 1, pages=count) if count else "")


def about_words(paper: "CasePaperSummary") -> str:
    """Kind, size, when it was added and by whom; of a removed one why."""
    added = words("case.papers.added_by", day=cui_date(paper.added_at.astimezone().date()), name=paper.added_by)
    parts = [label(paper.media), size_words(paper.size), added]
    if paper.removed_at is not None:
        day = cui_date(paper.removed_at.astimezone().date())
        parts.append(words("case.papers.removed_by", day=day, name=paper.removed_by, reason=paper.removed_reason))
    return ", ".join(parts)
