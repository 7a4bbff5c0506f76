"""Reads who makes a request and lets nothing larger than the limits in; what is not let through is refused."""

import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import orjson
from fastapi import Request

from mdt_desktop.central import audit, tokens
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import (
    CentralRefusal,
    NotSignedIn,
    RequestTooLarge,
    TooManyTries,
    UpgradeNeeded,
)
from mdt_desktop.central.fhir_api.outcomes import outcome_of
from mdt_desktop.central.packed import unpacked
from mdt_desktop.central.rules import MOST_BYTES
from mdt_desktop.central.tokens import Caller
from mdt_desktop.words import sentence

PROTOCOL = 1
_READS = (b"accept-encoding", b"gzip")
REFUSALS_A_MINUTE, PAGES_A_MINUTE = 60, 600
_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]


class RequestRate:
    """Requests of one kind in the last minute, by whoever makes them: this many, and no more.

    Refused tokens are counted by address, as each is one audit entry and nobody may fill the audit; pages by device, so
    that a stolen laptop's token does not carry a borough off in a minute. Each process counts for itself.
    """

    def __init__(
        self, most: int, refusal: type[TooManyTries] = TooManyTries, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._refusal, self._clock = most, refusal, clock
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def admit(self, by: str) -> None:
        """Raise the refusal where there were as many as there may be."""
        with self._lock:
            times = self._recent(by)
            if times is not None and len(times) >= self._most:
                raise self._refusal(seconds=max(1, math.ceil(times[0] + 60 - self._clock())))

    def count(self, by: str) -> None:
        """One more."""
        with self._lock:
            self._times.setdefault(by, deque()).append(self._clock())
            for known in list(self._times):
                self._recent(known)

    def _recent(self, by: str) -> deque[float] | None:
        times = self._times.get(by)
        while times and times[0] <= self._clock() - 60:
            times.popleft()
        if times is not None and not times:
            del self._times[by]
            return None
        return times


def address_of(request: Request) -> str:
    """The address that the connection came from; headers that could be written by anybody are not asked."""
    return request.client.host if request.client else ""


def require_protocol(request: Request) -> None:
    """Raise UpgradeNeeded for another protocol than this one, or none."""
    if request.headers.get("sync-protocol") != str(PROTOCOL):
        raise UpgradeNeeded


def caller(request: Request) -> Caller:
    """Who makes the request, by the token and the device that it was given to. Raises NotSignedIn and its kinds.

    Each refusal is one audit entry, without the token.
    """
    store: CentralStore = request.app.state.store
    rate: RequestRate = request.app.state.refusals
    address = address_of(request)
    rate.admit(address)
    require_protocol(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    device = request.headers.get("sync-device", "")
    try:
        if scheme.casefold() != "bearer" or not token or not device:
            raise NotSignedIn
        with store.database.reading() as connection:
            found = tokens.caller_of(connection, token, device, store.clock())
        if found.scopes:
            # A token that was given for some of the FHIR façade opens no exchange, which gives out everything.
            raise NotSignedIn
        return found
    except NotSignedIn as refused:
        rate.count(address)
        note_refusal(store, refused, device)
        raise


def paced_caller(request: Request) -> Caller:
    """As `caller`, for what gives out records. Raises TooManyPages as well."""
    who = caller(request)
    rate: RequestRate = request.app.state.pages
    rate.admit(who.device)
    rate.count(who.device)
    return who


def note_refusal(store: CentralStore, refused: CentralRefusal, device: str) -> None:
    """One audit entry for somebody who was not let in."""
    act = CentralAct("refused", device=device[:36] if device.isascii() else "", detail=type(refused).code)
    store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))


class BodyLimit:
    """Refuses a body above the limit as soon as that many bytes have come, whatever its length was said to be.

    One that is compressed is unpacked here, to the same limit; every answer says that gzip is read (RFC 9110, 12.5.3).
    """

    def __init__(self, app: _App, most: int = MOST_BYTES) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Pass the request on, counting what comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        told = headers.get(b"content-length", b"0")
        if not told.isdigit() or int(told) > self._most:
            await _refuse(scope, send, RequestTooLarge(limit=self._most))
            return
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._most:
                await _refuse(scope, send, RequestTooLarge(limit=self._most))
                return
        try:
            plain = unpacked(bytes(body), headers.get(b"content-encoding", b"").decode("latin-1"), self._most)
        except CentralRefusal as refused:
            await _refuse(scope, send, refused)
            return
        whole: _Message | None = {"type": "http.request", "body": plain, "more_body": False}

        async def replay() -> _Message:
            nonlocal whole
            if whole is None:
                return await receive()
            message, whole = whole, None
            return message

        async def telling(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), _READS]
            await send(message)

        await self._app(scope, replay, telling)


async def _refuse(scope: _Message, send: _Send, error: CentralRefusal) -> None:
    document: Mapping[str, Any] = {"code": type(error).code, "message": sentence(error), **error.values}
    kind = b"application/json"
    if str(scope["path"]).startswith("/fhir/"):
        document, kind = outcome_of(error), b"application/fhir+json"
    body = orjson.dumps(document)
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), _READS]
    status = type(error).status
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
