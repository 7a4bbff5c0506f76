"""The headline measure over the caseload; each number opens the people it counts."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mdt_desktop.services.coverage import Headline
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.figure import Figure
from mdt_desktop.words import words

_KEYS = ("at_risk", "with_joint_plan", "with_agreed_lead", "with_both")


class MeasureStrip(QWidget):
    """At risk, with joint plan, with agreed lead, with both. `opened` carries the key of a number."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(words("caseload.measure"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap"))
        self.figures: dict[str, Figure] = {}
        for key in _KEYS:
            figure = Figure("", "", partial(self.opened.emit, key))
            figure.words.setWordWrap(False)
            self.figures[key] = figure
            row.addWidget(figure)

    def show_headline(self, headline: Headline) -> None:
        """Show the numbers; the last one also as a share of those at risk."""
        counts = (headline.at_risk, headline.with_joint_plan, headline.with_agreed_lead, headline.with_both)
        share = f"{100 * headline.with_both / headline.at_risk:.0f} %" if headline.at_risk else "0 %"
        for key, count in zip(_KEYS, counts, strict=True):
            self.figures[key].show_number(f"{count:,}", words(f"caseload.measure.{key}", share=share))
