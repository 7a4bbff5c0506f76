"""The pieces the first screens are made of: the mark, the passphrase field, the strength meter, steps and trouble."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.ui import icons, theme
from mdt_desktop.ui.widgets.icon_line import IconLine
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

MOST_CHARACTERS = 1024
_SEGMENTS = 4
_TONES = ("very_high", "very_high", "high", "good", "good")


class BrandMark(QWidget):
    """The program's mark: a rounded square in the accent with the team in it."""

    def __init__(self, edge: int = 52) -> None:
        super().__init__()
        self._edge = edge
        self.setFixedSize(edge, edge)
        theme.news().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(self.rect()), self._edge * 0.24, self._edge * 0.24)
        inset = self._edge * 0.2
        icons.draw(
            painter, QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), "team", theme.colour("on_accent")
        )
        painter.end()


class Cover(QWidget):
    """Fills the window instead of the shell: one calm column in the middle, scrolled where the window is small."""

    def __init__(self, width: int = 420) -> None:
        super().__init__()
        theme.set_kind(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._width = width
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        outer = QVBoxLayout(inner)
        edge = theme.size("page")
        outer.setContentsMargins(edge, edge, edge, edge)
        outer.addStretch(3)
        self._holder = QWidget()
        self.body = QVBoxLayout(self._holder)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.size("gap"))
        # Stretches instead of an alignment: an aligned item ignores how high its wrapped words become.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._holder)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(4)
        scroll.setWidget(inner)
        self.around = QHBoxLayout(self)
        self.around.setContentsMargins(0, 0, 0, 0)
        self.around.setSpacing(0)
        self.around.addWidget(scroll, 1)
        self._scroll = scroll
        theme.news().changed.connect(self._fit)
        self._fit()

    def first_field(self) -> QWidget | None:
        """Where typing begins; the focus goes there when the cover is shown."""
        return None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        field = self.first_field()
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self._scroll.width() - 2 * theme.size("page") - 14
        wished = round(self._width * theme.current().scale)
        self._holder.setFixedWidth(max(240, min(wished, room)) if room > 240 else wished)


class PassphraseField(IconLine):
    """Hides what is typed until the eye is pressed; nothing of it goes to the clipboard or an undo history."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(MOST_CHARACTERS)
        self.setAccessibleName(name)
        hints = Qt.InputMethodHint
        self.setInputMethodHints(
            hints.ImhSensitiveData | hints.ImhNoPredictiveText | hints.ImhNoAutoUppercase | hints.ImhHiddenText
        )
        self._eye = self.add_button("view", words("unlock.show_typed"), self._on_eye)
        self._draw_eye()

    def hide_typed(self) -> None:
        """Hide what is typed again."""
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._draw_eye()

    def mark(self, wrong: bool) -> None:
        """Show by its border that this is where something is wrong."""
        if bool(self.property("invalid")) is not wrong:
            theme.set_kind(self, "", invalid=wrong)

    def _on_eye(self) -> None:
        modes = QLineEdit.EchoMode
        self.setEchoMode(modes.Normal if self.echoMode() == modes.Password else modes.Password)
        self._draw_eye()

    def _draw_eye(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self._eye.setIcon(theme.icon("view" if hidden else "hide", "muted"))
        self._eye.setAccessibleName(words("unlock.show_typed" if hidden else "unlock.hide_typed"))
        self._eye.setToolTip(self._eye.accessibleName())


class StrengthMeter(QWidget):
    """Four bars and a word; the advice stands below. Colour only repeats what the word says."""

    def __init__(self) -> None:
        super().__init__()
        self._score = -1
        self._bars = _Bars(self)
        self.word = words_label("", "strong")
        self.advice = words_label("", "muted", wraps=True)
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        row.addWidget(self._bars, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.word)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit"))
        column.addLayout(row)
        column.addWidget(self.advice)
        self.show_score(-1, ())

    @property
    def score(self) -> int:
        """0 to 4; -1 while nothing is typed."""
        return self._score

    def show_score(self, score: int, advice: tuple[str, ...]) -> None:
        """Show a score and the advice, in words; -1 for nothing typed."""
        self._score = score
        self._bars.set_score(score)
        self.word.setText(words(f"passphrase_score.{score}") if score >= 0 else "")
        self.word.setVisible(score >= 0)
        self.advice.setText(". ".join(advice) + "." if advice else words("unlock.passphrase_tip"))
        spoken = words("unlock.strength_spoken", word=self.word.text()) if score >= 0 else words("unlock.strength")
        self._bars.setAccessibleName(spoken)


class _Bars(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._score = -1
        self.setMinimumSize(120, 6)
        self.setMaximumHeight(6)
        theme.news().changed.connect(self.update)

    def set_score(self, score: int) -> None:
        self._score = score
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = 4.0
        wide = (self.width() - gap * (_SEGMENTS - 1)) / _SEGMENTS
        lit = max(self._score, 1) if self._score >= 0 else 0
        for place in range(_SEGMENTS):
            on = place < lit
            painter.setBrush(theme.colour(_TONES[self._score] if on else "hairline"))
            painter.drawRoundedRect(QRectF(place * (wide + gap), 0, wide, self.height()), 3, 3)
        painter.end()


class StepMark(QWidget):
    """The number of a step in a ring; filled while it is the present one, a tick when it is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number, self._state = number, "ahead"
        self._fit()
        theme.news().changed.connect(self._fit)

    def _fit(self) -> None:
        edge = theme.size("body") * 2
        self.setFixedSize(edge, edge)
        self.update()

    def show_state(self, state: str) -> None:
        """`ahead`, `now` or `done`."""
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        now = self._state == "now"
        painter.setPen(QPen(theme.colour("control" if self._state == "ahead" else "accent"), 1.5))
        painter.setBrush(theme.colour("accent" if now else "sunken"))
        painter.drawEllipse(ring)
        if self._state == "done":
            inset = ring.width() * 0.26
            icons.draw(painter, ring.adjusted(inset, inset, -inset, -inset), "done", theme.colour("accent"))
        else:
            painter.setPen(theme.colour("on_accent" if now else "muted"))
            painter.setFont(theme.font("body", strong=True))
            painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


class TroubleNotice(QFrame):
    """What is wrong, in a heading and a sentence that says what was kept and what to do."""

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "notice", tone="error")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        pad = theme.size("gap")
        row.setContentsMargins(pad, pad - 2, pad, pad - 2)
        row.setSpacing(pad - 2)
        self._icon = QLabel()
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self.heading = words_label("", "strong", wraps=True)
        self.text = words_label("", "body", wraps=True)
        column = QVBoxLayout()
        column.setSpacing(theme.size("unit"))
        column.addWidget(self.heading)
        column.addWidget(self.text)
        row.addLayout(column, 1)
        self._shown_icon, self._tone = "error", "very_high"
        theme.news().changed.connect(self._draw)
        self.hide()

    def show_trouble(self, heading: str, text: str, *, tone: str = "error", icon: str = "error") -> None:
        """Show it and have it read out."""
        theme.set_kind(self, "notice", tone=tone)
        self.heading.setText(heading)
        self.heading.setVisible(bool(heading))
        self.text.setText(text)
        self.setAccessibleName(f"{heading} {text}".strip())
        self._shown_icon = icon
        self._tone = {"error": "very_high", "warning": "high", "good": "good"}.get(tone, "accent")
        self._draw()
        self.show()

    def _draw(self) -> None:
        edge = theme.size("icon_large")
        self._icon.setPixmap(theme.icon(self._shown_icon, self._tone).pixmap(QSize(edge, edge)))

