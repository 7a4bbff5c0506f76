"""The exchange in the window: its state in words, the button, what is told, and that locking stops it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.services import syncing
from mdt_desktop.services.sync_reading import SyncStatus
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account
from mdt_desktop.sync.engine import Patience
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.protocol import Tokens
from mdt_desktop.ui.automatic_sync import AFTER_STOP_MS, status_words
from mdt_desktop.ui.start import Start
from tests.helpers.clocks import FrozenClock
from tests.helpers.conflicts import disagree
from tests.helpers.stores import PASSPHRASE, make_store
from tests.helpers.window import until_idle

SERVER = "11111111-1111-4111-8111-111111111111"
AT = "2026-11-23T09:12:00.000Z"
WORDS = {
    "Not synced yet": SyncStatus(True),
    "Synced": SyncStatus(True, last=AT),
    "Offline since": SyncStatus(True, last=AT, error="sync_offline"),
    "Not synced, 2 waiting": SyncStatus(True, last=AT, error="sync_failed", waiting=2),
    "Sign in again, 2 waiting": SyncStatus(True, last=AT, error="sync_sign_in_needed", waiting=2, signed_out=True),
    "Stopped by you": SyncStatus(True, last=AT, error="sync_stopped"),
    "Not synced yet, 1 waiting, 2 handed over": SyncStatus(True, waiting=1, handed_over=2),
    "Not synced yet, 2 left unsent": SyncStatus(True, quarantined=3, put_by=2),
    "Not synced yet, 1 waiting, 3 refused, 4 to decide": SyncStatus(True, waiting=1, refused=3, conflicts=4),
}


@pytest.mark.parametrize("text", WORDS)
def test_how_the_exchange_stands_is_told_in_a_few_words(text: str) -> None:
    assert status_words(WORDS[text], running=False).startswith(text)
    assert status_words(WORDS[text], running=True).startswith("Syncing")


def _answer(request: httpx.Request) -> httpx.Response:
    """A central store with nobody in it."""
    place = request.url.path.rpartition("/")[2]
    limits = {"push_ops": 200, "push_bytes": 1 << 20, "page": 200}
    documents: dict[str, Any] = {
        "hello": {"server": SERVER, "protocol": [1, 1], "schema": [1, 99], "time": AT, "limits": limits},
        "session": {"grants": [], "grants_ver": 1, "must_evict": []},
    }
    if place not in documents:
        return httpx.Response(404, json={"code": "no_such_place", "message": ""})
    return httpx.Response(200, json=documents[place])


def _cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[httpx.Request], httpx.Response]], None]:
    """Who answers in the place of the network; nobody waits between tries."""

    def answer(by: Callable[[httpx.Request], httpx.Response]) -> None:
        def exchange(self: Any, write: Any = None, stopped: Any = None, told: Any = None, **moved: Any) -> Any:
            calm = Patience(lambda _: None, tries=1)
            transport = httpx.MockTransport(by)
            return real(self, write, stopped, calm, lambda url: HttpRemote(url, transport), told, **moved)

        monkeypatch.setattr(syncing.Syncing, "run", exchange)

    real = syncing.Syncing.run
    return answer


@pytest.fixture
def connected(start: Start, data_folder: DataFolder, clock: FrozenClock, qtbot: QtBot) -> Start:
    """The window over a store that is connected to a central store."""
    program, _ = make_store(data_folder, clock)
    with program, writing(program.access.database) as connection:
        tokens = Tokens("access", AT, "refresh", "Robin Example")
        account.connect(connection, "https://central.test", SERVER, SERVER, tokens, clock())
    start.open_window()
    unlock: Any = start.cover
    qtbot.waitUntil(lambda: start.cover is not None, timeout=20_000)
    unlock = start.cover
    unlock.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        unlock.unlock.click()
    until_idle(qtbot, start.operations)
    return start


def _button(start: Start) -> Any:
    return start.window.top.sync


def test_a_click_exchanges_and_the_state_says_when(
    connected: Start, qtbot: QtBot, answering: Callable[..., None], log_watch: Any
) -> None:
    answering(_answer)
    assert _button(connected).isVisible()
    assert _button(connected).text().startswith("Not synced yet")
    _button(connected).click()
    qtbot.waitUntil(lambda: _button(connected).text().startswith("Synced"), timeout=20_000)
    assert connected.sync.timer.isActive()


def test_what_was_asked_for_and_failed_is_told_and_what_fails_by_itself_is_not(
    connected: Start, qtbot: QtBot, answering: Callable[..., None]
) -> None:
    answering(_cut)
    told: list[Exception] = []
    connected.messages.error = told.append  # type: ignore[method-assign,assignment]
    connected.sync.timer.timeout.emit()
    qtbot.waitUntil(lambda: connected.sync._failures == 1, timeout=20_000)
    until_idle(qtbot, connected.operations)
    assert told == []
    assert "cannot be reached" in _button(connected).toolTip()
    _button(connected).click()
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert [type(it).code for it in told if isinstance(it, MdtError)] == ["sync_offline"]


def test_a_locked_program_exchanges_nothing(connected: Start, qtbot: QtBot, answering: Callable[..., None]) -> None:
    asked: list[str] = []
    answering(lambda request: asked.append(request.url.path) or _answer(request))  # type: ignore[func-returns-value]
    connected.lock()
    until_idle(qtbot, connected.operations)
    connected.sync.timer.timeout.emit()
    until_idle(qtbot, connected.operations)
    assert asked == []


def test_a_sign_in_that_holds_no_more_is_asked_for_calmly_and_once(
    connected: Start, qtbot: QtBot, answering: Callable[..., None]
) -> None:
    asked: list[str] = []

    def shut(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return _answer(request) if request.url.path.endswith("hello") else httpx.Response(
            401, json={"code": "not_signed_in", "message": ""}
        )

    answering(shut)
    connected.sync.timer.timeout.emit()
    qtbot.waitUntil(lambda: _button(connected).text().startswith("Sign in again"), timeout=20_000)
    until_idle(qtbot, connected.operations)
    assert "What waits is kept" in _button(connected).toolTip()
    before = len(asked)
    connected.sync.timer.timeout.emit()
    until_idle(qtbot, connected.operations)
    assert len(asked) == before
    _button(connected).click()
    until_idle(qtbot, connected.operations)
    page: Any = connected.window.page
    assert page.central.sheet.isVisible()
    assert page.central.sheet.address.text() == "https://central.test"


def test_a_click_shows_what_waits_for_somebody(
    connected: Start, qtbot: QtBot, answering: Callable[..., None]
) -> None:
    answering(_answer)
    program = connected.program
    assert program is not None
    disagree(program, "practitioner", program.access.actor.practitioner_id, "telephone")
    connected.sync._look()
    until_idle(qtbot, connected.operations)
    assert _button(connected).text().endswith("1 to decide")
    _button(connected).click()
    until_idle(qtbot, connected.operations)
    assert connected.window.page_key == "sync"
    page: Any = connected.window.page
    assert page.inbox.entry.conflict.field == "telephone"


def test_whoever_stops_an_exchange_is_left_in_peace_and_told_so(
    connected: Start, qtbot: QtBot, answering: Callable[..., None]
) -> None:
    def stop_on_hello(request: httpx.Request) -> httpx.Response:
        connected.sync.stop()
        return _answer(request)

    answering(stop_on_hello)
    told: list[Exception] = []
    connected.messages.error = told.append  # type: ignore[method-assign,assignment]
    _button(connected).click()
    qtbot.waitUntil(lambda: _button(connected).text().startswith("Stopped by you"), timeout=20_000)
    assert told == []
    assert connected.sync.timer.interval() == AFTER_STOP_MS
