"""The preview of a meeting's papers: for which organisation, owner or person, then as for every paper."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QComboBox, QWidget

from mdt_desktop.domain.meeting_papers import (
    NEEDS_CHOICE,
    REASONS,
    WITHOUT_NAMES,
    MeetingPaperKind,
    MeetingPaperPurpose,
    MeetingPaperReason,
    PaperWanted,
)
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.forms.form_sheet import Field
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import AskFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.paper_preview import PaperPreview
from mdt_desktop.ui.paper_printer import AskPrinter, ask_system, paper_printer
from mdt_desktop.ui.reason_panel import ReasonPanel, pages_words
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services
    from mdt_desktop.services.meeting_papers import Choice, MeetingPaperContents

_FOR_ONE = NEEDS_CHOICE | {MeetingPaperKind.ACTION_SHEETS}


def meeting_printer() -> QPrinter:
    """A printer for a paper of a meeting; the job's name says nothing about anybody."""
    return paper_printer(words("meeting_printing.document"))


class MeetingWhyPanel(ReasonPanel[MeetingPaperReason, MeetingPaperPurpose]):
    """What leaves with a paper of a meeting, and why."""

    def __init__(self, kind: MeetingPaperKind) -> None:
        key = "why_help_letter" if kind is MeetingPaperKind.LETTER else "why_help"
        super().__init__(REASONS[kind], MeetingPaperReason.OTHER, MeetingPaperPurpose, words(f"meeting_printing.{key}"))

    def show_contents(self, contents: "MeetingPaperContents") -> None:
        """Say who is on the paper, how long it is, and what to look at before it leaves."""
        about = f"{label(contents.kind)} · {pages_words(contents.pages)}"
        names = contents.people if len(contents.people) > 1 and contents.kind not in WITHOUT_NAMES else ()
        self.tell(_people(contents), about, contents.notes, names, contents.hints)
        for reason, radio in self.radios.items():
            radio.setEnabled(reason not in contents.barred)
            if reason in contents.barred and radio.isChecked():
                self.choose_none()


def _people(contents: "MeetingPaperContents") -> str:
    count = len(contents.people)
    if not count:
        return words("meeting_printing.nobody")
    if contents.kind in WITHOUT_NAMES:
        return words("meeting_printing.initials_one" if count == 1 else "meeting_printing.initials", people=count)
    if count == 1:
        return words("meeting_printing.one_person", name=contents.people[0])
    return words("meeting_printing.people", people=count)


class MeetingPaperPreview(PaperPreview):
    """One paper of a meeting as it would leave.

    What is made for one organisation, owner or person offers them to choose from; `of` is who is chosen first (an
    organisation's id, an owner's key, an agenda item's id). `printed` and `saved` come when a copy has left.
    """

    why: MeetingWhyPanel
    chooser: QComboBox | None = None

    def __init__(
        self,
        services: "Services",
        operations: Operations,
        messages: Messages,
        meeting_id: str,
        kind: MeetingPaperKind,
        parent: QWidget,
        *,
        of: str = "",
        printer: Callable[[], QPrinter] = meeting_printer,
        ask_printer: AskPrinter = ask_system,
        ask_path: AskFile = ask_new_file,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__(
            lambda: services.meeting_papers,
            operations,
            messages,
            PaperWanted(meeting_id, kind, of),
            parent,
            MeetingWhyPanel(kind),
            words("meeting_printing.title", kind=label(kind)),
            save_title=words("meeting_printing.save_title"),
            printer=printer,
            ask_printer=ask_printer,
            ask_path=ask_path,
            drafts=drafts,
            draft_key=f"{kind.value}:{meeting_id}",
        )
        self.setObjectName("meeting_paper_preview")
        self._services, self._kind = services, kind
        if kind in _FOR_ONE:
            operations.run_query(
                lambda: services.meeting_papers.choices(meeting_id, kind),
                self._on_choices,
                partial(self._on_load_failed, self.subject),
                owner=self,
            )
        else:
            self._load()

    def show_contents(self, contents: "MeetingPaperContents") -> None:
        self.why.show_contents(contents)

    def offers_password(self, contents: "MeetingPaperContents") -> bool:
        return contents.offers_password

    def _on_choices(self, choices: "tuple[Choice, ...]") -> None:
        if not choices:
            self._say_none()
            return
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        if self._kind not in NEEDS_CHOICE:
            box.addItem(words("meeting_printing.everybody"), "")
        for choice in choices:
            box.addItem(choice.name, choice.id)
        chosen = box.findData(self.subject.of)
        box.setCurrentIndex(max(chosen, 0))
        self.chooser = box
        self.why.put_first(Field(words(f"meeting_printing.for.{self._kind.value}"), box))
        box.currentIndexChanged.connect(self._on_chosen)
        self._on_chosen()

    def _on_chosen(self) -> None:
        """Make the paper of whoever is chosen; until it is there, nothing can leave."""
        if self.chooser is None:
            return
        self.subject = replace(self.subject, of=str(self.chooser.currentData()))
        self.forget()
        self._load()

    def _enable(self, on: bool) -> None:
        super()._enable(on)
        if self.chooser is not None:
            # While a copy is on its way it stays what it is; while a paper is being made another can be chosen.
            self.chooser.setEnabled(on or self._made is None)

    def _say_none(self) -> None:
        why = words("meeting_printing.nothing", why=words(f"meeting_printing.none.{self._kind.value}"))
        state = EmptyState(why, icon="documents")
        state.setObjectName("nothing_to_print")
        self.show_instead(state)
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)
