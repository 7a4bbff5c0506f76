"""Brings records, their history and people's numbers to what changes say, in few statements for many changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, update

from mdt_desktop.central.changes import Change, ChangeKind, Held
from mdt_desktop.central.rules import parent_of
from mdt_desktop.central.tables import PERSON_NUMBER, RECORD, RECORD_VERSION

_SAME = and_(
    RECORD.c.bucket_id == bindparam("of_bucket"),
    RECORD.c.type == bindparam("of_type"),
    RECORD.c.id == bindparam("of_id"),
)
_CHANGED = update(RECORD).where(_SAME)
_GONE = delete(RECORD).where(_SAME)
_HISTORY_GONE = delete(RECORD_VERSION).where(
    RECORD_VERSION.c.bucket_id == bindparam("of_bucket"),
    RECORD_VERSION.c.type == bindparam("of_type"),
    RECORD_VERSION.c.id == bindparam("of_id"),
)
_NUMBER_GONE = delete(PERSON_NUMBER).where(
    PERSON_NUMBER.c.bucket_id == bindparam("of_bucket"), PERSON_NUMBER.c.person_id == bindparam("of_id")
)
Row = dict[str, Any]


class Keeping:
    """Gathers what changes ask of the tables of one bucket and writes it.

    A record that changes again within the group is written once more only after what was gathered before it, so that
    every statement finds what it builds on.
    """

    def __init__(self, connection: Connection, at: str) -> None:
        self._connection, self._at = connection, at
        self._touched: set[tuple[str, str]] = set()
        self._made: list[Row] = []
        self._changed: list[Row] = []
        self._gone: list[Row] = []
        self._versions: list[Row] = []
        self._numbers_gone: list[Row] = []
        self._numbers: list[Row] = []

    def keep(self, change: Change, seq: int) -> None:
        """Gather one change; `seq` is its number."""
        held = change.record
        if (held.type, held.id) in self._touched:
            self.write()
        self._touched.add((held.type, held.id))
        which = {"of_bucket": held.bucket, "of_type": held.type, "of_id": held.id}
        if change.after is None:
            self._gone.append(which)
            self._keep_number(change, None)
            return
        if change.before is None:
            self._made.append({**_columns(held, change.by, self._at), "first_seq": seq})
        else:
            self._changed.append({**_columns(held, change.by, self._at), **which})
        if change.kind is ChangeKind.SEAL:
            return
        self._versions.append(
            {
                "bucket_id": held.bucket,
                "type": held.type,
                "id": held.id,
                "ver": held.ver,
                "body": None if held.deleted else dict(held.body),
                "op_device": change.op_device,
                "op_no": change.op_no,
                "by": change.by,
                "at": self._at,
            }
        )
        self._keep_number(change, None if held.deleted else held.body.get("nhs_number"))

    def _keep_number(self, change: Change, number: object) -> None:
        held = change.record
        if held.type != "person":
            return
        if change.before is not None:
            self._numbers_gone.append({"of_bucket": held.bucket, "of_id": held.id})
        if isinstance(number, str) and number:
            self._numbers.append({"bucket_id": held.bucket, "nhs_number": number, "person_id": held.id})

    def write(self) -> None:
        """Write what was gathered. Numbers that somebody gave up are free before another takes them."""
        steps: Sequence[tuple[Any, list[Row]]] = (
            (_GONE, self._gone),
            (_HISTORY_GONE, self._gone),
            (RECORD.insert(), self._made),
            (_CHANGED, self._changed),
            (RECORD_VERSION.insert(), self._versions),
            (_NUMBER_GONE, self._numbers_gone),
            (PERSON_NUMBER.insert(), self._numbers),
        )
        for statement, rows in steps:
            if rows:
                self._connection.execute(statement, rows)
        for _, rows in steps:
            rows.clear()
        self._touched.clear()


def _columns(held: Held, by: str, at: str) -> Row:
    return {
        "bucket_id": held.bucket,
        "type": held.type,
        "id": held.id,
        "ver": held.ver,
        "body": dict(held.body),
        "deleted": held.deleted,
        "sealed": held.sealed,
        "updated_by": by,
        "updated_at": at,
        "parent_id": parent_of(held.body),
    }
