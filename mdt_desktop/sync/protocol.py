"""What goes over the wire, as frozen values; `answers` reads them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mdt_desktop.domain.audit_head import ToldHead

PROTOCOL = 1
DIGEST_MODULUS = 1 << 64
LOG_PAGE = 500
"""Entries of a laptop's own audit that one request tells at most."""
LOG_CARRIED = 3000
"""The same of a carried file, which may be the only one of a week."""
LOG_KIND, LOG_FIELDS = r"^[a-z_]{0,50}$", r"^[a-z0-9_,:. -]{0,500}$"
"""What the names of acts, of kinds and of fields look like: words of the program, nothing that somebody typed."""


class AnswerNotUnderstood(Exception):
    """An answer has not the shape that the protocol says: a portal's page, a proxy's, or another program's."""


class EntryKind(StrEnum):
    """What a line of the feed says."""

    PUT = "put"
    DELETE = "delete"
    EVICT = "evict"
    ERASE = "erase"
    SEAL = "seal"
    SUPERSEDED = "superseded"


class OpStatus(StrEnum):
    """How the central store answered one operation."""

    OK = "ok"
    DUPLICATE = "duplicate"
    STALE = "stale"
    FORBIDDEN = "forbidden"
    ERASED = "erased"
    SEALED = "sealed"
    INVALID = "invalid"
    BLOCKED = "blocked"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class SignInWay:
    """Who people of a central store sign in with, in the browser; `password`: also without one."""

    issuer: str
    client: str
    password: bool


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the central store is and what it takes."""

    server: str
    protocol: tuple[int, int]
    schema: tuple[int, int]
    time: str
    push_ops: int
    push_bytes: int
    page: int
    sign_in: SignInWay | None = None
    blob: int = 0
    """The largest content it takes; 0 at a store that takes none."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A short access token and the refresh token that gives the next pair; `user` is the account's name."""

    access: str
    access_ends: str
    refresh: str
    user: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A bucket that this user may hold."""

    bucket: str
    locality: str
    role: str
    tier: str
    lease_until: str


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """What this user may hold now, and what this device must remove."""

    grants: tuple[Grant, ...]
    grants_ver: int
    must_evict: tuple[str, ...]
    audit: ToldHead | None = None
    handed_over: int = 0
    """Of how many records other teams have handed over changes to this user's."""


@dataclass(frozen=True, slots=True)
class Version:
    """A record as the central store has it; `body` is None where it is deleted there."""

    type: str
    id: str
    ver: int
    body: Mapping[str, Any] | None
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a bucket's feed."""

    seq: int
    kind: EntryKind
    version: Version
    op_device: str | None
    op_no: int | None


@dataclass(frozen=True, slots=True)
class OpResult:
    """The answer to one operation by its number."""

    op_no: int
    status: OpStatus
    ver: int | None = None
    bucket: str = ""
    current: Version | None = None
    field: str = ""
    message: str = ""
    seq: int | None = None
    duplicate_of: str = ""
    """The person who has this NHS number already, where that is why it was refused."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Number and sum of the live records of a bucket."""

    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of the feed in their order; `head` where nothing newer was there, and then with the digest."""

    epoch: str
    entries: tuple[Entry, ...]
    next: str
    head: bool
    op_results: tuple[OpResult, ...] = ()
    digest: Digest | None = None
    last: int | None = None
    """The number of the bucket's last change, where the central store tells it: how far there is to go."""


@dataclass(frozen=True, slots=True)
class ManifestPage:
    """Type, id and version of live records; `head` is the cursor to go on from after the sweep."""

    epoch: str
    rows: tuple[tuple[str, str, int], ...]
    next: int | None
    head: str


@dataclass(frozen=True, slots=True)
class SentOperation:
    """One operation as it is sent: frozen, so that the same number always carries the same content."""

    op_no: int
    group: int
    bucket: str
    type: str
    id: str
    kind: str
    base_ver: int
    values: Mapping[str, Any]
    made_at: str
    schema: int

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "op_no": self.op_no,
            "group": self.group,
            "bucket": self.bucket,
            "type": self.type,
            "id": self.id,
            "kind": self.kind,
            "base_ver": self.base_ver,
            "set": dict(self.values),
            "made_at": self.made_at,
            "schema": self.schema,
        }


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Unsent changes of a record that had to leave, given to the team that has it now (SYNC 5.10)."""

    id: str
    bucket: str
    type: str
    rec_id: str
    operations: Sequence[Mapping[str, Any]]
    """As they would have been sent."""

    def document(self) -> dict[str, Any]:
        """As JSON."""
        changes = [{"kind": it["kind"], "set": it["set"], "made_at": it["made_at"]} for it in self.operations]
        return {"id": self.id, "bucket": self.bucket, "type": self.type, "rec_id": self.rec_id, "changes": changes}


class HandoverAnswer(StrEnum):
    """How the central store answered what was handed over."""

    TAKEN = "taken"
    TOO_LATE = "too_late"
    NOT_YOURS = "not_yours"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class HandedOverTo:
    """Something that was handed over to a team of this user."""

    id: str
    bucket: str
    type: str
    rec_id: str
    by: str
    at: str
    changes: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Removed:
    """Something this device has removed, to be confirmed; with the bucket's own id, the whole bucket."""

    kind: str
    bucket: str
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of this laptop's own audit as it is told: number and hash, and of some also what was done."""

    no: int
    hash: str
    act: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        told: dict[str, Any] = {"no": self.no, "hash": self.hash}
        return told if self.act is None else told | {"act": dict(self.act)}


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries in their order; `before` is the hash of the one before the first.

    `incomplete`: others between them, or before them, are in this laptop's log no more.
    """

    before: str
    entries: Sequence[LogEntry]
    incomplete: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON."""
        entries = [it.document() for it in self.entries]
        return {"before": self.before, "incomplete": self.incomplete, "entries": entries}


@dataclass(frozen=True, slots=True)
class Pen:
    """Who holds the pen of a meeting, empty where nobody does; whether that is this laptop; who has asked for it."""

    holder: str
    is_mine: bool
    asked_by: str


def mark(type_: str, id_: str, ver: int) -> int:
    """The number that stands for one version of one record in a digest."""
    return int.from_bytes(hashlib.sha256(f"{type_}|{id_}|{ver}".encode()).digest()[:8], "big")


def erasure_hash(type_: str, id_: str) -> str:
    """What stays of the id of an erased record."""
    return hashlib.sha256(f"{type_}|{id_}".encode()).hexdigest()
