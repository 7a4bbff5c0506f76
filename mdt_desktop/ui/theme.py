"""Colours, sizes, fonts and the style sheet: read from the tokens and put on the application in one place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from string import Template
from typing import TYPE_CHECKING, Any, Literal

from PySide6 import QtCore
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from mdt_desktop.paths import resources_dir
from mdt_desktop.settings import Density
from mdt_desktop.ui.lazily import load_module

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

    from mdt_desktop.ui.icons import IconState

FAMILY = "Inter"
FALLBACK_FAMILIES = ("Noto Sans Bengali",)
FIRST_FACES = ("Inter-Regular.ttf", "Inter-SemiBold.ttf")
SMALLEST_SCALE, LARGEST_SCALE = 0.8, 2.0
_MIDDLE_GREY = 128
QUIET_PADDING = 10
"""Pixels between the edge of a quiet button, which is not seen, and its words, as the style template has them."""

Scheme = Literal["light", "dark", "system"]


@dataclass(frozen=True, slots=True)
class Theme:
    """What is on the screen now: the colours of one scheme and all sizes in pixels at the chosen text scale."""

    scheme: Literal["light", "dark"] = "light"
    scale: float = 1.0
    density: Density = Density.COMFORTABLE
    colours: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)


class ThemeNews(QObject):
    """Tells widgets that paint themselves that colours or sizes are other than before."""

    changed = Signal()


@cache
def tokens() -> Mapping[str, Any]:
    """The shipped token file as it stands."""
    content: dict[str, Any] = json.loads((resources_dir() / "styles" / "tokens.json").read_text(encoding="utf-8"))
    return content


@cache
def news() -> ThemeNews:
    """The one source of `changed`."""
    return ThemeNews()


def colours_of(scheme: str) -> dict[str, str]:
    """Every colour of a scheme, as `#RRGGBB`: the tokens and those that are mixed from two of them."""
    found: dict[str, str] = dict(tokens()["colours"][scheme])
    for name, recipe in tokens()["mixed"].items():
        front, back, share = recipe
        found[name] = mix(found[front], found[back], float(share))
    return found


def mix(front: str, back: str, share: float) -> str:
    """`share` (0 to 1) of the first colour over the second, as `#RRGGBB`."""
    pairs = ((int(front[i : i + 2], 16), int(back[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02X}" for over, under in pairs)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two `#RRGGBB` colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _number(section: str, name: str) -> int:
    return int(tokens()[section][name])


def sizes_of(scale: float, density: Density) -> dict[str, int]:
    """Text sizes and the heights that follow them, in pixels; spaces and lines do not grow with the text."""
    found = {name: round(_number("type", name) * scale) for name in ("small", "body", "section", "title", "figure")}
    found |= {name: _number("type", name) for name in ("regular", "strong")}
    found |= {name: _number("space", name) for name in ("unit", "gap", "card", "page")}
    found |= {name: _number("shape", name) for name in ("radius", "line", "focus_ring")}
    heights = tokens()["height"][density.value]
    found |= {name: round(int(height) * scale) for name, height in heights.items()}
    found |= {f"icon_{name}": round(_number("icon", name) * scale) for name in ("small", "large")}
    # QSS heights are of the content: what is left of the control inside its 1 px (or focused 2 px) border.
    found["button"], found["button_focus"] = found["control_height"] - 2, found["control_height"] - 4
    found["chip"] = found["control_height"] - 6
    found["chip_focus"], found["chip_radius"] = found["chip"] - 2, (found["chip"] + 2) // 2
    found["rail_item"] -= 6
    found["combo_arrow"] = found["icon_small"] + 8
    found["tick"] = round(16 * scale)
    found["radio"] = (found["tick"] + 2) // 2
    found["projector"], found["projector_name"], found["projector_clock"] = (round(it * scale) for it in (28, 40, 96))
    found["header"] = found["row"] - 4
    found["list_item"] = found["row"] - 8
    found["status_button"] = found["row"] - 12
    return found


def _style_sheet(theme: Theme) -> str:
    folder = resources_dir() / "styles"
    template = Template((folder / "style.qss.template").read_text(encoding="utf-8"))
    # A path with a space or a letter beyond ASCII is safe in url("…") only with forward slashes and quotes.
    glyphs = {
        name: f'"{(folder / "glyphs" / f"{name}-{theme.scheme}.svg").as_posix()}"'
        for name in ("check", "partly", "dot", "caret_down", "caret_up", "caret_right")
    }
    return template.substitute({**theme.colours, **theme.sizes, **glyphs})


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    by_role = {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "window",
        role.Text: "text",
        role.Button: "surface",
        role.ButtonText: "text",
        role.BrightText: "very_high",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.PlaceholderText: "muted",
        role.ToolTipBase: "text",
        role.ToolTipText: "window",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.Accent: "accent",
        role.Light: "surface",
        role.Midlight: "hairline",
        role.Mid: "divider",
        role.Dark: "control",
        role.Shadow: "divider",
    }
    palette = QPalette()
    for place, token in by_role.items():
        palette.setColor(place, QColor(theme.colours[token]))
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, QColor(theme.colours["disabled"]))
    return palette


@cache
def load_first_faces() -> None:
    """Make the two faces known that every screen is written in; the others take as long again."""
    for name in FIRST_FACES:
        QFontDatabase.addApplicationFont(str(resources_dir() / "fonts" / name))


@cache
def load_all_faces() -> None:
    """Make the other shipped faces known: italics, and the scripts that Inter does not have."""
    load_first_faces()
    for file in sorted((resources_dir() / "fonts").glob("*.ttf")):
        if file.name not in FIRST_FACES:
            QFontDatabase.addApplicationFont(str(file))


@cache
def _families() -> tuple[str, ...]:
    """The families to use, the system's own sans last; a fallback is looked up when a letter first needs it."""
    load_first_faces()
    return (FAMILY, *FALLBACK_FAMILIES, QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family())


