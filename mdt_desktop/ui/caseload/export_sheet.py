"""The sheet before the caseload leaves the program: how many people, what of them, as which file, and why."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.exports import LEAST, ListColumn, ListColumnsMissing, ListKind, suggested_list_name
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.caseload import CaseloadQuery
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui.leaving_sheet import Errand, LeavingSheet, checked, column_boxes, people_words, together
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services
    from mdt_desktop.services.exports import LeavingList


class ExportSheet(LeavingSheet["LeavingList"]):
    """The people of a list that is on the screen, whatever of it is in sight."""

    def __init__(
        self,
        host: QWidget,
        query: CaseloadQuery,
        shown: str,
        services: "Services",
        operations: Operations,
        messages: Messages,
        ask_file: AskFile = ask_new_file,
    ) -> None:
        """`shown` says in words who is in the list that is on the screen."""
        super().__init__(words("exports.title"), host, operations, messages, ask_file)
        self._query, self._services = query, services
        self._people = 0
        self.setObjectName("export_sheet")
        self._add_what(shown)
        self.begin(words("exports.columns"))
        self.add(words_label(words("exports.columns_help"), "help", wraps=True))
        self.columns = column_boxes(ListColumn, LEAST, words("exports.columns"))
        self.add(together(list(self.columns.values()), 2))
        self.kinds = self.add_kinds(ListKind, ListKind.XLSX)
        self.add_reasons()
        self.finish_form()
        operations.run_query(
            lambda: (services.exports.count(query), services.rights.mine()),
            lambda found: self._on_counted(*found), self.refuse, owner=self,
        )  # fmt: skip

    def _add_what(self, shown: str) -> None:
        self.add(words_label(words("exports.what_leaves"), "section"))
        self.people = words_label(words("exports.counting"), "strong", wraps=True)
        self.people.setObjectName("export_people")
        self.add(self.people)
        self.add(words_label(shown, "muted", wraps=True))

    def _on_counted(self, people: int, rights: Rights) -> None:
        self._people = people
        self.people.setText(people_words(people))
        if not people:
            self.show_problem(words("exports.nobody"))
        permit(self.save, rights, Permission.EXPORT, also=people > 0)

    @property
    def kind(self) -> ListKind:
        """The kind of file."""
        return next(kind for kind, radio in self.kinds.items() if radio.isChecked())

    def errand(self) -> "Errand[LeavingList]":
        """What was chosen. Raises `ListColumnsMissing`, `ListReasonMissing`."""
        services, query, people, kind = self._services, self._query, self._people, self.kind
        columns, purpose = checked(self.columns), self.purpose()
        name = suggested_list_name(kind, services.access.today())
        return Errand(
            NewFile(name, words("exports.save_title"), words(f"exports.files.{kind.value}")),
            lambda: services.exports.caseload(query, columns),
            lambda leaving: services.exports.content(leaving, kind),
            lambda leaving, content, path: services.exports.save(leaving, content, path, kind, purpose),
            lambda: services.exports.record_cancelled(people, purpose),
            lambda leaving, name: words("exports.saved", people=people_words(len(leaving.person_ids)), name=name),
        )

    def wrong(self, problem: MdtError) -> QWidget:
        return self.columns[LEAST[0]] if isinstance(problem, ListColumnsMissing) else super().wrong(problem)
