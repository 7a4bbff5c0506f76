"""Changes of records that had to leave before they were sent: handed over to the team that has them, or given up."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync.protocol import HandedOver, HandoverAnswer

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class NothingPutBy(NotFound):
    """There is nothing put by of this locality (any more)."""

    code = "sync_nothing_put_by"


def of_bucket(connection: "Connection", bucket: str) -> list[HandedOver]:
    """What was put by of a bucket, as it is handed over. Raises NothingPutBy."""
    rows = connection.execute(
        "SELECT id, bucket, type, rec_id, operations_json FROM quarantine WHERE bucket = ? ORDER BY id", (bucket,)
    ).fetchall()
    if not rows:
        raise NothingPutBy(id=bucket)
    return [HandedOver(row[0], row[1], row[2], row[3], orjson.loads(row[4])) for row in rows]


def settle(connection: "Connection", given: Sequence[HandedOver], answers: Mapping[str, HandoverAnswer]) -> list[Act]:
    """Forget what was taken over there, or erased; what came too late or was refused stays. The audit entries of it."""
    done = (HandoverAnswer.TAKEN, HandoverAnswer.ERASED)
    gone = [it for it in given if answers.get(it.id) in done]
    connection.executemany("DELETE FROM quarantine WHERE id = ?", [(it.id,) for it in gone])
    return [Act("hand_over_changes", it.type, it.rec_id, None, "", answers[it.id].value) for it in gone]


def discard(connection: "Connection", bucket: str, reason: str) -> list[Act]:
    """Give up what was put by of a bucket; the audit entries of it, with the reason. Raises NothingPutBy."""
    given = of_bucket(connection, bucket)
    connection.execute("DELETE FROM quarantine WHERE bucket = ?", (bucket,))
    return [Act("discard_change", it.type, it.rec_id, None, "", reason) for it in given]
