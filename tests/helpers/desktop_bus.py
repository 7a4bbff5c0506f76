"""A message bus of a test's own, with what a desktop has on it: logind and a screen saver that the test moves."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusObjectPath,
    QDBusUnixFileDescriptor,
    QDBusVariant,
    QDBusVirtualObject,
)

LOGIN, LOGIN_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
OWN, OTHERS = f"{LOGIN_PATH}/session/_32", f"{LOGIN_PATH}/session/_37"
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""


@contextmanager
def a_bus(folder: Path) -> Iterator[str]:
    """A running bus that starts nothing by itself; gives its address. Skips where there is no dbus-daemon."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed")
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(socket=folder / "bus"), encoding="utf-8")
    arguments = [daemon, f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"]
    running = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
    finally:
        running.terminate()
        running.communicate()


def tell(bus: QDBusConnection, path: str, interface: str, name: str, *values: object) -> None:
    """Send a signal to whoever listens."""
    message = QDBusMessage.createSignal(path, interface, name)
    message.setArguments(list(values))
    assert bus.send(message)


@dataclass
class Desktop:
    """The desktop's own connection to the bus, from which it tells things and answers."""

    bus: QDBusConnection
    facts: dict[str, object] = field(default_factory=lambda: {"Id": "2", "Active": True, "LockedHint": False})

    def __post_init__(self) -> None:
        self.login = FakeLogind(self)
        assert self.bus.registerService(LOGIN)
        options = QDBusConnection.VirtualObjectRegisterOption.SubPath
        assert self.bus.registerVirtualObject(LOGIN_PATH, self.login, options)

    def tells(self, path: str, interface: str, name: str, *values: object) -> None:
        """Send a signal to whoever listens."""
        tell(self.bus, path, interface, name, *values)

    def sleeps(self, begins: bool = True) -> None:
        """The lid was closed, or opened again."""
        self.tells(LOGIN_PATH, f"{LOGIN}.Manager", "PrepareForSleep", begins)

    def becomes(self, session: str = OWN, **facts: object) -> None:
        """Something is otherwise about a session from now on."""
        if session == OWN:
            self.facts |= facts
        self.tells(session, "org.freedesktop.DBus.Properties", "PropertiesChanged", f"{LOGIN}.Session", {}, [*facts])


class FakeLogind(QDBusVirtualObject):
    """Answers what the program asks of logind; `held` are the reading ends of what keeps the computer awake."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._desktop = desktop
        self.asked: list[tuple[str, list[object]]] = []
        self.held: list[int] = []

    def introspect(self, path: str) -> str:
        return ""

    def handleMessage(self, message: QDBusMessage, connection: QDBusConnection) -> bool:
        self.asked.append((message.member(), message.arguments()))
        if message.member() == "Get":
            answer: object = QDBusVariant(self._desktop.facts[str(message.arguments()[1])])
        elif message.member() == "GetSession":
            answer = QDBusObjectPath(OWN)
        elif message.member() == "Inhibit":
            reads, writes = os.pipe()
            self.held.append(reads)
            answer = QDBusUnixFileDescriptor(writes)
            os.close(writes)
        else:
            return False
        return connection.send(message.createReply(answer))

    def was_let_go(self) -> bool:
        """Has the program closed what keeps the computer awake?"""
        os.set_blocking(self.held[-1], False)
        try:
            return os.read(self.held[-1], 1) == b""
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Close our ends."""
        for reads in self.held:
            os.close(reads)
