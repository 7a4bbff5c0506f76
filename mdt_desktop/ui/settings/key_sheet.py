"""The side sheet that says what a change of the store's key means and asks for the passphrase."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.keys.door import Door, Trouble, trouble_of
from mdt_desktop.ui.keys.parts import PassphraseField, TroubleNotice
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words

_WHAT_HAPPENS = ("copy", "recovery", "copies")


class KeyChangeSheet(SideSheet):
    """Says what will happen and asks for the passphrase; `agreed` carries it once it has proved right."""

    agreed = Signal(str)

    def __init__(self, host: QWidget, operations: Operations, door: Door) -> None:
        super().__init__(words("keys.change_title"), host)
        self._operations, self._door = operations, door
        self.notice = TroubleNotice()
        self.body.addWidget(self.notice)
        for number, what in enumerate(_WHAT_HAPPENS, start=1):
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            row.addWidget(words_label(str(number), "strong"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(words_label(words(f"keys.change.{what}"), wraps=True), 1)
            self.body.addLayout(row)
        self.body.addSpacing(theme.size("gap"))
        self.passphrase = PassphraseField(words("settings.old_passphrase"))
        typed = QVBoxLayout()
        typed.setSpacing(theme.size("unit") * 2)
        typed.addWidget(FieldLabel(words("settings.old_passphrase"), self.passphrase))
        typed.addWidget(self.passphrase)
        self.body.addLayout(typed)
        self.body.addStretch(1)
        self.change = Button(words("keys.change"), self._on_change, "primary", "key")
        self.foot.addWidget(self.change)
        self.foot.addWidget(Button(words("settings.cancel"), self._close))
        self.foot.addStretch(1)
        self.passphrase.returnPressed.connect(self._on_change)
        self.passphrase.textEdited.connect(lambda _: self.passphrase.mark(False))
        self.close_requested.connect(self._close)

    def _on_change(self) -> None:
        if not self.change.isEnabled():
            return
        typed = self.passphrase.text()
        if not typed:
            self.notice.show_trouble(words("settings.problem"), words("settings.type_old"))
            self.passphrase.mark(True)
            self.passphrase.setFocus()
            return
        self.notice.hide()
        self.change.setEnabled(False)
        self._operations.run_in_pool(
            partial(self._door.check_passphrase, typed), lambda _: self._on_right(typed), self._on_wrong, owner=self
        )

    def _on_right(self, typed: str) -> None:
        self._close()
        self.agreed.emit(typed)

    def _on_wrong(self, error: Exception) -> None:
        self.change.setEnabled(True)
        trouble = trouble_of(error)
        self.notice.show_trouble(words(f"unlock.trouble.{trouble.value}"), Messages.words_of(error))
        if trouble is Trouble.WRONG_SECRET:
            self.passphrase.mark(True)
            self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _close(self) -> None:
        self.passphrase.clear()
        self.close_sheet()
        self.deleteLater()
