"""The sheet that says who looked at the person's plan, in the words in which it can be handed to them."""

from PySide6.QtWidgets import QVBoxLayout

from mdt_desktop.domain.dates import long_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.who_looked import LookedDay, Visitor, WhoLookedPaper, deed_words
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_WIDTH = 620
_MOST_DAYS = 120


class WhoLookedSheet(FormSheet):
    """By day, the latest first; the one button leads to the paper."""

    def __init__(self, case: CaseContext, view: CaseView) -> None:
        super().__init__(words("paper.looked.title"), words("case.looked.print"), case.host, self._on_print, _WIDTH)
        self._case, self._person_id = case, view.person_id
        self.leave_button.setText(words("ui.close"))
        permit(self.save, view.overview.rights, Permission.PRINT)
        self.add(words_label(words("paper.looked.about"), "muted", wraps=True))
        self.ask = words_label("", "muted", wraps=True)
        self.ask.hide()
        self.add(self.ask)
        self._days = QVBoxLayout()
        self._days.setSpacing(theme.size("gap"))
        self.body.addLayout(self._days)
        services, person_id = case.services, view.person_id
        case.query(lambda: services.who_looked.paper(person_id), self._on_paper, self, "looked")
        case.operations.run_command(lambda: _viewed(case, person_id), case.host)

    @property
    def dirty(self) -> bool:
        """Nothing is typed here."""
        return False

    def _on_paper(self, paper: WhoLookedPaper) -> None:
        self.ask.setText(words("paper.looked.ask", who=paper.ask) if paper.ask else "")
        self.ask.setVisible(bool(paper.ask))
        for day in paper.days[:_MOST_DAYS]:
            self._days.addWidget(_day_card(day))
        if not paper.days:
            self._days.addWidget(words_label(words("paper.looked.nobody"), wraps=True))
        if len(paper.days) > _MOST_DAYS:
            self._days.addWidget(words_label(words("case.looked.more", most=_MOST_DAYS), "muted", wraps=True))

    def _on_print(self) -> None:
        self._case.looked_print_requested.emit(self._person_id)


def _viewed(case: CaseContext, person_id: str) -> Changes:
    """In the writer thread: what writes is loaded there."""
    return case.services.who_looked.viewed(person_id)


def _day_card(day: LookedDay) -> Card:
    card = Card(long_date(day.day))
    for visitor in day.visitors:
        _add_visitor(card, visitor)
    return card


def _add_visitor(card: Card, visitor: Visitor) -> None:
    card.body.addWidget(words_label(visitor.name, "strong", wraps=True, selectable=True))
    what = ", ".join(part for part in (visitor.role, visitor.organisation) if part)
    if what:
        card.body.addWidget(words_label(what, "muted", wraps=True))
    for deed in visitor.deeds:
        card.body.addWidget(words_label(f"•  {deed_words(deed)}", wraps=True, selectable=True))
    card.body.addSpacing(theme.size("unit"))
