"""The steps of a wizard in a row: those behind ticked, the present one strong, those ahead muted."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class StepTrail(QWidget):
    """Not pressed: one goes back by the button at the foot. Speaks where one is."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._steps = steps
        flow = flowing(self, theme.size("unit") * 2, theme.size("unit"))
        self._labels = []
        for place, step in enumerate(steps):
            shown = words_label(f"{place + 1}  {step}", "badge")
            self._labels.append(shown)
            flow.addWidget(shown)
            if place < len(steps) - 1:
                flow.addWidget(words_label("›", "muted"))
        self.show_step(0)

    def show_step(self, present: int) -> None:
        """Where one is."""
        for place, shown in enumerate(self._labels):
            mark = "✓" if place < present else str(place + 1)
            shown.setText(f"{mark}  {self._steps[place]}")
            theme.set_kind(shown, "badge", tone="accent" if place == present else "good" if place < present else "")
        self.setAccessibleName(
            words("imports.step", number=present + 1, of=len(self._steps), step=self._steps[present])
        )
