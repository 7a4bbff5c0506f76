"""The plan as one document from top to bottom; what is added, moved or changed elsewhere is fitted in, not redrawn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import ABOUT_ME
from mdt_desktop.services.plan_desk import GoalSummary, NeedSummary, PlanSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.care_plan.fields import Desk
from mdt_desktop.ui.care_plan.part_row import ROW_INSET, Mode, PartRow
from mdt_desktop.ui.care_plan.part_words import Part, values_of
from mdt_desktop.ui.care_plan.texts import AboutCard, ReviewCard, StrengthsCard
from mdt_desktop.ui.forms.tab_order import keep_tab_order
from mdt_desktop.ui.unsettled_mark import OpenByKey
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_LINE_LENGTH = 67  # times the body size: the longest line that reads well
_PLAN_FIELDS = (*ABOUT_ME, "supported_by", "strengths", "funding", "review_due", "reviewer_id")

Unsaved = Callable[[str, str], Mapping[str, Any]]
P = TypeVar("P", bound=Part)
W = TypeVar("W", bound=QWidget)


class KeyedColumn(QVBoxLayout, Generic[W]):
    """Widgets by the id of what they show, in order; those whose id stays are kept, with their fields and focus."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self.by_id: dict[str, W] = {}

    def show_ids(self, ids: Sequence[str], make: Callable[[str], W]) -> None:
        """Show exactly these, making what is new."""
        for gone in [it for it in self.by_id if it not in ids]:
            widget = self.by_id.pop(gone)
            self.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        for place, part_id in enumerate(ids):
            widget = self.by_id.get(part_id) or self.by_id.setdefault(part_id, make(part_id))
            if self.indexOf(widget) != place:
                self.insertWidget(place, widget)
        self.by_id = {part_id: self.by_id[part_id] for part_id in ids}


class Sheet:
    """What the parts of the document share: how to make a row, what may be done, and whom to tell."""

    def __init__(self, document: "PlanDocument", desk: Desk, mode: Mode, unsaved: Unsaved) -> None:
        self.document, self.desk, self.mode, self.unsaved = document, desk, mode, unsaved

    def values(self, kind: str, part: Part) -> dict[str, Any]:
        """What was read, under what was typed since."""
        return {**values_of(kind, part), **self.unsaved(kind, part.id)}

    def row(self, kind: str, part: Part) -> PartRow:
        """A new row."""
        made = PartRow(kind, part.id, self.values(kind, part), self.desk, self.mode)
        document = self.document
        made.edited.connect(document.edited)
        made.decide_requested.connect(document.decide_requested)
        made.opened.connect(document.on_row_opened)
        made.closed.connect(document.on_row_closed)
        made.remove_requested.connect(document.remove_requested)
        made.move_requested.connect(document.move_requested)
        return made

    def add_button(self, kind: str, parent_id: str, look: str = "quiet") -> Button:
        """The button that adds a part at the end of its parent."""
        key = {"contingency_plan": "contingency", "other_plan": "other"}.get(kind, kind)
        add = partial(self.document.add_requested.emit, kind, parent_id)
        made = Button(words(f"care_plan.add_{key}"), add, look, "add")
        if self.mode is not Mode.EDIT:
            made.hide()
        return made


class GoalBlock(QWidget):
    """A goal and its actions."""

    def __init__(self, sheet: Sheet, goal: GoalSummary) -> None:
        super().__init__()
        self._sheet = sheet
        self.row = sheet.row("goal", goal)
        self.action_rows: KeyedColumn[PartRow] = KeyedColumn(0)
        self.add = sheet.add_button("action", goal.id)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.row)
        below = QVBoxLayout()
        below.setContentsMargins(theme.size("card") + 4, 0, 0, 0)
        below.setSpacing(0)
        below.addLayout(self.action_rows)
        below.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(below)

    def show_goal(self, goal: GoalSummary) -> None:
        """Show the goal as it was read."""
        self.row.show_values(self._sheet.values("goal", goal))
        parts = {it.id: it for it in goal.actions}
        self.action_rows.show_ids(list(parts), lambda part_id: self._sheet.row("action", parts[part_id]))
        for part_id, row in self.action_rows.by_id.items():
            row.show_values(self._sheet.values("action", parts[part_id]))


class NeedBlock(Card):
    """A need with its goals, in a card of its own."""

    def __init__(self, sheet: Sheet, need: NeedSummary) -> None:
        super().__init__()
        self._sheet = sheet
        self.row = sheet.row("need", need)
        self.goals: KeyedColumn[GoalBlock] = KeyedColumn(theme.size("unit") * 2)
        self.add = sheet.add_button("goal", need.id)
        self.hang(ROW_INSET)
        self.body.addWidget(self.row)
        self.body.addLayout(self.goals)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_need(self, need: NeedSummary) -> None:
        """Show the need as it was read."""
        self.row.show_values(self._sheet.values("need", need))
        parts = {it.id: it for it in need.goals}
        self.goals.show_ids(list(parts), lambda part_id: GoalBlock(self._sheet, parts[part_id]))
        for part_id, block in self.goals.by_id.items():
            block.show_goal(parts[part_id])


