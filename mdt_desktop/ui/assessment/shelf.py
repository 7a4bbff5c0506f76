"""Choosing an assessment: one card for each form, and what was filled in before."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.assessment import AssessmentStatus
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.questionnaire import Questionnaire
from mdt_desktop.services.assessment_reading import AssessmentSummary, Shelf
from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.sayings import day_of, in_hand_line
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.scrolling import keep_edge
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import label, words

_COLUMNS = 2


class FormCard(Card):
    """One form: what it is for, how far it is, its licence, and the button that starts it or goes on with it."""

    def __init__(self, form: Questionnaire, known: tuple[AssessmentSummary, ...], primary: bool) -> None:
        super().__init__(form.title)
        in_hand = next((it for it in known if it.status is not AssessmentStatus.COMPLETED), None)
        last = next((it for it in known if it.completed_at is not None), None)
        verb = "go_on" if in_hand else "start_again" if last else "start"
        self.button = Button(words(f"assessment.shelf.{verb}"), kind="primary" if primary else "plain")
        self.button.setObjectName(f"start_{form.id}")
        self.button.setAccessibleDescription(form.title)
        self.body.addWidget(words_label(words(f"assessment.kind.{form.id}"), wraps=True))
        if in_hand is not None:
            state = in_hand_line(in_hand)
        elif last is not None and last.completed_at is not None:
            state = words("assessment.shelf.last", day=day_of(last.completed_at))
        else:
            state = words("assessment.shelf.never")
        self.body.addWidget(words_label(state, "strong" if in_hand else "muted", wraps=True))
        self.body.addStretch(1)
        self.body.addWidget(words_label(words("assessment.shelf.licence", licence=form.licence), "help", wraps=True))
        self.body.addSpacing(theme.size("unit"))
        self.body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)


class ShelfView(QScrollArea):
    """`start_requested` carries a questionnaire's id, `open_requested` an assessment's id."""

    start_requested = Signal(str)
    open_requested = Signal(str)

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        theme.set_kind(holder, "scrolled")
        column = QVBoxLayout(holder)
        page, gap = theme.size("page"), theme.size("gap")
        column.setContentsMargins(page, gap, page, page)
        column.setSpacing(gap)
        column.addWidget(PageHeader(words("assessment.shelf.title")))
        self.cards: list[FormCard] = []
        grid = QGridLayout()
        grid.setSpacing(gap)
        for place, form in enumerate(shelf.offered):
            known = tuple(it for it in shelf.assessments if it.questionnaire == form.id)
            card = FormCard(form, known, primary=place == 0)
            card.button.clicked.connect(partial(self._on_start, form.id))
            permit(card.button, shelf.who.rights, Permission.EDIT_ASSESSMENT)
            self.cards.append(card)
            grid.addWidget(card, place // _COLUMNS, place % _COLUMNS)
            grid.setColumnStretch(place % _COLUMNS, 1)
        column.addLayout(grid)
        column.addSpacing(gap)
        column.addWidget(self._before())
        column.addStretch(1)
        self.setWidget(holder)
        keep_edge(self, column)

    def focus_first(self) -> None:
        """The first card's button."""
        self.cards[0].button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _before(self) -> QWidget:
        card = Card(words("assessment.shelf.before"))
        titles = {form.id: form.title for form in self.shelf.offered}
        done = [it for it in self.shelf.assessments if it.completed_at is not None]
        for it in done:
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            day = day_of(it.completed_at or it.started_at)
            said = words(
                "assessment.shelf.row",
                title=titles.get(it.questionnaire, it.questionnaire),
                status=label(it.status).lower(),
                day=day,
                answers=it.answers,
            )
            row.addWidget(words_label(said, wraps=True), 1)
            button = Button(words("assessment.shelf.open"), partial(self.open_requested.emit, it.id), "quiet")
            button.setAccessibleDescription(said)
            row.addWidget(button)
            card.body.addLayout(row)
        if not done:
            card.body.addWidget(words_label(words("assessment.shelf.none_before"), "muted"))
        return card

    def _on_start(self, questionnaire: str, _checked: bool = False) -> None:
        self.start_requested.emit(questionnaire)
