"""Merges what somebody typed with what came from elsewhere into the same field meanwhile (SYNC 5.8, 6: 55).

A form that is open is left alone by the exchange, so its words may be made on top of a value that is there no longer.
What is saved then is merged as an exchange would have merged it, and where it cannot be, both are kept as a conflict.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.records.base import Record
from mdt_desktop.store import outbox
from mdt_desktop.store.unit_of_work import UnitOfWork
from mdt_desktop.sync import conflicts, ledger, shape
from mdt_desktop.sync.context import Context, Done
from mdt_desktop.sync.merge import Dispute, merged
from mdt_desktop.sync.protocol import Version
from mdt_desktop.sync.shape import CONFLICT


def with_unseen(
    work: UnitOfWork, record: Record, values: Mapping[str, Any], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """What is to be written of `values`, given what of the record was `seen` when they were typed.

    A field that is as it was seen is written; one that changed meanwhile on another laptop is merged. Records that
    the central store never had are written as they are: nobody else can have changed them. What was seen may be what
    this form wrote last, although it did not come into force: then it goes on from what stood before that.
    """
    type_ = str(type(record).__tablename__)
    stored = record.values()
    other = {
        name: value for name, value in values.items()
        if name in seen and _plain(stored[name]) not in (_plain(seen[name]), _plain(value))
    }  # fmt: skip
    heard = ledger.known(work.connection, type_, record.id) if other else None
    if heard is None or heard.ver == 0:
        return dict(values)
    written = dict(values)
    for name, value in other.items():
        there = _plain(stored[name])
        before = _before(work, heard, name, _plain(seen[name]), there)
        result = merged(type_, {name: before}, {name: _plain(value)}, {name: there})
        chosen = result.values[name]
        if chosen == there:
            del written[name]
        elif chosen != _plain(value):
            written[name] = chosen
        for dispute in result.disputes:
            _keep(work, heard, dispute)
    return written


def _before(work: UnitOfWork, heard: ledger.Known, column: str, seen: Any, there: Any) -> Any:
    """What stood before the value that was seen, where that value is this user's side of an open conflict."""
    row = work.connection.execute(
        "SELECT base FROM conflict WHERE type = ? AND rec_id = ? AND field = ? AND status = 'open' AND mine_by = ?"
        " AND mine = ? AND theirs = ?",
        (
            heard.type, heard.id, column, work.actor.name, orjson.dumps(seen).decode(), orjson.dumps(there).decode(),
        ),
    ).fetchone()
    return seen if row is None else orjson.loads(row[0])


def _keep(work: UnitOfWork, heard: ledger.Known, dispute: Dispute) -> None:
    """Keep the dispute; the one of half a sentence ago is brought up to date where it was not sent yet."""
    connection, now = work.connection, moment_text(work.now)
    row = connection.execute(
        "SELECT id FROM conflict WHERE type = ? AND rec_id = ? AND field = ? AND status = 'open' AND mine_by = ?"
        " AND theirs = ?",
        (heard.type, heard.id, dispute.column, work.actor.name, orjson.dumps(dispute.theirs).decode()),
    ).fetchone()
    pending = ledger.pending(connection, CONFLICT, row[0]) if row is not None else []
    unsent = [it for it in pending if it.kind == "conflict" and it.status is ledger.OpState.WAITING]
    if row is not None and unsent:
        newer = {
            "mine": orjson.dumps(dispute.mine).decode(),
            "shown_value": orjson.dumps(dispute.in_force).decode(),
            "mine_at": now,
        }
        shape.write_row(connection, CONFLICT, row[0], newer)
        ledger.rewrite(connection, unsent[0].op_no, "conflict", {**unsent[0].values, **newer})
        return
    if row is not None:
        conflicts.keep(connection, work.actor, work.now, row[0], conflicts.Side.THEIRS)
    context = Context(connection, work.actor, work.actor.device_id, work.now, Done())
    # Whose change it was came with the exchange and is not kept with the record.
    theirs = Version(heard.type, heard.id, heard.ver, {}, "", "")
    conflicts.record(context, heard.bucket, theirs, dispute, now, {})
    work.bulk({CONFLICT})


def _plain(value: Any) -> Any:
    """A value as operations and conflicts hold it."""
    return orjson.loads(outbox.as_json({"": value}))[""]
