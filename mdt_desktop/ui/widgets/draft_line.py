"""The quiet line over a form whose words were begun before, with the button that discards them."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class DraftLine(QWidget):
    """Hidden until there is something to say."""

    def __init__(self, on_discard: Callable[[], object]) -> None:
        super().__init__()
        self.said = words_label("", "muted", wraps=True)
        self.discard = Button(words("lock.draft.discard"), on_discard, "link")
        self.discard.setObjectName("discard_draft")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("unit") * 2)
        row.addWidget(self.said, 1)
        row.addWidget(self.discard, 0, Qt.AlignmentFlag.AlignTop)
        self._tells_problem = False
        self.hide()

    def show_begun(self, at: datetime) -> None:
        """Say when what stands in the form was begun."""
        here = at.astimezone()
        self._tells_problem = False
        self._say(words("lock.draft.begun", day=cui_date(here.date()), time=cui_time(here)), "muted")
        self.discard.show()

    def show_problem(self, text: str) -> None:
        """Say why what is typed is not kept."""
        self._say(words("lock.draft.not_kept", problem=text), "error")
        self._tells_problem = True
        self.discard.hide()

    def forget_problem(self) -> None:
        """It is tried again; whether that works is not known yet."""
        if self._tells_problem:
            self._tells_problem = False
            self.hide()

    def _say(self, text: str, kind: str) -> None:
        theme.set_kind(self.said, kind)
        self.said.setText(text)
        self.setAccessibleName(text)
        self.show()
