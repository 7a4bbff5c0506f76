"""The minutes on paper, whole or for one organisation: who was there, and what was decided and agreed about each."""

import dataclasses
from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import meeting_blocks as parts
from mdt_desktop.documents import page_one
from mdt_desktop.documents.layout import build
from mdt_desktop.documents.meeting_paper import CaseBlock, DecisionLine, MinutesPaper, TaskLine
from mdt_desktop.documents.styles import TEXT_WIDTH, styles
from mdt_desktop.documents.text import paragraph
from mdt_desktop.words import words

_AGREED = (0.46, 0.28, 0.26)
_SHORT = 800
_A_LINE = 40
"""Characters that a line end is counted as: about as much as a line of the narrowest column holds twice."""
_TASK_WIDTH = TEXT_WIDTH * _AGREED[0] - 14 - 18
"""The first column without its padding and the arrow."""


def render_minutes(paper: MinutesPaper) -> bytes:
    """The minutes as a PDF in memory; no text makes it fail."""
    title = words("meeting_paper.minutes_title")
    story: list[Flowable] = [
        *parts.masthead(paper.head, title, paper.status),
        *_for_whom(paper.organisation),
        *_attendance(paper),
        *_cases(paper),
        *_noted(paper.noted),
        *_rolls_over(paper.rolls_over),
        *_meeting_itself(paper),
        *_sealed(paper),
        *_addenda(paper.addenda),
        *parts.this_copy(paper.head, paper),
    ]
    return build(parts.frame(paper.head, title), story)


def _for_whom(organisation: str) -> list[Flowable]:
    if not organisation:
        return []
    return [blocks.labelled(words("meeting_paper.for"), organisation),
            *parts.muted(words("meeting_paper.for_why")), Spacer(0, 4)]  # fmt: skip


def _attendance(paper: MinutesPaper) -> list[Flowable]:
    pairs = [
        *parts.in_a_row(words("attendance_state.apologies"), paper.apologies),
        *parts.in_a_row(words("attendance_state.absent"), paper.absent),
        (words("meeting_paper.quorum"), paper.quorum),
    ]
    return parts.attendees(words("meeting_paper.present"), paper.present, pairs)


def _cases(paper: MinutesPaper) -> list[Flowable]:
    title = blocks.section(words("meeting_paper.discussed"), room=230)
    if not paper.cases:
        return [*title, *parts.muted(words("meeting_paper.nobody_discussed"))]
    made = title
    for number, case in enumerate(paper.cases, start=1):
        made += _case(number, case)
    return made


def _case(number: int, case: CaseBlock) -> list[Flowable]:
    identity = "  ·  ".join(part for part in (case.identity, case.outcome) if part)
    made = [*blocks.subsection(f"{number}.  {case.name}", room=150), *parts.muted(identity), Spacer(0, 6)]
    if case.persons_view:
        made += [*blocks.quote(case.persons_view, styles().long_quote), Spacer(0, 6)]
    made += blocks.key_values(case.facts)
    made += _texts(words("meeting_paper.notes"), case.notes)
    made += _agreed(case)
    made += _texts(words("meeting_paper.added_later"), case.addenda)
    return [*made, Spacer(0, 10)]


def _texts(label: str, texts: Sequence[str]) -> list[Flowable]:
    if not texts:
        return []
    return [CondPageBreak(60), Spacer(0, 8), paragraph(styles().strong, label), Spacer(0, 3), *blocks.bullets(texts)]


def _agreed(case: CaseBlock) -> list[Flowable]:
    """Each decision with the actions that carry it out under it, then the other actions (DOMAIN C3.1, 16)."""
    rows: list[list[blocks.TableCell]] = []
    together: list[blocks.Command] = []
    for line in case.decisions:
        rows.append([_decision(line), (line.kind, line.recorded), ""])
        if line.tasks and _is_short(line):
            # A decision does not stand at the foot of a page with its first action on the next.
            together.append(("NOSPLIT", (0, len(rows)), (-1, len(rows) + 1)))
        rows += [_task(task) for task in line.tasks]
    rows += [_task(task) for task in case.tasks]
    if not rows:
        return []
    head = [words(f"meeting_paper.task.{column}") for column in ("agreed", "who", "due")]
    return [Spacer(0, 8), blocks.data_table(head, rows, page_one.shares(*_AGREED), *together)]


def _is_short(line: DecisionLine) -> bool:
    """Whether a decision and its first action surely fit on one page: what does not would be moved for ever."""
    said = [*parts.texts(dataclasses.replace(line, tasks=line.tasks[:1]))]
    return sum(len(text) + _A_LINE * text.count("\n") for text in said) <= _SHORT


def _decision(line: DecisionLine) -> list[Flowable]:
    look = styles()
    return [paragraph(look.strong, line.words), *(paragraph(look.muted, note) for note in line.notes if note)]


def _task(task: TaskLine) -> list[blocks.TableCell]:
    look = styles()
    what = blocks.table([[paragraph(look.muted, "→"), paragraph(look.body, task.what)]], (18, _TASK_WIDTH))
    return [
        [what, *parts.muted(task.note)],
        (task.who, task.organisation),
        task.due or words("meeting_paper.no_day"),
    ]


def tasks(lines: Sequence[TaskLine]) -> list[Flowable]:
    """A table of actions that are about nobody: what, who and by when."""
    if not lines:
        return []
    head = [words(f"meeting_paper.task.{column}") for column in ("what", "who", "due")]
    return [Spacer(0, 8), blocks.data_table(head, [_task(it) for it in lines], page_one.shares(*_AGREED))]


def _noted(cases: tuple[CaseBlock, ...]) -> list[Flowable]:
    if not cases:
        return []
    head = (words("meeting_paper.agenda.who"), words("meeting_paper.noted"))
    rows = [((it.name, it.identity), "\n".join((*it.notes, *it.addenda)) or it.outcome) for it in cases]
    made = blocks.section(words("meeting_paper.noted_only"))
    return [*made, blocks.data_table(head, rows, page_one.shares(0.42, 0.58))]


def _rolls_over(lines: tuple[tuple[str, str], ...]) -> list[Flowable]:
    if not lines:
        return []
    head = (words("meeting_paper.agenda.who"), words("meeting_paper.rolls_over.why"))
    made = blocks.section(words("meeting_paper.rolls_over"))
    return [*made, blocks.data_table(head, lines, page_one.shares(0.5, 0.5))]


def _meeting_itself(paper: MinutesPaper) -> list[Flowable]:
    made = [*blocks.bullets(paper.notes), *tasks(paper.improvements)]
    next_day = page_one.day(paper.head.meeting.next_day)
    made += blocks.key_values([(words("meeting_paper.next_meeting"), next_day)])
    return [*blocks.section(words("meeting_paper.the_meeting"), room=90), *made] if made else []


def _addenda(texts: tuple[str, ...]) -> list[Flowable]:
    if not texts:
        return []
    return [*blocks.section(words("meeting_paper.added_later"), room=90), *blocks.bullets(texts)]


def _sealed(paper: MinutesPaper) -> list[Flowable]:
    return [Spacer(0, 12), paragraph(styles().strong, paper.sealed)] if paper.sealed else []
