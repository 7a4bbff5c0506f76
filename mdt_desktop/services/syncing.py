"""Exchanges with the central store: connects to it, runs an exchange."""

import importlib.metadata
import platform
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.services.access import Access
from mdt_desktop.services.bundles import introduce
from mdt_desktop.services.signed_asking import WHILE_OTHERS_END, alone
from mdt_desktop.services.signed_asking import SyncUnderWay as SyncUnderWay
from mdt_desktop.store import audit_log, store_settings
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import lease
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account, browser_sign_in
from mdt_desktop.sync.browser_sign_in import BrowserNotNeeded
from mdt_desktop.sync.engine import Exchange, Outcome, Patience, Write, silent
from mdt_desktop.sync.http_remote import HttpRemote, checked_address
from mdt_desktop.sync.patience import wait_before
from mdt_desktop.sync.protocol import Hello, Tokens
from mdt_desktop.sync.remote import OtherAccount, Remote, RemoteProblem

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

T = TypeVar("T")
SignIn = Callable[[HttpRemote, Hello, str, str], Tokens]
"""Signs in at an open central store for a device and its name."""
_DEVICE_NAME_LENGTH = 200
BETWEEN_SECONDS = 60.0
"""Between two exchanges by themselves."""


@dataclass(frozen=True, slots=True)
class Connected:
    """Where this store is connected to now, and as whom."""

    url: str
    user: str


def device_name() -> str:
    """What this laptop is called in the central store's list: its own name."""
    return (platform.node() or "laptop")[:_DEVICE_NAME_LENGTH]


