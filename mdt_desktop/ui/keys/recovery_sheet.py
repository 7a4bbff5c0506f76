"""The sheet of paper with the recovery key: drawn once for the printer and for a PDF."""

from datetime import date

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from mdt_desktop.domain.dates import long_date
from mdt_desktop.ui import theme
from mdt_desktop.words import words

_MARGIN_MM = 25.0
_PAPER_TEXT = QColor(0, 0, 0)


def a4() -> QPageLayout:
    """An upright A4 page with a wide margin."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    return QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
    )


def pdf_bytes(key: str, owner: str, made_on: date) -> bytes:
    """The sheet as a PDF in memory; empty where it could not be drawn."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(a4())
    writer.setResolution(300)
    writer.setTitle(words("unlock.sheet.title"))
    return bytes(buffer.data().data()) if draw(writer, key, owner, made_on) else b""


def draw(device: QPagedPaintDevice, key: str, owner: str, made_on: date) -> bool:
    """Draw the sheet on a printer or a PDF; False where the device refuses."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    page = QRectF(painter.viewport())
    painter.setPen(_PAPER_TEXT)
    down = 0.0
    for kind, text in (
        ("title", words("unlock.sheet.title")),
        ("body", words("unlock.sheet.about", owner=owner, day=long_date(made_on))),
        ("key", "   ".join(key.split("-")[:3]) + "\n" + "   ".join(key.split("-")[3:])),
        ("body", words("unlock.sheet.use")),
        ("body", words("unlock.sheet.keep")),
    ):
        down = _paragraph(painter, page, down, text, kind)
    painter.end()
    return True


def _paragraph(painter: QPainter, page: QRectF, down: float, text: str, kind: str) -> float:
    """Draw one paragraph `down` the page; where the next one begins."""
    font = QFont(theme.FAMILY)
    font.setPointSizeF({"title": 22, "key": 24}.get(kind, 12.5))
    font.setWeight(QFont.Weight.Normal if kind == "body" else QFont.Weight.DemiBold)
    if kind == "key":
        font.setFeature(QFont.Tag("tnum"), 1)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 108)
    painter.setFont(font)
    line = painter.fontMetrics().height()
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    if kind == "key":
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
    pad = line * 0.8 if kind == "key" else 0.0
    room = QRectF(page.left() + pad, page.top() + down + pad, page.width() - 2 * pad, page.height() - down)
    needed = painter.boundingRect(room, int(flags), text)
    if kind == "key":
        painter.setPen(QPen(_PAPER_TEXT, line * 0.05))
        painter.drawRoundedRect(
            QRectF(page.left(), page.top() + down, page.width(), needed.height() + 2 * pad), line * 0.3, line * 0.3
        )
    room.setHeight(needed.height())
    painter.drawText(room, int(flags), text)
    return down + needed.height() + 2 * pad + line * 0.9
