"""The program's window on the filled store, with the caseload shown, for benchmarks in a process of their own."""

from pathlib import Path

from PySide6.QtTest import QTest

from benchmarks.known import PASSPHRASE, clock
from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.caseload.page import CaseloadPage
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations


class Opened:
    """Opened by passphrase; loads what the program loads and no more."""

    def __init__(self, folder: str) -> None:
        make_application([], scheme="light")
        self.program = bootstrap.open_with_passphrase(DataFolder(Path(folder)), PASSPHRASE, clock=clock)
        broadcasts, messages = Broadcasts(), Messages()
        self.operations = Operations(broadcasts)
        self.window = MainWindow(self.operations, broadcasts, messages, clock)
        services = self.program.services
        self.page = CaseloadPage(services, self.operations, messages, LaptopSettings(), lambda: None)
        self.window.register_page("caseload", "Caseload", "caseload", lambda: self.page)
        self.window.show()
        self.window.show_page("caseload")
        self.settle()

    def settle(self) -> None:
        """Until nothing runs."""
        quiet = 0
        while quiet < 3:
            QTest.qWait(2)
            quiet = quiet + 1 if self.operations.idle and not self.page.loader.waits else 0

    def close(self) -> None:
        """End the threads and close the store."""
        self.operations.close()
        self.program.close()
