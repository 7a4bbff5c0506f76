"""What importing one file would do: figures, tiers expected against actual, ties, rejects and held rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.risk import TierCount
from mdt_desktop.services.risk_import import ImportPreview, RunState
from mdt_desktop.services.risk_rejects import reason_in_words
from mdt_desktop.services.risk_wizard import ChosenFile, FileState
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.approach_form import ApproachForm
from mdt_desktop.ui.imports.parts import Scrolled, clear, notice, trouble
from mdt_desktop.ui.messages import Tone
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.figure import Figure
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.words import words

MOST_LINES_SHOWN = 500
_ROWS_IN_SIGHT = 6


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One line that is rejected or held, in words."""

    line: int
    column: str
    reason: str
    who: str


def rejected(preview: ImportPreview) -> list[LineProblem]:
    """Rejected lines by number."""
    return [
        LineProblem(it.line, it.column, reason_in_words(it), " ".join(it.cells[:3]))
        for it in sorted(preview.file.rejects, key=lambda it: it.line)[:MOST_LINES_SHOWN]
    ]


def held(preview: ImportPreview) -> list[LineProblem]:
    """Lines that will wait for a decision, by number."""
    of_file = [(it.row, reason_in_words(it)) for it in preview.file.held]
    rows = preview.file.rows
    doubts = [(rows[it.place], words(f"match.{it.match.value}")) for it in preview.doubts]
    return [
        LineProblem(row.line, "", reason, name_on_screen(row.family_name, row.given_names, row.title))
        for row, reason in sorted([*of_file, *doubts], key=lambda it: it[0].line)[:MOST_LINES_SHOWN]
    ]


def statements(preview: ImportPreview) -> list[tuple[Tone, str]]:
    """What has to be known before importing, in sentences."""
    file, said = preview.file, []
    if preview.state is not RunState.NEW:
        said.append((Tone.INFO, words(f"imports.state.{preview.state.value}", run_date=cui_date(file.run_date))))
    if preview.state is RunState.SAME_FILE:
        return said
    if not preview.practice_known:
        said.append((Tone.WARNING, words("imports.new_practice", code=file.practice_code)))
    if preview.moved:
        said.append(
            (Tone.INFO, words("imports.moved" if preview.moved > 1 else "imports.moved.one", count=preview.moved))
        )
    if preview.absent:
        found = preview.updates + preview.unchanged + preview.held
        key = "imports.absent.many" if preview.absent > found else "imports.absent"
        one = ".one" if preview.absent == 1 else ""
        tone = Tone.WARNING if preview.absent > found else Tone.INFO
        said.append((tone, words(f"{key}{one}", count=preview.absent, found=found)))
    if preview.left_out:
        said.append((Tone.INFO, words("imports.left_out", count=preview.left_out)))
    if file.remarks:
        said.append((Tone.INFO, words("imports.remarks", count=len(file.remarks))))
    return said


