"""One run of the exchange: who may hold what, what was not answered, what is new there, what is new here (SYNC 5)."""

import logging
import platform
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.identifiers import new_id
from mdt_desktop.logs.events import record_event
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.store import audit_log, blobs
from mdt_desktop.sync import account, ledger, own_log, pull, push, removal, sweep, withdrawal, witness
from mdt_desktop.sync.account import Account
from mdt_desktop.sync.content import ContentRemote, ContentRun
from mdt_desktop.sync.context import Context, Done
from mdt_desktop.sync.patience import Chance, wait_before
from mdt_desktop.sync.protocol import LOG_PAGE, PROTOCOL, Grant, Hello, OpStatus, Page, SentOperation
from mdt_desktop.sync.pull import FeedBroken
from mdt_desktop.sync.remote import (
    AccessRevoked,
    DeviceCopied,
    FeedGone,
    NotTheCentralStore,
    NotYourBucket,
    NumbersMissing,
    Offline,
    Remote,
    RequestRefused,
    SignInEnded,
    SignInNeeded,
    StoreElsewhereFailed,
    TooLarge,
    UpgradeNeeded,
)

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

T = TypeVar("T")
_log = logging.getLogger(__name__)
_MANIFEST_FETCH = 200
_MOST_ROUNDS = 400
_NO_SUCH_PLACE = 404
_LOG_PAGES_FIRST, _LOG_PAGES_AFTER = 1, 40
"""Pages of this laptop's own audit before anything else, and after the records: 500 entries hold nobody up, 20,000
are more than a month's, and what is left goes with the next run."""


class Write(Protocol):
    """Runs work in one transaction on the writer connection, in the thread that owns it."""

    def __call__(self, work: "Callable[[Connection], T]") -> T: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how a run tries again: `tries` for each request, `sleep` in seconds, `chance` for the jitter."""

    sleep: Callable[[float], object]
    tries: int = 4
    chance: Chance = random.random


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: what was sent and taken, what left; kinds and ids of what changed, for the pages."""

    pushed: int = 0
    pulled: int = 0
    evicted: int = 0
    refused: int = 0
    kinds: frozenset[str] = field(default_factory=frozenset)
    ids: frozenset[str] = field(default_factory=frozenset)
    news: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of each record that was taken: by whom it was changed, and when by the central store's clock."""


def silent(done: int, of: int | None) -> None:
    """Nobody asks how far it is."""


