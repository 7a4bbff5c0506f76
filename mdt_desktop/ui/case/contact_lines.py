"""What is read of the log of a case: lines, what a search finds, and one contact whole: plain functions, no widget."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.names import folded
from mdt_desktop.services.notes import LogEntry
from mdt_desktop.words import label, words


def when(at: datetime) -> str:
    """`14-Aug-2026 09:12`, where the laptop is."""
    here = at.astimezone()
    return f"{cui_date(here.date())} {cui_time(here)}"


def role_of(entry: LogEntry) -> str:
    """As what somebody wrote; empty where it came from elsewhere without."""
    return label(entry.written_as) if entry.written_as is not None else ""


def one_line(entry: LogEntry) -> str:
    """What the list shows of a contact: its words without breaks, and of one entered in error only why it was."""
    if entry.withdrawn is not None:
        return words("case.log.in_error", reason=" ".join(entry.withdrawn.words.split()))
    said = " ".join(entry.note.words.split())
    for note in entry.added:
        said = words("case.log.with_added", words=said, added=" ".join(note.words.split()))
    return said


def spoken(entry: LogEntry) -> str:
    """The line for a screen reader."""
    return words("case.log.spoken", kind=label(entry.note.kind), at=when(entry.at), by=entry.by, words=one_line(entry))


def heading(entry: LogEntry) -> str:
    """When, by whom and as what."""
    role = role_of(entry)
    key = "case.log.said" if role else "case.log.said_plain"
    return words(key, at=when(entry.at), by=entry.by, role=role)


def more(entry: LogEntry) -> tuple[str, ...]:
    """What came after the first words: that it was entered in error, corrections, what was added, what it said."""
    told = []
    if entry.withdrawn is not None:
        note = entry.withdrawn
        told.append(
            words("case.log.part_withdrawn", at=when(note.written_at), by=note.written_by, reason=note.words)
        )
    if entry.before:
        told.append(words("case.log.part_corrected", at=when(entry.note.written_at), by=entry.note.written_by))
    told += [
        words("case.log.part_added", at=when(it.written_at), by=it.written_by, words=it.words) for it in entry.added
    ]
    versions = (*entry.before, entry.note)
    told += [
        words("case.log.part_before", at=when(versions[place + 1].written_at), words=it.words)
        for place, it in reversed(list(enumerate(entry.before)))
    ]
    return tuple(told)


def found(entries: Iterable[LogEntry], search: str) -> Sequence[LogEntry]:
    """Those in which each word of the search begins a word: of what was said, of who, of the kind or the role."""
    wanted = folded(search).split()
    if not wanted:
        return tuple(entries)
    return tuple(entry for entry in entries if all(any(it.startswith(word) for it in _words(entry)) for word in wanted))


def _words(entry: LogEntry) -> list[str]:
    notes = (entry.note, *entry.before, *entry.added, *((entry.withdrawn,) if entry.withdrawn else ()))
    said = " ".join(f"{it.words} {it.written_by}" for it in notes)
    return folded(f"{said} {label(entry.note.kind)} {role_of(entry)} {when(entry.at)}").split()
