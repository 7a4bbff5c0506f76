"""Turns what a meeting decided about a person into the letter to them, and says what to look at before it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from mdt_desktop.documents.meeting_paper import LetterPaper
from mdt_desktop.domain.dates import long_date
from mdt_desktop.domain.meeting_papers import PaperWanted, told_in_letter
from mdt_desktop.domain.people import FlagKind, name_for_the_person
from mdt_desktop.domain.plain_language import EASY_UP_TO, explained, reading_age, short_forms
from mdt_desktop.services.access import Access
from mdt_desktop.services.meeting_closing import MeetingClosing, Minutes
from mdt_desktop.services.meeting_paper_parts import HiddenNames, head_of, others_hidden
from mdt_desktop.services.meeting_paper_people import OnPaper
from mdt_desktop.store.queries import agenda_items, allocations, cases, consents, directory, meeting_papers
from mdt_desktop.store.queries.agenda_items import DecisionSummary, ItemSummary
from mdt_desktop.store.queries.cases import PersonSummary
from mdt_desktop.store.queries.directory import PractitionerSummary
from mdt_desktop.store.queries.tasks import TaskSummary
from mdt_desktop.words import label, vocabulary, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_PLAIN = "letter.plain."
_ENGLISH = frozenset({"", "english"})
_THE_PERSON = frozenset({"the person", "them", "themselves"})
_NOTES = {
    FlagKind.INTERPRETER: "interpreter",
    FlagKind.SIGHT: "sight",
    FlagKind.DO_NOT_CONTACT: "do_not_contact",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter, and in words what whoever sends it must know and what is good to know."""

    paper: LetterPaper
    notes: tuple[str, ...]
    hints: tuple[str, ...]


def letter_of(access: Access, wanted: PaperWanted, on: OnPaper, printed_at: datetime, why: str) -> Letter:
    """The letter about the one item of the paper."""
    connection, item = access.database.reader, on.items[0]
    found = MeetingClosing(access).minutes(wanted.meeting_id)
    person = cases.person(connection, item.person_id)
    kept = meeting_papers.practitioner_names(connection)
    hide = others_hidden(connection, wanted.meeting_id, frozenset({person.id}), kept, words("letter.another_person"))
    plain = _Plain(hide)
    told = [it for it in found.decisions if it.item_id == item.id and not it.changed]
    withheld = {it.id for it in told if not told_in_letter(it.kind)}
    told = [it for it in told if it.id not in withheld]
    steps = [it for it in found.tasks if it.item_id == item.id and it.status != "refused"]
    steps = [it for it in steps if it.decision_id not in withheld]
    lead = _lead(connection, item)
    actor = access.actor
    # What corrects a part that is not told of would tell of it.
    added = [it.words for it in found.addenda if it.item_id == item.id]
    corrections = [] if withheld else added
    paper = LetterPaper(
        head=head_of(access, found.meeting, wanted, printed_at, why),
        name=name_for_the_person(person.family_name, person.given_names, person.title),
        nhs_number=person.nhs_number,
        address="\n".join(part for part in (person.address, person.postcode) if part),
        greeting=_greeting(person),
        from_place=tuple(part for part in (actor.organisation, found.meeting.locality_name) if part),
        persons_view=hide(item.persons_view),
        view_missing="" if item.persons_view else words("letter.view_missing"),
        decided=tuple(plain(_decision(it)) for it in told if it.is_agreed),
        nothing="" if told or steps else words("letter.nothing_new" if withheld else "letter.no_change"),
        talked_about=tuple(plain(_decision(it)) for it in told if not it.is_agreed),
        next_steps=tuple(_step(connection, it, plain) for it in steps),
        present=_present(connection, found, item),
        call_name=lead.name if lead else person.practice_name,
        call_job=", ".join(part for part in (label(lead.role), lead.works_for) if part) if lead else "",
        call_telephone=(lead.telephone if lead else "") or person.practice_telephone,
        call_is_lead=lead is not None,
        corrections=tuple(plain(text) for text in corrections),
        next_time=words("letter.next_time", day=long_date(item.parked_until)) if item.parked_until else "",
        signed_by=actor.name,
        signed_job=", ".join(part for part in (label(actor.role), actor.organisation) if part),
    )
    notes = _notes(access, connection, person, paper, len(withheld))
    if len(corrections) < len(added):
        notes.append(words("letter.note.corrections"))
    too_hard, hints = _easy_to_read(_typed(paper))
    return Letter(paper, (*notes, *too_hard), tuple(hints))


