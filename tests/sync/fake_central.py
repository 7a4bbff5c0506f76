"""A central store in memory, written to the wire contract, with faults at every request."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from mdt_desktop.domain.audit_head import AuditHead, ToldHead
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.sync.content_wire import ContentHeld
from mdt_desktop.sync.protocol import (
    DIGEST_MODULUS,
    Digest,
    Entry,
    EntryKind,
    Grant,
    Hello,
    LogPage,
    ManifestPage,
    OpResult,
    OpStatus,
    Page,
    Removed,
    SentOperation,
    SessionAnswer,
    Tokens,
    Version,
    erasure_hash,
    mark,
)
from mdt_desktop.sync.remote import (
    AccessRevoked,
    DeviceCopied,
    FeedGone,
    NotYourBucket,
    NumbersMissing,
    RequestRefused,
    SignInEnded,
    SignInNeeded,
    TooLarge,
)

AT = "2026-11-23T10:00:00.000Z"
Fault = Callable[[str, str], None]
"""Called with a request's name and "before" or "after" its work; what it raises is what the laptop sees."""


def no_fault(request: str, moment: str) -> None:
    """Nothing goes wrong."""


@dataclass
class Held:
    """A record of the store."""

    ver: int
    body: dict[str, Any]
    deleted: bool = False
    sealed: bool = False
    by: str = ""
    maker: tuple[str, int] = ("", 0)


@dataclass
class Bucket:
    """A bucket with its feed."""

    locality: str
    epoch: str = field(default_factory=lambda: str(uuid.uuid4()))
    feed: list[tuple[EntryKind, str, str, int, str, tuple[str, int]]] = field(default_factory=list)
    records: dict[tuple[str, str], Held] = field(default_factory=dict)


