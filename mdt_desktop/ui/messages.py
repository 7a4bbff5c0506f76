"""The one door for notices, errors and questions; what it shows is also spoken to a screen reader."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.ui.lazily import load
from mdt_desktop.words import sentence, words

UNDO_STEPS = 30


class Tone(StrEnum):
    """How a notice looks; its words must say the same without the colour."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class NoticeAction:
    """The one thing a notice offers: a verb and what it does."""

    words: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """One line that tells what has happened. Errors stay until closed; others go by themselves after 8 s."""

    words: str
    tone: Tone = Tone.INFO
    action: NoticeAction | None = None

    @property
    def stays(self) -> bool:
        """Errors and warnings wait for the person to read them."""
        return self.tone in (Tone.ERROR, Tone.WARNING)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: its key for the program and its verb for the button."""

    key: str
    words: str
    kind: str = "plain"  # primary for the default, danger for what cannot be undone


@dataclass(frozen=True, slots=True)
class Question:
    """Asked only before what cannot be undone or leaves the laptop. Closing it answers `way_out`."""

    words: str
    detail: str
    choices: tuple[Choice, ...]
    way_out: str

    def __post_init__(self) -> None:
        """Refuse a question without a safe way out; it is a fault of the program, so ValueError."""
        if self.way_out not in {choice.key for choice in self.choices}:
            raise ValueError(f"way_out {self.way_out} is not one of the choices")


Answer = Callable[[str], None]


class Presenter(Protocol):
    """Where messages appear: the main window, or a test that answers."""

    def show_notice(self, notice: Notice) -> None:
        """Show it without taking the keyboard focus."""

    def show_question(self, question: Question, answer: Answer) -> None:
        """Show it by `open()`, never `exec()`, and call `answer` once with the chosen key."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """One step that can be taken back, named ("move to Planning")."""

    words: str
    undo: Callable[[], None]


class Messages(QObject):
    """Pages tell and ask here and never build a message box themselves."""

    undo_changed = Signal(str)  # the words of the step that Undo would take back; empty: none
    spoken = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._presenter: Presenter | None = None
        self._waiting: list[Notice] = []
        self._undo: deque[Undoable] = deque(maxlen=UNDO_STEPS)
        self._voice: QObject = self

    def show_on(self, presenter: Presenter, voice: QObject | None = None) -> None:
        """From now on messages appear there, first those told before there was a window."""
        self._presenter = presenter
        self._voice = voice if voice is not None else self
        waiting, self._waiting = self._waiting, []
        for notice in waiting:
            presenter.show_notice(notice)

    def notify(self, text: str, tone: Tone = Tone.INFO, action: NoticeAction | None = None) -> None:
        """Tell what has happened, in a sentence."""
        notice = Notice(text, tone, action)
        self.announce(text)
        if self._presenter is None:
            self._waiting.append(notice)
        else:
            self._presenter.show_notice(notice)

    def error(self, problem: Exception, action: NoticeAction | None = None) -> None:
        """Tell what went wrong and what to do, from the typed error's code; never the text of an exception."""
        self.notify(self.words_of(problem), Tone.ERROR, action)

    @staticmethod
    def words_of(problem: Exception) -> str:
        """The sentence for an error, for pages that show it beside the field."""
        return sentence(problem) if isinstance(problem, MdtError) else words("ui.unexpected")

    def done(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Tell that something was done; with `undo` the notice offers Undo for 8 s, and so does Ctrl+Z for long
        afterwards. `text` is in the past: "Moved to Planning"."""
        if undo is None:
            self.notify(text, Tone.GOOD)
            return
        self._undo.append(Undoable(text, undo))
        self.undo_changed.emit(text)
        self.notify(text, Tone.GOOD, NoticeAction(words("ui.undo"), self.undo_last))

    def undo_last(self) -> None:
        """Take the newest step back."""
        if self._undo:
            step = self._undo.pop()
            self.undo_changed.emit(self._undo[-1].words if self._undo else "")
            step.undo()
            self.announce(words("ui.undone", what=step.words))

    @property
    def can_undo(self) -> bool:
        """Is there a step to take back?"""
        return bool(self._undo)

    def forget_undo(self) -> None:
        """For locking and for changing the store: old steps no longer apply."""
        self._undo.clear()
        self.undo_changed.emit("")

    def ask(self, text: str, choices: Sequence[Choice], answer: Answer, *, way_out: str, detail: str = "") -> None:
        """Ask; `answer` is called later with a choice's key, `way_out` when the person closes the question.

        Raises ValueError for a way out that is no choice, RuntimeError before there is a window to ask in.
        """
        if self._presenter is None:
            raise RuntimeError("a question was asked before there is a window")
        self.announce(f"{text} {detail}".strip())
        self._presenter.show_question(Question(text, detail, tuple(choices), way_out), answer)

    def announce(self, text: str) -> None:
        """Speak to a screen reader without showing anything: "3 results"."""
        load("speech", "speak")(self._voice, text)
        self.spoken.emit(text)
