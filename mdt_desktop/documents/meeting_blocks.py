"""What the papers of a meeting have in common: the page, the head, who was there, and why this copy was made."""

import dataclasses
from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import page_one
from mdt_desktop.documents.layout import PageFrame
from mdt_desktop.documents.meeting_paper import AttendeeLine, PaperHead
from mdt_desktop.documents.styles import colours, styles
from mdt_desktop.documents.text import has_unprintable, paragraph
from mdt_desktop.domain.dates import long_date
from mdt_desktop.words import label, words

_COLUMNS = ("name", "job", "organisation", "how")
_PRESENT = (0.27, 0.23, 0.34, 0.16)
_EXPECTED = (0.3, 0.27, 0.43)


def frame(head: PaperHead, title: str, *, name: str = "", nhs_number: str = "", foot: str = "") -> PageFrame:
    """Every page of a paper: the meeting's name and day at its foot, or the person's where it is about one."""
    look = colours()
    marks: list[tuple[str, str]] = []
    if head.demo:
        marks.append((words("paper.mark.demo"), look.caution))
    if head.mark is not None:
        marks.append((label(head.mark), look.alarm))
    day = long_date(head.meeting.day)
    return PageFrame(
        title=words("meeting_paper.file_title", title=title, day=day),
        author=head.issuer,
        name=name or f"{head.meeting.name}, {day}",
        nhs_number=nhs_number,
        version=title,
        printed_by=head.printed_by,
        printed_at=head.printed_at,
        marks=tuple(marks),
        subject=words("meeting_paper.subject"),
        foot=foot or words("meeting_paper.foot" if head.names_people else "meeting_paper.foot_initials"),
    )


def masthead(head: PaperHead, title: str, status: str = "") -> list[Flowable]:
    """What paper this is, how it stands, and of which meeting; then when, where, and who chairs."""
    meeting = head.meeting
    when = words(
        "meeting_paper.when", day=long_date(meeting.day), time=meeting.starts_at, minutes=meeting.length_minutes
    )
    facts = [
        (words("meeting_paper.day"), f"{long_date(meeting.day)}\n{meeting.held}" if meeting.held else when),
        (words("meeting_paper.place"), "\n".join(part for part in (meeting.place, meeting.link) if part)),
        (words("meeting_paper.chair"), meeting.chair),
    ]
    return [*page_one.masthead(title, status, meeting.name, ""), *blocks.facts_grid(facts)]


def attendees(title: str, people: Sequence[AttendeeLine], pairs: Sequence[tuple[str, str]]) -> list[Flowable]:
    """A table of who was there, or is expected; `pairs` of label and text, such as the quorum, stand above it.

    Beneath it they would come alone onto a page of their own where the table fills one.
    """
    above = blocks.key_values(list(pairs))
    made = [*blocks.section(title), *above] if people or above else []
    if not people:
        return made
    with_notes = any(it.note for it in people)
    head = [words(f"meeting_paper.attendees.{column}") for column in _COLUMNS[: 3 + with_notes]]
    rows: list[list[blocks.TableCell]] = [
        [it.name, it.job, it.organisation, *([it.note] if with_notes else [])] for it in people
    ]
    widths = page_one.shares(*(_PRESENT if with_notes else _EXPECTED))
    return [*made, *([Spacer(0, 8)] if above else []), blocks.data_table(head, rows, widths)]


def in_a_row(label: str, people: Sequence[AttendeeLine]) -> list[tuple[str, str]]:
    """Label and names, each with their organisation, for those of whom there is no more to say."""
    named = [" – ".join(part for part in (it.name, it.organisation or it.job) if part) for it in people]
    return [(label, "\n".join(named))] if named else []


def this_copy(head: PaperHead, paper: object) -> list[Flowable]:
    """Why this copy was made, and that something in it could not be printed, where it is so."""
    made: list[Flowable] = []
    if head.printed_why:
        made += muted(words("paper.sheet.why", why=head.printed_why.rstrip(".")))
    if any(has_unprintable(text) for text in texts(paper)):
        made.append(blocks.labelled(words("paper.copy.boxes"), words("paper.copy.boxes_why")))
    return [Spacer(0, 10), *made] if made else []


def muted(text: str) -> list[Flowable]:
    """A grey line; nothing for an empty text."""
    return [paragraph(styles().muted, text)] if text else []


def texts(value: object) -> Iterator[str]:
    """Every text in a paper, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
