"""The sheet of paper with the recovery key, as the screens use it: made in the pool, where drawing is loaded first."""

import importlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mdt_desktop.services.printing import RasterPage


def draw(key: str, owner: str, made_on: date, scale: float) -> "RasterPage":
    """The sheet as a picture for a printer, at `scale` pixels a point."""
    paper = _paper()
    drawn: RasterPage = paper.page(paper.pdf(key, owner, made_on), scale)
    return drawn


def save_pdf(path: Path, key: str, owner: str, made_on: date) -> str:
    """Save the sheet as a new PDF; the file's name. Raises as `writing.write_new`."""
    paper = _paper()
    paper.save(paper.pdf(key, owner, made_on), path)
    return path.name


def _paper() -> Any:
    return importlib.import_module("mdt_desktop.services.recovery_paper")
