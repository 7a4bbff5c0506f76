"""The unlock screen: passphrase, remembering, the way in by the recovery key, and what to do when neither works."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security.errors import TooManyAttempts
from mdt_desktop.ui import theme
from mdt_desktop.ui.keys.door import Door, FolderState, Remembering, Trouble, trouble_of
from mdt_desktop.ui.keys.new_passphrase import NewPassphrase
from mdt_desktop.ui.keys.parts import BrandMark, Cover, PassphraseField, TroubleNotice
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program

_ICONS = {
    Trouble.WRONG_SECRET: "key",
    Trouble.MISTYPED: "edit",
    Trouble.WAIT: "waiting",
    Trouble.NEWER: "refresh",
    Trouble.MISSING: "search",
    Trouble.BUSY: "waiting",
    Trouble.NOT_CURRENT: "history",
}
_MAYBE_NEXT_TIME = (Trouble.WRONG_SECRET, Trouble.MISTYPED, Trouble.WAIT, Trouble.BUSY, Trouble.NOT_CURRENT)
_A_BACKUP_HELPS = (Trouble.DAMAGED, Trouble.MISSING, Trouble.FOREIGN, Trouble.NOT_CURRENT)


class UnlockPage(Cover):
    """Asks for the passphrase or the recovery key; `opened` carries the open program.

    Nothing here changes the store before it is open. After wrong tries the button counts the delay down.
    """

    opened = Signal(object)  # Program
    restore_requested = Signal()
    _checked = Signal(object)  # int: bytes of a store that is checked first; told in the pool's thread

    def __init__(self, operations: Operations, door: Door, *, by_keyring: bool = False, is_demo: bool = False) -> None:
        super().__init__()
        self._operations, self._door = operations, door
        self._program: Program | None = None
        self._remembering: Remembering | None = None
        self._seconds = 0
        self._working = False
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._on_second)
        self._checked.connect(self._on_checked)
        self._make_head(is_demo)
        self._make_forms()
        self._make_foot()
        self._show_state()
        if self.form.isVisibleTo(self) and not is_demo:
            on_result = partial(self._on_remembering, by_keyring)
            operations.run_in_pool(door.remembering, on_result, self._on_quiet, owner=self)
            operations.run_in_pool(door.seconds_to_wait, self._on_wait, self._on_quiet, owner=self)

    # Layout

    def _make_head(self, is_demo: bool) -> None:
        middle = Qt.AlignmentFlag.AlignHCenter
        self.body.addWidget(BrandMark(), 0, middle)
        self.heading = words_label(words("unlock.title"), "title")
        self.about = words_label(words("unlock.about_demo" if is_demo else "unlock.about"), "muted", wraps=True)
        for label in (self.heading, self.about):
            label.setAlignment(middle)
            self.body.addWidget(label)
        self.body.addSpacing(theme.size("unit"))
        self.notice = TroubleNotice()
        self.body.addWidget(self.notice)

    def _make_forms(self) -> None:
        self.card = Card()
        self.body.addWidget(self.card)
        self.form = QWidget()
        column = self._column(self.form)
        self.passphrase = PassphraseField(words("unlock.passphrase"))
        self.passphrase.textEdited.connect(self._on_edited)
        self.passphrase.returnPressed.connect(self._on_unlock)
        self.remember = QCheckBox(words("unlock.remember"))
        self.remember.setToolTip(words("unlock.remember_tip"))
        self.remember.hide()
        self.unlock = Button(words("unlock.unlock"), self._on_unlock, "primary", "key")
        self.as_it_is = Button(words("unlock.as_it_is"), self._on_as_it_is, "plain")
        self.as_it_is.hide()
        column.addWidget(FieldLabel(words("unlock.passphrase"), self.passphrase))
        column.addWidget(self.passphrase)
        column.addWidget(self.remember)
        column.addSpacing(theme.size("unit"))
        column.addWidget(self.unlock)
        column.addWidget(self.as_it_is)
        self.recovery_form = QWidget()
        column = self._column(self.recovery_form)
        self.recovery_key = QLineEdit()
        self.recovery_key.setMaxLength(120)
        self.recovery_key.setPlaceholderText("ABCDEF-123456-…")
        self.recovery_key.textEdited.connect(self._on_edited)
        self.recovery_key.returnPressed.connect(self._on_recover)
        self.recover = Button(words("unlock.recover"), self._on_recover, "primary", "key")
        column.addWidget(FieldLabel(words("unlock.recovery_key"), self.recovery_key))
        column.addWidget(self.recovery_key)
        column.addWidget(words_label(words("unlock.recovery_tip"), "help", wraps=True))
        column.addSpacing(theme.size("unit"))
        column.addWidget(self.recover)
        self.new_form = QWidget()
        column = self._column(self.new_form)
        self.new_passphrase = NewPassphrase(self._operations)
        self.new_passphrase.finished.connect(self._on_set)
        self.set_it = Button(words("unlock.set_passphrase"), self._on_set, "primary", "key")
        column.addWidget(self.new_passphrase)
        column.addSpacing(theme.size("unit"))
        column.addWidget(self.set_it)
        for form in (self.form, self.recovery_form, self.new_form):
            self.card.body.addWidget(form)

    def _column(self, form: QWidget) -> QVBoxLayout:
        column = QVBoxLayout(form)
        column.setContentsMargins(0, theme.size("unit"), 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        return column

    def _make_foot(self) -> None:
        middle = Qt.AlignmentFlag.AlignHCenter
        self.switch = Button(words("unlock.use_recovery_key"), self._on_switch, "quiet")
        self.body.addWidget(self.switch, 0, middle)
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        row.addStretch(1)
        self.again = Button(words("ui.try_again"), self._on_again, "primary", "refresh")
        self.restore = Button(words("unlock.restore"), self.restore_requested.emit, "plain", "history")
        self.folder = Button(words("unlock.open_folder"), self._on_folder, "quiet", "open")
        row.addWidget(self.restore)
        row.addWidget(self.again)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.folder, 0, middle)
        self.place = words_label(self._door.place, "help", wraps=True, selectable=True)
        self.place.setAlignment(middle)
        self.place.setAccessibleName(words("unlock.place", folder=self._door.place))
        self.place.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self.place)

    # What is shown

    def _show_state(self) -> None:
        """The form, or what is missing from the folder; a store is never made in place of a lost one."""
        state = self._door.state()
        whole = state in (FolderState.COMPLETE, FolderState.EMPTY)
        self.card.setVisible(whole)
        self.switch.setVisible(whole)
        self.again.setVisible(not whole)
        self.folder.setVisible(not whole)
        self.restore.setVisible(not whole)
        self._show_form(self.form)
        if not whole:
            self.notice.show_trouble(
                words(f"unlock.missing.{state.value}"), words(f"unlock.missing.{state.value}_do"), icon="search"
            )

    def _show_form(self, wanted: QWidget) -> None:
        for form in (self.form, self.recovery_form, self.new_form):
            form.setVisible(form is wanted)
        self.switch.setText(
            words("unlock.use_recovery_key" if wanted is self.form else "unlock.use_passphrase")
        )
        self.switch.setVisible(self.card.isVisibleTo(self) and wanted is not self.new_form)
        keys = {self.form: "", self.recovery_form: "_recovery", self.new_form: "_new"}
        self.heading.setText(words(f"unlock.title{keys[wanted]}"))
        self.first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def first_field(self) -> QWidget:
        """Where typing begins on the form that is shown."""
        if self.recovery_form.isVisibleTo(self):
            return self.recovery_key
        return self.new_passphrase.first if self.new_form.isVisibleTo(self) else self.passphrase

    def _work(self, on: bool) -> None:
        """While the key is worked out nothing can be typed or pressed twice."""
        self._working = on
        for widget in (self.passphrase, self.remember, self.recovery_key, self.new_passphrase, self.switch):
            widget.setEnabled(not on)
        self._show_buttons()

    def _show_buttons(self) -> None:
        if self._seconds > 0:
            text = words("unlock.wait", seconds=self._seconds)
        elif self._working:
            text = words("unlock.working")
        else:
            text = ""
        self.unlock.setText(text or words("unlock.unlock"))
        self.recover.setText(text or words("unlock.recover"))
        self.set_it.setText((text if self._working else "") or words("unlock.set_passphrase"))
        free = not self._working and self._seconds <= 0
        self.unlock.setEnabled(free)
        self.as_it_is.setEnabled(free)
        self.recover.setEnabled(free)
        self.set_it.setEnabled(not self._working)

    # Gestures

    def _on_edited(self) -> None:
        self.passphrase.mark(False)
        if bool(self.recovery_key.property("invalid")):
            theme.set_kind(self.recovery_key, "", invalid=False)

    def _on_as_it_is(self) -> None:
        self._on_unlock(as_it_is=True)

    def _on_unlock(self, *, as_it_is: bool = False) -> None:
        if not self.unlock.isEnabled():
            return
        typed = self.passphrase.text()
        if not typed:
            self.passphrase.mark(True)
            self.passphrase.setFocus()
            return
        remembering = self._remembering
        remember = None
        if remembering is not None and remembering.possible and self.remember.isChecked() != remembering.remembered:
            remember = self.remember.isChecked()
        self._begin()
        opening = partial(self._door.open_with_passphrase, typed, remember, told=self._checked.emit, as_it_is=as_it_is)
        self._operations.run_in_pool(opening, self._on_opened, self._on_failed, owner=self)

    def _on_recover(self) -> None:
        if self.recover.isEnabled() and self.recovery_key.text().strip():
            self._begin()
            self._operations.run_in_pool(
                partial(self._door.open_with_recovery_key, self.recovery_key.text(), told=self._checked.emit),
                self._on_recovered,
                self._on_failed,
                owner=self,
            )

    def _on_set(self) -> None:
        problem = self.new_passphrase.problem()
        program = self._program
        if problem or program is None:
            self.notice.show_trouble(words("unlock.there_is_a_problem"), problem)
            self.new_passphrase.focus_problem()
            return
        self._begin()
        self._operations.run_in_pool(
            partial(self._door.set_passphrase, program, self.new_passphrase.typed()),
            lambda _: self._on_opened(program),
            self._on_failed,
            owner=self,
        )

    def _begin(self) -> None:
        self.notice.hide()
        self.passphrase.hide_typed()
        self._work(True)

    def _on_switch(self) -> None:
        self.notice.hide()
        self._show_form(self.recovery_form if self.form.isVisibleTo(self) else self.form)

    def _on_again(self) -> None:
        self.notice.hide()
        self._show_state()

    def _on_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._door.folder.root)))

    # Answers

    def _on_checked(self, size: int) -> None:
        megabytes = max(1, round(size / 1_000_000))
        self.notice.show_trouble("", words("unlock.checking", size=megabytes), tone="info", icon="waiting")

    def _on_opened(self, program: "Program") -> None:
        self._program = None
        self._clear()
        self.opened.emit(program)

    def _on_recovered(self, program: "Program") -> None:
        self._program = program
        self._clear()
        self._work(False)
        self._show_form(self.new_form)
        self.notice.show_trouble(words("unlock.recovered"), words("unlock.recovered_do"), tone="good", icon="good")

    def _on_failed(self, error: Exception) -> None:
        self._work(False)
        self.show_trouble(error)
        self._operations.run_in_pool(self._door.seconds_to_wait, self._on_wait, self._on_quiet, owner=self)

    def show_trouble(self, error: Exception) -> None:
        """Say what is wrong and what to do, and mark the field that it is about."""
        trouble = trouble_of(error)
        if isinstance(error, TooManyAttempts):
            self._on_wait(error.seconds)
        self.as_it_is.setVisible(trouble is Trouble.NOT_CURRENT)
        self.restore.setVisible(trouble in _A_BACKUP_HELPS)
        self.notice.show_trouble(
            words(f"unlock.trouble.{trouble.value}"),
            _not_current(error) if trouble is Trouble.NOT_CURRENT else Messages.words_of(error),
            tone="warning" if trouble in _MAYBE_NEXT_TIME else "error",
            icon=_ICONS.get(trouble, "error"),
        )
        field = self.first_field()
        if trouble is Trouble.WRONG_SECRET and field is self.passphrase:
            self.passphrase.mark(True)
            self.passphrase.selectAll()
        elif trouble in (Trouble.WRONG_SECRET, Trouble.MISTYPED) and field is self.recovery_key:
            theme.set_kind(self.recovery_key, "", invalid=True)
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish_restore(self) -> None:
        """A restored store lies ready: put it in place; then it can be unlocked."""
        self._begin()
        self._operations.run_in_pool(
            self._door.finish_restore, lambda _: self.tell_restored(), self._on_failed, owner=self
        )

    def tell_restored(self) -> None:
        """Say that the store is that of the backup now, and that its passphrase opens it."""
        self._work(False)
        self.notice.show_trouble(words("unlock.restored"), words("unlock.restored_do"), tone="good", icon="good")
        self.first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_wait(self, seconds: int) -> None:
        self._seconds = seconds
        if seconds > 0:
            self._second.start()
        self._show_buttons()

    def _on_second(self) -> None:
        self._seconds -= 1
        if self._seconds <= 0:
            self._second.stop()
        self._show_buttons()

    def _on_remembering(self, by_keyring: bool, remembering: Remembering) -> None:
        self._remembering = remembering
        self.remember.setVisible(remembering.possible)
        self.remember.setChecked(remembering.remembered)
        if by_keyring and remembering.remembered and not self._working and not self.passphrase.text():
            self._begin()
            self._operations.run_in_pool(
                partial(self._door.open_remembered, told=self._checked.emit),
                self._on_opened,
                self._on_not_remembered,
                owner=self,
            )

    def _on_not_remembered(self, error: Exception) -> None:
        self._work(False)
        self.notice.show_trouble("", Messages.words_of(error), tone="info", icon="info")
        self.first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_quiet(self, _: Exception) -> None:
        """What could not be found out beforehand is told when somebody tries to unlock."""

    def _clear(self) -> None:
        self.passphrase.clear()
        self.recovery_key.clear()
        self.new_passphrase.clear()

    def drop(self) -> None:
        """The window closes: a store that was opened by the recovery key and not gone into is closed."""
        self._second.stop()
        if self._program is not None:
            self._program.close()
            self._program = None


def _not_current(error: Exception) -> str:
    """What is missing from the store, and the ways to go on."""
    values = error.values if isinstance(error, MdtError) else {}
    what = words(f"unlock.not_current.{values.get('state')}", missing=values.get("missing"))
    return f"{what}\n\n{words('unlock.not_current.do')}"
