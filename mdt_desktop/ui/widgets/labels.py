"""Labels by their kind; text is always plain, so nothing a person typed is ever read as mark-up."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from mdt_desktop.ui import theme


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
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    theme.set_kind(label, kind)
    return label


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
