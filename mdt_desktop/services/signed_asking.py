"""One at a time with the central store: an exchange, or one question outside of it, as whoever is signed in."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.sync import account
from mdt_desktop.sync.account import Account
from mdt_desktop.sync.engine import Write
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.remote import SignInEnded, SignInNeeded

T = TypeVar("T")
_RUNNING = threading.Lock()
WHILE_OTHERS_END = 60.0
"""Seconds that what somebody asked for waits for an exchange by itself to end; most take one or two."""


class SyncUnderWay(NotAllowed):
    """One exchange at a time: another one is running in this program."""

    code = "sync_under_way"


@contextmanager
def alone(wait: float = 0.0) -> Iterator[None]:
    """Nothing else is asked meanwhile: two that renew the tokens at once would end the sign-in (SYNC 5.11).

    `wait` is how many seconds another one may take to end; never wait in the thread that owns the writer beside others.
    Raises SyncUnderWay.
    """
    if not _RUNNING.acquire(timeout=wait):
        raise SyncUnderWay
    try:
        yield
    finally:
        _RUNNING.release()


def signed(opened: HttpRemote, write: Write, ask: Callable[[Account], T]) -> T:
    """Ask with the access token; where it has ended, with the next one, which is kept before it is used.

    Raises NotConnected and what asking raises.
    """
    try:
        return ask(write(account.needed))
    except SignInEnded:
        present = write(account.needed)
        tokens = opened.refresh(present.refresh, present.device_id)
        write(lambda connection: account.keep_tokens(connection, tokens))
    try:
        return ask(write(account.needed))
    except SignInEnded as problem:
        raise SignInNeeded from problem
