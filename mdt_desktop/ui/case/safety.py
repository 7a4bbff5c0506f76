"""The safety prompt of a case: it stands over every tab until the question is asked again and answered otherwise."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.services.assessment_reading import SafetyPrompt
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.words import words

PHQ9 = "phq-9"


class SafetyNotice(QFrame):
    """Says what was reported, by whom it was noted, and leads to the answers."""

    def __init__(self, case: CaseContext, prompt: SafetyPrompt) -> None:
        super().__init__()
        theme.set_kind(self, "notice", tone="warning")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 10, 9)
        row.setSpacing(theme.size("gap"))
        picture = QLabel()
        edge = theme.size("icon_large")
        picture.setPixmap(theme.icon("alert", "high").pixmap(QSize(edge, edge)))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        text = words(prompt.key)
        noted = words(
            "case.safety.noted",
            answer=prompt.answer,
            name=prompt.noted_by,
            day=cui_date(prompt.noted_at.astimezone().date()),
        )
        column.addWidget(words_label(text, "strong", wraps=True))
        column.addWidget(words_label(noted, wraps=True))
        row.addLayout(column, 1)
        button = Button(
            words("case.safety.open"), lambda: case.assessment_requested.emit(prompt.assessment_id, PHQ9), "plain"
        )
        row.addWidget(named(button, "open_safety"), 0, Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(text)
