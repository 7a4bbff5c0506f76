"""The sheet with the recovery key, for screen, printer and file; nothing of it is kept anywhere."""

from datetime import date
from pathlib import Path

from mdt_desktop.documents import preview, recovery_sheet
from mdt_desktop.documents.preview import RasterPage
from mdt_desktop.documents.recovery_sheet import RecoverySheet
from mdt_desktop.documents.writing import write_new

__all__ = ["RasterPage", "page", "pdf", "save"]


def pdf(key: str, owner: str, made_on: date) -> bytes:
    """The sheet as a PDF in memory; `key` as it is typed, six groups with hyphens."""
    return recovery_sheet.render(RecoverySheet(key, owner, made_on))


def page(sheet: bytes, scale: float) -> RasterPage:
    """Its one page at `scale` pixels a point."""
    return preview.page_image(sheet, 0, scale)


def save(sheet: bytes, path: Path) -> None:
    """Save the sheet as a new file for its owner only. Raises as `writing.write_new`."""
    write_new(path, sheet)
