"""What stands on the consent tab beside consent: who gets what in short, and whether the record is restricted."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.sharing import SharingTable
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.sharing_sheet import SharingSheet, shared_in_short
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import badge, clear, named, show_badge
from mdt_desktop.words import words


class SharingCard(Card):
    """Everybody who is given something, with what; the button opens the grid."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("sharing.card"), " ")
        self._case = case
        self._view: CaseView | None = None
        self._table: SharingTable | None = None
        self.open = Button(words("sharing.open"), self.open_sheet, "quiet", "consent")
        self.add_action(named(self.open, "open_sharing"))
        self.open.setEnabled(False)
        self.nobody = words_label(words("sharing.nobody"), "muted", wraps=True)
        self.body.addWidget(self.nobody)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        self.body.addLayout(self._lines)

    def show_view(self, view: CaseView) -> None:
        """Read the matrix; the card shows what comes."""
        self._view = view
        person_id, sharing = view.person_id, self._case.services.sharing
        self.setVisible(view.overview.rights.may(Permission.SEE_CONSENT))
        if not self.isHidden():
            self._case.query(lambda: sharing.table(person_id), self._on_table, self, "sharing")

    def open_sheet(self) -> None:
        """Open the grid."""
        if self._view is not None and self._table is not None:
            sheet = SharingSheet(self._case, self._view, self._table)
            self._case.open_sheet(sheet, sheet.grid)

    def _on_table(self, table: SharingTable) -> None:
        self._table = table
        self.open.setEnabled(True)
        given = shared_in_short(table.rows)
        self.nobody.setVisible(not given)
        clear(self._lines)
        for parts, names in given:
            self._lines.addWidget(words_label(parts, "strong", wraps=True))
            self._lines.addWidget(words_label(words("sharing.to", names=names), "muted", wraps=True))
            self._lines.addSpacing(theme.size("unit"))
        self.summary.setText("")


class RestrictionCard(Card):
    """Whether the record is restricted, why, and the button that restricts it or lifts that."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.restriction.card"), " ")
        self._case = case
        self._view: CaseView | None = None
        self.state = badge("")
        self.state.hide()
        self.add_action(self.state)
        self.change = Button("", self._on_change, "quiet", "lock")
        self.add_action(named(self.change, "restrict"))
        self.why = words_label("", "body", wraps=True, selectable=True)
        self.body.addWidget(self.why)

    def show_view(self, view: CaseView) -> None:
        """Show what is in force."""
        self._view = view
        self.summary.setText("")
        restriction = view.gate.restriction
        show_badge(self.state, words("case.restriction.on") if restriction else "", "late")
        self.change.setText(words("case.restriction.lift" if restriction else "case.restriction.restrict"))
        permit(self.change, view.overview.rights, Permission.RESTRICT)
        if restriction is None:
            self.why.setText(words("case.restriction.off"))
            return
        here = restriction.at.astimezone()
        self.why.setText(
            words(
                "case.restriction.since", day=cui_date(here.date()), time=cui_time(here), name=restriction.by,
                reason=restriction.reason,
            )
        )  # fmt: skip

    def _on_change(self) -> None:
        if self._view is not None:
            sheet = RestrictionSheet(self._case, self._view)
            self._case.open_sheet(sheet, sheet.reason)


class RestrictionSheet(FormSheet):
    """Asks why a record is restricted, or no longer."""

    def __init__(self, case: CaseContext, view: CaseView) -> None:
        self._lift = view.gate.restriction is not None
        way = "lift" if self._lift else "restrict"
        super().__init__(words(f"case.restriction.{way}"), words(f"case.restriction.{way}"), case.host, self._on_save)
        self._case, self._person_id = case, view.person_id
        self.add(words_label(words(f"case.restriction.{way}_means"), wraps=True))
        shut_out = not self._lift and not _stays_inside(view)
        if shut_out:
            self.add(words_label(words("case.restriction.shuts_you_out"), "late", wraps=True))
        self.reason = GrowingTextEdit(lines=4)
        self.field = Field(words("case.restriction.reason"), self.reason, words("case.restriction.reason_help"))
        self.add(self.field)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.reason)

    def _on_save(self) -> None:
        reason, services, person_id = self.reason.toPlainText(), self._case.services, self._person_id
        verb = services.restrictions.lift if self._lift else services.restrictions.restrict
        done = words("case.restriction.lifted" if self._lift else "case.restriction.restricted")
        self._case.save_sheet(self, lambda: verb(person_id, reason), done)


def _stays_inside(view: CaseView) -> bool:
    """Whether the user will still see the record once it is restricted."""
    standing = view.overview.rights.standing
    return standing.leads or standing.in_team or any(role.value == "ig_lead" for role in standing.roles)
