"""Work behind the window: one reader thread, one writer thread and a small pool; answers come to the GUI thread."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import MethodType
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from mdt_desktop.logs.events import record_event
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.lazily import load

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from mdt_desktop.ui.threads import Threads

T = TypeVar("T")
_Thread = Literal["reader", "writer", "pool"]

QUIET_MS = 500  # nothing is shown for work that ends sooner, so that the window does not flicker (UX II.3)
REPORT_EVERY_S = 0.05  # a bar moves 20 times a second at most, however often the work reports
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised inside the work by `Progress.check()` after the person has asked to stop; not an error to show."""


class Progress(QObject):
    """How far long work is, and whether to stop; the work calls it from its own thread.

    `of` is None while the amount is unknown. `moved` comes in the GUI thread, at most 20 times a second.
    """

    moved = Signal(int, object, str)  # done, of, words

    def __init__(self, words: str, *, stops: str = "Cancel", parent: QObject | None = None) -> None:
        """`words` say what runs ("Importing the risk file"); `stops` is "Cancel" if stopping restores
        everything, else "Stop"."""
        super().__init__(parent)
        self.words, self.stops = words, stops
        self._stop = threading.Event()
        self._last = 0.0

    def report(self, done: int, of: int | None = None, words: str = "") -> None:
        """Tell how far the work is. Raises nothing and is cheap: calls in between two frames are dropped."""
        now = time.monotonic()
        if now - self._last >= REPORT_EVERY_S or done == of:
            self._last = now
            self.moved.emit(done, of, words)

    def cancel(self) -> None:
        """Ask the work to stop at its next safe point."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Has the person asked to stop?"""
        return self._stop.is_set()

    def check(self) -> None:
        """Raises Cancelled when the person has asked to stop."""
        if self.cancelled:
            raise Cancelled


@dataclass(slots=True)
class _Job(Generic[T]):
    """One piece of work on its way to a thread and back."""

    work: Callable[[], T]
    on_result: Callable[[T], None]
    on_error: Callable[[Exception], None] | None
    owner: QObject | None
    latest_of: str | None = None
    number: int = 0
    progress: Progress | None = None
    result: T | None = None
    problem: Exception | None = None
    skipped: bool = False


class _Doorbell(QObject):
    """Carries finished jobs from any thread to the GUI thread."""

    rung = Signal(object)


