"""The one door by which words reach paper: cleaned, never read as markup, in a face that holds them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from mdt_desktop.documents import fonts

UNPRINTABLE = "\N{WHITE SQUARE}"
"""Stands for a character that no shipped face holds, so that a reader sees that something is missing."""

LONGEST_WORD = 60
"""Characters; less than a line at 12 pt. Longer words are cut here: 100 kB would be laid out for minutes."""

_NEWLINES = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_TOO_LONG = re.compile(rf"[^ \n]{{{LONGEST_WORD}}}(?=[^ \n])")
_MANY_BOXES = re.compile(f"{UNPRINTABLE}{{4,}}")
# What needs no look: printable ASCII, line ends, and the accented Latin letters up to and with Welsh w and y.
_NEEDS_A_LOOK = re.compile(r"[^\n\x20-\x7e\u00a1-\u00ac\u00ae-\u017f]")
_BENGALI_LETTER = re.compile(r"[\u0980-\u09ff]")
_SHAPED = re.compile(r"[\u0964\u0965\u0980-\u09ff]")
_BENGALI_WORD = re.compile(r"[^ \n]*[\u0964\u0965\u0980-\u09ff][^ \n]*")
# A telephone number, which must not break over two lines.
_TELEPHONE = re.compile(r"(?<![\d,.])(?:\+44 ?|0)\d{2,4} \d{3,4}(?: \d{3,4})?(?!\d)")
_BENGALI_SCALE = 1.12
"""Noto's Bengali letters are lower than Inter's at the same size; at this ratio they look alike."""

_JOINERS = "\u200c\u200d"
_DANDAS = "\u0964\u0965"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that differ from their paragraph in face or colour (`#RRGGBB`); empty means as the paragraph."""

    text: str
    face: str = ""
    colour: str = ""


def clean(text: str) -> str:
    """The text as it can be printed, whatever a person or a file gave (SECURITY M12, R25); never raises.

    Composed, without control and direction characters; line ends of every kind become `\\n`, blank lines in
    a row become one. A character that no shipped face holds becomes `UNPRINTABLE`, at most three in a row.
    """
    text = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text))
    if _NEEDS_A_LOOK.search(text):
        bengali = _BENGALI_LETTER.search(text) is not None
        text = _NEEDS_A_LOOK.sub(lambda found: _printable(found.group(), bengali), text)
        text = _MANY_BOXES.sub(UNPRINTABLE * 3, text)
    text = _TELEPHONE.sub(lambda found: found.group().replace(" ", "\N{NO-BREAK SPACE}"), text)
    return _TOO_LONG.sub(r"\g<0> ", _BLANK_LINES.sub("\n\n", text)).strip()


def has_unprintable(text: str) -> bool:
    """Whether some of the text would print as boxes, so that a screen can say so before printing."""
    return UNPRINTABLE in clean(text) and UNPRINTABLE not in text


def shortened(text: str, face: str, size: float, room: float) -> str:
    """One line of the text, cut with an ellipsis to `room` points: for running headers; page one has all."""
    line = " ".join(clean(text[: 4 * LONGEST_WORD]).split(" ")).replace("\n", " ")
    if _width(line, face, size) <= room and len(text) <= 4 * LONGEST_WORD:
        return line
    while line and _width(line + "…", face, size) > room:
        line = line[:-1]
    return line.rstrip() + "…"


def is_shaped(text: str) -> bool:
    """Whether the text has words that must be shaped (Bengali), which costs far more than Latin."""
    return _SHAPED.search(text) is not None


def _width(line: str, face: str, size: float) -> float:
    fonts.latin_characters()
    pieces = _by_face(Run(line, face))
    return sum(fonts.width(text, name, size if name == face else size * _BENGALI_SCALE) for text, name in pieces)


