"""The side sheets that add and change entries; what must be put right is said at the field."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QWidget

from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role, discipline_of
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.workplaces import (
    LONGEST,
    LONGEST_LOCALITY,
    EntryNotValid,
    OrganisationDetails,
    PracticeDetails,
    PractitionerDetails,
)
from mdt_desktop.services.directory import OrganisationSummary, PracticeSummary, PractitionerSummary
from mdt_desktop.ui.directory.places import Entries, is_named
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, people_count, sentence, words

_BOX_CHARACTERS = 20
_LINES_IN_SIGHT = 14


class EntrySheet(FormSheet):
    """A form about one entry; Enter in a line saves. `refuse` says what the service found wrong."""

    def __init__(self, title: str, verb: str, host: QWidget, on_save: Callable[[], object]) -> None:
        super().__init__(title, verb, host, on_save)
        self.fields: dict[str, Field] = {}

    def permit(self, entries: Entries) -> None:
        """Without the right to keep the directory an entry is read, not written."""
        permit(self.save, entries.rights, Permission.KEEP_DIRECTORY)

    def ask(self, key: str, widget: QWidget, name: str = "", help_words: str = "") -> Field:
        """Put a field at the end of the form."""
        self.fields[key] = Field(name or words(f"directory.field.{key}"), widget, help_words)
        self.add(self.fields[key])
        if isinstance(widget, QLineEdit):
            widget.returnPressed.connect(self.save.click)
        return self.fields[key]

    def saving(self) -> None:
        super().saving()
        for field in self.fields.values():
            field.show_error("")

    def refuse(self, problem: Exception) -> None:
        """Say why it was not recorded: at the fields, the first of which gets the focus, else above the buttons."""
        if isinstance(problem, EntryNotValid) and set(problem.problems) <= set(self.fields):
            self.show_problem("")
            for key in reversed(list(self.fields)):
                if key in problem.problems:
                    self.fields[key].show_error(sentence(problem.problems[key]))
                    self.bring_into_sight(self.fields[key])
        else:
            self.show_problem(Messages.words_of(problem))
            self.bring_into_sight(self.problem)

    def bring_into_sight(self, widget: QWidget) -> None:
        """Scroll to a widget, once the words that have come are laid out."""
        QTimer.singleShot(0, widget, lambda: self._scroll_to(widget))

    def _scroll_to(self, widget: QWidget) -> None:
        for scroll in self.findChildren(QScrollArea):
            if scroll.isAncestorOf(widget):
                self.body.activate()
                scroll.ensureWidgetVisible(widget)

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return next(iter(self.fields.values())).field


def _line(name: str, text: str, longest: int) -> QLineEdit:
    edit = QLineEdit(text)
    edit.setObjectName(name)
    edit.setMaxLength(longest)
    edit.setCursorPosition(0)
    return edit


def _box(key: str, choices: Sequence[tuple[str, str]], current: str) -> QComboBox:
    """A list as wide as the sheet, whatever the longest of its choices."""
    box = chooser(words(f"directory.field.{key}"), choices, current)
    box.setObjectName(key)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_BOX_CHARACTERS)
    box.setMaxVisibleItems(_LINES_IN_SIGHT)
    return box


def _listed(kind: type[Role] | type[Discipline] | type[OrganisationKind]) -> list[tuple[str, str]]:
    """The members by their words, after an invitation to choose."""
    members = sorted(((it.value, label(it)) for it in kind), key=lambda pair: pair[1].casefold())
    return [("", words("directory.choose")), *members]


def _localities(entries: Entries, nowhere: str) -> list[tuple[str, str]]:
    return [("", words(nowhere)), *((it.id, it.name) for it in entries.localities)]


class PractitionerSheet(EntrySheet):
    """Somebody who works here."""

    def __init__(
        self,
        host: QWidget,
        entries: Entries,
        on_save: Callable[["PractitionerSheet"], object],
        who: PractitionerSummary | None = None,
        discipline: str = "",
    ) -> None:
        title = who.name if who else words("directory.practitioner.add_title")
        super().__init__(title, words("directory.save" if who else "directory.add"), host, lambda: on_save(self))
        self.key = f"practitioner:{who.id if who else ''}"
        self._entries = entries
        self.who = who
        self.name = _line("name", who.name if who else "", LONGEST["name"])
        self.role = _box("role", _listed(Role), who.role.value if who else "")
        self.discipline = _box("discipline", _listed(Discipline), who.discipline.value if who else discipline)
        self.workplace = _box("workplace", self._workplaces(), _workplace_key(who))
        self.locality = _box(
            "works_in", _localities(entries, "directory.whole_borough"), (who.locality_id if who else "") or ""
        )
        self.telephone = _line("telephone", who.telephone if who else "", LONGEST["telephone"])
        self.email = _line("email", who.email if who else "", LONGEST["email"])
        self.ask("name", self.name)
        self.ask("role", self.role)
        self.ask("discipline", self.discipline, help_words=words("directory.field.discipline_help"))
        self.ask("workplace", self.workplace)
        self.gp_only = words_label(words("directory.field.workplace_gp"), "help", wraps=True)
        self.add(self.gp_only)
        self.ask("locality", self.locality, words("directory.field.works_in"))
        self.works_where = words_label("", "help", wraps=True)
        self.add(self.works_where)
        self.ask("telephone", self.telephone, help_words=words("directory.field.telephone_help"))
        self.ask("email", self.email)
        self.leads = words_label(words("directory.leads_now", people=people_count(who.leads)) if who else "", "body")
        self.show_led = Button(words("directory.show_led"), None, "link")
        self.end = Button(words("directory.end" if who is None or who.active else "directory.return"), None, "plain")
        self.end.setObjectName("end")
        self.add(self.leads)
        self.leads.setVisible(bool(who and who.leads))
        held = roles_words(entries, who) if who else ""
        self.roles = words_label(words("directory.roles.also", roles=held) if held else "", "body", wraps=True)
        self.give_roles = Button(words("directory.roles.open"), None, "link")
        self.give_roles.setObjectName("give_roles")
        self.add(self.roles)
        self.roles.setVisible(bool(held))
        self.foot.addWidget(self.end)
        self.end.setVisible(who is not None and who.id != entries.user_id)
        self.role.activated.connect(self._on_role)
        for box in (self.discipline, self.workplace):
            box.currentIndexChanged.connect(self._explain)
        self._explain()

    def finish_form(self) -> None:
        super().finish_form()
        # Beneath the refusal that it is the way out of.
        self.body.insertWidget(self.body.count() - 1, self.give_roles, 0, Qt.AlignmentFlag.AlignLeft)
        self.give_roles.setVisible(self.who is not None)
        self.body.insertWidget(self.body.count() - 1, self.show_led, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_led.setVisible(bool(self.who and self.who.leads))

    def lead_to_people(self) -> None:
        """Put the focus on the way to the people whom they lead."""
        self.show_led.show()
        self.show_led.setFocus(Qt.FocusReason.OtherFocusReason)
        self.bring_into_sight(self.show_led)

    def _workplaces(self) -> list[tuple[str, str]]:
        practices = sorted((words_of_practice(it), f"practice:{it.id}") for it in self._entries.practices)
        others = [(it.name, f"organisation:{it.id}") for it in self._entries.organisations]
        return [("", words("directory.choose")), *((key, text) for text, key in [*practices, *others])]

    def _on_role(self) -> None:
        """The discipline follows the role; it can be chosen otherwise afterwards."""
        if self.role.currentData():
            wanted = discipline_of(Role(self.role.currentData()))
            self.discipline.setCurrentIndex(self.discipline.findData(wanted.value))

    def _explain(self) -> None:
        kind, _, place = str(self.workplace.currentData()).partition(":")
        of_practice = kind == "practice"
        self.gp_only.setVisible(self.discipline.currentData() == Discipline.GP.value and not of_practice)
        self.fields["locality"].setVisible(not of_practice)
        self.works_where.setVisible(of_practice)
        where = next((it.locality_name for it in self._entries.practices if it.id == place), "")
        self.works_where.setText(words("directory.field.works_in_practice", locality=where))

    def details(self) -> PractitionerDetails:
        """What stands in the form."""
        kind, _, place = str(self.workplace.currentData()).partition(":")
        role, discipline = self.role.currentData(), self.discipline.currentData()
        return PractitionerDetails(
            self.name.text(),
            Role(role) if role else None,
            Discipline(discipline) if discipline else None,
            place if kind == "practice" else None,
            place if kind == "organisation" else None,
            (self.locality.currentData() or None) if kind != "practice" else None,
            self.telephone.text(),
            self.email.text(),
        )


def roles_words(entries: Entries, who: PractitionerSummary) -> str:
    """The roles that somebody holds beside their job, in a row; empty for none."""
    told = []
    for it in entries.held:
        if it.practitioner_id == who.id:
            name = label(it.role)
            told.append(words("directory.roles.of", role=name, place=it.locality_name) if it.locality_name else name)
    return ", ".join(told)


def _workplace_key(who: PractitionerSummary | None) -> str:
    if who is None:
        return ""
    return f"practice:{who.practice_id}" if who.practice_id else f"organisation:{who.organisation_id}"


def words_of_practice(practice: PracticeSummary) -> str:
    """A practice in a list: its name with its code."""
    return f"{practice.name} ({practice.code})" if is_named(practice) else practice.code


def details_of_practitioner(who: PractitionerSummary) -> PractitionerDetails:
    """What is on file about somebody, to take a change back with."""
    return PractitionerDetails(
        who.name,
        who.role,
        who.discipline,
        who.practice_id,
        who.organisation_id,
        who.locality_id,
        who.telephone,
        who.email,
    )


class PracticeSheet(EntrySheet):
    """A practice."""

    def __init__(
        self,
        host: QWidget,
        entries: Entries,
        on_save: Callable[["PracticeSheet"], object],
        practice: PracticeSummary,
    ) -> None:
        super().__init__(words_of_practice(practice), words("directory.save"), host, lambda: on_save(self))
        self.key = f"practice:{practice.id}"
        self.practice = practice
        self.name = _line("name", practice.name if is_named(practice) else "", LONGEST["name"])
        self.network = _line("network", practice.network, LONGEST["network"])
        places = [(it.id, it.name) for it in entries.localities]
        self.locality = _box("locality", places, practice.locality_id)
        self.telephone = _line("telephone", practice.telephone, LONGEST["telephone"])
        about = words("directory.practice.about", code=practice.code, size=practice.list_size)
        self.add(words_label(about, "muted", wraps=True))
        self.ask("name", self.name)
        self.ask("network", self.network)
        self.ask("locality", self.locality, help_words=words("directory.field.locality_help"))
        self.ask("telephone", self.telephone)

    def details(self) -> PracticeDetails:
        """What stands in the form."""
        return PracticeDetails(
            self.name.text(), self.network.text(), str(self.locality.currentData() or ""), self.telephone.text()
        )


def details_of_practice(practice: PracticeSummary) -> PracticeDetails:
    """What is on file about a practice, to take a change back with."""
    return PracticeDetails(practice.name, practice.network, practice.locality_id, practice.telephone)


class OrganisationSheet(EntrySheet):
    """An organisation."""

    def __init__(
        self,
        host: QWidget,
        entries: Entries,
        on_save: Callable[["OrganisationSheet"], object],
        organisation: OrganisationSummary | None = None,
    ) -> None:
        title = organisation.name if organisation else words("directory.organisation.add_title")
        verb = words("directory.save" if organisation else "directory.add")
        super().__init__(title, verb, host, lambda: on_save(self))
        self.key = f"organisation:{organisation.id if organisation else ''}"
        it = self.organisation = organisation
        self.name = _line("name", it.name if it else "", LONGEST["name"])
        self.kind = _box("kind", _listed(OrganisationKind), it.kind.value if it else "")
        places = _localities(entries, "directory.whole_borough")
        self.locality = _box("locality", places, (it.locality_id if it else "") or "")
        self.telephone = _line("telephone", it.telephone if it else "", LONGEST["telephone"])
        self.ask("name", self.name)
        self.ask("kind", self.kind)
        self.ask("locality", self.locality)
        self.ask("telephone", self.telephone)

    def details(self) -> OrganisationDetails:
        """What stands in the form."""
        kind = self.kind.currentData()
        return OrganisationDetails(
            self.name.text(),
            OrganisationKind(kind) if kind else None,
            self.locality.currentData() or None,
            self.telephone.text(),
        )


def details_of_organisation(it: OrganisationSummary) -> OrganisationDetails:
    """What is on file about an organisation, to take a change back with."""
    return OrganisationDetails(it.name, it.kind, it.locality_id, it.telephone)


class LocalitySheet(EntrySheet):
    """A new locality."""

    key = "locality"

    def __init__(self, host: QWidget, on_save: Callable[["LocalitySheet"], object]) -> None:
        super().__init__(words("directory.locality.add_title"), words("directory.add"), host, lambda: on_save(self))
        self.name = _line("name", "", LONGEST_LOCALITY)
        self.ask("name", self.name, words("directory.locality.name"), words("directory.locality.name_help"))
