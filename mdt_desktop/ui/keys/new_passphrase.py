"""A new passphrase: typed twice, judged while typing, with advice in words."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.keys import door
from mdt_desktop.ui.keys.parts import PassphraseField, StrengthMeter
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.labels import FieldLabel
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.security.passphrase import PassphraseStrength

_PAUSE_MS = 120


class NewPassphrase(QWidget):
    """Two fields and the meter between them. `finished` comes with Enter in the second field."""

    finished = Signal()
    changed = Signal()

    def __init__(self, operations: Operations, first_words: str = "") -> None:
        super().__init__()
        self._operations = operations
        self._about_you: tuple[str, ...] = ()
        self.first = PassphraseField(first_words or words("unlock.new_passphrase"))
        self.again = PassphraseField(words("unlock.passphrase_again"))
        self.meter = StrengthMeter()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(FieldLabel(first_words or words("unlock.new_passphrase"), self.first))
        column.addWidget(self.first)
        column.addWidget(self.meter)
        column.addSpacing(theme.size("unit"))
        column.addWidget(FieldLabel(words("unlock.passphrase_again"), self.again))
        column.addWidget(self.again)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._judge)
        self.first.textChanged.connect(self._on_typed)
        self.again.textChanged.connect(self._on_typed)
        self.first.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self.finished)

    def about_you(self, texts: tuple[str, ...]) -> None:
        """Words that the passphrase had better not be made of."""
        self._about_you = texts
        self._judge()

    def typed(self) -> str:
        """The passphrase in the first field."""
        return self.first.text()

    def problem(self) -> str:
        """What keeps it from being used, in a sentence; empty when nothing does."""
        if not self.typed():
            return words("unlock.problem.passphrase")
        if not door.accepted(self.typed(), self._about_you):
            return words("unlock.problem.too_weak")
        return "" if self.again.text() == self.typed() else words("unlock.problem.differs")

    def focus_problem(self) -> None:
        """Mark the field that is wrong and go there."""
        good = bool(self.typed()) and door.accepted(self.typed(), self._about_you)
        field = self.again if good else self.first
        field.mark(True)
        field.selectAll()
        field.setFocus()

    def clear(self) -> None:
        """Nothing of it stays in the fields."""
        self.first.clear()
        self.again.clear()

    def _on_typed(self) -> None:
        self.first.mark(False)
        self.again.mark(False)
        self._pause.start()
        self.changed.emit()

    def _judge(self) -> None:
        typed = self.typed()
        if not typed:
            self.meter.show_score(-1, ())
            return
        # In the pool: the first judgement loads word lists for 60 ms.
        self._operations.run_in_pool(
            partial(door.strength, typed, self._about_you), self._show, owner=self, latest_of="passphrase strength"
        )

    def _show(self, found: "PassphraseStrength") -> None:
        if self.typed():
            self.meter.show_score(found.score, tuple(label(advice) for advice in found.advice))