class Exchange:
    """A run may stop at any request and is begun anew; every step leaves the store whole.

    `write` runs each transaction, so the network is never waited for inside one. `stopped` is asked between requests.
    `device_name` is what the central store calls this laptop.
    """

    def __init__(
        self,
        write: Write,
        remote: Remote,
        actor: Actor,
        clock: Callable[[], datetime],
        patience: Patience,
        app: str,
        stopped: Callable[[], bool] = lambda: False,
        moved: Callable[[int, int | None], object] = silent,
        device_name: str = "laptop",
        content_moved: Callable[[int, int], object] = silent,
    ) -> None:
        """`moved` hears during a pull how many changes were taken, and of how many where that is known;
        `content_moved` how many bytes of papers are over, and of how many."""
        self._write, self._remote, self._actor, self._clock = write, remote, actor, clock
        self._patience, self._app, self._stopped, self._moved = patience, app, stopped, moved
        self._device_name, self._content_moved = device_name, content_moved
        self._done = Done()
        self._skew = 0
        self._heads: dict[str, tuple[int, int]] = {}
        self._account: Account
        self._limits: Hello
        self._heard_at: datetime
        self._swept: set[str] = set()

    def run(self) -> Outcome:
        """Exchange everything both ways. Raises NotConnected and every `RemoteProblem`; what was done stays done."""
        run_id = new_id(self._clock())
        self._account = self._write(account.needed)
        self._write(lambda connection: account.begin_run(connection, run_id, self._clock()))
        error = ""
        try:
            self._exchange()
        except AccessRevoked:
            error = AccessRevoked.code
            self._revoked()
            raise
        except MdtError as problem:
            error = type(problem).code
            raise
        except BaseException:
            error = "unexpected"
            raise
        finally:
            counts = (self._done.pulled, self._done.pushed, self._done.conflicts)
            self._write(lambda connection: account.end_run(connection, run_id, self._clock(), counts, error))
            record_event(_log, "exchange_ended", rows=min(sum(counts), 9_999_999))
        return self.outcome

    @property
    def outcome(self) -> Outcome:
        """What was done so far; also where the run was stopped."""
        done = self._done
        return Outcome(
            done.pushed, done.pulled, done.evicted, done.refused, frozenset(done.kinds), frozenset(done.ids),
            dict(done.news),
        )  # fmt: skip

    def _revoked(self) -> None:
        """Nothing more is asked: what is held goes, what was not sent is kept apart."""

        def inside(connection: "Connection") -> Done:
            done = Done()
            withdrawal.revoke(Context(connection, self._actor, self._account.device_id, self._clock(), done))
            return done

        self._done.add(self._write(inside))

    def _exchange(self) -> None:
        self._limits = self._try(self._remote.hello)
        self._heard_at = self._clock()
        if self._limits.server != self._account.server_id:
            raise NotTheCentralStore
        self._skew = _ahead(self._limits.time, self._clock())
        lowest, highest = self._limits.protocol
        if not lowest <= PROTOCOL <= highest:
            raise UpgradeNeeded
        try:
            self._both_ways()
        except DeviceCopied:
            self._enrol_anew()
            self._both_ways()

    def _enrol_anew(self) -> None:
        """This store is a copy, or was put back: go on as a device of its own, so that no number counts for two.

        Raises SignInNeeded where the tokens are the other copy's by now; whoever signs in gets a new device as well.
        """
        device, name = str(uuid.uuid4()), self._device_name
        before = self._account.device_id
        tokens = self._signed(lambda access: self._remote.enrol(access, before, device, name))
        self._write(lambda connection: account.enrol(connection, device, tokens))
        self._account = self._write(account.needed)
        self._swept.clear()
        record_event(_log, "device_enrolled_again")

    def _both_ways(self) -> None:
        granted = self._session()
        self._tell_log(_LOG_PAGES_FIRST)
        self._ask_again_for_answers()
        self._leave(granted)
        if self._limits.schema[0] > SCHEMA:
            self._push()  # what was written with an old program is still taken
            raise UpgradeNeeded
        self._pull_all()
        self._push()
        self._pull_all()
        self._confirm()
        self._tell_log(_LOG_PAGES_AFTER)
        self._exchange_content()

    # Who may hold what

    def _session(self) -> frozenset[str]:
        server = self._account.server_id
        held = self._write(lambda connection: witness.held(connection, server))
        answer = self._signed(
            lambda access: self._remote.session(access, self._account.device_id, self._app, SCHEMA, held)
        )
        there = datetime.fromisoformat(self._limits.time)

        def keep(context: Context) -> None:
            account.keep_grants(context.connection, answer)
            account.keep_contact(context.connection, there, self._heard_at)
            witness.hear(context, server, held, answer.audit)

        self._transact(keep)
        return frozenset(it.bucket for it in answer.grants) - frozenset(answer.must_evict)

    def _leave(self, granted: frozenset[str]) -> None:
        """Remove every bucket that is held and not granted any more."""

        def leave(context: Context) -> None:
            for grant in account.grants(context.connection):
                if grant.bucket not in granted:
                    removal.evict_bucket(context, grant.bucket)

        self._transact(leave)

    def _grants(self) -> list[Grant]:
        return self._write(account.grants)

    def _confirm(self) -> None:
        while done := self._write(account.receipts):
            self._signed(partial(self._remote.receipts, device=self._account.device_id, done=done))
            self._write(partial(account.confirmed, done=done))

    # What is new there

    def _pull_all(self) -> None:
        for grant in self._grants():
            try:
                self._pull(grant.bucket)
            except NotYourBucket:
                # It was taken away in the middle of the run.
                granted = self._session()
                if grant.bucket in granted:
                    raise
                self._leave(granted)

    def _pull(self, bucket: str) -> None:
        at_head = False
        while not at_head:
            try:
                page = self._page(bucket)
                sweeps = self._transact(partial(pull.apply_page, bucket=bucket, page=page)).must_sweep
            except (FeedGone, FeedBroken):
                self._sweep(bucket)
                continue
            at_head = page.head
            self._tell_how_far(bucket, page)
            if sweeps and bucket in self._swept:
                record_event(_log, "digest_differs", level=logging.WARNING)
            elif sweeps:
                self._sweep(bucket)
                at_head = False

    def _tell_how_far(self, bucket: str, page: Page) -> None:
        """How many changes of all buckets that were asked for so far are here."""
        if page.last is None or not page.entries:
            return
        self._heads[bucket] = (page.entries[-1].seq, page.last)
        self._moved(sum(it[0] for it in self._heads.values()), sum(it[1] for it in self._heads.values()))

    def _page(self, bucket: str) -> Page:
        at = self._write(lambda connection: ledger.cursor(connection, bucket))
        return self._signed(
            lambda access: self._remote.changes(access, self._account.device_id, bucket, at.position, self._limits.page)
        )

    def _sweep(self, bucket: str) -> None:
        """Compare with the manifest and go on from there; once a run and bucket."""
        if bucket in self._swept:
            raise FeedGone
        self._swept.add(bucket)
        record_event(_log, "sweep_begun")
        device = self._account.device_id
        first = page = self._signed(lambda access: self._remote.manifest(access, device, bucket, 0))
        there = {(type_, id_): ver for type_, id_, ver in page.rows}
        while page.next is not None:
            page = self._signed(partial(self._remote.manifest, device=device, bucket=bucket, page=page.next))
            there |= {(type_, id_): ver for type_, id_, ver in page.rows}
        before = self._write(lambda connection: ledger.cursor(connection, bucket))
        new_epoch = bool(before.epoch) and before.epoch != first.epoch
        other, gone = self._write(lambda connection: sweep.differing(connection, bucket, there))
        self._fetch(bucket, other, new_epoch)
        found = self._fetch(bucket, gone, new_epoch)
        missed = [key for key in gone if key not in found]
        self._transact(lambda context: sweep.miss(context, bucket, missed, new_epoch=new_epoch))
        self._write(lambda connection: sweep.finish(connection, bucket, first.epoch, first.head))
        if new_epoch:
            self._write(blobs.ask_again)

    def _fetch(self, bucket: str, keys: Sequence[ledger.Key], new_epoch: bool) -> set[ledger.Key]:
        found: set[ledger.Key] = set()
        for start in range(0, len(keys), _MANIFEST_FETCH):
            wanted = keys[start : start + _MANIFEST_FETCH]
            versions = self._signed(
                partial(self._remote.fetch, device=self._account.device_id, bucket=bucket, ids=wanted)
            )
            self._transact(partial(sweep.take, bucket=bucket, versions=versions, new_epoch=new_epoch))
            found |= {(it.type, it.id) for it in versions}
        return found

    # What was done here

    def _tell_log(self, pages: int) -> None:
        """Tell the next entries of this laptop's own audit. An older central store does not ask for them."""
        server, device, most = self._account.server_id, self._account.device_id, LOG_PAGE
        for _ in range(pages):
            page = self._write(partial(own_log.next_page, server=server, most=most))
            if page is None:
                return
            try:
                last = self._signed(partial(self._remote.tell_log, device=device, page=page))
            except NumbersMissing as problem:
                last = problem.resend_from - 1  # it lacks entries, as after a restore of its own
            except TooLarge:
                most = max(1, most // 2)
                continue
            except RequestRefused as problem:
                if problem.values.get("status") != _NO_SUCH_PLACE:
                    record_event(_log, "own_audit_refused", level=logging.WARNING)
                return
            self._write(partial(own_log.mark, server=server, last=last))

    # What is new here

    def _ask_again_for_answers(self) -> None:
        """Send what was sent and not answered once more, as it was: the same numbers get the same answers."""
        while self._write(ledger.in_flight):
            self._send(self._limits.push_ops)

    def _push(self) -> None:
        most = self._limits.push_ops
        for _ in range(_MOST_ROUNDS):
            progress, most = self._send(most)
            if not progress:
                return

    def _send(self, most: int) -> tuple[bool, int]:
        """One request of operations; whether anything came of it, and how many to send at once from now on."""
        buckets = {it.locality: it.bucket for it in self._grants() if it.tier == "ordinary"}
        buckets |= {it.bucket: it.bucket for it in self._grants()}
        user, size = self._actor.practitioner_id, self._limits.push_bytes
        batch = self._write(lambda connection: push.next_batch(connection, user, buckets, most, size))
        if not batch:
            return False, most
        try:
            answers = self._signed(lambda access: self._remote.push(access, self._account.device_id, batch))
        except NumbersMissing as problem:
            first = problem.resend_from
            if not self._write(lambda connection: push.renumber(connection, first)):
                raise DeviceCopied from problem
            return True, most
        except TooLarge:
            return self._smaller(batch, most)
        self._transact(lambda context: push.settle(context, answers))
        if any(it.status is OpStatus.UPGRADE for it in answers):
            raise UpgradeNeeded
        return True, min(most * 2, self._limits.push_ops)

    def _smaller(self, batch: Sequence[SentOperation], most: int) -> tuple[bool, int]:
        """Nothing of a request that is too large was taken: its numbers are free again."""

        self._transact(partial(push.thaw, batch=batch))
        return True, max(1, min(most, len(batch)) // 2)

    # Content of papers

    def _exchange_content(self) -> None:
        """After everything else, so that no large paper keeps a change waiting."""
        if not self._limits.blob:
            return
        remote: ContentRemote = self._remote
        run = ContentRun(self._write, self._signed, remote, self._account.device_id, self._content_moved)
        run.send()
        if run.fetch_ahead(self._actor.practitioner_id):
            self._done.kinds.add("blob")

    # Requests and transactions

    def _transact(self, work: Callable[[Context], object]) -> Done:
        """Do work in one transaction, with the caseload and the audit entries that follow from it."""

        def inside(connection: "Connection") -> Done:
            done = Done()
            context = Context(
                connection, self._actor, self._account.device_id, self._clock(), done, platform.node()[:200], self._skew
            )
            work(context)
            context.refresh_lists()
            if done.acts:
                audit_log.append(connection, self._actor, context.now, done.acts)
            return done

        done = self._write(inside)
        self._done.add(done)
        return done

    def _signed(self, ask: Callable[[str], T]) -> T:
        """Ask with the access token; where it has ended, with the next one."""
        if not self._account.refresh:
            raise SignInNeeded  # signed out
        try:
            return self._try(lambda: ask(self._account.access))
        except SignInEnded:
            self._refresh()
        try:
            return self._try(lambda: ask(self._account.access))
        except SignInEnded as problem:
            raise SignInNeeded from problem

    def _refresh(self) -> None:
        tokens = self._remote.refresh(self._account.refresh, self._account.device_id)
        self._write(lambda connection: account.keep_tokens(connection, tokens))
        self._account = self._write(account.needed)

    def _try(self, ask: Callable[[], T]) -> T:
        """Ask, and again after a while where nothing or a failure came back."""
        for attempt in range(1, self._patience.tries + 1):
            if self._stopped():
                raise Stopped
            try:
                return ask()
            except (Offline, StoreElsewhereFailed) as problem:
                if attempt == self._patience.tries:
                    raise
                retry_after = getattr(problem, "retry_after", None)
                self._patience.sleep(wait_before(attempt, retry_after, self._patience.chance))
        raise AssertionError("unreachable")


def _ahead(there: str, here: datetime) -> int:
    """Seconds that the central store's clock is ahead of this one; 0 where it tells no time."""
    try:
        return round((datetime.fromisoformat(there) - here).total_seconds())
    except (ValueError, TypeError):
        return 0


class Stopped(MdtError):
    """Somebody asked the run to stop; what was done stays done."""

    code = "sync_stopped"
