"""The cover in place of the pages once the lease of what is held has ended: why, and how to get back in touch."""

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import long_date
from mdt_desktop.domain.lease import LeaseState
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.lease import LeaseGuard
from mdt_desktop.ui import theme
from mdt_desktop.ui.keys.parts import BrandMark, Cover, PassphraseField, TroubleNotice
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.sync_reading import SyncStatus

_SIGN_IN_HELPS = frozenset({"sync_sign_in_needed", "sync_sign_in_ended", "sync_revoked", "sync_device_copied"})


class LeaseCover(Cover):
    """Nothing of what is held is on it. `sync_wanted` is to be answered by `show_outcome`; signing in asks for a sync.

    The password goes to the central store that this laptop is connected to, and is kept nowhere.
    """

    sync_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, operations: Operations, program: "Program", lease: LeaseGuard | None = None) -> None:
        """`lease` stands for the store's own in a picture."""
        super().__init__()
        self._operations, self._program = operations, program
        self._lease = lease or program.access.lease
        self._status: SyncStatus | None = None
        self._working = self._asks = False
        self._gone = threading.Event()
        self.destroyed.connect(self._gone.set)
        middle = Qt.AlignmentFlag.AlignHCenter
        self.body.addWidget(BrandMark(), 0, middle)
        self.heading = words_label("", "title", wraps=True)
        self.about = words_label("", "muted", wraps=True)
        for text in (self.heading, self.about):
            text.setAlignment(middle)
            self.body.addWidget(text)
        self.notice = TroubleNotice()
        self.body.addWidget(self.notice)
        self.card = Card()
        self.password = PassphraseField(words("lease.sign_in"))
        self.password.returnPressed.connect(self._on_sign_in)
        self.sign_in = Button(words("lease.sign_in"), self._on_sign_in, "primary", "key")
        self.sync = Button(words("lease.sync"), self._on_sync, "primary", "refresh")
        self._field_label = FieldLabel("", self.password)
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, theme.size("unit"), 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        for part in (self._field_label, self.password, self.sign_in, self.sync):
            column.addWidget(part)
        self.card.body.addWidget(form)
        self.body.addWidget(self.card)
        self.switch = Button(words("lease.sign_in"), self._on_switch, "quiet")
        self.browser = Button(words("lease.browser"), self._on_browser, "quiet")
        self.lock = Button(words("lease.lock"), self.lock_wanted.emit, "quiet")
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        row.addStretch(1)
        row.addWidget(self.switch)
        row.addWidget(self.browser)
        row.addWidget(self.lock)
        row.addStretch(1)
        self.body.addLayout(row)
        self._tell()
        operations.run_query(lambda: program.services.sync_reading.status(), self._on_status, owner=self)

    def first_field(self) -> QWidget | None:
        """The password where it is asked for, else the way to exchange."""
        return self.password if self.password.isVisibleTo(self) else self.sync

    def show_outcome(self, error: Exception | None) -> None:
        """How an exchange ended: what to do next where it did not bring this laptop back in touch."""
        self._set_working(False)
        if error is None:
            return
        offline = getattr(type(error), "code", "") == "sync_offline"
        text = words("lease.offline") if offline else Messages.words_of(error)
        self.notice.show_trouble(words("lease.trouble"), text)
        if getattr(type(error), "code", "") in _SIGN_IN_HELPS:
            self._asks = True
        self._tell()

    def _tell(self) -> None:
        contact, standing = self._lease.contact, self._lease.standing(self._program.access.clock())
        if not standing.is_locked:
            return  # in touch again, though something failed after that: the pages come back
        day = long_date(contact.heard_at.astimezone().date()) if contact is not None else ""
        self.heading.setText(words(f"lease.{standing.state.value}.title"))
        self.about.setText(words(f"lease.{standing.state.value}.about", day=day))
        self._asks = self._asks or standing.state is LeaseState.REVOKED
        self._show_way()

    def _show_way(self) -> None:
        """By signing in, or by an exchange alone; the focus goes there."""
        for part in (self._field_label, self.password, self.sign_in):
            part.setVisible(self._asks)
        self.sync.setVisible(not self._asks)
        self.switch.setText(words("lease.sync" if self._asks else "lease.sign_in"))
        (self.password if self._asks else self.sync).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_switch(self) -> None:
        """The other way to get in touch."""
        self._asks = not self._asks
        self._show_way()

    def _on_status(self, status: "SyncStatus") -> None:
        self._status = status
        asked = words("lease.password", user=status.user) if status.user else words("lease.password_plain")
        self._field_label.setText(asked)
        self.password.setAccessibleName(asked)

    def _set_working(self, working: bool) -> None:
        self._working = working
        for part in (self.sync, self.sign_in, self.password, self.switch, self.browser):
            part.setEnabled(not working)
        self.sync.setText(words("lease.syncing" if working else "lease.sync"))

    def _on_sync(self) -> None:
        if self._working:
            return
        self.notice.hide()
        self._set_working(True)
        self.sync_wanted.emit()

    def _on_browser(self) -> None:
        """Sign in in the browser, where that is how the central store knows people; waited for until this is left."""
        status = self._status
        if self._working or status is None:
            return
        self.notice.hide()
        self._set_working(True)
        syncing, operations, gone = self._program.services.syncing, self._operations, self._gone

        def connect() -> object:
            return syncing.connect_with_browser(
                status.url,
                lambda address: QDesktopServices.openUrl(QUrl(address)),
                gone.is_set,
                lambda work: operations.in_writer(lambda: syncing.write(work)),
            )

        operations.run_in_pool(connect, lambda _: self.sync_wanted.emit(), self.show_outcome, owner=self)

    def _on_sign_in(self) -> None:
        status, password = self._status, self.password.text()
        if self._working or status is None or not password:
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.notice.hide()
        self._set_working(True)
        self.password.clear()
        self.password.hide_typed()
        syncing = self._program.services.syncing

        def connect() -> Changes:
            syncing.connect(status.url, status.user, password)
            return Changes()

        self._operations.run_command(connect, self, lambda _: self.sync_wanted.emit(), self.show_outcome)

