"""Joins the window and its pages: shows the window first, then opens the store, and locks and closes it again."""

import gc
import importlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.logs.events import forbid_core_dumps
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.changes import Changes
from mdt_desktop.settings import Density, LaptopSettings, Theme, load_settings, save_settings
from mdt_desktop.ui import theme
from mdt_desktop.ui.app import LastResort, make_application
from mdt_desktop.ui.automatic_backups import AutomaticBackups
from mdt_desktop.ui.broadcasts import Bell, Broadcasts
from mdt_desktop.ui.first_paint import FirstPaint
from mdt_desktop.ui.lazily import load, load_module
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages, Tone
from mdt_desktop.ui.operations import Operations, Progress
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.logs.running import RunningLog
    from mdt_desktop.ui.automatic_sync import AutomaticSync
    from mdt_desktop.ui.drafting import DraftShelf
    from mdt_desktop.ui.keys.door import Door
    from mdt_desktop.ui.safeguards import Safeguards
    from mdt_desktop.ui.unlock.opening_cover import OpeningCover
    from mdt_desktop.ui.unlock.unlock_page import UnlockPage

_log = logging.getLogger(__name__)
_QUIET_MS = 400  # after the first list is there and before somebody has read it and chosen
_MEASURED = ("person", "person_case", "care_plan", "lead_allocation", "stratification_run", "risk_score")


def _now() -> datetime:
    return datetime.now(UTC)


