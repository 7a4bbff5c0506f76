"""Who looked at a person's care plan, on paper that can be handed to them: by day, in plain English, in large type."""

from collections.abc import Iterator

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import page_one
from mdt_desktop.documents.layout import PageFrame, build
from mdt_desktop.documents.styles import colours, styles
from mdt_desktop.documents.text import paragraph
from mdt_desktop.documents.who_looked_paper import LookedDay, WhoLookedPaper, deed_words
from mdt_desktop.domain.dates import long_date
from mdt_desktop.words import words


def render(paper: WhoLookedPaper) -> bytes:
    """The list as a PDF in memory; the same paper gives the same bytes, and no text makes it fail."""
    person = paper.person
    story: list[Flowable] = [
        *page_one.masthead(words("paper.looked.title"), _period(paper), person.name, person.preferred_name),
        *blocks.body(words("paper.looked.about")),
        *blocks.body(words("paper.looked.ask", who=paper.ask) if paper.ask else ""),
    ]
    if not paper.days:
        story.append(paragraph(styles().muted, words("paper.looked.nobody")))
    for day in paper.days:
        story += list(_day(day))
    if paper.printed_why:
        story += [Spacer(0, 10), paragraph(styles().muted, words("paper.sheet.why", why=paper.printed_why))]
    return build(_frame(paper), story)


def _frame(paper: WhoLookedPaper) -> PageFrame:
    return PageFrame(
        title=words("paper.looked.file_title", name=paper.person.name),
        author=paper.issuer,
        name=paper.person.name,
        nhs_number=page_one.nhs_number(paper.person),
        version="",
        printed_by=paper.printed_by,
        printed_at=paper.printed_at,
        marks=((words("paper.mark.demo"), colours().caution),) if paper.demo else (),
    )


def _period(paper: WhoLookedPaper) -> str:
    if not paper.days:
        return ""
    last, first = paper.days[0].day, paper.days[-1].day
    if first == last:
        return long_date(last)
    return words("paper.looked.period", first=long_date(first), last=long_date(last))


def _day(day: LookedDay) -> Iterator[Flowable]:
    yield from blocks.section(long_date(day.day), room=90)
    for visitor in day.visitors:
        yield CondPageBreak(50)
        yield paragraph(styles().strong, visitor.who)
        yield from blocks.bullets([deed_words(deed) for deed in visitor.deeds])
        yield Spacer(0, 4)
