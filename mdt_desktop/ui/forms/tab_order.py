"""Tab goes in reading order, also through what was added to a page later."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def keep_tab_order(widget: QWidget) -> None:
    """Chain every field of the page around a widget as it is read; Qt puts new widgets at the very end."""
    page: QWidget | None = widget
    while page is not None and not isinstance(page, QScrollArea):
        page = page.parentWidget()
    holder = page.widget() if isinstance(page, QScrollArea) else None
    if holder:
        for before, after in pairwise(_in_reading_order(holder.layout())):
            QWidget.setTabOrder(before, after)


def _in_reading_order(layout: QLayout | None) -> Iterator[QWidget]:
    for place in range(layout.count() if layout else 0):
        item = layout.itemAt(place) if layout else None
        if item is None:
            continue
        widget = item.widget()
        if widget is None:
            yield from _in_reading_order(item.layout())
        elif widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
        else:
            yield from _in_reading_order(widget.layout())
