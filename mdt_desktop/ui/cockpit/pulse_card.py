"""The meeting's pulse: six taps by each person in turn, in twenty seconds, shown only together."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mdt_desktop.domain.pulse import FEWEST_SHOWN, SCALE, PulsePart, PulseResult
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words


class PulseCard(Card):
    """A key from 1 to 5, or a click, answers a line and goes on to the next; the sixth hands the answer in.

    What one person tapped is gone from the screen before the next begins.
    """

    answered = Signal(object)  # {part: 1 to 5}

    def __init__(self) -> None:
        super().__init__(words("cockpit.pulse"), words("cockpit.pulse.help"))
        self._taps: dict[PulsePart, int] = {}
        self._buttons: dict[PulsePart, list[Button]] = {}
        self._names: dict[PulsePart, QLabel] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.size("unit"))
        grid.setVerticalSpacing(theme.size("unit"))
        grid.setColumnStretch(0, 1)
        for row, part in enumerate(PulsePart):
            name = words_label(label(part), "body", wraps=True)
            self._names[part] = name
            grid.addWidget(name, row, 0)
            self._buttons[part] = []
            for value in SCALE:
                button = Button(f"{value}", None, "chip")
                button.setCheckable(True)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(words("cockpit.pulse.spoken", part=label(part), value=value))
                button.clicked.connect(lambda _=False, it=part, number=value: self.tap(number, it))
                grid.addWidget(button, row, value)
                self._buttons[part].append(button)
        holder = QWidget()
        holder.setLayout(grid)
        self.body.addWidget(holder)
        self.result = words_label("", "muted", wraps=True)
        self.body.addWidget(self.result)
        self._show_taps()

    def tap(self, value: int, part: PulsePart | None = None) -> None:
        """Answer a line, by default the first that is not answered."""
        wanted = part or next((it for it in PulsePart if it not in self._taps), None)
        if wanted is None:
            return
        self._taps[wanted] = value
        if len(self._taps) == len(PulsePart):
            answer, self._taps = self._taps, {}
            self.answered.emit(answer)
        self._show_taps()

    def forget(self) -> None:
        """Drop what somebody began to tap."""
        self._taps = {}
        self._show_taps()

    def show_result(self, result: PulseResult | None, count: int) -> None:
        """All answers together; below three only their number."""
        if result is None or not result.means:
            self.result.setText(words("cockpit.pulse.count", count=count, fewest=FEWEST_SHOWN))
            return
        means = ", ".join(f"{label(part)} {mean:.1f}" for part, mean in result.means.items())
        self.result.setText(words("cockpit.pulse.result", count=result.answers, means=means))

    def _show_taps(self) -> None:
        following = next((it for it in PulsePart if it not in self._taps), None)
        for part, buttons in self._buttons.items():
            theme.set_kind(self._names[part], "strong" if part is following else "body")
            for value, button in zip(SCALE, buttons, strict=True):
                button.setChecked(self._taps.get(part) == value)
