"""The person who is chosen on the agenda: why they are there, how long, and what is prepared for them."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import age_on, cui_date
from mdt_desktop.domain.meeting import ItemState, Lane
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.domain.readiness import ReadinessPart
from mdt_desktop.services.agendas import ItemSummary, Readiness
from mdt_desktop.ui import theme
from mdt_desktop.ui.meetings.plan_rows import PlanRow, RowKind, must_discuss_words, reasons_words
from mdt_desktop.ui.meetings.prepared_part import PreparedPart, TypedPart
from mdt_desktop.ui.meetings.view import PlanningView
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.columns import Scroller
from mdt_desktop.ui.widgets.labels import FieldLabel, line, words_label
from mdt_desktop.ui.widgets.number_box import NumberBox
from mdt_desktop.ui.widgets.parts import beside
from mdt_desktop.words import label, words

_MOST_MINUTES = 60


class CasePanel(Scroller):
    """Words are saved on leaving their field; each signal carries the item's id, `add_requested` the row."""

    words_typed = Signal(str, str, str, str)  # item, which words, the text, what stood there before
    lane_wanted = Signal(str, object)
    minutes_wanted = Signal(str, int)
    move_wanted = Signal(int)  # one up (-1) or down (1)
    remove_requested = Signal()
    add_requested = Signal()
    case_requested = Signal(str)  # the person

    def __init__(self) -> None:
        super().__init__(words("meetings.case"))
        self._row: PlanRow | None = None
        edge = theme.size("card")
        self.column.setContentsMargins(edge, theme.size("gap"), edge, theme.size("gap"))
        self.nobody = words_label(words("meetings.case.none"), "muted", wraps=True)
        self.column.addWidget(self.nobody)
        self.there = QWidget()
        inside = QVBoxLayout(self.there)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.size("gap"))
        self.column.addWidget(self.there)
        self.column.addStretch(1)
        self.name = words_label("", "section", wraps=True, selectable=True)
        self.who = words_label("", "muted", wraps=True, selectable=True)
        self.open_case = Button(words("meetings.case.open"), self._open_case, "link")
        self.why = words_label("", "body", wraps=True)
        self.must = words_label("", "muted", wraps=True)
        self.add = Button(words("meetings.add_to_agenda"), self.add_requested.emit, "primary", "add")
        for widget in (self.name, self.who):
            inside.addWidget(widget)
        inside.addWidget(self.open_case, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self.why)
        inside.addWidget(self.must)
        inside.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.place = self._place()
        inside.addWidget(self.place)
        self.prepared = self._prepared()
        inside.addWidget(self.prepared)

    def _place(self) -> QWidget:
        """Lane, minutes and place on the agenda."""
        self.discuss = Button(words("meetings.lane.to_discuss"), partial(self._want_lane, Lane.DISCUSS), "chip")
        self.note = Button(words("meetings.lane.to_note"), partial(self._want_lane, Lane.NOTE), "chip")
        for chip, keys in ((self.discuss, "D"), (self.note, "N")):
            chip.setCheckable(True)
            chip.setToolTip(keys)
        self.minutes = NumberBox(1, _MOST_MINUTES)
        self.minutes.setKeyboardTracking(False)
        self.minutes.setSuffix(words("meetings.minutes.suffix"))
        self.minutes.valueChanged.connect(self._want_minutes)
        self.up = IconButton("up", words("meetings.move_up"), lambda: self.move_wanted.emit(-1))
        self.down = IconButton("down", words("meetings.move_down"), lambda: self.move_wanted.emit(1))
        self.remove = Button(words("meetings.remove"), self.remove_requested.emit, "quiet", "remove")
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(line())
        column.addLayout(beside(self.discuss, self.note))
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        row.addWidget(FieldLabel(words("meetings.minutes"), self.minutes))
        row.addWidget(self.minutes)
        row.addWidget(self.up)
        row.addWidget(self.down)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(line())
        return held

    def _prepared(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.question = TypedPart(label(ReadinessPart.QUESTION), words("meetings.question.hint"))
        self.persons_view = TypedPart(label(ReadinessPart.PERSONS_VIEW), words("meetings.persons_view.hint"))
        self.carers_view = TypedPart(label(ReadinessPart.CARERS_VIEW), words("meetings.carers_view.hint"))
        self.knows = PreparedPart(label(ReadinessPart.SOMEBODY_WHO_KNOWS))
        self.consent = PreparedPart(label(ReadinessPart.CONSENT))
        for part in (self.question, self.persons_view, self.carers_view, self.knows, self.consent):
            column.addWidget(part)
        for key, part in self.typed_parts().items():
            part.typed.connect(partial(self._on_typed, key))
        return held

    def typed_parts(self) -> dict[str, TypedPart]:
        """The parts that are typed, by the name of their field."""
        return {"question": self.question, "persons_view": self.persons_view, "carers_view": self.carers_view}

    @property
    def row(self) -> PlanRow | None:
        """The row that is shown."""
        return self._row

    def flush(self) -> None:
        """Record what stands in a field that was not left yet."""
        for part in self.typed_parts().values():
            part.save()

    def show_row(self, view: PlanningView, row: PlanRow | None) -> None:
        """Show somebody. What is being typed about somebody else is recorded first."""
        again = row is not None and self._row is not None and row.key == self._row.key
        if not again:
            self.flush()
            self.verticalScrollBar().setValue(0)
        self._row = row
        self.nobody.setVisible(row is None)
        self.there.setVisible(row is not None)
        if row is None:
            return
        self._show_who(view, row)
        item = row.item if row.kind is RowKind.ITEM else None
        editable = item is not None and item.state in (ItemState.WAITING, ItemState.UNDER_WAY)
        self.place.setVisible(item is not None)
        self.place.setEnabled(editable)
        self.add.setVisible(row.kind is RowKind.LEFT)
        self.prepared.setVisible(item is not None)
        if item is not None:
            self._show_place(item)
            self._show_prepared(item, row.readiness, again=again)

    def _show_who(self, view: PlanningView, row: PlanRow) -> None:
        item, of_line = row.item, row.line
        if item is not None:
            self.name.setText(name_on_screen(item.family_name, item.given_names, item.title))
            born, age = cui_date(item.born), age_on(item.born, view.today)
            number = spaced_nhs_number(item.nhs_number)
            self.who.setText(words("meetings.case.who", born=born, age=age, number=number))
            told = reasons_words(item) if row.kind is RowKind.ITEM else row.why
        else:
            self.name.setText(row.name)
            self.who.setText("")
            told = row.why
        self.who.setVisible(bool(self.who.text()))
        self.why.setText(words("meetings.case.why", reasons=told) if row.kind is RowKind.ITEM else told)
        found = of_line
        if found is None and item is not None and view.proposal is not None:
            found = next(
                (it for it in (*view.proposal.listed, *view.proposal.waiting) if it.case_id == item.case_id), None
            )
        must = must_discuss_words(found.must_discuss) if found is not None else ""
        added = words("meetings.added_by", name=item.added_by) if item is not None and item.added_by else ""
        self.must.setText("\n".join(part for part in (must, added) if part))
        self.must.setVisible(bool(self.must.text()))

    def _show_place(self, item: ItemSummary) -> None:
        self.discuss.setChecked(item.lane is Lane.DISCUSS)
        self.note.setChecked(item.lane is not Lane.DISCUSS)
        self.minutes.blockSignals(True)
        self.minutes.setValue(item.minutes)
        self.minutes.blockSignals(False)

    def _show_prepared(self, item: ItemSummary, found: Readiness | None, *, again: bool) -> None:
        self.question.show_words(item.question, again=again)
        self.persons_view.show_words(item.persons_view, again=again)
        self.carers_view.show_words(item.carers_view, again=again)
        self.question.show_state(bool(item.question))
        why_not = words("meetings.view_why_not", why=item.persons_view_why_not) if item.persons_view_why_not else ""
        self.persons_view.show_state(bool(item.persons_view or item.persons_view_why_not), why_not)
        for part in (self.carers_view, self.knows, self.consent):
            part.setVisible(found is not None)
        if found is None:
            return
        has_carer = found.facts.has_carer
        self.carers_view.setVisible(has_carer or bool(item.carers_view))
        self.carers_view.show_state(bool(item.carers_view))
        come = (
            words("meetings.knows.come", names=", ".join(found.coming))
            if found.coming
            else words("meetings.knows.none")
        )
        self.knows.show_state(found.facts.somebody_comes, come)
        basis = "meetings.consent.there" if found.facts.may_share else "meetings.consent.none"
        self.consent.show_state(found.facts.may_share, words(basis))

    def _item_id(self) -> str:
        return self._row.item.id if self._row is not None and self._row.item is not None else ""

    def _on_typed(self, key: str, text: str, before: str) -> None:
        if self._item_id():
            self.words_typed.emit(self._item_id(), key, text, before)

    def _want_lane(self, lane: Lane) -> None:
        item = self._row.item if self._row is not None else None
        if item is not None:
            self._show_place(item)  # until it is written the lane is what it was
            self.lane_wanted.emit(item.id, lane)

    def _want_minutes(self, minutes: int) -> None:
        if self._item_id():
            self.minutes_wanted.emit(self._item_id(), minutes)

    def _open_case(self) -> None:
        if self._row is None:
            return
        found = self._row.item or self._row.line
        if found is not None:
            self.case_requested.emit(found.person_id)
