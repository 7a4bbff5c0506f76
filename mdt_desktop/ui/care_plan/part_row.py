"""One part of the plan as a line of the document, painted while it is read, with fields while it is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mdt_desktop.ui import icons, theme
from mdt_desktop.ui.care_plan.editors import PartEditor
from mdt_desktop.ui.care_plan.fields import Desk
from mdt_desktop.ui.care_plan.part_words import PartText, part_text
from mdt_desktop.ui.unsettled_mark import tip_of
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.unsettled import Unsettled

_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_NO_LIMIT = 16_777_215
_BAR = 3
ROW_INSET = 8
"""Pixels between the edge of a row, which shows under the mouse, and its words."""


class Mode(StrEnum):
    """What may be done with a row: change it, say how it is going, or only read it."""

    EDIT = "edit"
    TRACK = "track"
    READ = "read"


class PartRow(QWidget):
    """Click, Enter or F2 opens it; Escape or Done closes it; Delete removes it; Alt with an arrow moves it."""

    edited = Signal(str, str, object)
    opened = Signal(object)
    closed = Signal(object)
    remove_requested = Signal(str, str)
    move_requested = Signal(str, str, int)
    decide_requested = Signal(str)

    def __init__(self, kind: str, part_id: str, values: dict[str, Any], desk: Desk, mode: Mode) -> None:
        super().__init__()
        self.kind, self.part_id, self.values = kind, part_id, values
        self.mode = Mode.READ if mode is Mode.TRACK and "status" not in values else mode
        self.editor: PartEditor | None = None
        self._desk = desk
        self._text = PartText("")
        self._unsettled: tuple[Unsettled, ...] = ()
        self._hovered = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if self.mode is not Mode.READ:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._retell()

    @property
    def is_open(self) -> bool:
        """Are its fields shown?"""
        return self.editor is not None

    @property
    def text(self) -> PartText:
        """What the closed row says."""
        return self._text

    @property
    def is_readable(self) -> bool:
        """Is nothing typed in it that could not be saved as it stands?"""
        return self.editor is None or self.editor.is_readable

    def show_values(self, values: dict[str, Any]) -> None:
        """Show other values, also in open fields."""
        if values != self.values:
            self.values = values
            self._retell()
            if self.editor is not None:
                self.editor.show_values(values)

    def show_unsettled(self, found: "Sequence[Unsettled]") -> None:
        """Mark the row where two people wrote something in it differently; open, it leads to the decision."""
        if tuple(found) != self._unsettled:
            self._unsettled = tuple(found)
            self._retell()
            self._show_mark()

    def _show_mark(self) -> None:
        if self.editor is not None:
            self.editor.mark.show_open(self._unsettled[0] if self._unsettled else None)

    def open_row(self, field: str = "") -> None:
        """Show the fields, with the focus on one of them."""
        if self.mode is Mode.READ:
            return
        if self.editor is None:
            self.editor = PartEditor(self.kind, self.values, self._desk, tracking=self.mode is Mode.TRACK)
            self.editor.edited.connect(self._on_edited)
            self.editor.mark.decide_requested.connect(self.decide_requested)
            self._show_mark()
            self.editor.done.connect(self._on_done)
            self.editor.remove_requested.connect(lambda: self.remove_requested.emit(self.kind, self.part_id))
            self.editor.move_requested.connect(lambda step: self.move_requested.emit(self.kind, self.part_id, step))
            column = QVBoxLayout(self)
            pad = theme.size("unit") * 2
            column.setContentsMargins(self._left(), pad, pad, pad)
            column.addWidget(self.editor)
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.unsetCursor()
            self.setMinimumHeight(0)
            self.setMaximumHeight(_NO_LIMIT)
            # Fields that wrap need more height than their hint says; a fixed policy would hold them to it.
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            self.updateGeometry()
            self.update()
            self.opened.emit(self)
        self.editor.first(field).setFocus(Qt.FocusReason.OtherFocusReason)

    def close_row(self) -> None:
        """Show the line again. What was typed is kept: it was told with every letter."""
        if self.editor is None:
            return
        editor, self.editor = self.editor, None
        layout = self.layout()
        if layout is not None:
            layout.removeWidget(editor)
            # A widget keeps its layout until that is deleted; the next opening makes a new one.
            QWidget().setLayout(layout)
        editor.hide()
        editor.deleteLater()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._fit()
        self.update()
        self.closed.emit(self)

    def _on_edited(self, changed: Mapping[str, Any]) -> None:
        self.values = {**self.values, **changed}
        self._retell()
        self.edited.emit(self.kind, self.part_id, changed)

    def _on_done(self) -> None:
        self.close_row()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _retell(self) -> None:
        owner = self._desk.name(self.values.get("practitioner_id"))
        told = ", ".join(it.field for it in self._unsettled)
        self._text = replace(
            part_text(self.kind, self.values, owner, self._desk.today),
            unsettled=words("unsettled.row", fields=told) if told else "",
        )
        self.setToolTip("\n".join(tip_of(it) for it in self._unsettled))
        self.setAccessibleName(f"{words(f'plan_part.{self.kind}')}: {self._text.spoken()}")
        if self.mode is not Mode.READ:
            key = "care_plan.open_to_edit" if self.mode is Mode.EDIT else "care_plan.open_to_track"
            self.setAccessibleDescription(words(key))
        self._fit()
        self.update()

    # Gestures

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        closed_and_editable = self.editor is None and self.mode is Mode.EDIT
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.mode is Mode.EDIT:
            self.move_requested.emit(self.kind, self.part_id, -1 if key == Qt.Key.Key_Up else 1)
        elif self.editor is None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Space):
            self.open_row()
        elif closed_and_editable and key == Qt.Key.Key_Delete:
            self.remove_requested.emit(self.kind, self.part_id)
        elif self.editor is None and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.editor is None and event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.open_row()
        else:
            super().mouseReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._hovered = event.type() == QEvent.Type.Enter
            self.update()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    # Looks

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _left(self) -> int:
        return ROW_INSET + (_BAR + theme.size("unit") * 2 if self.kind == "goal" else 0)

    def _fit(self) -> None:
        if self.editor is None:
            height = self._lay_out(None)
            if self.minimumHeight() != height or self.maximumHeight() != height:
                self.setFixedHeight(height)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        radius = theme.size("radius")
        painter.setPen(Qt.PenStyle.NoPen)
        if self.editor is not None:
            painter.setBrush(theme.colour("window"))
            painter.drawRoundedRect(box, radius, radius)
        elif self._hovered and self.mode is not Mode.READ:
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(box, radius, radius)
        if self.kind == "goal":
            unit = theme.size("unit")
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(QRectF(unit, unit, _BAR, self.height() - 2 * unit), 1.5, 1.5)
        if self.editor is None:
            self._lay_out(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("focus_ring")))
            painter.drawRoundedRect(box, radius, radius)

    def _lay_out(self, painter: QPainter | None) -> int:
        """The height that the words need at the present width; paints them where a painter is given."""
        unit, text = theme.size("unit"), self._text
        left, top, right = self._left(), unit + 2, max(self.width(), 160) - unit * 2
        if text.glyph:
            edge = theme.size("icon_small")
            if painter is not None:
                _draw_glyph(painter, QRectF(left, top + 1, edge, edge), text.glyph, text.tone)
            left += edge + unit * 2
        pill_height = 0
        if text.pill:
            wide, pill_height = _pill_size(text.pill)
            if painter is not None:
                _draw_pill(painter, QRect(right - wide, top, wide, pill_height), text)
            right -= wide + unit * 3
        bottom = top
        for words_, size, strong, italic, colour in self._lines(text):
            bottom = _draw_words(painter, QRect(left, bottom, right - left, 0), words_, size, strong, italic, colour)
        return max(bottom, top + pill_height) + unit + 2

    def _lines(self, text: PartText) -> list[tuple[str, str, bool, bool, str]]:
        """Each block of words with size, weight, slant and colour."""
        large = self.kind in ("need", "goal")
        title = (
            text.title,
            "section" if large else "body",
            self.kind in ("need", "contingency_plan"),
            self.kind == "goal",
            "muted" if text.is_empty else "text",
        )
        lines = [title]
        if text.body:
            lines.append((text.body, "body", False, False, "text"))
        if text.notes:
            lines.append((text.notes, "body", False, False, "muted"))
        if text.late:
            lines.append((text.late, "body", True, False, "high"))
        if text.unsettled:
            lines.append((text.unsettled, "body", False, False, "high"))
        return lines


def _draw_words(
    painter: QPainter | None, box: QRect, text: str, size: str, strong: bool, italic: bool, colour: str
) -> int:
    """Wraps words into a box of a given width from its top; returns the y below them."""
    font = theme.font(size, strong=strong)
    font.setItalic(italic)
    room = QRect(box.left(), box.top(), max(box.width(), 60), 100_000)
    needed = QFontMetrics(font).boundingRect(room, _WRAPPED, text).height()
    if painter is not None:
        painter.setFont(font)
        painter.setPen(theme.colour(colour))
        painter.drawText(room.adjusted(0, 0, 0, needed - room.height()), _WRAPPED, text)
    return box.top() + needed + 2


def _pill_size(text: str) -> tuple[int, int]:
    metrics = QFontMetrics(theme.font("small", strong=True))
    return metrics.horizontalAdvance(text) + theme.size("unit") * 4, metrics.height() + theme.size("unit")


def _draw_pill(painter: QPainter, box: QRect, text: PartText) -> None:
    front, back = {"good": ("good", "good_soft"), "accent": ("accent", "accent_soft")}.get(
        text.tone, ("muted", "sunken")
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(back))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.colour(front))
    painter.setFont(theme.font("small", strong=True))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text.pill)


def _draw_glyph(painter: QPainter, box: QRectF, glyph: str, tone: str) -> None:
    """A ring for what is to do, half filled for what goes on, else an icon: shape as well as colour and word."""
    colour = theme.colour(tone if tone in ("good", "accent") else "muted")
    if glyph not in ("ring", "half"):
        icons.draw(painter, box, glyph, colour)
        return
    inner = box.adjusted(2, 2, -2, -2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.6))
    painter.drawEllipse(inner)
    if glyph == "half":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPie(inner, 90 * 16, 180 * 16)
