"""The first start on the screen: three steps at the left, the present one at the right."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.organisations import Role
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.choice_fields import QuietCombo
from mdt_desktop.ui.keys import door
from mdt_desktop.ui.keys.door import Door
from mdt_desktop.ui.keys.new_passphrase import NewPassphrase
from mdt_desktop.ui.keys.parts import BrandMark, Cover, StepMark, TroubleNotice
from mdt_desktop.ui.keys.recovery_paper import RecoveryPaper
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.unlock.first_steps import FirstStep, FirstSteps, Missing
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program

_STEPS = (FirstStep.WHO, FirstStep.PASSPHRASE, FirstStep.RECOVERY)
_SIDE_WIDTH = 300


class FirstRunPage(Cover):
    """Draws the present step of `FirstSteps`; `opened` carries the new store's program after the last one."""

    opened = Signal(object)  # Program
    restore_requested = Signal()

    def __init__(self, operations: Operations, way_in: Door, clock: Callable[[], datetime]) -> None:
        super().__init__(460)
        self._operations, self._door = operations, way_in
        self.steps = FirstSteps(door.accepted)
        self._program: Program | None = None
        self.around.insertWidget(0, self._side())
        self.heading = words_label("", "title", wraps=True)
        self.about = words_label("", "muted", wraps=True)
        self.notice = TroubleNotice()
        self.body.addWidget(self.heading)
        self.body.addWidget(self.about)
        self.body.addWidget(self.notice)
        self.card = Card()
        self.paper = RecoveryPaper(operations, lambda: clock().astimezone().date())
        self.paper.failed.connect(self._on_not_on_paper)
        self.paper.kept_changed.connect(lambda _: self.notice.hide())
        self.body.addWidget(self.card)
        self._forms: dict[FirstStep, QWidget] = {
            FirstStep.WHO: self._who(),
            FirstStep.PASSPHRASE: self._passphrase(),
            FirstStep.RECOVERY: self.paper,
        }
        for form in self._forms.values():
            self.card.body.addWidget(form)
        self.body.addLayout(self._buttons())
        self._show_step()

    # Layout

    def _side(self) -> QWidget:
        side = QFrame()
        theme.set_kind(side, "rail")
        side.setFixedWidth(round(_SIDE_WIDTH * max(1.0, theme.current().scale * 0.85)))
        column = QVBoxLayout(side)
        pad = theme.size("page")
        column.setContentsMargins(pad, pad + 8, pad, pad)
        column.setSpacing(theme.size("gap"))
        column.addWidget(BrandMark(44))
        column.addWidget(words_label(words("ui.product"), "title"))
        column.addWidget(words_label(words("unlock.first.about"), "muted", wraps=True))
        column.addSpacing(theme.size("page"))
        self._marks = []
        self._step_words = []
        for number, step in enumerate(_STEPS, start=1):
            mark = StepMark(number)
            text = words_label(words(f"unlock.first.step.{step.value}"), wraps=True)
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(text, 1, Qt.AlignmentFlag.AlignVCenter)
            column.addLayout(row)
            self._marks.append(mark)
            self._step_words.append(text)
        column.addStretch(1)
        column.addWidget(words_label(words("unlock.first.promise"), "help", wraps=True))
        column.addWidget(
            words_label(words("unlock.place", folder=self._door.place), "help", wraps=True, selectable=True)
        )
        return side

    def _form(self) -> tuple[QWidget, QVBoxLayout]:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, theme.size("unit"), 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        return form, column

    def _who(self) -> QWidget:
        form, column = self._form()
        self.name, self.organisation, self.locality = QLineEdit(), QLineEdit(), QLineEdit()
        self._errors: dict[QWidget, QLabel] = {}
        self.role = QuietCombo()
        self.role.addItem(words("unlock.first.choose_role"), None)
        for role in sorted(Role, key=label):
            self.role.addItem(label(role), role)
        self.role.setMaxVisibleItems(16)
        for key, field in (
            ("name", self.name),
            ("role", self.role),
            ("organisation", self.organisation),
            ("locality", self.locality),
        ):
            if field is not self.name:
                column.addSpacing(theme.size("unit"))
            column.addWidget(FieldLabel(words(f"unlock.first.{key}"), field))
            column.addWidget(field)
            error = self._errors[field] = words_label("", "error", wraps=True)
            error.hide()
            column.addWidget(error)
            if isinstance(field, QLineEdit):
                field.setMaxLength(120)
                field.setPlaceholderText(words(f"unlock.first.{key}_example"))
                field.returnPressed.connect(self._on_forward)
        return form

    def _passphrase(self) -> QWidget:
        form, column = self._form()
        self.new_passphrase = NewPassphrase(self._operations, words("unlock.passphrase"))
        self.new_passphrase.finished.connect(self._on_forward)
        column.addWidget(self.new_passphrase)
        return form

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        self.back = Button(words("unlock.first.back"), self._on_back, "plain", "back")
        self.forward = Button("", self._on_forward, "primary")
        self.restore = Button(words("unlock.first.restore"), self.restore_requested.emit, "quiet", "history")
        row.addWidget(self.back)
        row.addWidget(self.restore)
        row.addStretch(1)
        row.addWidget(self.forward)
        return row

    # What is shown

    def _show_step(self) -> None:
        step = self.steps.step
        shown = FirstStep.PASSPHRASE if step is FirstStep.MAKING else step
        making = step is FirstStep.MAKING
        for of, form in self._forms.items():
            form.setVisible(of is shown)
        for place in range(len(_STEPS)):
            here = _STEPS.index(shown) if shown in _STEPS else len(_STEPS)
            state = "now" if place == here else "done" if place < here else "ahead"
            self._marks[place].show_state(state)
            theme.set_kind(self._step_words[place], "strong" if state == "now" else "muted")
        if shown in _STEPS:
            self.heading.setText(words(f"unlock.first.title.{shown.value}"))
            self.about.setText(words(f"unlock.first.text.{shown.value}"))
        self.back.setVisible(step is FirstStep.PASSPHRASE)
        self.restore.setVisible(step is FirstStep.WHO)
        self.new_passphrase.setEnabled(not making)
        self.forward.setEnabled(not making)
        self.forward.setText(words(f"unlock.first.forward.{step.value}"))
        first = self.first_field()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def first_field(self) -> QWidget | None:
        """Where the present step begins."""
        return {
            FirstStep.WHO: self.name,
            FirstStep.PASSPHRASE: self.new_passphrase.first,
            FirstStep.RECOVERY: self.paper.print,
        }.get(self.steps.step)

    def _field_of(self, missing: Missing) -> QWidget | None:
        return {
            Missing.NAME: self.name,
            Missing.ROLE: self.role,
            Missing.ORGANISATION: self.organisation,
            Missing.LOCALITY: self.locality,
            Missing.NOT_KEPT: self.paper.kept,
        }.get(missing)

    def _show_missing(self, missing: tuple[Missing, ...]) -> None:
        lines = "\n".join(words(f"unlock.problem.{one.value}") for one in missing)
        self.notice.show_trouble(words("unlock.there_is_a_problem"), lines)
        self._mark(missing)
        field_to_mend = self._field_of(missing[0])
        if field_to_mend is None:
            self.new_passphrase.focus_problem()
        else:
            field_to_mend.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, missing: tuple[Missing, ...]) -> None:
        """The same words at each field as in the notice above them."""
        said = {self._field_of(one): words(f"unlock.problem.{one.value}") for one in missing}
        for field, error in self._errors.items():
            text = said.get(field, "")
            error.setText(words("form.error", message=text) if text else "")
            error.setVisible(bool(text))
            field.setAccessibleDescription(error.text())
            theme.set_kind(field, "", invalid=bool(text))

    # Gestures

    def _take_over(self) -> None:
        self.steps.type(
            name=self.name.text(),
            role=self.role.currentData(),
            organisation=self.organisation.text(),
            locality=self.locality.text(),
            passphrase=self.new_passphrase.typed(),
            again=self.new_passphrase.again.text(),
            kept=self.paper.kept.isChecked(),
        )

    def _on_forward(self) -> None:
        if not self.forward.isEnabled():
            return
        self._take_over()
        missing = self.steps.forward()
        if missing:
            self._show_missing(missing)
            return
        self.notice.hide()
        self._mark(())
        self.new_passphrase.about_you(self.steps.typed.about_you())
        self._show_step()
        if self.steps.step is FirstStep.MAKING:
            self._operations.run_in_pool(
                partial(self._door.make, self.steps.typed), self._on_made, self._on_failed, owner=self
            )
        elif self.steps.step is FirstStep.DONE:
            self._go_in()

    def _on_back(self) -> None:
        self.notice.hide()
        if self.steps.back():
            self._show_step()

    def _on_made(self, made: "tuple[Program, str]") -> None:
        self._program, key = made
        self.steps.made(key)
        self.new_passphrase.clear()
        self.paper.show_key(key, self.steps.typed.name.strip())
        self._show_step()

    def _on_failed(self, error: Exception) -> None:
        self.steps.failed()
        self._show_step()
        self.notice.show_trouble(words("unlock.first.not_made"), Messages.words_of(error))

    def _on_not_on_paper(self, text: str) -> None:
        self.notice.show_trouble(words("unlock.there_is_a_problem"), text)

    def _go_in(self) -> None:
        program, self._program = self._program, None
        self.steps.forget()
        self.paper.forget()
        self.opened.emit(program)

    def drop(self) -> None:
        """The window closes in the middle: the store that was made is closed."""
        if self._program is not None:
            self._program.close()
            self._program = None
