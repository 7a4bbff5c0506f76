"""The desktop locks, sleeps or goes to another user: on a real message bus on Linux, by recorded calls elsewhere."""

import ctypes
from collections.abc import Callable, Iterator
from ctypes import wintypes
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.desktop.linux_bus import LinuxBus
from mdt_desktop.ui.desktop.mac_notices import MacNotices
from mdt_desktop.ui.desktop.windows_session import WindowsSession
from mdt_desktop.ui.desktop_lock import DesktopLock, SleepWatch
from tests.helpers.desktop_bus import LOGIN, OTHERS, OWN, Desktop, a_bus, tell

SESSION = f"{LOGIN}.Session"


@dataclass
class Heard:
    """A lock that listens, and how often it was told that nobody is there."""

    lock: DesktopLock
    desktop: Desktop
    times: list[int] = field(default_factory=list)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with a_bus(tmp_path) as found:
        yield found


@pytest.fixture
def heard(address: str, qtbot: QtBot) -> Iterator[Heard]:
    desktop = Desktop(QDBusConnection.connectToBus(address, "desktop"))
    ours = QDBusConnection.connectToBus(address, "program")
    lock = DesktopLock(make=lambda left: LinuxBus(left, ours, ours))
    window = QWidget()
    qtbot.addWidget(window)
    found = Heard(lock, desktop)
    lock.left.connect(lambda: found.times.append(1))
    lock.begin(window)
    qtbot.waitUntil(lambda: [name for name, _ in desktop.login.asked].count("Get") == 3)
    yield found
    lock.stop()
    desktop.login.close()
    QDBusConnection.disconnectFromBus("program")
    QDBusConnection.disconnectFromBus("desktop")


SIGNALS: dict[str, Callable[[Desktop], None]] = {
    "the computer is about to sleep": lambda it: it.sleeps(),
    "logind locks this session": lambda it: it.tells(OWN, SESSION, "Lock"),
    "it is another user's turn": lambda it: it.becomes(Active=False),
    "the screen is locked by a hint": lambda it: it.becomes(LockedHint=True),
    "KDE": lambda it: it.tells("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", True),
    "freedesktop": lambda it: it.tells(
        "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", True
    ),
    "GNOME": lambda it: it.tells("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True),
    "Cinnamon": lambda it: it.tells("/org/cinnamon/ScreenSaver", "org.cinnamon.ScreenSaver", "ActiveChanged", True),
    "MATE": lambda it: it.tells("/org/mate/ScreenSaver", "org.mate.ScreenSaver", "ActiveChanged", True),
    "Xfce": lambda it: it.tells("/org/xfce/ScreenSaver", "org.xfce.ScreenSaver", "ActiveChanged", True),
}
QUIET: dict[str, Callable[[Desktop], None]] = {
    "the computer wakes up": lambda it: it.sleeps(begins=False),
    "somebody else's session is locked": lambda it: it.tells(OTHERS, SESSION, "Lock"),
    "somebody else's session changes": lambda it: it.becomes(OTHERS, Active=False),
    "the session is active as before": lambda it: it.becomes(Active=True),
    "a screen saver ends": lambda it: it.tells(
        "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", False
    ),
}
NAMES = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver",
         "org.xfce.ScreenSaver")  # fmt: skip


@pytest.mark.parametrize("happens", SIGNALS.values(), ids=SIGNALS.keys())
def test_on_linux_the_program_hears_that_nobody_is_there(
    heard: Heard, qtbot: QtBot, happens: Callable[[Desktop], None]
) -> None:
    assert all(heard.desktop.bus.registerService(name) for name in NAMES)
    with qtbot.waitSignal(heard.lock.left, timeout=10_000):
        happens(heard.desktop)
    assert heard.lock.is_told


@pytest.mark.parametrize("happens", QUIET.values(), ids=QUIET.keys())
def test_on_linux_what_is_no_leaving_locks_nothing(
    heard: Heard, qtbot: QtBot, happens: Callable[[Desktop], None]
) -> None:
    assert all(heard.desktop.bus.registerService(name) for name in NAMES)
    with qtbot.waitSignal(heard.lock.left, timeout=10_000):
        happens(heard.desktop)
        heard.desktop.tells(OWN, SESSION, "Lock")  # comes after it on the same bus
    assert heard.times == [1]


