"""The sheet over the case in which is seen and decided who gets what: the grid, the grounds, and what was before."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import UNKNOWN_DATE, cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.questionnaire import Item, ItemType
from mdt_desktop.domain.sharing import BASES, RecipientKind, SharedPart, SharingBasis, SharingCell, SharingChoice
from mdt_desktop.services.directory import OrganisationSummary
from mdt_desktop.services.sharing import Key, SharingRow, SharingTable
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.sharing_grid import SharingGrid
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import clear, named
from mdt_desktop.words import label, words

WIDTH = 1120
_MOST_IN_HISTORY = 200
_ASKED = (SharingChoice.SHARE, SharingChoice.DO_NOT_SHARE)
"""The choices whose ground is asked for: what is to be asked first has only one."""


class SharingSheet(FormSheet):
    """Nothing is recorded before the button: a change is only a frame around its cell until then."""

    def __init__(self, case: CaseContext, view: CaseView, table: SharingTable) -> None:
        super().__init__(words("sharing.title"), words("sharing.record_none"), case.host, self._on_save, WIDTH)
        self._case, self._person_id = case, view.person_id
        self._decided_on: object = case.services.access.today()
        self.grid = SharingGrid()
        self.grid.may_change = view.overview.rights.may(Permission.EDIT_CONSENT)
        self.grid.walked.connect(self._on_walked)
        self._add_choices(view)
        self.add(self.grid)
        # At the foot it is in sight wherever one is in the grid.
        self.sentence = words_label("", "muted", wraps=True)
        self.foot.addWidget(self.sentence, 10)
        self._add_grounds()
        self.add(words_label(words("sharing.about"), "help", wraps=True))
        self.history = Card(words("sharing.history"))
        self.add(self.history)
        permit(self.save, view.overview.rights, Permission.EDIT_CONSENT, also=False)
        self.show_table(table)

    def _add_choices(self, view: CaseView) -> None:
        """The three choices as buttons, and one more organisation of the directory as a row."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("unit") * 2)
        self.choices: dict[SharingChoice, Button] = {}
        for choice in SharingChoice:
            button = Button(words(f"sharing.button.{choice.value}"), partial(self.grid.choose, choice))
            named(button, f"choose_{choice.value}")
            permit(button, view.overview.rights, Permission.EDIT_CONSENT)
            self.choices[choice] = button
            row.addWidget(button)
        row.addStretch(1)
        self.others = chooser(words("sharing.add_who"), [("", words("sharing.add_who"))])
        self.others.setObjectName("add_recipient")
        self.others.activated.connect(self._on_add)
        permit(self.others, view.overview.rights, Permission.EDIT_CONSENT)
        row.addWidget(self.others)
        self.add(holder)
        services = self._case.services
        self._case.query(services.directory.organisations, self._on_organisations, self, "organisations")

    def _add_grounds(self) -> None:
        """What is recorded with the changes: the ground of each choice that was made, the day, and a note."""
        self.grounds = QWidget()
        row = QHBoxLayout(self.grounds)
        pad = theme.size("card")
        row.setContentsMargins(pad, pad - 4, pad, pad - 4)
        row.setSpacing(theme.size("gap"))
        self.basis = {
            choice: chooser(words(f"sharing.ground.{choice.value}"), [(it.value, label(it)) for it in BASES[choice]])
            for choice in _ASKED
        }
        self.basis_fields = {
            choice: Field(words(f"sharing.ground.{choice.value}"), box) for choice, box in self.basis.items()
        }
        today = self._case.services.access.today
        self.day = DateField(Item("decided_on", words("sharing.decided_on"), ItemType.DATE), today, hinted=False)
        self.day.show_values({"": today()})
        self.day.answered.connect(self._on_day)
        self.day_field = Field(words("sharing.decided_on"), self.day)
        self.note = QLineEdit()
        self.note.setMaxLength(2000)
        self.note_field = Field(words("sharing.note"), self.note)
        for field in (*self.basis_fields.values(), self.day_field):
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.note_field, 2, Qt.AlignmentFlag.AlignTop)
        self.grounds.hide()
        outer = self.layout()
        if isinstance(outer, QVBoxLayout):
            # Over the line above the buttons, outside what scrolls.
            outer.insertWidget(outer.count() - 2, self.grounds)

    # Showing

    def show_table(self, table: SharingTable) -> None:
        """Show the matrix and its history; what was changed and not recorded stays in the grid."""
        self.grid.show_rows(table.rows)
        self._fit_grid()
        clear(self.history.body)
        self.history.setVisible(bool(table.history))
        for it in table.history[:_MOST_IN_HISTORY]:
            decision = it.decision
            text = words(
                "sharing.history_line", day=cui_date(decision.decided_on), who=it.name, part=label(decision.part),
                choice=label(decision.choice), basis=label(decision.basis), name=decision.recorded_by,
            )  # fmt: skip
            told = f"{text} {decision.note}".strip()
            self.history.body.addWidget(words_label(told, "muted", wraps=True, selectable=True))
        self._on_walked()

    def _on_organisations(self, found: Sequence[OrganisationSummary]) -> None:
        there = self.grid.grid.keys()
        for it in found:
            if (RecipientKind.ORGANISATION, it.id) not in there:
                self.others.addItem(it.name, it.id)

    def _on_walked(self) -> None:
        self.sentence.setText(self.grid.sentence())
        changes = self.grid.grid.changes
        made = set(changes.values())
        if self.grounds.isHidden() is bool(changes):
            self.grounds.setVisible(bool(changes))
            self._fit_grid()
        for choice, field in self.basis_fields.items():
            field.setVisible(choice in made)
        count = len(changes)
        key = "sharing.record_none" if not count else "sharing.record_one" if count == 1 else "sharing.record"
        self.save.setText(words(key, count=count))
        self.save.setEnabled(bool(changes) and self.grid.may_change)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_grid()

    def _fit_grid(self) -> None:
        """As many rows as there is room for between the choices and what stands at the foot."""
        control, pad = theme.size("control_height"), theme.size("card")
        foot = self.grounds.sizeHint().height() if not self.grounds.isHidden() else 0
        around = 3 * control + 7 * pad + foot
        self.grid.fit_height(self.height() - around)
        self.grid.scrollTo(self.grid.currentIndex())

    @property
    def dirty(self) -> bool:
        """Is a cell changed that is not recorded?"""
        return bool(self.grid.grid.changes) and self.isVisible()

    # Gestures

    def _on_add(self, place: int) -> None:
        id_ = str(self.others.itemData(place) or "")
        self.others.setCurrentIndex(0)
        if not id_:
            return
        key: Key = (RecipientKind.ORGANISATION, id_)
        sharing, person_id = self._case.services.sharing, self._person_id
        self._case.query(lambda: sharing.row_for(person_id, key), self._on_row, self, "recipient")

    def _on_row(self, row: SharingRow) -> None:
        self.grid.add_row(row)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_day(self, _row: str, value: object) -> None:
        self._decided_on = value

    def _on_save(self) -> None:
        day = self._decided_on
        known = isinstance(day, date) and day != UNKNOWN_DATE
        self.day_field.show_error("" if known else words("sharing.day_missing"))
        if not isinstance(day, date) or not known:
            return
        bases = {choice: SharingBasis(box.currentData()) for choice, box in self.basis.items()}
        bases[SharingChoice.ASK_FIRST] = SharingBasis.TO_BE_ASKED
        cells, note = dict(self.grid.grid.changes), self.note.text()
        services, person_id = self._case.services, self._person_id
        done = words("sharing.done_one") if len(cells) == 1 else words("sharing.done", count=len(cells))
        self._case.save_sheet(
            self, lambda: services.sharing.record(person_id, cells, bases, day, note), done
        )


def shared_in_short(rows: Sequence[SharingRow]) -> list[tuple[str, str]]:
    """Which parts go, and to whom: those who are given the same stand together; of a group's own organisations and
    people only those who are given something else than the group."""
    of_group = {row.recipient.group: row.cells for row in rows if row.is_group}
    found: dict[tuple[SharedPart, ...], list[str]] = {}
    for row in rows:
        parts = _shared_parts(row.cells)
        if parts and (row.is_group or parts != _shared_parts(of_group[row.recipient.group])):
            found.setdefault(parts, []).append(row.name)
    return [(", ".join(label(part) for part in parts), ", ".join(names)) for parts, names in found.items()]


def _shared_parts(cells: Mapping[SharedPart, SharingCell]) -> tuple[SharedPart, ...]:
    return tuple(part for part, cell in cells.items() if cell.choice is SharingChoice.SHARE)
