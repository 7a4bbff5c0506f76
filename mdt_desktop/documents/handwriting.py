"""What one writes on by hand: ruled lines, labels with a line behind them, numbers to circle, and empty tables."""

from collections.abc import Sequence

from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import fonts
from mdt_desktop.documents.styles import SMALLEST, colours, styles
from mdt_desktop.documents.text import paragraph

LINE = 24.0
"""Points from line to line: 8.5 mm, room for large handwriting."""

_PAD = 7.0
_NUMBER = 40.0


class RuledLines(Flowable):
    """Lines to write on, over the whole width it is given, `height` points from one to the next."""

    def __init__(self, count: int, height: float = LINE) -> None:
        super().__init__()
        self._count, self._height = count, height

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 ReportLab's names
        self.width, self.height = availWidth, self._count * self._height
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setStrokeColor(HexColor(colours().rule))
        canvas.setLineWidth(0.75)
        for number in range(self._count):
            # The half point keeps the last line inside the flowable, where a table's cell would cover it.
            height = 0.5 + number * self._height
            canvas.line(0, height, self.width, height)


def question(title: str, help_text: str, lines: int) -> list[Flowable]:
    """A question with a word of help and lines to answer on; it stays with its lines."""
    look = styles()
    made: list[Flowable] = [CondPageBreak(60 + lines * LINE), paragraph(look.subsection, title)]
    made += [paragraph(look.muted, help_text)] if help_text else []
    return [*made, RuledLines(lines)]


def fields(labels: Sequence[str], widths: Sequence[float]) -> Flowable:
    """Labels side by side, each with a line behind it to write on; the widths are those of label and line together."""
    look = styles()
    cells: list[blocks.Cell] = []
    columns: list[float] = []
    for label, width in zip(labels, widths, strict=True):
        own = min(fonts.width(label, look.label.fontName, SMALLEST) + 8, width / 2)
        cells += [paragraph(look.label, label), RuledLines(1, LINE - 4)]
        columns += [own, width - own]
    return blocks.table(
        [cells],
        columns,
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        *(("RIGHTPADDING", (place, 0), (place, 0), 12) for place in range(1, len(columns) - 1, 2)),
    )


def scale(numbers: Sequence[int]) -> Flowable:
    """Numbers in a row, far enough apart to circle one with a pen."""
    cells = [paragraph(styles().lead, str(number)) for number in numbers]
    return blocks.table(
        [cells],
        [_NUMBER] * len(cells),
        ("LEFTPADDING", (0, 0), (-1, -1), 12),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
    )


def empty_table(head: Sequence[str], widths: Sequence[float], rows: int, height: float) -> Flowable:
    """A table with a header and rows to write in, each `height` points high."""
    first: list[blocks.Cell] = [paragraph(styles().table_head, title) for title in head]
    row: list[blocks.Cell] = [Spacer(0, height), *([""] * (len(head) - 1))]
    return _grid([first, *[row] * rows], widths)


def named_rows(head: Sequence[str], names: Sequence[str], widths: Sequence[float], height: float) -> Flowable:
    """A table to write in whose first column says what each row is for."""
    look = styles()
    first: list[blocks.Cell] = [paragraph(look.table_head, title) for title in head]
    rest: list[blocks.Cell] = [Spacer(0, height), *([""] * (len(head) - 2))]
    rows: list[list[blocks.Cell]] = [[paragraph(look.body, name), *rest] for name in names]
    return _grid([first, *rows], widths)


def _grid(rows: Sequence[Sequence[blocks.Cell]], widths: Sequence[float]) -> Flowable:
    rule = HexColor(colours().rule)
    return blocks.table(
        rows,
        widths,
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(colours().accent_soft)),
        ("GRID", (0, 0), (-1, -1), 0.75, rule),
        ("TOPPADDING", (0, 0), (-1, 0), 4),
        ("BOTTOMPADDING", (0, 0), (-1, 0), 5),
        ("TOPPADDING", (0, 1), (-1, -1), 5),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
        repeat=1,
    )