def test_a_screen_saver_that_starts_after_the_program_is_heard_too(heard: Heard, qtbot: QtBot) -> None:
    with qtbot.waitSignal(heard.lock.left, timeout=10_000):
        heard.desktop.bus.registerService("org.gnome.ScreenSaver")
        heard.desktop.tells("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True)


def test_a_session_that_was_never_active_does_not_lock_at_the_start(address: str, qtbot: QtBot) -> None:
    desktop = Desktop(QDBusConnection.connectToBus(address, "desktop"))
    desktop.facts["Active"] = False
    ours = QDBusConnection.connectToBus(address, "program")
    told: list[int] = []
    bus = LinuxBus(lambda: told.append(1), ours, ours)
    bus.begin(0)
    qtbot.waitUntil(lambda: [name for name, _ in desktop.login.asked].count("Get") == 3)
    desktop.tells(OWN, SESSION, "Lock")
    qtbot.waitUntil(lambda: bool(told))
    assert told == [1]
    bus.stop()
    QDBusConnection.disconnectFromBus("program")
    QDBusConnection.disconnectFromBus("desktop")


def test_sleep_waits_while_the_store_is_open_and_no_longer(heard: Heard, qtbot: QtBot) -> None:
    login = heard.desktop.login
    heard.lock.hold_sleep()
    qtbot.waitUntil(lambda: bool(login.held))
    assert ("Inhibit", ["sleep", "MDT Desktop", "Closing the store first", "delay"]) in login.asked
    assert not login.was_let_go()
    heard.lock.let_sleep()
    qtbot.waitUntil(login.was_let_go)
    heard.lock.hold_sleep()
    qtbot.waitUntil(lambda: len(login.held) == 2)
    assert not login.was_let_go()


def test_a_store_that_closes_before_logind_has_answered_does_not_keep_the_computer_awake(
    heard: Heard, qtbot: QtBot
) -> None:
    heard.lock.hold_sleep()
    heard.lock.let_sleep()
    qtbot.waitUntil(lambda: bool(heard.desktop.login.held))
    qtbot.waitUntil(heard.desktop.login.was_let_go)


def test_a_bus_without_logind_still_tells_of_its_screen_saver(address: str, qtbot: QtBot) -> None:
    saver = QDBusConnection.connectToBus(address, "desktop")
    assert saver.registerService("org.gnome.ScreenSaver")
    ours = QDBusConnection.connectToBus(address, "program")
    lock = DesktopLock(make=lambda left: LinuxBus(left, ours, ours))
    window = QWidget()
    qtbot.addWidget(window)
    lock.begin(window)
    lock.hold_sleep()
    with qtbot.waitSignal(lock.left, timeout=10_000):
        tell(saver, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True)
    lock.stop()
    QDBusConnection.disconnectFromBus("program")
    QDBusConnection.disconnectFromBus("desktop")


def test_without_any_bus_nothing_is_told_and_nothing_fails(qtbot: QtBot) -> None:
    nowhere = QDBusConnection.connectToBus("unix:path=/nowhere/bus", "nowhere")
    lock = DesktopLock(make=lambda left: LinuxBus(left, nowhere, nowhere))
    window = QWidget()
    qtbot.addWidget(window)
    lock.begin(window)
    assert not lock.is_told
    lock.hold_sleep()
    lock.let_sleep()
    lock.stop()


def test_on_a_system_that_nobody_wrote_for_only_the_clocks_tell(qtbot: QtBot) -> None:
    lock = DesktopLock(platform="plan9")
    window = QWidget()
    qtbot.addWidget(window)
    lock.begin(window)
    assert not lock.is_told
    lock.stop()


@dataclass
class Clocks:
    """Two clocks that a test moves."""

    wall: float = 1_000.0
    running: float = 50.0

    def live(self, seconds: float) -> None:
        """The program runs."""
        self.wall += seconds
        self.running += seconds

    def sleep(self, seconds: float) -> None:
        """The computer sleeps, or somebody puts the clock forward."""
        self.wall += seconds


@pytest.mark.parametrize(
    ("seconds_asleep", "is_told"),
    [(0, False), (29, False), (31, True), (8 * 3600, True), (-3600, False)],
    ids=["awake", "a short doze", "half a minute", "a night", "the clock was put back"],
)
def test_time_that_the_program_did_not_live_through_counts_as_sleep(
    qtbot: QtBot, seconds_asleep: int, is_told: bool
) -> None:
    clocks, told = Clocks(), list[int]()
    watch = SleepWatch(wall=lambda: clocks.wall, running=lambda: clocks.running)
    watch.slept.connect(lambda: told.append(1))
    for _ in range(3):
        clocks.live(15)
        watch.look()
    clocks.sleep(seconds_asleep)
    for _ in range(3):
        clocks.live(15)
        watch.look()
    assert told == ([1] if is_told else [])


# Windows and macOS: not run there; what is called is recorded, and what the system would call is called.


@dataclass
class Recorded:
    """Stands in for a library of the system: keeps what is called, and answers yes."""

    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    answer: int = 1

    def __getattr__(self, name: str) -> Callable[..., int]:
        def call(*arguments: Any) -> int:
            self.calls.append((name, arguments))
            return self.answer

        return call

    def names(self) -> list[str]:
        """What was called."""
        return [name for name, _ in self.calls]


def message(kind: int, what: int) -> int:
    """The address of a message as Windows would hand it over; kept alive by the list below."""
    made = wintypes.MSG(message=kind, wParam=what)
    _MESSAGES.append(made)
    return ctypes.addressof(made)


_MESSAGES: list[wintypes.MSG] = []


@pytest.mark.parametrize(
    ("kind", "what", "is_told"),
    [
        (0x02B1, 0x7, True),
        (0x02B1, 0x8, False),
        (0x02B1, 0x2, True),
        (0x02B1, 0x4, True),
        (0x0218, 0x4, True),
        (0x0218, 0x12, False),
        (0x0100, 0x7, False),
    ],
    ids=["locked", "unlocked", "other user", "remote ended", "about to sleep", "woke up", "a key"],
)
def test_on_windows_messages_tell_that_nobody_is_there(qtbot: QtBot, kind: int, what: int, is_told: bool) -> None:
    told: list[int] = []
    library = Recorded()
    session = WindowsSession(lambda: told.append(1), library)
    session.begin(4711)
    answer = session.nativeEventFilter(b"windows_generic_MSG", message(kind, what))
    session.nativeEventFilter(b"another_kind", message(kind, what))
    session.stop()
    session.stop()
    assert answer == (False, 0), "the window gets every message all the same"
    assert told == ([1] if is_told else [])
    assert library.names() == ["WTSRegisterSessionNotification", "WTSUnRegisterSessionNotification"]
    assert library.calls[0][1][0].value == 4711


def test_a_windows_that_refuses_to_tell_is_no_error(qtbot: QtBot) -> None:
    lock = DesktopLock(make=lambda left: WindowsSession(left, Recorded(answer=0)))
    window = QWidget()
    qtbot.addWidget(window)
    lock.begin(window)
    assert not lock.is_told
    lock.stop()


def test_on_macos_the_distributed_notices_tell_that_nobody_is_there() -> None:
    told: list[int] = []
    library = Recorded()
    notices = MacNotices(lambda: told.append(1), library)
    notices.begin(0)
    wanted = [arguments[1] for name, arguments in library.calls if name == "CFStringCreateWithCString"]
    assert wanted == [b"com.apple.screenIsLocked", b"com.apple.screensaver.didstart"]
    assert library.names().count("CFNotificationCenterAddObserver") == 2
    notices.told(None, None, None, None, None)  # as the system calls it
    assert told == [1]
    notices.stop()
    notices.stop()
    assert library.names()[-1] == "CFNotificationCenterRemoveEveryObserver"


def test_a_macos_without_its_library_is_no_error(qtbot: QtBot) -> None:
    lock = DesktopLock(make=MacNotices)
    window = QWidget()
    qtbot.addWidget(window)
    lock.begin(window)
    assert not lock.is_told
    lock.stop()
