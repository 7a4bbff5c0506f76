"""What a file says of somebody beside what is on file: one grid for held rows and for people of Bundles."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

Compared = tuple[str, str, str, bool]
"""Key of a field, what the file says, what is on file, and whether the two differ."""


def differing(sides: Sequence[tuple[str, str, str]]) -> list[Compared]:
    """Mark what differs; an empty side differs from nothing."""
    return [(name, said, known, bool(said and known and said != known)) for name, said, known in sides]


def comparison_grid(lines: Sequence[Compared], *, somebody: bool) -> QGridLayout:
    """The lines under their two headings; `somebody` is on file who it may be."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.size("gap"))
    grid.setVerticalSpacing(theme.size("unit") * 2)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    top = Qt.AlignmentFlag.AlignTop
    for place, text in enumerate(("imports.held.file_says", "imports.held.on_file"), start=1):
        grid.addWidget(words_label(words(text), "strong"), 0, place, top)
    for number, (name, said, known, differs) in enumerate(lines, start=1):
        title = words(f"imports.held.field.{name}")
        grid.addWidget(words_label(title, "muted"), number, 0, top)
        left = words_label(said or words("imports.held.empty"), "body" if said else "muted", wraps=True)
        absent = known if known else words("imports.held.empty" if somebody else "imports.held.nobody")
        right = words_label(absent, "body" if known else "muted", wraps=True)
        for shown in (left, right):
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(left, number, 1, top)
        grid.addWidget(right, number, 2, top)
        if differs:
            mark = words_label(words("imports.held.differs"), "badge")
            theme.set_kind(mark, "badge", tone="late")
            grid.addWidget(mark, number, 3, top)
    return grid
