"""The central store over HTTPS: one request each, its errors by name, and nothing read that is not ours."""

import base64
import gzip
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import orjson

from mdt_desktop.domain.audit_head import AuditHead
from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.sync import answers, content_wire, witness
from mdt_desktop.sync.answers import Reading
from mdt_desktop.sync.content_wire import ContentHeld
from mdt_desktop.sync.protocol import (
    PROTOCOL,
    AnswerNotUnderstood,
    HandedOver,
    HandedOverTo,
    HandoverAnswer,
    Hello,
    LogPage,
    ManifestPage,
    OpResult,
    Page,
    Pen,
    Removed,
    SentOperation,
    SessionAnswer,
    Tokens,
    Version,
)
from mdt_desktop.sync.remote import (
    AccessRevoked,
    CodeNeeded,
    ContentNotThere,
    ContentRefused,
    DeviceCopied,
    FeedGone,
    NoAccountThere,
    NotTheCentralStore,
    NotYourBucket,
    NumbersMissing,
    Offline,
    RemoteProblem,
    RequestRefused,
    SignInEnded,
    SignInInBrowser,
    SignInNeeded,
    StoreElsewhereFailed,
    TooLarge,
    UpgradeNeeded,
)
from mdt_desktop.sync.sealed_file import REFUSALS, PublicKeys

T = TypeVar("T")
_SECONDS = httpx.Timeout(30, connect=10)
_MOST_ANSWER_BYTES = 32 << 20
_WORTH_PACKING = 1024
_BY_CODE: Mapping[str, type[RemoteProblem]] = {
    "second_factor_needed": CodeNeeded,
    "sign_in_elsewhere": SignInInBrowser,
    "no_account_here": NoAccountThere,
    "no_such_blob": ContentNotThere,
    "blob_wrong": ContentRefused,
}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class CentralAddressRefused(BadInput):
    """The address is none that the program goes to: it must be https, or http on this computer. Values: `url`."""

    code = "sync_address_refused"


