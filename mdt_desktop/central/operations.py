"""An operation of a laptop as the store takes it, and the result that answers it (the wire contract, SYNC 5.4)."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from mdt_desktop.central.feed import Held


class OpKind(StrEnum):
    """What an operation does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CONFLICT = "conflict"
    RESOLVE = "resolve"
    AUDIT = "audit"

    @property
    def makes(self) -> bool:
        """Whether it makes a record: a conflict is one."""
        return self in (OpKind.CREATE, OpKind.CONFLICT)


class Status(StrEnum):
    """How it went with one operation."""

    OK = "ok"
    DUPLICATE = "duplicate"
    STALE = "stale"
    FORBIDDEN = "forbidden"
    ERASED = "erased"
    SEALED = "sealed"
    INVALID = "invalid"
    BLOCKED = "blocked"
    UPGRADE = "upgrade"

    @property
    def is_done(self) -> bool:
        """Whether the laptop's wish is in force."""
        return self in (Status.OK, Status.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Operation:
    """One numbered change of one record. `values` holds the changed columns only."""

    op_no: int
    group: int
    bucket: str
    type: str
    id: str
    kind: OpKind
    base_ver: int
    values: Mapping[str, Any]
    made_at: str
    schema: int

    @property
    def key(self) -> tuple[str, str, str]:
        """Which record it is about."""
        return (self.bucket, self.type, self.id)

    @property
    def fingerprint(self) -> str:
        """A hash of all of it: the same number with another one comes of a copied laptop."""
        content = [
            self.bucket, self.type, self.id, self.kind.value, self.base_ver, self.values, self.made_at, self.schema
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one operation; `current` is the record as it stands where that is another than thought."""

    op_no: int
    status: Status
    bucket: str
    ver: int | None = None
    seq: int | None = None
    current: Mapping[str, Any] | None = None
    field: str | None = None
    message: str | None = None
    duplicate_of: str | None = None

    def document(self) -> dict[str, Any]:
        """As it is sent and kept."""
        document = {
            "op_no": self.op_no,
            "status": self.status.value,
            "ver": self.ver,
            "bucket": self.bucket,
            "seq": self.seq,
            "current": self.current,
            "field": self.field,
            "message": self.message,
        }
        return document | {"duplicate_of": self.duplicate_of} if self.duplicate_of else document


def shown(held: Held) -> dict[str, Any]:
    """A record as `current`; a deleted one has no body."""
    body = None if held.deleted else dict(held.body)
    return {"ver": held.ver, "body": body, "by": held.by, "at": held.at}


def groups_of(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Operations in the order of their numbers, those of one group together."""
    for _, group in groupby(sorted(operations, key=lambda it: it.op_no), key=lambda it: it.group):
        yield list(group)
