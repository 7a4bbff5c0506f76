"""The sheets over the worklist: why something is changed, not done or refused, and who does it instead."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.services.tasks import TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_LINES = 4
_LONGEST = 2000


class ReasonSheet(FormSheet):
    """Asks why; nothing is recorded without a reason."""

    def __init__(
        self, host: QWidget, task: TaskSummary, status: TaskStatus, on_save: Callable[["ReasonSheet"], None]
    ) -> None:
        super().__init__(
            words(f"worklist.reason.title.{status.value}"), words(f"worklist.verb.{status.value}"), host, self._save
        )
        self.task, self.status, self._on_save = task, status, on_save
        self.key = status.value
        self.add(words_label(task.what, "strong", wraps=True))
        self.words = QPlainTextEdit()
        self.words.setObjectName("reason")
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(theme.size("body") * 2 * _LINES)
        self.field = Field(words("worklist.reason.field"), self.words, words(f"worklist.reason.help.{status.value}"))
        self.add(self.field)
        self.finish_form()

    @property
    def reason(self) -> str:
        """What is typed, at most as long as is kept."""
        return self.words.toPlainText().strip()[:_LONGEST]

    def _save(self) -> None:
        self.field.show_error("" if self.reason else words("worklist.reason.missing"))
        if self.reason:
            self._on_save(self)


class GiveSheet(FormSheet):
    """Gives an action to somebody else."""

    def __init__(
        self,
        host: QWidget,
        task: TaskSummary,
        everybody: Sequence[PractitionerSummary],
        on_save: Callable[["GiveSheet"], None],
    ) -> None:
        super().__init__(words("worklist.give.title"), words("worklist.give.verb"), host, self._save)
        self.task, self._on_save = task, on_save
        self.key = "give"
        self.add(words_label(task.what, "strong", wraps=True))
        self.add(words_label(words("worklist.give.now", name=task.owner), "muted", wraps=True))
        choices = [("", words("worklist.give.choose"))]
        choices += [
            (it.id, words("worklist.give.who", name=it.name, works_for=it.works_for))
            for it in sorted(everybody, key=lambda it: it.name)
            if it.active and it.id != task.owner_id
        ]
        self.who = chooser(words("worklist.give.field"), choices)
        self.who.setObjectName("owner")
        self.field = Field(words("worklist.give.field"), self.who)
        self.add(self.field)
        self.finish_form()

    def _save(self) -> None:
        chosen = bool(self.who.currentData())
        self.field.show_error("" if chosen else words("worklist.give.missing"))
        if chosen:
            self._on_save(self)
