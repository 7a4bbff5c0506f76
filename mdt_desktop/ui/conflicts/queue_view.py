"""What waits to be sent, what was refused and why, and what had to leave this laptop before it was sent."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.services.sync_views import HandedOverView, PutByLine, Queue, RefusedLine, WaitingLine
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.columns import Scroller
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.icon_words import IconWords
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.parts import clear, named
from mdt_desktop.words import words

_MOST_PEOPLE = 50


class QueueView(Scroller):
    """`wanted` carries what to do with a line: "again", "discard", "open", "decide", "hand_over", "discard_put_by",
    "take_in", "leave_out"; and "look" without one."""

    wanted = Signal(str, object)

    def __init__(self) -> None:
        super().__init__(words("sync.tab.queue"))
        self.column.setContentsMargins(0, theme.size("unit"), 0, theme.size("gap"))
        self.refused = Card(words("sync.queue.refused"), words("sync.queue.refused_why"))
        self.put_by = Card(words("sync.queue.put_by"))
        self.put_by.body.addWidget(words_label(words("sync.queue.put_by_why"), "muted", wraps=True))
        self.waiting = Card(words("sync.queue.waiting"), " ")
        self.handed = Card(words("sync.queue.inbox"), words("sync.queue.inbox_why"))
        self.handed_waits = IconWords("info")
        self.handed.body.addWidget(self.handed_waits)
        self.look = Button(words("sync.queue.inbox_look"), lambda: self.wanted.emit("look", None), "quiet", "download")
        self.handed.add_action(self.look)
        self.others = IconWords("info")
        self._lists = {}
        for card in (self.refused, self.put_by, self.waiting, self.handed):
            inner = QVBoxLayout()
            inner.setSpacing(theme.size("unit") * 2)
            card.body.addLayout(inner)
            self._lists[card] = inner
            self.column.addWidget(card)
        self.waiting.body.addWidget(self.others)
        self.column.addStretch(1)

    def show_queue(self, queue: Queue, *, may_decide: bool) -> None:
        """Show it; without the right to change a case it is only read."""
        self.refused.setVisible(bool(queue.refused))
        self.put_by.setVisible(bool(queue.put_by))
        self._fill(self.refused, [self._refused(it, may_decide) for it in queue.refused])
        self._fill(self.put_by, [self._put_by(it, may_decide) for it in queue.put_by])
        self._fill(self.waiting, self._waiting(queue.waiting))
        total = sum(it.count for it in queue.waiting)
        self.waiting.summary.setText(_total(total) if total else "")
        self.others.show_words(words("sync.queue.of_others", count=queue.of_others) if queue.of_others else "")

    def show_how_many_wait(self, count: int) -> None:
        """How many records other teams have handed over, as the last exchange heard."""
        key = "sync.queue.inbox_waits_one" if count == 1 else "sync.queue.inbox_waits"
        self.handed_waits.show_words(words(key, count=count) if count else "")
        place = 0 if count else self.column.count() - 2  # what waits for somebody is seen first
        if self.column.indexOf(self.handed) != place:
            self.column.removeWidget(self.handed)
            self.column.insertWidget(place, self.handed)

    def show_handed_over(self, found: Sequence[HandedOverView], *, may_decide: bool) -> None:
        """Show what other teams handed over."""
        rows = [self._handed_over(it, may_decide) for it in found]
        self._fill(self.handed, rows or [words_label(words("sync.queue.inbox_none"), "body", wraps=True)])

    def _handed_over(self, it: HandedOverView, may_decide: bool) -> QWidget:
        box, column = _box()
        column.addWidget(words_label(f"{it.person}: {it.what}" if it.person else it.what, "strong", wraps=True))
        column.addWidget(words_label(words("sync.queue.inbox_by", by=it.by, when=it.when), "muted", wraps=True))
        for field, value, now in it.lines:
            key = "sync.queue.inbox_line" if now else "sync.queue.inbox_line_new"
            column.addWidget(words_label(words(key, field=field, value=value, now=now), "body", wraps=True))
        if not it.lines:
            column.addWidget(words_label(words("sync.queue.inbox_same"), "body", wraps=True))
        ways = [("take_in", "sync.queue.take_in", "done", "plain")] if it.can_take else []
        if it.person_id:
            ways.append(("open", "sync.queue.open_record", "case", "quiet"))
        ways.append(("leave_out", "sync.queue.leave_out", "remove", "quiet"))
        column.addWidget(self._ways(ways, it, may_decide, f"{it.what} {it.person}"))
        return box

    def _fill(self, card: Card, rows: Sequence[QWidget]) -> None:
        layout = self._lists[card]
        clear(layout)
        for number, row in enumerate(rows):
            if number and card is not self.waiting:
                layout.addWidget(line())
            layout.addWidget(row)

    def _waiting(self, lines: Sequence[WaitingLine]) -> list[QWidget]:
        if not lines:
            return [words_label(words("sync.queue.nothing"), "body", wraps=True)]
        rows = [self._waiting_row(it) for it in lines[:_MOST_PEOPLE]]
        if len(lines) > _MOST_PEOPLE:
            rows.append(words_label(words("sync.queue.more", count=len(lines) - _MOST_PEOPLE), "muted"))
        return rows

    def _waiting_row(self, it: WaitingLine) -> QWidget:
        row = QWidget()
        beside = QHBoxLayout(row)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(theme.size("gap"))
        text = it.person or words("sync.queue.not_about_people" if not it.person_id else "sync.queue.closed_person")
        beside.addWidget(words_label(text, "body", wraps=True), 2)
        beside.addWidget(words_label(it.kinds, "muted", wraps=True), 3)
        return row

    def _refused(self, it: RefusedLine, may_decide: bool) -> QWidget:
        box, column = _box()
        if it.person:
            column.addWidget(words_label(it.person, "strong", wraps=True))
        column.addWidget(words_label(words("sync.queue.refused_at", what=it.what, when=it.when), "body", wraps=True))
        why = words("sync.queue.refused_more", why=it.why, count=it.count) if it.count > 1 else it.why
        column.addWidget(words_label(why, "late", wraps=True))
        ways = []
        if it.is_duplicate:
            ways.append(("decide", "sync.queue.decide", "conflicts", "plain"))
        else:
            ways.append(("again", "sync.queue.send_again", "refresh", "plain"))
        if it.person_id:
            ways.append(("open", "sync.queue.open_record", "case", "quiet"))
        ways.append(("discard", "sync.queue.discard", "remove", "quiet"))
        column.addWidget(self._ways(ways, it, may_decide, f"{it.what} {it.person}"))
        return box

    def _put_by(self, it: PutByLine, may_decide: bool) -> QWidget:
        box, column = _box()
        key = "sync.queue.put_by_line_one" if it.count == 1 else "sync.queue.put_by_line"
        text = words(key, count=it.count, locality=it.locality, when=it.when)
        column.addWidget(words_label(text, "strong", wraps=True))
        ways = [
            ("hand_over", "sync.queue.hand_over", "team", "plain"),
            ("discard_put_by", "sync.queue.discard", "remove", "quiet"),
        ]
        column.addWidget(self._ways(ways, it, may_decide, text))
        return box

    def _ways(
        self, ways: Sequence[tuple[str, str, str, str]], it: object, may_decide: bool, about: str
    ) -> QWidget:
        holder = QWidget()
        flow = flowing(holder, theme.size("unit") * 2, theme.size("unit"))
        for way, text, icon, kind in ways:
            button = Button(words(text), partial(self.wanted.emit, way, it), kind, icon)
            named(button, way, f"{words(text)}: {about}")
            button.setEnabled(may_decide or way == "open")
            flow.addWidget(button)
        return holder

    def focus_first(self) -> None:
        """The first thing that can be done, else the list itself."""
        first = self.findChild(Button)
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)


def _box() -> tuple[QWidget, QVBoxLayout]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.size("unit"))
    return box, column


def _total(count: int) -> str:
    return words("sync.queue.total_one") if count == 1 else words("sync.queue.total", count=count)