class Operations(QObject):
    """Owns the threads. Everything it takes and returns is frozen; no widget is touched outside the GUI thread.

    `failed` carries errors nobody else takes (the messages listen); `busy` is true while something has been
    running for half a second; `started` and `ended` carry the Progress of long work once it has lasted as long.
    """

    failed = Signal(object)  # Exception
    busy = Signal(bool)
    started = Signal(object)  # Progress
    ended = Signal(object)  # Progress
    command_done = Signal(object)  # Changes

    def __init__(self, broadcasts: Broadcasts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._broadcasts = broadcasts
        self._threads: Threads | None = None
        self._open = True
        self._held: list[Callable[[], object]] | None = None
        self._latest: dict[str, int] = {}
        self._count = 0
        self._running = 0
        self._shows_busy = False
        self._shown: list[Progress] = []
        self._progresses: list[Progress] = []
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(QUIET_MS)
        self._patience.timeout.connect(self._on_patience_over)
        self._doorbell = _Doorbell(self)
        # It is only ever rung in another thread, so what it carries is queued for this one.
        self._doorbell.rung.connect(self._on_rung)

    def run_query(
        self,
        fn: Callable[[], T],
        on_result: Callable[[T], None],
        on_error: Callable[[Exception], None] | None = None,
        *,
        owner: QObject | None = None,
        latest_of: str | None = None,
    ) -> None:
        """Read in the reader thread; `on_result` is called in the GUI thread.

        Nothing is delivered once `owner` is deleted; it is found by itself when `on_result` is a method of a
        QObject, and must be given for a lambda or partial. Of several queries with the same `latest_of` only
        the newest is delivered, and those that have not begun are not run: searching while typing.
        """
        self._submit("reader", _Job(fn, on_result, on_error, owner, latest_of))

    def run_command(
        self,
        fn: Callable[[], Changes],
        initiator: QObject | None,
        on_done: Callable[[Changes], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        *,
        progress: Progress | None = None,
    ) -> None:
        """Write in the writer thread. First `on_done` is called, then the changes are broadcast once.

        The broadcast happens even when the initiator is gone by then: what was written was written.
        Commands run one after the other in the order given.
        """

        def done(changes: Changes) -> None:
            if on_done is not None and _alive(initiator):
                on_done(changes)
            self.command_done.emit(changes)
            self._broadcasts.publish(changes, initiator if _alive(initiator) else None)

        def failed(problem: Exception) -> None:
            if on_error is not None and _alive(initiator):
                on_error(problem)
            else:
                self._report(problem)

        self._submit("writer", _Job(fn, done, failed, None, progress=progress))

    def run_in_pool(
        self,
        fn: Callable[[], T],
        on_result: Callable[[T], None],
        on_error: Callable[[Exception], None] | None = None,
        *,
        owner: QObject | None = None,
        latest_of: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Work that uses no store connection: drawing a PDF, the network. Otherwise as `run_query`."""
        self._submit("pool", _Job(fn, on_result, on_error, owner, latest_of, progress=progress))

    def in_writer(self, fn: Callable[[], T]) -> T:
        """Write from work in the pool: run in the writer thread and waited for. Raises what it raises, and
        RuntimeError once the program is being closed. Never to be called in the GUI thread."""
        if self._threads is None:
            raise RuntimeError("there is no work in the pool that could wait")
        return self._threads.writer.submit(fn).result()

    def hold(self) -> None:
        """Start nothing until `begin()`: work in another thread would take its time from the first picture."""
        if self._held is None:
            self._held = []

    def begin(self) -> None:
        """Start what was asked for since `hold()`, in that order, and everything from now on at once."""
        held, self._held = self._held or [], None
        for submit in held:
            submit()

    @property
    def idle(self) -> bool:
        """Is nothing running or waiting to be delivered?"""
        return self._running == 0

    def close(self) -> None:
        """Ask long work to stop, let what is being written finish, and end the threads; no result comes after it."""
        if not self._open:
            return
        self.begin()
        self._open = False
        self._patience.stop()
        for progress in self._progresses:
            progress.cancel()
        if self._threads is not None:
            self._threads.close()

    def _submit(self, thread: _Thread, job: _Job[T]) -> None:
        if not self._open:
            return
        if job.owner is None and isinstance(job.on_result, MethodType):
            receiver = job.on_result.__self__
            job.owner = receiver if isinstance(receiver, QObject) else None
        if job.latest_of is not None:
            self._count += 1
            job.number = self._latest[job.latest_of] = self._count
        self._running += 1
        if job.progress is not None:
            self._progresses.append(job.progress)
        if not self._patience.isActive() and (job.progress is not None or not self._shows_busy):
            self._patience.start()
        submit = partial(self._start, thread, job)
        if self._held is None:
            submit()
        else:
            self._held.append(submit)

    def _start(self, thread: _Thread, job: _Job[T]) -> None:
        if self._threads is None:
            self._threads = load("threads", "Threads")()
        executor: ThreadPoolExecutor = getattr(self._threads, thread)
        executor.submit(self._work, job)

    def _work(self, job: _Job[T]) -> None:
        """Runs in a thread. Every exception is carried over: a thread that dies in silence would hang the page."""
        try:
            if self._superseded(job):
                job.skipped = True
            else:
                job.result = job.work()
        except Exception as problem:  # noqa: BLE001 the border between threads
            job.problem = problem
        if self._open:
            self._doorbell.rung.emit(job)

    def _superseded(self, job: _Job[T]) -> bool:
        return job.latest_of is not None and self._latest[job.latest_of] != job.number

    def _on_rung(self, job: _Job[object]) -> None:
        if not self._open:
            return
        self._running -= 1
        if job.progress is not None:
            self._forget(job.progress)
        if self._running == 0:
            self._patience.stop()
            if self._shows_busy:
                self._shows_busy = False
                self.busy.emit(False)
        if not job.skipped and not self._superseded(job) and _alive(job.owner):
            self._deliver(job)

    def _deliver(self, job: _Job[object]) -> None:
        problem = job.problem
        if problem is None:
            job.on_result(job.result)
        elif job.on_error is not None:
            job.on_error(problem)
        else:
            self._report(problem)

    def _report(self, problem: Exception) -> None:
        """An error that nobody takes goes to the messages; that work was cancelled is no news to who did it."""
        if not isinstance(problem, Cancelled):
            record_event(_log, "operation_failed", error=problem)
            self.failed.emit(problem)

    def _forget(self, progress: Progress) -> None:
        self._progresses.remove(progress)
        if progress in self._shown:
            self._shown.remove(progress)
            self.ended.emit(progress)

    def _on_patience_over(self) -> None:
        if not self._running:
            return
        if not self._shows_busy:
            self._shows_busy = True
            self.busy.emit(True)
        for progress in self._progresses:
            if progress not in self._shown:
                self._shown.append(progress)
                self.started.emit(progress)


def _alive(owner: QObject | None) -> bool:
    return owner is None or shiboken6.isValid(owner)
