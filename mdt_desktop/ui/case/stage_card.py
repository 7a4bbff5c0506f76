"""Where the case stands: its way as a line of steps, the next move as the one primary button, and how to leave it."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from mdt_desktop.domain.cases import Stage, needs_reason
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.next_steps import LEAVING, MENDED_BY, WALK, Mend, NextMove, next_move, other_moves
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import badge, clear, named, show_badge
from mdt_desktop.words import label, words


class StageSteps(QWidget):
    """The seven steps in a line: a tick on those behind, a filled ring on the present one, empty rings ahead."""

    def __init__(self) -> None:
        super().__init__()
        self._stage: Stage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stage(self, stage: Stage) -> None:
        """Show a stage; one outside the ordinary way leaves every step empty."""
        self._stage = stage
        place = WALK.index(stage) + 1 if stage in WALK else 0
        key = "case.stage.spoken" if place else "case.stage.spoken_left"
        self.setAccessibleName(words(key, stage=label(stage), place=place, of=len(WALK)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.size("body") * 40, round(theme.size("body") * 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = WALK.index(self._stage) if self._stage in WALK else -1
        plain, strong = theme.font(), theme.font(strong=True)
        texts = [label(stage) for stage in WALK]
        ring = theme.size("body") * 0.55
        gap = theme.size("unit") * 1.5
        fonts = [strong if place == current else plain for place in range(len(WALK))]
        widths = [
            QFontMetricsF(font).horizontalAdvance(text) + 2 * ring + gap
            for font, text in zip(fonts, texts, strict=True)
        ]
        # What is left between the steps is the line that joins them.
        join = max(8.0, (self.width() - sum(widths) - 2 * gap * len(WALK)) / (len(WALK) - 1))
        left, middle = 1.0, self.height() / 2
        for place, text in enumerate(texts):
            self._draw_ring(painter, QPointF(left + ring, middle), ring, place, current)
            painter.setFont(fonts[place])
            painter.setPen(theme.colour("text" if place <= current else "muted"))
            box = QRectF(left + 2 * ring + gap, 0, widths[place], self.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
            left += widths[place] + gap
            if place + 1 < len(texts):
                painter.setPen(QPen(theme.colour("accent" if place < current else "divider"), 1.5))
                painter.drawLine(QPointF(left, middle), QPointF(left + join, middle))
            left += join + gap
        painter.end()

    def _draw_ring(self, painter: QPainter, centre: QPointF, ring: float, place: int, current: int) -> None:
        colour = theme.colour("accent" if place <= current else "control")
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(theme.colour("accent_soft" if place < current else "surface"))
        painter.drawEllipse(centre, ring, ring)
        if place < current:
            painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            tick = ((-0.42, 0.02), (-0.12, 0.34), (0.45, -0.32))
            painter.drawPolyline([centre + QPointF(x * ring, y * ring) for x, y in tick])
        elif place == current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(centre, ring * 0.5, ring * 0.5)


class StageCard(Card):
    """Stage, next move, and a menu of the others. What a move lacks stands in words with the button that mends it."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.stage.title"), " ")
        self._case = case
        self._view: CaseView | None = None
        self.left = badge("")
        self.left.hide()
        self.more = Button(words("case.stage.other"), None, "quiet")
        named(self.more, "other_moves")
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.add_action(self.left)
        self.add_action(self.more)
        self._first = QHBoxLayout()
        holder = QWidget()
        holder.setLayout(self._first)
        self._first.setContentsMargins(0, 0, 0, 0)
        self.add_action(holder)
        self.steps = StageSteps()
        self.body.addWidget(self.steps)
        self._needs = QHBoxLayout()
        self._needs.setSpacing(theme.size("gap"))
        self.body.addLayout(self._needs)
        self.problem = words_label("", "error", wraps=True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self._shown: object = None

    def show_view(self, view: CaseView) -> None:
        """Show where the case stands."""
        self._view = view
        stage_case = view.overview.case
        if stage_case is None:
            return
        stage = stage_case.stage
        since = stage_case.stage_since
        days = (view.today - since).days
        key = "case.stage.since_today" if days == 0 else "case.stage.since_one" if days == 1 else "case.stage.since"
        self.summary.setText(words(key, stage=label(stage), day=cui_date(since), days=days))
        show_badge(self.left, label(stage) if stage in LEAVING else "")
        self.steps.show_stage(stage)
        move, others = next_move(view), other_moves(view)
        if self._shown != (stage, move, others):
            # Made anew only when it says something else, so that the focus stays on its button.
            self._shown = (stage, move, others)
            self._show_next(move)
            self._fill_menu(others)
        self._permit(view)

    def _permit(self, view: CaseView) -> None:
        """What moves the case needs one permission, and each button that mends a gap its own."""
        rights = view.overview.rights
        permit(self.more, rights, Permission.EDIT_CASE)
        for button in self.findChildren(Button):
            name = button.objectName()
            if name == "next_move":
                permit(button, rights, Permission.EDIT_CASE)
            elif name.startswith("mend_"):
                permit(button, rights, MENDED_BY[Mend(name.removeprefix("mend_"))])

    def _show_next(self, move: NextMove | None) -> None:
        had_focus = any(button.hasFocus() for button in self.findChildren(Button))
        clear(self._first)
        clear(self._needs)
        self.problem.hide()
        if move is None:
            return
        verb = words(f"case.move.{move.to.value}")
        if move.ready:
            primary = Button(verb, partial(self.move_to, move.to), "primary", "forward")
            self._first.addWidget(named(primary, "next_move"))
        else:
            primary = self._show_gaps(move, verb)
        if had_focus:
            primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_gaps(self, move: NextMove, verb: str) -> Button:
        """What the next move lacks: the first thing has the primary button, the others stand beside the words."""
        needs = words("case.stage.before", move=verb, missing=words("case.and").join(gap.words for gap in move.gaps))
        self._needs.addWidget(words_label(needs, "body", wraps=True), 1)
        buttons = [
            Button(words(f"case.mend.{gap.mend.value}"), partial(self._case.mend, gap.mend), kind)
            for gap, kind in zip(move.gaps, ("primary", *["plain"] * len(move.gaps)), strict=False)
        ]
        for number, (gap, button) in enumerate(zip(move.gaps, buttons, strict=True)):
            named(button, f"mend_{gap.mend.value}")
            (self._needs if number else self._first).addWidget(button)
        return buttons[0]

    def _fill_menu(self, others: tuple[Stage, ...]) -> None:
        self.menu.clear()
        for stage in others:
            if stage in LEAVING and not self.menu.isEmpty() and stage is next(it for it in others if it in LEAVING):
                self.menu.addSeparator()
            action = self.menu.addAction(words(f"case.move.{stage.value}"))
            action.triggered.connect(lambda _=False, to=stage: self.move_to(to))
        self.more.setVisible(bool(others))

    def move_to(self, to: Stage) -> None:
        """Move the case, or ask for the reason first where the rule wants one."""
        view = self._view
        if view is None or view.overview.case is None:
            return
        if needs_reason(view.overview.case.stage, to):
            self._case.open_sheet(MoveSheet(self._case, view, to))
            return
        case_id = view.case_id
        cases = self._case.services
        self._case.command(
            lambda: cases.cases.move(case_id, to),
            words("case.stage.moved", stage=label(to)),
            on_error=self._on_refused,
        )

    def _on_refused(self, problem: Exception) -> None:
        self.problem.setText(words("form.error", message=self._case.messages.words_of(problem)))
        self.problem.show()


class MoveSheet(FormSheet):
    """Asks why a case leaves, comes back or goes backwards."""

    def __init__(self, case: CaseContext, view: CaseView, to: Stage) -> None:
        verb = words(f"case.move.{to.value}")
        super().__init__(verb, verb, case.host, self._save)
        self._case, self._case_id, self._to = case, view.case_id, to
        self.add(words_label(words(f"case.move.means.{to.value}"), "body", wraps=True))
        self.key = f"move.{to.value}"
        self.reason = GrowingTextEdit(lines=4)
        self.reason.setObjectName("move_reason")
        self.field = Field(words("case.move.reason"), self.reason, words("case.move.reason_help"))
        self.add(self.field)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.reason)

    def _save(self) -> None:
        case_id, to, reason = self._case_id, self._to, self.reason.toPlainText().strip()
        self.field.show_error("" if reason else words("case.move.reason_missing"))
        if reason:
            services = self._case.services
            self._case.save_sheet(
                self, lambda: services.cases.move(case_id, to, reason), words("case.stage.moved", stage=label(to))
            )
