"""The agenda and the chase list on paper: who is discussed when, why, what the question is, and what is missing."""

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import meeting_blocks as parts
from mdt_desktop.documents import page_one
from mdt_desktop.documents.layout import build
from mdt_desktop.documents.meeting_paper import AgendaLine, AgendaPaper, ChasePaper
from mdt_desktop.documents.styles import colours, styles
from mdt_desktop.documents.text import Run, paragraph
from mdt_desktop.domain.dates import long_date
from mdt_desktop.words import words

_COLUMNS = (0.15, 0.33, 0.52)


def render_agenda(paper: AgendaPaper) -> bytes:
    """The agenda as a PDF in memory; no text makes it fail."""
    title = words("meeting_paper.agenda")
    status = words("meeting_paper.initials_only") if paper.initials_only else ""
    story: list[Flowable] = [
        *parts.masthead(paper.head, title, status),
        *blocks.key_values([(words("meeting_paper.purpose"), paper.purpose)]),
        *_to_discuss(paper),
        *_to_note(paper.to_note),
        *_expected(paper),
        *parts.this_copy(paper.head, paper),
    ]
    return build(parts.frame(paper.head, title), story)


def _to_discuss(paper: AgendaPaper) -> list[Flowable]:
    title = blocks.section(words("meeting_paper.to_discuss"))
    if not paper.to_discuss:
        return [*title, *parts.muted(words("meeting_paper.nobody_to_discuss"))]
    head = [words(f"meeting_paper.agenda.{column}") for column in ("when", "who", "why")]
    lines = (*paper.before, *paper.to_discuss, *paper.after)
    rows = [[_time(line), _who(line), _why(line)] for line in lines]
    return [*title, blocks.data_table(head, rows, page_one.shares(*_COLUMNS))]


def _time(line: AgendaLine) -> list[Flowable]:
    look = styles()
    made: list[Flowable] = [paragraph(look.strong, line.at)]
    return [*made, *parts.muted(words("meeting_paper.minutes", minutes=line.minutes) if line.minutes else "")]


def _who(line: AgendaLine) -> list[Flowable]:
    look = styles()
    made: list[Flowable] = [paragraph(look.strong, line.who)]
    if not line.is_person:
        return made
    made += parts.muted(line.identity)
    lead = words("meeting_paper.lead", name=line.lead) if line.lead else words("meeting_paper.no_lead")
    return [*made, *parts.muted(lead)]


def _why(line: AgendaLine) -> list[Flowable]:
    look, tint = styles(), colours()
    made: list[Flowable] = []
    if line.question:
        made.append(paragraph(look.body, line.question))
    reasons = list(line.reasons)
    if line.rolled_over > 1:
        reasons.append(words("meeting_paper.rolled_over_times", times=line.rolled_over))
    if reasons:
        made.append(paragraph(look.muted, "  ·  ".join(reasons)))
    if line.missing:
        missing = Run(words("meeting_paper.missing", parts=", ".join(line.missing)), "", tint.caution)
        made.append(paragraph(look.body, missing))
    return made or [paragraph(look.body, "")]


def _to_note(lines: tuple[AgendaLine, ...]) -> list[Flowable]:
    if not lines:
        return []
    head = [words(f"meeting_paper.agenda.{column}") for column in ("who", "why")]
    rows = [[_who(line), _why(line)] for line in lines]
    made = blocks.section(words("meeting_paper.to_note"))
    return [*made, blocks.data_table(head, rows, page_one.shares(0.4, 0.6))]


def _expected(paper: AgendaPaper) -> list[Flowable]:
    pairs = [
        *parts.in_a_row(words("attendance_state.apologies"), paper.apologies),
        (words("meeting_paper.quorum"), paper.quorum),
    ]
    return parts.attendees(words("meeting_paper.expected"), paper.expected, pairs)


def render_chase_list(paper: ChasePaper) -> bytes:
    """What is missing before the meeting, by organisation, as a PDF in memory."""
    title = words("meeting_paper.chase_list")
    meeting = paper.head.meeting
    status = f"{long_date(meeting.day)}, {meeting.starts_at}"
    # No more at its head than this: the list is to fit on one page.
    story: list[Flowable] = [*page_one.masthead(title, status, meeting.name, "")]
    intro = words("meeting_paper.chase_intro", ready=paper.ready, of=paper.of)
    story.append(paragraph(styles().body, f"{intro} {words('meeting_paper.chase_answer')}"))
    story += _chased(paper)
    story += parts.this_copy(paper.head, paper)
    return build(parts.frame(paper.head, words("meeting_paper_kind.chase_list")), story)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _chased(paper: ChasePaper) -> list[Flowable]:
    """One table, in which each organisation has a row of its own above the people it is asked about."""
    look = styles()
    rows: list[list[blocks.TableCell]] = []
    bands: list[blocks.Command] = []
    for block in paper.blocks:
        title = block.organisation or words("meeting_paper.chase_nobody")
        rows.append([[paragraph(look.strong, title)], "", ""])
        place = len(rows)  # the header is row 0
        bands += [
            ("SPAN", (0, place), (-1, place)),
            ("BACKGROUND", (0, place), (-1, place), HexColor(colours().sunken)),
        ]
        rows += [[it.who, _sentence(", ".join(it.missing)), it.ask] for it in block.lines]
    if not rows:
        return []
    head = [words(f"meeting_paper.chase.{column}") for column in ("who", "missing", "ask")]
    return [Spacer(0, 10), blocks.data_table(head, rows, page_one.shares(0.18, 0.55, 0.27), *bands)]
