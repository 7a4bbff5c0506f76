"""Icons drawn from the Phosphor face that qtawesome ships, without the quarter second that importing it takes."""

import json
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6 import QtCore
from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPixmap, QRawFont, QTransform

from mdt_desktop.paths import resources_dir

_DRAWN_AT = 256.0  # outlines are taken once at this size and scaled, so they are sharp at every text scale


class IconState(Enum):
    """What the widget around the icon is doing."""

    NORMAL = "normal"
    ON = "on"
    DISABLED = "disabled"


ColourOf = Callable[[str, IconState], QColor]


@cache
def _names() -> Mapping[str, str]:
    content: dict[str, str] = json.loads((resources_dir() / "icons" / "icons.json").read_text(encoding="utf-8"))
    return content


@cache
def _face() -> tuple[QRawFont, Mapping[str, str]]:
    """The icon face and its character map. Raises FileNotFoundError when qtawesome is not installed."""
    package = find_spec("qtawesome")
    if package is None or package.origin is None:
        raise FileNotFoundError("The icon fonts of qtawesome are missing.")
    fonts = Path(package.origin).parent / "fonts"
    outlines = next(iter(sorted(fonts.glob("phosphor-[0-9]*.ttf"))))
    characters = next(iter(sorted(fonts.glob("phosphor-charmap-*.json"))))
    every: dict[str, str] = json.loads(characters.read_text(encoding="utf-8"))
    # Of 4,470 characters the program uses some seventy; the rest would take memory for as long as it runs.
    return QRawFont(str(outlines), _DRAWN_AT), {icon: every[icon] for icon in _names().values() if icon in every}


def known_names() -> frozenset[str]:
    """Every name that `theme.icon` accepts."""
    return frozenset(_names())


@cache
def outline(name: str) -> QPainterPath:
    """The icon's shape in a square of one unit. Raises KeyError for a name that icons.json does not have."""
    face, characters = _face()
    character = chr(int(characters[_names()[name]], 16))
    path = face.pathForGlyph(face.glyphIndexesForString(character)[0])
    middle = path.boundingRect().center()
    centred = path.translated(_DRAWN_AT / 2 - middle.x(), _DRAWN_AT / 2 - middle.y())
    return QTransform.fromScale(1 / _DRAWN_AT, 1 / _DRAWN_AT).map(centred)


_pixmaps: dict[tuple[str, int, int, int, int], QPixmap] = {}


def forget_pixmaps() -> None:
    """Drop drawn icons, for when colours change."""
    _pixmaps.clear()


def pixmap(name: str, colour: QColor, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The icon in one colour, `size` in device pixels, for a screen of the given pixel ratio."""
    if size.isEmpty():  # a button that has no room yet
        return QPixmap()
    key = (name, colour.rgba(), size.width(), size.height(), round(ratio * 100))
    found = _pixmaps.get(key)
    if found is None:
        found = QPixmap(size)
        found.fill(QtCore.Qt.GlobalColor.transparent)
        painter = QPainter(found)
        draw(painter, QRectF(QPointF(0, 0), size.toSizeF()), name, colour)
        painter.end()
        found.setDevicePixelRatio(ratio)
        _pixmaps[key] = found
    return found


def draw(painter: QPainter, rect: QRectF, name: str, colour: QColor) -> None:
    """Fill the icon's shape into the left of `rect`: a wider box keeps its word at a distance."""
    edge = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.left(), rect.center().y() - edge / 2)
    painter.scale(edge, edge)
    painter.fillPath(outline(name), colour)
    painter.restore()


class _ThemedEngine(QIconEngine):
    """Asks for its colour each time it is painted, so an icon made once follows every change of theme."""

    def __init__(self, name: str, role: str, colour_of: ColourOf) -> None:
        super().__init__()
        self._name, self._role, self._colour_of = name, role, colour_of

    def clone(self) -> QIconEngine:
        return _ThemedEngine(self._name, self._role, self._colour_of)

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        if mode == QIcon.Mode.Disabled:
            return self._colour_of(self._role, IconState.DISABLED)
        return self._colour_of(self._role, IconState.ON if state == QIcon.State.On else IconState.NORMAL)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        draw(painter, QRectF(rect), self._name, self._colour(mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return pixmap(self._name, self._colour(mode, state), size)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return pixmap(self._name, self._colour(mode, state), size, scale)


def themed_icon(name: str, role: str, colour_of: ColourOf) -> QIcon:
    """An icon whose colour is asked for when it is painted. Raises KeyError for an unknown name, at once."""
    if name not in _names():
        raise KeyError(name)
    return QIcon(_ThemedEngine(name, role, colour_of))
