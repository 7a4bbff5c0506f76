"""The letter to a person after their meeting: what was decided, who was there, what happens next, whom to call."""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import meeting_blocks as parts
from mdt_desktop.documents import page_one
from mdt_desktop.documents.layout import build
from mdt_desktop.documents.meeting_paper import LetterPaper
from mdt_desktop.documents.styles import TEXT_WIDTH, colours, styles
from mdt_desktop.documents.text import paragraph
from mdt_desktop.domain.dates import long_date
from mdt_desktop.domain.people import spaced_nhs_number
from mdt_desktop.words import words

_WINDOW = 140.0
"""Points under the margin that the address may take: it stands in the window of a DL envelope (A4 folded twice)."""


def render_letter(paper: LetterPaper) -> bytes:
    """The letter as a PDF in memory; no text makes it fail."""
    title = words("meeting_paper.letter_title")
    number = spaced_nhs_number(paper.nhs_number).replace(" ", "\N{NO-BREAK SPACE}")
    story: list[Flowable] = [
        *_letterhead(paper, number),
        *_opening(paper),
        *_wants(paper),
        *_decided(paper),
        *_next_steps(paper),
        *_call(paper),
        *_present(paper),
        *_is_this_right(paper),
        *_closing(paper),
    ]
    story += parts.this_copy(paper.head, paper)
    foot = words("meeting_paper.foot_letter")
    return build(parts.frame(paper.head, title, name=paper.name, nhs_number=number, foot=foot), story)


def _letterhead(paper: LetterPaper, number: str) -> list[Flowable]:
    look = styles()
    to: list[Flowable] = [paragraph(look.body, "\n".join(part for part in (paper.name, paper.address) if part))]
    sender: list[Flowable] = [paragraph(look.right, line) for line in paper.from_place]
    sender.append(paragraph(look.right, long_date(paper.head.printed_at.date())))
    if number:
        sender.append(paragraph(look.right, f"{words('paper.nhs_number')} {number}"))
    top = blocks.table([[to, sender]], page_one.shares(0.55, 0.45), ("TOPPADDING", (0, 0), (0, 0), 29 * mm))
    _, height = top.wrap(TEXT_WIDTH, 1_000)
    return [top, Spacer(0, max(14.0, _WINDOW + 14 - height))]


def _opening(paper: LetterPaper) -> list[Flowable]:
    day = long_date(paper.head.meeting.day)
    return [
        paragraph(styles().letter, words("letter.dear", name=paper.greeting or paper.name)),
        paragraph(styles().letter, words("letter.opening", day=day)),
    ]


def _head(key: str, room: float = 90) -> list[Flowable]:
    return [CondPageBreak(room), paragraph(styles().letter_head, words(key))]


def _bullets(texts: Sequence[str]) -> list[Flowable]:
    look = styles()
    rows = [[paragraph(look.letter, "•"), paragraph(look.letter, text)] for text in texts if text.strip()]
    if not rows:
        return []
    return [blocks.table(rows, (16, TEXT_WIDTH - 16), ("BOTTOMPADDING", (0, 0), (-1, -1), 5))]


def _wants(paper: LetterPaper) -> list[Flowable]:
    if paper.persons_view:
        said = blocks.quote(paper.persons_view, styles().letter_quote)
        return [*_head("letter.you_told_us"), *said, Spacer(0, 6)]
    if paper.view_missing:
        return [*_head("letter.your_view"), paragraph(styles().letter, paper.view_missing)]
    return []


def _decided(paper: LetterPaper) -> list[Flowable]:
    made: list[Flowable] = []
    if paper.decided or paper.nothing:
        made += [*_head("letter.decided"), *_bullets(paper.decided)]
    if paper.nothing:
        made.append(paragraph(styles().letter, paper.nothing))
    if paper.talked_about:
        made += [*_head("letter.not_decided"), paragraph(styles().letter, words("letter.not_decided_why"))]
        made += _bullets(paper.talked_about)
    if paper.corrections:
        made += [*_head("letter.corrections"), *_bullets(paper.corrections)]
    return made


def _next_steps(paper: LetterPaper) -> list[Flowable]:
    if not paper.next_steps and not paper.next_time:
        return []
    steps = [f"{who}: {what}" if who else what for who, what in paper.next_steps]
    made = [*_head("letter.next"), *_bullets(steps)]
    return [*made, paragraph(styles().letter, paper.next_time)] if paper.next_time else made


def _call(paper: LetterPaper) -> list[Flowable]:
    look = styles()
    if not paper.call_name:
        return []
    key = "letter.call_lead" if paper.call_is_lead else "letter.call_practice"
    left: list[Flowable] = [paragraph(look.body, words(key)), paragraph(look.lead, paper.call_name)]
    left += [paragraph(look.body, paper.call_job)] if paper.call_job else []
    right: list[Flowable] = []
    if paper.call_telephone:
        right = [paragraph(look.label, words("paper.call")), paragraph(look.telephone, paper.call_telephone)]
    panel = blocks.panel(
        [[left, right]], page_one.shares(0.6, 0.4), colours().accent, colours().accent_soft,
        ("TOPPADDING", (0, 0), (-1, -1), 8), ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
    )  # fmt: skip
    urgent = paragraph(look.body, words("paper.crisis_always"))
    return [CondPageBreak(130), Spacer(0, 12), panel, Spacer(0, 6), urgent, Spacer(0, 4)]


def _present(paper: LetterPaper) -> list[Flowable]:
    return [*_head("letter.present"), *_bullets(paper.present)] if paper.present else []


def _is_this_right(paper: LetterPaper) -> list[Flowable]:
    return [*_head("letter.is_this_right"), paragraph(styles().letter, words("letter.is_this_right_how"))]


def _closing(paper: LetterPaper) -> list[Flowable]:
    signed = "\n".join(part for part in (paper.signed_by, paper.signed_job) if part)
    return [
        CondPageBreak(120), Spacer(0, 10), paragraph(styles().letter, words("letter.sincerely")), Spacer(0, 34),
        paragraph(styles().letter, signed),
    ]  # fmt: skip
