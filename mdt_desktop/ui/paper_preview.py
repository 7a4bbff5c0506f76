"""The preview of a paper inside the program: pages from memory, what leaves, why, and print and save from there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.messages import Messages, Tone
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.paper_pages import PaperPages
from mdt_desktop.ui.paper_printer import AskPrinter, PrintJob, ask_system, plan_printer
from mdt_desktop.ui.paper_service import MadePaper, PaperService
from mdt_desktop.ui.pdf_sheet import PdfSheet
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.reason_draft import ReasonDraft
from mdt_desktop.ui.reason_panel import ReasonPanel
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.words import words

_PANEL = 25  # times the body size


class PaperPreview(QDialog):
    """One paper as it would leave. `subject` is what the service knows it by.

    Everything slow runs behind it; it can be closed at any time.
    `printed` and `saved` come when a copy has left (the number of pages; the path).
    """

    printed = Signal(int)
    saved = Signal(str)

    def __init__(
        self,
        printing: Callable[[], PaperService],
        operations: Operations,
        messages: Messages,
        subject: Any,
        parent: QWidget,
        panel: ReasonPanel[Any, Any],
        title: str,
        *,
        save_title: str,
        printer: Callable[[], QPrinter] = plan_printer,
        ask_printer: AskPrinter = ask_system,
        ask_path: AskFile = ask_new_file,
        drafts: DraftShelf | None = None,
        draft_key: str = "",
    ) -> None:
        """`printing` gives the service; it is called in the threads, as making it loads what draws PDFs.

        Half-typed words of a reason are kept in `drafts` under `draft_key`.
        """
        super().__init__(parent)
        self._printing, self._operations, self._messages = printing, operations, messages
        self.subject, self.why, self._save_title = subject, panel, save_title
        self._make_printer, self._ask_printer, self._ask_path = printer, ask_printer, ask_path
        self._made: MadePaper | None = None
        self._rights: Rights | None = None
        self.refused = False
        """Nothing may go to whoever is chosen."""
        self._instead: QWidget | None = None
        self._job: PrintJob | None = None
        self._busy = False
        self._leaving = False
        self.sheet: PdfSheet | None = None
        self.name(title)
        self.setObjectName("paper_preview")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._lay_out()
        self._add_keys()
        self.draft = ReasonDraft(drafts, panel, draft_key) if drafts is not None else None

    def name(self, title: str) -> None:
        """Say what is previewed."""
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    # What kinds of paper do differently

    def show_contents(self, contents: Any) -> None:
        """Say in the panel what would leave."""
        raise NotImplementedError

    def offers_password(self, contents: Any) -> bool:
        """Whether a file of it is worth a password: not where nobody is named."""
        return True

    def read_beside(self, service: Any) -> Any:
        """What else is read with the paper, in the reader's thread."""
        return None

    def show_beside(self, found: Any) -> None:
        """Show what `read_beside` found."""

    def when_shown(self) -> None:
        """The pages are there."""

    # Building

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(self._toolbar())
        left.addWidget(line())
        self.pages = PaperPages(self._operations)
        self.pages.page_changed.connect(self._on_page)
        self.pages.zoom_changed.connect(lambda percent: self.zoom.setText(words("printing.zoom", percent=percent)))
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(words("printing.preparing"), icon="documents"))
        self._stack.addWidget(self.pages)
        left.addWidget(self._stack, 1)
        row.addLayout(left, 1)
        row.addWidget(line(vertical=True))
        row.addWidget(self._panel())
        parent = self.parentWidget()
        if parent is not None:
            size = parent.window().size()
            self.resize(max(640, round(size.width() * 0.94)), max(480, round(size.height() * 0.92)))

    def _toolbar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.size("card"), theme.size("unit"), theme.size("card"), theme.size("unit"))
        self.where = words_label("", "muted")
        self.previous = IconButton("up", words("printing.previous_page"), lambda: self.pages.go_to(self.pages.page - 1))
        self.next = IconButton("down", words("printing.next_page"), lambda: self.pages.go_to(self.pages.page + 1))
        self.zoom = words_label("", "muted")
        self.larger = Button(words("printing.zoom_in"), lambda: self.pages.zoom(1), "quiet")
        self.smaller = Button(words("printing.zoom_out"), lambda: self.pages.zoom(-1), "quiet")
        self.fit = Button(words("printing.fit"), lambda: self.pages.fit_width(), "quiet")
        bar.addWidget(self.previous)
        bar.addWidget(self.next)
        bar.addSpacing(theme.size("unit") * 2)
        bar.addWidget(self.where)
        bar.addStretch(1)
        bar.addWidget(self.smaller)
        bar.addWidget(self.zoom)
        bar.addWidget(self.larger)
        bar.addWidget(self.fit)
        return bar

    def _panel(self) -> QWidget:
        panel = QFrame()
        theme.set_kind(panel, "side_sheet")
        panel.setFixedWidth(theme.size("body") * _PANEL)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.why.chosen.connect(lambda: self._tell(""))
        theme.set_kind(self.why, "scrolled")
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.why)
        column.addWidget(scroll, 1)
        column.addWidget(line())
        foot = QVBoxLayout()
        pad = theme.size("card")
        foot.setContentsMargins(pad, pad - 4, pad, pad - 4)
        foot.setSpacing(theme.size("unit") * 2)
        self.told: QLabel = words_label("", "error", wraps=True, selectable=True)
        self.told.hide()
        foot.addWidget(self.told)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.size("unit") * 2)
        self.print_button = Button(words("printing.print"), self.print_paper, "primary", "print")
        self.save_button = Button(words("printing.save"), self.save_paper, "plain", "pdf")
        self.close_button = Button(words("printing.close"), self.reject)
        for button in (self.print_button, self.save_button, self.close_button):
            buttons.addWidget(button, 1)
        foot.addLayout(buttons)
        column.addLayout(foot)
        self._scroll = scroll
        self._enable(False)
        return panel

    def _add_keys(self) -> None:
        standard = QKeySequence.StandardKey
        for keys, run in (
            (QKeySequence(standard.Print), self.print_paper),
            (QKeySequence(standard.Save), self.save_paper),
            (QKeySequence("Ctrl++"), partial(self.pages.zoom, 1)),
            (QKeySequence("Ctrl+="), partial(self.pages.zoom, 1)),
            (QKeySequence("Ctrl+-"), partial(self.pages.zoom, -1)),
            (QKeySequence("Ctrl+0"), self.pages.fit_width),
        ):
            QShortcut(keys, self).activated.connect(run)

    def sizeHint(self) -> QSize:
        return QSize(1200, 720)

    # The paper

    def _load(self) -> None:
        """Read in the reader, draw in the pool, and record that it was looked at."""
        subject, printing = self.subject, self._printing

        def read() -> tuple[Any, bool, Rights, Any]:
            service = printing()
            about = service.paper_about(subject), service.may_be_shared(subject), service.rights(subject)
            return (*about, self.read_beside(service))

        self._operations.run_query(
            read,
            partial(self._on_read, subject),
            partial(self._on_load_failed, subject),
            owner=self,
        )

    def _on_read(self, subject: Any, found: tuple[Any, bool, Rights, Any]) -> None:
        paper, may_be_shared, self._rights, beside = found
        self.show_beside(beside)
        self._operations.run_in_pool(
            lambda: self._make(paper, may_be_shared),
            partial(self._on_made, subject),
            partial(self._on_load_failed, subject),
            owner=self,
        )

    def _make(self, paper: Any, may_be_shared: bool) -> MadePaper:
        service = self._printing()
        pdf = service.pdf(paper)
        return MadePaper(paper, pdf, service.contents(paper, pdf, may_be_shared))

    def _on_made(self, subject: Any, made: MadePaper) -> None:
        if subject != self.subject:
            return  # somebody has chosen another since
        self.show_made(made)
        self._stack.setCurrentIndex(1)
        self._enable(True)
        focused = self.focusWidget()
        if focused is None or not self.why.isAncestorOf(focused):
            self.pages.setFocus(Qt.FocusReason.OtherFocusReason)
        self._operations.run_command(lambda: self._printing().record_preview(subject), self)
        self.when_shown()

    def show_made(self, made: MadePaper) -> None:
        """Show the pages of a paper, and in the panel what would leave with it."""
        self._made = made
        self.show_contents(made.contents)
        self.pages.show_pages(made.contents.pages, partial(self._printing().page, made.pdf))
        self._on_page(0)

    def _on_load_failed(self, subject: Any, problem: Exception) -> None:
        if subject != self.subject:
            return
        self.show_instead(ErrorState(self._messages.words_of(problem), self._try_again))

    def show_instead(self, state: QWidget) -> None:
        """Show something in the place of the pages."""
        if self._instead is not None:
            self._stack.removeWidget(self._instead)
            self._instead.deleteLater()
        self._instead = state
        self._stack.setCurrentIndex(self._stack.addWidget(state))

    def forget(self) -> None:
        """Show that another paper is being made; the one before can no longer leave."""
        self._made = None
        self._enable(False)
        self._tell("")
        self._stack.setCurrentIndex(0)

    def _try_again(self) -> None:
        self._stack.setCurrentIndex(0)
        self._load()

    def _on_page(self, place: int) -> None:
        pages = len(self.pages.sheets)
        self.where.setText(words("printing.page_now", page=place + 1, pages=pages))
        self.previous.setEnabled(place > 0)
        self.next.setEnabled(place + 1 < pages)

    # Leaving

    def ask_why(self) -> None:
        """Put the focus on the reasons."""
        self._scroll.ensureWidgetVisible(self.why.more)
        self.why.first().setFocus(Qt.FocusReason.OtherFocusReason)

    def print_paper(self) -> None:
        """Ask the system for a printer, once a reason is chosen."""
        purpose = self._purpose("printing.why_print")
        if purpose is None:
            return
        printer = self._make_printer()
        self._enable(False)
        self._ask_printer(printer, self, lambda go_on: self._on_printer(printer, purpose, go_on))

    def save_paper(self) -> None:
        """Ask for a password, then the system for a new file, once a reason is chosen."""
        purpose = self._purpose("printing.why_save")
        if purpose is None or self._made is None:
            return
        made = self._made

        def go_on(password: str | None) -> None:
            wanted = NewFile(made.contents.file_name, self._save_title, words("printing.save_filter"))
            self._ask_path(wanted, self, lambda path: self._on_path(path, purpose, password))

        self._enable(False)
        self._tell("")
        if not self.offers_password(made.contents):
            go_on(None)
            return
        self.sheet = sheet = PdfSheet(self, self._printing(), made.paper, go_on)
        sheet.left.connect(self._on_sheet_left)
        sheet.open_sheet()

    def _purpose(self, nothing_chosen: str) -> Any:
        if self._busy or self.refused or self._made is None:
            return None
        try:
            purpose = self.why.purpose()
        except MdtError as problem:
            self._tell(self._messages.words_of(problem))
            self.why.more.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        if purpose is None:
            self._tell(words(nothing_chosen))
            self.ask_why()
        return purpose

    def _on_printer(self, printer: QPrinter, purpose: Any, go_on: bool) -> None:
        service, subject = self._printing(), self.subject
        self._leaving = go_on
        if not go_on:
            self._operations.run_command(lambda: service.record_print(subject, purpose, cancelled=True), self)
            self._tell(words("printing.print_cancelled"), "muted")
            self._enable(True)
            return

        def recorded(made: MadePaper, _: Changes) -> None:
            draw = partial(service.page, made.pdf)
            self._job = PrintJob(self._operations, printer, draw, made.contents.pages, self)
            self._job.ended.connect(partial(self._on_printed, purpose))
            self._job.start()

        def made(paper: MadePaper) -> None:
            # Into the audit first: what is on the way to a printer cannot be called back.
            self._operations.run_command(
                lambda: service.record_print(subject, purpose), self, partial(recorded, paper), self._on_failed
            )

        self._for_purpose(purpose, made)

    def _on_printed(self, purpose: Any, whole: bool) -> None:
        pages = len(self._job.numbers) if self._job is not None else 0
        self._job = None
        self._enable(True)
        if whole:
            self._has_left()
            key = "printing.printed_one" if pages == 1 else "printing.printed"
            self._tell(words(key, pages=pages), "good")
            self.printed.emit(pages)
            return
        self._tell(words("printing.printer_failed"))
        service, subject = self._printing(), self.subject
        self._operations.run_command(lambda: service.record_print(subject, purpose, cancelled=True), self)

    def _on_sheet_left(self) -> None:
        self.sheet = None
        self._enable(True)

    def _on_path(self, path: str, purpose: Any, password: str | None) -> None:
        service, subject = self._printing(), self.subject
        self._leaving = bool(path)
        if not path:
            self._operations.run_command(lambda: service.record_export(subject, purpose, cancelled=True), self)
            if self.sheet is not None:
                self.sheet.save.setEnabled(True)
            else:
                self._enable(True)
            return

        def save(pdf: bytes) -> None:
            has_password = password is not None
            self._operations.run_command(
                lambda: service.save_pdf(subject, pdf, Path(path), purpose, has_password=has_password),
                self,
                lambda _: self._on_saved(path, has_password),
                self._on_failed,
            )

        def made(made: MadePaper) -> None:
            if password is None:
                save(made.pdf)
            else:
                self._operations.run_in_pool(
                    lambda: service.protected(made.paper, made.pdf, password), save, self._on_failed, owner=self
                )

        self._for_purpose(purpose, made)

    def _on_saved(self, path: str, has_password: bool) -> None:
        self._leaving = False
        self._has_left()
        sheet, name = self.sheet, Path(path).name
        if sheet is None or not self.isVisible():
            self._enable(True)
        elif has_password:
            sheet.show_saved(name)
        else:
            sheet.leave()
        self._tell(words("printing.saved", name=name), "good")
        self.saved.emit(path)

    def _has_left(self) -> None:
        if self.draft is not None:
            self.draft.left()

    def _for_purpose(self, purpose: Any, then: Callable[[MadePaper], None]) -> None:
        """Make the paper again with its reason on it, which is also where the basis to share is checked."""
        printing, subject = self._printing, self.subject

        def read(paper: Any) -> None:
            self._operations.run_in_pool(lambda: self._make(paper, True), then, self._on_failed, owner=self)

        self._operations.run_query(
            lambda: printing().paper_about(subject, None, purpose), read, self._on_failed, owner=self
        )

    def _on_failed(self, problem: Exception) -> None:
        self._leaving = False
        text = self._messages.words_of(problem)
        if self.sheet is not None and self.isVisible():
            self.sheet.refuse(text)
            self._messages.announce(text)
            return
        self._enable(True)
        self._tell(text)

    def _tell(self, text: str, kind: str = "error") -> None:
        theme.set_kind(self.told, kind)
        self.told.setText(text)
        self.told.setVisible(bool(text))
        if text and not self.isVisible():
            self._messages.notify(text, Tone.GOOD if kind == "good" else Tone.WARNING)
            self.deleteLater()
        elif text:
            self._messages.announce(text)

    def done(self, code: int) -> None:
        """Closed while a copy is on its way, the preview only goes out of sight until that has ended."""
        if self.draft is not None:
            self.draft.end()
        if self._leaving:
            self.hide()
        else:
            super().done(code)

    def _enable(self, on: bool) -> None:
        self._busy = not on
        self._leaving = self._leaving and not on
        permit(self.print_button, self._rights, Permission.PRINT, also=on and not self.refused)
        permit(self.save_button, self._rights, Permission.EXPORT, also=on and not self.refused)

