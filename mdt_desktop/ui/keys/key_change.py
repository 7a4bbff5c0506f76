"""The cover under which the key of the store is changed.

The pages are gone meanwhile, as after locking: nothing else may use the store while it is copied.
"""

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.ui import theme
from mdt_desktop.ui.keys.door import Door
from mdt_desktop.ui.keys.parts import BrandMark, Cover, TroubleNotice
from mdt_desktop.ui.keys.recovery_paper import RecoveryPaper
from mdt_desktop.ui.operations import Operations, Progress
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.key_rotation import KeyRotation


class KeyChangeCover(Cover):
    """Makes a new key ready, shows its recovery key once, and puts it in force when that is in a safe place.

    `ended` carries the open program, under the new key or the old one, and what to tell: an error, or words.
    `failed` carries why the new key could not be put in force; the store is closed then.
    """

    ended = Signal(object, object)  # Program, Exception or str
    failed = Signal(object)  # Exception

    def __init__(self, operations: Operations, door: Door, program: "Program") -> None:
        super().__init__(460)
        self._operations, self._door = operations, door
        self._program: Program | None = program
        self._rotation: KeyRotation | None = None
        self.progress = Progress(words("keys.making.title"))
        middle = Qt.AlignmentFlag.AlignHCenter
        self.body.addWidget(BrandMark(44), 0, middle)
        self.heading = words_label("", "title", wraps=True)
        self.about = words_label("", "muted", wraps=True)
        for text in (self.heading, self.about):
            text.setAlignment(middle)
            self.body.addWidget(text)
        self.notice = TroubleNotice()
        self.body.addWidget(self.notice)
        self.body.addWidget(self._work())
        self.body.addWidget(self._paper(program))
        self.progress.moved.connect(self._on_moved)
        self._show("making")

    # Layout

    def _work(self) -> QWidget:
        self.work = QWidget()
        column = QVBoxLayout(self.work)
        column.setContentsMargins(0, theme.size("unit"), 0, 0)
        column.setSpacing(theme.size("gap"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.step = words_label("", "muted")
        self.step.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.stop = Button(words("keys.stop"), self._on_stop)
        column.addWidget(self.bar)
        column.addWidget(self.step)
        column.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignHCenter)
        return self.work

    def _paper(self, program: "Program") -> QWidget:
        self.kept = QWidget()
        column = QVBoxLayout(self.kept)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        card = Card()
        self.paper = RecoveryPaper(self._operations, program.access.today)
        self.paper.failed.connect(lambda text: self.notice.show_trouble(words("settings.problem"), text))
        self.paper.kept_changed.connect(lambda _: self.notice.hide())
        card.body.addWidget(self.paper)
        column.addWidget(card)
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        self.keep = Button(words("keys.keep"), self._on_keep)
        self.use = Button(words("keys.use"), self._on_use, "primary", "key")
        row.addWidget(self.keep)
        row.addStretch(1)
        row.addWidget(self.use)
        column.addLayout(row)
        return self.kept

    # What is shown

    def first_field(self) -> QWidget | None:
        """Stop while it works, then the way to paper."""
        return self.paper.print if self.kept.isVisibleTo(self) else self.stop

    def _show(self, state: str) -> None:
        """`making`, `paper` or `finishing`."""
        self.heading.setText(words(f"keys.{state}.title"))
        self.about.setText(words(f"keys.{state}.about"))
        self.bar.setAccessibleName(words(f"keys.{state}.title"))
        self.work.setVisible(state != "paper")
        self.kept.setVisible(state == "paper")
        self.stop.setVisible(state == "making")
        if state == "finishing":
            self.bar.setRange(0, 0)
            self.step.setText("")
        field = self.first_field()
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_moved(self, done: int, of: object, step: str) -> None:
        self.step.setText(step)
        if isinstance(of, int) and of > 0:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, done * 1000 // of))
        else:
            self.bar.setRange(0, 0)

    # Gestures and answers

    def begin(self, typed: str) -> None:
        """Start, once nothing else uses the store."""
        program = self._program
        if program is not None:
            make = partial(self._make, program, typed)
            self._operations.run_in_pool(make, self._on_made, self._on_not_made, owner=self, progress=self.progress)

    def _make(self, program: "Program", typed: str) -> "KeyRotation":
        # Kept here and not only delivered: a window that closes meanwhile must find what it has to drop.
        self._rotation = self._door.begin_key_change(program, typed, self.progress)
        return self._rotation

    def _on_made(self, rotation: "KeyRotation") -> None:
        program = self._program
        if program is not None:
            self.paper.show_key(rotation.recovery_key.text(), program.access.actor.name)
            self._show("paper")

    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.progress.cancel()

    def _on_not_made(self, error: Exception) -> None:
        self._leave(words("keys.not_changed") if self.progress.cancelled else error)

    def _on_keep(self) -> None:
        rotation, self._rotation = self._rotation, None
        if rotation is not None:
            self.kept.setEnabled(False)
            self._operations.run_in_pool(
                rotation.abandon, lambda _: self._leave(words("keys.kept_old")), self._leave, owner=self
            )

    def _on_use(self) -> None:
        if not self.paper.kept.isChecked():
            self.notice.show_trouble(words("settings.problem"), words("unlock.problem.not_kept"))
            self.paper.kept.setFocus()
            return
        program, rotation = self._program, self._rotation
        if program is not None and rotation is not None:
            self._rotation = None
            self.paper.forget()
            self._show("finishing")
            told = words("keys.changed_forgotten" if rotation.forgotten else "keys.changed")
            self._operations.run_in_pool(
                partial(self._finish, program, rotation), lambda _: self._leave(told), self._on_not_finished, owner=self
            )

    def _finish(self, program: "Program", rotation: "KeyRotation") -> None:
        self._program = self._door.finish_key_change(program, rotation)

    def _on_not_finished(self, error: Exception) -> None:
        self._program = None
        self.failed.emit(error)

    def _leave(self, told: object) -> None:
        program, self._program = self._program, None
        self.paper.forget()
        self.ended.emit(program, told)

    def drop(self) -> None:
        """The window closes: what was not put in force is dropped, and the store is closed."""
        program, rotation = self._program, self._rotation
        self._program = self._rotation = None
        if program is not None:
            if rotation is not None:
                # What cannot be dropped now is dropped at the next opening.
                with suppress(MdtError):
                    rotation.abandon()
            program.close()
