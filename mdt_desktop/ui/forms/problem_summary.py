"""The list of what is wrong at the top of a form, each line a way to its field (NHS design system, errors)."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import Problem
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import sentence, words


class ProblemSummary(QFrame):
    """ "There is a problem" and one line each; `jump_requested` carries link id and position."""

    jump_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "notice", tone="error")
        self.setAccessibleName(words("form.problem_title"))
        # The focus comes here when problems are shown, so that a screen reader begins with them.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lines: list[Button] = []
        layout = QVBoxLayout(self)
        pad = theme.size("card")
        layout.setContentsMargins(pad, theme.size("gap"), pad, theme.size("gap"))
        layout.setSpacing(theme.size("unit"))
        layout.addWidget(words_label(words("form.problem_title"), "section"))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout.addWidget(self._scroll)
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """List the problems in reading order, or disappear when there is none."""
        self.lines = []
        holder = QWidget()
        theme.set_kind(holder, "scrolled")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for problem in problems:
            line = Button(
                sentence(problem.error).replace("&", "&&"),
                partial(self.jump_requested.emit, problem.link_id, problem.position),
                kind="link",
            )
            self.lines.append(line)
            column.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self._scroll.setWidget(holder)
        # Long lists scroll within a third of a laptop's screen: the form itself stays in sight.
        self._scroll.setFixedHeight(min(holder.sizeHint().height() + 2, theme.size("body") * 12))
        self.setVisible(bool(problems))
