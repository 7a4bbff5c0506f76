"""The foot of the cockpit: how a person can be finished, with a key each; or the line that is being typed."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.meeting import Outcome
from mdt_desktop.ui import theme
from mdt_desktop.ui.cockpit.composer import Composer
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words

OUTCOMES = (
    Outcome.NO_CHANGE, Outcome.PLAN_CHANGES, Outcome.ASSESS, Outcome.REFER, Outcome.ESCALATE, Outcome.STEP_DOWN,
)  # fmt: skip
"""In the order of their keys 1 to 6; to defer somebody is to park them."""
_HEIGHT = 92


class Foot(QFrame):
    """Keeps its height in both states, so that nothing above moves while somebody types."""

    outcome_chosen = Signal(object)  # Outcome

    def __init__(self, on_next: Callable[[], object], on_park: Callable[[], object]) -> None:
        super().__init__()
        theme.set_kind(self, "cockpit_foot")
        self.composer = Composer()
        self._choices = self._made_choices(on_next, on_park)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._choices)
        self._stack.addWidget(self.composer)
        row = QHBoxLayout(self)
        edge = theme.size("card")
        row.setContentsMargins(edge, theme.size("unit") * 2, edge, theme.size("unit") * 2)
        row.addWidget(self._stack)
        self._fit()
        theme.news().changed.connect(self._fit)

    def _made_choices(self, on_next: Callable[[], object], on_park: Callable[[], object]) -> QWidget:
        holder = QWidget()
        self.outcomes: dict[Outcome, Button] = {}
        chips = QWidget()
        flow = flowing(chips, theme.size("unit") * 2, theme.size("unit"))
        for number, outcome in enumerate(OUTCOMES, start=1):
            button = Button(words("cockpit.outcome", number=number, outcome=label(outcome)), None, "chip")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, it=outcome: self.outcome_chosen.emit(it))
            self.outcomes[outcome] = button
            flow.addWidget(button)
        self.park = Button(words("cockpit.park"), on_park, "chip")
        flow.addWidget(self.park)
        self.next = Button(words("cockpit.next"), on_next, "primary")
        self.next.setToolTip("Ctrl+Return")
        for button in (self.park, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        top = QHBoxLayout()
        top.addWidget(chips, 1)
        top.addWidget(self.next, 0, Qt.AlignmentFlag.AlignTop)
        self.hint = words_label("", "muted", wraps=True)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        column.addLayout(top)
        column.addWidget(self.hint)
        column.addStretch(1)
        return holder

    @property
    def is_typing(self) -> bool:
        """Is the line open?"""
        return self._stack.currentWidget() is self.composer

    def show_line(self, on: bool) -> None:
        """The line, or how a person can be finished."""
        self._stack.setCurrentWidget(self.composer if on else self._choices)

    def show_default(self, outcome: Outcome | None, hint: str) -> None:
        """What the next key would finish the person with, and what else there is to do."""
        for it, button in self.outcomes.items():
            button.setDown(False)
            theme.set_kind(button, "chip", chosen=it is outcome)
        self.hint.setText(hint)

    def _fit(self) -> None:
        self.setFixedHeight(round(_HEIGHT * theme.current().scale))
