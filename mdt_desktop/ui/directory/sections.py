"""The three parts of the directory: each a search line, what narrows it, and a table."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.services.directory import OrganisationSummary, PracticeSummary, PractitionerSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.directory.places import Entries, found, is_named, practice_name
from mdt_desktop.ui.forms.form_sheet import chooser
from mdt_desktop.ui.row_models import Column, Columns, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.toolbar_row import ToolbarRow
from mdt_desktop.words import label, people_count, words

Row = TypeVar("Row", PractitionerSummary, PracticeSummary, OrganisationSummary)
_SEARCH_WIDTH = 360
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class PractitionerColumn(IntEnum):
    """The columns of practitioners."""

    NAME = 0
    ROLE = 1
    WORKS_FOR = 2
    TELEPHONE = 3
    LEADS = 4
    ACTIVE = 5


class PracticeColumn(IntEnum):
    """The columns of practices."""

    CODE = 0
    NAME = 1
    NETWORK = 2
    LOCALITY = 3
    LIST_SIZE = 4
    TELEPHONE = 5
    LATEST_RUN = 6


class OrganisationColumn(IntEnum):
    """The columns of organisations."""

    NAME = 0
    KIND = 1
    LOCALITY = 2
    TELEPHONE = 3


class Section(QWidget, Generic[Row]):
    """One part. Arrows in the search line walk the table, letters in the table go to the search line, Enter opens."""

    opened = Signal(object)  # the row
    said = Signal()  # what is shown has changed

    def __init__(self, key: str, columns: Columns[Row]) -> None:
        super().__init__()
        self.key = key
        self._rows: Sequence[Row] = ()
        self._chosen = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText(words(f"directory.search.{key}"))
        self.search.setAccessibleName(words(f"directory.search.{key}"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(round(_SEARCH_WIDTH * theme.current().scale))
        self.bar = ToolbarRow()
        self.bar.add(self.search, 3)
        self.table = RowTable(words(f"directory.tab.{key}"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model: ListTableModel[Row] = ListTableModel(columns)
        self.table.show_model(self.model)
        self.empty = EmptyState(words(f"directory.none.{key}"), words(f"directory.none_detail.{key}"), icon="directory")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)
        self.search.textChanged.connect(self.narrow)
        self.search.installEventFilter(self)
        self.table.typed.connect(self._on_typed)
        self.table.opened.connect(self._on_opened)

    def show_entries(self, entries: Entries) -> None:
        """Show what was read; the row that was selected stays so."""
        self._rows = self.rows_of(entries)
        self.narrow()

    def rows_of(self, entries: Entries) -> Sequence[Row]:
        """This part's rows."""
        raise NotImplementedError

    def fits(self, row: Row, text: str) -> bool:
        """Whether a row is shown for what was typed and chosen."""
        raise NotImplementedError

    def summary(self) -> str:
        """What is shown of how many."""
        return words("directory.summary", shown=self.model.rowCount(), of=len(self._rows))

    def narrow(self) -> None:
        """Show the rows that fit."""
        at = self.table.currentIndex().row()
        current = self.model.row(at)
        self._chosen = current.id if current is not None else self._chosen
        text = self.search.text()
        self.model.show([row for row in self._rows if self.fits(row, text)])
        self._stack.setCurrentWidget(self.table if self.model.rowCount() else self.empty)
        self.select(self._chosen)
        self.said.emit()

    def select(self, entry_id: str) -> None:
        """Select an entry that is shown, and remember one that is still to come."""
        self._chosen = entry_id
        for number in range(self.model.rowCount()):
            row = self.model.row(number)
            if row is not None and row.id == entry_id:
                self.table.selectRow(number)
                self.table.scrollTo(self.model.index(number, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.search:
            key, at = Qt.Key(event.key()), self.table.currentIndex().row()
            if key in _STEPS and self.model.rowCount():
                self.table.selectRow(min(max(at + _STEPS[key], 0), self.model.rowCount() - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.model.rowCount():
                self._on_opened(max(at, 0))
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.setText(self.search.text() + text)

    def _on_opened(self, number: int) -> None:
        row = self.model.row(number)
        if row is not None:
            self.table.selectRow(number)
            self.opened.emit(row)


def _telephone(width: int) -> Column[Any]:
    return Column(words("directory.column.telephone"), lambda it: it.telephone, width, tabular=True)


class PractitionerSection(Section[PractitionerSummary]):
    """Who works here."""

    def __init__(self) -> None:
        super().__init__(
            "practitioners",
            {
                PractitionerColumn.NAME: Column[PractitionerSummary](
                    words("directory.column.name"), lambda it: it.name, 190, whole=True
                ),
                PractitionerColumn.ROLE: Column[PractitionerSummary](
                    words("directory.column.role"),
                    lambda it: label(it.role),
                    200,
                    roomy=True,
                    tip=lambda it: label(it.discipline),
                ),
                PractitionerColumn.WORKS_FOR: Column[PractitionerSummary](
                    words("directory.column.works_for"),
                    lambda it: it.works_for,
                    220,
                    roomy=True,
                    tip=lambda it: it.works_for,
                ),
                PractitionerColumn.TELEPHONE: _telephone(124),
                PractitionerColumn.LEADS: Column[PractitionerSummary](
                    words("directory.column.leads"),
                    lambda it: people_count(it.leads) if it.leads else "",
                    100,
                    tabular=True,
                    spoken=lambda it: people_count(it.leads),
                    heading_tip=words("directory.column.leads_tip"),
                ),
                PractitionerColumn.ACTIVE: Column[PractitionerSummary](
                    words("directory.column.active"),
                    lambda it: words("directory.active" if it.active else "directory.left"),
                    100,
                ),
            },
        )
        disciplines = sorted(((it.value, label(it)) for it in Discipline), key=lambda pair: pair[1].casefold())
        self.discipline = chooser(
            words("directory.discipline_filter"), [("", words("directory.all_disciplines")), *disciplines]
        )
        self.with_left = QCheckBox(words("directory.with_left"))
        self.bar.add(self.discipline)
        self.bar.add(self.with_left)
        self.bar.stretch()
        self.discipline.currentIndexChanged.connect(self.narrow)
        self.with_left.toggled.connect(self._on_with_left)
        self._on_with_left(False)

    def _on_with_left(self, with_left: bool) -> None:
        """Whether somebody works here is said only where some do not any more."""
        self.table.setColumnHidden(PractitionerColumn.ACTIVE, not with_left)
        self.narrow()

    def rows_of(self, entries: Entries) -> Sequence[PractitionerSummary]:
        return entries.practitioners

    def fits(self, row: PractitionerSummary, text: str) -> bool:
        wanted = self.discipline.currentData()
        return (
            (row.active or self.with_left.isChecked())
            and wanted in ("", row.discipline.value)
            and found(text, row.name, label(row.role), label(row.discipline), row.works_for, row.telephone)
        )

    def summary(self) -> str:
        there = sum(it.active or self.with_left.isChecked() for it in self._rows)
        return words("directory.summary", shown=self.model.rowCount(), of=there)


class PracticeSection(Section[PracticeSummary]):
    """The practices."""

    def __init__(self) -> None:
        super().__init__(
            "practices",
            {
                PracticeColumn.CODE: Column[PracticeSummary](
                    words("directory.column.code"), lambda it: it.code, 90, whole=True, tabular=True
                ),
                PracticeColumn.NAME: Column[PracticeSummary](
                    words("directory.column.name"), practice_name, 230, whole=True
                ),
                PracticeColumn.NETWORK: Column[PracticeSummary](
                    words("directory.column.network"), lambda it: it.network, 150, roomy=True, tip=lambda it: it.network
                ),
                PracticeColumn.LOCALITY: Column[PracticeSummary](
                    words("directory.column.locality"), lambda it: it.locality_name, 120
                ),
                PracticeColumn.LIST_SIZE: Column[PracticeSummary](
                    words("directory.column.list_size"), lambda it: f"{it.list_size:,}", 90, figures=True
                ),
                PracticeColumn.TELEPHONE: _telephone(160),
                PracticeColumn.LATEST_RUN: Column[PracticeSummary](
                    words("directory.column.latest_run"),
                    lambda it: cui_date(it.latest_run) if it.latest_run else words("directory.no_run"),
                    120,
                ),
            },
        )
        self.add_locality = Button(words("directory.add_locality"), None, "quiet", "place")
        self.bar.stretch()
        self.bar.add(self.add_locality)

    def rows_of(self, entries: Entries) -> Sequence[PracticeSummary]:
        key = "none" if entries.practices else "empty"
        self.empty.words.setText(words(f"directory.{key}.practices"))
        self.empty.detail.setText(words(f"directory.{key}_detail.practices"))
        return entries.practices

    def fits(self, row: PracticeSummary, text: str) -> bool:
        return found(text, row.code, row.name, row.network, row.locality_name)

    def summary(self) -> str:
        unnamed = sum(not is_named(it) for it in self._rows)
        key = "directory.summary.unnamed" if unnamed else "directory.summary"
        return words(key, shown=self.model.rowCount(), of=len(self._rows), **({"unnamed": unnamed} if unnamed else {}))


class OrganisationSection(Section[OrganisationSummary]):
    """The organisations that are not practices."""

    def __init__(self) -> None:
        super().__init__(
            "organisations",
            {
                OrganisationColumn.NAME: Column[OrganisationSummary](
                    words("directory.column.name"), lambda it: it.name, 330, whole=True
                ),
                OrganisationColumn.KIND: Column[OrganisationSummary](
                    words("directory.column.kind"), lambda it: label(it.kind), 300
                ),
                OrganisationColumn.LOCALITY: Column[OrganisationSummary](
                    words("directory.column.locality"),
                    lambda it: it.locality_name or words("directory.whole_borough"),
                    190,
                ),
                OrganisationColumn.TELEPHONE: _telephone(160),
            },
        )
        self.bar.stretch()

    def rows_of(self, entries: Entries) -> Sequence[OrganisationSummary]:
        return entries.organisations

    def fits(self, row: OrganisationSummary, text: str) -> bool:
        return found(text, row.name, label(row.kind), row.locality_name)
