"""What scrolls keeps its right edge, with and without a scroll bar."""

from functools import partial

from PySide6.QtWidgets import QLayout, QScrollArea


def keep_edge(area: QScrollArea, layout: QLayout) -> None:
    """The scroll bar stands in the right margin of what scrolls, so that nothing moves aside when it comes."""
    right = layout.contentsMargins().right()
    bar = area.verticalScrollBar()

    def fit(_least: int, most: int) -> None:
        _set_right(layout, max(0, right - bar.sizeHint().width()) if most else right)

    bar.rangeChanged.connect(fit)


def keep_clear(area: QScrollArea, layout: QLayout, room: int) -> None:
    """Where the page's own margin is outside, so much room is left beside the scroll bar while there is one."""
    area.verticalScrollBar().rangeChanged.connect(partial(_make_room, layout, layout.contentsMargins().right(), room))


def _make_room(layout: QLayout, right: int, room: int, _least: int, most: int) -> None:
    _set_right(layout, right + room if most else right)


def _set_right(layout: QLayout, right: int) -> None:
    margins = layout.contentsMargins()
    if margins.right() != right:
        margins.setRight(right)
        layout.setContentsMargins(margins)