class _Plain:
    """Sentences for the person: others' names hidden, short forms written out, an end put to each."""

    def __init__(self, hide: HiddenNames) -> None:
        self._hide = hide

    def __call__(self, text: str) -> str:
        said = explained(self._hide(text), _glossary()).strip()
        if not said:
            return ""
        said = said[0].upper() + said[1:]
        return said if said[-1] in ".!?…" else f"{said}."


@cache
def _glossary() -> Mapping[str, str]:
    """Short forms of the field and what they mean to somebody else."""
    found = {key.removeprefix(_PLAIN): text for key, text in vocabulary().labels.items() if key.startswith(_PLAIN)}
    return {form: text for key, text in found.items() for form in {key.upper(), _as_plural(key)}}


def _as_plural(key: str) -> str:
    return f"{key[:-1].upper()}s" if key.endswith("s") and len(key) > 2 else key.upper()


def _greeting(person: PersonSummary) -> str:
    """`Mrs Example`; without a title the name in full, for one does not guess one."""
    if person.title.strip(". "):
        return f"{person.title.strip()} {person.family_name}"
    return name_for_the_person(person.family_name, person.given_names)


def _decision(decision: DecisionSummary) -> str:
    if decision.changes_id is None or not decision.change_reason:
        return decision.words
    said = decision.words if decision.words.rstrip()[-1:] in ".!?" else f"{decision.words.rstrip()}."
    return words("letter.because", words=said, reason=decision.change_reason)


def _step(connection: "Connection", task: TaskSummary, plain: _Plain) -> tuple[str, str]:
    """Who does it, with their job, and what by when."""
    what = plain(task.what)
    if task.due is not None:
        what = words("letter.step", what=what, day=long_date(task.due))
    if task.owner_id is None:
        is_person = task.owner.strip().casefold() in _THE_PERSON
        return words("letter.you") if is_person else task.owner, what
    owner = directory.practitioner(connection, task.owner_id)
    return f"{owner.name} ({_small(label(owner.role))})", what


def _small(text: str) -> str:
    return text if text[:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def _present(connection: "Connection", found: Minutes, item: ItemSummary) -> tuple[str, ...]:
    """Who was there when the person was talked about, each with their job."""
    ids = agenda_items.present_at(connection, item.id)
    return tuple(
        words("letter.present_line", name=it.name, job=_small(label(it.role)))
        for it in found.attendance
        if it.practitioner_id in ids
    )


def _lead(connection: "Connection", item: ItemSummary) -> PractitionerSummary | None:
    lead = allocations.lead(connection, item.case_id)
    return directory.practitioner(connection, lead.practitioner_id) if lead else None


def _notes(
    access: Access, connection: "Connection", person: PersonSummary, paper: LetterPaper, withheld: int
) -> list[str]:
    """What to look at before the letter is sent."""
    flags = {it.kind for it in cases.flags(connection, person.id, access.today())}
    notes = [words(f"letter.note.{name}") for kind, name in _NOTES.items() if kind in flags]
    if person.language.strip().casefold() not in _ENGLISH and FlagKind.INTERPRETER not in flags:
        notes.append(words("letter.note.language", language=person.language))
    if withheld:
        key = "letter.note.safeguarding_one" if withheld == 1 else "letter.note.safeguarding"
        notes.append(words(key, count=withheld))
    if not consents.in_force(connection, person.id).may_share:
        notes.append(words("letter.note.no_basis"))
    return notes


def _typed(paper: LetterPaper) -> list[str]:
    """What the meeting wrote; the letter's own sentences are plain already."""
    return [*paper.decided, *paper.talked_about, *(what for _, what in paper.next_steps), *paper.corrections]


def _easy_to_read(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """What makes the letter hard to read, and what is good to know of it."""
    text = "\n".join(texts)
    forms = short_forms(text)
    notes = [words("letter.note.short_forms", forms=", ".join(forms))] if forms else []
    age = reading_age(text)
    if age is None:
        return notes, []
    if age > EASY_UP_TO:
        return [*notes, words("letter.note.reading_age_high", age=age)], []
    return notes, [words("letter.note.reading_age", age=age)]
