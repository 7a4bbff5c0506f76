"""The sheet before a list leaves the program: how many people, what of them, as which file, and why."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QLineEdit, QRadioButton, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.exports import (
    LEAST,
    ListColumn,
    ListColumnsMissing,
    ListKind,
    ListPurpose,
    ListReason,
    ListReasonMissing,
    suggested_list_name,
)
from mdt_desktop.services.caseload import CaseloadQuery
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words

K = TypeVar("K", ListKind, ListReason)

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services
    from mdt_desktop.services.exports import LeavingList


class ExportSheet(FormSheet):
    """Nothing but the least is chosen beforehand, and no reason is. `saved` carries the path."""

    saved = Signal(str)

    def __init__(
        self,
        host: QWidget,
        query: CaseloadQuery,
        shown: str,
        services: "Services",
        operations: Operations,
        messages: Messages,
        ask_file: AskFile = ask_new_file,
    ) -> None:
        """`shown` says in words who is in the list that is on the screen."""
        super().__init__(words("exports.title"), words("exports.save"), host, self._on_save)
        self._query, self._services, self._ask_file = query, services, ask_file
        self._operations, self._messages = operations, messages
        self._people = 0
        self.setObjectName("export_sheet")
        self.save.setEnabled(False)
        self._add_what(shown)
        self._add_columns()
        self._add_kinds()
        self._add_reasons()
        self.add(words_label(words("exports.keep_safe"), "help", wraps=True))
        self.finish_form()
        operations.run_query(lambda: services.exports.count(query), self._on_counted, self._on_refused, owner=self)

    # Building

    def _add_what(self, shown: str) -> None:
        self.add(words_label(words("exports.what_leaves"), "section"))
        self.people = words_label(words("exports.counting"), "strong", wraps=True)
        self.people.setObjectName("export_people")
        self.add(self.people)
        self.add(words_label(shown, "muted", wraps=True))

    def _begin(self, section: str) -> None:
        """The heading of a section, further from what is above it than from what it is about."""
        self.body.addSpacing(theme.size("unit") * 2)
        self.add(words_label(words(f"exports.{section}"), "section", wraps=True))

    def _add_columns(self) -> None:
        self._begin("columns")
        self.add(words_label(words("exports.columns_help"), "help", wraps=True))
        self.columns: dict[ListColumn, QCheckBox] = {}
        for column in ListColumn:
            box = QCheckBox(label(column))
            box.setChecked(column in LEAST)
            box.setAccessibleDescription(words("exports.columns"))
            self.columns[column] = box
        self.add(_together(list(self.columns.values()), 2))

    def _add_kinds(self) -> None:
        self._begin("kind")
        self.kinds = self._choice({kind: label(kind) for kind in ListKind}, words("exports.kind"))
        self.kinds[ListKind.XLSX].setChecked(True)
        self.add(words_label(words("exports.kind_help"), "help", wraps=True))

    def _add_reasons(self) -> None:
        self._begin("why")
        self.add(words_label(words("exports.why_help"), "help", wraps=True))
        self.reasons = self._choice({reason: label(reason) for reason in ListReason}, words("exports.why"))
        self.more = QLineEdit()
        self.more.setMaxLength(200)
        self.more.setPlaceholderText(words("exports.why_more"))
        self.more.setAccessibleName(words("exports.why_more"))
        self.add(self.more)

    def _choice(self, texts: dict[K, str], name: str) -> dict[K, QRadioButton]:
        group = QButtonGroup(self)
        radios: dict[K, QRadioButton] = {}
        for key, text in texts.items():
            radio = QRadioButton(text)
            radio.setAccessibleDescription(name)
            group.addButton(radio)
            radios[key] = radio
        self.add(_together(list(radios.values()), 1))
        return radios

    def _on_counted(self, people: int) -> None:
        self._people = people
        self.people.setText(_people(people))
        self.save.setEnabled(people > 0)
        if not people:
            self.show_problem(words("exports.nobody"))
            self.save.setEnabled(False)

    # What is chosen

    @property
    def kind(self) -> ListKind:
        """The kind of file."""
        return next(kind for kind, radio in self.kinds.items() if radio.isChecked())

    def purpose(self) -> ListPurpose:
        """Why; raises `ListReasonMissing`."""
        reason = next((it for it, radio in self.reasons.items() if radio.isChecked()), None)
        if reason is None:
            raise ListReasonMissing
        return ListPurpose(reason, self.more.text().strip())

    def chosen(self) -> frozenset[ListColumn]:
        """The columns; raises `ListColumnsMissing`."""
        columns = frozenset(column for column, box in self.columns.items() if box.isChecked())
        if not columns:
            raise ListColumnsMissing
        return columns

    # Leaving

    def _on_save(self) -> None:
        try:
            columns, purpose = self.chosen(), self.purpose()
        except MdtError as problem:
            self._on_refused(problem)
            wrong: QWidget = self.columns[LEAST[0]]
            if isinstance(problem, ListReasonMissing):
                other = self.reasons[ListReason.OTHER]
                wrong = self.more if other.isChecked() else self.reasons[ListReason.FOR_THE_MEETING]
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.saving()
        kind = self.kind
        name = suggested_list_name(kind, self._services.access.today())
        wanted = NewFile(name, words("exports.save_title"), words(f"exports.files.{kind.value}"))
        self._ask_file(wanted, self, lambda path: self._on_path(path, columns, kind, purpose))

    def _on_path(self, path: str, columns: frozenset[ListColumn], kind: ListKind, purpose: ListPurpose) -> None:
        services, people = self._services, self._people
        if not path:
            self._operations.run_command(lambda: services.exports.record_cancelled(people, purpose), self)
            self.save.setEnabled(True)
            return

        def made(found: "tuple[LeavingList, bytes]") -> None:
            leaving, content = found
            self._operations.run_command(
                lambda: services.exports.save(leaving, content, Path(path), kind, purpose),
                self,
                lambda _: self._on_left(path, len(leaving.person_ids)),
                self._on_refused,
            )

        def read(leaving: "LeavingList") -> None:
            self._operations.run_in_pool(
                lambda: (leaving, services.exports.content(leaving, kind)), made, self._on_refused, owner=self
            )

        # Read now, not when the sheet was opened: what leaves is what is there.
        self._operations.run_query(
            lambda: services.exports.caseload(self._query, columns), read, self._on_refused, owner=self
        )

    def _on_left(self, path: str, people: int) -> None:
        self._messages.done(words("exports.saved", people=_people(people), name=Path(path).name))
        self.saved.emit(path)
        self.leave()

    def _on_refused(self, problem: Exception) -> None:
        self.show_problem(self._messages.words_of(problem))
        self.reveal(self.problem)
        self._messages.announce(self.problem.text())


def _together(widgets: Sequence[QWidget], columns: int) -> QWidget:
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


def _people(count: int) -> str:
    return words("exports.one_person") if count == 1 else words("exports.people", people=count)
