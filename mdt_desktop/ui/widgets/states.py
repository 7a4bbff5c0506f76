"""What a page shows when there is nothing, or when loading has failed: why, and one next step."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_WIDEST = 460


class EmptyState(QWidget):
    """Nothing here yet: a sentence that says so, one that says why, the button that mends it, and maybe another way."""

    def __init__(
        self,
        text: str,
        detail: str = "",
        *,
        icon: str = "info",
        step: str = "",
        on_step: Callable[[], object] | None = None,
        other: Button | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(theme.size("unit") * 2)
        column.addStretch(2)
        self._icon, self._picture = icon, QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._picture)
        self.words = words_label(text, "section", wraps=True)
        self.detail = words_label(detail, "muted", wraps=True)
        for label in (self.words, self.detail):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            # A fixed width: beside an alignment Qt asks a wrapped label only for its height on one line.
            label.setFixedWidth(round(_WIDEST * theme.current().scale))
            column.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        self.detail.setVisible(bool(detail))
        self.step = Button(step, on_step, "primary")
        column.addSpacing(theme.size("unit"))
        column.addWidget(self.step, 0, Qt.AlignmentFlag.AlignHCenter)
        if other is not None:
            column.addWidget(other, 0, Qt.AlignmentFlag.AlignHCenter)
        # Only after it has its parent: shown before, it would be a window of its own for a moment.
        self.step.setVisible(bool(step))
        column.addStretch(3)
        self._draw_icon()
        theme.news().changed.connect(self._draw_icon)

    def _draw_icon(self) -> None:
        edge = theme.size("icon_large") * 2
        self._picture.setPixmap(theme.icon(self._icon, "control").pixmap(QSize(edge, edge)))


class ErrorState(EmptyState):
    """Loading has failed: the error's sentence and a button to try again. What was on the screen is safe."""

    def __init__(self, text: str, on_again: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(
            words("ui.could_not_load"),
            text,
            icon="error",
            step=words("ui.try_again"),
            on_step=on_again,
            parent=parent,
        )
        theme.set_kind(self.step, "plain")
