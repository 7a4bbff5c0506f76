"""Writes the audit's head to a file elsewhere while the store is served: at the start and every hour (SECURITY R35)."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from mdt_desktop.central import witnesses
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import AnchorRefused
from mdt_desktop.domain.audit_head import AuditHead
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.logs.events import record_event

log = logging.getLogger(__name__)
EVERY_SECONDS = 3600.0


@contextmanager
def anchoring(store: CentralStore, file: Path | None, every: float = EVERY_SECONDS) -> Iterator[None]:
    """Keep the file up while the block runs, and write to it once more at the end; nothing without a file.

    The first write happens before anything is served, and raises what `write` does: a path that cannot be written is
    found at the start. A later failure is logged and tried again, as laptops must not wait for a disk elsewhere.
    """
    if file is None:
        yield
        return
    write(store, file)
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(every):
            _try(store, file)

    thread = threading.Thread(target=go_on, name="audit anchor")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _try(store, file)


def write(store: CentralStore, file: Path) -> AuditHead:
    """Append the head as it stands; it. Raises AnchorUnreadable, AnchorOfAnother, AnchorRefused."""
    try:
        with store.database.reading() as connection:
            return witnesses.anchor(connection, file, store.clock())
    except OSError as problem:
        raise AnchorRefused(file=str(file), reason=problem.strerror or "the system refused") from problem


def _try(store: CentralStore, file: Path) -> None:
    try:
        write(store, file)
    except (MdtError, SQLAlchemyError) as problem:
        record_event(log, "anchor_failed", level=logging.ERROR, error=problem)
