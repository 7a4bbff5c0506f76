"""Runs the central store as a server: on this computer as it is, beyond it over TLS only."""

import ipaddress
import logging
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import CertificateUnusable, ListenRefused, NotSecure
from mdt_desktop.logs.running import OWN, AllowListFormatter

_BACKLOG = 256
_KEEP_ALIVE_SECONDS = 30
_CLOSE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server is to listen, and its certificate and key; port 0 takes a free one."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


def serve(store: CentralStore, where: Listening, started: Callable[[str], None]) -> None:
    """Answer until a signal asks to end; `started` is told the address.

    Raises NotSecure, CertificateUnusable, ListenRefused before anything is answered.
    """
    secure = where.certificate is not None
    if secure:
        _check_certificate(where)
    with closing(_bound(where)) as listener:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(
            create_app(store),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_CLOSE_SECONDS,
            ssl_certfile=where.certificate,
            ssl_keyfile=where.key,
        )
        _log_to_stderr()
        # Connections wait in the backlog from here on, so whoever is told the address can use it.
        started(f"{'https' if secure else 'http'}://{shown}:{port}")
        uvicorn.Server(config).run(sockets=[listener])


def require_secure(where: Listening) -> None:
    """Raise NotSecure for an address beyond this computer without a certificate and its key."""
    if where.certificate is not None and where.key is not None:
        return
    try:
        found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as problem:
        raise ListenRefused(host=where.host, port=where.port, reason=_reason(problem)) from problem
    if not all(_is_loopback(str(address[4][0])) for address in found):
        raise NotSecure(host=where.host)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _bound(where: Listening) -> socket.socket:
    require_secure(where)
    try:
        family, _, _, _, address = socket.getaddrinfo(
            where.host, where.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError, OverflowError) as problem:
        raise ListenRefused(host=where.host, port=where.port, reason=_reason(problem)) from problem


def _check_certificate(where: Listening) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(str(where.certificate), str(where.key))
    except (OSError, ValueError) as problem:
        raise CertificateUnusable(reason=_reason(problem)) from problem


def _log_to_stderr() -> None:
    """Events and places, never what was asked for (SECURITY R21); uvicorn's own lines would name addresses."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AllowListFormatter())
    own = logging.getLogger(OWN)
    own.setLevel(logging.INFO)
    own.handlers, own.propagate = [handler], False
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = [handler]
        logging.getLogger(name).setLevel(logging.ERROR)
        logging.getLogger(name).propagate = False


def _reason(problem: BaseException) -> str:
    told = problem.strerror if isinstance(problem, OSError) else None
    return str(told or type(problem).__name__)
