"""What is in a backup beside what is in the store now, line by line."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.backups.shelf_table import when
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.ui.backups.ways import Considered

_LINES = ("made", "last_change", "people", "cases", "care_plans")


class Comparison(QWidget):
    """Two columns of the same lines; the store's column says so where it is missing or cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, theme.size("unit"), 0, theme.size("unit"))
        grid.setHorizontalSpacing(theme.size("gap") * 2)
        grid.setVerticalSpacing(theme.size("unit") * 2)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(words_label(words("backups.in_backup"), "strong"), 0, 1, top)
        grid.addWidget(words_label(words("backups.in_store"), "strong"), 0, 2, top)
        self.sides: dict[str, tuple[QLabel, QLabel]] = {}
        for row, name in enumerate(_LINES, start=1):
            grid.addWidget(words_label(words(f"backups.line.{name}"), "muted"), row, 0, top)
            sides = (words_label("", "body"), words_label("", "body", wraps=name == "made"))
            self.sides[name] = sides
            for column, side in enumerate(sides, start=1):
                grid.addWidget(side, row, column, top)

    def show_considered(self, found: "Considered") -> None:
        """Fill both columns."""
        backup, present = found.backup, found.present
        absent = "" if present.readable else words("backups.store_unreadable" if present.there else "backups.no_store")
        self._fill("made", when(backup.made_at), words("backups.now") if present.readable else absent)
        for name in _LINES[1:]:
            left, right = getattr(backup, name), getattr(present, name)
            shown = (when(left), when(right)) if name == "last_change" else (f"{left:,}", f"{right:,}")
            self._fill(name, shown[0], shown[1] if present.readable else "")
        self.setAccessibleDescription(
            "; ".join(f"{words(f'backups.line.{name}')}: {a.text()}, {b.text()}" for name, (a, b) in self.sides.items())
        )

    def _fill(self, name: str, left: str, right: str) -> None:
        for side, text in zip(self.sides[name], (left, right), strict=True):
            side.setText(text)
