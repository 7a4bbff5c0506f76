"""The parts around the pages: the rail at the left, the bar at the top and the status line at the foot."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mdt_desktop.ui import theme
from mdt_desktop.ui.operations import Progress
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_RAIL_WIDTH = 168


class _RailButton(QToolButton):
    """One place in the rail: icon and word, or the icon alone with the word as tooltip."""

    def __init__(self, text: str, icon: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setIcon(theme.icon(icon, "muted"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.set_kind(self, "rail")
        self.show_words(True)

    def show_words(self, on: bool) -> None:
        """With or without the word."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonTextBesideIcon if on else style.ToolButtonIconOnly)
        self.fit()

    def fit(self) -> None:
        """Take the icon size of the text scale."""
        edge = theme.size("icon_small") + 2
        beside = self.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self.setIconSize(QSize(edge + 6 if beside else edge, edge))


class Rail(QFrame):
    """The pages, in the order they were added; at the foot what is not a page."""

    chosen = Signal(str)

    def __init__(self, on_lock: Callable[[], object]) -> None:
        super().__init__()
        theme.set_kind(self, "rail")
        self.setAccessibleName(words("ui.rail"))
        self._buttons: dict[str, _RailButton] = {}
        self._group = QButtonGroup(self)
        self.collapsed = False
        self._gave_room = False
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(2)
        top = QHBoxLayout()
        top.setContentsMargins(6, 2, 0, 8)
        self._product = words_label(words("ui.product_short"), "product")
        top.addWidget(self._product, 1)
        self.toggle = IconButton("rail", words("ui.rail.collapse"), lambda: self.collapse(not self.collapsed))
        top.addWidget(self.toggle)
        column.addLayout(top)
        self._places = QVBoxLayout()
        self._places.setSpacing(2)
        column.addLayout(self._places)
        column.addStretch(1)
        self.lock = _RailButton(words("ui.lock"), "lock")
        self.lock.clicked.connect(lambda _=False: on_lock())
        column.addWidget(self.lock)
        self._fit()
        theme.news().changed.connect(self._fit)

    def add(self, key: str, text: str, icon: str, keys: str = "") -> None:
        """A place; `keys` are told in its tooltip."""
        button = _RailButton(text, icon)
        button.setCheckable(True)
        button.setToolTip(f"{text}  {keys}".strip())
        button.clicked.connect(lambda _=False: self.chosen.emit(key))
        button.show_words(not self.collapsed)
        self._group.addButton(button)
        self._buttons[key] = button
        self._places.addWidget(button)

    def mark(self, key: str) -> None:
        """Show which page is open; one that is not in the rail is about a person, and people are in the first place."""
        place = key if key in self._buttons else next(iter(self._buttons), "")
        if place:
            self._buttons[place].setChecked(True)

    def make_room(self, needed: bool) -> None:
        """Collapse because the window is too narrow; words come back with the room unless a person hid them."""
        if needed and not self.collapsed:
            self.collapse(True)
            self._gave_room = True
        elif not needed and self._gave_room:
            self.collapse(False)

    def collapse(self, on: bool) -> None:
        """Icons only, or icons with words."""
        self.collapsed, self._gave_room = on, False
        self._product.setVisible(not on)
        tip = words("ui.rail.expand" if on else "ui.rail.collapse")
        self.toggle.setToolTip(tip)
        self.toggle.setAccessibleName(tip)
        for button in (*self._buttons.values(), self.lock):
            button.show_words(not on)
        self._fit()

    def _fit(self) -> None:
        scale = theme.current().scale
        self.setFixedWidth(round(20 * scale) + 44 if self.collapsed else round(_RAIL_WIDTH * max(1.0, scale * 0.92)))
        for button in (*self._buttons.values(), self.lock):
            button.fit()


