"""Exchanges with the central store by itself while the store is open, and tells how that stands at the window's top."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.logs.events import record_event
from mdt_desktop.services.changes import ChangesElsewhere
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.lease_watch import LeaseWatch
from mdt_desktop.ui.messages import Tone
from mdt_desktop.ui.operations import Progress
from mdt_desktop.words import size_words, vocabulary, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.sync_reading import SyncStatus
    from mdt_desktop.ui.start import Start

FIRST_AFTER_MS, LOOK_EVERY_MS = 5_000, 60_000
AFTER_STOP_MS = 600_000
"""Whoever stopped an exchange is left in peace for a while; asking for one does not wait."""
_STAYS_BELOW_DAYS = 2
_STOPPED = "sync_stopped"
_log = logging.getLogger(__name__)


class AutomaticSync(QObject):
    """One exchange at a time, in the pool; its transactions run in the writer's thread. A store that is not connected
    is left alone. What fails by itself is told in the status only; what somebody asked for is told as a notice.

    `state_changed` when it begins, goes on or ends.
    """

    state_changed = Signal()

    ended = Signal(object)  # Exception or None

    def __init__(self, start: "Start") -> None:
        super().__init__(start)
        self._start = start
        self._asked = False
        self._failures = 0
        self._progress: Progress | None = None
        self._far: tuple[int, int | None] = (0, None)
        self._far_words = ""
        self._status: SyncStatus | None = None
        self._warned = 0
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._on_time)
        self.lease = LeaseWatch(lambda: start.clock(), self)
        self.lease.ended.connect(self._on_lease_ended)
        # Waiting longer after failures must not let a lease run on unseen.
        self.looking = QTimer(self)
        self.looking.setInterval(LOOK_EVERY_MS)
        self.looking.timeout.connect(self._look)
        window = start.window
        start.shell_shown.connect(self.begin)
        start.broadcasts.changed.connect(lambda *_: self._look())
        window.closing.connect(self.timer.stop)
        window.closing.connect(self.looking.stop)
        window.closing.connect(self.lease.stop)
        window.top.sync.clicked.connect(lambda _=False: self._on_clicked())
        group = words("ui.group.work")
        window.commands.add(
            Command("work.sync", words("sync.now"), self.run_now, (), "refresh", self._can_run, group),
            Command(
                "page.sync", words("sync.open"), self._open_page, ("Ctrl+Shift+Y",), "conflicts",
                lambda: not window.covered, words("ui.group.go"),
            ),
        )  # fmt: skip

    @property
    def running(self) -> bool:
        """Is an exchange under way?"""
        return self._progress is not None

    @property
    def first(self) -> bool:
        """Has none ever ended well? Then everything of the localities comes."""
        return self._status is not None and not self._status.last

    @property
    def far(self) -> tuple[int, int | None]:
        """How many changes were taken, and of how many where that is known."""
        return self._far

    @property
    def far_words(self) -> str:
        """The same in words; empty while nothing is known."""
        return self._far_words

    def words(self) -> str:
        """How the exchange stands, in a few words; empty where this store is not connected."""
        status = self._status
        return "" if status is None or not status.connected else status_words(status, running=self.running)

    def stop(self) -> None:
        """End the exchange after the request that is under way; what was taken stays, the next goes on from there."""
        if self._progress is not None:
            self._progress.cancel()

    def _open_page(self) -> None:
        self._start.window.show_page("sync")

    def begin(self) -> None:
        """The store is open: ask how it stands, and exchange soon."""
        self._failures = self._warned = 0
        self._status = None
        self._look()
        self.timer.start(FIRST_AFTER_MS)
        self.looking.start()

    def _can_run(self) -> bool:
        return self._start.program is not None and self._status is not None and self._status.connected

    def _on_clicked(self) -> None:
        """Exchange; where something waits for a person, show that as well."""
        self.run_now()
        if self._status is not None and needs_somebody(self._status) and not self._status.signed_out:
            self._open_page()

    def run_now(self) -> None:
        """Exchange now, because somebody asked for it; where one is running already, that one is told of.

        Where nobody is signed in any more, that comes first."""
        if self._status is not None and self._status.signed_out and self._start.program is not None:
            self._start.window.show_page("settings", section="central", sign_in=True)
            return
        self._asked = True
        self._run()

    def run_quietly(self) -> None:
        """Exchange now for a screen that tells by itself how it `ended`; it may have signed somebody in just before."""
        if self.running:
            return
        if self._can_run():
            self._run(signed_in=True)
        else:
            self.ended.emit(None)

    def _on_time(self) -> None:
        self._run()

    def _run(self, *, signed_in: bool = False) -> None:
        program = self._start.program
        shut = self._status is not None and self._status.signed_out and not signed_in
        if program is None or self.running or shut or not self._can_run():
            return
        self.timer.stop()
        first = self.first
        text = words("sync.first_begun" if first else "sync.run")
        progress = self._progress = Progress(text, stops=words("sync.cancel"))
        progress.moved.connect(self._on_moved)
        self._far, self._far_words = (0, None), ""
        self._show()
        operations, start = self._start.operations, self._start
        done: list[ChangesElsewhere] = []

        def moved(taken: int, of: int | None) -> None:
            text = words("sync.first" if first else "sync.run_far", done=taken, of=of or taken)
            progress.report(taken, of, text)

        def content_moved(done: int, of: int) -> None:
            # In kilobytes: Qt counts in 32 bits.
            text = words("sync.papers_far", done=size_words(done), of=size_words(of))
            progress.report(done // 1024, max(1, of // 1024), text)

        def exchange() -> None:
            syncing = program.services.syncing
            syncing.run(
                write=lambda work: operations.in_writer(lambda: syncing.write(work)),
                stopped=lambda: start.program is not program or progress.cancelled,
                told=lambda outcome: done.append(ChangesElsewhere(outcome.kinds, outcome.ids, "", outcome.news)),
                moved=moved,
                content_moved=content_moved,
            )

        operations.run_in_pool(
            exchange,
            lambda _: self._on_ended(program, done, None),
            lambda error: self._on_ended(program, done, error),
            owner=self,
            # Its bar stands in the status line where it takes its time and brings everything, or was asked for.
            progress=progress if first or self._asked else None,
        )

    def _on_moved(self, done: int, of: object, text: str) -> None:
        self._far, self._far_words = (done, of if isinstance(of, int) else None), text
        self.state_changed.emit()

    def _on_ended(self, program: "Program", done: Sequence[ChangesElsewhere], error: Exception | None) -> None:
        """What was taken is told to the pages, also where the run could not go on; they decide what it is to them."""
        asked, self._asked, self._progress = self._asked, False, None
        stopped = isinstance(error, MdtError) and type(error).code == _STOPPED
        self._failures = 0 if error is None or stopped else self._failures + 1
        if self._start.program is not program:
            return  # the store was closed meanwhile; what waits goes on waiting in it
        wait = AFTER_STOP_MS if stopped else round(1000 * program.services.syncing.wait_before_next(self._failures))
        self.timer.start(wait)
        for changes in done:
            if changes.kinds:
                self._start.broadcasts.publish(changes, None)
        self._look()
        self._show()
        self.ended.emit(error)
        if error is not None and not stopped:
            record_event(_log, "automatic_sync_failed", error=error)
            if asked or not isinstance(error, MdtError):
                self._start.messages.error(error)

    def _look(self) -> None:
        """Ask how the exchange stands; asked again with each change, as that waits to be sent then."""
        program = self._start.program
        if program is not None:
            self._start.operations.run_query(
                lambda: program.services.sync_reading.status(), self._on_status, owner=self, latest_of="sync status"
            )

    def _on_status(self, status: "SyncStatus") -> None:
        before, self._status = self._status, status
        was_shut = before is not None and (before.signed_out or not before.connected)
        if was_shut and status.connected and not status.signed_out:
            self._failures = 0
            self.timer.start(0)  # somebody has just signed in
        self._show()
        program, held_back = self._start.program, self._start.held_back
        if program is None or self._start.window.covered is not held_back:
            return
        if not held_back:
            self.lease.aim(program.access.lease)
        if status.lease.is_locked is not held_back:
            # Locked while pages are shown, or in touch again.
            self._start.enter(program)
        elif status.lease.warning and status.lease.warning != self._warned:
            self._warned = status.lease.warning
            self._start.messages.notify(*_warning(status))

    def _on_lease_ended(self) -> None:
        """At the moment: what is on the screen goes before anything is asked."""
        program = self._start.program
        if program is not None and not self._start.held_back and not self._start.window.covered:
            self._start.enter(program)

    def _show(self) -> None:
        status = self._status
        if status is None or not status.connected:
            self._start.window.show_sync("")
        else:
            self._start.window.show_sync(self.words(), _tip(status))
        self.state_changed.emit()


def needs_somebody(status: "SyncStatus") -> bool:
    """Whether something waits that only a person can do."""
    return bool(status.conflicts or status.refused or status.put_by or status.handed_over)


def status_words(status: "SyncStatus", *, running: bool) -> str:
    """How the exchange stands, in a few words: the last time, what waits, what is to be decided."""
    parts = [words("sync.running") if running else _when(status)]
    if status.lease.is_locked:
        parts.append(words("lease.locked"))
    elif status.lease.warning and status.lease.ends is not None:
        parts.append(words("lease.left", day=_day(status.lease.ends)))
    counts = {
        "sync.waiting": status.waiting, "sync.refused": status.refused, "sync.put_by": status.put_by,
        "sync.conflicts": status.conflicts, "sync.handed_over": status.handed_over,
    }  # fmt: skip
    parts += [words(key, count=count) for key, count in counts.items() if count]
    return ", ".join(parts)


def _warning(status: "SyncStatus") -> tuple[str, Tone]:
    """That the lease ends soon; it stays to be read in the last two days."""
    ends = status.lease.ends
    if ends is None:
        return "", Tone.INFO
    text = words("lease.notice", day=_day(status.heard or ends), ends=_day(ends))
    return text, Tone.INFO if status.lease.warning > _STAYS_BELOW_DAYS else Tone.WARNING


def _day(moment: datetime) -> str:
    return cui_date(moment.astimezone().date())


def _when(status: "SyncStatus") -> str:
    if status.signed_out:
        return words("sync.sign_in_again")
    if status.error == "sync_offline":
        return words("sync.offline", time=_clock(status.last)) if status.last else words("sync.never")
    if status.error == _STOPPED:
        return words("sync.status.paused")
    if status.error:
        return words("sync.stopped_by")
    return words("sync.last", time=_clock(status.last)) if status.last else words("sync.never")


def _clock(moment: str) -> str:
    return cui_time(datetime.fromisoformat(moment).astimezone())


def _tip(status: "SyncStatus") -> str:
    """What a click does, and in a sentence what is amiss."""
    if status.signed_out:
        return words("sync.sign_in_tip")
    sentences = vocabulary().errors
    does = words("sync.now")
    if needs_somebody(status):
        does = f"{does}. {words('sync.open')}"
    amiss = sentences.get(status.error, "") if status.error else ""
    return f"{amiss} {does}." if amiss and "{" not in amiss else does