def _body_font(theme: Theme) -> QFont:
    font = QFont(list(_families()))
    font.setPixelSize(theme.sizes["body"])
    # Hinting rounds every letter to whole pixels, which spaces small text unevenly.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class _Current:
    """The theme on the screen; apply() is the only writer."""

    theme = Theme(colours=colours_of("light"), sizes=sizes_of(1.0, Density.COMFORTABLE))
    wished: Scheme = "light"
    follows_system = False


def current() -> Theme:
    """The theme on the screen now."""
    return _Current.theme


def apply(
    app: QApplication,
    scheme: Scheme = "light",
    scale: float = 1.0,
    density: Density = Density.COMFORTABLE,
) -> None:
    """Put palette, font and style on `app`; `scale` is of the text, 0.8 to 2.0, and is kept in these bounds.

    With `system` the window follows the desktop's own light or dark, also when that changes later.
    """
    _Current.wished = scheme
    if scheme == "system" and not _Current.follows_system:
        _Current.follows_system = True
        app.styleHints().colorSchemeChanged.connect(lambda _: _on_system_changed(app))
    shown: Literal["light", "dark"] = _system_scheme(app) if scheme == "system" else scheme
    kept = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
    theme = Theme(shown, kept, density, colours_of(shown), sizes_of(kept, density))
    _Current.theme = theme
    app.setFont(_body_font(theme))
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))
    news().changed.emit()


def _system_scheme(app: QApplication) -> Literal["light", "dark"]:
    # The style's own palette follows the desktop; `colorScheme()` would say the same and cost a tenth of a start.
    return "dark" if app.style().standardPalette().window().color().lightness() < _MIDDLE_GREY else "light"


def _on_system_changed(app: QApplication) -> None:
    if _Current.wished == "system":
        apply(app, "system", _Current.theme.scale, _Current.theme.density)


def colour(token: str) -> QColor:
    """A token's colour in the current scheme, for widgets that paint themselves."""
    return QColor(_Current.theme.colours[token])


def size(name: str) -> int:
    """A size in pixels at the current text scale: `body`, `row`, `gap`, `page`, `icon_small`, …"""
    return _Current.theme.sizes[name]


def font(name: str = "body", *, strong: bool = False, tabular: bool = False) -> QFont:
    """The face at one of the five sizes, for painting; labels get theirs from `kind` instead.

    `tabular` gives every figure the same width, so that numbers stand under each other; it is not for text, where
    it would widen the hyphens of dates and double names.
    """
    found = _body_font(_Current.theme)
    found.setPixelSize(size(name))
    found.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    if tabular:
        found.setFeature(QFont.Tag("tnum"), 1)
    return found


def icon(name: str, role: str = "text") -> "QIcon":
    """The icon called `name` in resources/icons/icons.json, in the colour of a token.

    It follows later changes of theme by itself; `role` "muted" turns accent where its button is checked.
    """
    made: QIcon = _icons().themed_icon(name, role, _icon_colour)
    return made


@cache
def _icons() -> Any:
    """The icon face's module, loaded with the first icon; it forgets what it drew when colours change."""
    module = load_module("icons")
    news().changed.connect(module.forget_pixmaps)
    return module


def _icon_colour(role: str, state: "IconState") -> QColor:
    states = _icons().IconState
    if state is states.DISABLED:
        return colour("disabled")
    if state is states.ON and role in ("muted", "text"):
        return colour("accent")
    return colour(role)


def set_kind(widget: QWidget, kind: str, **more: str | bool) -> None:
    """Give a widget its look (`kind` and other dynamic properties of the style template), also after it is shown."""
    for name, value in {"kind": kind, **more}.items():
        widget.setProperty(name, value)
    # A widget that was never polished reads its properties when it first is; asking twice would cost start-up.
    if widget.testAttribute(QtCore.Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
