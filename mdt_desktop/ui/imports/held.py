"""Held rows: the list of those that wait, and one of them beside the person on file, to be decided."""

from collections.abc import Sequence
from enum import IntEnum
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.people import Gender, name_on_screen, spaced_nhs_number
from mdt_desktop.services.held_content import HeldDecision, HeldSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.comparison import Compared, comparison_grid, differing
from mdt_desktop.ui.imports.parts import Scrolled, clear, notice
from mdt_desktop.ui.messages import Tone
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import label, words


class HeldColumn(IntEnum):
    """The columns of the list."""

    NAME = 0
    PRACTICE = 1


def compared(held: HeldSummary) -> list[Compared]:
    """What the file says beside what is on file."""
    row, person = held.row, held.person
    sides: list[tuple[str, str, str]] = [
        (
            "name",
            name_on_screen(row.family_name, row.given_names, row.title),
            # A file without titles says nothing about them.
            name_on_screen(person.family_name, person.given_names, row.title and person.title) if person else "",
        ),
        ("born", cui_date(row.born), cui_date(person.born) if person else ""),
        ("nhs_number", spaced_nhs_number(row.nhs_number), spaced_nhs_number(person.nhs_number) if person else ""),
        ("gender", _gender(row.gender), _gender(person.gender) if person else ""),
        ("address", row.address, person.address if person else ""),
        ("postcode", row.postcode, person.postcode if person else ""),
        ("practice", held.practice_name, person.practice_name if person else ""),
    ]
    return differing(sides)


def _explained(held: HeldSummary) -> tuple[str, ...]:
    """What each decision does, as keys of the words."""
    if held.person is None:
        return ("explain_new", "explain_leave_out")
    return ("explain", "explain_add_in_doubt" if held.number_is_theirs else "explain_add", "explain_leave_out")


def _decisions(held: HeldSummary) -> list[tuple[HeldDecision, str]]:
    """What can be decided, with the key of the button's words; somebody new is added where nobody is on file."""
    if held.person is None:
        return [(HeldDecision.TAKEN, "take_new"), (HeldDecision.LEFT_OUT, "leave_out")]
    return [
        (HeldDecision.TAKEN, "take"),
        (HeldDecision.ADDED_AS_NEW, "add"),
        (HeldDecision.LEFT_OUT, "leave_out"),
    ]


def _gender(gender: Gender) -> str:
    return "" if gender is Gender.NOT_KNOWN else label(gender)


class HeldView(QWidget):
    """Walk the list with the arrows; Tab goes to the decisions."""

    back_requested = Signal()
    decided = Signal(str, object)  # row id, HeldDecision

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.header = PageHeader(words("imports.held.title"))
        self.header.add_action(Button(words("imports.held.back"), self.back_requested.emit, icon="back"))
        column.addWidget(self.header)
        self.table = RowTable(words("imports.held.list"))
        self.model: ListTableModel[HeldSummary] = ListTableModel(
            {
                HeldColumn.NAME: Column(
                    words("imports.held.name"),
                    lambda it: name_on_screen(it.row.family_name, it.row.given_names, it.row.title),
                    180,
                    whole=True,
                ),
                HeldColumn.PRACTICE: Column(words("imports.column.practice"), lambda it: it.practice_name, 150),
            }
        )
        self.table.show_model(self.model)
        self.table.setMinimumWidth(240)
        self.detail = Scrolled(words("imports.held.compare"))
        row = QHBoxLayout()
        row.setSpacing(theme.size("page"))
        row.addWidget(self.table, 1)
        row.addWidget(self.detail, 2)
        whole = QWidget()
        whole.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        self.empty = EmptyState(words("imports.held.none"), words("imports.held.none_detail"), icon="good")
        self._stack = QStackedWidget()
        self._stack.addWidget(whole)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)
        self.buttons: dict[HeldDecision, Button] = {}
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_current())

    def show_rows(self, rows: Sequence[HeldSummary]) -> None:
        """Show those that wait; the place in the list is kept, so that one follows after the other."""
        place = max(0, self.table.currentIndex().row())
        in_table = self.table.hasFocus() or not self.isVisible()
        self.model.show(rows)
        self._stack.setCurrentIndex(0 if rows else 1)
        key = "imports.held.summary.one" if len(rows) == 1 else "imports.held.summary"
        self.header.show_summary(words(key, count=len(rows)) if rows else "")
        if rows:
            self.table.selectRow(min(place, len(rows) - 1))
            if not in_table:
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_current()

    def current(self) -> HeldSummary | None:
        """The row that is looked at."""
        return self.model.row(self.table.currentIndex().row())

    def focus_first(self) -> None:
        """Put the focus into the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_current(self) -> None:
        clear(self.detail.column)
        self.buttons = {}
        held = self.current()
        if held is None:
            return
        self.detail.column.addWidget(notice(held.reason, Tone.WARNING))
        where = words(
            "imports.held.where", practice=held.practice_name, run_date=cui_date(held.run_date), line=held.line
        )
        card = Card(words("imports.held.compare"), where)
        card.body.addLayout(self._comparison(held))
        self.detail.column.addWidget(card)
        self.detail.column.addWidget(self._decision(held))
        self.detail.column.addStretch(1)

    @staticmethod
    def _comparison(held: HeldSummary) -> QGridLayout:
        lines = compared(held)
        grid = comparison_grid(lines, somebody=held.person is not None)
        score = QHBoxLayout()
        score.setSpacing(theme.size("unit") * 2)
        score.addWidget(TierBadge(held.tier))
        if held.row.score is not None:
            score.addWidget(words_label(words("imports.held.score", score=f"{held.row.score:g}")))
        score.addStretch(1)
        last = len(lines) + 1
        grid.addWidget(words_label(words("imports.held.field.tier"), "muted"), last, 0)
        grid.addLayout(score, last, 1, 1, 2)
        return grid

    def _decision(self, held: HeldSummary) -> QWidget:
        card = Card(words("imports.held.question" if held.person else "imports.held.question_new"))
        for key in _explained(held):
            card.body.addWidget(words_label(words(f"imports.held.{key}"), "muted", wraps=True))
        holder = QWidget()
        flow = flowing(holder, theme.size("unit") * 2, theme.size("unit") * 2)
        for decision, key in _decisions(held):
            button = Button(words(f"imports.held.{key}"), partial(self.decided.emit, held.id, decision))
            self.buttons[decision] = button
            flow.addWidget(button)
        card.body.addWidget(holder)
        return card
