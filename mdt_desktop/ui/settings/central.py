"""The card of the settings page about the central store: where this laptop is connected, as whom, and signing out."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Choice, Tone
from mdt_desktop.ui.settings.connect_sheet import ConnectSheet, OpenBrowser, open_in_browser
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.services.sync_reading import SyncStatus


class CentralCard(Card):
    """How the connection stands, and what can be done about it."""

    def __init__(self, program: "Program", window: MainWindow, sheet_host: QWidget) -> None:
        super().__init__(words("connect.card"))
        self._program, self._window, self._host = program, window, sheet_host
        self._status: SyncStatus | None = None
        self.sheet: ConnectSheet | None = None
        self.open_browser: OpenBrowser = open_in_browser
        self.state = words_label("", "body", wraps=True)
        self.address = words_label("", "help", wraps=True, selectable=True)
        self.device = words_label("", "help", wraps=True, selectable=True)
        for told in (self.state, self.address, self.device):
            self.body.addWidget(told)
        buttons = QWidget()
        line = flowing(buttons)
        self.connect_button = Button(words("connect.open"), self.open_sheet, icon="link")
        self.sign_out = Button(words("connect.sign_out"), self._on_sign_out)
        for button in (self.connect_button, self.sign_out):
            line.addWidget(button)
            button.hide()
        self.body.addWidget(buttons)
        self.reload()

    def reload(self) -> None:
        """Read how it stands."""
        self._window.operations.run_query(
            self._program.services.sync_reading.status, self.show_status, owner=self, latest_of=f"central.{id(self)}"
        )

    def show_status(self, status: "SyncStatus") -> None:
        """Where, as whom, and as which device."""
        self._status = status
        if not status.connected:
            self.state.setText(words("connect.none"))
        elif status.signed_out:
            key = "connect.signed_out_waiting" if status.waiting else "connect.signed_out"
            self.state.setText(words(key, user=status.user, waiting=status.waiting))
        else:
            self.state.setText(words("connect.as_whom", user=status.user))
        self.address.setText(words("connect.where", url=status.url))
        self.device.setText(words("connect.device", device=status.device))
        self.address.setVisible(status.connected)
        self.device.setVisible(status.connected)
        again = status.connected and status.signed_out
        self.connect_button.setText(words("connect.again" if again else "connect.open"))
        self.connect_button.setVisible(not status.connected or status.signed_out)
        self.sign_out.setVisible(status.connected and not status.signed_out)

    def open_sheet(self) -> None:
        """Ask for the address, which is known where somebody signs in again, and sign in."""
        if self.sheet is not None:
            return
        address = self._status.url if self._status is not None else ""
        sheet = ConnectSheet(self._host, self._window, self._program, address, lambda url: self.open_browser(url))
        self.sheet = sheet
        sheet.destroyed.connect(self._forget_sheet)
        sheet.open_sheet(sheet.go if address else sheet.address)

    def sign_in_again(self) -> None:
        """Open the sheet once it is known where to."""
        self._window.operations.run_query(
            self._program.services.sync_reading.status, self._on_status_to_sign_in, owner=self
        )

    def _on_status_to_sign_in(self, status: "SyncStatus") -> None:
        self.show_status(status)
        self.open_sheet()

    def _forget_sheet(self) -> None:
        self.sheet = None

    # Signing out

    def _on_sign_out(self) -> None:
        waiting = self._status.waiting if self._status is not None else 0
        self._window.messages.ask(
            words("connect.sign_out_ask"),
            (
                Choice("stay", words("connect.stay")),
                Choice("out", words("connect.sign_out"), "primary"),
            ),
            self._on_answer,
            way_out="stay",
            detail=words("connect.sign_out_waiting", waiting=waiting) if waiting else words("connect.sign_out_detail"),
        )

    def _on_answer(self, answer: str) -> None:
        if answer != "out":
            return
        self.sign_out.setEnabled(False)
        syncing, operations = self._program.services, self._window.operations

        def out() -> bool:
            return syncing.syncing.sign_out(lambda work: operations.in_writer(lambda: syncing.syncing.write(work)))

        operations.run_in_pool(out, self._on_signed_out, self._on_failed, owner=self)

    def _on_signed_out(self, told: bool) -> None:
        self.sign_out.setEnabled(True)
        if told:
            self._window.messages.done(words("connect.signed_out_now"))
        else:
            self._window.messages.notify(words("connect.signed_out_untold"), Tone.WARNING)
        self._window.operations.run_command(partial(Changes, frozenset({"setting"}), frozenset()), None)

    def _on_failed(self, error: Exception) -> None:
        self.sign_out.setEnabled(True)
        self._window.messages.error(error)
