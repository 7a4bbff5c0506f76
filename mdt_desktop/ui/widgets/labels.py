"""Labels by their kind; text is always plain, so nothing a person typed is ever read as mark-up."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from mdt_desktop.ui import theme

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


def words_label(
    text: str = "",
    kind: str = "body",
    *,
    wraps: bool = False,
    selectable: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """A label: kind is title, subtitle, section, strong, body, muted, field, help, error, good, late, quote,
    figure or key. Text is wrapped or shown whole, never cut."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    if selectable:
        label.setTextInteractionFlags(_SELECTABLE)
    theme.set_kind(label, kind)
    return label


class FlowingLabel(QLabel):
    """A label that asks for the width of its whole text, so that a flow layout wraps it only where it must.

    A wrapping QLabel asks for the width of a short column instead, also where there is all the room.
    """

    def __init__(self, text: str, kind: str = "body", *, selectable: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        if selectable:
            self.setTextInteractionFlags(_SELECTABLE)
        theme.set_kind(self, kind)

    def sizeHint(self) -> QSize:
        """The text on as many lines as it has of its own."""
        self.ensurePolished()
        margins = self.contentsMargins()
        needed = self.fontMetrics().size(0, self.text())
        return needed + QSize(margins.left() + margins.right() + 2, margins.top() + margins.bottom())


def line(*, vertical: bool = False) -> QFrame:
    """A divider of one pixel."""
    drawn = QFrame()
    theme.set_kind(drawn, "vertical_line" if vertical else "line")
    return drawn


class FieldLabel(QLabel):
    """A label above or beside a field. It names the field for screen readers and takes the focus to it."""

    def __init__(self, text: str, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setBuddy(field)
        field.setAccessibleName(text.replace("&", ""))
        theme.set_kind(self, "field")
