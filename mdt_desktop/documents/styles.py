"""Sizes, colours and paragraph styles of the paper, on the program's own colour tokens."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from mdt_desktop.documents import fonts
from mdt_desktop.paths import resources_dir

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 16 * mm
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN

SMALLEST = 12.0
"""Points. Nothing on paper is set smaller (UX: print sizes)."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours that the paper uses, as `#RRGGBB`."""

    text: str
    muted: str
    divider: str
    rule: str
    """Lines to write on: darker than a divider, so that a worn printer still draws them."""
    sunken: str
    accent: str
    accent_soft: str
    on_accent: str
    alarm: str
    caution: str


@cache
def colours() -> Colours:
    """The light theme's tokens: paper is white."""
    tokens = json.loads((resources_dir() / "styles" / "tokens.json").read_text(encoding="utf-8"))
    light = tokens["colours"]["light"]
    return Colours(
        text=light["text"],
        muted=light["muted"],
        divider=light["divider"],
        rule=light["control"],
        sunken=light["window"],
        accent=light["accent"],
        accent_soft=light["accent_soft"],
        on_accent=light["on_accent"],
        alarm=light["very_high"],
        caution=light["high"],
    )


@dataclass(frozen=True, slots=True)
class Styles:
    """Every paragraph style of the paper; hashable by identity, made once."""

    kind: ParagraphStyle
    name: ParagraphStyle
    status: ParagraphStyle
    section: ParagraphStyle
    subsection: ParagraphStyle
    body: ParagraphStyle
    strong: ParagraphStyle
    muted: ParagraphStyle
    label: ParagraphStyle
    quote: ParagraphStyle
    long_quote: ParagraphStyle
    goal: ParagraphStyle
    lead: ParagraphStyle
    telephone: ParagraphStyle
    alarm: ParagraphStyle
    table_head: ParagraphStyle
    bullet: ParagraphStyle
    mark: ParagraphStyle
    right: ParagraphStyle
    letter: ParagraphStyle
    letter_head: ParagraphStyle
    letter_quote: ParagraphStyle


@cache
def styles() -> Styles:
    """The styles, on the type sizes 12, 13, 15, 18 and 24 of the program."""
    c = colours()
    fonts.latin_characters()
    # Colours as objects: ReportLab reads a colour's text anew each time it draws a line.
    ink, muted = HexColor(c.text), HexColor(c.muted)

    def style(name: str, size: float, leading: float, face: str = fonts.REGULAR, **more: Any) -> ParagraphStyle:
        options: dict[str, Any] = {"textColor": ink, "splitLongWords": 1, **more}
        return ParagraphStyle(name, fontName=face, fontSize=size, leading=leading, **options)

    bold = fonts.SEMIBOLD
    return Styles(
        kind=style("kind", 13, 18, bold, textColor=HexColor(c.accent)),
        name=style("name", 24, 30, bold, spaceBefore=4),
        status=style("status", 12, 16.5, textColor=muted, alignment=TA_RIGHT),
        section=style("section", 18, 24, bold, textColor=HexColor(c.accent), spaceBefore=16, spaceAfter=6),
        subsection=style("subsection", 15, 20, bold, spaceBefore=12, spaceAfter=4),
        body=style("body", 12, 16.5),
        strong=style("strong", 12, 16.5, bold),
        muted=style("muted", 12, 16.5, textColor=muted),
        label=style("label", 12, 16.5, textColor=muted),
        quote=style("quote", 18, 25),
        long_quote=style("long-quote", 13, 19),
        goal=style("goal", 13, 19, fonts.ITALIC),
        lead=style("lead", 15, 20, bold),
        telephone=style("telephone", 15, 20, bold),
        alarm=style("alarm", 15, 20, bold, textColor=HexColor(c.alarm)),
        table_head=style("table-head", 12, 16.5, bold, textColor=ink),
        bullet=style("bullet", 12, 16.5, leftIndent=14, bulletIndent=2),
        mark=style("mark", 12, 16, bold, textColor=HexColor(c.on_accent)),
        right=style("right", 12, 16.5, textColor=muted, alignment=TA_RIGHT),
        # 14 points: what the Royal National Institute of Blind People asks of clear print for older readers.
        letter=style("letter", 14, 20.5, spaceAfter=7),
        letter_head=style("letter-head", 15, 21, bold, spaceBefore=11, spaceAfter=4),
        letter_quote=style("letter-quote", 14, 20.5, fonts.ITALIC),
    )
