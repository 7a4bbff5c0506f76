"""Waits on this computer for the browser to come back from signing in: one answer, then nobody (RFC 8252)."""

import hmac
import selectors
import socket
import time
from collections.abc import Callable, Mapping
from html import escape
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from mdt_desktop.sync.remote import RemoteProblem
from mdt_desktop.words import words

WAIT_SECONDS = 120.0
"""As long as somebody may take to sign in (SECURITY I.4); who takes longer begins again with one click."""
_PATH = "/signed-in"
_MOST_BYTES = 16 << 10
_MOST_CONNECTIONS = 32
_LOOK_SECONDS = 0.1
_SEND_SECONDS = 2.0
_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>
"""


class SignInTookTooLong(RemoteProblem):
    """Nobody came back from the browser in time."""

    code = "sign_in_took_too_long"


class SignInCancelled(RemoteProblem):
    """Somebody turned back, here or in the browser."""

    code = "sign_in_cancelled"


class Loopback:
    """Listens on 127.0.0.1 at a port that the system gives, from its making until it is closed; a `with` block."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._heard: dict[socket.socket, bytearray] = {}

    @property
    def address(self) -> str:
        """Where the browser is to be sent back to."""
        return f"http://127.0.0.1:{self._port}{_PATH}"

    @property
    def _port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Answer nobody any more."""
        for connection in list(self._heard):
            self._drop(connection)
        self._selector.close()
        self._listener.close()

    def wait(
        self, state: str, cancelled: Callable[[], bool], seconds: float = WAIT_SECONDS
    ) -> Mapping[str, str]:
        """What the browser brings back with this `state`; anything else is turned away and waited past.

        Raises SignInCancelled, SignInTookTooLong.
        """
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if cancelled():
                raise SignInCancelled
            for key, _ in self._selector.select(_LOOK_SECONDS):
                found = self._look(key.fileobj, state)
                if found is not None:
                    return found
        raise SignInTookTooLong

    def _look(self, at: object, state: str) -> Mapping[str, str] | None:
        if at is self._listener:
            self._take()
            return None
        if not isinstance(at, socket.socket) or at not in self._heard:
            return None  # dropped a moment ago, to make room
        try:
            heard = at.recv(_MOST_BYTES)
        except OSError:
            heard = b""
        so_far = self._heard[at]
        so_far += heard
        if heard and b"\r\n\r\n" not in so_far and len(so_far) <= _MOST_BYTES:
            return None
        found = self._asked(bytes(so_far), state)
        if heard:
            self._answer(at, found)
        self._drop(at)
        return found

    def _take(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        if len(self._heard) >= _MOST_CONNECTIONS:
            # Browsers open some ahead and say nothing on them: the oldest goes.
            self._drop(next(iter(self._heard)))
        connection.setblocking(False)
        self._heard[connection] = bytearray()
        self._selector.register(connection, selectors.EVENT_READ)

    def _drop(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._heard[connection]
        connection.close()

    def _asked(self, head: bytes, state: str) -> Mapping[str, str] | None:
        """The parameters of the request that is waited for: its path, its host (no rebound name) and its state."""
        try:
            first, *lines = head.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
            method, target, version = first.split(" ")
            parts = urlsplit(target)
            given = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20)
        except ValueError:
            return None
        hosts = [line.partition(":")[2].strip() for line in lines if line.casefold().startswith("host:")]
        ours = hosts == [f"127.0.0.1:{self._port}"] and version.startswith("HTTP/1.")
        if method != "GET" or parts.path != _PATH or not ours or len(dict(given)) != len(given):
            return None
        found = dict(given)
        return found if hmac.compare_digest(found.get("state", "").encode(), state.encode()) else None

    def _answer(self, connection: socket.socket, found: Mapping[str, str] | None) -> None:
        """Tell the browser in words how it went; one that hears nothing of it changes nothing."""
        if found is None:
            status, name = "404 Not Found", "elsewhere"
        else:
            status, name = "200 OK", "went_well" if "code" in found else "turned_back"
        title, text = (escape(words(f"sign_in.page.{name}.{part}")) for part in ("title", "text"))
        body = _PAGE.format(title=title, text=text).encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
            "Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
        )
        try:
            connection.settimeout(_SEND_SECONDS)
            connection.sendall(head.encode() + body)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            return
