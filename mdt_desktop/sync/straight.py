"""Takes what nothing here stands against: many records of a page with few statements, as one by one (SYNC 5.6)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from sqlcipher3 import dbapi2

from mdt_desktop.sync import ledger, rebase, shape
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.ledger import Heard, RecordState
from mdt_desktop.sync.protocol import Entry, EntryKind, erasure_hash
from mdt_desktop.sync.shape import CONFLICT

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


def may_be_straight(entry: Entry) -> bool:
    """Whether an entry is one that a page has many of: a whole record of a type this program keeps."""
    version = entry.version
    known = version.type != CONFLICT and shape.table_of(version.type) is not None
    return entry.kind is EntryKind.PUT and version.body is not None and known


def take(context: Context, bucket: str, entries: Sequence[Entry]) -> None:
    """Take entries that `may_be_straight`, in their order.

    A record that waits to be sent, was erased, put aside, sealed or deleted, or that cannot be a row, goes the long
    way; what was taken before it stands in the books by then.
    """
    run = _Run(context, bucket, entries)
    rest = list(entries)
    while rest:
        new = run.take_new(rest)
        rest = rest[new:]
        if not rest:
            break
        entry = rest.pop(0)
        if run.is_old(entry) or run.took(entry):
            continue
        run.write_books()
        rebase.take(context, bucket, entry.version, entry.seq, own=entry.op_device == context.device)
        run.has_gone_the_long_way(entry)
    run.write_books()


class _Run:
    """What the books say of some entries, read at once, and what is to be written into them."""

    def __init__(self, context: Context, bucket: str, entries: Sequence[Entry]) -> None:
        self._context, self._bucket, self._connection = context, bucket, context.connection
        keys = orjson.dumps([[it.version.type, it.version.id] for it in entries]).decode()
        self._heard = ledger.heard_of(self._connection, keys)
        self._waiting = ledger.keys_waiting(self._connection, keys)
        self._erased = _erased(self._connection, entries)
        self._present: set[ledger.Key] = set()
        self._books: list[tuple[Entry, str, Heard | None]] = []
        self._one_by_one = False

    def is_old(self, entry: Entry) -> bool:
        """Whether the record was delivered before."""
        heard = self._heard.get((entry.version.type, entry.version.id))
        return heard is not None and heard.bucket == self._bucket and entry.version.ver <= heard.ver

    def take_new(self, entries: Sequence[Entry]) -> int:
        """Add the rows of records that were never heard of, from the first on, together; how many were taken.

        Where one of them cannot be a row, none is written: what is left of the page is to be taken one by one.
        """
        if self._one_by_one:
            return 0
        rows: dict[tuple[int, str], list[list[Any]]] = {}
        new: list[tuple[Entry, dict[str, Any]]] = []
        before = self._present.copy()
        for entry in entries:
            key = (entry.version.type, entry.version.id)
            if self._is_held_up(key) or key in self._heard or key in self._present:
                break
            try:
                body = shape.plain(entry.version.type, entry.version.body or {})
            except shape.ValueUnusable:
                break
            if self._lacks_parent(entry.version.type, body):
                break
            statement, values = shape.insertion(*key, body)
            rows.setdefault((shape.place_of(key[0]), statement), []).append(values)
            new.append((entry, body))
            self._present.add(key)
        if len(new) < 2:
            self._present = before
            return 0
        self._connection.execute("SAVEPOINT together")
        try:
            # A row that comes before its parent costs a search through the table for each parent after it.
            for (_, statement), many in sorted(rows.items(), key=lambda it: it[0]):
                self._connection.executemany(statement, many)
        except (dbapi2.IntegrityError, dbapi2.InterfaceError):
            self._connection.execute("ROLLBACK TO together")
            self._present, self._one_by_one = before, True
            return 0
        finally:
            self._connection.execute("RELEASE together")
        for entry, body in new:
            self._note(entry, body, None)
        return len(new)

    def _is_held_up(self, key: ledger.Key) -> bool:
        return key in self._waiting or key in self._erased

    def took(self, entry: Entry) -> bool:
        """Write the row; False where the record has to go the long way, and then nothing of it was written."""
        theirs = entry.version
        key = (theirs.type, theirs.id)
        heard = self._heard.get(key)
        if self._is_held_up(key) or (heard is not None and heard.state is not RecordState.CLEAN):
            return False
        try:
            body = shape.plain(theirs.type, theirs.body or {})
            if self._lacks_parent(theirs.type, body) or not self._write(theirs.type, theirs.id, body, heard):
                return False
        except (shape.ValueUnusable, dbapi2.IntegrityError, dbapi2.InterfaceError):
            return False  # a statement that fails undoes itself
        self._note(entry, body, heard)
        return True

    def _note(self, entry: Entry, body: Mapping[str, Any], heard: Heard | None) -> None:
        """A row was written: for the books, and for whoever asks what came."""
        theirs, done = entry.version, self._context.done
        key = (theirs.type, theirs.id)
        self._present.add(key)
        self._books.append((entry, orjson.dumps(body).decode(), heard))
        self._heard[key] = Heard(self._bucket, theirs.ver, RecordState.CLEAN)
        done.pulled += 1
        done.touch(theirs.type, theirs.id)
        if entry.op_device != self._context.device:
            done.news[theirs.id] = (theirs.by, theirs.at)

    def _write(self, type_: str, id_: str, body: Mapping[str, Any], heard: Heard | None) -> bool:
        if heard is None:
            shape.insert_row(self._connection, type_, id_, body)
            return True
        return shape.update_row(self._connection, type_, id_, body)

    def _lacks_parent(self, type_: str, body: Mapping[str, Any]) -> bool:
        for it in shape.references(type_):
            value = body.get(it.column)
            if value is None or (it.type, value) in self._present:
                continue
            if not shape.row_exists(self._connection, it.type, str(value)):
                return True
            self._present.add((it.type, str(value)))
        return False

    def has_gone_the_long_way(self, entry: Entry) -> None:
        """Read again what stands in the books of one record."""
        key = (entry.version.type, entry.version.id)
        keys = orjson.dumps([key]).decode()
        self._heard.pop(key, None)
        self._heard |= ledger.heard_of(self._connection, keys)
        self._waiting = (self._waiting - {key}) | ledger.keys_waiting(self._connection, keys)

    def write_books(self) -> None:
        """Note every record that was taken since, and count the digest once."""
        ledger.note_taken(
            self._connection,
            self._bucket,
            [(it.version.type, it.version.id, it.version.ver, body, it.seq, heard) for it, body, heard in self._books],
        )
        self._books.clear()


def _erased(connection: "Connection", entries: Sequence[Entry]) -> set[ledger.Key]:
    """Those that were erased for ever; hashes are made only where anything was."""
    if connection.execute("SELECT 1 FROM erasure LIMIT 1").fetchone() is None:
        return set()
    hashes = {erasure_hash(it.version.type, it.version.id): (it.version.type, it.version.id) for it in entries}
    found = connection.execute(
        "SELECT id_hash FROM erasure WHERE id_hash IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(hashes)).decode(),),
    )
    return {hashes[str(row[0])] for row in found}
