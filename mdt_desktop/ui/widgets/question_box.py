"""A question with verbs on its buttons; opened over the window, never run in a nested loop."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.messages import Answer, Question
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class QuestionBox(QDialog):
    """Answers once: with the chosen key, or with the way out when it is closed or Escape is pressed."""

    def __init__(self, question: Question, answer: Answer, parent: QWidget) -> None:
        super().__init__(parent)
        self.question = question
        self._answer, self._chosen = answer, question.way_out
        # What it asks may be about a person; a window's title is for task switchers too.
        self.setWindowTitle(words("ui.product"))
        self.setAccessibleName(question.words)
        self.setAccessibleDescription(question.detail)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(theme.size("unit") * 2)
        for text, kind in ((question.words, "section"), (question.detail, "muted")):
            if text:
                shown = words_label(text, kind, wraps=True)
                shown.setMinimumWidth(round(380 * theme.current().scale))
                column.addWidget(shown)
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        row.addStretch(1)
        self.buttons: dict[str, Button] = {}
        for choice in question.choices:
            button = Button(choice.words, partial(self._choose, choice.key), choice.kind)
            self.buttons[choice.key] = button
            row.addWidget(button)
        column.addSpacing(theme.size("gap"))
        column.addLayout(row)
        default = next((c.key for c in question.choices if c.kind == "primary"), question.way_out)
        self.buttons[default].setDefault(True)
        self.buttons[default].setFocus()
        self.finished.connect(self._on_finished)

    def _choose(self, key: str) -> None:
        self._chosen = key
        self.accept()

    def _on_finished(self) -> None:
        self._answer(self._chosen)
