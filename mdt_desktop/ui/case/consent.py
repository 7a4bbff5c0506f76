"""The consent tab: the decision in force and what it means, a form for a new one, and every decision before."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from mdt_desktop.domain.consent import ConsentBasis, ConsentDecision, ConsentNeedsBasis, ConsentStatus, bases_for
from mdt_desktop.domain.dates import UNKNOWN_DATE, cui_date
from mdt_desktop.domain.people import name_for_the_person
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.questionnaire import Item, ItemType
from mdt_desktop.services.case_file import ConsentSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.overview import consent_means, consent_rows
from mdt_desktop.ui.case.sharing_cards import RestrictionCard, SharingCard
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.drafting import DraftPlace
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.form_content import drafted
from mdt_desktop.ui.forms.form_sheet import Field
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.chips import ChipChoice, ChipRow
from mdt_desktop.ui.widgets.columns import Columns, Scroller
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.parts import Facts, badge, beside, clear, named, show_badge
from mdt_desktop.words import label, words

STATUSES = (
    ConsentStatus.GIVEN,
    ConsentStatus.REFUSED,
    ConsentStatus.WITHDRAWN,
    ConsentStatus.LACKS_CAPACITY,
)
"""What can be recorded; "not asked yet" holds while nothing is."""

WITH = ("gp", "community", "social_care", "hospital", "mental_health", "home_care", "voluntary", "family")
WHAT = ("plan", "assessment", "contingency", "risk")
"""The keys of `domain.sharing.SharingGroup` and `ConsentScope` that the form offers."""


class ConsentTab(Tab):
    """The form at the left, what holds and what held at the right."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        scroller = Scroller(words("case.tab.consent"))
        column.addWidget(scroller)
        two = Columns()
        scroller.column.addWidget(two)
        scroller.column.addStretch(1)
        self.form = ConsentForm(case)
        self.in_force = Card(words("case.consent.in_force"), "")
        self.status = badge("")
        self.in_force.add_action(self.status)
        self.means = words_label("", "strong", wraps=True)
        self.facts = Facts()
        self.in_force.body.addWidget(self.means)
        self.in_force.body.addWidget(self.facts)
        self.before = Card(words("case.consent.history"), "")
        self.sharing, self.restriction = SharingCard(case), RestrictionCard(case)
        two.add(6, self.form)
        two.add(5, self.in_force, self.sharing, self.restriction, self.before)

    def show_view(self, view: CaseView) -> None:
        consent = view.overview.consent
        tone = "good" if consent.may_share else ""
        show_badge(self.status, label(consent.status), tone)
        self.means.setText(consent_means(consent))
        self.facts.show_rows(consent_rows(consent))
        self.form.show_person(view)
        self.sharing.show_view(view)
        self.restriction.show_view(view)
        person_id, case_file = view.person_id, self.case.services.case_file
        self.case.query(lambda: case_file.consents(person_id), self._on_decisions, self, "consents")

    @property
    def dirty(self) -> bool:
        return self.form.dirty

    def forget(self) -> None:
        self.form.forget()

    def begin(self) -> None:
        """Put the focus where a new decision begins."""
        self.form.radios[ConsentStatus.GIVEN].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_decisions(self, decisions: list[ConsentSummary]) -> None:
        clear(self.before.body)
        earlier = decisions[1:]
        self.before.setVisible(bool(earlier))
        for number, it in enumerate(earlier):
            if number:
                self.before.body.addWidget(line())
            top = beside(words_label(label(it.status), "strong"))
            top.addWidget(words_label(cui_date(it.decided_on), "muted"))
            self.before.body.addLayout(top)
            self.before.body.addWidget(Facts(consent_rows(it)))


