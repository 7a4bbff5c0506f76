"""The log file of one run and its last-resort hooks.

A line is one JSON object. Text comes only from the program itself: event codes written in its source, enum
members, names of classes and modules. Messages of exceptions and of other libraries are never written
(SECURITY R21).
"""

import contextlib
import faulthandler
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from types import TracebackType

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.logs.events import NUMBERS, SUBJECT, VOCABULARY, record_event
from mdt_desktop.paths import FILE_MODE, DataFolder, DataFolderUnusable

OWN = "mdt_desktop"
MAX_BYTES = 1_000_000
OLDER_FILES = 3

_EVENT = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
_SUBJECT = re.compile(r"h[0-9a-f]{16}")
_MAX_NUMBER = 10_000_000
_FRAMES = 12

log = logging.getLogger(__name__)


def _fitting(name: str, value: object) -> object | None:
    if name in NUMBERS and isinstance(value, int | float) and abs(value) < _MAX_NUMBER:
        return round(value, 3)
    if name in VOCABULARY and isinstance(value, StrEnum):
        return str(value)
    if name == SUBJECT and isinstance(value, str) and _SUBJECT.fullmatch(value):
        return value
    return None


def describe(error: BaseException) -> dict[str, object]:
    """Type, code and places (`module:line`) of an error and of what caused it; never a message or a value."""
    told: dict[str, object] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, MdtError):
        told["code"] = type(error).code
    places = _places(error.__traceback__)
    if places:
        told["at"] = places[-1]
        told["through"] = places[-_FRAMES:-1]
    cause = error.__cause__ or error.__context__
    if cause is not None and cause is not error:
        told["cause"] = f"{type(cause).__module__}.{type(cause).__qualname__}"
        cause_places = _places(cause.__traceback__)
        if cause_places:
            told["cause_at"] = cause_places[-1]
    return told


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__', 'unknown')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places


class AllowListFormatter(logging.Formatter):
    """Writes a record from its event code and listed fields; its message and arguments are never used."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        fields = getattr(record, "mdt_fields", None)
        # Only `record_event` gives fields. What came by another way is told by its place in the source alone.
        if isinstance(fields, dict) and _EVENT.fullmatch(record.msg):
            line["event"] = record.msg
            fitting = {name: _fitting(name, value) for name, value in fields.items()}
            line |= {name: value for name, value in fitting.items() if value is not None}
        else:
            line["place"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])
        return json.dumps(line, separators=(",", ":"))


class PrivateRotatingFile(RotatingFileHandler):
    """A rotating log that only its owner can read, from the first byte, whatever the umask says."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.baseFilename, flags, FILE_MODE)
        if sys.platform != "win32":
            os.fchmod(descriptor, FILE_MODE)
        return os.fdopen(descriptor, "a", encoding="utf-8")

    def close(self) -> None:
        """Close the file; a full disk, which refuses what was still to be written, must not stop the work either."""
        with contextlib.suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk must not stop the work, and the usual complaint on stderr would print the message."""


class RunningLog:
    """The log of one run and its last-resort hooks; `close()` puts everything back as it was."""

    def __init__(self, folder: DataFolder, notify: Callable[[BaseException], None] | None) -> None:
        self._notify = notify
        self._handler = PrivateRotatingFile(
            folder.log, maxBytes=MAX_BYTES, backupCount=OLDER_FILES, encoding="utf-8"
        )
        self._handler.setFormatter(AllowListFormatter())
        self._crash_file = os.open(folder.crash_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
        root, own = logging.getLogger(), logging.getLogger(OWN)
        self._own_level = own.level
        own.setLevel(logging.INFO)
        root.addHandler(self._handler)
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        sys.unraisablehook = self._on_unraisable
        logging.captureWarnings(True)
        self._faults_were_on = faulthandler.is_enabled()
        if not self._faults_were_on:
            faulthandler.enable(self._crash_file)

    def close(self) -> None:
        """Take the handler and the hooks away and close the files."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        if not self._faults_were_on:
            faulthandler.disable()
        os.close(self._crash_file)
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(self._handler)
        logging.getLogger(OWN).setLevel(self._own_level)
        self._handler.close()

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        self._last_resort(error.with_traceback(trace))

    def _on_thread_error(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._last_resort(args.exc_value.with_traceback(args.exc_traceback))

    def _on_unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            self._last_resort(args.exc_value.with_traceback(args.exc_traceback))

    def _last_resort(self, error: BaseException) -> None:
        """Log it, say on stderr that it happened and where, and let the screen tell the person."""
        record_event(log, "unexpected_error", level=logging.CRITICAL, error=error)
        told = describe(error)
        if sys.stderr is not None:
            sys.stderr.write(f"Unexpected error {told['type']} at {told.get('at', 'an unknown place')}.\n")
        if self._notify is not None:
            self._notify(error)


def start_logging(folder: DataFolder, notify: Callable[[BaseException], None] | None = None) -> RunningLog:
    """Log to the folder and install the last-resort hooks.

    `notify` is told of each unexpected error, in whatever thread it happened, and must not raise. Raises
    DataFolderUnusable where the files cannot be opened.
    """
    try:
        running = RunningLog(folder, notify)
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno else "the system refused"
        raise DataFolderUnusable(folder=str(folder.root), reason=reason) from problem
    record_event(log, "log_started")
    return running
