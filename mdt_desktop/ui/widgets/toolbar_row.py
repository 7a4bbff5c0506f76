"""The row at the top of a page: its title, what is shown of how many, and what can be done."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label


class PageHeader(QWidget):
    """Title at the left, summary beside it ("412 of 37,134, highest risk first"), actions at the right."""

    def __init__(self, title: str, summary: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("gap"))
        self._row.addStrut(theme.size("control_height"))  # titles stand level, with and without a button
        self.title = words_label(title, "title")
        self.summary = words_label(summary, "subtitle", wraps=True)
        self._row.addWidget(self.title, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.summary, 1, Qt.AlignmentFlag.AlignVCenter)

    def show_summary(self, text: str) -> None:
        """Say what is shown now."""
        self.summary.setText(text)

    def add_action(self, widget: QWidget) -> None:
        """A button at the right; add the primary one last."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)


class ToolbarRow(QWidget):
    """Controls side by side; those added after `stretch` stand at the right."""

    def __init__(self, *widgets: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("unit") * 2)
        for widget in widgets:
            self.add(widget)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a control; `stretch` lets it take the space that is left."""
        self._row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)

    def add_words(self, text: str) -> QLabel:
        """Muted words between controls."""
        label = words_label(text, "muted")
        self.add(label)
        return label

    def stretch(self) -> None:
        """Push what follows to the right."""
        self._row.addStretch(1)
