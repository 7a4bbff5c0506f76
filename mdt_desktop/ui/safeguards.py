"""What watches over an open store: idle time, the desktop's own lock, the clipboard, and captured screens."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui.clipboard import OwnClipboard
from mdt_desktop.ui.desktop_lock import DesktopLock
from mdt_desktop.ui.idle import IdleWatch
from mdt_desktop.ui.screen_capture import ScreenCapture, Shield


class Safeguards(QObject):
    """Made once the first screen is painted. `lock_wanted` comes when nobody is there any more (SECURITY R17)."""

    lock_wanted = Signal()

    def __init__(
        self,
        application: QApplication,
        window: QWidget,
        settings: LaptopSettings,
        shield: Shield | None,
        parent: QObject,
        *,
        desktop: DesktopLock | None = None,
    ) -> None:
        """`shield` is what this system offers against captured screens; `desktop` stands in for the one there is."""
        super().__init__(parent)
        self.clipboard = OwnClipboard(application.clipboard(), settings.clipboard_seconds, self)
        self.capture = ScreenCapture(application, shield, self)
        self.idle = IdleWatch(application, self)
        self.idle.idle.connect(self.lock_wanted)
        self.desktop = desktop if desktop is not None else DesktopLock(self)
        self.desktop.left.connect(self.lock_wanted)
        self.desktop.begin(window)

    def opened(self, settings: LaptopSettings) -> None:
        """The store is open: count the idle time, and have sleep wait until it is closed."""
        self.idle.start(settings.auto_lock_minutes)
        self.desktop.hold_sleep()

    def apply(self, settings: LaptopSettings) -> None:
        """Other settings were chosen."""
        self.clipboard.keep_for(settings.clipboard_seconds)
        if self.idle.running:
            self.idle.start(settings.auto_lock_minutes)

    def locking(self) -> None:
        """The program locks: what is ours leaves the clipboard, and a screen that was shared is shielded again."""
        self.idle.stop()
        self.clipboard.clear()
        self.capture.allow(False)

    def locked(self) -> None:
        """The store is closed: the computer may sleep."""
        self.desktop.let_sleep()

    def stop(self) -> None:
        """The program ends."""
        self.locking()
        self.desktop.stop()