def paragraph(style: ParagraphStyle, *parts: str | Run) -> Paragraph:
    """A paragraph of user text and words of ours alike: every part is cleaned, and none is ever read as markup.

    The only place in the program that builds ReportLab paragraphs. They are built from finished fragments, so that
    no text meets ReportLab's markup reader, which opens files and makes links.
    """
    fonts.latin_characters()
    runs = [part if isinstance(part, Run) else Run(part) for part in parts]
    cleaned = [Run(_clean_part(run.text), run.face or style.fontName, run.colour) for run in runs]
    shaped = any(is_shaped(run.text) for run in cleaned)
    words, line_end = _patterns(style)
    fragments: list[Any] = []
    for run in cleaned:
        for text, face in _by_face(run) if shaped else ((run.text, run.face),):
            change = {"fontName": face, "fontSize": style.fontSize}
            if face != run.face:
                change["fontSize"] = round(style.fontSize * _BENGALI_SCALE, 2)
            if run.colour:
                change["textColor"] = HexColor(run.colour)
            for number, line in enumerate(text.split("\n")):
                if number:
                    fragments.append(line_end.clone())
                if line:
                    fragments.append(words.clone(text=line, **change))
    return Paragraph("", _shaping_twin(style) if shaped else style, frags=fragments)


@cache
def _patterns(style: ParagraphStyle) -> tuple[Any, Any]:
    """A fragment of words and one of a line end, as ReportLab itself makes them of fixed text in this style."""
    words, line_end, _ = Paragraph("x<br/>y", style).frags
    return words, line_end


def _clean_part(text: str) -> str:
    """As `clean`, but a part keeps the single space with which it joins its neighbours."""
    inner = clean(text)
    if not inner:
        return " " if text[:1] == " " else ""
    return f"{' ' * text.startswith(' ')}{inner}{' ' * text.endswith(' ')}"


def _printable(character: str, bengali: bool) -> str:
    """What is printed for one character that is not plain Latin text."""
    if character in _JOINERS:
        # They choose the shape of Bengali conjuncts and are invisible noise everywhere else.
        return character if bengali else ""
    return _printable_alone(character)


@cache
def _printable_alone(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return character if character == "\N{NO-BREAK SPACE}" else " "
    # Controls, direction overrides, invisible marks and the variation selectors of emoji; a lone half of a
    # character (Cs), a private one (Co) or an unassigned one (Cn) stays visible as a box.
    if category in {"Cc", "Cf"} or "\ufe00" <= character <= "\ufe0f":
        return ""
    if category in {"Cs", "Co", "Cn"}:
        return UNPRINTABLE
    if character in fonts.latin_characters():
        return character
    if (_BENGALI_LETTER.match(character) or character in _DANDAS) and character in fonts.bengali_characters():
        return character
    return UNPRINTABLE


def _by_face(run: Run) -> Iterator[tuple[str, str]]:
    """The run cut into pieces of one face each; a word with any Bengali in it goes to the Bengali face."""
    position = 0
    for word in _BENGALI_WORD.finditer(run.text):
        if word.start() > position:
            yield run.text[position : word.start()], run.face
        yield from _bengali_word(word.group(), run.face)
        position = word.end()
    if position < len(run.text):
        yield run.text[position:], run.face


def _bengali_word(word: str, face: str) -> Iterator[tuple[str, str]]:
    """ReportLab shapes a word with the face of its first letter, so a second face starts a new word."""
    held = fonts.bengali_characters()
    pieces = re.findall(r"(?s)(?:B+|L+)", "".join("B" if c in held or c in _JOINERS else "L" for c in word))
    start = 0
    for number, piece in enumerate(pieces):
        text = word[start : start + len(piece)]
        start += len(piece)
        name = fonts.bengali_twin(face) if piece[0] == "B" else face
        yield (f" {text}" if number else text), name


@cache
def _shaping_twin(style: ParagraphStyle) -> ParagraphStyle:
    """The same style, shaped; ReportLab shapes a paragraph only if the style's own face can be shaped."""
    fonts.bengali_characters()
    return ParagraphStyle(f"{style.name}-shaped", parent=style, shaping=1, fontName=fonts.bengali_twin(style.fontName))
