"""An icon beside a sentence that wraps; hidden while there is nothing to say."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label


class IconWords(QWidget):
    """`tone` is the colour of the icon; the words say the same without it."""

    def __init__(self, icon: str, tone: str = "muted", kind: str = "body") -> None:
        super().__init__()
        self._icon, self._tone = icon, tone
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("unit") * 2)
        self._picture = QLabel()
        self.words = words_label("", kind, wraps=True)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self._fit()
        theme.news().changed.connect(self._fit)
        self.hide()

    def show_words(self, text: str) -> None:
        """Say this; nothing hides it."""
        self.words.setText(text)
        self.setVisible(bool(text))

    def _fit(self) -> None:
        edge = theme.size("icon_small")
        self._picture.setPixmap(theme.icon(self._icon, self._tone).pixmap(QSize(edge, edge)))