def checked_address(url: str) -> str:
    """The address without what follows the host's path. Raises CentralAddressRefused."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise CentralAddressRefused(url=url) from error
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not secure or not host or parts.username or parts.query or parts.fragment:
        raise CentralAddressRefused(url=url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


class HttpRemote:
    """Speaks to the central store at one address; to be closed, or used as a `with` block.

    Redirects are not followed: tokens go to no other address. Larger requests go compressed once an answer has said
    that the central store reads gzip; an older one does not, and gets them as they are.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        """`transport` takes the place of the network in tests. Raises CentralAddressRefused."""
        self._http = httpx.Client(
            base_url=checked_address(url), timeout=_SECONDS, transport=transport, follow_redirects=False
        )
        self._packs = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def hello(self) -> Hello:
        """Who is there. Raises a `RemoteProblem`, as all requests do."""
        return _read(answers.hello, self._ask("GET", "hello"))

    def register(self, user: str, password: str, device: str, device_name: str, totp: str = "") -> Tokens:
        """Sign in without a browser and register this device; `totp` where the account has a second factor."""
        given = {"user": user, "password": password, "device": device, "device_name": device_name, "totp": totp}
        return _read(answers.tokens, self._sign_in("register", given))

    def refresh(self, refresh: str, device: str) -> Tokens:
        """The next pair of tokens."""
        return _read(answers.tokens, self._sign_in("refresh", {"refresh": refresh, "device": device}))

    def sign_in(self, id_token: str, proof: str, device: str, device_name: str) -> Tokens:
        """Finish a sign-in in the browser and register this device."""
        given = {"id_token": id_token, "proof": proof, "device": device, "device_name": device_name}
        return _read(answers.tokens, self._sign_in("sign_in", given))

    def sign_out(self, refresh: str, device: str) -> None:
        """End every token of this device's sign-in."""
        self._ask("POST", "sign_out", {"refresh": refresh, "device": device})

    def _sign_in(self, path: str, given: Mapping[str, Any]) -> object:
        try:
            return self._ask("POST", path, given)
        except (SignInEnded, NotYourBucket) as problem:
            raise SignInNeeded from problem

    def enrol(self, access: str, device: str, new_device: str, device_name: str) -> Tokens:
        """Another device for the same user, in the place of one whose numbers are another store's as well."""
        given = {"device": new_device, "device_name": device_name}
        return _read(answers.tokens, self._ask("POST", "enrol", given, access=access, device=device))

    def session(
        self, access: str, device: str, app: str, schema: int, held: AuditHead | None = None
    ) -> SessionAnswer:
        """What may be held, and what became of the audit's head that was remembered."""
        given: dict[str, object] = {"device": device, "app": app, "schema": schema}
        if held is not None:
            given["audit"] = witness.document(held)
        return _read(witness.session, self._ask("POST", "session", given, access=access, device=device))

    def changes(self, access: str, device: str, bucket: str, after: str, limit: int) -> Page:
        """The next page of a bucket's feed."""
        query = {"after": after, "limit": str(limit)}
        answer = self._ask("GET", f"buckets/{bucket}/changes", access=access, device=device, query=query)
        return _read(answers.page, answer)

    def manifest(self, access: str, device: str, bucket: str, page: int) -> ManifestPage:
        """A page of the list of everything in a bucket."""
        answer = self._ask("GET", f"buckets/{bucket}/manifest", access=access, device=device, query={"page": str(page)})
        return _read(answers.manifest, answer)

    def fetch(self, access: str, device: str, bucket: str, ids: Sequence[tuple[str, str]]) -> tuple[Version, ...]:
        """Some records whole."""
        given = {"ids": [list(it) for it in ids]}
        return _read(
            answers.fetched, self._ask("POST", f"buckets/{bucket}/fetch", given, access=access, device=device)
        )

    def push(self, access: str, device: str, operations: Sequence[SentOperation]) -> tuple[OpResult, ...]:
        """Send operations; one result each."""
        given = {"device": device, "ops": [it.document() for it in operations]}
        answer = self._ask("POST", "push", given, access=access, device=device)
        return _read(lambda document: answers.results(document, operations), answer)

    def receipts(self, access: str, device: str, done: Sequence[Removed]) -> None:
        """Confirm what was removed."""
        listed = [{"kind": it.kind, "bucket": it.bucket, "type": it.type, "id": it.id} for it in done]
        self._ask("POST", "receipts", {"device": device, "done": listed}, access=access, device=device)

    def tell_log(self, access: str, device: str, page: LogPage) -> int:
        """Tell entries of this laptop's own audit; the number of the last that is known now."""
        given = {"device": device, **page.document()}
        return _read(answers.log_told, self._ask("POST", "audit", given, access=access, device=device))

    def publish(self, access: str, device: str, own: PublicKeys) -> PublicKeys:
        """Give this device's public keys for carried files; the central store's."""
        given = {"device": device, "sign": own.sign, "seal": own.seal}
        answer = self._ask("POST", "keys", given, access=access, device=device)
        return _read(lambda it: PublicKeys(Reading(it).text("sign"), Reading(it).text("seal")), answer)

    def pen(self, access: str, device: str, bucket: str, meeting: str, wish: str) -> Pen:
        """Look who holds the pen of a meeting, or `take`, `ask`, `give` or `end` it."""
        given = {"meeting": meeting, "wish": wish}
        return _read(answers.pen, self._ask("POST", f"buckets/{bucket}/pen", given, access=access, device=device))

    def carry(self, access: str, device: str, bundle: bytes) -> bytes:
        """Bring a sealed file of changes; its sealed answer. Raises a `BundleRefused` as well."""
        given = {"bundle": base64.b64encode(bundle).decode("ascii")}
        answer = self._ask("POST", "carried", given, access=access, device=device)
        try:
            return base64.b64decode(_read(lambda it: Reading(it).text("answer"), answer), validate=True)
        except ValueError as error:
            raise NotTheCentralStore from error

    def handover(self, access: str, device: str, given: Sequence[HandedOver]) -> dict[str, HandoverAnswer]:
        """Give unsent changes of records that had to leave to the team that has them now."""
        listed = {"device": device, "items": [it.document() for it in given]}
        return _read(answers.handover_answers, self._ask("POST", "handover", listed, access=access, device=device))

    def handovers(self, access: str, device: str, bucket: str) -> tuple[HandedOverTo, ...]:
        """What was handed over to a bucket and nobody has settled."""
        return _read(answers.handovers, self._ask("GET", f"buckets/{bucket}/handovers", access=access, device=device))

    def settle_handover(self, access: str, device: str, bucket: str, id_: str, outcome: str) -> None:
        """Say what became of it: `taken_in` or `left_out`."""
        place = f"buckets/{bucket}/handovers/{id_}"
        self._ask("POST", place, {"outcome": outcome}, access=access, device=device)

    def content_held(self, access: str, device: str, bucket: str, sha256: str) -> ContentHeld:
        """How much of some content the central store has."""
        answer = self._ask("GET", f"blobs/{bucket}/{sha256}/held", access=access, device=device)
        return _read(content_wire.content_held, answer)

    def send_piece(
        self, access: str, device: str, bucket: str, sha256: str, start: int, total: int, piece: bytes
    ) -> ContentHeld:
        """Send the piece of some content that begins at byte `start`."""
        headers = {
            **_signed_headers(access, device),
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{total}",
        }
        answer = self._exchanged("POST", f"blobs/{bucket}/{sha256}", headers, piece, self._taken)
        return _read(content_wire.content_held, answer)

    def content_part(self, access: str, device: str, bucket: str, sha256: str, first: int, last: int) -> bytes:
        """The bytes of some content from `first` to `last`, or fewer from the first on."""
        headers = _signed_headers(access, device)
        headers |= {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}

        def taken(answer: httpx.Response) -> bytes:
            if answer.status_code != 206:
                self._taken(answer)
                raise NotTheCentralStore
            given = bytearray()
            for part in answer.iter_bytes():
                given += part
                if len(given) > last - first + 1:
                    raise NotTheCentralStore
            span = answer.headers.get("content-range", "").partition("/")[0]
            if not given or span != f"bytes {first}-{first + len(given) - 1}":
                raise NotTheCentralStore
            return bytes(given)

        return self._exchanged("GET", f"blobs/{bucket}/{sha256}", headers, None, taken)

    def _ask(
        self,
        method: str,
        path: str,
        given: Mapping[str, Any] | None = None,
        *,
        access: str = "",
        device: str = "",
        query: Mapping[str, str] | None = None,
    ) -> object:
        headers = _signed_headers(access, device)
        body = None
        if given is not None:
            body = orjson.dumps(given)
            headers["Content-Type"] = "application/json"
            if self._packs and len(body) >= _WORTH_PACKING:
                body = gzip.compress(body, 6, mtime=0)
                headers["Content-Encoding"] = "gzip"
        return self._exchanged(method, path, headers, body, self._taken, query)

    def _exchanged(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        taken: Callable[[httpx.Response], T],
        query: Mapping[str, str] | None = None,
    ) -> T:
        """One request; its answer is read by `taken` while the connection is open. Raises Offline."""
        try:
            with self._http.stream(
                method, f"/sync/v1/{path}", params=query, content=body, headers=dict(headers)
            ) as answer:
                return taken(answer)
        except httpx.HTTPError as error:
            raise Offline from error

    def _taken(self, answer: httpx.Response) -> object:
        self._packs = "gzip" in answer.headers.get("accept-encoding", "")
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > _MOST_ANSWER_BYTES:
                raise NotTheCentralStore
        if answer.status_code >= 500:
            raise StoreElsewhereFailed(_seconds(answer))
        document: object = None
        if answer.headers.get("content-type", "").partition(";")[0].strip() == "application/json":
            try:
                document = orjson.loads(bytes(body))
            except orjson.JSONDecodeError as error:
                raise NotTheCentralStore from error
        if answer.is_success and (document is not None or answer.status_code == 204):
            return document
        raise _problem(answer, document if isinstance(document, Mapping) else None)


