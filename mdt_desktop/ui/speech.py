"""Speaking to a screen reader; loaded at the first words, because Qt's accessibility classes are slow to make."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent


def speak(voice: QObject, text: str) -> None:
    """Announce `text` on behalf of `voice` when a screen reader listens."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(voice, text))
