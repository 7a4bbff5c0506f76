"""The side sheet that connects this laptop to a central store by a sign-in in the browser, and waits for it calmly."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.clipboard import copy
from mdt_desktop.ui.keys.parts import TroubleNotice
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Cancelled, Progress
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.syncing import Connected

OpenBrowser = Callable[[str], bool]
"""Opens an address in the system's browser; says whether there is one."""
_TURNED_BACK = frozenset({"sign_in_cancelled"})


def open_in_browser(address: str) -> bool:
    """The system's own way. Only an https address, or one on this computer, ever comes here (sync/browser_sign_in)."""
    return QDesktopServices.openUrl(QUrl(address))


class ConnectSheet(SideSheet):
    """Asks for the address, opens the browser, and waits there until somebody has signed in, or turns back.

    Nothing is kept of a sign-in that was not finished. Closing the sheet, leaving the page for good and locking end it.
    """

    connected = Signal()
    _page_known = Signal(str)  # comes from the pool

    def __init__(
        self, host: QWidget, window: MainWindow, program: "Program", address: str, open_browser: OpenBrowser
    ) -> None:
        super().__init__(words("connect.title"), host)
        self._window, self._program, self._open_browser = window, program, open_browser
        self._gone = threading.Event()
        self._progress: Progress | None = None
        self._page = ""
        self.notice = TroubleNotice()
        self.body.addWidget(self.notice)
        self._form, self._waiting = QWidget(), QWidget()
        self.address = QLineEdit(address)
        self.address.setPlaceholderText("https://")
        self.address.setMaxLength(300)
        self._lay_out_form()
        self.told = words_label("", "body", wraps=True)
        self.page_address = QLineEdit()
        self.again = Button(words("connect.open_again"), self._on_open_again, icon="link")
        self.copy = Button(words("connect.copy"), self._on_copy, icon="copy")
        self._lay_out_waiting()
        self.body.addStretch(1)
        self.go = Button(words("connect.go"), self._on_go, "primary", "link")
        self.foot.addWidget(self.go)
        self.cancel = Button(words("connect.cancel"), self._on_cancel)
        self.foot.addWidget(self.cancel)
        self.foot.addStretch(1)
        self.address.returnPressed.connect(self._on_go)
        self.close_requested.connect(self._on_close)
        self._page_known.connect(self._on_page_known)
        self.destroyed.connect(self._gone.set)
        self._show_waiting(False)

    def _lay_out_form(self) -> None:
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(words_label(words("connect.about"), "body", wraps=True))
        column.addSpacing(theme.size("unit"))
        column.addWidget(FieldLabel(words("connect.address"), self.address))
        column.addWidget(self.address)
        column.addWidget(words_label(words("connect.address_help"), "help", wraps=True))
        self.body.addWidget(self._form)

    def _lay_out_waiting(self) -> None:
        column = QVBoxLayout(self._waiting)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        column.addWidget(words_label(words("connect.waiting"), "strong", wraps=True))
        column.addWidget(self.told)
        self.by_hand = QWidget()
        inner = QVBoxLayout(self.by_hand)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.size("unit") * 2)
        self.page_address.setReadOnly(True)
        inner.addWidget(FieldLabel(words("connect.page_address"), self.page_address))
        inner.addWidget(self.page_address)
        column.addWidget(self.by_hand)
        row = QHBoxLayout()
        for button in (self.copy, self.again):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(words_label(words("connect.safe"), "help", wraps=True))
        self.body.addWidget(self._waiting)

    # Gestures

    def _on_go(self) -> None:
        if self._progress is not None:
            return
        if not self.address.text().strip():
            self._tell(words("connect.no_address"))
            return
        self.notice.hide()
        self._show_waiting(True)
        self.told.setText(words("connect.asking"))
        self._window.messages.announce(words("connect.asking"))
        # Not the sheet's child: the status line shows it for a moment longer than a sheet that was left may live.
        progress = Progress(words("connect.waiting"), parent=self._window.operations)
        self._progress = progress
        gone, program, address = self._gone, self._program, self.address.text()
        operations, ask = self._window.operations, self._page_known.emit

        def connect() -> "Connected":
            syncing = program.services.syncing
            return syncing.connect_with_browser(
                address,
                ask,
                cancelled=lambda: progress.cancelled or gone.is_set(),
                write=lambda work: operations.in_writer(lambda: syncing.write(work)),
            )

        operations.run_in_pool(connect, self._on_connected, self._on_failed, owner=self, progress=progress)

    def _on_page_known(self, address: str) -> None:
        if self._progress is None or self._progress.cancelled:
            return
        self._page = address
        self._open()

    def _on_open_again(self) -> None:
        self._open()
        self.cancel.setFocus()

    def _on_copy(self) -> None:
        copy(self._page)
        self._window.messages.done(words("connect.copied"))

    def _open(self) -> None:
        opened = self._open_browser(self._page)
        text = words("connect.waiting_for_you" if opened else "connect.no_browser")
        self.told.setText(text)
        self._window.messages.announce(text)
        self.page_address.setText(self._page)
        self.page_address.setCursorPosition(0)
        self.by_hand.setVisible(not opened)
        self.copy.setVisible(not opened)
        self.again.setVisible(opened)

    def _on_cancel(self) -> None:
        if self._progress is None:
            self._on_close()
            return
        self._progress.cancel()
        self.cancel.setEnabled(False)

    def _on_close(self) -> None:
        self._gone.set()
        self.leave()

    # What came of it

    def _on_connected(self, done: "Connected") -> None:
        self._end_progress()
        self._window.messages.done(words("connect.done", user=done.user, url=done.url))
        self._window.operations.run_command(partial(Changes, frozenset({"setting"}), frozenset()), None)
        self.connected.emit()
        self._on_close()

    def _end_progress(self) -> None:
        if self._progress is not None:
            self._progress.deleteLater()
            self._progress = None

    def _on_failed(self, error: Exception) -> None:
        self._end_progress()
        self._show_waiting(False)
        turned_back = isinstance(error, Cancelled) or getattr(error, "code", "") in _TURNED_BACK
        if not turned_back:
            self._tell(Messages.words_of(error))
        self.address.setFocus()

    def _tell(self, text: str) -> None:
        self.notice.show_trouble(words("connect.problem"), text)
        self.address.setFocus()

    def _show_waiting(self, on: bool) -> None:
        self._form.setVisible(not on)
        self._waiting.setVisible(on)
        for widget in (self.by_hand, self.copy, self.again):
            widget.hide()
        self.go.setVisible(not on)
        self.cancel.setEnabled(True)
        if on:
            self.cancel.setFocus()
