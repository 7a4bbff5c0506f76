"""A restricted record at the door: what is told of it, the form that breaks the glass, and the strip while it is."""

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_time
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.restricted import GLASS_HOURS
from mdt_desktop.services.rights import Gate, GlassSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.forms.form_sheet import Field
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.words import words

_WIDEST = 620  # pixels at 100 % text
_LOOK_EVERY_MS = 15_000


class ClosedRecord(QWidget):
    """Name and fact, and the way in for whoever must: a reason of a sentence, for four hours."""

    broken = Signal()

    def __init__(self, case: CaseContext) -> None:
        super().__init__()
        self._case = case
        self._gate: Gate | None = None
        column = QVBoxLayout(self)
        page = theme.size("page")
        column.setContentsMargins(page, page, page, page)
        self.name = words_label("", "title", wraps=True, selectable=True)
        column.addWidget(self.name)
        row = QHBoxLayout()
        self.card = Card(words("case.restricted.title"))
        self.card.setMaximumWidth(round(_WIDEST * theme.current().scale))
        row.addWidget(self.card, 20)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self.card.body.addWidget(words_label(words("case.restricted.about"), wraps=True))
        self.way_in = QWidget()
        inner = QVBoxLayout(self.way_in)
        inner.setContentsMargins(0, theme.size("unit"), 0, 0)
        inner.setSpacing(theme.size("gap"))
        inner.addWidget(words_label(words("case.restricted.break_about", hours=GLASS_HOURS), wraps=True))
        self.reason = GrowingTextEdit(lines=3)
        self.field = Field(
            words("case.restricted.reason"), self.reason, words("case.restricted.reason_help")
        )
        inner.addWidget(self.field)
        self.button = Button(words("case.restricted.break"), self._on_break, "danger", "warning")
        named(self.button, "break_glass")
        inner.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.card.body.addWidget(self.way_in)
        self.no_way_in = words_label("", "muted", wraps=True)
        self.card.body.addWidget(self.no_way_in)

    def show_gate(self, gate: Gate) -> None:
        """Say whose record it is; what is typed for the same person stays."""
        if self._gate is None or self._gate.person_id != gate.person_id:
            self.forget()
        self._gate = gate
        self.name.setText(name_on_screen(gate.family_name, gate.given_names, gate.title))
        may = permit(self.button, gate.rights, Permission.BREAK_GLASS)
        refusal = gate.rights.why_not(Permission.BREAK_GLASS)
        self.way_in.setVisible(may)
        self.no_way_in.setVisible(not may)
        self.no_way_in.setText("" if refusal is None else self._case.messages.words_of(refusal))

    def focus_first(self) -> None:
        """Where work begins."""
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def dirty(self) -> bool:
        """Is a reason typed that was not used?"""
        return self.isVisible() and bool(self.reason.toPlainText().strip())

    def forget(self) -> None:
        """Empty the form."""
        self.reason.setPlainText("")
        self.field.show_error("")

    def _on_break(self) -> None:
        gate = self._gate
        if gate is None:
            return
        reason, services = self.reason.toPlainText(), self._case.services
        self.field.show_error("")
        self.button.setEnabled(False)
        self._case.command(
            lambda: services.restrictions.break_glass(gate.person_id, reason),
            words("case.restricted.broken_done", hours=GLASS_HOURS),
            on_done=lambda _: self._on_broken(),
            on_error=self._on_refused,
        )

    def _on_broken(self) -> None:
        self.button.setEnabled(True)
        self.forget()
        self.broken.emit()

    def _on_refused(self, problem: Exception) -> None:
        self.button.setEnabled(True)
        self.field.show_error(self._case.messages.words_of(problem))


class GlassStrip(QFrame):
    """Stands under the banner for as long as the glass is broken: until when, how long still, and why."""

    over = Signal()

    def __init__(self, case: CaseContext) -> None:
        super().__init__()
        theme.set_kind(self, "glass_strip")
        self._case = case
        self._glass: GlassSummary | None = None
        row = QHBoxLayout(self)
        page, unit = theme.size("page"), theme.size("unit")
        row.setContentsMargins(page, unit * 2, page, unit * 2)
        row.setSpacing(theme.size("gap"))
        self.words = words_label("", "strong", wraps=True)
        self.words.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.end = Button(words("case.restricted.end"), self._on_end, "plain")
        named(self.end, "end_glass")
        row.addWidget(self.words, 1)
        row.addWidget(self.end, 0, Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self.hide()

    def show_glass(self, glass: GlassSummary | None) -> None:
        """Begin to tell of a broken glass, or go away."""
        self._glass = glass
        self.setVisible(glass is not None)
        if glass is None:
            self._timer.stop()
        else:
            self._timer.start()
            self.look()

    def look(self) -> None:
        """Say how long is left; once nothing is, tell whoever shows the record."""
        glass = self._glass
        if glass is None:
            return
        now = self._case.services.access.clock()
        if not glass.is_open(now):
            self.show_glass(None)
            self.over.emit()
            return
        until = cui_time(glass.ends_at.astimezone())
        self.words.setText(
            words("case.restricted.open", until=until, left=left_words(glass.ends_at, now), reason=glass.reason)
        )
        self.words.setAccessibleName(self.words.text())

    def _on_end(self) -> None:
        glass, services = self._glass, self._case.services
        if glass is not None:
            self._case.command(
                lambda: services.restrictions.end_glass(glass.id), words("case.restricted.ended"),
            )  # fmt: skip


def left_words(ends_at: datetime, now: datetime) -> str:
    """ "3 h 12 min", "12 min", "less than a minute"."""
    minutes = int(max(timedelta(0), ends_at - now).total_seconds() // 60)
    if minutes == 0:
        return words("case.restricted.left_none")
    hours, minutes = divmod(minutes, 60)
    return words("case.restricted.left_hours" if hours else "case.restricted.left", hours=hours, minutes=minutes)
