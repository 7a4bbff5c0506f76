"""Every time the glass was broken: who saw whom, why, for how long, and the review of it."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.rights import GlassSummary, Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.toolbar_row import ToolbarRow
from mdt_desktop.words import words


class GlassColumn(IntEnum):
    """The columns."""

    WHEN = 0
    WHO = 1
    PERSON = 2
    WHY = 3
    REVIEW = 4


def _moment(at: datetime) -> str:
    here = at.astimezone()
    return f"{cui_date(here.date())} {cui_time(here)}"


def until_words(glass: GlassSummary) -> str:
    """From when until when the record was seen."""
    end = glass.ended_at or glass.ends_at
    return words("audit.glass.span", start=_moment(glass.opened_at), end=cui_time(end.astimezone()))


def review_words(glass: GlassSummary) -> str:
    """What the review said, or that nobody has looked yet."""
    if glass.reviewed_at is None:
        return words("audit.glass.not_reviewed")
    return words("audit.glass.reviewed", day=_moment(glass.reviewed_at), name=glass.reviewed_by, said=glass.review)


class GlassView(QWidget):
    """Enter on a row opens its review; `wanted_all` says whether those reviewed are wanted too."""

    review_requested = Signal(object)  # GlassSummary
    wanted_all = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.all = QCheckBox(words("audit.glass.all"))
        self.all.toggled.connect(self.wanted_all)
        self.review = Button(words("audit.glass.review"), self._on_review, "plain", "done")
        bar = ToolbarRow(self.all)
        bar.stretch()
        bar.add(self.review)
        column.addWidget(bar)
        self.model: ListTableModel[GlassSummary] = ListTableModel(
            {
                GlassColumn.WHEN: Column(words("audit.column.when"), until_words, 210, whole=True),
                GlassColumn.WHO: Column(words("audit.column.who"), lambda it: it.by, 150, whole=True),
                GlassColumn.PERSON: Column(words("audit.column.about"), lambda it: it.person, 170, whole=True),
                GlassColumn.WHY: Column(
                    words("audit.column.why"), lambda it: it.reason, 280, roomy=True, tip=lambda it: it.reason
                ),
                GlassColumn.REVIEW: Column(words("audit.glass.column"), review_words, 240, tip=review_words),
            }
        )
        self.table = RowTable(words("audit.glass.title"))
        self.table.show_model(self.model)
        self.table.opened.connect(lambda _: self._on_review())
        self.empty = EmptyState(words("audit.glass.none"), words("audit.glass.none_detail"), icon="good")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)
        self._rights: Rights | None = None

    def show_rows(self, rows: Sequence[GlassSummary], rights: Rights | None) -> None:
        """Show what was broken; the first is chosen."""
        self._rights = rights
        self.model.show(rows)
        self._stack.setCurrentWidget(self.table if rows else self.empty)
        permit(self.review, rights, Permission.REVIEW_ACCESS, also=bool(rows))
        if rows:
            self.table.selectRow(0)

    def focus_first(self) -> None:
        """Where work begins."""
        (self.table if self.model.rowCount() else self.all).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_review(self) -> None:
        glass = self.model.row(max(0, self.table.currentIndex().row()))
        if glass is not None and (self._rights is None or self._rights.may(Permission.REVIEW_ACCESS)):
            self.review_requested.emit(glass)


class ReviewSheet(FormSheet):
    """What came of looking at one broken glass."""

    saved = Signal(str)

    def __init__(self, host: QWidget, glass: GlassSummary) -> None:
        super().__init__(words("audit.glass.review_title"), words("audit.glass.review"), host, self._on_save)
        self.glass = glass
        self.add(words_label(f"{glass.by}: {glass.person}", "strong", wraps=True))
        self.add(words_label(until_words(glass), "muted", wraps=True))
        self.add(words_label(glass.reason, wraps=True, selectable=True))
        self.said = GrowingTextEdit(lines=4)
        self.field = Field(words("audit.glass.said"), self.said, words("audit.glass.said_help"))
        self.add(self.field)

    def _on_save(self) -> None:
        self.saved.emit(self.said.toPlainText())
