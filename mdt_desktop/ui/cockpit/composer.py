"""The line at the foot of the cockpit: where everything that is said in the room is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, read_date
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.meeting import DecisionKind
from mdt_desktop.ui import theme
from mdt_desktop.ui.cockpit.owner_line import Owner, OwnerLine
from mdt_desktop.ui.forms.choice_fields import QuietCombo
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, sentence, words

DEFAULT_DUE = "+2w"
_NAME_WIDTH = 118
_MOST_LINES = 3


class Mode(StrEnum):
    """What is being typed."""

    DECISION = "decision"
    ACTION = "action"
    NOTE = "note"
    PERSONS_VIEW = "persons_view"
    CARERS_VIEW = "carers_view"
    QUESTION = "question"
    CHALLENGE = "challenge"
    LEAD = "lead"
    PARK = "park"
    STEP_DOWN = "step_down"
    REFUSE = "refuse"


WITH_OWNER = frozenset({Mode.ACTION, Mode.PARK, Mode.LEAD})
WITH_DUE = frozenset({Mode.ACTION, Mode.PARK})


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the line. `choice` is the kind of a decision, why a view is not known, or the refused action;
    `changes_id` the earlier decision that this one changes, `reason` why."""

    mode: Mode
    text: str = ""
    owner: Owner | None = None
    due: date | None = None
    choice: str = ""
    changes_id: str = ""
    reason: str = ""

    @property
    def is_empty(self) -> bool:
        """Was nothing typed?"""
        return not (self.text.strip() or self.reason.strip() or (self.owner is not None and self.mode is not Mode.LEAD))


class _Text(GrowingTextEdit):
    """Return records, Shift+Return begins a new line."""

    submitted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)


