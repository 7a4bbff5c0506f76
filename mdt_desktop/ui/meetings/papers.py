"""The button for everything of a meeting that leaves the program: it offers only what somebody answers to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.words import words


@dataclass(frozen=True, slots=True)
class PaperChoice:
    """One line of the menu; `is_there` is asked when the menu is filled, `states` are those of the meeting."""

    key: str
    run: Callable[[], None]
    is_there: Callable[[], bool]
    states: frozenset[MeetingState]


class PapersButton(Button):
    """Hidden where there is nothing to offer."""

    def __init__(self, choices: Sequence[PaperChoice]) -> None:
        super().__init__(words("meetings.papers"), None, "plain", "documents")
        self._choices = choices
        self.papers = QMenu(self)
        self.setMenu(self.papers)

    def show_state(self, state: MeetingState) -> None:
        """Offer what there is for a meeting of this state."""
        self.papers.clear()
        for choice in self._choices:
            if state in choice.states and choice.is_there():
                action = self.papers.addAction(words(f"meetings.paper.{choice.key}"))
                action.setObjectName(choice.key)
                action.triggered.connect(lambda _=False, choice=choice: choice.run())
        self.setVisible(not self.papers.isEmpty())

    def open_papers(self, host: QWidget) -> None:
        """Open the menu, as for somebody who comes for the papers."""
        if not self.papers.isEmpty() and host.isVisible():
            self.papers.popup(self.mapToGlobal(self.rect().bottomLeft()))
