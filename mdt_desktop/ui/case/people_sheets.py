"""The side sheets that add a contact, an alert or a member of the care team."""

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from mdt_desktop.domain.people import ContactRelation, FlagKind
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.lead_choice import PractitionerList
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_content import OwnFields
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words


def _line(longest: int, name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setMaxLength(longest)
    edit.setObjectName(name)
    return edit


class ContactSheet(FormSheet):
    """Somebody close to the person."""

    key = "contact"

    def __init__(self, case: CaseContext, view: CaseView) -> None:
        super().__init__(words("case.contact.add_title"), words("case.contact.add"), case.host, self._save)
        self._case, self._person_id = case, view.person_id
        self.name = _line(200, "contact_name")
        self.name_field = Field(words("case.contact.name"), self.name)
        self.relation = chooser(
            words("case.contact.relation"), [(it.value, label(it)) for it in ContactRelation]
        )
        self.relation.setObjectName("contact_relation")
        self.relationship = _line(100, "contact_relationship")
        self.telephone = _line(50, "contact_telephone")
        self.email = _line(200, "contact_email")
        self.comments = _line(2000, "contact_comments")
        self.may = QCheckBox(words("case.contact.may"))
        self.may.setObjectName("contact_may")
        self.may.setChecked(True)
        for widget in (
            self.name_field,
            Field(words("case.contact.relation"), self.relation),
            Field(words("case.contact.relationship"), self.relationship, words("case.contact.relationship_help")),
            Field(words("case.contact.telephone"), self.telephone),
            Field(words("case.contact.email"), self.email),
            Field(words("case.contact.comments"), self.comments),
            self.may,
        ):
            self.add(widget)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.name)

    def _save(self) -> None:
        name = self.name.text().strip()
        self.name_field.show_error("" if name else words("case.contact.name_missing"))
        if not name:
            return
        services, person_id = self._case.services, self._person_id
        relation = ContactRelation(self.relation.currentData())
        telephone, relationship = self.telephone.text(), self.relationship.text()
        may, email, comments = self.may.isChecked(), self.email.text(), self.comments.text()
        self._case.save_sheet(
            self,
            lambda: services.cases.add_contact(
                person_id, name, relation, telephone, relationship, may, email, comments
            ),
            words("case.contact.added", name=name),
            lambda changes: lambda: services.cases.remove_contact(changes.made),
        )


class FlagSheet(FormSheet):
    """An alert for the banner."""

    key = "flag"

    def __init__(self, case: CaseContext, view: CaseView) -> None:
        super().__init__(words("case.flag.add_title"), words("case.flag.add"), case.host, self._save)
        self._case, self._person_id, self._today = case, view.person_id, view.today
        self.add(words_label(words("case.flag.means"), "muted", wraps=True))
        self.kind = chooser(words("case.flag.kind"), [(it.value, label(it)) for it in FlagKind])
        self.kind.setObjectName("flag_kind")
        self.text = _line(300, "flag_words")
        self.text_field = Field(words("case.flag.words"), self.text, words("case.flag.words_help"))
        self.add(Field(words("case.flag.kind"), self.kind))
        self.add(self.text_field)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.kind)

    def _save(self) -> None:
        kind, text = FlagKind(self.kind.currentData()), self.text.text().strip()
        lacks = kind in (FlagKind.ALLERGY, FlagKind.OTHER) and not text
        self.text_field.show_error(words("case.flag.words_missing") if lacks else "")
        if lacks:
            return
        services, person_id = self._case.services, self._person_id
        self._case.save_sheet(
            self, lambda: services.cases.raise_flag(person_id, kind, text), words("case.flag.added", kind=kind)
        )


class TeamSheet(FormSheet):
    """A member of the care team."""

    key = "team"

    def __init__(self, case: CaseContext, view: CaseView) -> None:
        super().__init__(words("case.team.add_title"), words("case.team.add"), case.host, self._save)
        self._case, self._view = case, view
        self._width = 660
        self.who = PractitionerList(self._on_chosen)
        self.part = _line(200, "team_part")
        self.error = words_label("", "error", wraps=True)
        self.error.hide()
        self.add(self.who, grows=True)
        self.add(self.error)
        self.add(Field(words("case.team.part"), self.part, words("case.team.part_help")))
        services = case.services
        case.query(lambda: services.directory.practitioners(), self._on_everybody, self, "practitioners")

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.who.search)

    def own_fields(self) -> OwnFields:
        return {"team_who": self.who}

    def _on_everybody(self, everybody: list[PractitionerSummary]) -> None:
        here = {it.practitioner_id for it in self._view.overview.team if it.left is None}
        self.who.show_everybody([it for it in everybody if it.id not in here])

    def _on_chosen(self) -> None:
        self.error.hide()

    def _save(self) -> None:
        chosen = self.who.chosen
        if chosen is None:
            self.error.setText(words("form.error", message=words("case.who.nobody_chosen")))
            self.error.show()
            return
        services, case_id, part = self._case.services, self._view.case_id, self.part.text()
        self._case.save_sheet(
            self,
            lambda: services.cases.join_team(case_id, chosen.id, part),
            words("case.team.added", name=chosen.name),
            lambda changes: lambda: services.cases.leave_team(changes.made),
        )