class Syncing:
    """The verbs of the exchange. The central store decides what whoever is signed in to it may hold and change."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def connect(
        self,
        url: str,
        user: str,
        password: str,
        remote: Callable[[str], HttpRemote] = HttpRemote,
        code: str = "",
    ) -> str:
        """Sign in to a central store by a password and register this store with it; the address that is kept.

        A store that was connected before gets a new device: what a copy of it has sent stays apart from it.
        `code` is the one-time code of an account that has a second factor.
        Raises CentralAddressRefused, OtherAccount, SyncUnderWay and every `RemoteProblem`; nothing is kept then.
        """

        def sign_in(opened: HttpRemote, _: Hello, device: str, name: str) -> Tokens:
            return opened.register(user, password, device, name, code)

        return self._connected(url, sign_in, remote, None).url

    def connect_with_browser(
        self,
        url: str,
        open_browser: Callable[[str], object],
        cancelled: Callable[[], bool] = lambda: False,
        write: Write | None = None,
        remote: Callable[[str], HttpRemote] = HttpRemote,
    ) -> Connected:
        """As `connect`, by signing in in the browser, which `open_browser` is asked to open at an address.

        `write` runs each transaction where another thread owns the writer; `cancelled` is asked all the while.
        Raises as `connect`, BrowserNotNeeded, SignInCancelled, SignInTookTooLong, SignInServiceFailed.
        """

        def sign_in(opened: HttpRemote, hello: Hello, device: str, name: str) -> Tokens:
            if hello.sign_in is None:
                raise BrowserNotNeeded
            signed = browser_sign_in.sign_in(hello.sign_in, device, open_browser, cancelled)
            return opened.sign_in(signed.id_token, signed.proof, device, name)

        return self._connected(url, sign_in, remote, write)

    def _connected(
        self, url: str, sign_in: SignIn, remote: Callable[[str], HttpRemote], given: Write | None
    ) -> Connected:
        """In the writer's own thread (`given` is None then) no exchange is waited for: it waits for this thread."""
        address, write, wait = checked_address(url), given or self.write, WHILE_OTHERS_END if given else 0.0
        with remote(address) as opened:
            hello = opened.hello()
            device = write(self._new_device)
            tokens = sign_in(opened, hello, device, device_name())

            def keep(connection: "Connection") -> None:
                account.require_same_user(connection, hello.server, tokens.user)
                now = self._access.clock()
                account.connect(connection, address, hello.server, device, tokens, now)
                self._access.lease.renew(lease.contact(connection))
                act = Act("connect", "setting", store_settings.DEVICE)
                audit_log.append(connection, self._access.actor, now, [act])

            try:
                # A run that renews its tokens meanwhile would put the old ones in the place of these.
                with alone(wait):
                    write(keep)
            except (OtherAccount, SyncUnderWay):
                with suppress(RemoteProblem):
                    opened.sign_out(tokens.refresh, device)
                raise
        return Connected(address, tokens.user)

    def sign_out(self, write: Write | None = None, remote: Callable[[str], HttpRemote] = HttpRemote) -> bool:
        """End this store's sign-in, here in any case; says whether the central store could be told.

        Records and what waits to be sent stay. Raises NotConnected, SyncUnderWay.
        """
        with alone(WHILE_OTHERS_END if write else 0.0):
            return self._signed_out(write or self.write, remote)

    def _signed_out(self, write: Write, remote: Callable[[str], HttpRemote]) -> bool:
        present = write(account.needed)
        told = False
        with suppress(RemoteProblem), remote(present.url) as opened:
            opened.sign_out(present.refresh, present.device_id)
            told = True

        def forget(connection: "Connection") -> None:
            account.forget_tokens(connection)
            act = Act("disconnect", "setting", store_settings.DEVICE)
            audit_log.append(connection, self._access.actor, self._access.clock(), [act])

        write(forget)
        return told

    def _new_device(self, connection: "Connection") -> str:
        """The id this store was founded with, the first time; a new one whenever it is connected again."""
        return self._access.actor.device_id if account.read(connection) is None else str(uuid.uuid4())

    def run(
        self,
        write: Write | None = None,
        stopped: Callable[[], bool] = lambda: False,
        patience: Patience | None = None,
        remote: Callable[[str], HttpRemote] = HttpRemote,
        told: Callable[[Outcome], object] = lambda _: None,
        moved: Callable[[int, int | None], object] = silent,
        content_moved: Callable[[int, int], object] = silent,
    ) -> Outcome:
        """Send what waits and take what is new. `write` runs each transaction where another thread owns the writer.

        `told` hears at the end what was done, also where the run could not go on; `moved` how many changes were taken
        so far, and of how many; `content_moved` the same of papers, in bytes.

        Raises NotConnected, SyncUnderWay, Stopped and every `RemoteProblem`; what was done until then stays done.
        """
        with alone():
            present = (write or self.write)(account.needed)
            with remote(present.url) as opened:
                exchange = self._exchange(opened, write or self.write, stopped, patience, moved, content_moved)
                try:
                    outcome = exchange.run()
                    with suppress(MdtError):  # an older central store has none; a file says so when one is wanted
                        introduce(opened, write or self.write)
                    return outcome
                finally:
                    self._access.lease.renew((write or self.write)(lease.contact))
                    told(exchange.outcome)

    def _exchange(
        self,
        opened: Remote,
        write: Write,
        stopped: Callable[[], bool],
        patience: Patience | None,
        moved: Callable[[int, int | None], object],
        content_moved: Callable[[int, int], object],
    ) -> Exchange:
        version = importlib.metadata.version("mdt-desktop")
        calm = patience or Patience(time.sleep)
        actor, clock = self._access.actor, self._access.clock
        return Exchange(write, opened, actor, clock, calm, version, stopped, moved, device_name(), content_moved)

    def write(self, work: "Callable[[Connection], T]") -> T:
        """Work in one transaction, in the thread that calls this: the writer's."""
        with writing(self._access.database) as connection:
            return work(connection)

    def wait_before_next(self, failures: int) -> float:
        """Seconds until the next exchange by itself: a minute after one that went well, longer the more have failed."""
        return BETWEEN_SECONDS if not failures else BETWEEN_SECONDS / 2 + wait_before(failures + 2)