class PreviewView(QWidget):
    """One file. `approach_asked` as `ApproachForm.asked`."""

    approach_asked = Signal(object, object, object, object, bool)

    def __init__(self) -> None:
        super().__init__()
        self._file: ChosenFile | None = None
        self._scroll = Scrolled(words("imports.preview.title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        self.form: ApproachForm | None = None

    def show_file(self, file: ChosenFile, *, several: bool) -> None:
        """Show a file as far as it is known."""
        before, self._file = self._file, file
        # By identity: comparing thousands of rows would take longer than drawing.
        if before is file:
            return
        column = self._scroll.column
        clear(column)
        self.form = None
        preview = file.preview
        if file.state is FileState.REFUSED:
            column.addWidget(notice(trouble(file.error), Tone.ERROR))
        elif preview is None:
            column.addWidget(words_label(words("imports.preview.reading"), "muted"))
        else:
            self._fill(file, preview, several=several)
        column.addStretch(1)

    def _fill(self, file: ChosenFile, preview: ImportPreview, *, several: bool) -> None:
        column, read = self._scroll.column, preview.file
        heading = words(
            "imports.preview.heading",
            practice=preview.practice_name or read.practice_code,
            run_date=cui_date(read.run_date),
        )
        column.addWidget(words_label(heading, "section", wraps=True))
        if file.error is not None:
            column.addWidget(notice(trouble(file.error), Tone.ERROR))
        for tone, text in statements(preview):
            column.addWidget(notice(text, tone))
        column.addWidget(self._figures(preview))
        if preview.state is RunState.SAME_FILE:
            return
        column.addWidget(self._tiers(preview))
        self.form = ApproachForm()
        self.form.show_options(file.options, preview.approach, several=several)
        self.form.asked.connect(self.approach_asked)
        column.addWidget(self.form)
        for key, found, count in (
            ("rejected", rejected(preview), len(read.rejects)),
            ("held", held(preview), preview.held),
        ):
            if found:
                column.addWidget(_problems(key, found, count))

    @staticmethod
    def _figures(preview: ImportPreview) -> QWidget:
        holder = QWidget()
        flow = flowing(holder, theme.size("page"), theme.size("unit"))
        numbers = (
            ("rows", preview.file.lines),
            ("new", preview.new_people),
            ("updates", preview.updates),
            ("unchanged", preview.unchanged),
            ("absent", preview.absent),
            ("held", preview.held),
            ("rejected", len(preview.file.rejects)),
        )
        for key, number in numbers:
            figure = Figure(f"{number:,}", words(f"imports.figure.{key}"))
            figure.setMinimumWidth(round(96 * theme.current().scale))
            flow.addWidget(figure)
        return holder

    @staticmethod
    def _tiers(preview: ImportPreview) -> QWidget:
        tool = " ".join(part for part in (preview.file.tool, preview.file.tool_version) if part)
        about = words("imports.tiers.about", list_size=preview.list_size)
        card = Card(words("imports.tiers.title"), " · ".join(part for part in (about, tool) if part))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.size("page"))
        grid.setVerticalSpacing(theme.size("unit") * 2)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place, key in enumerate(("tier", "expected", "actual", "difference")):
            grid.addWidget(
                words_label(words(f"imports.tiers.{key}"), "muted"), 0, place, right if place else Qt.AlignmentFlag(0)
            )
        for row, count in enumerate(preview.tiers, start=1):
            grid.addWidget(TierBadge(count.tier), row, 0)
            for place, text in enumerate(_tier_texts(count), start=1):
                shown: QLabel = words_label(text)
                shown.setFont(theme.font(tabular=True))
                grid.addWidget(shown, row, place, right)
        grid.setColumnStretch(4, 1)
        card.body.addLayout(grid)
        for tie in preview.ties:
            text = words(
                f"risk_tie.{tie.move.value}", tier=tie.tier, tied=tie.tied, placed=tie.placed, wanted=tie.wanted
            )
            card.body.addWidget(words_label(text, "muted", wraps=True))
        return card


def _tier_texts(count: TierCount) -> tuple[str, str, str]:
    side = "over" if count.difference > 0 else "under" if count.difference < 0 else "exact"
    return (
        words("imports.tiers.share", count=count.expected, share=f"{count.expected_share:g}"),
        words("imports.tiers.share", count=count.actual, share=f"{round(count.actual_share, 1):g}"),
        words(f"imports.tiers.{side}", count=abs(count.difference)),
    )


def _problems(key: str, found: Sequence[LineProblem], count: int) -> QWidget:
    more = words("imports.lines_more", shown=len(found)) if count > len(found) else ""
    title = words(f"imports.lines.{key}.one" if count == 1 else f"imports.lines.{key}", count=count)
    card = Card(title, f"{words(f'imports.lines.{key}_detail')} {more}".strip())
    table = RowTable(title)
    columns: list[Column[LineProblem]] = [
        Column(words("imports.lines.line"), lambda it: f"{it.line:,}", 64, figures=True),
        Column(words("imports.lines.reason"), lambda it: it.reason, 320, whole=True),
        Column(words("imports.lines.who"), lambda it: it.who, 150, tip=lambda it: it.who),
    ]
    if any(it.column for it in found):
        columns.insert(1, Column(words("imports.lines.column"), lambda it: it.column, 120))
    table.show_model(ListTableModel(columns, found))
    rows = min(len(found), _ROWS_IN_SIGHT)
    table.setFixedHeight(theme.size("row") * (rows + 1) + 8 + (14 if len(found) else 0))
    card.body.addWidget(table)
    return card
