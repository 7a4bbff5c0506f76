"""The list of what is wrong at the top of a form, each line a way to its field (NHS design system, errors)."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.answering import Problem
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import sentence, words


class ProblemLine(Button):
    """A link of several lines where the room is narrow: a button does not wrap its words by itself."""

    def __init__(self, text: str, on_click: Callable[[], object]) -> None:
        super().__init__(text.replace("&", "&&"), on_click, kind="link")
        self._words = text
        self.setAccessibleName(text)

    def fit(self, width: int) -> None:
        """Break the words so that no line is wider than `width` pixels."""
        metrics, lines = QFontMetrics(self.font()), [""]
        for word in self._words.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and metrics.horizontalAdvance(longer) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        self.setText("\n".join(lines).replace("&", "&&"))


class ProblemSummary(QFrame):
    """ "There is a problem" and one line each; `jump_requested` carries link id and position."""

    jump_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "notice", tone="error")
        self.setAccessibleName(words("form.problem_title"))
        # The focus comes here when problems are shown, so that a screen reader begins with them.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lines: list[ProblemLine] = []
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
            go_there = partial(self.jump_requested.emit, problem.link_id, problem.position)
            line = ProblemLine(sentence(problem.error), go_there)
            self.lines.append(line)
            column.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self._scroll.setWidget(holder)
        self.setVisible(bool(problems))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        holder = self._scroll.widget()
        layout = holder.layout() if holder else None
        if holder is None or layout is None:
            return
        for line in self.lines:
            line.fit(self.width() - theme.size("card") * 4)
        layout.activate()
        # Long lists scroll within a third of a laptop's screen: the form itself stays in sight.
        self._scroll.setFixedHeight(min(layout.sizeHint().height() + 2, theme.size("body") * 12))
