"""The bar under a form: how the part on the screen stands, signing it, and completing the whole."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mdt_desktop.domain.assessment import PartState, PartStatus
from mdt_desktop.domain.organisations import Discipline, Role, discipline_of
from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.sayings import disciplines, part_sentence, sign_words
from mdt_desktop.ui.forms.choice_fields import QuietCombo
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, line, words_label
from mdt_desktop.words import words

_ICONS = {
    PartStatus.EMPTY: ("waiting", "muted"),
    PartStatus.STARTED: ("edit", "muted"),
    PartStatus.SIGNED: ("good", "good"),
    PartStatus.CHANGED_SINCE_SIGNED: ("warning", "high"),
}


class SignBar(QFrame):
    """`sign_requested` carries the discipline; signing asks nothing more."""

    sign_requested = Signal(object)  # Discipline
    complete_requested = Signal()
    change_requested = Signal()

    def __init__(self, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: PartState | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line())
        row = QHBoxLayout()
        gap, page = theme.size("gap"), theme.size("page")
        row.setContentsMargins(page, gap - 2, page, gap - 2)
        row.setSpacing(theme.size("unit") * 2)
        self._picture = QLabel()
        self.state = words_label("", "body", wraps=True)
        row.addWidget(self._picture)
        row.addWidget(self.state, 1)
        row.addSpacing(gap)
        self.discipline = QuietCombo()
        self.discipline.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContents)
        for discipline, word in disciplines():
            self.discipline.addItem(word, discipline.value)
        self.discipline.setCurrentIndex(self.discipline.findData(discipline_of(role).value))
        self.discipline.setAccessibleDescription(words("assessment.discipline"))
        self.discipline.setToolTip(words("assessment.discipline"))
        self._sign_as = FieldLabel(words("assessment.sign_as"), self.discipline)
        self.sign = Button("", self.ask_to_sign, "primary", icon="sign")
        self.complete = Button(words("assessment.complete"), self.complete_requested.emit)
        self.change = Button(words("assessment.change"), self.change_requested.emit, icon="edit")
        for widget in (self._sign_as, self.discipline, self.sign, self.complete, self.change):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        theme.news().changed.connect(self._draw_icon)

    @property
    def chosen(self) -> Discipline:
        """The discipline that would be signed with."""
        return Discipline(self.discipline.currentData())

    def ask_to_sign(self) -> None:
        """As the button does."""
        if not self.sign.isHidden() and self.sign.isEnabled():
            self.sign_requested.emit(self.chosen)

    def show_state(self, state: PartState, *, only_one: bool, all_signed: bool, closed: str) -> None:
        """Show the part on the screen. `closed` are the words of a completed assessment, empty while it is open."""
        self._state = state
        self.state.setText(closed or part_sentence(state))
        self.sign.setText(sign_words(state, only_one))
        unsigned = not closed and state.status is not PartStatus.SIGNED
        self.sign.setVisible(unsigned)
        self.discipline.setVisible(unsigned)
        self._sign_as.setVisible(unsigned)
        self.complete.setVisible(not closed)
        self.change.setVisible(bool(closed))
        # One button is filled: completing once there is nothing left to sign.
        self._fill(self.sign, not all_signed)
        self._fill(self.complete, all_signed)
        self._draw_icon()

    def _fill(self, button: Button, filled: bool) -> None:
        kind = "primary" if filled else "plain"
        if button.property("kind") != kind:
            theme.set_kind(button, kind)
            if button is self.sign:
                button.setIcon(theme.icon("sign", "on_accent" if filled else "text"))

    def _draw_icon(self) -> None:
        if self._state is None:
            return
        name, role = ("good", "good") if not self.change.isHidden() else _ICONS[self._state.status]
        edge = theme.size("icon_small")
        self._picture.setPixmap(theme.icon(name, role).pixmap(QSize(edge, edge)))
