"""What is being typed: the line opened with what belongs to it, a draft while half typed, recorded, taken back."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.allocation import OverrideNeedsReason
from mdt_desktop.domain.meeting import ChangeNeedsReason, Outcome
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.ui.cockpit.composer import WITH_OWNER, Composer, Entry, Mode, decision_kinds
from mdt_desktop.ui.cockpit.owner_line import Owner
from mdt_desktop.ui.cockpit.recording import UNDOABLE, WORDS, owners, record, seen_of
from mdt_desktop.ui.cockpit.view import CockpitView, PersonInTheRoom
from mdt_desktop.ui.drafting import Drafting, DraftPlace, DraftShelf
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import label, words

WHY_NOT_KNOWN = ("could_not_say", "not_asked", "declined_to_say", "died")
_CHANGES_SHOWN = 60
_BEFORE = "before"


class Entries(QObject):
    """One entry at a time. `recorded` tells what was recorded and, where something waits for it, the outcome."""

    opened = Signal()
    closed = Signal()
    recorded = Signal(object, object)  # Mode, Outcome or None

    def __init__(
        self, services: Services, operations: Operations, messages: Messages, composer: Composer, drafts: DraftShelf
    ) -> None:
        super().__init__(composer)
        self._services, self._operations, self._messages = services, operations, messages
        self._composer, self._drafts = composer, drafts
        self._view: CockpitView | None = None
        self._everybody: Sequence[PractitionerSummary] = ()
        self.drafting = Drafting(drafts, composer, self._content, self._put_back, self._start_again)
        composer.show_draft_line(self.drafting.line)
        self._person: PersonInTheRoom | None = None
        self._decision_id = ""
        self._waiting: Outcome | None = None
        self._recording = False
        self._begun_with = ""
        self._seen: dict[str, str] = {}
        composer.submitted.connect(self._on_submitted)
        composer.left.connect(self.close)
        composer.typed.connect(lambda _: self.drafting.typed())

    def show_view(self, view: CockpitView, everybody: Sequence[PractitionerSummary]) -> None:
        """The meeting as it stands now."""
        self._view, self._everybody = view, everybody

    def forget(self) -> None:
        """Another meeting comes."""
        self.drafting.end()
        self._view = self._person = None
        self._decision_id, self._waiting = "", None

    def begin(self, mode: Mode, waiting: Outcome | None = None, decision_id: str = "") -> None:
        """Open the line for the person who is discussed; with `waiting` they are finished once this is recorded."""
        view = self._view
        if view is None or view.person is None:
            return
        person = self._person = view.person
        self._waiting, self._decision_id = waiting, decision_id
        self.drafting.end()
        start = _start(mode, person)
        self._begun_with, self._seen = start.text, seen_of(mode, person)
        self._composer.begin(
            start,
            view.today,
            choices=_choices(mode, person),
            changes=_changes(person) if mode is Mode.DECISION else (),
            owners=self._owners(mode, view, person),
            help_words=words("cockpit.help.then_finish") if waiting is not None else "",
        )
        self.drafting.begin(_draft_place(mode, person))
        self.opened.emit()

    def place(self) -> dict[str, object]:
        """What brings the line back as it is: what is typed, for which decision, what waits; empty where it is shut."""
        if self.drafting.place is None:
            return {}
        waiting = self._waiting.value if self._waiting is not None else ""
        return {"line": self._composer.mode.value, "decision": self._decision_id, "then": waiting}

    def resume(self, place: Mapping[str, object]) -> None:
        """Open the line where somebody was stopped in mid-sentence, unless those words are no longer there."""
        try:
            mode, then = Mode(str(place.get("line", ""))), str(place.get("then", ""))
            waiting = Outcome(then) if then else None
        except ValueError:
            return  # the place is of another version of the program
        person = self._view.person if self._view is not None else None
        if person is not None and self._drafts.find(_draft_place(mode, person)) is not None:
            self.begin(mode, waiting, str(place.get("decision", "")))

    def close(self) -> None:
        """Close the line; what was typed in it stays for the next time."""
        self._waiting, self._decision_id = None, ""
        self.drafting.end()
        self.closed.emit()

    def _owners(self, mode: Mode, view: CockpitView, person: PersonInTheRoom) -> list[Owner]:
        if mode not in WITH_OWNER:
            return []
        return owners(view.room, person, self._everybody, only_here=mode in (Mode.LEAD, Mode.PARK))

    def _start_again(self) -> None:
        """What was half-typed is thrown away: the line shows what it begins with."""
        if self._person is not None:
            mode = self._composer.mode
            self._seen = seen_of(mode, self._person)
            self._composer.show_entry(_start(mode, self._person))

    def _content(self) -> dict[str, object]:
        """What stands in the line, and with other words than it began with what the agenda said under them: by the time
        a draft is recorded somebody else may have written there."""
        content, column = self._composer.content(), WORDS.get(self._composer.mode, "")
        is_typed = content["text"] != self._begun_with
        return {**content, _BEFORE: self._seen.get(column) if is_typed else None}

    def _put_back(self, content: dict[str, object]) -> None:
        before, column = content.get(_BEFORE), WORDS.get(self._composer.mode, "")
        if isinstance(before, str) and column in self._seen:
            self._seen[column] = before
        self._composer.put_back(content)

    def _on_submitted(self, entry: Entry) -> None:
        person = self._person
        if person is None or self._recording:
            return
        if not entry.text and entry.mode in (Mode.NOTE, Mode.ACTION) and entry.owner is None:
            self.close()  # nothing more is to be written
            return
        self._recording = True
        decision_id, services, seen = self._decision_id, self._services, dict(self._seen)

        def on_done(changes: Changes) -> None:
            self._recording = False
            self.drafting.finish()
            self._tell(entry, changes)
            waiting = self._waiting
            self._waiting, self._decision_id = None, ""
            if entry.mode is Mode.DECISION:
                self.begin(Mode.ACTION, decision_id=changes.made)
            else:
                self.closed.emit()
            self.recorded.emit(entry.mode, waiting)

        def on_error(problem: Exception) -> None:
            self._recording = False
            self._composer.show_problem(self._messages.words_of(problem))
            if isinstance(problem, OverrideNeedsReason | ChangeNeedsReason):
                self._composer.show_reason(needed=True)
                self._composer.reason.setFocus()

        self._operations.run_command(
            lambda: record(services, person, entry, decision_id or None, seen), self._composer, on_done, on_error
        )

    def _tell(self, entry: Entry, changes: Changes) -> None:
        done = words(f"cockpit.done.{entry.mode.value}")
        take_back: Callable[[], None] | None = None
        if entry.mode in UNDOABLE and changes.made:
            take_back = self._undo(changes.made)
        self._messages.done(done, take_back, quietly=True)

    def _undo(self, record_id: str) -> Callable[[], None]:
        room = self._services.meeting_room

        def undo() -> None:
            self._operations.run_command(lambda: room.take_back(record_id), None)

        return undo


def _draft_place(mode: Mode, person: PersonInTheRoom) -> DraftPlace:
    return DraftPlace("cockpit", f"{mode.value}:{person.item.id}", person.item.person_id)


def _start(mode: Mode, person: PersonInTheRoom) -> Entry:
    """What stands in the line before anything is typed."""
    item = person.item
    if mode is Mode.PERSONS_VIEW:
        return Entry(mode, item.persons_view or person.earlier_words)
    if mode is Mode.CARERS_VIEW:
        return Entry(mode, item.carers_view)
    if mode is Mode.QUESTION:
        return Entry(mode, item.question)
    if mode is Mode.CHALLENGE:
        return Entry(mode, item.challenge_answer)
    if mode is Mode.LEAD and person.proposal is not None:
        practitioner = person.proposal.practitioner
        return Entry(mode, owner=Owner(practitioner.name, "", practitioner.id))
    if mode is Mode.REFUSE and person.discussion.tasks:
        return Entry(mode, choice=person.discussion.tasks[-1].id)
    return Entry(mode)


def _choices(mode: Mode, person: PersonInTheRoom) -> list[tuple[str, str]]:
    if mode is Mode.DECISION:
        return decision_kinds()
    if mode is Mode.PERSONS_VIEW:
        known = ("", words("cockpit.view_known"))
        return [known, *((key, label(f"cockpit.view_why_not.{key}")) for key in WHY_NOT_KNOWN)]
    if mode is Mode.REFUSE:
        return [(it.id, _short(words("cockpit.task", what=it.what, who=it.owner))) for it in person.discussion.tasks]
    return []


def _changes(person: PersonInTheRoom) -> list[tuple[str, str]]:
    own = [it for it in person.discussion.decisions if not it.changed]
    return [(it.id, _short(it.words)) for it in (*own, *person.discussion.in_force)]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CHANGES_SHOWN else f"{line[: _CHANGES_SHOWN - 1]}…"

