"""The central store as the exchange sees it, and what can go wrong on the way there.

RemoteProblem
├── Offline               no connection, or it was cut; nothing is known of what was sent
├── StoreElsewhereFailed  the central store failed (5xx); `retry_after` seconds where it says when to come again
├── NotTheCentralStore    something else answered: a portal, a proxy, another store
├── SignInEnded           the access token has ended; the refresh token may give the next
├── SignInNeeded          somebody has to sign in again
│   └── AccessRevoked     the user or this device may hold nothing any more
├── CodeNeeded            the account asks for a one-time code as well
├── SignInInBrowser       people of that store sign in in the browser only
├── NoAccountThere        who signed in has no account in that store
├── OtherAccount          what waits here is of another account
├── NotYourBucket         this user may not hold it (any more)
├── FeedGone              the cursor is too old or of another epoch: compare with the manifest
├── NumbersMissing        operations are missing; `resend_from`
├── DeviceCopied          a number came again with other contents: this store is a copy, or was put back
├── TooLarge              the request is over a limit
├── UpgradeNeeded         this program is too old
├── ContentNotThere       the content of a paper has not arrived there
├── ContentRefused        other content arrived there than the paper names
└── RequestRefused        any other refusal of a whole request
"""

from collections.abc import Sequence
from typing import Protocol

from mdt_desktop.domain.audit_head import AuditHead
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.sync.content_wire import ContentHeld
from mdt_desktop.sync.protocol import (
    HandedOver,
    HandedOverTo,
    HandoverAnswer,
    Hello,
    LogPage,
    ManifestPage,
    OpResult,
    Page,
    Removed,
    SentOperation,
    SessionAnswer,
    Tokens,
    Version,
)


class RemoteProblem(MdtError):
    """The exchange could not go on; nothing is lost, what waits goes on waiting."""

    code = "sync_failed"


class Offline(RemoteProblem):
    """The central store cannot be reached, or the connection was cut."""

    code = "sync_offline"


class StoreElsewhereFailed(RemoteProblem):
    """The central store failed or is busy."""

    code = "sync_store_failed"

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__()
        self.retry_after = retry_after


class NotTheCentralStore(RemoteProblem):
    """What answered is not the central store this device is connected to."""

    code = "sync_not_the_store"


class SignInEnded(RemoteProblem):
    """The access token has ended."""

    code = "sync_sign_in_ended"


class SignInNeeded(RemoteProblem):
    """Name and password were refused, or the device or its account was revoked."""

    code = "sync_sign_in_needed"


class AccessRevoked(SignInNeeded):
    """The account or this device was revoked: what is held is to be removed, and nothing is sent."""

    code = "sync_revoked"


class CodeNeeded(RemoteProblem):
    """Name and password are right, and the account has a second factor."""

    code = "sync_code_needed"


class SignInInBrowser(RemoteProblem):
    """People of this central store sign in with their own provider, in the browser."""

    code = "sync_sign_in_in_browser"


class NoAccountThere(RemoteProblem):
    """The provider knows who it is; the central store has no account of theirs."""

    code = "sync_no_account_there"


class OtherAccount(RemoteProblem):
    """Somebody else signed in than the one whose changes wait here. Values: `user`, `waiting`."""

    code = "sync_other_account"


class NotYourBucket(RemoteProblem):
    """The user may not hold this bucket."""

    code = "sync_not_your_bucket"


class FeedGone(RemoteProblem):
    """The place in the feed is known no longer."""

    code = "sync_feed_gone"


class NumbersMissing(RemoteProblem):
    """The central store expects another number first."""

    code = "sync_numbers_missing"

    def __init__(self, resend_from: int) -> None:
        super().__init__()
        self.resend_from = resend_from


class DeviceCopied(RemoteProblem):
    """The central store knows a number with other contents: this store is a copy or was put back to an older state."""

    code = "sync_device_copied"


class TooLarge(RemoteProblem):
    """The request is larger than the central store takes."""

    code = "sync_too_large"


class UpgradeNeeded(RemoteProblem):
    """This program is too old for the central store."""

    code = "sync_upgrade_needed"


class ContentNotThere(RemoteProblem):
    """The central store does not have the content: the laptop it was added on has not sent it yet."""

    code = "sync_content_not_there"


class ContentRefused(RemoteProblem):
    """What arrived at the central store was other content than the paper names; it kept nothing of it."""

    code = "sync_content_refused"


class RequestRefused(RemoteProblem):
    """A refusal that the program has no other name for. Values: `status`."""

    code = "sync_request_refused"


class Remote(Protocol):
    """The requests of the wire contract; each raises a `RemoteProblem`."""

    def hello(self) -> Hello: ...

    def register(self, user: str, password: str, device: str, device_name: str) -> Tokens: ...

    def refresh(self, refresh: str, device: str) -> Tokens: ...

    def enrol(self, access: str, device: str, new_device: str, device_name: str) -> Tokens: ...

    def session(
        self, access: str, device: str, app: str, schema: int, held: AuditHead | None = None
    ) -> SessionAnswer: ...

    def changes(self, access: str, device: str, bucket: str, after: str, limit: int) -> Page: ...

    def manifest(self, access: str, device: str, bucket: str, page: int) -> ManifestPage: ...

    def fetch(self, access: str, device: str, bucket: str, ids: Sequence[tuple[str, str]]) -> tuple[Version, ...]: ...

    def push(self, access: str, device: str, operations: Sequence[SentOperation]) -> tuple[OpResult, ...]: ...

    def receipts(self, access: str, device: str, done: Sequence[Removed]) -> None: ...

    def content_held(self, access: str, device: str, bucket: str, sha256: str) -> ContentHeld: ...

    def send_piece(
        self, access: str, device: str, bucket: str, sha256: str, start: int, total: int, piece: bytes
    ) -> ContentHeld: ...

    def content_part(self, access: str, device: str, bucket: str, sha256: str, first: int, last: int) -> bytes: ...

    def tell_log(self, access: str, device: str, page: LogPage) -> int: ...


class HandoverRemote(Remote, Protocol):
    """The requests about what had to leave before it was sent."""

    def handover(self, access: str, device: str, given: Sequence[HandedOver]) -> dict[str, HandoverAnswer]: ...

    def handovers(self, access: str, device: str, bucket: str) -> tuple[HandedOverTo, ...]: ...

    def settle_handover(self, access: str, device: str, bucket: str, id_: str, outcome: str) -> None: ...
