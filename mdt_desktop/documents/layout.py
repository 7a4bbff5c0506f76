"""The page of every paper: A4, running header and footer, marks, page x of y, and the file's own facts."""

import calendar
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from mdt_desktop.documents import fonts
from mdt_desktop.documents.styles import (
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALLEST,
    TEXT_WIDTH,
    colours,
    styles,
)
from mdt_desktop.documents.text import paragraph, shortened
from mdt_desktop.domain.dates import long_date_and_time
from mdt_desktop.words import words

_LINE = 16.0
_HEADER = _LINE + 14
_FOOTER = 3 * _LINE + 12
_NUMBER_ROOM = 100.0
_MARK_HEIGHT = 19.0
_MARK_GAP = 6.0


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What stands on every page. `printed_at` is shown as given: the caller chooses local time."""

    title: str
    author: str
    name: str
    nhs_number: str
    version: str
    printed_by: str
    printed_at: datetime
    marks: tuple[tuple[str, str], ...] = ()
    """Words and colour of each mark, such as DEMO and DRAFT, from the right."""
    subject: str = ""
    """What the file says it is about; that of a care plan unless given."""
    foot: str = ""
    """The last line of each page; that printed copies may be out of date unless given."""


class _NumberedCanvas(Canvas):
    """Writes "Page x of y" in one pass: each page refers to a small form that is drawn at the end."""

    def __init__(self, *args: Any, made_at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        # ReportLab's reproducible mode dates every file 2000-01-01; the day of printing is as reproducible.
        canvas: Any = self
        stamp = canvas._doc._timeStamp
        stamp.lt = made_at.utctimetuple()
        stamp.t = calendar.timegm(stamp.lt)
        stamp.YMDhms = tuple(stamp.lt)[:6]

    def refer_to_page_number(self) -> None:
        self.doForm(f"page-number-{self.getPageNumber()}")

    def save(self) -> None:
        # The page after the last one is open, and empty, when the document ends.
        total = self.getPageNumber() - 1
        for number in range(1, total + 1):
            self.beginForm(f"page-number-{number}", 0, 0, PAGE_WIDTH, PAGE_HEIGHT)
            self.setFont(fonts.REGULAR, SMALLEST)
            self.setFillColor(HexColor(colours().muted))
            self.drawRightString(
                PAGE_WIDTH - MARGIN, MARGIN + 2 * _LINE + 4, words("paper.page_of", page=number, pages=total)
            )
            self.endForm()
        super().save()


class _Paper(BaseDocTemplate):
    """Two page kinds: the first has its own masthead, the later ones a running header."""

    def __init__(self, target: io.BytesIO, frame: PageFrame) -> None:
        super().__init__(
            target,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            title=shortened(frame.title, fonts.REGULAR, SMALLEST, 2 * TEXT_WIDTH),
            author=shortened(frame.author, fonts.REGULAR, SMALLEST, 2 * TEXT_WIDTH),
            subject=frame.subject or words("paper.subject"),
            creator="MDT Desktop",
            producer="MDT Desktop",
            lang="en-GB",
            displayDocTitle=1,
            invariant=1,
            pageCompression=1,
            initialFontName=fonts.REGULAR,
            initialFontSize=SMALLEST,
        )
        self._furniture = _Furniture(frame)
        self._sections = 0
        self.addPageTemplates(
            [
                self._kind("first", PAGE_HEIGHT - MARGIN, self._furniture.draw_first, "later"),
                self._kind("later", PAGE_HEIGHT - MARGIN - _HEADER, self._furniture.draw_later, "later"),
            ]
        )

    def _kind(self, name: str, top: float, draw: Callable[[Canvas, Any], None], following: str) -> PageTemplate:
        bottom = MARGIN + _FOOTER
        room = Frame(
            MARGIN,
            bottom,
            TEXT_WIDTH,
            top - bottom,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        return PageTemplate(name, [room], onPage=draw, autoNextPageTemplate=following)

    def afterFlowable(self, flowable: Flowable) -> None:
        if isinstance(flowable, Paragraph) and flowable.style is styles().section:
            self._sections += 1
            key = f"section-{self._sections}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, 0)


class _Furniture:
    """Header, footer and marks, laid out once and drawn on each page."""

    def __init__(self, frame: PageFrame) -> None:
        look = styles()
        self._marks = [(paragraph(look.mark, text), text, colour) for text, colour in frame.marks]
        # Ten digits fit well; anything else that a store might hold must not push the name off the page.
        digits = shortened(frame.nhs_number, fonts.REGULAR, SMALLEST, 110)
        number = f"{words('paper.nhs_number')} {digits}" if digits else ""
        number_width = fonts.width(number, look.right.fontName, SMALLEST) + 4
        name = shortened(frame.name, fonts.SEMIBOLD, SMALLEST, TEXT_WIDTH - number_width - 12)
        self._name = paragraph(look.strong, name)
        self._number = paragraph(look.right, number)
        printed = words(
            "paper.printed_by",
            name=shortened(frame.printed_by, fonts.REGULAR, SMALLEST, TEXT_WIDTH - 200),
            date=long_date_and_time(frame.printed_at),
        )
        tail = "  ·  ".join(part for part in (number, frame.version) if part)
        tail_width = fonts.width(f"  ·  {tail}", fonts.REGULAR, SMALLEST)
        footer_name = shortened(frame.name, fonts.REGULAR, SMALLEST, TEXT_WIDTH - _NUMBER_ROOM - tail_width)
        self._about = paragraph(look.muted, "  ·  ".join(part for part in (footer_name, tail) if part))
        self._printed = paragraph(look.muted, printed)
        self._warning = paragraph(look.muted, frame.foot or words("paper.may_be_out_of_date"))

    def draw_first(self, canvas: Canvas, _document: Any) -> None:
        self._draw_marks(canvas)
        self._draw_footer(canvas)

    def draw_later(self, canvas: Canvas, _document: Any) -> None:
        self._draw_marks(canvas)
        top = PAGE_HEIGHT - MARGIN
        _place(self._name, canvas, MARGIN, top - _LINE, TEXT_WIDTH)
        _place(self._number, canvas, MARGIN, top - _LINE, TEXT_WIDTH)
        _rule(canvas, top - _LINE - 5)
        self._draw_footer(canvas)

    def _draw_footer(self, canvas: Canvas) -> None:
        _rule(canvas, MARGIN + 3 * _LINE + 3)
        _place(self._about, canvas, MARGIN, MARGIN + 2 * _LINE, TEXT_WIDTH)
        _place(self._printed, canvas, MARGIN, MARGIN + _LINE, TEXT_WIDTH)
        _place(self._warning, canvas, MARGIN, MARGIN, TEXT_WIDTH)
        if isinstance(canvas, _NumberedCanvas):
            canvas.refer_to_page_number()

    def _draw_marks(self, canvas: Canvas) -> None:
        """Filled labels in the top margin, where they take no room from the page."""
        right = PAGE_WIDTH - MARGIN
        bottom = PAGE_HEIGHT - MARGIN + (MARGIN - _MARK_HEIGHT) / 2 + 2
        for made, text, colour in self._marks:
            width = fonts.width(text, fonts.SEMIBOLD, SMALLEST) + 16
            canvas.saveState()
            canvas.setFillColor(HexColor(colour))
            canvas.roundRect(right - width, bottom, width, _MARK_HEIGHT, 4, stroke=0, fill=1)
            canvas.restoreState()
            _place(made, canvas, right - width + 8, bottom + 2, width)
            right -= width + _MARK_GAP


def _place(made: Paragraph, canvas: Canvas, x: float, bottom: float, width: float) -> None:
    made.wrapOn(canvas, width, PAGE_HEIGHT)
    made.drawOn(canvas, x, bottom)


def _rule(canvas: Canvas, height: float) -> None:
    canvas.saveState()
    canvas.setStrokeColor(HexColor(colours().divider))
    canvas.setLineWidth(0.75)
    canvas.line(MARGIN, height, PAGE_WIDTH - MARGIN, height)
    canvas.restoreState()


def build(frame: PageFrame, story: Sequence[Flowable]) -> bytes:
    """The PDF of a story; the same frame and story content give the same bytes."""
    fonts.latin_characters()
    target = io.BytesIO()

    def canvas(*args: Any, **options: Any) -> Canvas:
        return _NumberedCanvas(*args, made_at=frame.printed_at, **options)

    _Paper(target, frame).build(list(story), canvasmaker=canvas)
    return target.getvalue()
