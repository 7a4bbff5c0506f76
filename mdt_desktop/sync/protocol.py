"""What goes over the wire, as frozen values, read strictly: an answer that is none of ours stops at the door."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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


class Reading:
    """One JSON object, read by the names and kinds that are expected. Each method raises AnswerNotUnderstood."""

    def __init__(self, document: object) -> None:
        if not isinstance(document, Mapping):
            raise AnswerNotUnderstood
        self._document = document

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A text; `otherwise` where it is null or missing."""
        value = self._document.get(name)
        if value is None and otherwise is not None:
            return otherwise
        if not isinstance(value, str):
            raise AnswerNotUnderstood
        return value

    def moment(self, name: str) -> str:
        """A text that is a moment of the wire."""
        value = self.text(name)
        try:
            if datetime.fromisoformat(value).tzinfo is None:
                raise AnswerNotUnderstood
        except ValueError as error:
            raise AnswerNotUnderstood from error
        return value

    def number(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self._document.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise AnswerNotUnderstood
        return value

    def number_or_none(self, name: str) -> int | None:
        """The same, or None."""
        return None if self._document.get(name) is None else self.number(name)

    def list(self, name: str) -> Sequence[Any]:
        """A list. One that is missing is no empty one: what a portal does not say would be taken for removed."""
        value = self._document.get(name)
        if not isinstance(value, list):
            raise AnswerNotUnderstood
        return value

    def pair(self, name: str) -> tuple[int, int]:
        """Two whole numbers."""
        value = self.list(name)
        if len(value) != 2 or not all(isinstance(it, int) for it in value):
            raise AnswerNotUnderstood
        return value[0], value[1]

    def raw(self, name: str) -> object:
        """What stands under a name, to be read by another function."""
        return self._document.get(name)

    def part(self, name: str) -> "Reading":
        """An object within."""
        return Reading(self._document.get(name))

    def part_or_none(self, name: str) -> "Reading | None":
        """The same, or None."""
        return None if self._document.get(name) is None else self.part(name)

    def truth(self, name: str) -> bool:
        """True or false; false where it is missing."""
        value = self._document.get(name, False)
        if not isinstance(value, bool):
            raise AnswerNotUnderstood
        return value

    def version(self, type_: str, id_: str) -> Version:
        """A record."""
        body = self._document.get("body")
        if body is not None and not isinstance(body, Mapping):
            raise AnswerNotUnderstood
        return Version(type_, id_, self.number("ver"), body, self.text("by", ""), self.text("at", ""))


def hello(document: object) -> Hello:
    """The answer to `hello`."""
    given = Reading(document)
    limits = given.part("limits")
    return Hello(
        given.text("server"), given.pair("protocol"), given.pair("schema"), given.moment("time"),
        limits.number("push_ops"), limits.number("push_bytes"), limits.number("page"), _way(given),
        limits.number_or_none("blob") or 0,
    )  # fmt: skip


def _way(given: Reading) -> SignInWay | None:
    """How somebody signs in there; None at a store that does not say."""
    way = given.part_or_none("sign_in")
    return None if way is None else SignInWay(way.text("issuer"), way.text("client"), way.truth("password"))


def tokens(document: object) -> Tokens:
    """The answer to `register` and `refresh`."""
    given = Reading(document)
    user = given.part("user").text("name")
    return Tokens(given.text("access"), given.text("access_ends"), given.text("refresh"), user)


def session(document: object) -> SessionAnswer:
    """The answer to `session`."""
    given = Reading(document)
    grants = tuple(
        Grant(it.text("bucket"), it.text("locality"), it.text("role"), it.text("tier"), it.moment("lease_until"))
        for it in map(Reading, given.list("grants"))
    )
    evict = tuple(it for it in given.list("must_evict") if isinstance(it, str))
    handed_over = given.number_or_none("handed_over") or 0  # an older central store does not say
    return SessionAnswer(grants, given.number("grants_ver"), evict, handed_over=handed_over)


def page(document: object) -> Page:
    """The answer to `changes`."""
    given = Reading(document)
    digest = given.part_or_none("digest")
    return Page(
        given.text("epoch"),
        tuple(map(_entry, given.list("entries"))),
        given.text("next"),
        given.truth("head"),
        tuple(result(it) for it in given.list("op_results")),
        None if digest is None else Digest(digest.number("count"), _decimal(digest.text("sum"))),
        given.number_or_none("last"),
    )


def _entry(document: object) -> Entry:
    given = Reading(document)
    try:
        kind = EntryKind(given.text("kind"))
    except ValueError as error:
        raise AnswerNotUnderstood from error
    version = given.version(given.text("type", ""), given.text("id", "")) if kind is not EntryKind.SUPERSEDED else None
    return Entry(
        given.number("seq"),
        kind,
        version or Version("", "", 0, None, "", ""),
        given.text("op_device", "") or None,
        given.number_or_none("op_no"),
    )


def result(document: object, of: SentOperation | None = None) -> OpResult:
    """One operation's result; `of` is the operation it answers, where that is known."""
    given = Reading(document)
    current = given.part_or_none("current")
    try:
        status = OpStatus(given.text("status"))
    except ValueError as error:
        raise AnswerNotUnderstood from error
    known = ("", "") if of is None else (of.type, of.id)
    return OpResult(
        given.number("op_no"),
        status,
        given.number_or_none("ver"),
        given.text("bucket", ""),
        None if current is None else current.version(*known),
        given.text("field", ""),
        given.text("message", ""),
        given.number_or_none("seq"),
        given.text("duplicate_of", ""),
    )


def results(document: object, sent: Sequence[SentOperation]) -> tuple[OpResult, ...]:
    """The answer to `push`: a result for each operation that was sent, no more and no less."""
    by_number = {it.op_no: it for it in sent}
    listed = Reading(document).list("results")
    found = tuple(result(it, by_number.get(Reading(it).number("op_no"))) for it in listed)
    if {it.op_no for it in found} != set(by_number):
        raise AnswerNotUnderstood
    return found


def pen(document: object) -> Pen:
    """The answer to `pen`."""
    given = Reading(document)
    return Pen(given.text("holder"), given.truth("mine"), given.text("asked_by"))


def log_told(document: object) -> int:
    """The answer to `audit`: the last entry that is known."""
    return Reading(document).number("last")


def manifest(document: object) -> ManifestPage:
    """The answer to `manifest`."""
    given = Reading(document)
    rows = []
    for row in given.list("rows"):
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[2], int):
            raise AnswerNotUnderstood
        rows.append((str(row[0]), str(row[1]), row[2]))
    return ManifestPage(given.text("epoch"), tuple(rows), given.number_or_none("next"), given.text("head"))


def fetched(document: object) -> tuple[Version, ...]:
    """The answer to `fetch`."""
    return tuple(it.version(it.text("type"), it.text("id")) for it in map(Reading, Reading(document).list("records")))


def handover_answers(document: object) -> dict[str, HandoverAnswer]:
    """The answer to `handover`, by the id that each was sent with."""
    found = {}
    for it in map(Reading, Reading(document).list("results")):
        try:
            found[it.text("id")] = HandoverAnswer(it.text("status"))
        except ValueError as error:
            raise AnswerNotUnderstood from error
    return found


def handovers(document: object) -> tuple[HandedOverTo, ...]:
    """The answer to the list of what was handed over to a bucket."""
    return tuple(
        HandedOverTo(
            it.text("id"), it.text("bucket"), it.text("type"), it.text("rec_id"), it.text("by"), it.text("at"),
            tuple(change for change in it.list("changes") if isinstance(change, Mapping)),
        )
        for it in map(Reading, Reading(document).list("handovers"))
    )  # fmt: skip


def _decimal(text: str) -> int:
    if not text.isdecimal() or len(text) > 20:
        raise AnswerNotUnderstood
    return int(text)
