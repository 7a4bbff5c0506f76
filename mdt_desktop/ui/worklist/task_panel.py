"""The action that is chosen: its words whole, where it comes from, how it went, and what can be done with it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.tasks import CLOSED, TaskStatus
from mdt_desktop.services.tasks import TaskStepSummary, TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.worklist.columns import origin_words, person_words, status_words
from mdt_desktop.words import label, words

KEYS = {"done": "D", "part_done": "P", "changed": "C", "not_done": "N", "accept": "A", "refused": "R", "give": "G",
        "open": "O"}  # fmt: skip
"""What one key does with the chosen action; `person` is Enter."""


def offered(task: TaskSummary) -> tuple[str, ...]:
    """What can be done with an action as it stands, in the order of its buttons."""
    if task.status in CLOSED:
        return ("open",)
    if task.status is TaskStatus.REFUSED:
        return ("give", "accept")
    waits = task.accepted_at is None and task.owner_id is not None
    first = ("accept", "refused", "give") if waits else ()
    rest = ("done", "part_done", "changed", "not_done", "refused", "give")
    return (*first, *(it for it in rest if it not in first and it != task.status.value))


class TaskPanel(Card):
    """One card under the table, so that the table keeps its width."""

    wanted = Signal(str)  # a key of KEYS, or "person"

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(words("worklist.panel"))
        self.what = words_label("", "section", wraps=True, selectable=True)
        self.status = words_label("", "strong")
        top = QHBoxLayout()
        top.setSpacing(theme.size("gap"))
        top.addWidget(self.what, 1)
        top.addWidget(self.status, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        self.about = words_label("", "muted", wraps=True, selectable=True)
        self.steps = words_label("", "muted", wraps=True, selectable=True)
        for shown in (self.about, self.steps):
            self.body.addWidget(shown)
        self._bar = QWidget()
        flow = flowing(self._bar, theme.size("unit") * 2, theme.size("unit"))
        self.buttons: dict[str, Button] = {}
        for key, letter in KEYS.items():
            verb = words(f"worklist.verb.{key}")
            button = Button(words("worklist.with_key", verb=verb, letter=letter), None, "plain")
            button.setAccessibleName(verb)
            button.setObjectName(f"task_{key}")
            button.clicked.connect(self._told(key))
            self.buttons[key] = button
            flow.addWidget(button)
        self.person = Button(words("worklist.open_person"), lambda: self.wanted.emit("person"), "quiet", "person")
        flow.addWidget(self.person)
        self.body.addWidget(self._bar)
        self.task: TaskSummary | None = None
        self.show_task(None)

    def _told(self, key: str) -> Callable[[], None]:
        return lambda: self.wanted.emit(key)

    def show_task(self, task: TaskSummary | None, steps: Sequence[TaskStepSummary] = ()) -> None:
        """Show an action, or that none is chosen."""
        self.task = task
        shown = offered(task) if task is not None else ()
        for key, button in self.buttons.items():
            button.setVisible(key in shown)
        self.person.setVisible(task is not None and task.person_id is not None)
        self._bar.setVisible(task is not None)
        if task is None:
            self.what.setText(words("worklist.panel.none"))
            self.status.setText("")
            self.about.setText("")
            self.steps.hide()
            return
        self.what.setText(task.what)
        self.status.setText(status_words(task))
        about = words(
            "worklist.panel.about", person=person_words(task), owner=task.owner, works_for=task.organisation,
            meeting=origin_words(task), by=task.made_by,
        )  # fmt: skip
        self.about.setText(about if task.organisation else about.replace(" ()", ""))
        told = [
            words("worklist.panel.step", day=cui_date(it.at.astimezone().date()), status=label(it.status), by=it.by,
                  reason=it.reason).rstrip(": ")
            for it in steps[1:]
        ]  # fmt: skip
        self.steps.setText("\n".join(told[-3:]))
        self.steps.setVisible(bool(told))