class Start(QObject):
    """One run of the windowed program on one folder. `shell_shown` comes when the store is open and pages show."""

    shell_shown = Signal()
    locked = Signal()
    failed = Signal(object)  # Exception: the demo could not be opened

    def __init__(self, folder: DataFolder, *, demo: bool = False, clock: Callable[[], datetime] = _now) -> None:
        super().__init__()
        forbid_core_dumps()
        loaded = load_settings(folder)
        self.folder, self.demo, self.clock = folder, demo, clock
        self.settings: LaptopSettings = loaded.settings
        self.app: QApplication = make_application(
            scheme=self.settings.theme.value,
            scale=self.settings.text_scale / 100,
            density=self.settings.density,
            first_faces_only=True,
        )
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.window = MainWindow(self.operations, self.broadcasts, self.messages, lambda: clock().astimezone())
        self._bell = Bell()
        self.program: Program | None = None
        self.drafts: DraftShelf | None = None
        self.cover: QWidget | None = None
        self._closed = False
        self._furnished = False
        self._log: RunningLog | None = None
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._make_next_page)
        self._backups = AutomaticBackups(self.operations, self.messages, self)
        self._restoring = self.held_back = False
        self._told: object = None
        self.safeguards: Safeguards | None = None
        self._connect()
        for problem in loaded.problems:
            self.messages.error(problem)

    @cached_property
    def door(self) -> "Door":
        """The ways into the store."""
        made: Door = load("keys.door", "Door")(self.folder, self.clock)
        return made

    def open_window(self) -> MainWindow:
        """Show the window at once, in the colour of a page; the first screen is loaded and made behind that."""
        self.operations.hold()
        self.window.show()
        FirstPaint(self.window, self._show_first_screen)
        return self.window

    def _show_first_screen(self) -> None:
        if self._closed:
            return
        if self.demo:
            self._cover_for_demo()
        elif self.door.state() is load("keys.door", "FolderState").EMPTY:
            self._cover_for_first_run()
        else:
            self._cover_with(self._unlock_page(by_keyring=True))
        if self.cover is not None:
            FirstPaint(self.cover, self._begin_work)

    def _begin_work(self) -> None:
        """The first screen is there to be read and typed in: what takes its time can begin."""
        if not self._closed:
            theme.load_all_faces()
            self._begin_log()
            self.operations.begin()
            self._furnish()
            self._watch_over()
            self._load_ahead()

    def _watch_over(self) -> "Safeguards":
        """What locks the program by itself, and what looks after the clipboard and captured screens."""
        if self.safeguards is None:
            made: Safeguards = load("safeguards", "Safeguards")(
                self.app, self.window, self.settings, load("screen_capture", "shield_of")(), self
            )
            made.lock_wanted.connect(self.lock)
            self.safeguards = made
            if made.capture.possible:
                load_module("sharing_offer").offer_sharing(self.window, made.capture)
        return self.safeguards

    def _load_ahead(self) -> None:
        """While the passphrase is being typed, load what opens the store and the page that is shown then."""
        if not self.demo:
            self.operations.run_in_pool(partial(importlib.import_module, "mdt_desktop.bootstrap"), _ignore)
            for key in ("HOME", "NEXT"):
                QTimer.singleShot(0, self, partial(load_module, f"{load('joints', key)}.page"))

    # Joining

    def _furnish(self) -> None:
        """Make what stands around the pages, beneath the first screen, so that it is there when the store opens."""
        if self._furnished:
            return
        self._furnished = True
        for place in load("joints", "PAGES"):
            text, make = words(f"start.page.{place.key}"), partial(place.make, self)
            self.window.register_page(place.key, text, place.icon, make, in_rail=place.in_rail, under=place.under)
        self.sync: AutomaticSync = load("automatic_sync", "AutomaticSync")(self)
        if self.settings.rail_collapsed:
            self.window.rail.collapse(True)

    def _connect(self) -> None:
        window = self.window
        window.lock_requested.connect(self.lock)
        window.person_opened.connect(self._on_person_opened)
        window.figure_opened.connect(self._on_figure_opened)
        window.refresh_requested.connect(self._on_refresh)
        window.appearance_changed.connect(self._on_appearance_changed)
        window.closing.connect(self.close)
        self.broadcasts.changed.connect(self._on_changed)
        self._backups.made.connect(lambda: self.broadcasts.publish(Changes(kinds=frozenset({"backup"}))))
        self._bell.rung.connect(self._on_noted)

    def _begin_log(self) -> None:
        """The log lies in the data folder, so it begins when that is there."""
        if self._log is None and self.folder.root.is_dir() and not self._closed:
            # Loaded here: what rotates files brings sockets with it, which the first picture need not wait for.
            begin: Any = importlib.import_module("mdt_desktop.logs.running").start_logging
            self._log = begin(self.folder, LastResort(self.messages).tell)

    # Covers

    def _cover_with(self, cover: QWidget) -> None:
        self.cover = cover
        self.window.cover(cover)

    def _unlock_page(self, *, by_keyring: bool) -> "UnlockPage":
        page: UnlockPage = load("unlock.unlock_page", "UnlockPage")(
            self.operations, self.door, by_keyring=by_keyring, is_demo=self.demo
        )
        page.opened.connect(self.enter)
        page.restore_requested.connect(lambda: self._cover_for_restore(self._cover_for_unlock))
        return page

    def _cover_for_unlock(self) -> None:
        self._cover_with(self._unlock_page(by_keyring=False))

    def _cover_for_first_run(self) -> None:
        page: Any = load("unlock.first_run_page", "FirstRunPage")(self.operations, self.door, self.clock)
        page.opened.connect(self.enter)
        page.restore_requested.connect(lambda: self._cover_for_restore(self._cover_for_first_run))
        self._cover_with(page)

    def _cover_for_restore(self, leave: Callable[[], None]) -> None:
        """Restore a backup where no store is open; then its passphrase is asked for as at every start."""
        ways = load("backups.ways", "WithoutAStore")(self.folder, self.clock)
        page: Any = load("unlock.restore_page", "RestorePage")(self.operations, ways)
        page.left.connect(leave)
        page.restored.connect(self._unlock_restored)
        self._cover_with(page)

    def _unlock_restored(self, _: object) -> None:
        page = self._unlock_page(by_keyring=False)
        self._cover_with(page)
        page.tell_restored()

    def _cover_for_demo(self) -> None:
        progress = Progress(words("start.opening_demo"))
        cover: OpeningCover = load("unlock.opening_cover", "OpeningCover")(progress)
        self._cover_with(cover)
        self.operations.run_in_pool(
            partial(self._open_demo, progress),
            self.enter,
            partial(self._on_demo_failed, cover),
            owner=cover,
            progress=progress,
        )

    def _on_demo_failed(self, cover: "OpeningCover", error: Exception) -> None:
        cover.fail(error, self._cover_for_demo)
        self.failed.emit(error)

    def _open_demo(self, progress: Progress) -> "Program":
        """In the pool: loading the demo brings half of the program with it."""
        open_demo: Any = importlib.import_module("mdt_desktop.demo.store").open_demo

        def report(done: int, of: int) -> None:
            progress.check()
            progress.report(done, of)

        program: Program = open_demo(self.folder, report, self.clock)
        return program

    # Open, lock, close

    def enter(self, program: "Program") -> None:
        """The store is open: read what was half-typed in it and which meeting goes on, then show the pages."""
        self.program = program
        program.access.notes.wake = self._bell.rung.emit
        self.held_back = program.access.lease.standing(self.clock()).is_locked
        if self.held_back:
            self.hold_back()
            return
        drafts: DraftShelf = load("drafting", "DraftShelf")(program.services, self.operations, self)
        self.drafts = drafts
        drafts.kept.connect(self._remember_place)
        show = partial(self._show_pages, program, drafts)
        find = partial(load("answers", "meeting_under_way"), program)
        drafts.load(lambda: self.operations.run_query(find, show, lambda _: show(""), owner=self))

    def _show_pages(self, program: "Program", drafts: "DraftShelf", meeting_id: str) -> None:
        if self.program is not program or self._closed:
            return
        self._begin_log()
        self._furnish()
        self.cover = None
        self.window.uncover()
        self.window.show_demo(program.access.is_demo)
        self.window.search_people_by(self._search_people)
        self._measure()
        self._go_back_to_place(drafts, meeting_id)
        self._watch_over().opened(self.settings)
        self._quiet.start()
        if program.key_change is not None:
            self.messages.notify(words(f"keys.ended.{program.key_change.value}"), Tone.WARNING)
        self._backups.start(lambda: program.services.backups)
        told, self._told = self._told, None
        self._tell(told)
        self.shell_shown.emit()

    def _go_back_to_place(self, drafts: "DraftShelf", meeting_id: str) -> None:
        """To where somebody was when the program locked, or stopped in mid-sentence or in mid-meeting; else home."""
        key, arguments = drafts.take_where() or ("cockpit" if meeting_id else "", {"meeting_id": meeting_id})
        if not self.window.has_page(key):
            key, arguments = load("joints", "HOME"), {}
        self.window.show_page(key, **arguments)

    def _remember_place(self) -> None:
        """Where the words are that have just been kept: a crash brings one back there."""
        if self.drafts is not None and self.program is not None:
            self.drafts.keep_where(*self.window.place())

    def _make_next_page(self) -> None:
        """While nothing runs, make the page that is opened next: the first case then opens as fast as every other."""
        if self.program is None:
            return
        if not self.operations.idle:
            self._quiet.start()
            return
        self.window.make_page(load("joints", "NEXT"))
        health = self.program.services.store_health
        if not health.is_checked:
            # Errors go to the messages, as those of any work do.
            self.operations.run_in_pool(health.check_pages, _ignore, owner=self)
        # What is there now stays for the whole run; looking through all of it again and again takes 50 ms each time.
        gc.freeze()

    def hold_back(self) -> None:
        """The lease of what is held has ended: a cover in place of the pages until this laptop was in touch again."""
        program = self.program
        self._furnish()
        self._put_away(load("holding_back", "cover_for")(self))
        self.program = program
        self._watch_over().opened(self.settings)
        self.sync.begin()

    def lock(self) -> None:
        """Close the store and ask for the passphrase again; what was typed is saved first."""
        program = self.program
        if program is None or (self.window.covered and not self.held_back):
            return
        self.held_back = False
        self._watch_over().locking()
        unlock = self._unlock_page(by_keyring=False)
        unlock.setEnabled(False)
        self._put_away(unlock)
        # The reader's queue first, then the writer's: nothing is running on either connection when they close.
        self.operations.run_query(_do_nothing, lambda _: self._close_store(program, unlock), owner=self)

    def change_key(self, typed: str) -> None:
        """Change the key of the store behind a cover; the pages come back when it is in force or was dropped."""
        program = self.program
        if program is None or self.window.covered:
            return
        self.stop_idling()
        cover: Any = load("keys.key_change", "KeyChangeCover")(self.operations, self.door, program)
        cover.ended.connect(self._on_key_change_ended)
        cover.failed.connect(self._on_key_change_failed)
        self._put_away(cover)

        def begin(_: None) -> None:
            self.operations.run_command(Changes, cover, lambda _: cover.begin(typed))

        self.operations.run_query(_do_nothing, begin, owner=cover)

    def _on_key_change_ended(self, program: "Program", told: object) -> None:
        self._told = told
        self.enter(program)

    def _tell(self, told: object) -> None:
        """How the change of the key ended, once the pages are there to tell it on."""
        if isinstance(told, Exception):
            self.messages.error(told)
        elif told is not None:
            self.messages.done(str(told))

    def _on_key_change_failed(self, error: Exception) -> None:
        unlock = self._unlock_page(by_keyring=False)
        self._cover_with(unlock)
        unlock.show_trouble(error)

    def _put_away(self, cover: QWidget) -> None:
        """Keep what is typed and show a cover in place of the pages, of which nothing stays."""
        self._quiet.stop()
        self._backups.stop()
        self._keep_what_is_typed(always=True)
        load("leaving", "close_everything_over")(self.window)
        self._cover_with(cover)
        self.window.forget_pages()
        self.program = None

    def _keep_what_is_typed(self, *, always: bool) -> None:
        """Half-typed words go into the store, and where one is too: `always`, or only where there are such words."""
        drafts = self.drafts
        self.window.keep_typed()
        if drafts is not None:
            drafts.keep_all()
            if always:
                drafts.keep_where(*self.window.place())
            self.drafts = None
            drafts.deleteLater()

    def _close_store(self, program: "Program", unlock: "UnlockPage") -> None:
        def shut() -> Changes:
            program.close()
            return Changes()

        def done(_: Changes) -> None:
            restoring, self._restoring = self._restoring, False
            unlock.setEnabled(True)
            if restoring:
                unlock.finish_restore()
            unlock.first_field().setFocus(QtCore.Qt.FocusReason.OtherFocusReason)
            # Pages that are gone must not stay in memory with what was written on them.
            gc.unfreeze()
            gc.collect()
            self._watch_over().locked()
            self.locked.emit()

        self.operations.run_command(shut, unlock, done)

    def lock_for_restore(self) -> None:
        """A restored store lies ready: lock, put it in place, and ask for the passphrase."""
        self._restoring = True
        self.lock()

    def stop_idling(self) -> None:
        """Do not lock by itself, for as long as nobody is meant to touch the keys."""
        self._watch_over().idle.stop()

    def close(self) -> None:
        """The window has closed: finish what is being written, close the store, end the log."""
        if self._closed:
            return
        self._closed = True
        if self.safeguards is not None:
            self.safeguards.stop()
        self._quiet.stop()
        self._backups.stop()
        gc.unfreeze()
        self._keep_what_is_typed(always=False)
        self.operations.close()
        if self.program is not None:
            self.program.close()
            self.program = None
        drop = getattr(self.cover, "drop", None)
        if drop is not None:
            drop()
        if self._log is not None:
            self._log.close()
            self._log = None

    # What the shell asks

    def _search_people(self, text: str, show: Callable[[Any], None]) -> None:
        program = self.program
        if program is None:
            return
        find = partial(load("answers", "people"), program, text)
        self.operations.run_query(find, show, owner=self.window, latest_of="palette people")

    def _measure(self) -> None:
        program = self.program
        if program is not None:
            count = partial(load("answers", "headline"), program)
            self.operations.run_query(count, self.window.show_measure, owner=self.window, latest_of="measure")

    def _on_changed(self, changes: Changes, _: QObject | None) -> None:
        if self.program is not None and changes.concern(*_MEASURED):
            self._measure()

    def _on_noted(self) -> None:
        """What was refused in a reading thread is written in the writer's; on a locked store it has been already."""
        if self.program is not None:
            self.operations.run_command(self.program.services.audits.write_notes, self)

    def _on_refresh(self) -> None:
        self.broadcasts.publish(Changes(kinds=frozenset(_MEASURED)))

    def _on_person_opened(self, person_id: str) -> None:
        self.window.show_page("case", person_id=person_id)

    def _on_figure_opened(self, key: str) -> None:
        self.window.show_page(load("joints", "HOME"), figure=key)

    # Settings of this laptop

    def _on_appearance_changed(self, scheme: str, scale: float, density: str) -> None:
        self.settings.theme = Theme(scheme)
        self.settings.text_scale = round(scale * 100)
        self.settings.density = Density(density)
        self.save_settings()

    def apply_settings(self) -> None:
        """Put the settings on the screen and keep them."""
        theme.apply(self.app, self.settings.theme.value, self.settings.text_scale / 100, self.settings.density)
        if self.safeguards is not None:
            self.safeguards.apply(self.settings)
        self.save_settings()

    def save_settings(self) -> None:
        """Keep the settings; a full disk is told and stops nothing."""
        try:
            self.folder.create()
            save_settings(self.folder, self.settings)
        except MdtError as error:
            self.messages.error(error)


def _do_nothing() -> None:
    """Stands in a queue."""


def _ignore(_: object) -> None:
    """For work whose result nobody needs."""


def run(folder: DataFolder, demo: bool) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    start = Start(folder, demo=demo)
    start.open_window()
    return start.app.exec()