class ListCard(Card):
    """Contingency plans or other plans: rows, and what is said where there is none."""

    def __init__(self, sheet: Sheet, kind: str, key: str, plan_id: str) -> None:
        read_only = sheet.mode is not Mode.EDIT
        super().__init__(words(f"care_plan.{key}"), "" if read_only else words(f"care_plan.{key}_help"))
        self._sheet, self._kind = sheet, kind
        self.rows: KeyedColumn[PartRow] = KeyedColumn(0)
        self.hang(ROW_INSET)
        self.nothing = words_label(words(f"care_plan.{key}_empty"), "muted")
        self.nothing.setContentsMargins(ROW_INSET, 0, 0, 0)
        self.add = sheet.add_button(kind, plan_id)
        self.body.addWidget(self.nothing)
        self.body.addLayout(self.rows)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show the parts as they were read."""
        by_id = {it.id: it for it in parts}
        self.rows.show_ids(list(by_id), lambda part_id: self._sheet.row(self._kind, by_id[part_id]))
        for part_id, row in self.rows.by_id.items():
            row.show_values(self._sheet.values(self._kind, by_id[part_id]))
        self.nothing.setVisible(not parts)


class PlanDocument(QScrollArea):
    """Shows one version of a plan. It tells what was typed and what is wished; the page does it."""

    edited = Signal(str, str, object)  # kind, id, values
    add_requested = Signal(str, str)  # kind, parent id
    remove_requested = Signal(str, str)
    move_requested = Signal(str, str, int)
    decide_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(words("care_plan.document"))
        self._shown: tuple[str, Mode] | None = None
        self._open: PartRow | None = None
        self.mode = Mode.READ
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def _fit(self) -> None:
        """No wider than its lines: on a large screen the rail stays beside the plan."""
        margins = theme.size("page") + theme.size("gap") + self.verticalScrollBar().sizeHint().width()
        self.setMaximumWidth(theme.size("body") * _LINE_LENGTH + margins)

    # Showing

    def show_plan(self, plan: PlanSummary, desk: Desk, mode: Mode, unsaved: Unsaved) -> None:
        """Show a plan: another version is built anew, the same one is brought up to date."""
        if self._shown != (plan.id, mode):
            self._build(plan, desk, mode, unsaved)
            self._shown = (plan.id, mode)
        values = {name: getattr(plan, name, "") for name in _PLAN_FIELDS} | plan.about_me
        values |= unsaved("care_plan", plan.id)
        self.about.show_values(values)
        self.strengths.show_values(values)
        self.review.show_plan(plan, values)
        parts = {it.id: it for it in plan.needs}
        before = [*self.needs.by_id]
        self.needs.show_ids(list(parts), lambda part_id: NeedBlock(self._sheet, parts[part_id]))
        for part_id, block in self.needs.by_id.items():
            block.show_need(parts[part_id])
        self._show_counts(plan)
        self.contingency.show_parts(plan.contingency_plans)
        self.others.show_parts(plan.other_plans)
        rows = [row.part_id for row in self.rows()]
        if rows != before:
            keep_tab_order(self.about)
        if self._open is not None and self._open.part_id not in rows:
            self._open = None

    def show_unsettled(self, found: OpenByKey) -> None:
        """Mark the fields that two people wrote differently."""
        if self._shown is None:
            return
        plan_id = self._shown[0]
        of_plan = {key[2]: it for key, it in found.items() if key[:2] == ("care_plan", plan_id)}
        for card in (self.about, self.strengths, self.review):
            card.show_unsettled(of_plan)
        for row in self.rows():
            row.show_unsettled([it for key, it in found.items() if key[:2] == (row.kind, row.part_id)])

    def _build(self, plan: PlanSummary, desk: Desk, mode: Mode, unsaved: Unsaved) -> None:
        self._open, self.mode = None, mode
        read_only = mode is not Mode.EDIT
        self._sheet = Sheet(self, desk, mode, unsaved)
        holder = QWidget()
        theme.set_kind(holder, "scrolled")
        outer = QHBoxLayout(holder)
        page = theme.size("page")
        outer.setContentsMargins(page, 0, theme.size("gap"), page)
        column_widget = QWidget()
        column_widget.setMaximumWidth(theme.size("body") * _LINE_LENGTH)
        outer.addWidget(column_widget, 1)
        outer.addStretch(0)
        column = QVBoxLayout(column_widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.about = AboutCard(read_only=read_only)
        self.strengths = StrengthsCard(read_only=read_only)
        self.review = ReviewCard(desk, read_only=read_only)
        for card in (self.about, self.strengths, self.review):
            card.edited.connect(partial(self.edited.emit, "care_plan", plan.id))
            for mark in card.marks():
                mark.decide_requested.connect(self.decide_requested)
        column.addWidget(self.about)
        column.addWidget(self.strengths)
        column.addLayout(self._needs_heading(read_only))
        self.needs: KeyedColumn[NeedBlock] = KeyedColumn(theme.size("gap"))
        column.addLayout(self.needs)
        self.add_need = self._sheet.add_button("need", plan.id, "plain")
        column.addWidget(self.add_need, 0, Qt.AlignmentFlag.AlignLeft)
        self.contingency = ListCard(self._sheet, "contingency_plan", "contingency", plan.id)
        self.others = ListCard(self._sheet, "other_plan", "others", plan.id)
        column.addWidget(self.contingency)
        column.addWidget(self.others)
        column.addWidget(self.review)
        column.addStretch(1)
        self.setWidget(holder)
        self.verticalScrollBar().setValue(0)

    def _needs_heading(self, read_only: bool) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setContentsMargins(0, theme.size("unit") * 2, 0, 0)
        box.setSpacing(2)
        line = QHBoxLayout()
        line.addWidget(words_label(words("care_plan.needs"), "section"))
        line.addStretch(1)
        self.counts = words_label("", "muted")
        line.addWidget(self.counts)
        box.addLayout(line)
        if not read_only:
            box.addWidget(words_label(words("care_plan.needs_help"), "muted", wraps=True))
        self.no_needs = words_label(words("care_plan.needs_empty"), "muted")
        box.addWidget(self.no_needs)
        return box

    def _show_counts(self, plan: PlanSummary) -> None:
        goals = [goal for need in plan.needs for goal in need.goals]
        actions = sum(len(goal.actions) for goal in goals)
        counted = (("needs", len(plan.needs)), ("goals", len(goals)), ("actions", actions))
        texts = [words(f"care_plan.count.{'one_' if count == 1 else ''}{name}", count=count) for name, count in counted]
        self.counts.setText("  ·  ".join(texts))
        self.counts.setVisible(bool(plan.needs))
        self.no_needs.setVisible(not plan.needs)

    # Rows

    def rows(self) -> Iterator[PartRow]:
        """Every row from top to bottom."""
        if self._shown is None:
            return
        for need in self.needs.by_id.values():
            yield need.row
            for goal in need.goals.by_id.values():
                yield goal.row
                yield from goal.action_rows.by_id.values()
        yield from self.contingency.rows.by_id.values()
        yield from self.others.rows.by_id.values()

    def row(self, part_id: str) -> PartRow | None:
        """The row of a part."""
        return next((it for it in self.rows() if it.part_id == part_id), None)

    @property
    def open_row(self) -> PartRow | None:
        """The row whose fields are shown; there is one at most."""
        return self._open

    @property
    def current_row(self) -> PartRow | None:
        """The open row, else the one with the focus."""
        return self._open or next((it for it in self.rows() if it.hasFocus()), None)

    def block_of(self, row: PartRow) -> tuple[NeedBlock | None, GoalBlock | None]:
        """The need and the goal that a row belongs to."""
        for need in self.needs.by_id.values():
            if need.row is row:
                return need, None
            for goal in need.goals.by_id.values():
                if goal.row is row or row in goal.action_rows.by_id.values():
                    return need, goal
        return None, None

    def place_for_next(self, kind: str, plan_id: str) -> tuple[str, str]:
        """What to add and where: after the row one is at, else at the end; a goal first where an action has none."""
        row = self.current_row
        need, goal = self.block_of(row) if row is not None else (None, None)
        need = need or next(reversed(self.needs.by_id.values()), None)
        goal = goal or (next(reversed(need.goals.by_id.values()), None) if need else None)
        if kind == "action" and goal is not None:
            return "action", goal.row.part_id
        if kind in ("action", "goal") and need is not None:
            return "goal", need.row.part_id
        return "need", plan_id

    @property
    def is_readable(self) -> bool:
        """Is every date a date?"""
        if self._shown is None:
            return True
        return self.review.day.is_readable and all(row.is_readable for row in self.rows())

    def forget_unreadable(self) -> None:
        """Drop dates that are none: the person chose to leave without them."""
        self.review.day.clear_text()
        if self._open is not None:
            self._open.close_row()
            self._open = None

    def on_row_opened(self, row: PartRow) -> None:
        """One row is open at a time; the page stays where it is under the mouse."""
        if self._open is not None and self._open is not row:
            before = row.mapTo(self.viewport(), QPoint(0, 0)).y()
            opened_before, self._open = self._open, row
            opened_before.close_row()
            self._settle()
            after = row.mapTo(self.viewport(), QPoint(0, 0)).y()
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + after - before)
        self._open = row
        # The fields have their height when the layouts around them have run, which is two turns from now. Tab goes
        # in reading order only after the fields that were closed are gone: they take part of the order with them.
        QTimer.singleShot(0, row, lambda: QTimer.singleShot(0, row, partial(self._after_opening, row)))

    def on_row_closed(self, row: PartRow) -> None:
        """Nothing is open now."""
        if self._open is row:
            self._open = None
        QTimer.singleShot(0, row, partial(keep_tab_order, row))

    def _after_opening(self, row: PartRow) -> None:
        keep_tab_order(row)
        self.reveal(row)

    def reveal(self, widget: QWidget) -> None:
        """Bring a widget into sight."""
        self._settle()
        self.ensureWidgetVisible(widget, 0, theme.size("page"))

    def _settle(self) -> None:
        holder = self.widget()
        layout = holder.layout() if holder else None
        if layout is not None:
            layout.activate()
