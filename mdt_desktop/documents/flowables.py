"""The building blocks of a paper: headings, facts, quotes, panels, and tables that split well over pages."""

import re
from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table

from mdt_desktop.documents import fonts
from mdt_desktop.documents.styles import PAGE_HEIGHT, SMALLEST, TEXT_WIDTH, colours, styles
from mdt_desktop.documents.text import Run, is_shaped, paragraph

Command = tuple[Any, ...]
Cell = Flowable | list[Flowable] | str
TableCell = str | tuple[str, str] | list[Flowable]
"""A cell of `data_table`: a text, a text with a note in grey, or what is finished already."""

BAR = 3.0
"""Points; the coloured rule at the left of a quote or panel."""

_PAD = 10.0
_LABEL_WIDTH = 150.0
_LONGEST_SHAPED = 2_000
_MOST_LINES = 40
_ALL = ((0, 0), (-1, -1))
_PLAIN: tuple[Command, ...] = (
    # An empty cell is drawn too, and would name a face that the file does not embed.
    ("FONT", *_ALL, fonts.REGULAR, SMALLEST),
    ("VALIGN", *_ALL, "TOP"),
    ("LEFTPADDING", *_ALL, 0),
    ("RIGHTPADDING", *_ALL, 0),
    ("TOPPADDING", *_ALL, 0),
    ("BOTTOMPADDING", *_ALL, 0),
)


class SteadyTable(Table):
    """A table whose rows move to the next page whole; only a row taller than most of a page is cut."""

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803 ReportLab's names
        # ReportLab cuts a row as soon as it does not fit: half a sentence stays at the foot of the page.
        self.splitInRow = 1 if availHeight > PAGE_HEIGHT * 0.6 else 0
        return list(super().split(availWidth, availHeight))


def table(rows: Sequence[Sequence[Cell]], widths: Sequence[float], *commands: Command, repeat: int = 0) -> SteadyTable:
    """A table without padding or lines but those of `commands`; `repeat` first rows stand on each page."""
    made = SteadyTable(
        [list(row) for row in rows], colWidths=list(widths), repeatRows=repeat, hAlign="LEFT", spaceBefore=0
    )
    style: list[Any] = [*_PLAIN, *commands]
    made.setStyle(style)
    return made


def section(title: str, room: float = 110) -> list[Flowable]:
    """A section heading that stays with at least `room` points of what follows; also in the outline."""
    return [CondPageBreak(room), paragraph(styles().section, title)]


def subsection(title: str, room: float = 80) -> list[Flowable]:
    """A smaller heading that stays with at least `room` points of what follows."""
    return [CondPageBreak(room), paragraph(styles().subsection, title)]


def body(text: str) -> list[Flowable]:
    """Running text, one paragraph for each block between blank lines; nothing for an empty text."""
    return _blocks(text, styles().body)


def _blocks(text: str, style: ParagraphStyle) -> list[Flowable]:
    """The text's paragraphs, each followed by a little space."""
    made: list[Flowable] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        if block.strip():
            made += [*(paragraph(style, piece) for piece in _pieces(block)), Spacer(0, 4)]
    return made


def _pieces(text: str) -> list[str]:
    """The text in pieces of so many lines; shaped text in pieces of so many characters, cut at white space.

    ReportLab lays out the whole rest of a paragraph again on each page: 100 kB in one would take a minute.
    """
    lines = text.split("\n")
    groups = ["\n".join(lines[at : at + _MOST_LINES]) for at in range(0, len(lines), _MOST_LINES)]
    return [piece for group in groups for piece in _shaped_pieces(group)]


def _shaped_pieces(text: str) -> list[str]:
    pieces: list[str] = []
    while len(text) > _LONGEST_SHAPED and is_shaped(text):
        spaces = [place.start() for place in re.finditer(r"\s", text[:_LONGEST_SHAPED])]
        cut = spaces[-1] if spaces and spaces[-1] > 0 else _LONGEST_SHAPED
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]


def bullets(texts: Sequence[str]) -> list[Flowable]:
    """One line or more for each text, with a bullet; empty texts are left out."""
    rows = [[paragraph(styles().strong, "•"), paragraph(styles().body, text)] for text in texts if text.strip()]
    if not rows:
        return []
    return [table(rows, (14, TEXT_WIDTH - 14), ("BOTTOMPADDING", *_ALL, 4))]


