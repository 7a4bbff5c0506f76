"""The main window with the gallery's pages."""

from datetime import date

from PySide6.QtCore import QEventLoop, QTimer

from mdt_desktop.ui.hits import DeliverPeople, PersonHit
from mdt_desktop.ui.pages import Page
from mdt_desktop.ui.shell_parts import HeadlineMeasure
from tests.helpers.window import WindowParts
from tests.ui.gallery.pages import CaseloadSample, CaseSample
from tests.ui.gallery.widgets import WidgetsSample


class Shell(WindowParts):
    """A window with sample pages; close() ends its threads."""

    def __init__(self) -> None:
        super().__init__()
        pages = (
            ("today", "Today", Page),
            ("caseload", "Caseload", CaseloadSample),
            ("meetings", "Meetings", WidgetsSample),
            ("worklist", "Worklist", Page),
            ("figures", "Figures", Page),
            ("directory", "Directory", Page),
            ("settings", "Settings", Page),
        )
        for key, text, factory in pages:
            self.window.register_page(key, text, key, factory)
        self.window.register_page("case", "Case", "case", CaseSample, in_rail=False)
        self.window.register_page("died", "Died", "case", lambda: CaseSample(died=date(2026, 3, 2)), in_rail=False)
        self.window.show_demo(True)
        self.window.show_sync("Synced 09:12")
        self.window.show_measure(HeadlineMeasure(412, 301, 288, 260))
        self.window.search_people_by(_sample_people)

    def close(self) -> None:
        """End threads and window."""
        self.window.close()
        self.operations.close()
        self.window.deleteLater()


def _sample_people(text: str, deliver: DeliverPeople) -> None:
    deliver(
        [
            PersonHit("1", "EXAMPLE, Amina (Mrs)", "14-Aug-1940 (86)   943 476 5919"),
            PersonHit("2", "EXAMPLE-SAMPLE, Walter (Mr)", "02-May-1951 (75)   942 117 3300"),
        ]
    )


def settle(milliseconds: int = 30) -> None:
    """Let Qt lay out and paint."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
