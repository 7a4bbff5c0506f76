"""What a page shows when there is nothing, or when loading has failed: why, and one next step."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_WIDEST = 520  # pixels at 100 % text
_ALL_THERE_IS = 10_000  # the share of a row against its empty sides, up to the widest


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
            # In a row of its own, not aligned in the column: an aligned label is asked for its height at the whole
            # width of the page, and its second line would be cut.
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, _ALL_THERE_IS)
            row.addStretch(1)
            column.addLayout(row)
        self.detail.setVisible(bool(detail))
        self.step = Button(step, on_step, "primary")
        column.addSpacing(theme.size("unit"))
        column.addWidget(self.step, 0, Qt.AlignmentFlag.AlignHCenter)
        if other is not None:
            column.addWidget(other, 0, Qt.AlignmentFlag.AlignHCenter)
        # Only after it has its parent: shown before, it would be a window of its own for a moment.
        self.step.setVisible(bool(step))
        column.addStretch(3)
        self._fit()
        theme.news().changed.connect(self._fit)

    def _fit(self) -> None:
        for label in (self.words, self.detail):
            label.setMaximumWidth(round(_WIDEST * theme.current().scale))
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
