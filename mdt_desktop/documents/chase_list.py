"""The chase list on paper: by organisation, what is still missing to discuss somebody well."""

from dataclasses import dataclass
from datetime import datetime

from reportlab.platypus import Flowable

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents.layout import PageFrame, build
from mdt_desktop.documents.styles import TEXT_WIDTH, colours, styles
from mdt_desktop.documents.text import paragraph
from mdt_desktop.words import words

_SHARES = (0.24, 0.26, 0.5)


@dataclass(frozen=True, slots=True)
class ChasePaper:
    """What stands on it: a section for each organisation, with rows of who is asked, about whom, for what."""

    meeting: str
    groups: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    printed_by: str
    printed_at: datetime
    issuer: str = ""
    demo: bool = False


def render(paper: ChasePaper) -> bytes:
    """The list as a PDF in memory."""
    title = words("meetings.chase.title")
    marks = ((words("paper.mark.demo"), colours().caution),) if paper.demo else ()
    frame = PageFrame(
        title=title, author=paper.issuer, name=paper.meeting, nhs_number="", version="",
        printed_by=paper.printed_by, printed_at=paper.printed_at, marks=marks,
    )  # fmt: skip
    head = (words("meetings.chase.who"), words("meetings.chase.about"), words("meetings.chase.missing"))
    widths = [TEXT_WIDTH * share for share in _SHARES]
    story: list[Flowable] = [paragraph(styles().name, title), *blocks.body(paper.meeting)]
    for organisation, rows in paper.groups:
        story += [*blocks.section(organisation), blocks.data_table(head, rows, widths)]
    return build(frame, story)
