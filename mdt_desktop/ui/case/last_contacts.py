"""The last contacts of a case on its overview, and the way to log a new one from anywhere on the page."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.notes import LogEntry
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.contact_lines import one_line, when
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.note_sheets import NoteSheet
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import clear, named
from mdt_desktop.words import label, words

_SHOWN = 5


class LastContactsCard(Card):
    """The last contacts on the overview, with the way to all of them and to a new one."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.log.title"), " ")
        self._case = case
        self.new = Button(words("case.log.add"), lambda: begin_contact(case), "quiet", "add")
        self.new.setToolTip(QKeySequence("Ctrl+N").toString(QKeySequence.SequenceFormat.NativeText))
        self.all = Button(words("case.log.more"), lambda: case.mend_requested.emit("contacts"), "quiet")
        self.add_action(named(self.new, "log_contact_short"))
        self.add_action(named(self.all, "show_contacts"))
        self._shown: tuple[LogEntry, ...] | None = None

    def show_view(self, view: CaseView) -> None:
        """Read the log and show its last entries."""
        permit(self.new, view.overview.rights, Permission.EDIT_CASE)
        if not view.overview.rights.may(Permission.SEE_HISTORY):
            return
        case_id, services = view.case_id, self._case.services
        self._case.query(lambda: services.notes.log(case_id), self._on_read, self, "last_contacts")

    def _on_read(self, log: tuple[LogEntry, ...]) -> None:
        latest = log[:_SHOWN]
        self.all.setVisible(bool(log))
        if latest == self._shown:
            return
        self._shown = latest
        clear(self.body)
        if not latest:
            self.body.addWidget(words_label(words("case.log.none_short"), "muted", wraps=True))
        for entry in latest:
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            said = words("case.log.line", kind=label(entry.note.kind), words=one_line(entry))
            row.addWidget(words_label(said, wraps=True, selectable=True), 1)
            who = words("case.by_on", day=when(entry.at), name=entry.by)
            row.addWidget(words_label(who, "muted"), 0, Qt.AlignmentFlag.AlignTop)
            self.body.addLayout(row)


def begin_contact(case: CaseContext) -> None:
    """Open the sheet for a new contact, where there is a case and one may write in it."""
    view = case.view
    if view is None or not view.case_id or not view.overview.rights.may(Permission.EDIT_CASE):
        return
    if case.sheet is not None and case.sheet.key == NoteSheet.key:
        return
    case.open_sheet(NoteSheet(case, view))