def facts_grid(facts: Sequence[tuple[str, str]], columns: int = 3) -> list[Flowable]:
    """Short facts in columns, each label over its value; empty values are left out."""
    cells: list[Cell] = [
        [paragraph(styles().label, label), paragraph(styles().strong, value)] for label, value in facts if value
    ]
    if not cells:
        return []
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    rows[-1] += [""] * (columns - len(rows[-1]))
    return [
        table(
            rows,
            [TEXT_WIDTH / columns] * columns,
            ("BOTTOMPADDING", *_ALL, 8),
            ("RIGHTPADDING", *_ALL, 12),
        )
    ]


def key_values(pairs: Sequence[tuple[str, str]]) -> list[Flowable]:
    """Label and text side by side with a thin rule between the rows; empty texts are left out."""
    rows = [[paragraph(styles().label, label), paragraph(styles().body, text)] for label, text in pairs if text.strip()]
    if not rows:
        return []
    rule = HexColor(colours().divider)
    lines: list[Command] = [("LINEBELOW", (0, 0), (-1, -2), 0.75, rule)] if len(rows) > 1 else []
    return [
        table(
            rows,
            (_LABEL_WIDTH, TEXT_WIDTH - _LABEL_WIDTH),
            ("TOPPADDING", *_ALL, 5),
            ("BOTTOMPADDING", *_ALL, 6),
            ("RIGHTPADDING", (0, 0), (0, -1), 12),
            *lines,
        )
    ]


def quote(text: str, style: ParagraphStyle | None = None) -> list[Flowable]:
    """The person's own words, with a bar at the left; the loudest thing on the page."""
    made = _blocks(f"“{text.strip()}”", style or styles().quote)[:-1]
    # A panel each: one table of all would be measured again whole on every page.
    return [panel([[block]], (TEXT_WIDTH,), colours().accent, fill="") for block in made]


def panel(
    rows: Sequence[Sequence[Cell]], widths: Sequence[float], bar: str, fill: str, *commands: Command
) -> SteadyTable:
    """Rows beside a coloured bar, on a fill where one is given; the widths are those of the whole panel.

    Panels that follow each other without space look like one, and each splits by its own rows.
    """
    filling: list[Command] = [("BACKGROUND", *_ALL, HexColor(fill))] if fill else []
    pad: list[Command] = [("TOPPADDING", *_ALL, 4), ("BOTTOMPADDING", *_ALL, 4)] if fill else []
    return table(
        rows,
        widths,
        ("LINEBEFORE", (0, 0), (0, -1), BAR, HexColor(bar)),
        ("LEFTPADDING", (0, 0), (0, -1), _PAD + BAR),
        ("RIGHTPADDING", *_ALL, _PAD),
        *pad,
        *filling,
        *commands,
    )


def data_table(
    head: Sequence[str], rows: Sequence[Sequence[TableCell]], widths: Sequence[float], *commands: Command
) -> SteadyTable:
    """A table with a header row that stands on every page; a cell `(text, note)` has the note in grey."""
    look = styles()
    lines: list[list[Cell]] = [[paragraph(look.table_head, title) for title in head]]
    lines += [[_cell(cell) for cell in row] for row in rows]
    return table(
        lines,
        widths,
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(colours().accent_soft)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.75, HexColor(colours().divider)),
        ("TOPPADDING", *_ALL, 5),
        ("BOTTOMPADDING", *_ALL, 6),
        ("LEFTPADDING", *_ALL, 7),
        ("RIGHTPADDING", *_ALL, 7),
        *commands,
        repeat=1,
    )


def _cell(cell: TableCell) -> Cell:
    look = styles()
    if isinstance(cell, list):
        return cell
    if isinstance(cell, str):
        return paragraph(look.body, cell)
    text, note = cell
    made: list[Flowable] = [paragraph(look.body, text)] if text else []
    return [*made, paragraph(look.muted, note)] if note else made


def goal_block(words: str, notes: Sequence[str], actions: Sequence[Flowable]) -> list[Flowable]:
    """A goal in the person's words, its notes, and its actions; it stays with the first of them."""
    look = styles()
    rows: list[list[Cell]] = [[paragraph(look.goal, f"“{words.strip()}”")]]
    shown = [note for note in notes if note]
    if shown:
        rows.append([paragraph(look.muted, "  ·  ".join(shown))])
    # Goal, notes, table header and one row of two lines.
    return [
        CondPageBreak(150),
        Spacer(0, 6),
        panel(rows, (TEXT_WIDTH,), colours().accent, ""),
        Spacer(0, 8),
        *actions,
        Spacer(0, 8),
    ]


def labelled(label: str, text: str) -> Paragraph:
    """One line: the label in semi-bold, then the text."""
    return paragraph(styles().body, Run(f"{label} ", fonts.SEMIBOLD), text)
