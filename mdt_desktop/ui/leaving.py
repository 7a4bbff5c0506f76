"""Leaves nothing about anybody on the screen or in the window when the program locks (SECURITY R17)."""

from PySide6.QtWidgets import QApplication, QToolTip

from mdt_desktop.ui.main_window import MainWindow


def close_everything_over(window: MainWindow) -> None:
    """Close menus, lists, dialogs and tooltips; a copy on its way to a printer ends out of sight."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.hide()
    QToolTip.hideText()
    for top in QApplication.topLevelWidgets():
        if top is not window and top.isWindow() and top.isVisible():
            # One that refuses to close is not deleted, as it may be at work; but nobody sees it.
            top.close()
            if top.isVisible():
                top.hide()
    window.close_notices()