class TopBar(QFrame):
    """Back, forward, the box that opens the palette, and at the right DEMO and the state of synchronising."""

    def __init__(
        self, on_jump: Callable[[], object], on_back: Callable[[], object], on_forward: Callable[[], object]
    ) -> None:
        super().__init__()
        theme.set_kind(self, "top")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.size("page") - 12, 8, theme.size("page"), 8)
        row.setSpacing(theme.size("unit"))
        self.back = IconButton("back", words("ui.command.back"), on_back)
        self.forward = IconButton("forward", words("ui.command.forward"), on_forward)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        row.addSpacing(theme.size("unit"))
        self.jump = Button(words("ui.jump"), on_jump, "jump", "search")
        self.jump.setAccessibleName(words("ui.jump"))
        self.jump.setIcon(theme.icon("search", "muted"))
        self.jump.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.jump.setMinimumWidth(120)
        self.keys = keys = words_label("Ctrl K", "key")
        inside = QHBoxLayout(self.jump)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addStretch(1)
        inside.addWidget(keys, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.jump, 5)
        row.addStretch(2)
        self.sharing = Button(words("lock.sharing_on"), None, "quiet", "view")
        self.sharing.setToolTip(words("lock.sharing_stop"))
        self.sharing.setAccessibleDescription(words("lock.sharing_stop"))
        self.sharing.hide()
        row.addWidget(self.sharing)
        self.demo = words_label(words("ui.demo"), "demo")
        self.demo.hide()
        row.addWidget(self.demo)
        row.addSpacing(theme.size("unit"))
        self.sync = Button("", None, "quiet")
        self.sync.setAccessibleName(words("sync.now"))
        self.sync.hide()
        row.addWidget(self.sync)
        self._fit()
        theme.news().changed.connect(self._fit)

    def show_sync(self, text: str, tip: str) -> None:
        """How the exchange with the central store stands; a click exchanges at once."""
        self.sync.setVisible(bool(text))
        self.sync.setText(text)
        self.sync.setAccessibleName(text or words("sync.now"))
        self.sync.setToolTip(tip)
        self.sync.setAccessibleDescription(tip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit(self) -> None:
        self.jump.setMaximumWidth(round(620 * theme.current().scale))
        self._fit_words()

    def _fit_words(self) -> None:
        """The whole sentence where it fits, else two words of it; never a cut one."""
        room = self.jump.width() - self.keys.sizeHint().width() - theme.size("icon_small") - 44
        fits = self.jump.fontMetrics().horizontalAdvance(words("ui.jump")) <= room
        text = words("ui.jump" if fits else "ui.palette")
        if text != self.jump.text():
            self.jump.setText(text)


@dataclass(frozen=True, slots=True)
class HeadlineMeasure:
    """People at risk, and how many of them have a joint plan, an agreed lead, and both."""

    at_risk: int
    with_joint_plan: int
    with_agreed_lead: int
    with_both: int

    @property
    def share(self) -> str:
        """Both, as a whole percentage of those at risk; a dash when nobody is at risk."""
        return f"{round(100 * self.with_both / self.at_risk)} %" if self.at_risk else "–"


class _Measure(QWidget):
    """The headline measure as four buttons; each opens the people behind it."""

    opened = Signal(str)
    KEYS = ("at_risk", "with_joint_plan", "with_agreed_lead", "with_both")

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(words("ui.measure"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons: dict[str, QPushButton] = {}
        for key in self.KEYS:
            if self.buttons:
                row.addWidget(words_label("·", "muted"))
            button = QPushButton()
            button.clicked.connect(lambda _=False, key=key: self.opened.emit(key))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            self.buttons[key] = button
            row.addWidget(button)
        self.hide()

    def show_measure(self, measure: HeadlineMeasure) -> None:
        counts = (measure.at_risk, measure.with_joint_plan, measure.with_agreed_lead, measure.with_both)
        for key, count in zip(self.KEYS, counts, strict=True):
            text = words(f"ui.measure.{key}", count=count, share=measure.share)
            tip = words(f"ui.measure.{key}_tip", count=count, of=measure.at_risk)
            self.buttons[key].setText(text)
            self.buttons[key].setToolTip(tip)
            self.buttons[key].setAccessibleName(tip)
        self.show()


class StatusLine(QFrame):
    """What was just done with Undo, what is running with Cancel, and the headline measure."""

    undo_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "status")
        self.setAccessibleName(words("ui.status"))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.size("page"), 3, theme.size("page") - 8, 3)
        row.setSpacing(theme.size("unit") * 2)
        row.addStrut(theme.size("status_button") + 4)  # as high with Undo as without
        self.saved: QLabel = words_label(words("ui.ready"))
        self.undo = QPushButton(words("ui.undo"))
        self.undo.hide()
        self.undo.clicked.connect(lambda _=False: self.undo_requested.emit())
        row.addWidget(self.saved)
        row.addWidget(self.undo)
        row.addSpacing(theme.size("gap"))
        self._progress: Progress | None = None
        self.what: QLabel = words_label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.cancel = QPushButton(words("ui.cancel"))
        self.cancel.clicked.connect(self._on_cancel)
        for widget in (self.what, self.bar, self.cancel):
            widget.hide()
            row.addWidget(widget)
        row.addStretch(1)
        self.measure = _Measure()
        row.addWidget(self.measure)

    def show_undo(self, text: str) -> None:
        """Offer to take back the step with these words; none hides it."""
        self.undo.setVisible(bool(text))
        self.undo.setToolTip(text)
        self.undo.setAccessibleName(f"{words('ui.undo')} {text}".strip())

    def show_busy(self, on: bool) -> None:
        """Something without known length has been running for half a second."""
        if self._progress is None:
            self.what.setText(words("ui.working"))
            self.what.setVisible(on)
            self.bar.setRange(0, 0)
            self.bar.setVisible(on)

    def show_progress(self, progress: Progress) -> None:
        """Follow long work, with its Cancel or Stop."""
        self._progress = progress
        self.what.setText(progress.words)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(progress.words)
        self.cancel.setText(progress.stops)
        self.cancel.setEnabled(True)
        for widget in (self.what, self.bar, self.cancel):
            widget.show()
        progress.moved.connect(self._on_moved)

    def end_progress(self, progress: Progress) -> None:
        """That work has ended."""
        if progress is self._progress:
            self._progress = None
            progress.moved.disconnect(self._on_moved)
            for widget in (self.what, self.bar, self.cancel):
                widget.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def _on_moved(self, done: int, of: object, text: str) -> None:
        if self._progress is None:
            return
        if isinstance(of, int) and of > 0:
            # Qt counts in 32 bits; a file of some gigabytes is counted in thousandths.
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, done * 1000 // of))
        if text:
            self.what.setText(text)

    def _on_cancel(self) -> None:
        if self._progress is not None:
            self.cancel.setEnabled(False)
            self._progress.cancel()
