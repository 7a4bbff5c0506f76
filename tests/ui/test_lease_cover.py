"""The window once the lease of what is held has ended: a cover, why, and the way back in touch."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.lease import Contact, standing
from mdt_desktop.paths import DataFolder
from mdt_desktop.services import syncing
from mdt_desktop.services.lease import LeaseGuard
from mdt_desktop.services.sync_reading import SyncStatus
from mdt_desktop.store.queries import lease
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account
from mdt_desktop.sync.engine import Patience
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.protocol import Tokens
from mdt_desktop.sync.remote import Offline
from mdt_desktop.ui.automatic_sync import status_words
from mdt_desktop.ui.lease_cover import LeaseCover
from mdt_desktop.ui.lease_watch import LeaseWatch
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, add_person, add_practice, make_store
from tests.helpers.window import until_idle

SERVER = "11111111-1111-4111-8111-111111111111"
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def connected(data_folder: DataFolder, clock: FrozenClock) -> DataFolder:
    """A store with somebody in it that was in touch with a central store just now."""
    program, _ = make_store(data_folder, clock)
    with program:
        add_person(program, add_practice(program))
        with writing(program.access.database) as connection:
            tokens = Tokens("access", moment_text(clock()), "refresh", "Robin Example")
            account.connect(connection, "https://central.test", SERVER, SERVER, tokens, clock())
            program.access.lease.renew(lease.contact(connection))
    return data_folder


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], None]:
    """Who answers in the place of the network, to exchanges and to signing in; nobody waits between tries."""
    run, connect = syncing.Syncing.run, syncing.Syncing.connect

    def answer(by: Handler) -> None:
        def remote(url: str) -> HttpRemote:
            return HttpRemote(url, httpx.MockTransport(by))

        def exchange(self: Any, write: Any = None, stopped: Any = None, told: Any = None, **moved: Any) -> Any:
            return run(self, write, stopped, Patience(lambda _: None, tries=1), remote, told, **moved)

        monkeypatch.setattr(syncing.Syncing, "run", exchange)
        monkeypatch.setattr(
            syncing.Syncing, "connect", lambda self, url, user, password: connect(self, url, user, password, remote)
        )

    return answer


def central(clock: FrozenClock, *, refuses: list[str] | None = None) -> Handler:
    """A central store that grants nothing; it refuses a session with the codes that are left in `refuses`."""

    def answer(request: httpx.Request) -> httpx.Response:
        place = request.url.path.rpartition("/")[2]
        if place in ("session", "refresh") and refuses:
            return httpx.Response(401, json={"code": refuses[0], "message": ""})
        limits = {"push_ops": 200, "push_bytes": 1 << 20, "page": 200}
        at = moment_text(clock())
        documents: dict[str, Any] = {
            "hello": {"server": SERVER, "protocol": [1, 1], "schema": [1, 99], "time": at, "limits": limits},
            "register": {"access": "a", "access_ends": at, "refresh": "r", "user": {"name": "Robin Example"}},
            "session": {"grants": [], "grants_ver": 1, "must_evict": []},
            "receipts": {},
        }
        if place == "register" and refuses:
            refuses.clear()
        if place not in documents:  # what an older central store does not have
            return httpx.Response(404, json={"code": "no_such_place", "message": ""})
        return httpx.Response(200, json=documents[place])

    return answer


def cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


def unlocked(start: Start, qtbot: QtBot) -> None:
    start.open_window()
    qtbot.waitUntil(lambda: start.cover is not None, timeout=20_000)
    unlock(start, qtbot)


def unlock(start: Start, qtbot: QtBot) -> None:
    page: Any = start.cover
    page.passphrase.setText(PASSPHRASE)
    page.unlock.click()
    qtbot.waitUntil(lambda: start.program is not None, timeout=20_000)
    until_idle(qtbot, start.operations)


def cover_of(start: Start) -> LeaseCover:
    assert isinstance(start.cover, LeaseCover)
    return start.cover


@pytest.fixture
def locked(start: Start, connected: DataFolder, clock: FrozenClock, qtbot: QtBot) -> Start:
    """The window over a store that was not heard of for 20 days."""
    clock.advance(timedelta(days=20))
    unlocked(start, qtbot)
    return start


def test_a_lease_that_has_ended_shows_a_cover_and_no_page(locked: Start, qtbot: QtBot) -> None:
    cover = cover_of(locked)
    assert locked.window.covered
    assert locked.window.page is None
    assert cover.heading.text() == "Connect to go on"
    assert "23 November 2026" in cover.about.text()
    assert cover.sync.isVisible()
    assert not cover.password.isVisible()
    assert cover.first_field() is cover.sync
    cover.switch.click()
    assert cover.first_field() is cover.password
    cover.switch.click()
    assert cover.sync.isVisible()


def test_sync_now_brings_the_pages_back(
    locked: Start, qtbot: QtBot, answering: Callable[[Handler], None], clock: FrozenClock
) -> None:
    answering(central(clock))
    with qtbot.waitSignal(locked.shell_shown, timeout=20_000):
        cover_of(locked).sync.click()
    until_idle(qtbot, locked.operations)
    assert not locked.window.covered
    assert locked.window.page is not None
    assert locked.window.top.sync.text().startswith("Synced")


def test_without_a_network_the_cover_says_so_and_can_be_tried_again(
    locked: Start, qtbot: QtBot, answering: Callable[[Handler], None], clock: FrozenClock
) -> None:
    answering(cut)
    cover = cover_of(locked)
    cover.sync.click()
    assert not cover.sync.isEnabled()
    qtbot.waitUntil(cover.notice.isVisible, timeout=20_000)
    assert "cannot be reached" in cover.notice.text.text()
    assert cover.sync.isEnabled()
    answering(central(clock))
    with qtbot.waitSignal(locked.shell_shown, timeout=20_000):
        cover.sync.click()


def test_where_the_sign_in_is_refused_the_password_is_asked_for_and_brings_the_pages_back(
    locked: Start, qtbot: QtBot, answering: Callable[[Handler], None], clock: FrozenClock
) -> None:
    answering(central(clock, refuses=["sign_in_refused"]))
    cover = cover_of(locked)
    cover.sync.click()
    qtbot.waitUntil(cover.password.isVisible, timeout=20_000)
    assert "Robin Example" in cover.password.accessibleName()
    cover.sign_in.click()  # with nothing typed nothing is asked
    assert cover.sign_in.isEnabled()
    cover.password.setText("cobalt harvest window ribbon")
    with qtbot.waitSignal(locked.shell_shown, timeout=20_000):
        cover.sign_in.click()


def test_signing_in_in_the_browser_brings_the_pages_back_and_one_that_fails_is_told(
    locked: Start, qtbot: QtBot, answering: Callable[[Handler], None], clock: FrozenClock, monkeypatch: Any
) -> None:
    answering(central(clock))
    cover, asked = cover_of(locked), []

    def connect(self: Any, url: str, open_browser: Any, cancelled: Any, write: Any) -> None:
        asked.append((url, cancelled(), write(lambda connection: connection.execute("SELECT 1").fetchone()[0])))
        if len(asked) == 1:
            raise Offline

    monkeypatch.setattr(syncing.Syncing, "connect_with_browser", connect)
    cover.browser.click()
    qtbot.waitUntil(cover.notice.isVisible, timeout=20_000)
    assert cover.browser.isEnabled()
    with qtbot.waitSignal(locked.shell_shown, timeout=20_000):
        cover.browser.click()
    assert asked == [("https://central.test", False, 1)] * 2


def test_whoever_was_revoked_sees_that_and_is_asked_to_sign_in(
    start: Start, connected: DataFolder, clock: FrozenClock, qtbot: QtBot, answering: Callable[[Handler], None]
) -> None:
    answering(central(clock, refuses=["device_revoked"]))
    unlocked(start, qtbot)
    assert not start.window.covered
    start.sync.run_now()
    qtbot.waitUntil(lambda: isinstance(start.cover, LeaseCover), timeout=20_000)
    until_idle(qtbot, start.operations)
    cover = cover_of(start)
    assert cover.heading.text() == "Sign in to go on"
    assert cover.password.isVisible()
    cover.password.setText("cobalt harvest window ribbon")
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        cover.sign_in.click()


def test_a_lease_that_ends_while_the_window_is_open_covers_it_and_keeps_what_was_typed(
    start: Start, connected: DataFolder, clock: FrozenClock, qtbot: QtBot, answering: Callable[[Handler], None]
) -> None:
    answering(cut)
    unlocked(start, qtbot)
    assert not start.window.covered
    clock.advance(timedelta(days=14))
    start.sync.looking.timeout.emit()
    qtbot.waitUntil(lambda: isinstance(start.cover, LeaseCover), timeout=20_000)
    until_idle(qtbot, start.operations)
    assert start.window.page is None
    answering(central(clock))
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        cover_of(start).sync.click()


def test_the_cover_comes_at_the_moment_and_not_with_the_next_look(
    start: Start, connected: DataFolder, clock: FrozenClock, qtbot: QtBot, answering: Callable[[Handler], None]
) -> None:
    answering(cut)
    clock.advance(timedelta(days=13, hours=23))
    unlocked(start, qtbot)
    start.sync.looking.stop()
    watch = start.sync.lease.timer
    assert watch.isSingleShot()
    assert timedelta(milliseconds=watch.interval()) == timedelta(hours=1)
    clock.advance(timedelta(minutes=59))
    watch.timeout.emit()
    assert not start.window.covered, "too early: it aims again"
    assert timedelta(milliseconds=watch.interval()) == timedelta(minutes=1)
    clock.advance(timedelta(minutes=1))
    watch.timeout.emit()
    assert start.window.covered, "before the event loop turns again"
    assert isinstance(start.cover, LeaseCover)
    assert not watch.isActive()
    until_idle(qtbot, start.operations)


def test_after_waking_the_cover_comes_when_the_program_is_looked_at_again(
    start: Start, connected: DataFolder, clock: FrozenClock, qtbot: QtBot, answering: Callable[[Handler], None]
) -> None:
    answering(cut)
    unlocked(start, qtbot)
    start.sync.looking.stop()
    clock.advance(timedelta(days=15))  # asleep: the timer has not counted
    start.sync.lease._on_state(Qt.ApplicationState.ApplicationInactive)
    assert not start.window.covered
    start.sync.lease._on_state(Qt.ApplicationState.ApplicationActive)
    assert start.window.covered
    until_idle(qtbot, start.operations)


def test_a_contact_moves_the_moment_and_a_clock_that_differs_is_counted_in(
    clock: FrozenClock, qtbot: QtBot
) -> None:
    watch, told = LeaseWatch(clock), list[int]()
    watch.ended.connect(lambda: told.append(1))
    behind = timedelta(hours=-2)  # the central store's clock is two hours behind this one
    guard = LeaseGuard(Contact(clock() + behind, behind, clock() + behind))
    clock.advance(timedelta(days=13))
    watch.aim(guard)
    assert timedelta(milliseconds=watch.timer.interval()) == timedelta(days=1)
    guard.renew(Contact(clock() + behind, behind, clock() + behind))
    watch.aim(guard)
    assert timedelta(milliseconds=watch.timer.interval()) == timedelta(days=14)
    watch.stop()
    clock.advance(timedelta(days=20))
    watch.look()
    assert told == [], "nothing is watched any more"


def test_a_store_that_was_never_connected_has_no_moment(clock: FrozenClock, qtbot: QtBot) -> None:
    watch = LeaseWatch(clock)
    watch.aim(LeaseGuard())
    assert not watch.timer.isActive()


def test_without_a_name_the_password_is_asked_for_without_a_gap(
    locked: Start, qtbot: QtBot
) -> None:
    cover = cover_of(locked)
    cover._on_status(SyncStatus(True, user=""))
    assert cover._field_label.text() == cover.password.accessibleName() == "Password in the central store"
    cover._on_status(SyncStatus(True, user="robin"))
    assert cover._field_label.text() == "Password of robin in the central store"


def test_the_covered_window_locks_as_any_other(locked: Start, qtbot: QtBot) -> None:
    with qtbot.waitSignal(locked.locked, timeout=20_000):
        cover_of(locked).lock.click()
    assert isinstance(locked.cover, UnlockPage)
    unlock(locked, qtbot)
    assert isinstance(locked.cover, LeaseCover)


@pytest.mark.parametrize("after", [0, 6, 7, 12, 13])
def test_that_the_lease_ends_soon_stands_in_the_state_and_is_told_once_in_a_quiet_notice(
    after: int, start: Start, connected: DataFolder, clock: FrozenClock, qtbot: QtBot, answering: Callable[..., None]
) -> None:
    answering(cut)
    told: list[str] = []
    start.messages.notify = lambda text, *_: told.append(text)  # type: ignore[method-assign]
    clock.advance(timedelta(days=after))
    unlocked(start, qtbot)
    start.sync.looking.timeout.emit()
    until_idle(qtbot, start.operations)
    soon = after >= 7
    assert ("connect by 07-Dec-2026" in start.window.top.sync.text()) is soon
    assert len([it for it in told if "07-Dec-2026" in it and "23-Nov-2026" in it]) == (1 if soon else 0)


def test_a_locked_store_says_so_in_its_state(clock: FrozenClock) -> None:
    found = standing(Contact(clock(), timedelta(), clock()), clock() + timedelta(days=20))
    assert status_words(SyncStatus(True, lease=found), running=False).endswith("locked")
