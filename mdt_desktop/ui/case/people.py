"""The people tab: who leads and led, the care team, those close to the person, and the alerts of the banner."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.people import ContactRelation
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.case_file import (
    AllocationSummary,
    FlagSummary,
    PersonalContactSummary,
    TeamMemberSummary,
)
from mdt_desktop.ui import theme
from mdt_desktop.ui.banner_content import flag_words
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.lead_card import LeadCard, why_agreed
from mdt_desktop.ui.case.people_sheets import ContactSheet, FlagSheet, TeamSheet
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.columns import Columns, Scroller
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import FlowingLabel, line, words_label
from mdt_desktop.ui.widgets.parts import badge, clear, named
from mdt_desktop.words import label, words

T = TypeVar("T")


class PeopleTab(Tab):
    """Everything is added in a side sheet and taken back with Undo."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        scroller = Scroller(words("case.tab.people"))
        column.addWidget(scroller)
        self._view: CaseView | None = None
        self._shown: dict[Card, object] = {}
        self._lead_id = ""
        self.lead = LeadCard(case)
        self.leads = Card(words("case.lead.history"), "")
        self.team = self._card("case.team.title", "case.team.add", "add_member", lambda: self._open(TeamSheet))
        self.contacts = self._card("case.contact.title", "case.contact.add", "add_contact", self.add_contact)
        self.flags = self._card("case.flag.title", "case.flag.add", "add_flag", lambda: self._open(FlagSheet))
        two = Columns()
        two.add(5, self.lead, self.leads)
        two.add(6, self.team, self.contacts, self.flags)
        scroller.column.addWidget(two)
        scroller.column.addStretch(1)

    def _card(self, title: str, add: str, name: str, on_add: Callable[[], object]) -> Card:
        card = Card(words(title), " ")
        button = Button(words(add), on_add, "quiet", "add")
        card.add_action(named(button, name))
        return card

    def show_view(self, view: CaseView) -> None:
        self._view = view
        overview = view.overview
        has_case = overview.case is not None
        for card in (self.lead, self.leads, self.team):
            card.setVisible(has_case)
        self.contacts.setVisible(overview.rights.may(Permission.SEE_CONTACTS))
        self._fill(self.contacts, overview.contacts, "case.contact.none", self._contact)
        self._fill(self.flags, overview.flags, "case.flag.none", self._flag)
        self._permit()
        if not has_case:
            return
        self.lead.show_view(view)
        self._lead_id = overview.lead.practitioner_id if overview.lead else ""
        team = sorted(overview.team, key=lambda it: (it.left is not None, it.practitioner_id != self._lead_id))
        self._fill(self.team, tuple(team), "case.team.none", self._member, self._lead_id)
        here = len({it.practitioner_id for it in overview.team if it.left is None})
        self.team.summary.setText(words("case.team.count", count=here) if here else "")
        self._permit()
        case_id, case_file = view.case_id, self.case.services.case_file
        self.case.query(lambda: case_file.leads(case_id), self._on_leads, self, "leads")

    def _permit(self) -> None:
        """Every button that adds or takes away; those of single rows come with their rows."""
        rights = self._view.overview.rights if self._view else None
        for card, needed in (
            (self.team, Permission.EDIT_CASE),
            (self.contacts, Permission.EDIT_CONTACTS),
            (self.flags, Permission.EDIT_CONTACTS),
        ):
            for button in card.findChildren(Button):
                permit(button, rights, needed)

    def add_contact(self) -> None:
        """Open the sheet for a new contact."""
        self._open(ContactSheet)

    def _open(self, sheet: type[ContactSheet] | type[FlagSheet] | type[TeamSheet]) -> None:
        if self._view is not None:
            self.case.open_sheet(sheet(self.case, self._view))

    def _fill(
        self, card: Card, rows: Sequence[T], none: str, made: Callable[[T], QWidget], beside_them: object = None
    ) -> None:
        """Show rows with lines between; made anew only when they are others, so that the focus stays."""
        says = (tuple(rows), beside_them)
        if self._shown.get(card) == says:
            return
        self._shown[card] = says
        clear(card.body)
        card.summary.setText("")
        for number, row in enumerate(rows):
            if number:
                card.body.addWidget(line())
            card.body.addWidget(made(row))
        if not rows:
            card.body.addWidget(words_label(words(none), "muted", wraps=True))

    def _member(self, it: TeamMemberSummary) -> QWidget:
        until = words("case.team.joined", day=cui_date(it.joined))
        if it.left is not None:
            until = words("case.team.left", day=cui_date(it.left))
        part = "" if it.part == label(it.role) else it.part
        detail = (label(it.role), it.works_for, it.telephone, part, until)
        button = None
        if it.left is None:
            button = Button(words("case.team.leave"), partial(self._on_leave, it), "quiet")
            named(button, "leave_team", words("case.team.leave_named", name=it.name))
        leads = it.left is None and it.practitioner_id == self._lead_id
        mark = words("case.team.lead") if leads else ""
        return _row(it.name, detail, button, mark=mark, tone="accent", muted=it.left is not None)

    def _contact(self, it: PersonalContactSummary) -> QWidget:
        relation = it.relationship or label(it.relation)
        says_more = it.relationship and it.relation is not ContactRelation.OTHER
        kind = label(it.relation) if says_more else ""
        button = Button(words("case.contact.remove"), partial(self._on_remove, it), "quiet")
        named(button, "remove_contact", words("case.contact.remove_named", name=it.name))
        mark = "" if it.may_be_contacted else words("case.contact.do_not")
        return _row(it.name, (relation, kind, it.telephone, it.email, it.comments), button, mark=mark)

    def _flag(self, it: FlagSummary) -> QWidget:
        button = Button(words("case.flag.end"), partial(self._on_end, it), "quiet")
        named(button, "end_flag", words("case.flag.end_named", name=flag_words(it)))
        since = words("case.flag.since", day=cui_date(it.since)) if it.since else ""
        return _row(flag_words(it), (since,), button)

    def _lead(self, it: AllocationSummary) -> QWidget:
        agreed = cui_date(it.agreed_at.astimezone().date()) if it.agreed_at else ""
        ended = cui_date(it.ended_at.astimezone().date()) if it.ended_at else ""
        when = words("case.lead.from_to", start=agreed, end=ended or words("case.lead.now"))
        why = why_agreed(it, self._view.overview.person.born) if self._view else ""
        return _row(it.name, (when, it.works_for, why), None, muted=bool(ended))

    def _on_leads(self, leads: list[AllocationSummary]) -> None:
        self.leads.setVisible(bool(leads))
        self._fill(self.leads, tuple(leads), "case.lead.none", self._lead)

    def _on_leave(self, it: TeamMemberSummary) -> None:
        services = self.case.services
        self.case.command(
            lambda: services.cases.leave_team(it.id),
            words("case.team.left_done", name=it.name),
            lambda _: lambda: services.cases.rejoin_team(it.id),
        )

    def _on_remove(self, it: PersonalContactSummary) -> None:
        if self._view is None:
            return
        services, person_id = self.case.services, self._view.person_id
        self.case.command(
            lambda: services.cases.remove_contact(it.id),
            words("case.contact.removed", name=it.name),
            lambda _: lambda: services.cases.add_contact(
                person_id,
                it.name,
                it.relation,
                it.telephone,
                it.relationship,
                it.may_be_contacted,
                it.email,
                it.comments,
            ),
        )

    def _on_end(self, it: FlagSummary) -> None:
        if self._view is None:
            return
        services, yesterday = self.case.services, self._view.today - timedelta(days=1)
        self.case.command(
            # The last day it held is yesterday: from now on it is out of the banner.
            lambda: services.cases.end_flag(it.id, yesterday),
            words("case.flag.ended", name=flag_words(it)),
            lambda _: lambda: services.cases.resume_flag(it.id),
        )


def _row(
    name: str,
    detail: tuple[str, ...],
    button: object,
    *,
    mark: str = "",
    tone: str = "late",
    muted: bool = False,
) -> QWidget:
    """A name over its details, with a button at the right."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.size("gap"))
    left = QVBoxLayout()
    left.setSpacing(2)
    top = QWidget()
    first_line = flowing(top, theme.size("unit") * 2, 2)
    first_line.addWidget(FlowingLabel(name, "muted" if muted else "strong", selectable=True))
    if mark:
        first_line.addWidget(badge(mark, tone))
    left.addWidget(top)
    parts = [part for part in detail if part]
    if parts:
        # Each part stays whole (a date, a telephone number) and begins a new line where it does not fit.
        holder_of_parts = QWidget()
        flow = flowing(holder_of_parts, theme.size("gap"), 0)
        for part in parts:
            flow.addWidget(FlowingLabel(part, "muted", selectable=True))
        left.addWidget(holder_of_parts)
    row.addLayout(left, 1)
    if isinstance(button, QWidget):
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
    return holder
