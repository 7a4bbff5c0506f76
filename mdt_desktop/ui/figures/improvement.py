"""The question for one thing to do better, and what became of the answers before."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.pulse import MEETINGS_BEFORE_IMPROVEMENT
from mdt_desktop.services.meetings import MemberSummary
from mdt_desktop.services.tasks import TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import Field, chooser
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words

_LONGEST = 500


class ImprovementCard(Card):
    """Asks after eight meetings; between the questions it is not there."""

    agreed = Signal(str, str)  # words, practitioner id

    def __init__(self) -> None:
        super().__init__(words("figures.improvement.title"), " ")
        self.question = words_label(
            words("figures.improvement.question", meetings=MEETINGS_BEFORE_IMPROVEMENT), "body", wraps=True
        )
        self.what = QLineEdit()
        self.what.setMaxLength(_LONGEST)
        self.what.setObjectName("improvement")
        self.what_field = Field(words("figures.improvement.what"), self.what)
        self.who = chooser(words("figures.improvement.who"), [("", words("figures.improvement.choose"))])
        self.who.setObjectName("improvement_owner")
        self.who_field = Field(words("figures.improvement.who"), self.who)
        self.agree = Button(words("figures.improvement.agree"), self._on_agree, "primary")
        self.form = QWidget()
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        below = QHBoxLayout()
        below.setSpacing(theme.size("gap"))
        below.addWidget(self.who_field, 1)
        below.addWidget(self.agree, 0, Qt.AlignmentFlag.AlignBottom)
        column.addWidget(self.question)
        column.addWidget(self.what_field)
        column.addLayout(below)
        self.body.addWidget(self.form)

    def show_state(self, due: bool, members: Sequence[MemberSummary]) -> None:
        """Whether the team is asked now, and who could see to it."""
        self.setVisible(due)
        chosen = self.who.currentData()
        self.who.clear()
        self.who.addItem(words("figures.improvement.choose"), "")
        for member in members:
            self.who.addItem(member.name, member.practitioner_id)
        self.who.setCurrentIndex(max(0, self.who.findData(chosen)))

    def empty(self) -> None:
        """After it was agreed."""
        self.what.clear()

    def _on_agree(self) -> None:
        text, owner = self.what.text().strip(), str(self.who.currentData() or "")
        self.who_field.show_error("" if owner else words("figures.improvement.who_missing"))
        self.what_field.show_error("" if text else words("figures.improvement.what_missing"))
        if text and owner:
            self.agreed.emit(text, owner)


class EarlierCard(Card):
    """What was agreed before, and what became of it."""

    def __init__(self) -> None:
        super().__init__(words("figures.improvement.earlier"), " ")
        self.before = words_label("", "body", wraps=True, selectable=True)
        self.body.addWidget(self.before)

    def show_tasks(self, before: Sequence[TaskSummary]) -> None:
        """Show them, the latest first."""
        told = [
            words("figures.improvement.before", day=cui_date(it.meeting_day) if it.meeting_day else "", what=it.what,
                  owner=it.owner, status=label(it.status))
            for it in before
        ]  # fmt: skip
        self.before.setText("\n".join(told) or words("figures.improvement.none"))
