"""What widgets say, whether they are in sight or not."""

from PySide6.QtWidgets import QAbstractButton, QApplication, QGroupBox, QLabel, QLineEdit, QPlainTextEdit, QTextEdit


def all_words() -> list[str]:
    """Everything that any widget says, whether in sight or not, with tooltips and names for screen readers."""
    found = []
    for widget in QApplication.allWidgets():
        found += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()]
        if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
            found.append(widget.text())
        elif isinstance(widget, QTextEdit | QPlainTextEdit):
            found.append(widget.toPlainText())
        elif isinstance(widget, QGroupBox):
            found.append(widget.title())
    return [text for text in found if text]
