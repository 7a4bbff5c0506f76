"""The faces of the paper: Inter for Latin, Noto Sans Bengali for Bengali, registered with ReportLab once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from mdt_desktop.paths import resources_dir

REGULAR = "Inter"
SEMIBOLD = "Inter-SemiBold"
ITALIC = "Inter-Italic"

_LATIN_FILES = {
    REGULAR: "Inter-Regular.ttf",
    SEMIBOLD: "Inter-SemiBold.ttf",
    ITALIC: "Inter-Italic.ttf",
}
_BENGALI = "NotoSansBengali"
_BENGALI_SEMIBOLD = "NotoSansBengali-SemiBold"
_BENGALI_FILES = {_BENGALI: "NotoSansBengali-Regular.ttf", _BENGALI_SEMIBOLD: "NotoSansBengali-SemiBold.ttf"}

_FIRST_PRIVATE = 0xE000
_LAST_PRIVATE = 0xF8FF


class _LatinFont(TTFont):
    """A face that ReportLab's shaper leaves alone: Latin needs no shaping, and stays searchable."""

    def hbFont(self, fontSize: float = 10) -> Any:  # noqa: N803 ReportLab's name
        raise AttributeError(f"{self.fontName} is not shaped")  # the shaper's own sign for "leave this word"


class _BengaliFont(TTFont):
    """A shaped face whose glyphs without a character of their own get a code that depends on the glyph only.

    ReportLab hands out such codes in the order in which glyphs are first met in the process, so the same plan
    would give other bytes after another person's plan.
    """

    def hbFont(self, fontSize: float = 10) -> Any:  # noqa: N803 ReportLab's name
        font = super().hbFont(fontSize)
        self.hbAddPrivate = self._code_of_glyph
        return font

    def _code_of_glyph(self, name: str, glyph: int, advance: float) -> int:
        code = _FIRST_PRIVATE + glyph
        if code > _LAST_PRIVATE:
            raise ValueError(f"{self.fontName} holds too many glyphs for the private use area")
        face: Any = self.face
        face.charToGlyph[code] = glyph
        face.glyphToChar.setdefault(glyph, []).append(code)
        face.charWidths[code] = face._pdfScale(advance)
        return code


@cache
def latin_characters() -> frozenset[str]:
    """Register Inter (first call only) and return the characters that all its three faces hold."""
    return _registered(_LATIN_FILES, _LatinFont, shapable=False)


@cache
def bengali_characters() -> frozenset[str]:
    """Register Noto Sans Bengali (first call only) and return the characters that both its faces hold."""
    return _registered(_BENGALI_FILES, _BengaliFont, shapable=True)


def _registered(files: Mapping[str, str], kind: type[TTFont], *, shapable: bool) -> frozenset[str]:
    """Make faces known to ReportLab by name; the characters that every one of them holds."""
    held: list[set[int]] = []
    for name, file in files.items():
        font = kind(name, str(resources_dir() / "fonts" / file), shapable=shapable)
        pdfmetrics.registerFont(font)
        held.append(set(font.face.charToGlyph))
    return frozenset(map(chr, set.intersection(*held)))


def bengali_twin(face: str) -> str:
    """The Bengali face that goes with a Latin one; Bengali has no italic, so italic words stand upright."""
    return _BENGALI_SEMIBOLD if face == SEMIBOLD else _BENGALI


def width(text: str, face: str, size: float) -> float:
    """Width in points of a text in one face, unshaped."""
    latin_characters()
    return float(pdfmetrics.stringWidth(text, face, size))
