"""The sheet with the recovery key: one page to be locked away, to be typed from or scanned years later."""

import calendar
import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import segno
from reportlab.lib.colors import HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from mdt_desktop.documents import fonts
from mdt_desktop.documents.styles import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, SMALLEST, TEXT_WIDTH, colours, styles
from mdt_desktop.documents.text import paragraph
from mdt_desktop.domain.dates import long_date
from mdt_desktop.words import words

MODULE = 3.2
"""Points: the side of one square of the code, 1.1 mm, so that a worn printer and an old camera do."""

QUIET = 4
"""Squares of white around the code, as its standard asks (ISO/IEC 18004)."""

_CELL_WIDTH, _CELL_HEIGHT, _CELL_GAP = 19.5, 28.0, 2.0
_BETWEEN_ROWS = 18.0
_ROW = _CELL_HEIGHT + _BETWEEN_ROWS
_GROUPS_A_ROW = 2
_GROUP_GAP = 18.0
_NUMBER = 16.0
_CAPTION = 20.0
_HINT_GAP = 12.0
_PAD = 18.0
_STEPS = ("open", "type", "choose", "again")
_LINE = 24.0


@dataclass(frozen=True, slots=True)
class RecoverySheet:
    """What stands on the sheet; `key` as `RecoveryKey.text` gives it, six groups with hyphens."""

    key: str = field(repr=False)
    owner: str
    made_on: date


def render(sheet: RecoverySheet) -> bytes:
    """The sheet as a PDF in memory; the same value gives the same bytes."""
    fonts.latin_characters()
    target = io.BytesIO()
    # Named from the first: ReportLab's own first face would stand in the file without being embedded.
    face: dict[str, Any] = {"initialFontName": fonts.REGULAR, "initialFontSize": SMALLEST}
    canvas = Canvas(
        target, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1, lang="en-GB", **face
    )
    _date(canvas, sheet.made_on)
    canvas.setTitle(words("recovery_sheet.title"))
    canvas.setSubject(words("recovery_sheet.subject"))
    canvas.setCreator("MDT Desktop")
    canvas.setProducer("MDT Desktop")
    down = _Down(canvas)
    _draw_head(down, sheet)
    _draw_key(down, sheet.key)
    _draw_use(down)
    _draw_keeping(down)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def code_of(key: str) -> tuple[bytes, ...]:
    """The QR code of exactly what can be typed, as rows of 0 and 1, without the white around it.

    Nearly a third of it may be torn, stained or folded away (error correction H).
    """
    return tuple(bytes(row) for row in segno.make_qr(key, error="h", boost_error=False).matrix)


class _Down:
    """The pen: draws on the page and keeps how far down it is."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.top = PAGE_HEIGHT - MARGIN

    def leave(self, space: float) -> None:
        self.top -= space

    def write(self, style: ParagraphStyle, text: str, *, left: float = 0, width: float = TEXT_WIDTH) -> float:
        """A paragraph at `left` of the margin; its height. The pen goes below it."""
        height = self.place(paragraph(style, text), left, width)
        self.top -= height
        return height

    def place(self, made: Paragraph, left: float, width: float) -> float:
        """A paragraph with its top where the pen is; its height. The pen stays."""
        _, height = made.wrapOn(self.canvas, width, PAGE_HEIGHT)
        made.drawOn(self.canvas, MARGIN + left, self.top - height)
        return float(height)

    def fill(self, colour: str, left: float, width: float, height: float, radius: float = 8) -> None:
        """A filled panel that hangs from where the pen is."""
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillColor(HexColor(colour))
        canvas.roundRect(MARGIN + left, self.top - height, width, height, radius, stroke=0, fill=1)
        canvas.restoreState()

    def rule(self, left: float, width: float, below: float) -> None:
        """A line to write on."""
        canvas = self.canvas
        canvas.saveState()
        canvas.setStrokeColor(HexColor(colours().rule))
        canvas.setLineWidth(0.75)
        canvas.line(MARGIN + left, self.top - below, MARGIN + left + width, self.top - below)
        canvas.restoreState()


def _date(canvas: Canvas, made_on: date) -> None:
    """The day it was made instead of the fixed one of ReportLab's reproducible files."""
    inside: Any = canvas
    stamp = inside._doc._timeStamp
    stamp.lt = made_on.timetuple()
    stamp.t = calendar.timegm(stamp.lt)
    stamp.YMDhms = tuple(stamp.lt)[:6]


def _draw_head(down: _Down, sheet: RecoverySheet) -> None:
    look = styles()
    mark = words("recovery_sheet.mark")
    width = fonts.width(mark, fonts.SEMIBOLD, SMALLEST) + 20
    down.fill(colours().alarm, TEXT_WIDTH - width, width, 22, 4)
    down.leave(3)
    down.place(paragraph(look.mark, mark), TEXT_WIDTH - width + 10, width)
    down.write(look.kind, words("recovery_sheet.kind"))
    down.leave(4)
    down.write(look.name, words("recovery_sheet.title"))
    down.leave(6)
    owner = " ".join(sheet.owner.split())  # on one line: the key keeps its place on the page
    down.write(look.body, words("recovery_sheet.about", owner=owner, day=long_date(sheet.made_on)))
    down.leave(20)