class ConsentForm(Card):
    """Records a new decision; a refused save leaves everything as it was typed."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.consent.record_title"), "")
        self._case = case
        self._person_id = self._person = ""
        self._decided_on: object = None
        self.radios: dict[ConsentStatus, QRadioButton] = {}
        self.bases: dict[ConsentBasis, QRadioButton] = {}
        self._statuses, self._basis_group = QButtonGroup(self), QButtonGroup(self)
        self.status_field = self._add_statuses()
        self.basis_field = self._add_bases()
        self.shared_with, self.with_others, self.with_field = self._add_choice("shared_with", "with", WITH)
        self.shared_what, self.what_others, self.what_field = self._add_choice("shared_what", "what", WHAT)
        self.evidence = QLineEdit()
        self.evidence.setObjectName("evidence")
        self.evidence.setMaxLength(2000)
        self.evidence_field = Field(words("case.consent.evidence"), self.evidence, words("case.consent.evidence_help"))
        self.decided_by = QLineEdit()
        self.decided_by.setObjectName("decided_by")
        self.decided_by.setMaxLength(200)
        self.by_field = Field(words("case.consent.decided_by"), self.decided_by, words("case.consent.decided_by_help"))
        self.day = DateField(
            Item("decided_on", words("case.consent.decided_on"), ItemType.DATE), case.services.access.today
        )
        self.day.edit.setObjectName("decided_on")
        self.day.answered.connect(self._on_day)
        self.day_field = Field(words("case.consent.decided_on"), self.day)
        for field in (self.evidence_field, self.by_field, self.day_field):
            self.body.addWidget(field)
        self.problem = words_label("", "error", wraps=True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.save = Button(words("case.consent.record"), self._on_save, "primary", "consent")
        named(self.save, "record_consent")
        self.drafting = drafted(self, self.body, case.drafts, self.empty)
        self.clear_button = Button(words("case.consent.clear"), self.drafting.discard, "quiet")
        named(self.clear_button, "clear_consent")
        self.body.addLayout(beside(self.save, self.clear_button))
        self.empty()

    def _add_statuses(self) -> Field:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        for status in STATUSES:
            radio = QRadioButton(words(f"case.consent.status.{status.value}"))
            radio.setObjectName(f"status_{status.value}")
            self.radios[status] = radio
            self._statuses.addButton(radio)
            column.addWidget(radio)
        self._statuses.buttonToggled.connect(lambda *_: self._on_status())
        field = Field(words("case.consent.status"), holder)
        self.body.addWidget(field)
        return field

    def _add_bases(self) -> Field:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        for basis in ConsentBasis:
            radio = QRadioButton(label(basis))
            radio.setObjectName(f"basis_{basis.value}")
            self.bases[basis] = radio
            self._basis_group.addButton(radio)
            column.addWidget(radio)
        field = Field(words("case.consent.basis"), holder, words("case.consent.basis_help"))
        self.body.addWidget(field)
        return field

    def _add_choice(self, name: str, group: str, keys: tuple[str, ...]) -> tuple[ChipRow, QLineEdit, Field]:
        chips = ChipRow(
            [ChipChoice(key, words(f"case.consent.{group}.{key}")) for key in keys],
            name=words(f"case.consent.{name}"),
        )
        for key in keys:
            chips.chip(key).setObjectName(f"{name}.{key}")
        others = QLineEdit()
        others.setObjectName(f"{name}.others")
        others.setMaxLength(1500)
        others.setPlaceholderText(words(f"case.consent.{name}_others"))
        others.setAccessibleName(words(f"case.consent.{name}_others"))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(chips)
        column.addWidget(others)
        field = Field(words(f"case.consent.{name}"), holder)
        self.body.addWidget(field)
        return chips, others, field

    def show_person(self, view: CaseView) -> None:
        """Whose decision it is; what somebody has typed stays."""
        permit(self.save, view.overview.rights, Permission.EDIT_CONSENT)
        if view.person_id != self._person_id:
            self._person_id = view.person_id
            person = view.overview.person
            self._person = name_for_the_person(person.family_name, person.given_names, person.title)
            self._begin()

    def _begin(self) -> None:
        """An empty form, with what was begun for this person before."""
        self.empty()
        self.drafting.begin(DraftPlace("case", "consent", self._person_id))

    def forget(self) -> None:
        """Another person comes: what was typed stays a draft of this one."""
        self.drafting.end()
        self._person_id = ""
        self.empty()

    @property
    def status(self) -> ConsentStatus | None:
        """The decision chosen."""
        return next((it for it, radio in self.radios.items() if radio.isChecked()), None)

    @property
    def basis(self) -> ConsentBasis | None:
        """The basis chosen, of those that fit."""
        status = self.status
        fitting = bases_for(status) if status else ()
        return next((it for it, radio in self.bases.items() if radio.isChecked() and it in fitting), None)

    @property
    def dirty(self) -> bool:
        """Is something chosen or typed?"""
        lines = (self.with_others, self.what_others, self.evidence)
        is_typed = any(it.text() for it in lines) or self.decided_by.text() != self._person
        return self.status is not None or is_typed or self._is_chosen()

    def _is_chosen(self) -> bool:
        return bool(self.shared_with.chosen or self.shared_what.chosen)

    def empty(self) -> None:
        """Begin anew: nothing chosen, the person and today as who decided and when."""
        for group in (self._statuses, self._basis_group):
            group.setExclusive(False)
            for button in group.buttons():
                button.setChecked(False)
            group.setExclusive(True)
        for chips in (self.shared_with, self.shared_what):
            chips.choose(frozenset())
        for edit in (self.with_others, self.what_others, self.evidence):
            edit.clear()
        self.decided_by.setText(self._person)
        self._decided_on = self._case.services.access.today()
        self.day.show_values({"": self._case.services.access.today()})
        self._show_errors({})
        self.problem.hide()
        self._on_status()

    def _on_status(self) -> None:
        """Only the bases that fit are offered; a refusal shares nothing, so it asks neither with whom nor what."""
        status = self.status
        fitting = bases_for(status) if status else ()
        for basis, radio in self.bases.items():
            radio.setVisible(basis in fitting)
        if len(fitting) == 1:
            self.bases[fitting[0]].setChecked(True)
        self.basis_field.setVisible(bool(fitting))
        for field in (self.with_field, self.what_field):
            field.setVisible(bool(fitting))

    def _on_day(self, _row: str, value: object) -> None:
        self._decided_on = value

    def _on_save(self) -> None:
        decision, errors = self._read()
        self._show_errors(errors)
        if decision is None:
            return
        person_id, services = self._person_id, self._case.services
        self.save.setEnabled(False)
        self.problem.hide()
        self._case.command(
            lambda: services.consents.record(person_id, decision),
            words("case.consent.done", status=decision.status),
            on_done=lambda _: self._on_saved(person_id),
            on_error=self._on_refused,
        )

    def _read(self) -> tuple[ConsentDecision | None, dict[Field, str]]:
        """The decision, or what is wrong by field."""
        status, errors = self.status, dict[Field, str]()
        if status is None:
            errors[self.status_field] = words("case.consent.status_missing")
            return None, errors
        if bases_for(status):
            if self.basis is None:
                errors[self.basis_field] = self._case.messages.words_of(ConsentNeedsBasis(status=status))
            if not _joined(self.shared_with, "with", self.with_others):
                errors[self.with_field] = words("case.consent.shared_with_missing")
            if not _joined(self.shared_what, "what", self.what_others):
                errors[self.what_field] = words("case.consent.shared_what_missing")
        if not self.decided_by.text().strip():
            errors[self.by_field] = words("case.consent.decided_by_missing")
        day = self._decided_on
        if not isinstance(day, date) or day == UNKNOWN_DATE:
            errors[self.day_field] = words("case.consent.day_missing")
        if errors or not isinstance(day, date):
            return None, errors
        allows = bool(bases_for(status))
        decision = ConsentDecision(
            status=status,
            basis=self.basis,
            shared_with=_joined(self.shared_with, "with", self.with_others) if allows else "",
            shared_what=_joined(self.shared_what, "what", self.what_others) if allows else "",
            evidence=self.evidence.text(),
            decided_by=self.decided_by.text(),
            decided_on=day,
            groups=self.shared_with.chosen if allows else frozenset(),
            scopes=self.shared_what.chosen if allows else frozenset(),
        )
        return decision, {}

    def _show_errors(self, errors: dict[Field, str]) -> None:
        fields = (self.status_field, self.basis_field, self.with_field, self.what_field, self.by_field, self.day_field)
        # From the last to the first, so that the focus ends at the first that is wrong.
        for field in reversed(fields):
            field.show_error(errors.get(field, ""))
        first = next((field for field in fields if field in errors), None)
        place = {self.status_field: self.radios[ConsentStatus.GIVEN], self.day_field: self.day.edit}
        if first is not None:
            target = place.get(first) or next((it for it in first.findChildren(QRadioButton) if it.isVisible()), None)
            (target or first.field).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_saved(self, person_id: str) -> None:
        self.save.setEnabled(True)
        if person_id == self._person_id:
            self.drafting.finish()
            self._begin()
        else:
            self._case.drafts.drop(DraftPlace("case", "consent", person_id))

    def _on_refused(self, problem: Exception) -> None:
        self.save.setEnabled(True)
        self.problem.setText(words("form.error", message=self._case.messages.words_of(problem)))
        self.problem.show()


def _joined(chips: ChipRow, group: str, others: QLineEdit) -> str:
    order = WITH if group == "with" else WHAT
    parts = [words(f"case.consent.{group}.{key}") for key in order if key in chips.chosen]
    return ", ".join(part for part in (*parts, others.text().strip()) if part)
