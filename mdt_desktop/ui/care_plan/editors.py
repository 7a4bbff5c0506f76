"""The fields of one part of the plan, shown while it is being changed."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus, IStatementDomain
from mdt_desktop.ui import theme
from mdt_desktop.ui.care_plan.fields import (
    ChoiceCombo,
    DayEdit,
    Desk,
    PlanEdit,
    WhenEdit,
    WhoEdit,
    enum_combo,
    labelled,
    line_edit,
    scale_combo,
)
from mdt_desktop.ui.unsettled_mark import UnsettledMark
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.side_by_side import SideBySide
from mdt_desktop.words import words

_STATUS_OF = {"goal": GoalStatus, "action": ActionStatus}
_ROOM_FOR_DATE = 110  # pixels at 100 % text


class PartEditor(QWidget):
    """The fields of a part. `edited` carries the changed fields; the rest are wishes of the row around it."""

    edited = Signal(object)
    done = Signal()
    remove_requested = Signal()
    move_requested = Signal(int)

    def __init__(self, kind: str, values: Mapping[str, Any], desk: Desk, *, tracking: bool = False) -> None:
        super().__init__()
        self.kind, self._desk, self._tracking = kind, desk, tracking
        self._shows: list[Callable[[Mapping[str, Any]], None]] = []
        self.inputs: dict[str, QWidget] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.size("unit") * 2)
        self.mark = UnsettledMark(self)
        self._column.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignLeft)
        if tracking:
            self._row(self._status(values))
        else:
            getattr(self, f"_make_{kind}")(values)
        self._add_foot()

    def first(self, field: str = "") -> QWidget:
        """The widget to put the focus on: a field by name, else the first."""
        return self.inputs.get(field) or next(iter(self.inputs.values()))

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show values that were changed elsewhere; fields that say the same keep their cursor."""
        for show in self._shows:
            show(values)

    @property
    def is_readable(self) -> bool:
        """Are all dates dates?"""
        return all(it.is_readable for it in self.inputs.values() if isinstance(it, DayEdit))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def _tell(self, **values: Any) -> None:
        self.edited.emit(values)

    # What each kind asks

    def _make_need(self, values: Mapping[str, Any]) -> None:
        self._text("words", values, "care_plan.field.need")

    def _make_goal(self, values: Mapping[str, Any]) -> None:
        self._text("words", values, "care_plan.field.goal")
        domain = enum_combo(IStatementDomain, words("care_plan.no_domain"))
        importance = self._choice("importance", values, scale_combo(), "care_plan.field.importance")
        self._row(importance, self._choice("domain", values, domain, "care_plan.field.domain"), self._status(values))

    def _make_action(self, values: Mapping[str, Any]) -> None:
        self._text("what", values, "care_plan.field.what", lines=1)
        who = WhoEdit(self._desk, values["practitioner_id"], values["who"])
        who.named.connect(lambda found, name: self._tell(practitioner_id=found, who=name))
        when = WhenEdit(self._desk, values["due"], values["when_words"])
        when.told.connect(lambda due, text: self._tell(due=due, when_words=text))
        self.inputs |= {"who": who, "when": when}
        row = SideBySide()
        for field, key in ((who, "who"), (when, "when")):
            row.add(labelled(words(f"care_plan.field.{key}"), field, names=field.edit))
        self._column.addWidget(row)
        self._shows.append(
            lambda new: _unless_focused(who.edit, lambda: who.show_name(new["practitioner_id"], new["who"]))
        )
        self._shows.append(
            lambda new: _unless_focused(when.edit, lambda: when.show_when(new["due"], new["when_words"]))
        )
        self._row(
            self._status(values),
            self._choice("confidence", values, scale_combo(), "care_plan.field.confidence"),
        )

    def _make_contingency_plan(self, values: Mapping[str, Any]) -> None:
        self._text("trigger", values, "care_plan.field.trigger", lines=1)
        self._text("what_should_happen", values, "care_plan.field.what_should_happen")
        row = SideBySide()
        for name, longest in (("contact_name", 200), ("contact_role", 200), ("contact_telephone", 50)):
            row.add(self._line(name, values, longest))
        self._column.addWidget(row)

    def _make_other_plan(self, values: Mapping[str, Any]) -> None:
        row = SideBySide(_ROOM_FOR_DATE)
        row.add(self._line("kind", values, 200), 2)
        row.add(self._line("location", values, 500), 2)
        day = DayEdit(self._desk.today, values["dated"])
        day.told.connect(lambda found: self._tell(dated=found))
        self.inputs["dated"] = day
        row.add(labelled(words("care_plan.field.dated"), day, names=day.edit))
        self._column.addWidget(row)
        replaced = QCheckBox(words("care_plan.field.replaced"))
        replaced.setChecked(values["replaced"])
        replaced.toggled.connect(lambda on: self._tell(replaced=on))
        self.inputs["replaced"] = replaced
        self._column.addWidget(replaced, 0, Qt.AlignmentFlag.AlignLeft)
        self._shows.append(lambda new: day.show_day(new["dated"]))

    # Fields

    def _text(self, name: str, values: Mapping[str, Any], key: str, lines: int = 2) -> None:
        edit = PlanEdit(values[name], lines=lines)
        edit.textChanged.connect(lambda: self._tell(**{name: edit.toPlainText()}))
        self.inputs[name] = edit
        self._column.addLayout(labelled(words(key), edit))

        def show(new: Mapping[str, Any]) -> None:
            if edit.toPlainText() != new[name] and not edit.hasFocus():
                edit.blockSignals(True)
                edit.setPlainText(new[name])
                edit.blockSignals(False)

        self._shows.append(show)

    def _line(self, name: str, values: Mapping[str, Any], longest: int) -> QVBoxLayout:
        edit = line_edit(values[name], lambda text: self._tell(**{name: text}), longest)
        self.inputs[name] = edit
        self._shows.append(lambda new: _unless_focused(edit, lambda: edit.setText(new[name])))
        return labelled(words(f"care_plan.field.{name}"), edit)

    def _status(self, values: Mapping[str, Any]) -> QVBoxLayout:
        return self._choice("status", values, enum_combo(_STATUS_OF[self.kind]), "care_plan.field.status")

    def _choice(self, name: str, values: Mapping[str, Any], combo: ChoiceCombo, key: str) -> QVBoxLayout:
        combo.show_member(values[name])
        combo.chosen.connect(lambda member: self._tell(**{name: member}))
        self.inputs[name] = combo
        self._shows.append(lambda new: combo.show_member(new[name]))
        return labelled(words(key), combo)

    def _row(self, *fields: QVBoxLayout) -> None:
        """Short fields side by side, in a new line where there is no room."""
        holder = QWidget()
        flow = flowing(holder, theme.size("gap"), theme.size("unit") * 2)
        flow.top_aligned = True
        for field in fields:
            box = QWidget()
            field.setContentsMargins(0, 0, 0, 0)
            box.setLayout(field)
            flow.addWidget(box)
        self._column.addWidget(holder)

    def _add_foot(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(theme.size("unit"))
        self.done_button = Button(words("care_plan.done_editing"), self.done.emit)
        foot.addWidget(self.done_button)
        foot.addStretch(1)
        if not self._tracking:
            foot.addWidget(IconButton("up", words("care_plan.move_up"), lambda: self.move_requested.emit(-1)))
            foot.addWidget(IconButton("down", words("care_plan.move_down"), lambda: self.move_requested.emit(1)))
            self.remove_button = Button(words("care_plan.remove"), self.remove_requested.emit, "quiet", "remove")
            foot.addWidget(self.remove_button)
        self._column.addLayout(foot)


def _unless_focused(field: QWidget, show: Callable[[], None]) -> None:
    if not field.hasFocus():
        show()
