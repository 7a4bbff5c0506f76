"""The side sheets of the log: a new contact or a correction, an addendum, and that one was entered in error."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.case_notes import NoteKind, NoteNeedsReason, NoteNeedsWords
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.notes import LogEntry
from mdt_desktop.ui.case.contact_lines import heading
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet, chooser
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, sentence, words

_LINES = 7
_MOST_LINES = 16
_LONGEST = 20_000


class _WordsSheet(FormSheet):
    """A sheet with one field for words that Ctrl+Return records."""

    def __init__(self, case: CaseContext, title: str, verb: str, field: str, help_words: str = "") -> None:
        super().__init__(title, verb, case.host, self._save)
        self._case = case
        self.text = GrowingTextEdit(lines=_LINES, most_lines=_MOST_LINES)
        self.text.setObjectName("note_words")
        self.text_field = Field(field, self.text, help_words)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._save_by_key)
        self.save.setToolTip(QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText))

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(first or self.text)

    def _save_by_key(self) -> None:
        """As the button: not twice while it is being recorded."""
        if self.save.isEnabled():
            self._save()

    def _save(self) -> None:
        text = self.text.toPlainText().strip()
        problem = self._problem(text)
        self.text_field.show_error(problem)
        if not problem:
            command, done = self._command(text)
            self._case.save_sheet(self, command, done)

    def _problem(self, text: str) -> str:
        if not text:
            return sentence(NoteNeedsWords())
        return words("case.log.too_long", most=_LONGEST) if len(text) > _LONGEST else ""

    def _command(self, text: str) -> tuple[Callable[[], Changes], str]:
        """What records the words, and what is said when it is done."""
        raise NotImplementedError


class NoteSheet(_WordsSheet):
    """A new contact, or other words for one that stands: the kind first, so that one letter and Tab choose it."""

    key = "note"

    def __init__(self, case: CaseContext, view: CaseView, corrects: LogEntry | None = None) -> None:
        which = "correct" if corrects else "add"
        super().__init__(
            case, words(f"case.log.{which}_title"), words("case.log.save"), words("case.log.words"),
            words(f"case.log.{which}_help"),
        )  # fmt: skip
        self._view, self._corrects = view, corrects
        now = corrects.note.kind if corrects else NoteKind.TELEPHONE
        self.kind = chooser(words("case.log.kind"), [(it.value, label(it)) for it in NoteKind], now.value)
        self.kind.setObjectName("note_kind")
        self.add(Field(words("case.log.kind"), self.kind))
        self.add(self.text_field)
        if corrects is not None:
            self.key = f"note.{corrects.note.id}"
            self.text.setPlainText(corrects.note.words)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(first or (self.text if self._corrects else self.kind))

    def _command(self, text: str) -> tuple[Callable[[], Changes], str]:
        services, case_id, kind = self._case.services, self._view.case_id, NoteKind(str(self.kind.currentData()))
        replaces = self._corrects.note.id if self._corrects else None
        done = words("case.log.corrected" if self._corrects else "case.log.added")
        return lambda: services.notes.add(case_id, text, replaces, kind), done


class AddToSheet(_WordsSheet):
    """An addendum to a contact, which stays as it is."""

    def __init__(self, case: CaseContext, entry: LogEntry) -> None:
        super().__init__(
            case, words("case.log.add_to_title"), words("case.log.save"), words("case.log.add_to_words")
        )
        self.key, self._entry = f"add_to.{entry.note.id}", entry
        _show(self, entry)
        self.add(self.text_field)

    def _command(self, text: str) -> tuple[Callable[[], Changes], str]:
        services, note_id = self._case.services, self._entry.note.id
        return lambda: services.notes.add_to(note_id, text), words("case.log.added_to")


class WithdrawSheet(_WordsSheet):
    """Marks a contact as entered in error, with the reason."""

    def __init__(self, case: CaseContext, entry: LogEntry) -> None:
        super().__init__(
            case, words("case.log.withdraw_title"), words("case.log.withdraw_save"),
            words("case.log.withdraw_reason"), words("case.log.withdraw_help"),
        )  # fmt: skip
        self.key, self._entry = f"withdraw.{entry.note.id}", entry
        _show(self, entry)
        self.add(self.text_field)

    def _problem(self, text: str) -> str:
        return super()._problem(text) if text else sentence(NoteNeedsReason())

    def _command(self, text: str) -> tuple[Callable[[], Changes], str]:
        services, note_id = self._case.services, self._entry.note.id
        return lambda: services.notes.withdraw(note_id, text), words("case.log.withdrawn")


def _show(sheet: FormSheet, entry: LogEntry) -> None:
    """The contact that it is about."""
    sheet.add(words_label(heading(entry), "muted", wraps=True))
    sheet.add(words_label(entry.note.words, wraps=True, selectable=True))
