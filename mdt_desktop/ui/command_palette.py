"""Ctrl+K: one box that jumps to a person, a page or a command."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGraphicsDropShadowEffect,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from mdt_desktop.ui import icons, theme
from mdt_desktop.ui.hits import Hit, SearchPeople, matches
from mdt_desktop.ui.hits import PersonHit as PersonHit
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.words import words

_WIDTH = 640
_ROWS_SHOWN = 9
_TYPING_PAUSE_MS = 60
_MOST_PEOPLE = 8


class _Hits(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.hits: tuple[Hit, ...] = ()

    def show(self, hits: Sequence[Hit]) -> None:
        self.beginResetModel()
        self.hits = tuple(hits)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 Qt's signature
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        hit = self.hits[index.row()]
        if role == 0:
            return hit.words
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (hit.words, hit.detail, hit.keys) if part)
        return None


class _HitDelegate(QStyledItemDelegate):
    """Icon, words, muted detail, and the keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, theme.size("row") + 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        if not isinstance(model, _Hits):
            return
        hit, drawn = model.hits[index.row()], _plain(option)
        box = drawn.rect.adjusted(6, 1, -6, -1)
        if drawn.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(box, 6, 6)
        edge = theme.size("icon_small")
        picture = QRect(box.left() + 10, box.center().y() - edge // 2, edge, edge)
        icons.draw(painter, picture.toRectF(), hit.icon, theme.colour("muted"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        text = box.adjusted(edge + 20, 0, -10, 0)
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        taken = painter.drawText(text, int(middle | Qt.AlignmentFlag.AlignLeft), hit.words)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("muted"))
        used: Any = taken if isinstance(taken, QRect) else painter.fontMetrics().boundingRect(hit.words)
        after = text.adjusted(used.width() + 14, 0, 0, 0)
        painter.drawText(after, int(middle | Qt.AlignmentFlag.AlignLeft), hit.detail)
        painter.drawText(text, int(middle | Qt.AlignmentFlag.AlignRight), hit.keys)


def _plain(option: QStyleOptionViewItem) -> Any:
    """The stubs do not know the fields of style options."""
    return option


class CommandPalette(QFrame):
    """Lies over the window. `local_hits` gives pages and commands, `search_people` answers later with people."""

    def __init__(
        self, window: QWidget, local_hits: Callable[[], Sequence[Hit]], open_person: Callable[[str], object]
    ) -> None:
        super().__init__(window)
        self._window, self._local, self._open_person = window, local_hits, open_person
        self.search_people: SearchPeople | None = None
        self._asked = 0
        self._people: tuple[Hit, ...] = ()
        self._focus_before: QWidget | None = None
        theme.set_kind(self, "palette")
        self.setAccessibleName(words("ui.palette"))
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(40)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self.box = QLineEdit()
        theme.set_kind(self.box, "palette")
        self.box.setPlaceholderText(words("ui.jump"))
        self.box.setAccessibleName(words("ui.jump"))
        self.box.installEventFilter(self)
        self._hits = _Hits()
        self.list = QListView()
        theme.set_kind(self.list, "plain")
        self.list.setModel(self._hits)
        self._delegate = _HitDelegate(self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(words("ui.palette_results"))
        self.none: QLabel = words_label(words("ui.palette_none"), "muted")
        self.none.setContentsMargins(16, 8, 16, 14)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 6)
        column.setSpacing(0)
        column.addWidget(self.box)
        column.addWidget(line())
        column.addSpacing(4)
        column.addWidget(self.list)
        column.addWidget(self.none)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._ask_people)
        self.box.textChanged.connect(self._on_text)
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self.hide()

    def open_palette(self) -> None:
        """Show it, empty, with pages, commands and recently seen people."""
        if not self.isVisible():
            self._focus_before = self._window.focusWidget()
        self._people = ()
        self.box.clear()
        self._show_hits()
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._ask_people()

    def close_palette(self) -> None:
        """Hide it and give the focus back."""
        self._pause.stop()
        self._asked += 1
        self.hide()
        if self._focus_before is not None:
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
            self._focus_before = None

    def forget(self) -> None:
        """For locking: nobody who was found stays in the list, and nothing typed in the box or its history."""
        self.close_palette()
        self._people = ()
        before = self.box.blockSignals(True)
        self.box.setText("")
        self.box.blockSignals(before)
        self._hits.show(())

    def shown_words(self) -> tuple[str, ...]:
        """What the lines say, from the top."""
        return tuple(hit.words for hit in self._hits.hits)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.box and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event.key())
        if watched is self.box and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._on_focus_gone()
        return False

    def _on_focus_gone(self) -> None:
        if self._window.isActiveWindow() and self._window.focusWidget() is not self.box:
            self._focus_before = None
            self.close_palette()

    def _on_key(self, key: int) -> bool:
        row, last = self.list.currentIndex().row(), len(self._hits.hits) - 1
        step = max(1, _ROWS_SHOWN - 1)
        moves = {
            int(Qt.Key.Key_Down): 0 if row >= last else row + 1,
            int(Qt.Key.Key_Up): last if row <= 0 else row - 1,
            int(Qt.Key.Key_PageDown): min(last, row + step),
            int(Qt.Key.Key_PageUp): max(0, row - step),
        }
        if key in moves:
            self._choose(moves[key])
        elif key in (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)):
            self._run(row)
        elif key == int(Qt.Key.Key_Escape):
            self.close_palette()
        else:
            return False
        return True

    def _on_text(self) -> None:
        self._asked += 1
        if not self.box.text().strip():
            self._people = ()
        self._show_hits()
        self._pause.start()

    def _ask_people(self) -> None:
        if self.search_people is None:
            return
        self._asked += 1
        number = self._asked

        def deliver(people: Sequence[PersonHit]) -> None:
            if number == self._asked and self.isVisible():
                self._people = tuple(self._person_hit(person) for person in people[:_MOST_PEOPLE])
                self._show_hits()

        self.search_people(self.box.text().strip(), deliver)

    def _person_hit(self, person: PersonHit) -> Hit:
        return Hit(person.name, person.detail, "person", lambda: self._open_person(person.id))

    def _show_hits(self) -> None:
        text = self.box.text().strip()
        local = [hit for hit in self._local() if matches(text, f"{hit.words} {hit.detail}")]
        # While nothing is typed pages come first, for the keys; a typed name means a person first.
        found = [*self._people, *local] if text else [*local[:6], *self._people, *local[6:]]
        self._hits.show(found)
        self._choose(0)
        self.list.setVisible(bool(found))
        self.none.setVisible(not found)
        self._fit(len(found))

    def _fit(self, rows: int) -> None:
        wide = min(round(_WIDTH * theme.current().scale), self._window.width() - 48)
        self.list.setFixedHeight(min(rows, _ROWS_SHOWN) * (theme.size("row") + 2) + 2)
        self.setFixedWidth(wide)
        self.adjustSize()
        self.move((self._window.width() - wide) // 2, max(24, self._window.height() // 9))

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self._hits.index(row, 0))

    def _run(self, row: int) -> None:
        if 0 <= row < len(self._hits.hits):
            hit = self._hits.hits[row]
            self.close_palette()
            hit.run()
