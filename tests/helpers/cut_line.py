"""A line between a laptop and its central store that is cut, sends twice, is slow, or leads to somebody else."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

_PART = 4096
_WAIT = 20.0


@dataclass(frozen=True)
class Cut:
    """What happens to one connection: bytes that go through each way (None: all), and what else is done to it."""

    up: int | None = None
    down: int | None = None
    twice: bool = False
    """The request is delivered a second time, and only the second answer goes back."""
    part: int = _PART
    pause: float = 0.0
    """Seconds between two parts: a slow line, ended early when the line is closed."""


WHOLE = Cut()


class Line:
    """Listens on this computer and passes on to `target`; `cuts` are used up one a request, then all goes through."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts: list[Cut] = []
        self.wanted: Callable[[bytes], bool] = lambda head: True
        """Which requests a cut is for, by the first bytes of each."""
        self.connections = 0
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._near: list[socket.socket] = []
        self._begin(self._accept)

    def _begin(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="cut line")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._near.append(near)
            near.settimeout(_WAIT)
            self._begin(lambda near=near: self._serve(near))  # type: ignore[misc]

    def _serve(self, near: socket.socket) -> None:
        with near, suppress(OSError):
            while not self._closing.is_set():
                request = _whole_request(near)
                if not request:
                    return
                cut = self.cuts.pop(0) if self.cuts and self.wanted(request[:200]) else WHOLE
                if cut.up == 0:
                    return
                answer = b""
                for _ in range(2 if cut.twice else 1):
                    answer = self._asked(request if cut.up is None else request[: cut.up], cut, whole=cut.up is None)
                if cut.up is not None:
                    return
                self._send(near, answer if cut.down is None else answer[: cut.down], cut)
                if cut.down is not None:
                    return

    def _asked(self, request: bytes, cut: Cut, *, whole: bool) -> bytes:
        with socket.create_connection(self._target, timeout=_WAIT) as far:
            self._send(far, request, cut)
            if not whole:
                return b""
            return _whole_answer(far)

    def _send(self, to: socket.socket, content: bytes, cut: Cut) -> None:
        for start in range(0, len(content), cut.part):
            to.sendall(content[start : start + cut.part])
            if cut.pause and self._closing.wait(cut.pause):
                return

    def hang_up(self) -> None:
        """End the connections there are, as another network does; new ones go through."""
        for near in self._near:
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)
        self._near.clear()

    def close(self) -> None:
        """End every connection."""
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_WAIT)


def _whole_request(near: socket.socket) -> bytes:
    """Head and body of the next request; empty where the laptop has hung up."""
    return _message(near)


def _whole_answer(far: socket.socket) -> bytes:
    return _message(far)


def _message(end: socket.socket) -> bytes:
    received = bytearray()
    while b"\r\n\r\n" not in received:
        part = end.recv(65536)
        if not part:
            return b""
        received += part
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    while len(body) < length:
        part = end.recv(65536)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body


@contextmanager
def line_to(target: str) -> Iterator[Line]:
    """A line that is closed at the end."""
    line = Line(target)
    try:
        yield line
    finally:
        line.close()


@contextmanager
def answering_with(answer: bytes) -> Iterator[str]:
    """Somebody who answers every request with the same bytes, as a portal of a network does; the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def serve() -> None:
        while not closing.is_set():
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near, suppress(OSError):
                near.settimeout(_WAIT)
                if _message(near):
                    near.sendall(answer)

    thread = threading.Thread(target=serve, name="portal")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        closing.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(_WAIT)