def _draw_key(down: _Down, key: str) -> None:
    """The groups at the left, the code of the same at the right, on one panel."""
    groups = key.split("-")
    code = code_of(key)
    side = (len(code) + 2 * QUIET) * MODULE
    rows = -(-len(groups) // _GROUPS_A_ROW)
    look = styles()
    hint = paragraph(look.muted, words("recovery_sheet.signs"))
    _, hint_height = hint.wrap(TEXT_WIDTH - 2 * _PAD, PAGE_HEIGHT)
    content = max(rows * _ROW - _BETWEEN_ROWS, side + _CAPTION)
    height = content + hint_height + 2 * _PAD + _HINT_GAP
    down.fill(colours().accent_soft, 0, TEXT_WIDTH, height)
    down.leave(_PAD)
    block = rows * _ROW - _BETWEEN_ROWS
    first = down.top - (content - block) / 2
    for place, group in enumerate(groups):
        row, column = divmod(place, _GROUPS_A_ROW)
        left = _PAD + column * (_NUMBER + 6 * (_CELL_WIDTH + _CELL_GAP) + _GROUP_GAP)
        _draw_group(down.canvas, place + 1, group, MARGIN + left, first - row * _ROW)
    _draw_code(down, code, TEXT_WIDTH - _PAD - side, side)
    caption = paragraph(
        ParagraphStyle("code", parent=look.muted, alignment=1), words("recovery_sheet.code")
    )
    down.top -= side + 3
    down.place(caption, TEXT_WIDTH - _PAD - side, side)
    down.top += side + 3
    down.leave(content + _HINT_GAP)
    down.place(hint, _PAD, TEXT_WIDTH - 2 * _PAD)
    down.leave(hint_height + _PAD + 18)


def _draw_group(canvas: Canvas, number: int, group: str, left: float, top: float) -> None:
    """One group: its number, and each sign in a box of its own, as one types from it with a finger on the paper."""
    canvas.saveState()
    canvas.setFillColor(HexColor(colours().muted))
    canvas.setFont(fonts.REGULAR, SMALLEST)
    canvas.drawString(left, top - _CELL_HEIGHT / 2 - 4, str(number))
    canvas.setStrokeColor(HexColor(colours().rule))
    canvas.setLineWidth(0.75)
    for place, sign in enumerate(group):
        x = left + _NUMBER + place * (_CELL_WIDTH + _CELL_GAP)
        canvas.setFillColor(white)
        canvas.roundRect(x, top - _CELL_HEIGHT, _CELL_WIDTH, _CELL_HEIGHT, 3, stroke=1, fill=1)
        canvas.setFillColor(HexColor(colours().text))
        canvas.setFont(fonts.SEMIBOLD, 17)
        canvas.drawCentredString(x + _CELL_WIDTH / 2, top - _CELL_HEIGHT / 2 - 6.2, sign)
    canvas.restoreState()


def _draw_code(down: _Down, code: tuple[bytes, ...], left: float, side: float) -> None:
    """Black on white, whatever is around it, as one path: no hair lines between its squares."""
    canvas = down.canvas
    down.fill("#FFFFFF", left, side, side, 4)
    canvas.saveState()
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    x0, y0 = MARGIN + left + QUIET * MODULE, down.top - QUIET * MODULE
    for row, squares in enumerate(code):
        start = 0
        while start < len(squares):
            end = start
            while end < len(squares) and squares[end]:
                end += 1
            if end > start:
                path.rect(x0 + start * MODULE, y0 - (row + 1) * MODULE, (end - start) * MODULE, MODULE)
            start = end + 1
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _draw_use(down: _Down) -> None:
    look = styles()
    down.write(look.subsection, words("recovery_sheet.use"))
    down.leave(6)
    for number, step in enumerate(_STEPS, start=1):
        down.place(paragraph(look.strong, str(number)), 0, _NUMBER)
        down.write(look.body, words(f"recovery_sheet.use.{step}"), left=_NUMBER, width=TEXT_WIDTH - _NUMBER)
        down.leave(5)
    down.leave(14)


def _draw_keeping(down: _Down) -> None:
    look = styles()
    down.write(look.subsection, words("recovery_sheet.keep"))
    down.leave(6)
    down.write(look.body, words("recovery_sheet.keep.where"))
    down.leave(14)
    half = (TEXT_WIDTH - _GROUP_GAP) / 2
    for left, label in ((0.0, "kept_at"), (half + _GROUP_GAP, "kept_by")):
        down.place(paragraph(look.muted, words(f"recovery_sheet.{label}")), left, half)
        down.rule(left, half, 18 + _LINE)
