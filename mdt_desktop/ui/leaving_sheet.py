"""What every sheet asks before a list leaves the program: what of it, as which file, and why; and then the leaving."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QLabel, QLineEdit, QRadioButton, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.exports import ListColumnsMissing, ListPurpose, ListReason, ListReasonMissing
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words

K = TypeVar("K", bound=StrEnum)
L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class Errand(Generic[L]):
    """One list on its way out, as it was chosen when "Save" was pressed.

    `read` runs in the reader's thread, `content` in the pool, `save` and `cancelled` in the writer's; `told` says what
    has left under a file's name.
    """

    wanted: NewFile
    read: Callable[[], L]
    content: Callable[[L], bytes]
    save: Callable[[L, bytes, Path], Changes]
    cancelled: Callable[[], Changes]
    told: Callable[[L, str], str]


class LeavingSheet(FormSheet, Generic[L]):
    """Nothing but the least is chosen beforehand, and no reason is. `saved` carries the path.

    A kind of list adds its parts in `__init__`, ends with `finish_form`, and says in `errand` what was chosen.
    """

    saved = Signal(str)
    verb, why, why_help = "exports.save", "exports.why", "exports.why_help"
    """The words of the button, and of what is asked and said about the reason."""

    def __init__(
        self,
        title: str,
        host: QWidget,
        operations: Operations,
        messages: Messages,
        ask_file: AskFile = ask_new_file,
    ) -> None:
        super().__init__(title, words(self.verb), host, self._on_save)
        self._operations, self._messages, self._ask_file = operations, messages, ask_file
        self.save.setEnabled(False)

    def errand(self) -> Errand[L]:
        """What was chosen. Raises `MdtError` where something is missing."""
        raise NotImplementedError

    def wrong(self, problem: MdtError) -> QWidget:
        """Where the keyboard goes when `errand` has raised."""
        if isinstance(problem, ListReasonMissing):
            other = self.reasons[ListReason.OTHER]
            return self.more if other.isChecked() else self.reasons[ListReason.FOR_THE_MEETING]
        return self.save

    # Building

    def begin(self, section: str) -> QLabel:
        """The heading of a section, further from what is above it than from what it is about."""
        self.body.addSpacing(theme.size("unit") * 2)
        heading = words_label(section, "section", wraps=True)
        self.add(heading)
        return heading

    def add_kinds(self, kinds: Iterable[K], first: K) -> dict[K, QRadioButton]:
        """The kinds of file, with `first` chosen."""
        self.begin(words("exports.kind"))
        made = self.choice({kind: label(kind) for kind in kinds}, words("exports.kind"))
        made[first].setChecked(True)
        self.add(words_label(words("exports.kind_help"), "help", wraps=True))
        return made

    def add_reasons(self) -> None:
        """Why it leaves, and how to keep it; the last part of every sheet."""
        self.begin(words(self.why))
        self.add(words_label(words(self.why_help), "help", wraps=True))
        self.reasons = self.choice({reason: label(reason) for reason in ListReason}, words(self.why))
        self.more = QLineEdit()
        # Only the words are a draft: the reason itself is chosen each time, on purpose.
        self.more.setObjectName("why_more")
        self.more.setMaxLength(200)
        self.more.setPlaceholderText(words("exports.why_more"))
        self.more.setAccessibleName(words("exports.why_more"))
        self.add(self.more)
        self.add(words_label(words("exports.keep_safe"), "help", wraps=True))

    def choice(self, texts: dict[K, str], name: str) -> dict[K, QRadioButton]:
        """One of several, one below the other; `name` says to a screen reader what is chosen."""
        group = QButtonGroup(self)
        radios: dict[K, QRadioButton] = {}
        for key, text in texts.items():
            radio = QRadioButton(text)
            radio.setAccessibleDescription(name)
            group.addButton(radio)
            radios[key] = radio
        self.add(together(list(radios.values()), 1))
        return radios

    # What is chosen

    def purpose(self) -> ListPurpose:
        """Why; raises `ListReasonMissing`."""
        reason = next((it for it, radio in self.reasons.items() if radio.isChecked()), None)
        if reason is None:
            raise ListReasonMissing
        return ListPurpose(reason, self.more.text().strip())

    # Leaving

    def _on_save(self) -> None:
        try:
            errand = self.errand()
        except MdtError as problem:
            self.refuse(problem)
            self.wrong(problem).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.saving()
        self._ask_file(errand.wanted, self, lambda path: self._on_path(path, errand))

    def _on_path(self, path: str, errand: Errand[L]) -> None:
        if not path:
            self._operations.run_command(errand.cancelled, self)
            self.save.setEnabled(True)
            return

        def made(found: tuple[L, bytes]) -> None:
            leaving, content = found
            self._operations.run_command(
                lambda: errand.save(leaving, content, Path(path)),
                self,
                lambda _: self._on_left(path, errand.told(leaving, Path(path).name)),
                self.refuse,
            )

        def read(leaving: L) -> None:
            self._operations.run_in_pool(lambda: (leaving, errand.content(leaving)), made, self.refuse, owner=self)

        # Read now, not when the sheet was opened: what leaves is what is there.
        self._operations.run_query(errand.read, read, self.refuse, owner=self)

    def _on_left(self, path: str, told: str) -> None:
        self._messages.done(told)
        self.recorded()
        self.saved.emit(path)
        self.leave()

    def refuse(self, problem: Exception) -> None:
        """Say why it did not leave; everything that was chosen stays."""
        self.show_problem(self._messages.words_of(problem))
        self.reveal(self.problem)
        self._messages.announce(self.problem.text())


def column_boxes(columns: Iterable[K], chosen: Iterable[K], name: str) -> dict[K, QCheckBox]:
    """A box for each column that a list can have, with the least of them chosen."""
    boxes: dict[K, QCheckBox] = {}
    least = frozenset(chosen)
    for column in columns:
        box = QCheckBox(label(column))
        box.setChecked(column in least)
        box.setAccessibleDescription(name)
        boxes[column] = box
    return boxes


def checked(boxes: dict[K, QCheckBox]) -> frozenset[K]:
    """The columns that are chosen; raises `ListColumnsMissing`."""
    columns = frozenset(column for column, box in boxes.items() if box.isChecked())
    if not columns:
        raise ListColumnsMissing
    return columns


def people_words(count: int) -> str:
    """How many people, in words."""
    return words("exports.one_person") if count == 1 else words("exports.people", people=count)


def together(widgets: Sequence[QWidget], columns: int) -> QWidget:
    """Choices that belong together, nearer to each other than to the rest; read down each column."""
    held = QWidget()
    grid = QGridLayout(held)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(theme.size("unit"))
    grid.setHorizontalSpacing(theme.size("gap"))
    rows = -(-len(widgets) // columns)
    for place, widget in enumerate(widgets):
        grid.addWidget(widget, place % rows, place // rows)
    grid.setColumnStretch(columns - 1, 1)
    return held