class _Short(QLineEdit):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class Composer(QFrame):
    """One thing at a time: its name, the text, and under it the fields that belong to it."""

    submitted = Signal(object)  # Entry
    typed = Signal(object)  # Entry, whenever something in it changed
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode = Mode.NOTE
        self._today = date.min
        self._filling = False
        self.name = words_label("", "strong", wraps=True)
        self.name.setMinimumWidth(_NAME_WIDTH)
        self.name.setContentsMargins(0, theme.size("unit") * 2, 0, 0)
        self.text = _Text(lines=1, most_lines=_MOST_LINES)
        self.owner = OwnerLine(words("cockpit.owner"))
        self.due = _Short()
        self.due.setAccessibleName(words("cockpit.due"))
        self.due_meant = words_label("", "muted")
        self.choice = QuietCombo()
        self.changes = QuietCombo()
        self.changes.setAccessibleName(words("cockpit.changes"))
        self.reason = _Short()
        self.reason.setAccessibleName(words("cockpit.reason"))
        self.reason.setPlaceholderText(words("cockpit.reason"))
        self.problem = words_label("", "error", wraps=True)
        self.save = Button(words("cockpit.record"), self._submit, "primary")
        self.close_line = Button(words("ui.close"), self.left.emit, "quiet")
        self._owner_name = words_label(words("cockpit.owner"), "field")
        self._due_name = words_label(words("cockpit.due"), "field")
        self._lay_out()
        self.text.submitted.connect(self._submit)
        self.owner.submitted.connect(self._submit)
        self.due.returnPressed.connect(self._submit)
        self.reason.returnPressed.connect(self._submit)
        self.text.textChanged.connect(self._on_typed)
        self.owner.changed.connect(self._on_typed)
        self.due.textChanged.connect(self._on_due)
        self.reason.textChanged.connect(self._on_typed)
        self.choice.currentIndexChanged.connect(self._on_typed)
        self.changes.currentIndexChanged.connect(self._on_changes)

    def _lay_out(self) -> None:
        gap = theme.size("unit") * 2
        below = QHBoxLayout()
        below.setSpacing(gap)
        for widget, stretch in (
            (self.choice, 0), (self._owner_name, 0), (self.owner, 5), (self._due_name, 0), (self.due, 0),
            (self.due_meant, 0), (self.changes, 2), (self.reason, 3), (self.problem, 3),
        ):  # fmt: skip
            below.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)
        below.addStretch(1)
        below.addWidget(self.close_line)
        below.addWidget(self.save)
        self.due.setFixedWidth(round(104 * theme.current().scale))
        fields = self._fields = QVBoxLayout()
        fields.setSpacing(gap)
        fields.addWidget(self.text)
        fields.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap"))
        fields.addStretch(1)
        row.addWidget(self.name, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(fields, 1)

    def show_draft_line(self, draft_line: QWidget) -> None:
        """Where it is told that words were begun before."""
        self._fields.insertWidget(0, draft_line)

    # Opening

    def begin(
        self,
        entry: Entry,
        today: date,
        *,
        choices: Sequence[tuple[str, str]] = (),
        changes: Sequence[tuple[str, str]] = (),
        owners: Sequence[Owner] = (),
        help_words: str = "",
    ) -> None:
        """Begin to type: `entry` stands in it first, choices are (key, words)."""
        self._filling = True
        mode = self._mode = entry.mode
        self._today = today
        self.name.setText(words(f"cockpit.mode.{mode.value}"))
        self.text.setAccessibleName(self.name.text())
        self.text.setPlaceholderText(help_words or words(f"cockpit.help.{mode.value}"))
        self.text.setVisible(mode is not Mode.LEAD)
        self._fill(self.choice, choices)
        self.choice.setAccessibleName(words(f"cockpit.choice.{mode.value}") if choices else "")
        self._fill(self.changes, [("", words("cockpit.changes.none")), *changes] if changes else ())
        self.owner.show_owners(owners)
        self.owner.setVisible(mode in WITH_OWNER)
        self._owner_name.setVisible(mode in WITH_OWNER)
        for widget in (self.due, self._due_name, self.due_meant):
            widget.setVisible(mode in WITH_DUE)
        self.save.setText(words(f"cockpit.save.{mode.value}"))
        self.show_problem("")
        self._filling = False
        self.show_entry(entry)
        self.first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def show_entry(self, entry: Entry) -> None:
        """Show what stands in the line; its lists are there already."""
        due = cui_date(entry.due) if entry.due is not None else DEFAULT_DUE if self._mode in WITH_DUE else ""
        self.put_back(
            {
                "text": entry.text,
                "owner": entry.owner.name if entry.owner is not None else "",
                "due": due,
                "choice": entry.choice,
                "changes": entry.changes_id,
                "reason": entry.reason,
            }
        )

    def content(self) -> dict[str, object]:
        """What stands in the line, as a draft keeps it."""
        return {
            "text": self.text.toPlainText(),
            "owner": self.owner.line.text(),
            "due": self.due.text(),
            "choice": str(self.choice.currentData() or ""),
            "changes": str(self.changes.currentData() or ""),
            "reason": self.reason.text(),
        }

    def put_back(self, content: Mapping[str, object]) -> None:
        """Show some of what `content` tells."""
        self._filling = True
        if "text" in content:
            self.text.setPlainText(str(content["text"]))
            self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        for name, line in (("owner", self.owner.line), ("due", self.due), ("reason", self.reason)):
            if name in content:
                line.setText(str(content[name]))
        for name, box in (("choice", self.choice), ("changes", self.changes)):
            if name in content:
                box.setCurrentIndex(max(0, box.findData(str(content[name]))))
        self._filling = False
        self.show_reason(needed=bool(self.changes.currentData() or self.reason.text()))
        self._on_due()

    def first_field(self) -> QWidget:
        """Where typing begins."""
        if self._mode is Mode.LEAD:
            return self.owner.line
        return self.text

    @staticmethod
    def _fill(box: QComboBox, choices: Sequence[tuple[str, str]]) -> None:
        box.blockSignals(True)
        box.clear()
        for key, text in choices:
            box.addItem(text, key)
        box.blockSignals(False)
        box.setVisible(bool(choices))

    # What stands in it

    @property
    def mode(self) -> Mode:
        """What is being typed."""
        return self._mode

    def entry(self) -> Entry:
        """What stands in it now; a day that cannot be read is None."""
        try:
            due = self._due()
        except BadInput:
            due = None
        return self._entry(due)

    def _entry(self, due: date | None) -> Entry:
        return Entry(
            self._mode,
            self.text.toPlainText().strip(),
            self.owner.owner if self._mode in WITH_OWNER else None,
            due,
            str(self.choice.currentData() or ""),
            str(self.changes.currentData() or ""),
            self.reason.text().strip(),
        )

    def _due(self) -> date | None:
        typed = self.due.text().strip()
        if self._mode not in WITH_DUE or not typed:
            return None
        found = read_date(typed, self._today)
        return found if isinstance(found, date) else None

    def show_problem(self, text: str) -> None:
        """Why it was not recorded; what was typed stays."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def show_reason(self, *, needed: bool) -> None:
        """Ask for a reason, as where somebody else than the proposed lead is chosen."""
        self.reason.setVisible(needed)

    def _show_reason(self) -> None:
        self.show_reason(needed=bool(self.changes.currentData()))

    def _on_changes(self) -> None:
        self._show_reason()
        if self.changes.currentData():
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_typed()

    def _on_due(self) -> None:
        try:
            due = self._due()
            self.due_meant.setText(cui_date(due) if due is not None else words("cockpit.due.none"))
        except BadInput as problem:
            self.due_meant.setText(sentence(problem))
        self._on_typed()

    def _on_typed(self) -> None:
        if not self._filling:
            self.typed.emit(self.entry())

    def _submit(self) -> None:
        try:
            entry = self._entry(self._due())
        except BadInput as problem:
            self.show_problem(sentence(problem))
            self.due.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.submitted.emit(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the line; what was typed in it is there again the next time."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def decision_kinds() -> list[tuple[str, str]]:
    """The types of a decision, "other" first: nobody has to choose."""
    kinds = [DecisionKind.OTHER, *(it for it in DecisionKind if it is not DecisionKind.OTHER)]
    return [(kind.value, label(kind)) for kind in kinds]
