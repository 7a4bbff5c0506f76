"""The theme: every pair of colours can be read, and both schemes, all scales and all names are complete."""

import re
from itertools import product

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTableView

from mdt_desktop.paths import resources_dir
from mdt_desktop.settings import Density
from mdt_desktop.ui import icons, theme
from mdt_desktop.ui.widgets.buttons import Button

SCHEMES = ("light", "dark")
GROUNDS = ("window", "surface", "sunken")
TEXTS = ("text", "muted", "accent", "very_high", "high", "moderate", "good")
TEXT_PAIRS = [
    *product(TEXTS, GROUNDS),
    *product(("text", "muted", "accent"), ("accent_soft", "hover", "hover_window", "hover_sunken", "pressed")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent", "accent_pressed"),
    ("window", "text"),
    *((tone, f"{tone}_soft") for tone in ("very_high", "high", "moderate", "good")),
    *product(("text",), ("very_high_soft", "high_soft", "moderate_soft", "good_soft")),
    ("muted", "hairline"),
]
EDGE_PAIRS = [*product(("control", "focus", "accent", "very_high"), GROUNDS), ("focus", "accent_soft")]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS, ids=lambda name: str(name))
def test_text_stands_out_from_its_ground_by_4_5_to_1(scheme: str, front: str, back: str) -> None:
    colours = theme.colours_of(scheme)
    if (front, back) == ("muted", "hairline"):
        # A disabled primary button; WCAG 1.4.3 asks nothing of it, we ask that it can be made out.
        assert theme.contrast(colours[front], colours[back]) >= 3
        return
    assert theme.contrast(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("front", "back"), EDGE_PAIRS, ids=lambda name: str(name))
def test_borders_of_controls_and_the_focus_ring_stand_out_by_3_to_1(scheme: str, front: str, back: str) -> None:
    colours = theme.colours_of(scheme)
    assert theme.contrast(colours[front], colours[back]) >= 3


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#FFFFFF", 21.0), ("#FFFFFF", "#FFFFFF", 1.0), ("#767676", "#FFFFFF", 4.54)],
    ids=["black on white", "white on white", "the lightest grey that passes"],
)
def test_contrast_is_the_ratio_of_wcag(first: str, second: str, ratio: float) -> None:
    assert theme.contrast(first, second) == pytest.approx(ratio, abs=0.01)


def test_both_schemes_have_the_same_colours() -> None:
    assert theme.colours_of("light").keys() == theme.colours_of("dark").keys()


def test_no_colour_and_no_size_share_a_name() -> None:
    sizes = theme.sizes_of(1.0, Density.COMFORTABLE)
    assert not theme.colours_of("light").keys() & sizes.keys()


def test_every_token_is_used_or_mixed() -> None:
    template = (resources_dir() / "styles" / "style.qss.template").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{?(\w+)", template))
    painted = {"backdrop", "moderate"}
    mixed = {part for recipe in theme.tokens()["mixed"].values() for part in recipe[:2]}
    assert set(theme.colours_of("light")) <= used | mixed | painted


def test_pictures_of_ticks_and_carets_have_token_colours() -> None:
    for scheme in SCHEMES:
        colours = set(theme.colours_of(scheme).values())
        for file in (resources_dir() / "styles" / "glyphs").glob(f"*-{scheme}.svg"):
            assert set(re.findall(r"#[0-9A-F]{6}", file.read_text(encoding="utf-8"))) <= colours, file.name


@pytest.mark.parametrize(("asked", "kept"), [(0.5, 0.8), (0.8, 0.8), (1.5, 1.5), (2.0, 2.0), (4.0, 2.0)])
def test_the_text_scale_stays_between_80_and_200_percent(qapp: QApplication, asked: float, kept: float) -> None:
    theme.apply(qapp, "light", asked)
    assert theme.current().scale == kept


def test_rows_and_text_grow_with_the_scale(qapp: QApplication) -> None:
    theme.apply(qapp, "light", 2.0)
    assert (theme.size("body"), theme.size("row")) == (26, 68)


def test_compact_rows_are_28_pixels_and_comfortable_ones_34() -> None:
    assert theme.sizes_of(1.0, Density.COMPACT)["row"] == 28
    assert theme.sizes_of(1.0, Density.COMFORTABLE)["row"] == 34


def test_dark_puts_dark_ground_under_light_text(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    assert qapp.palette().window().color().lightness() < 64
    assert qapp.palette().windowText().color().lightness() > 192


def test_the_style_sheet_parses_in_both_schemes(qapp: QApplication) -> None:
    """Qt warns of a sheet that it cannot parse, and a warning fails the test."""
    for scheme in ("dark", "light"):
        theme.apply(qapp, "dark" if scheme == "dark" else "light")
        for widget in (QLabel("x"), QLineEdit(), QTableView(), Button("Save", None, "primary")):
            widget.ensurePolished()
            widget.deleteLater()


def test_a_label_takes_the_size_of_its_kind_also_after_it_was_shown(qapp: QApplication) -> None:
    label = QLabel("Caseload")
    label.ensurePolished()
    theme.set_kind(label, "title")
    assert label.fontInfo().pixelSize() == 18
    label.deleteLater()


@pytest.mark.parametrize("name", sorted(icons.known_names()))
def test_every_icon_has_a_shape(qapp: QApplication, name: str) -> None:
    box = icons.outline(name).boundingRect()
    assert 0.3 < max(box.width(), box.height()) <= 1.01


def test_an_unknown_icon_is_refused_at_once(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        theme.icon("no such icon")


def test_an_icon_made_in_light_is_drawn_light_after_the_change_to_dark(qapp: QApplication) -> None:
    icon = theme.icon("done")
    dark_ink = _darkest(icon.pixmap(QSize(32, 32)).toImage())
    theme.apply(qapp, "dark")
    assert dark_ink < 80 < _darkest(icon.pixmap(QSize(32, 32)).toImage())


def _darkest(image: QImage) -> int:
    inked = [
        image.pixelColor(x, y).lightness()
        for x, y in product(range(image.width()), range(image.height()))
        if image.pixelColor(x, y).alpha() > 200
    ]
    return min(inked)
