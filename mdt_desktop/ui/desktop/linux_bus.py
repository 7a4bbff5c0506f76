"""Linux: the desktop's lock, another user's turn and sleep, as D-Bus tells them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import SLOT, QObject, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusObjectPath,
    QDBusUnixFileDescriptor,
    QDBusVariant,
)

from mdt_desktop.words import words

_LOGIN, _LOGIN_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
_MANAGER, _SESSION = f"{_LOGIN}.Manager", f"{_LOGIN}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_OWN_SESSION = f"{_LOGIN_PATH}/session/auto"
_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
)
"""Name, which is also that of the interface, and path of what locks the screen: KDE, GNOME and its relatives."""

_SAVER, _SLEEP = SLOT("_on_saver(bool)"), SLOT("_on_sleep(bool)")
_LOCK, _FACTS = SLOT("_on_lock()"), SLOT("_on_facts()")
_HELD = SLOT("_on_inhibitor(QDBusMessage)")


class LinuxBus(QObject):
    """Listens on both buses. Nothing here waits for an answer: a bus that is slow or absent holds nothing up."""

    def __init__(
        self,
        left: Callable[[], None],
        session: QDBusConnection | None = None,
        system: QDBusConnection | None = None,
    ) -> None:
        super().__init__()
        self._left = left
        self._session_bus = session or _bus("DBUS_SESSION_BUS_ADDRESS", "bus", QDBusConnection.sessionBus)
        self._system_bus = system or QDBusConnection.systemBus()
        self._facts: dict[str, bool] = {}
        self._own_path = ""
        self._heard: list[tuple[Any, tuple[object, ...]]] = []
        self._inhibitor: QDBusUnixFileDescriptor | None = None
        self._holds = False

    def begin(self, window_id: int) -> None:
        """Listen. Raises OSError where there is neither bus."""
        session, system = self._session_bus, self._system_bus
        if session is not None and session.isConnected():
            for name, path in _SAVERS:
                self._listen(session, name, path, name, "ActiveChanged", _SAVER)
        if system.isConnected():
            self._listen(system, _LOGIN, _LOGIN_PATH, _MANAGER, "PrepareForSleep", _SLEEP)
            self._ask(_OWN_SESSION, _PROPERTIES, "Get", (_SESSION, "Id"), SLOT("_on_session_id(QDBusMessage)"))
        elif session is None or not session.isConnected():
            raise OSError("no message bus")

    def hold_sleep(self) -> None:
        """Ask logind to wait with sleeping; it does so for some seconds at most."""
        if not self._holds and self._system_bus.isConnected():
            self._holds = True
            told = (words("ui.product"), words("lock.sleep_waits"))
            self._ask(_LOGIN_PATH, _MANAGER, "Inhibit", ("sleep", *told, "delay"), _HELD)

    def let_sleep(self) -> None:
        """Give up the wish: closing the file that stands for it is how logind is told."""
        self._holds = False
        self._inhibitor = None

    def stop(self) -> None:
        """Listen no longer."""
        self.let_sleep()
        for bus, place in self._heard:
            bus.disconnect(*place)
        self._heard.clear()

    @Slot(bool)
    def _on_saver(self, is_on: bool) -> None:
        if is_on:
            self._left()

    @Slot(bool)
    def _on_sleep(self, begins: bool) -> None:
        if begins:
            self._left()

    @Slot()
    def _on_lock(self) -> None:
        self._left()

    @Slot()
    def _on_facts(self) -> None:
        """Something changed about the session; what it is now is asked for, as that is plainer to read."""
        self._ask(self._own_path, _PROPERTIES, "Get", (_SESSION, "Active"), SLOT("_on_active(QDBusMessage)"))
        self._ask(self._own_path, _PROPERTIES, "Get", (_SESSION, "LockedHint"), SLOT("_on_locked(QDBusMessage)"))

    @Slot(QDBusMessage)
    def _on_active(self, answer: QDBusMessage) -> None:
        self._learn("Active", answer, away=False)

    @Slot(QDBusMessage)
    def _on_locked(self, answer: QDBusMessage) -> None:
        self._learn("LockedHint", answer, away=True)

    def _learn(self, name: str, answer: QDBusMessage, *, away: bool) -> None:
        value = _first(answer)
        before = self._facts.get(name)
        if isinstance(value, bool):
            self._facts[name] = value
            # How it was when the program began is no news: a session without a screen is never "active".
            if before is not None and before is not value and value is away:
                self._left()

    @Slot(QDBusMessage)
    def _on_session_id(self, answer: QDBusMessage) -> None:
        found = _first(answer)
        if isinstance(found, str) and found:
            self._ask(_LOGIN_PATH, _MANAGER, "GetSession", (found,), SLOT("_on_session(QDBusMessage)"))

    @Slot(QDBusMessage)
    def _on_session(self, answer: QDBusMessage) -> None:
        found = _first(answer)
        if isinstance(found, QDBusObjectPath):
            path = self._own_path = found.path()
            bus = self._system_bus
            self._listen(bus, _LOGIN, path, _SESSION, "Lock", _LOCK)
            self._listen(bus, _LOGIN, path, _PROPERTIES, "PropertiesChanged", _FACTS)
            self._on_facts()

    @Slot(QDBusMessage)
    def _on_inhibitor(self, answer: QDBusMessage) -> None:
        found = _first(answer)
        if self._holds and isinstance(found, QDBusUnixFileDescriptor):
            self._inhibitor = found

    def _listen(self, bus: Any, service: str, path: str, interface: str, name: str, slot: str) -> None:
        """Call a slot for a signal. The stubs say that the slot's name is bytes; text is what is taken."""
        place = (service, path, interface, name, self, slot)
        bus.connect(*place)
        self._heard.append((bus, place))

    def _ask(self, path: str, interface: str, method: str, arguments: tuple[str, ...], slot: str) -> None:
        """Call logind; `slot` gets the answer when it comes, and is not called where logind is not there."""
        message = QDBusMessage.createMethodCall(_LOGIN, path, interface, method)
        message.setArguments(list(arguments))
        bus: Any = self._system_bus
        bus.callWithCallback(message, self, slot)


def _first(answer: QDBusMessage) -> object:
    """What was answered; None for a refusal."""
    if answer.type() != QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
        return None
    value = answer.arguments()[0]
    return value.variant() if isinstance(value, QDBusVariant) else value


def _bus(variable: str, file: str, connect: Callable[[], QDBusConnection]) -> QDBusConnection | None:
    """The session's bus where there is one; asking for one that is not there would start it."""
    place = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.environ.get(variable) or (place and (Path(place) / file).exists()):
        return connect()
    return None
