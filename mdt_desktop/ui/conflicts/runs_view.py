"""The last exchanges: when, how long, how much, and in words how each ended."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.services.sync_views import RunLine
from mdt_desktop.ui import theme
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.words import vocabulary, words


class RunColumn(IntEnum):
    """The columns, in their order."""

    WHEN = 0
    TOOK = 1
    SENT = 2
    TAKEN = 3
    CONFLICTS = 4
    RESULT = 5


def when_words(moment: str) -> str:
    """`14-Aug-2026 09:12`, where the laptop is."""
    here = datetime.fromisoformat(moment).astimezone()
    return f"{cui_date(here.date())} {cui_time(here)}"


def took_words(run: RunLine) -> str:
    """How long it took."""
    if not run.ended:
        return ""
    seconds = (datetime.fromisoformat(run.ended) - datetime.fromisoformat(run.started)).total_seconds()
    return words("sync.runs.seconds", count=max(0, round(seconds)))


def result_words(run: RunLine, *, latest: bool = False, running: bool = False) -> str:
    """How it ended, in a sentence."""
    if not run.ended:
        return words("sync.runs.going" if latest and running else "sync.runs.cut")
    if not run.error:
        return words("sync.runs.good")
    sentence = vocabulary().errors.get(run.error, "")
    return sentence if sentence and "{" not in sentence else words("sync.runs.unexpected")


class RunsView(QWidget):
    """A table; the whole sentence of the chosen run beneath it."""

    def __init__(self) -> None:
        super().__init__()
        self._running = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.size("unit"), 0, 0)
        self.table = RowTable(words("sync.runs.list"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model: ListTableModel[RunLine] = ListTableModel(self._columns())
        self.table.show_model(self.model)
        self.said = words_label("", "body", wraps=True, selectable=True)
        self.empty = EmptyState(words("sync.runs.none"), icon="refresh")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        column.addWidget(self.stack, 1)
        column.addWidget(self.said)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())

    def _columns(self) -> dict[RunColumn, Column[RunLine]]:
        def column(name: str, cells: object, width: int, **more: bool) -> Column[RunLine]:
            return Column(words(f"sync.runs.column.{name}"), cells, width, **more)  # type: ignore[arg-type]

        return {
            RunColumn.WHEN: column("when", lambda it: when_words(it.started), 140, whole=True, tabular=True),
            RunColumn.TOOK: column("took", took_words, 60, figures=True),
            RunColumn.SENT: column("sent", lambda it: f"{it.pushed:,}", 60, figures=True),
            RunColumn.TAKEN: column("taken", lambda it: f"{it.pulled:,}", 70, figures=True),
            RunColumn.CONFLICTS: column("conflicts", lambda it: f"{it.conflicts:,}", 80, figures=True),
            RunColumn.RESULT: column("result", self._result, 300),
        }

    def _result(self, run: RunLine) -> str:
        return result_words(run, latest=run is self.model.row(0), running=self._running)

    def show_runs(self, runs: Sequence[RunLine], *, running: bool) -> None:
        """Show them, the latest first and chosen."""
        self._running = running
        self.model.show(list(runs))
        self.stack.setCurrentIndex(0 if runs else 1)
        self.said.setVisible(bool(runs))
        if runs:
            self.table.selectRow(0)
            self._on_row()

    def _on_row(self) -> None:
        index = self.table.currentIndex()
        run = self.model.row(index.row()) if index.isValid() else None
        self.said.setText("" if run is None else self._result(run))