@dataclass
class FakeCentral:
    """Implements `Remote`; `users` by access token, `members` by user."""

    buckets: dict[str, Bucket] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    fault: Fault = no_fault
    results: dict[tuple[str, int], tuple[dict[str, Any], OpResult]] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    refreshes: dict[str, str] = field(default_factory=dict)
    confirmed: list[Removed] = field(default_factory=list)
    server: str = "11111111-1111-4111-8111-111111111111"
    audit: ToldHead | None = None
    refuse: Callable[[SentOperation], str] = lambda operation: ""
    replays: bool = True
    most_bytes: int = 1 << 20
    told_bytes: int = 0
    must_evict: list[str] = field(default_factory=list)
    applied: int = 0
    grants_ver: int = 1
    schema: tuple[int, int] = (1, 99)
    time: str = AT
    lease: timedelta = timedelta(days=14)
    revoked: set[str] = field(default_factory=set)
    enrolled: list[str] = field(default_factory=list)
    logs: dict[str, dict[int, str]] = field(default_factory=dict)
    """Hashes of each device's own audit by number."""

    # Administration

    def add_bucket(self, locality: str) -> str:
        """A bucket of a locality."""
        id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, locality))
        self.buckets[id_] = Bucket(locality)
        return id_

    def live(self, bucket: str) -> dict[tuple[str, str], Held]:
        """What is there and not deleted."""
        return {key: held for key, held in self.buckets[bucket].records.items() if not held.deleted}

    def take_out(self, bucket: str, kind: EntryKind, type_: str, id_: str) -> None:
        """Evict or erase one record, or seal it."""
        held = self.buckets[bucket].records[type_, id_]
        if kind is EntryKind.SEAL:
            held.sealed = True
        else:
            del self.buckets[bucket].records[type_, id_]
        if kind is EntryKind.ERASE:
            self.erased.add(erasure_hash(type_, id_))
        self.buckets[bucket].feed.append((kind, type_, id_, held.ver, "admin", ("", 0)))

    def put_back(self, bucket: str, records: dict[tuple[str, str], Held]) -> None:
        """The store is restored from a backup: older records, a new epoch, no answers."""
        at = self.buckets[bucket]
        at.records = {key: replace(held, body=dict(held.body)) for key, held in records.items()}
        at.epoch, at.feed = str(uuid.uuid4()), []
        for (type_, id_), held in at.records.items():
            at.feed.append((EntryKind.PUT, type_, id_, held.ver, held.by, held.maker))
        self.results.clear()
        self.last.clear()

    def snapshot(self, bucket: str) -> dict[tuple[str, str], Held]:
        """A backup of a bucket's records."""
        return {key: replace(held, body=dict(held.body)) for key, held in self.buckets[bucket].records.items()}

    # The wire

    def hello(self) -> Hello:
        self.fault("hello", "before")
        return Hello(self.server, (1, 1), self.schema, self.time, 200, self.told_bytes or self.most_bytes, 200)

    def register(self, user: str, password: str, device: str, device_name: str) -> Tokens:
        self.fault("register", "before")
        if password != "open sesame" or user not in self.members or user in self.revoked:
            raise SignInNeeded
        return self._issue(user)

    def _issue(self, user: str) -> Tokens:
        access, refresh = str(uuid.uuid4()), str(uuid.uuid4())
        self.tokens[access], self.refreshes[refresh] = user, user
        return Tokens(access, AT, refresh, user)

    def refresh(self, refresh: str, device: str) -> Tokens:
        self.fault("refresh", "before")
        user = self.refreshes.pop(refresh, None)
        if user is None:
            raise SignInNeeded
        if user in self.revoked:
            raise AccessRevoked
        issued = self._issue(user)
        self.fault("refresh", "after")
        return issued

    def enrol(self, access: str, device: str, new_device: str, device_name: str) -> Tokens:
        self.fault("enrol", "before")
        issued = self._issue(self._user(access))
        self.enrolled.append(new_device)
        self.fault("enrol", "after")
        return issued

    def session(
        self, access: str, device: str, app: str, schema: int, held: AuditHead | None = None
    ) -> SessionAnswer:
        self.fault("session", "before")
        user = self._user(access)
        until = moment_text(datetime.fromisoformat(self.time) + self.lease)
        grants = tuple(
            Grant(bucket, self.buckets[bucket].locality, role, "ordinary", until)
            for bucket, role in sorted(self.members[user].items())
        )
        return SessionAnswer(grants, self.grants_ver, tuple(self.must_evict), self.audit)

    def _user(self, access: str) -> str:
        if access not in self.tokens:
            raise SignInEnded
        if self.tokens[access] in self.revoked:
            raise AccessRevoked
        return self.tokens[access]

    def _bucket(self, access: str, bucket: str) -> Bucket:
        if bucket not in self.members[self._user(access)]:
            raise NotYourBucket
        return self.buckets[bucket]

    def changes(self, access: str, device: str, bucket: str, after: str, limit: int) -> Page:
        self.fault("changes", "before")
        at = self._bucket(access, bucket)
        epoch, _, number = (after or f"{at.epoch}:0").partition(":")
        start = int(number)
        if epoch != at.epoch or start > len(at.feed):
            raise FeedGone
        lines = at.feed[start : start + limit]
        newest = {(line[1], line[2]): place for place, line in enumerate(lines) if line[0] is not EntryKind.SEAL}
        entries = tuple(
            self._entry(
                at, start + place + 1, line, newest[line[1], line[2]] == place if line[0] is EntryKind.PUT else True
            )
            for place, line in enumerate(lines)
        )
        own = [line[5] for line in lines if line[5][0] == device and line[5] in self.results]
        end = start + len(lines)
        head = end == len(at.feed)
        self.fault("changes", "after")
        return Page(
            at.epoch,
            entries,
            f"{at.epoch}:{end}",
            head,
            tuple(self.results[key][1] for key in own),
            self.digest(bucket) if head else None,
            len(at.feed),
        )

    def _entry(
        self, at: Bucket, seq: int, line: tuple[EntryKind, str, str, int, str, tuple[str, int]], newest: bool
    ) -> Entry:
        kind, type_, id_, ver, by, (device, op_no) = line
        held = at.records.get((type_, id_))
        if kind is EntryKind.PUT and (not newest or held is None or held.deleted):
            return Entry(seq, EntryKind.SUPERSEDED, Version("", "", 0, None, "", ""), None, None)
        body = dict(held.body) if held is not None and kind is EntryKind.PUT else None
        ver = held.ver if held is not None and kind is EntryKind.PUT else ver
        return Entry(seq, kind, Version(type_, id_, ver, body, by, AT), device or None, op_no or None)

    def digest(self, bucket: str) -> Digest:
        """The digest of what is live."""
        live = self.live(bucket)
        total = sum(mark(type_, id_, held.ver) for (type_, id_), held in live.items()) % DIGEST_MODULUS
        return Digest(len(live), total)

    def manifest(self, access: str, device: str, bucket: str, page: int) -> ManifestPage:
        self.fault("manifest", "before")
        at = self._bucket(access, bucket)
        rows = [(type_, id_, held.ver) for (type_, id_), held in self.live(bucket).items()]
        part = tuple(rows[page * 50 : page * 50 + 50])
        return ManifestPage(
            at.epoch, part, page + 1 if len(rows) > (page + 1) * 50 else None, f"{at.epoch}:{len(at.feed)}"
        )

    def fetch(self, access: str, device: str, bucket: str, ids: Sequence[tuple[str, str]]) -> tuple[Version, ...]:
        self.fault("fetch", "before")
        self._bucket(access, bucket)
        live = self.live(bucket)
        return tuple(Version(*key, live[key].ver, dict(live[key].body), live[key].by, AT) for key in ids if key in live)

    def receipts(self, access: str, device: str, done: Sequence[Removed]) -> None:
        self.fault("receipts", "before")
        self.confirmed += done

    def content_held(self, access: str, device: str, bucket: str, sha256: str) -> ContentHeld:
        raise RequestRefused(status=404)  # it says in `hello` that it takes no content

    def send_piece(
        self, access: str, device: str, bucket: str, sha256: str, start: int, total: int, piece: bytes
    ) -> ContentHeld:
        raise RequestRefused(status=404)

    def content_part(self, access: str, device: str, bucket: str, sha256: str, first: int, last: int) -> bytes:
        raise RequestRefused(status=404)

    def tell_log(self, access: str, device: str, page: LogPage) -> int:
        self.fault("audit", "before")
        self._user(access)
        known = self.logs.setdefault(device, {})
        for entry in page.entries:
            if known.setdefault(entry.no, entry.hash) != entry.hash:
                raise DeviceCopied
        self.fault("audit", "after")
        return max(known)

    def push(self, access: str, device: str, operations: Sequence[SentOperation]) -> tuple[OpResult, ...]:
        self.fault("push", "before")
        user = self._user(access)
        if len(operations) > 200 or sum(len(str(it.document())) for it in operations) > self.most_bytes:
            raise TooLarge
        answers: list[OpResult] = []
        blocked: set[tuple[str, str]] = set()
        for _, members in groupby(operations, key=lambda it: it.group):
            group = list(members)
            told = self._take(user, device, group, blocked)
            done = (OpStatus.OK, OpStatus.DUPLICATE)
            blocked |= {(it.type, it.id) for it, one in zip(group, told, strict=True) if one.status not in done}
            answers += told
        self.fault("push", "after")
        return tuple(answers)

    def _take(
        self, user: str, device: str, group: list[SentOperation], blocked: set[tuple[str, str]]
    ) -> list[OpResult]:
        known = [self.results.get((device, it.op_no)) for it in group] if self.replays else [None] * len(group)
        for operation, found in zip(group, known, strict=True):
            if found is not None and found[0] != operation.document():
                raise DeviceCopied
        fresh = [it for it, found in zip(group, known, strict=True) if found is None]
        if fresh and self.replays:
            expected = self.last.get(device, fresh[0].op_no - 1) + 1
            if fresh[0].op_no > expected:
                raise NumbersMissing(expected)
            if fresh[0].op_no < expected:
                raise DeviceCopied
        if fresh:
            for operation, result in zip(fresh, self._decided(user, device, fresh, blocked), strict=True):
                self.results[device, operation.op_no] = (operation.document(), result)
            self.last[device] = fresh[-1].op_no
        return [self.results[device, it.op_no][1] for it in group]

    def _decided(
        self, user: str, device: str, group: list[SentOperation], blocked: set[tuple[str, str]]
    ) -> list[OpResult]:
        now: dict[tuple[str, str, str], Held] = {}
        results = [self._decide(user, device, it, now, blocked) for it in group]
        if all(it.status in (OpStatus.OK, OpStatus.DUPLICATE) for it in results):
            for place, (operation, result) in enumerate(zip(group, results, strict=True)):
                if result.status is OpStatus.OK:
                    results[place] = self._write(user, device, operation, result, now)
            return results
        return [
            replace(it, status=OpStatus.BLOCKED) if it.status in (OpStatus.OK, OpStatus.DUPLICATE) else it
            for it in results
        ]

    def _decide(
        self,
        user: str,
        device: str,
        operation: SentOperation,
        now: dict[tuple[str, str, str], Held],
        blocked: set[tuple[str, str]],
    ) -> OpResult:
        def answer(status: OpStatus, held: Held | None = None) -> OpResult:
            current = None
            if status in (OpStatus.STALE, OpStatus.SEALED) and held is not None:
                body = None if held.deleted else dict(held.body)
                current = Version(operation.type, operation.id, held.ver, body, held.by, AT)
            return OpResult(operation.op_no, status, held.ver if held else None, operation.bucket, current)

        if (operation.type, operation.id) in blocked:
            return answer(OpStatus.BLOCKED)
        refused = self.refuse(operation)
        if refused:
            return answer(OpStatus(refused))
        if operation.bucket not in self.members[user]:
            return answer(OpStatus.FORBIDDEN)
        if erasure_hash(operation.type, operation.id) in self.erased:
            return answer(OpStatus.ERASED)
        key = (operation.bucket, operation.type, operation.id)
        stored = self.buckets[operation.bucket].records.get(key[1:])
        held = now.get(key, stored)
        number = operation.values.get("nhs_number") if operation.type == "person" else None
        for (type_, id_), other in self.live(operation.bucket).items():
            if number and type_ == "person" and id_ != operation.id and other.body.get("nhs_number") == number:
                return replace(answer(OpStatus.INVALID), field="nhs_number", duplicate_of=id_)
        if operation.kind in ("create", "conflict"):
            if held is not None:
                same = not held.deleted and all(held.body.get(name) == it for name, it in operation.values.items())
                return answer(OpStatus.DUPLICATE if same else OpStatus.STALE, held)
            now[key] = Held(1, dict(operation.values), by=user)
            return answer(OpStatus.OK, now[key])
        if held is None:
            return answer(OpStatus.INVALID)
        if held.sealed:
            return answer(OpStatus.SEALED, held)
        if held.ver != operation.base_ver:
            return answer(OpStatus.STALE, held)
        deleted = operation.kind == "delete"
        now[key] = Held(held.ver + 1, {**held.body, **operation.values}, deleted, by=user)
        return answer(OpStatus.OK, now[key])

    def _write(
        self,
        user: str,
        device: str,
        operation: SentOperation,
        result: OpResult,
        now: dict[tuple[str, str, str], Held],
    ) -> OpResult:
        self.applied += 1
        at = self.buckets[operation.bucket]
        held = replace(now[operation.bucket, operation.type, operation.id], maker=(device, operation.op_no))
        at.records[operation.type, operation.id] = held
        kind = EntryKind.DELETE if operation.kind == "delete" else EntryKind.PUT
        ver = result.ver or 0
        at.feed.append((kind, operation.type, operation.id, ver, user, (device, operation.op_no)))
        return replace(result, seq=len(at.feed))
