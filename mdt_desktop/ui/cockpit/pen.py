"""The pen of a meeting under way: who holds it in one quiet line, asked for and handed over with one button."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.pen import ALONE, PenView, PenWish
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.ui import theme
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

TURN_MS = 20_000
"""How often the store is asked; it gives a pen that it does not hear of for 90 seconds to the next who takes it."""


class PenLine(QFrame):
    """Hidden while whoever works here writes and nobody has asked. `wished` carries a PenWish."""

    wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "cockpit_bar")
        self.said = words_label("", "muted")
        self.button = Button("", self._on_clicked, "link")
        self.button.setObjectName("pen")
        row = QHBoxLayout(self)
        edge = theme.size("gap")
        row.setContentsMargins(edge, theme.size("unit"), edge, theme.size("unit"))
        row.setSpacing(theme.size("unit") * 2)
        row.addWidget(self.said)
        row.addWidget(self.button)
        row.addStretch(1)
        self._wish = PenWish.LOOK
        self.hide()

    def show_pen(self, pen: PenView, *, may_write: bool) -> None:
        """Say who writes, and offer what can be done about it."""
        text, offer = "", PenWish.LOOK
        if pen.is_read_only:
            text = words("pen.asked" if pen.i_asked else "pen.held", holder=pen.holder)
            offer = PenWish.ASK if may_write and not pen.i_asked else PenWish.LOOK
        elif pen.is_mine and pen.asked_by:
            text, offer = words("pen.wanted", name=pen.asked_by), PenWish.GIVE
        self.said.setText(text)
        self._wish = offer
        if offer is not PenWish.LOOK:
            self.button.setText(words(f"pen.{offer.value}"))
            self.button.setAccessibleName(f"{words(f'pen.{offer.value}')}. {text}")
        self.button.setVisible(offer is not PenWish.LOOK)
        self.setVisible(bool(text))

    def _on_clicked(self) -> None:
        self.wished.emit(self._wish)


class PenKeeper(QObject):
    """Asks the central store while a meeting that is under way is on the screen; `changed` carries the PenView.

    A store that is not connected is not asked, and without the network everybody goes on writing.
    """

    changed = Signal(object)  # PenView

    def __init__(self, services: Services, operations: Operations, owner: QObject) -> None:
        super().__init__(owner)
        self._services, self._operations = services, operations
        self._meeting_id = ""
        self._wish: PenWish | None = None
        self._asking = False
        self.pen, self.may_write = ALONE, False
        self._turn = QTimer(self)
        self._turn.setInterval(TURN_MS)
        self._turn.timeout.connect(self._ask)

    def follow(self, meeting_id: str, *, under_way: bool) -> None:
        """Take part in the pen of a meeting; one that is not under way any more gives it back."""
        if meeting_id == self._meeting_id and under_way:
            return
        if self._meeting_id:
            ended, was_mine = self._meeting_id, self.pen.is_mine
            self.leave()
            if was_mine and not under_way and ended == meeting_id:
                self._send(ended, PenWish.END)
        if under_way:
            self._meeting_id = meeting_id
            services = self._services
            self._operations.run_query(
                lambda: (
                    services.sync_reading.status().connected, services.rights.mine().may(Permission.KEEP_MEETINGS)
                ),
                self._on_known,
                owner=self,
                latest_of=f"pen.{id(self)}",
            )  # fmt: skip

    def leave(self) -> None:
        """Ask no more; a pen that is held is given up by not being heard of."""
        self._turn.stop()
        self._meeting_id, self._wish = "", None
        self.show(ALONE)

    def wish(self, wish: PenWish) -> None:
        """Ask for the pen, or hand it over, as soon as the store can be asked."""
        self._wish = wish
        self._ask()

    def _on_known(self, known: tuple[bool, bool]) -> None:
        connected, self.may_write = known
        if connected and self._meeting_id:
            self._turn.start()
            self._ask()

    def _ask(self) -> None:
        if self._meeting_id and not self._asking:
            self._send(self._meeting_id, self._wish or (PenWish.TAKE if self.may_write else PenWish.LOOK))

    def _send(self, meeting_id: str, wish: PenWish) -> None:
        services, operations = self._services, self._operations
        self._asking = True
        operations.run_in_pool(
            lambda: services.pen.tell(
                meeting_id, wish, lambda work: operations.in_writer(lambda: services.pen.write(work))
            ),
            lambda found: self._on_told(meeting_id, wish, found),
            lambda _: self._on_told(meeting_id, wish, None),
            owner=self,
        )

    def _on_told(self, meeting_id: str, wish: PenWish, found: PenView | None) -> None:
        self._asking = False
        if meeting_id != self._meeting_id or found is None:
            return  # another meeting by now, or an exchange was under way: it is asked again at the next turn
        if self._wish is wish:
            self._wish = None
        self.show(found)

    def show(self, pen: PenView) -> None:
        """Let the page know how the pen stands, where that is another than before."""
        if pen != self.pen:
            self.pen = pen
            self.changed.emit(pen)
