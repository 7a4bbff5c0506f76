"""The side sheet in which somebody is given roles beside their job: chair, IG lead, administrator."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from mdt_desktop.domain.permissions import GIVEN_ROLES, AccessRole, Permission, role_of_job
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.ui.directory.places import Entries
from mdt_desktop.ui.directory.sheets import EntrySheet
from mdt_desktop.ui.forms.form_sheet import chooser
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_NO, _EVERYWHERE = "no", "everywhere"
Verb = Callable[["Services"], Changes]


class RolesSheet(EntrySheet):
    """One chooser a role; what is chosen is given or ended when it is recorded."""

    def __init__(
        self, host: QWidget, entries: Entries, who: PractitionerSummary, on_save: Callable[["RolesSheet"], object]
    ) -> None:
        title = words("directory.roles.title", name=who.name)
        super().__init__(title, words("directory.roles.save"), host, lambda: on_save(self))
        self.who = who
        self._held = [it for it in entries.held if it.practitioner_id == who.id]
        by_job = words("directory.roles.by_job", job=label(who.role), role=label(role_of_job(who.role)))
        self.add(words_label(by_job, "muted", wraps=True))
        self.choosers: dict[AccessRole, QComboBox] = {}
        for role in GIVEN_ROLES:
            choices = [(_NO, words("directory.roles.no")), (_EVERYWHERE, words("directory.roles.yes"))]
            if role is AccessRole.CHAIR:
                choices[1] = (_EVERYWHERE, words("directory.roles.everywhere"))
                choices += [(it.id, it.name) for it in entries.localities]
            box = chooser(label(role), choices, self._now(role))
            box.setObjectName(role.value)
            permit(box, entries.rights, Permission.GIVE_ROLES)
            self.choosers[role] = box
            self.ask(role.value, box, label(role), words(f"directory.roles.{role.value}_help"))
        permit(self.save, entries.rights, Permission.GIVE_ROLES)

    def changes(self) -> Sequence[Verb]:
        """What must be done for the choices to hold: first what is given, then what ends."""
        gives: list[Verb] = []
        ends: list[Verb] = []
        for role, box in self.choosers.items():
            wanted, before = str(box.currentData()), self._now(role)
            if wanted == before:
                continue
            if wanted != _NO:
                gives.append(self._give(role, None if wanted == _EVERYWHERE else wanted))
            ends += [_end(it.id) for it in self._held if it.role is role]
        return [*gives, *ends]

    def _give(self, role: AccessRole, locality_id: str | None) -> Verb:
        who = self.who.id
        return lambda services: services.roles.give(who, role, locality_id)

    def _now(self, role: AccessRole) -> str:
        held = next((it for it in self._held if it.role is role), None)
        return _NO if held is None else held.locality_id or _EVERYWHERE


def _end(held_id: str) -> Verb:
    return lambda services: services.roles.end(held_id)
