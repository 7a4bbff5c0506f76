"""The sheet of a series: when and where a locality meets, who chairs in turn, what makes a quorum, who belongs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.agenda import UNSEEN_WEEKS
from mdt_desktop.domain.meeting import DEFAULT_LENGTH_MINUTES, ChairedBy
from mdt_desktop.domain.quorum import QuorumRule
from mdt_desktop.services.directory import LocalitySummary, PractitionerSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet
from mdt_desktop.ui.meetings.sheets import CLOCK, box, chairs, length_box, line_edit, time_edit
from mdt_desktop.ui.meetings.view import SeriesView
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.number_box import NumberBox
from mdt_desktop.ui.widgets.parts import beside
from mdt_desktop.words import label, words

_MOST_OF_A_SIDE, _MOST_WEEKS = 10, 104
_USUAL_DAY, _USUAL_START = 3, "14:00"


@dataclass(frozen=True, slots=True)
class SeriesValues:
    """What is recorded of a series: its locality (for a new one), its fields, and who belongs to it as what."""

    locality_id: str
    fields: Mapping[str, Any]
    members: Mapping[str, str]


class MemberRow(QWidget):
    """Somebody who belongs, and what they are there for."""

    def __init__(
        self, practitioner: PractitionerSummary, part: str, on_remove: Callable[["MemberRow"], object]
    ) -> None:
        super().__init__()
        self.practitioner = practitioner
        self.part = line_edit(part, 200)
        self.part.setPlaceholderText(label(practitioner.discipline))
        self.part.setAccessibleName(words("meetings.member.part", name=practitioner.name))
        self.remove = IconButton(
            "remove", words("meetings.member.remove", name=practitioner.name), lambda: on_remove(self)
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("unit") * 2)
        row.addWidget(words_label(practitioner.name, "body", wraps=True), 1)
        row.addWidget(self.part, 1)
        row.addWidget(self.remove)


class MembersField(QWidget):
    """Who belongs, one under the other, and a list to add from."""

    def __init__(self, everybody: Sequence[PractitionerSummary], members: Mapping[str, str]) -> None:
        super().__init__()
        self._everybody = {it.id: it for it in everybody}
        self.rows: list[MemberRow] = []
        self.column = QVBoxLayout()
        self.column.setSpacing(theme.size("unit"))
        self.who = box(words("meetings.member.choose"), chairs(everybody, "meetings.member.choose"))
        self.add = Button(words("meetings.member.add"), self._add, "quiet", "add")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self.column)
        row = QHBoxLayout()
        row.addWidget(self.who, 1)
        row.addWidget(self.add)
        whole.addLayout(row)
        for practitioner_id, part in members.items():
            if practitioner_id in self._everybody:
                self._show(self._everybody[practitioner_id], part)

    def members(self) -> dict[str, str]:
        """Who belongs, by id, with what each is there for."""
        return {row.practitioner.id: row.part.text().strip() for row in self.rows}

    def _add(self) -> None:
        practitioner = self._everybody.get(str(self.who.currentData() or ""))
        if practitioner is None or practitioner.id in self.members():
            return
        self._show(practitioner, "")
        self.who.setCurrentIndex(0)

    def _show(self, practitioner: PractitionerSummary, part: str) -> None:
        row = MemberRow(practitioner, part, self._remove)
        self.rows.append(row)
        self.column.addWidget(row)

    def _remove(self, row: MemberRow) -> None:
        self.rows.remove(row)
        self.column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.who.setFocus()


class SeriesSheet(FormSheet):
    """A new series, or one that is there; meetings that are planned already stay as they are."""

    def __init__(
        self,
        host: QWidget,
        view: SeriesView | None,
        localities: Sequence[LocalitySummary],
        everybody: Sequence[PractitionerSummary],
        on_save: Callable[["SeriesSheet", SeriesValues], object],
    ) -> None:
        title = view.series.name if view is not None else words("meetings.series.add_title")
        super().__init__(
            title, words("meetings.save" if view is not None else "meetings.series.verb"), host, self._on_save
        )
        self.setObjectName("series_sheet")
        self.view, self._go_on = view, on_save
        it = view.series if view is not None else None
        quorum = it.quorum if it is not None else QuorumRule()
        places = [(place.id, place.name) for place in localities]
        weekdays = [(str(day), words(f"meetings.weekday.{day}")) for day in range(7)]
        people = chairs(everybody)
        self.name = line_edit(it.name if it else "", 200)
        self.locality = box(words("meetings.field.locality"), places, it.locality_id if it else "")
        self.locality.setEnabled(it is None)
        self.weekday = box(words("meetings.field.weekday"), weekdays, str(it.weekday if it else _USUAL_DAY))
        self.starts_at = time_edit(it.starts_at if it else _USUAL_START)
        self.length = length_box(it.length_minutes if it else DEFAULT_LENGTH_MINUTES)
        self.place = line_edit(it.place if it else "", 300)
        self.link = line_edit(it.link if it else "", 500)
        self.purpose = GrowingTextEdit(it.purpose if it else "", lines=2, most_lines=6)
        sides = [(side.value, label(side)) for side in ChairedBy]
        self.first_side = box(words("meetings.field.first_side"), sides, it.first_chaired_by.value if it else "")
        self.health_chair = box(words("meetings.field.health_chair"), people, (it.health_chair_id if it else "") or "")
        self.council_chair = box(
            words("meetings.field.council_chair"), people, (it.council_chair_id if it else "") or ""
        )
        self.quorum_chair = QCheckBox(words("meetings.field.quorum_chair"))
        self.quorum_chair.setChecked(quorum.chair)
        self.quorum_knows = QCheckBox(words("meetings.field.quorum_knows"))
        self.quorum_knows.setChecked(quorum.knows_person)
        self.quorum_health = NumberBox(0, _MOST_OF_A_SIDE)
        self.quorum_health.setValue(quorum.health)
        self.quorum_social = NumberBox(0, _MOST_OF_A_SIDE)
        self.quorum_social.setValue(quorum.social_care)
        self.unseen = NumberBox(1, _MOST_WEEKS)
        self.unseen.setValue(it.unseen_weeks if it else UNSEEN_WEEKS)
        self.unseen.setSuffix(words("meetings.weeks.suffix"))
        self.active = QCheckBox(words("meetings.field.active"))
        self.active.setChecked(it.active if it else True)
        known = {member.practitioner_id: member.part for member in view.members} if view is not None else {}
        self.members = MembersField(everybody, known)
        self._fill()

    def _fill(self) -> None:
        self.name_field = Field(words("meetings.field.name"), self.name)
        self.add(self.name_field)
        for key, widget in (
            ("locality", self.locality), ("weekday", self.weekday), ("starts_at", self.starts_at),
            ("length", self.length), ("place", self.place), ("link", self.link), ("purpose", self.purpose),
        ):  # fmt: skip
            self.add(Field(words(f"meetings.field.{key}"), widget))
        self._begin("rota")
        for key, widget in (
            ("first_side", self.first_side), ("health_chair", self.health_chair), ("council_chair", self.council_chair),
        ):  # fmt: skip
            self.add(Field(words(f"meetings.field.{key}"), widget))
        self._begin("quorum")
        self.add(self.quorum_chair)
        self.add(self.quorum_knows)
        self.add(Field(words("meetings.field.quorum_health"), self.quorum_health))
        self.add(Field(words("meetings.field.quorum_social"), self.quorum_social))
        self.add(Field(words("meetings.field.unseen"), self.unseen, words("meetings.field.unseen_help")))
        self._begin("members")
        self.add(self.members)
        if self.view is not None:
            self.body.addLayout(beside(self.active))
        self.finish_form()
        self.values_before = self.values()

    @property
    def dirty(self) -> bool:
        """Is the sheet open with something in it that is not recorded?"""
        return self.isVisible() and self.values() != self.values_before

    def _begin(self, section: str) -> None:
        self.body.addSpacing(theme.size("unit") * 2)
        self.add(words_label(words(f"meetings.section.{section}"), "section", wraps=True))
        self.add(words_label(words(f"meetings.section.{section}_help"), "help", wraps=True))

    def values(self) -> SeriesValues:
        """What stands in the form."""
        fields: dict[str, Any] = {
            "name": self.name.text().strip(),
            "weekday": int(self.weekday.currentData()),
            "starts_at": self.starts_at.time().toString(CLOCK),
            "length_minutes": self.length.value(),
            "place": self.place.text().strip(),
            "link": self.link.text().strip(),
            "purpose": self.purpose.toPlainText().strip()[:2000],
            "first_chaired_by": ChairedBy(self.first_side.currentData()),
            "health_chair_id": str(self.health_chair.currentData() or "") or None,
            "council_chair_id": str(self.council_chair.currentData() or "") or None,
            "quorum_chair": self.quorum_chair.isChecked(),
            "quorum_knows_person": self.quorum_knows.isChecked(),
            "quorum_health": self.quorum_health.value(),
            "quorum_social_care": self.quorum_social.value(),
            "unseen_weeks": self.unseen.value(),
            "active": self.active.isChecked(),
        }
        return SeriesValues(str(self.locality.currentData() or ""), fields, self.members.members())

    def refuse(self, problem: Exception) -> None:
        """Say why it was not recorded; everything that was typed stays."""
        self.show_problem(Messages.words_of(problem))
        self.reveal(self.problem)

    def _on_save(self) -> None:
        if not self.name.text().strip():
            self.name_field.show_error(words("meetings.name_needed"))
            self.reveal(self.name_field)
            return
        self.name_field.show_error("")
        self.saving()
        self._go_on(self, self.values())
