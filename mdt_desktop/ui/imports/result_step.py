"""Importing with its progress, and what came of it: a line a file, the rejects file, and the rows to decide."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from mdt_desktop.services.risk_wizard import ChosenFile, FileState
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.parts import StateDelegate, trouble
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import words


class ResultColumn(IntEnum):
    """The columns."""

    FILE = 0
    STATE = 1
    NEW = 2
    UPDATED = 3
    CASES = 4
    HELD = 5
    REJECTED = 6
    REMARK = 7


_LOOKS = {
    FileState.IMPORTED: ("good", "good"),
    FileState.KNOWN: ("info", "muted"),
}


def remark(file: ChosenFile) -> str:
    """What is to be said of a file beside its numbers."""
    if file.state in (FileState.REFUSED, FileState.NOT_IMPORTED):
        return trouble(file.error)
    if file.result is not None and file.result.practice_added:
        return words("imports.practice_added", code=file.result.practice_code)
    return words("run_state.same_file") if file.state is FileState.KNOWN else ""


def _number(name: str) -> Column[ChosenFile]:
    return Column(
        words(f"imports.result.{name}"),
        lambda it: f"{getattr(it.result, name):,}" if it.result is not None else "",
        86,
        figures=True,
    )


class ImportView(QWidget):
    """The bar while files are written. `stop_requested`: no further file, and the one being written is undone."""

    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.addStretch(1)
        self.words = words_label("", "section", wraps=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(words("imports.importing"))
        self.detail = words_label(words("imports.importing_detail"), "muted", wraps=True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.stop = Button(words("imports.stop"), self.stop_requested.emit)
        column.addWidget(self.words)
        holder = QHBoxLayout()
        holder.addStretch(1)
        self.bar.setFixedWidth(round(460 * theme.current().scale))
        holder.addWidget(self.bar)
        holder.addStretch(1)
        column.addLayout(holder)
        column.addWidget(self.detail)
        column.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def show_progress(self, done: int, of: int, part: float, name: str) -> None:
        """`done` of `of` files are written, and `part` (0 to 1) of the one called `name`; without one, a backup."""
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * (done + part) / max(1, of)))
        text = words("imports.importing_file", number=min(done + 1, of), of=of, file=name)
        self.words.setText(text if name else words("imports.backing_up"))


class ResultView(QWidget):
    """What came of each file."""

    save_requested = Signal()
    held_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.summary: QLabel = words_label("", "section", wraps=True)
        column.addWidget(self.summary)
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        self.save = Button(words("imports.save_rejects", count=0), self.save_requested.emit, icon="save")
        self.decide = Button(words("imports.decide_count", count=0), self.held_requested.emit, icon="question")
        row.addWidget(self.save)
        row.addWidget(self.decide)
        row.addStretch(1)
        column.addLayout(row)
        self.table = RowTable(words("imports.result.title"))
        self.model: ListTableModel[ChosenFile] = ListTableModel(
            {
                ResultColumn.FILE: Column(words("imports.column.file"), lambda it: it.path.name, 180, whole=True),
                ResultColumn.STATE: Column(
                    words("imports.column.state"), lambda it: words(f"file_state.{it.state.value}"), 150
                ),
                ResultColumn.NEW: _number("new_people"),
                ResultColumn.UPDATED: _number("updated"),
                ResultColumn.CASES: _number("new_cases"),
                ResultColumn.HELD: _number("held"),
                ResultColumn.REJECTED: _number("rejected"),
                ResultColumn.REMARK: Column(words("imports.result.remark"), remark, 240, tip=remark),
            }
        )
        self.table.show_model(self.model)
        self.table.paint_column(
            ResultColumn.STATE, StateDelegate(lambda it: _LOOKS.get(it.state, ("error", "very_high")))
        )
        column.addWidget(self.table, 1)

    def show_files(self, files: Sequence[ChosenFile]) -> None:
        """Show them, what went wrong first."""
        wrong = (FileState.REFUSED, FileState.NOT_IMPORTED)
        self.model.show(sorted(files, key=lambda it: it.state not in wrong))
        done = [file.result for file in files if file.result is not None]
        self.summary.setText(
            words(
                "imports.result.summary" if len(done) != 1 else "imports.result.summary.one",
                files=len(done),
                new=sum(it.new_people for it in done),
                updated=sum(it.updated for it in done),
                cases=sum(it.new_cases for it in done),
            )
        )
        rejects = sum(len(file.rejects) for file in files)
        waiting = sum(it.held for it in done)
        self.save.setVisible(rejects > 0)
        self.save.setText(words("imports.save_rejects.one" if rejects == 1 else "imports.save_rejects", count=rejects))
        self.decide.setVisible(waiting > 0)
        self.decide.setText(words("imports.decide_count", count=waiting))
