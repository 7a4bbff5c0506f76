"""The connection that writes: each commit counts up and is noted outside, and a long log is folded in."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

from mdt_desktop.logs.events import record_event
from mdt_desktop.store.freshness import FreshnessRecord, Mark, page_digest

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

BUSY_MILLISECONDS = 5000
FOLD_BYTES = 4 * 1024 * 1024
"""A log of this length is folded into the main file, as SQLite itself would do at 1,000 pages."""
_log = logging.getLogger(__name__)


def mark_of(connection: "Connection") -> tuple[Mark, bytes] | None:
    """How far the store is, and the key that seals its record; None in a store from before there was one."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'freshness'").fetchone() is None:
        return None
    counter, token, seal_key = connection.execute("SELECT counter, hex(token), seal_key FROM freshness").fetchone()
    return Mark(counter, token, *_audit_head(connection)), seal_key


def _audit_head(connection: "Connection") -> tuple[int, str]:
    head = connection.execute("SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
    return (int(head[0]), str(head[1])) if head else (0, "")


class CommitWatch:
    """Counts commits inside the store and notes them in the record outside."""

    def __init__(self, database: Path, record: FreshnessRecord) -> None:
        self._database = database
        self._log_file = Path(f"{database}-wal")
        self.record = record
        self._changes = 0
        self._fold_at = FOLD_BYTES

    def stamp(self, connection: "Connection") -> Mark | None:
        """Count this commit, inside its transaction; None where nothing was changed."""
        if connection.total_changes == self._changes:
            return None
        counter, token = connection.execute(
            "UPDATE freshness SET counter = counter + 1, token = randomblob(16) RETURNING counter, hex(token)"
        ).fetchall()[0]
        return Mark(counter, token, *_audit_head(connection), self.record.mark.pages)

    def committed(self, connection: "Connection", mark: Mark) -> None:
        """Note a commit that has happened, and fold the log in where it has grown long.

        A record that cannot be written stays behind the store, which is no alarm: the work itself is safe.
        """
        self._changes = connection.total_changes
        try:
            self.record.note(mark)
            self._fold_if_long(connection)
        except (OSError, dbapi2.Error) as error:
            record_event(_log, "freshness_not_noted", level=logging.WARNING, error=error)

    def fold(self, connection: "Connection") -> bool:
        """Fold the log into the main file and note what that looks like then; False where a reader was in the way.

        Raises OSError before anything is folded, or where it could not be noted; `dbapi2.Error` of the folding.
        """
        # Durable first: a power cut half-way must not leave a digest of pages that are there no longer.
        self.record.forget_pages()
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        self.record.note_pages(page_digest(self._database))
        return not busy

    def end(self, writer: "Connection", reader: "Connection", *, note_pages: bool = True) -> None:
        """Fold the log in, close both connections and leave a durable note of the main file.

        Without `note_pages` the note says nothing of the pages: another file with the same commits takes their place.
        Where the record refuses to be told first, nothing is folded in: the log stays, and the next opening goes on
        from it.
        """
        try:
            if self._may_fold():
                reader.close()
                with suppress(dbapi2.Error):
                    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                writer.close()
                if note_pages and not self._log_length():
                    self.record.note_pages(page_digest(self._database), durably=True)
        except OSError as error:
            record_event(_log, "freshness_not_noted", level=logging.WARNING, error=error)
        finally:
            # The reader last: whoever closes last folds the log in, and a connection that only reads cannot.
            writer.close()
            reader.close()
            self.record.close()

    def _may_fold(self) -> bool:
        """Whether the record knows that the main file changes, or nothing is there that would change it."""
        try:
            self.record.forget_pages()
        except OSError as error:
            record_event(_log, "freshness_not_noted", level=logging.WARNING, error=error)
            return self._log_length() == 0
        return True

    def _fold_if_long(self, connection: "Connection") -> None:
        length = self._log_length()
        if length >= self._fold_at:
            # Where somebody reads the old state, or the disk refuses, the next try waits until it has grown as much.
            self._fold_at = length + FOLD_BYTES
            if self.fold(connection):
                self._fold_at = FOLD_BYTES

    def _log_length(self) -> int:
        try:
            return self._log_file.stat().st_size
        except FileNotFoundError:
            return 0


class CommittingConnection(dbapi2.Connection):
    """A connection whose commits are watched once `watch` is set; every write of the program goes through one."""

    watch: CommitWatch | None = None

    def commit(self) -> None:
        """Commit; the count goes up in the same transaction."""
        watch = self.watch
        mark = watch.stamp(self) if watch is not None and self.in_transaction else None
        super().commit()
        if watch is not None and mark is not None:
            watch.committed(self, mark)
