"""Filter chips: each is on or off and says so by colour, by a tick and to a screen reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.flow_layout import flowing


@dataclass(frozen=True, slots=True)
class ChipChoice:
    """One chip: its key for the program, its words, and how many it stands for (None: not counted)."""

    key: str
    words: str
    count: int | None = None

    def text(self) -> str:
        """The words with the count."""
        return self.words if self.count is None else f"{self.words}  {self.count:,}"


class Chip(Button):
    """One chip of a row."""

    def __init__(self, choice: ChipChoice, parent: QWidget | None = None) -> None:
        super().__init__(choice.text(), None, "chip", parent=parent)
        self.key = choice.key
        self.setCheckable(True)
        self.toggled.connect(self._on_toggled)

    def show_choice(self, choice: ChipChoice) -> None:
        """Other words or another count for the same key."""
        self.setText(choice.text())

    def _on_toggled(self, on: bool) -> None:
        self.setIcon(theme.icon("done", "accent") if on else QIcon())
        self._fit_icon()


class ChipRow(QWidget):
    """A row of chips; `chosen_changed` carries the keys that are on. With `single` at most one is on."""

    chosen_changed = Signal(frozenset)

    def __init__(
        self,
        choices: Sequence[ChipChoice] = (),
        *,
        single: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._single = single
        self._chips: dict[str, Chip] = {}
        self._flow = flowing(self, theme.size("unit") * 2, theme.size("unit") * 2)
        self.setAccessibleName(name)
        self.show_choices(choices)

    def show_choices(self, choices: Sequence[ChipChoice]) -> None:
        """Show these chips. Those whose key stays keep being on or off, and keep the focus."""
        keys = [choice.key for choice in choices]
        for key in [key for key in self._chips if key not in keys]:
            chip = self._chips.pop(key)
            self._flow.removeWidget(chip)
            chip.deleteLater()
        for choice in choices:
            if choice.key in self._chips:
                self._chips[choice.key].show_choice(choice)
            else:
                chip = Chip(choice, self)
                chip.clicked.connect(lambda _=False, key=choice.key: self._on_clicked(key))
                self._chips[choice.key] = chip
                self._flow.addWidget(chip)

    @property
    def chosen(self) -> frozenset[str]:
        """The keys that are on."""
        return frozenset(key for key, chip in self._chips.items() if chip.isChecked())

    def choose(self, keys: frozenset[str]) -> None:
        """Set what is on, without the signal."""
        for key, chip in self._chips.items():
            chip.setChecked(key in keys)

    def chip(self, key: str) -> Chip:
        """The chip of a key. Raises KeyError."""
        return self._chips[key]

    def _on_clicked(self, key: str) -> None:
        if self._single and self._chips[key].isChecked():
            self.choose(frozenset({key}))
        self.chosen_changed.emit(self.chosen)
