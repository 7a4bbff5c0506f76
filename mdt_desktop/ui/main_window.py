"""The window: rail, search box, pages made on the first visit, status line, and the door for messages."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.broadcasts import Broadcasts, comes_from, together
from mdt_desktop.ui.commands import Command, Commands
from mdt_desktop.ui.hits import Hit, SearchPeople
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.messages import Answer, Messages, Notice, Question
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import History, Page, PageEntry, Visit
from mdt_desktop.ui.shell_commands import ShellWishes, shell_commands
from mdt_desktop.ui.shell_parts import HeadlineMeasure, Rail, StatusLine, TopBar
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.command_palette import CommandPalette
    from mdt_desktop.ui.widgets.toast import NoticeBar, Toast

_RAIL_KEYS = 9
_MOST_NOTICES = 3
_ROOM_FOR_WORDS = 760  # pixels at 100 % text


class MainWindow(QMainWindow):
    """Holds pages and shows messages; decides nothing of the field.

    `figure_opened` carries the key of a part of the headline measure (at_risk, with_joint_plan, with_agreed_lead,
    with_both); `appearance_changed` carries scheme, scale and density after a change by keys, to be remembered.
    """

    figure_opened = Signal(str)
    lock_requested = Signal()
    refresh_requested = Signal()
    person_opened = Signal(str)
    page_shown = Signal(str)
    closing = Signal()
    appearance_changed = Signal(str, float, str)

    def __init__(
        self,
        operations: Operations,
        broadcasts: Broadcasts,
        messages: Messages,
        clock: Callable[[], datetime],
    ) -> None:
        """`clock` gives the present time in the laptop's own zone, for "Saved 14:32"."""
        super().__init__()
        self.operations, self.messages = operations, messages
        self._clock = clock
        self._entries: dict[str, PageEntry] = {}
        self._pages: dict[str, Page] = {}
        self._missed: dict[str, Changes] = {}
        self._history = History()
        self._key = ""
        self._toast: Toast | None = None
        self._bars: list[NoticeBar] = []
        self._wants_close = False
        self.commands = Commands(self)
        self._make_widgets()
        self._connect(broadcasts)
        self._add_commands()
        messages.show_on(self, self)

    def _make_widgets(self) -> None:
        self.setWindowTitle(words("ui.product"))
        self.setMinimumSize(800, 520)
        self.resize(1366, 768)
        self.rail = Rail(self.lock_requested.emit)
        self.top = TopBar(self._open_palette, lambda: self._travel(-1), lambda: self._travel(1))
        self.status = StatusLine()
        self._stack = QStackedWidget()
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(theme.size("page"), 0, theme.size("page"), 0)
        self._notices.setSpacing(theme.size("unit"))
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top)
        right.addLayout(self._notices)
        right.addWidget(self._stack, 1)
        right.addWidget(self.status)
        self._shell = QWidget()
        row = QHBoxLayout(self._shell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self._root = QStackedWidget()
        self._root.addWidget(self._shell)
        self.setCentralWidget(self._root)
        self._palette: CommandPalette | None = None
        self._search_people: SearchPeople | None = None

    def _connect(self, broadcasts: Broadcasts) -> None:
        self.rail.chosen.connect(lambda key: self.show_page(key))
        self.status.undo_requested.connect(self.messages.undo_last)
        self.status.measure.opened.connect(self.figure_opened)
        self.messages.undo_changed.connect(self.status.show_undo)
        self.operations.failed.connect(self.messages.error)
        self.operations.busy.connect(self.status.show_busy)
        self.operations.started.connect(self.status.show_progress)
        self.operations.ended.connect(self.status.end_progress)
        self.operations.command_done.connect(self._on_command_done)
        broadcasts.changed.connect(self._on_changed)
        theme.news().changed.connect(self._fit_rail)

    def _add_commands(self) -> None:
        wishes = ShellWishes(
            is_open=self._is_open,
            open_palette=self._open_palette,
            travel=self._travel,
            can_travel=self._can_travel,
            undo=self.messages.undo_last,
            can_undo=self._can_undo,
            refresh=self.refresh_requested.emit,
            lock=self.lock_requested.emit,
            show_keys=self._show_keys,
            switch_rail=lambda: self.rail.collapse(not self.rail.collapsed),
            scale_by=self._scale_by,
            switch_scheme=self._switch_scheme,
            switch_full_screen=self._switch_full_screen,
        )
        self.commands.add(*shell_commands(wishes))

    # Pages

    def register_page(
        self, key: str, text: str, icon: str, factory: Callable[[], Page], *, in_rail: bool = True
    ) -> None:
        """A page that can be shown; made by `factory` on the first visit. The first nine in the rail get Ctrl+1…9.

        Raises KeyError for a key that is there already.
        """
        if key in self._entries:
            raise KeyError(key)
        place = 1 + sum(1 for entry in self._entries.values() if entry.in_rail)
        self._entries[key] = PageEntry(key, text, icon, factory, in_rail)
        if not in_rail:
            return
        keys = (f"Ctrl+{place}",) if place <= _RAIL_KEYS else ()
        command = Command(
            f"page.{key}",
            words("ui.command.page", page=text),
            lambda: self._open_from_command(key),
            keys,
            icon,
            self._is_open,
            words("ui.group.go"),
        )
        self.commands.add(command)
        self.rail.add(key, text, icon, command.keys())

    def show_page(self, key: str, **arguments: object) -> bool:
        """Go to a page. False when the present page wants to ask first; it goes on by itself afterwards.

        Raises KeyError for a page that is not registered.
        """
        entry = self._entries[key]
        return self._leave_then(lambda: self._visit(Visit(entry.key, dict(arguments)), step=0))

    @property
    def page(self) -> Page | None:
        """The page on the screen."""
        return self._pages.get(self._key)

    @property
    def page_key(self) -> str:
        """Its key; empty before the first."""
        return self._key

    def made_page(self, key: str) -> Page | None:
        """A page if it was visited before."""
        return self._pages.get(key)

    def forget_pages(self) -> None:
        """For locking and for changing the store: pages, where one has been and what could be undone are dropped."""
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._missed.clear()
        self._history.clear()
        self.messages.forget_undo()
        self._key = ""

    def cover(self, widget: QWidget) -> None:
        """Show `widget` (unlocking, the first run) instead of everything; nothing beneath can be seen or reached."""
        if self._palette is not None:
            self._palette.close_palette()
        self._drop_toast()
        self.uncover()
        self._root.addWidget(widget)
        self._root.setCurrentWidget(widget)
        self.setWindowTitle(words("ui.product"))

    def uncover(self) -> None:
        """Show the shell again; the cover is deleted."""
        cover = self._root.currentWidget()
        self._root.setCurrentWidget(self._shell)
        if cover is not None and cover is not self._shell:
            self._root.removeWidget(cover)
            cover.deleteLater()

    @property
    def covered(self) -> bool:
        """Is something shown instead of the shell?"""
        return self._root.currentWidget() is not self._shell

    def _is_open(self) -> bool:
        return not self.covered

    def _leave_then(self, go_on: Callable[[], None]) -> bool:
        present = self.page
        if present is not None and not present.can_leave(go_on):
            self.rail.mark(self._key)
            return False
        go_on()
        return True

    def _visit(self, visit: Visit, *, step: int) -> None:
        page = self._pages.get(visit.key)
        if page is None:
            page = self._entries[visit.key].factory()
            page.title_changed.connect(self._on_title_changed)
            self._pages[visit.key] = page
            self._stack.addWidget(page)
        if step:
            self._history.move(step)
        else:
            self._history.went(visit)
        self._key = visit.key
        self._stack.setCurrentWidget(page)
        if self._toast is not None:
            self._toast.raise_()
        self.rail.mark(visit.key)
        missed = self._missed.pop(visit.key, None)
        if missed is not None:
            page.changed(missed)
        page.shown(visit.arguments)
        self._on_title_changed()
        self.top.back.setEnabled(self._history.peek(-1) is not None)
        self.top.forward.setEnabled(self._history.peek(1) is not None)
        self.page_shown.emit(visit.key)

    def _travel(self, step: int) -> None:
        visit = self._history.peek(step)
        if visit is not None and not self.covered:
            self._leave_then(lambda: self._visit(visit, step=step))

    def _can_travel(self, step: int) -> bool:
        return not self.covered and self._history.peek(step) is not None

    def _can_undo(self) -> bool:
        return not self.covered and self.messages.can_undo

    def _open_from_command(self, key: str) -> None:
        self.show_page(key)

    def _on_title_changed(self) -> None:
        title = self.page.title if self.page is not None else ""
        self.setWindowTitle(f"{title} - {words('ui.product')}" if title else words("ui.product"))

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        for key, page in self._pages.items():
            if comes_from(initiator, page):
                continue
            if key == self._key and not self.covered:
                page.changed(changes)
            else:
                self._missed[key] = together(self._missed.get(key), changes)

    # What stands around the pages

    def show_demo(self, on: bool) -> None:
        """The words "DEMO - invented people", always in sight in a demo store."""
        self.top.demo.setVisible(on)

    def show_sync(self, text: str) -> None:
        """The state of synchronising ("Synced 09:12"); empty hides it."""
        self.top.sync.setText(text)

    def show_measure(self, measure: HeadlineMeasure) -> None:
        """The headline measure in the status line."""
        self.status.measure.show_measure(measure)

    def search_people_by(self, search: SearchPeople) -> None:
        """How the palette finds people; what is chosen comes by `person_opened`."""
        self._search_people = search
        if self._palette is not None:
            self._palette.search_people = search

    @property
    def command_palette(self) -> "CommandPalette":
        """The palette, made when it is first asked for: it is not needed for the first picture."""
        if self._palette is None:
            made: CommandPalette = load("command_palette", "CommandPalette")(
                self, self._palette_hits, self.person_opened.emit
            )
            self._palette = made
            made.search_people = self._search_people
        return self._palette

    def _open_palette(self) -> None:
        if not self.covered:
            self.command_palette.open_palette()

    def _palette_hits(self) -> Sequence[Hit]:
        found = []
        for command in self.commands.offered():
            place = words("ui.palette_page") if command.id.startswith("page.") else command.group
            text = self._entries[command.id[5:]].words if command.id.startswith("page.") else command.words
            found.append(Hit(text, place, command.icon or "command", self._runs(command.id), command.keys()))
        return sorted(found, key=lambda hit: hit.detail != words("ui.palette_page"))

    def _runs(self, identifier: str) -> Callable[[], object]:
        return lambda: self.commands.run(identifier)

    def _on_command_done(self, changes: Changes) -> None:
        if changes.kinds:
            text = words("ui.saved_at", time=f"{self._clock():%H:%M}")
            self.status.saved.setText(text)
            self.messages.announce(text)

    def _show_keys(self) -> None:
        load("widgets.shortcut_sheet", "ShortcutSheet")(self.commands, self).open()

    def _scale_by(self, step: float | None) -> None:
        now = theme.current()
        wanted = 1.0 if step is None else round(now.scale + step, 2)
        self._apply(now.scheme, wanted)

    def _switch_scheme(self) -> None:
        now = theme.current()
        self._apply("light" if now.scheme == "dark" else "dark", now.scale)

    def _apply(self, scheme: theme.Scheme, scale: float) -> None:
        theme.apply(cast(QApplication, QApplication.instance()), scheme, scale, theme.current().density)
        now = theme.current()
        self.appearance_changed.emit(now.scheme, now.scale, now.density.value)

    def _switch_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # The door for messages (ui/messages.py: Presenter)

    def show_notice(self, notice: Notice) -> None:
        """A notice that stays goes over the page, at most three of them; the others are toasts, one at a time."""
        if notice.stays:
            self._show_bar(notice)
            return
        self._drop_toast()
        toast: Toast = load("widgets.toast", "Toast")(notice, self._stack)
        toast.gone.connect(self._on_toast_gone)
        self._toast = toast
        toast.appear()

    def show_question(self, question: Question, answer: Answer) -> None:
        """Opened over the window."""
        load("widgets.question_box", "QuestionBox")(question, answer, self).open()

    def _show_bar(self, notice: Notice) -> None:
        if notice.words in (there.notice.words for there in self._bars):
            return  # the same error twice tells nothing new
        if len(self._bars) >= _MOST_NOTICES:
            self._close_bar(self._bars[0])
        bar: NoticeBar = load("widgets.toast", "NoticeBar")(notice)
        bar.closed.connect(lambda: self._close_bar(bar))
        self._bars.append(bar)
        self._notices.addWidget(bar)
        self._fit_notices()

    def _close_bar(self, bar: "NoticeBar") -> None:
        if bar in self._bars:
            self._bars.remove(bar)
            self._notices.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
            self._fit_notices()

    def _fit_notices(self) -> None:
        edge, gap = theme.size("page"), theme.size("gap") if self._bars else 0
        self._notices.setContentsMargins(edge, gap, edge, gap // 2)

    def shown_notices(self) -> Sequence[str]:
        """The words of what is shown over the page and as a toast."""
        toast = [self._toast.notice.words] if self._toast is not None else []
        return (*(bar.notice.words for bar in self._bars), *toast)

    def _drop_toast(self) -> None:
        if self._toast is not None:
            self._toast.close_toast()

    def _on_toast_gone(self) -> None:
        self._toast = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large text in a small window the rail gives its words up, until there is room again."""
        super().resizeEvent(event)
        self._fit_rail()

    def _fit_rail(self) -> None:
        self.rail.make_room(self.width() / theme.current().scale < _ROOM_FOR_WORDS)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The page may ask first; then the window closes by itself."""
        present = self.page
        if (
            not self._wants_close
            and present is not None
            and not self.covered
            and not present.can_leave(self._close_now)
        ):
            event.ignore()
            return
        self._wants_close = False
        self.closing.emit()
        super().closeEvent(event)

    def _close_now(self) -> None:
        self._wants_close = True
        self.close()
