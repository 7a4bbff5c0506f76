"""Half-typed words of any form: kept in the encrypted store while somebody types, put back when it opens again."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.services.drafts import Content, Draft, DraftPlace
from mdt_desktop.ui.messages import Messages, NoticeAction, Tone
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.draft_line import DraftLine
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

__all__ = ["DraftPlace", "DraftShelf", "Drafting"]

KEEP_AFTER_MS = 1500
"""From the first letter to the next writing, however fast somebody types on: what a crash can take."""

_WHERE = DraftPlace("window", "where")


class DraftShelf(QObject):
    """The drafts of an open store, held here as they are there, so that a form has its words at once.

    `kept` comes when words were put here.
    """

    kept = Signal()

    def __init__(self, services: "Services", operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._operations = services, operations
        self._drafts: dict[DraftPlace, Draft] = {}
        self._forms: WeakSet[Drafting] = WeakSet()

    def load(self, then: Callable[[], None]) -> None:
        """Read what is in the store; `then` is called in any case, also where that fails."""

        def read() -> tuple[tuple[Draft, ...], bool]:
            drafts = self._services.drafts
            return drafts.everything(), drafts.has_old()

        def show(found: tuple[tuple[Draft, ...], bool]) -> None:
            self._drafts = {draft.place: draft for draft in found[0]} | self._drafts
            if found[1]:
                self._operations.run_command(lambda: self._services.drafts.drop_old(), self)
            then()

        self._operations.run_query(read, show, lambda _: then(), owner=self)

    def find(self, place: DraftPlace) -> Draft | None:
        """What was begun there."""
        return self._drafts.get(place)

    @property
    def is_empty(self) -> bool:
        """Has nobody begun anything?"""
        return not set(self._drafts) - {_WHERE}

    def keep(self, place: DraftPlace, content: Content, on_error: Callable[[Exception], None] | None = None) -> None:
        """Put words here, and into the store in the writer thread. `on_error` is told where that failed."""
        self._put(place, content, on_error)
        self.kept.emit()

    def drop(self, place: DraftPlace) -> None:
        """The words were recorded or discarded."""
        if self._take(place) and self.is_empty:
            self._take(_WHERE)

    def keep_where(self, page: str, arguments: Mapping[str, object]) -> None:
        """Remember where somebody is, to bring them back there: after unlocking, or after a crash in mid-sentence."""
        content: Content = {"page": page, "arguments": {k: v for k, v in arguments.items() if isinstance(v, str)}}
        before = self.find(_WHERE)
        if before is None or before.content != content:
            self._put(_WHERE, content, _ignore)

    def take_where(self) -> tuple[str, dict[str, object]] | None:
        """Where somebody was, told once."""
        found = self.find(_WHERE)
        if found is None:
            return None
        self._take(_WHERE)
        page, arguments = found.content.get("page"), found.content.get("arguments")
        return (page, dict(arguments)) if isinstance(page, str) and isinstance(arguments, dict) else None

    def add(self, form: "Drafting") -> None:
        """A form that is to be asked when the program locks or closes."""
        self._forms.add(form)

    def keep_all(self) -> None:
        """The program locks or closes: keep what stands in every open form now."""
        for form in tuple(self._forms):
            if shiboken6.isValid(form):
                form.keep_now()

    def tell_kept(self, messages: Messages, place: DraftPlace) -> None:
        """A form was left with words in it: say that they are kept, and offer to discard them."""
        action = NoticeAction(words("lock.draft.discard"), partial(self.drop, place))
        messages.notify(words("lock.draft.kept"), Tone.INFO, action)

    def _put(self, place: DraftPlace, content: Content, on_error: Callable[[Exception], None] | None) -> None:
        now = self._services.access.clock()
        self._drafts[place] = Draft(place, content, now)
        self._operations.run_command(
            lambda: self._services.drafts.keep(place, content, now), self, on_error=on_error
        )

    def _take(self, place: DraftPlace) -> bool:
        is_there = self._drafts.pop(place, None) is not None
        if is_there:
            self._operations.run_command(lambda: self._services.drafts.drop(place), self)
        return is_there


class Drafting(QObject):
    """The half-typed words of one form.

    `content` reads the form, `put_back` shows a part of what it reads, `clear` empties the form for "Discard". Only
    what differs from the form as it opened is kept, so that nothing that changed meanwhile is taken back.
    Put `line` into the form, call `typed` at every change, `begin` when the form shows a place, `finish` when it was
    recorded, and `end` when it closes.
    """

    def __init__(
        self,
        shelf: DraftShelf,
        form: QWidget,
        content: Callable[[], Content],
        put_back: Callable[[dict[str, object]], None],
        clear: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(form)
        self._shelf, self._content, self._put_back = shelf, content, put_back
        self._clear = clear
        self.place: DraftPlace | None = None
        self._start: dict[str, object] = {}
        self._kept: dict[str, object] | None = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep_now)
        self.line = DraftLine(self.discard)
        shelf.add(self)

    def begin(self, place: DraftPlace) -> None:
        """The form shows this place, with nothing typed in it: put back what was begun there before."""
        self.end()
        self.place, self._start, self._kept = place, dict(self._content()), {}
        found = self._shelf.find(place)
        if found is not None:
            self._put_back(dict(found.content))
            self._kept = self._typed()
            self.line.show_begun(found.saved_at)

    def typed(self) -> None:
        """Something changed; it is written soon, and typing on does not put that off."""
        if self.place is not None and not self._timer.isActive():
            self._timer.start()

    @property
    def waits(self) -> bool:
        """Is something typed that will be written in a moment?"""
        return self._timer.isActive()

    def keep_after(self, milliseconds: int) -> None:
        """Another time than the usual one from a letter to its writing."""
        self._timer.setInterval(milliseconds)

    @property
    def has_words(self) -> bool:
        """Is something typed that is not recorded?"""
        return self.place is not None and bool(self._typed())

    def keep_now(self) -> None:
        """Write what stands in the form, if it is something else than what was written last."""
        self._timer.stop()
        place = self.place
        if place is None:
            return
        now = self._typed()
        if now == self._kept:
            return
        self._kept = now
        self.line.forget_problem()
        if now:
            self._shelf.keep(place, now, self._on_failed)
        else:
            self._shelf.drop(place)
            self.line.hide()

    def finish(self) -> None:
        """The form was recorded: its words are a draft no longer."""
        self._timer.stop()
        place, self.place = self.place, None
        self.line.hide()
        if place is not None:
            self._shelf.drop(place)

    def end(self) -> None:
        """The form closes, or shows something else from now on: what stands in it stays a draft."""
        self.keep_now()
        self.place = None
        self.line.hide()

    def discard(self) -> None:
        """Throw the words away and show the form as it was."""
        self._timer.stop()
        if self._clear is not None:
            self._clear()
        else:
            self._put_back(self._start)
        self._timer.stop()
        self._kept = self._typed()
        self.line.hide()
        if self.place is not None:
            self._shelf.drop(self.place)

    def _typed(self) -> dict[str, object]:
        return {name: value for name, value in self._content().items() if value != self._start.get(name)}

    def _on_failed(self, problem: Exception) -> None:
        """Say at the form that its words are not kept; the next letter tries again."""
        if shiboken6.isValid(self):
            self._kept = None
            self.line.show_problem(Messages.words_of(problem))


def _ignore(_: Exception) -> None:
    """To be brought back to a place is a convenience; that the store refuses is told where words are at stake."""
