"""The window: rail, search box, pages made on the first visit, status line, and the door for messages."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from PySide6 import QtCore
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.broadcasts import Broadcasts, comes_from, together
from mdt_desktop.ui.lazily import load
from mdt_desktop.ui.messages import Answer, Messages, Notice, Question
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.visits import Arguments, History, PageEntry, Visit
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.command_palette import CommandPalette
    from mdt_desktop.ui.commands import Command, Commands
    from mdt_desktop.ui.hits import SearchPeople
    from mdt_desktop.ui.pages import Page
    from mdt_desktop.ui.shell import Shell
    from mdt_desktop.ui.shell_parts import HeadlineMeasure, Rail, StatusLine, TopBar
    from mdt_desktop.ui.widgets.toast import NoticeBar, Toast

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
        self._offered: list[str] = []
        self._toast: Toast | None = None
        self._bars: list[NoticeBar] = []
        self._elsewhere: Notice | None = None
        self._wants_close = False
        self._palette: CommandPalette | None = None
        self._search_people: SearchPeople | None = None
        self._shell: Shell | None = None
        self._cover: QWidget | None = None
        self.setWindowTitle(words("ui.product"))
        self.setMinimumSize(800, 520)
        self.resize(1366, 768)
        self._root = QStackedWidget()
        self.setCentralWidget(self._root)
        broadcasts.changed.connect(self._on_changed)
        operations.failed.connect(messages.error)
        messages.show_on(self, self)

    # The shell

    @property
    def shell(self) -> "Shell":
        """What stands around the pages, made when it is first asked for: the first picture is often without it."""
        if self._shell is None:
            self._shell = self._made_shell()
        return self._shell

    @property
    def commands(self) -> "Commands":
        """Everything a person can do."""
        return self.shell.commands

    @property
    def rail(self) -> "Rail":
        """The places at the left."""
        return self.shell.rail

    @property
    def top(self) -> "TopBar":
        """The bar over the pages."""
        return self.shell.top

    @property
    def status(self) -> "StatusLine":
        """The line at the foot."""
        return self.shell.status

    def _made_shell(self) -> "Shell":
        shell: Shell = load("shell", "Shell")(self, self._wishes())
        status = shell.status
        shell.rail.chosen.connect(lambda key: self.show_page(key))
        status.measure.opened.connect(self.figure_opened)
        self.messages.undo_changed.connect(status.show_undo)
        self.operations.busy.connect(status.show_busy)
        self.operations.started.connect(status.show_progress)
        self.operations.ended.connect(status.end_progress)
        self.operations.command_done.connect(self._on_command_done)
        theme.news().changed.connect(self._fit_rail)
        self._root.insertWidget(0, shell)
        return shell

    def _wishes(self) -> Any:
        return load("shell_commands", "ShellWishes")(
            is_open=self._is_open,
            open_palette=self._open_palette,
            travel=self._travel,
            can_travel=self._can_travel,
            undo=self.messages.undo_last,
            can_undo=self._can_undo,
            refresh=self.refresh_requested.emit,
            lock=self.lock_requested.emit,
            show_keys=self.show_keys,
            switch_rail=lambda: self.rail.collapse(not self.rail.collapsed),
            scale_by=self._scale_by,
            switch_scheme=self._switch_scheme,
            switch_full_screen=self._switch_full_screen,
        )

    # Pages

    def register_page(
        self, key: str, text: str, icon: str, factory: "Callable[[], Page]", *, in_rail: bool = True,
        under: str = "",
    ) -> None:  # fmt: skip
        """A page that can be shown; made by `factory` on the first visit. The first nine in the rail get Ctrl+1…9.

        Raises KeyError for a key that is there already.
        """
        if key in self._entries:
            raise KeyError(key)
        self._entries[key] = PageEntry(key, text, icon, factory, in_rail, under)
        if in_rail:
            self.shell.add_place(key, text, icon, lambda: self._open_from_command(key))

    def has_page(self, key: str) -> bool:
        """Is there a page of this key?"""
        return key in self._entries

    def show_page(self, key: str, **arguments: object) -> bool:
        """Go to a page. False when the present page wants to ask first; it goes on by itself afterwards.

        Raises KeyError for a page that is not registered.
        """
        entry = self._entries[key]
        return self._leave_then(lambda: self._visit(Visit(entry.key, dict(arguments)), step=0))

    @property
    def page(self) -> "Page | None":
        """The page on the screen."""
        return self._pages.get(self._key)

    @property
    def page_key(self) -> str:
        """Its key; empty before the first."""
        return self._key

    def place(self) -> tuple[str, Arguments]:
        """Where one is: the page's key, and the arguments that bring one back to what is on it now."""
        page, visit = self.page, self._history.peek(0)
        now = page.place() if page is not None else None
        return self._key, now if now is not None else visit.arguments if visit is not None else {}

    def keep_typed(self) -> None:
        """Every page sends what is typed in it on its way to the store."""
        for page in self._pages.values():
            page.keep_typed()

    def made_page(self, key: str) -> "Page | None":
        """A page if it was visited before."""
        return self._pages.get(key)

    def forget_pages(self) -> None:
        """For locking and for changing the store: pages, where one has been and what could be undone are dropped."""
        self._offer(())
        for page in self._pages.values():
            self.shell.pages.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._missed.clear()
        self._history.clear()
        self.messages.forget_undo()
        self._key = ""

    def cover(self, widget: QWidget) -> None:
        """Show `widget` (unlocking, the first run) instead of everything; nothing beneath can be seen or reached."""
        if self._palette is not None:
            self._palette.forget()
        self._drop_toast()
        before, self._cover = self._cover, widget
        self._root.addWidget(widget)
        self._root.setCurrentWidget(widget)
        self._drop_cover(before)
        self.setWindowTitle(words("ui.product"))

    def uncover(self) -> None:
        """Show the shell again; the cover is deleted."""
        self._root.setCurrentWidget(self.shell)
        before, self._cover = self._cover, None
        self._drop_cover(before)

    def _drop_cover(self, cover: QWidget | None) -> None:
        if cover is not None:
            self._root.removeWidget(cover)
            cover.deleteLater()

    @property
    def covered(self) -> bool:
        """Is something shown instead of the shell?"""
        return self._cover is not None

    def _is_open(self) -> bool:
        return not self.covered

    def _leave_then(self, go_on: Callable[[], None]) -> bool:
        present = self.page
        if present is not None and not present.can_leave(go_on):
            self._mark(self._key)
            return False
        go_on()
        return True

    def make_page(self, key: str) -> "Page":
        """The page, made if it is not there yet; nothing is shown. Raises KeyError for one that is not registered."""
        page = self._pages.get(key)
        if page is None:
            page = self._entries[key].factory()
            self._pages[key] = page
            self.shell.pages.addWidget(page)
        return page

    def _mark(self, key: str) -> None:
        self.rail.mark(self._entries[key].under or key)

    def _visit(self, visit: Visit, *, step: int) -> None:
        page = self.make_page(visit.key)
        if step:
            self._history.move(step)
        else:
            self._history.went(visit)
        self._key = visit.key
        self.shell.pages.setCurrentWidget(page)
        self.shell.show_around(not page.whole_window)
        self._offer(page.offers())
        # What it says stays in the status line, with its Undo; on another page it would only cover something.
        self._drop_toast()
        self._drop_elsewhere()
        self._mark(visit.key)
        missed = self._missed.pop(visit.key, None)
        page.news_held = False
        if missed is not None:
            page.changed(missed)
        page.shown(visit.arguments)
        self._show_title()
        self.top.back.setEnabled(self._history.peek(-1) is not None)
        self.top.forward.setEnabled(self._history.peek(1) is not None)
        self.page_shown.emit(visit.key)

    def _offer(self, commands: "Sequence[Command]") -> None:
        """The commands of the page on the screen take the place of those of the page before."""
        self.commands.remove(*self._offered)
        self._offered = [command.id for command in commands]
        self.commands.add(*commands)

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

    def _show_title(self) -> None:
        """The page's name; never whom it is about, which is for the eyes in front of the window only."""
        self.setWindowTitle(f"{self._entries[self._key].words} - {words('ui.product')}")

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        for key, page in self._pages.items():
            if comes_from(initiator, page):
                continue
            if key == self._key and not self.covered and not self._holds(page, changes):
                page.changed(changes)
            else:
                self._missed[key] = together(self._missed.get(key), changes)

    def _holds(self, page: "Page", changes: Changes) -> bool:
        """Whether somebody is writing in what others changed: then it is told, and shown when they want it."""
        notice: Notice | None = load("changed_elsewhere", "notice_for")(page, changes, self._show_missed)
        if notice is None:
            return False
        self._drop_elsewhere()
        self._elsewhere, page.news_held = notice, True
        self.messages.announce(notice.words)
        self.show_notice(notice)
        return True

    def _show_missed(self) -> None:
        page, missed = self.page, self._missed.pop(self._key, None)
        if page is not None and missed is not None:
            page.news_held = False
            page.changed(missed)

    def _drop_elsewhere(self) -> None:
        told, self._elsewhere = self._elsewhere, None
        for bar in [it for it in self._bars if it.notice is told]:
            self._close_bar(bar)

    # What stands around the pages

    def show_demo(self, on: bool) -> None:
        """The words "DEMO - invented people", always in sight in a demo store."""
        self.top.demo.setVisible(on)

    def show_sync(self, text: str, tip: str = "") -> None:
        """The state of synchronising ("Synced 09:12"), and what a click on it does; empty hides it."""
        self.top.show_sync(text, tip)

    def show_measure(self, measure: "HeadlineMeasure") -> None:
        """The headline measure in the status line."""
        self.status.measure.show_measure(measure)

    def search_people_by(self, search: "SearchPeople") -> None:
        """How the palette finds people; what is chosen comes by `person_opened`."""
        self._search_people = search
        if self._palette is not None:
            self._palette.search_people = search

    @property
    def command_palette(self) -> "CommandPalette":
        """The palette, made when it is first asked for: it is not needed for the first picture."""
        if self._palette is None:
            made: CommandPalette = load("command_palette", "CommandPalette")(
                self, self.shell.palette_hits, self.person_opened.emit
            )
            self._palette = made
            made.search_people = self._search_people
        return self._palette

    def _open_palette(self) -> None:
        if not self.covered:
            self.command_palette.open_palette()

    def _on_command_done(self, changes: Changes) -> None:
        if changes.kinds:
            text = words("ui.saved_at", time=f"{self._clock():%H:%M}")
            self.status.saved.setText(text)
            self.messages.announce(text)

    def show_keys(self, first_group: str = "") -> None:
        """All keys on one sheet; those of one group may come first."""
        load("widgets.shortcut_sheet", "ShortcutSheet")(self.commands, self, first_group).open()

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
        self.setWindowState(self.windowState() ^ QtCore.Qt.WindowState.WindowFullScreen)

    # The door for messages (ui/messages.py: Presenter)

    def show_notice(self, notice: Notice) -> None:
        """A notice that stays goes over the page, at most three of them; the others are toasts, one at a time."""
        if notice.stays:
            self._show_bar(notice)
            return
        self._drop_toast()
        toast: Toast = load("widgets.toast", "Toast")(notice, self.shell.pages)
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
        self.shell.add_notice(bar)

    def _close_bar(self, bar: "NoticeBar") -> None:
        if bar in self._bars:
            self._bars.remove(bar)
            self.shell.remove_notice(bar)

    def shown_notices(self) -> Sequence[str]:
        """The words of what is shown over the page and as a toast."""
        toast = [self._toast.notice.words] if self._toast is not None else []
        return (*(bar.notice.words for bar in self._bars), *toast)

    def close_notices(self) -> None:
        """Take away every notice and the toast."""
        for bar in [*self._bars]:
            self._close_bar(bar)
        self._drop_toast()

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
        if self._shell is None:
            return
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
