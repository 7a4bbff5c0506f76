"""Refuses every network address but this computer's own, while tests run."""

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "", None})


class NetworkRefusedError(OSError):
    """A test tried to leave this computer."""


def is_local(host: object) -> bool:
    """Whether a host name or address is this computer itself."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _check(address: object) -> None:
    # A Unix socket's address is a path, not a pair; it cannot leave the computer.
    if isinstance(address, tuple) and not is_local(address[0]):
        raise NetworkRefusedError(f"tests have no network; something asked for {address[0]!r}")


@contextmanager
def loopback_only(socket_module: ModuleType) -> Iterator[None]:
    """Guard `connect`, `connect_ex`, `sendto` and name look-up of the socket module."""
    kind: Any = socket_module.socket
    originals: dict[str, Callable[..., Any]] = {
        name: getattr(kind, name) for name in ("connect", "connect_ex", "sendto")
    }
    look_up = socket_module.getaddrinfo

    def guarded(name: str) -> Callable[..., Any]:
        def call(self: object, *arguments: Any) -> Any:
            _check(arguments[-1])
            return originals[name](self, *arguments)

        return call

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        _check((host,))
        return look_up(host, *arguments, **options)

    for name in originals:
        setattr(kind, name, guarded(name))
    vars(socket_module)["getaddrinfo"] = guarded_look_up
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(kind, name, original)
        vars(socket_module)["getaddrinfo"] = look_up
