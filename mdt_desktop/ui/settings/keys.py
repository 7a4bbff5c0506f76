"""The side sheets of the settings page that change the keys: a new passphrase, a new recovery key."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.keys.door import Trouble, trouble_of
from mdt_desktop.ui.keys.new_passphrase import NewPassphrase
from mdt_desktop.ui.keys.parts import PassphraseField, TroubleNotice
from mdt_desktop.ui.keys.recovery_paper import RecoveryPaper
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.access import Access


class PassphraseSheet(SideSheet):
    """Asks for the present passphrase and a new one; a wrong present one counts as a try at the door."""

    def __init__(self, host: QWidget, window: MainWindow, program: "Program") -> None:
        super().__init__(words("settings.change_passphrase"), host)
        self._window, self._program = window, program
        self.notice = TroubleNotice()
        self.old = PassphraseField(words("settings.old_passphrase"))
        self.new = NewPassphrase(window.operations)
        actor = program.access.actor
        self.new.about_you((actor.name, actor.organisation))
        self.body.addWidget(self.notice)
        present = QVBoxLayout()
        present.setSpacing(theme.size("unit") * 2)
        present.addWidget(FieldLabel(words("settings.old_passphrase"), self.old))
        present.addWidget(self.old)
        self.body.addLayout(present)
        self.body.addWidget(self.new)
        self.body.addStretch(1)
        self.change = Button(words("settings.change_passphrase"), self._on_change, "primary", "key")
        self.foot.addWidget(self.change)
        self.foot.addWidget(Button(words("settings.cancel"), self._close))
        self.foot.addStretch(1)
        self.new.finished.connect(self._on_change)
        self.old.returnPressed.connect(self.new.first.setFocus)
        self.close_requested.connect(self._close)

    def _on_change(self) -> None:
        if not self.change.isEnabled():
            return
        problem = self.new.problem() if self.old.text() else words("settings.type_old")
        if problem:
            self.notice.show_trouble(words("settings.problem"), problem)
            if self.old.text():
                self.new.focus_problem()
            else:
                self.old.setFocus()
            return
        self.notice.hide()
        self.change.setEnabled(False)
        # In the writer's thread: the audit entry goes with it. Saving waits for the second that the key takes.
        change = partial(self._program.keys.change_passphrase, self.old.text(), self.new.typed())
        self._window.operations.run_command(change, self, self._on_changed, self._on_failed)

    def _on_changed(self, _: Changes) -> None:
        self._window.messages.done(words("settings.passphrase_changed"))
        self._close()

    def _on_failed(self, error: Exception) -> None:
        self.change.setEnabled(True)
        trouble = trouble_of(error)
        self.notice.show_trouble(words(f"unlock.trouble.{trouble.value}"), Messages.words_of(error))
        if trouble is Trouble.WRONG_SECRET:
            self.old.mark(True)
            self.old.selectAll()
            self.old.setFocus()

    def _close(self) -> None:
        self.old.clear()
        self.new.clear()
        self.close_sheet()
        self.deleteLater()


class RecoverySheet(SideSheet):
    """Shows a new recovery key this once; it can only be closed after it was put in a safe place."""

    def __init__(self, host: QWidget, operations: Operations, key: str, access: "Access") -> None:
        super().__init__(words("settings.new_recovery_title"), host)
        self.notice = TroubleNotice()
        self.body.addWidget(words_label(words("settings.new_recovery_text"), "muted", wraps=True))
        self.body.addWidget(self.notice)
        self.paper = RecoveryPaper(operations, access.today)
        self.paper.show_key(key, access.actor.name)
        self.paper.failed.connect(self._on_failed)
        self.paper.kept_changed.connect(lambda _: self.notice.hide())
        self.body.addWidget(self.paper)
        self.body.addStretch(1)
        self.done = Button(words("ui.close"), self._on_done, "primary")
        self.foot.addWidget(self.done)
        self.foot.addStretch(1)
        self.close_requested.connect(self._on_done)

    def _on_failed(self, text: str) -> None:
        self.notice.show_trouble(words("settings.problem"), text)

    def _on_done(self) -> None:
        if not self.paper.kept.isChecked():
            self.notice.show_trouble(words("settings.problem"), words("unlock.problem.not_kept"))
            self.paper.kept.setFocus()
            return
        self.paper.forget()
        self.close_sheet()
        self.deleteLater()