def _signed_headers(access: str, device: str) -> dict[str, str]:
    headers = {"Sync-Protocol": str(PROTOCOL), "Accept": "application/json"}
    if access:
        headers |= {"Authorization": f"Bearer {access}", "Sync-Device": device}
    return headers


def _problem(answer: httpx.Response, document: Mapping[str, Any] | None) -> MdtError:
    """The error of a whole request by its status and code."""
    if answer.status_code == 429:
        return StoreElsewhereFailed(_seconds(answer))
    if document is None:
        return NotTheCentralStore()
    code = document.get("code")
    if isinstance(code, str) and code in _BY_CODE:
        return _BY_CODE[code]()
    match answer.status_code:
        case 400 if code in REFUSALS:
            return REFUSALS[code]()
        case 401:
            if code == "device_revoked":
                return AccessRevoked()
            return SignInNeeded() if code == "sign_in_refused" else SignInEnded()
        case 403:
            return NotYourBucket()
        case 409:
            first = document.get("resend_from")
            return NumbersMissing(first) if isinstance(first, int) else DeviceCopied()
        case 410:
            return FeedGone()
        case 413:
            return TooLarge()
        case 426:
            return UpgradeNeeded()
        case status:
            return RequestRefused(status=status)


def _seconds(answer: httpx.Response) -> float | None:
    """Retry-After in seconds; a date is not sent by the central store and counts as nothing."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdecimal() and len(text) < 7 else None


def _read(read: Callable[[object], T], document: object) -> T:
    try:
        return read(document)
    except AnswerNotUnderstood as error:
        raise NotTheCentralStore from error
