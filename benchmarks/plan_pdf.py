"""A plan's PDF from a paper in memory, against the bare ReportLab calls that draw the same words."""

import io
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Any

import pypdfium2
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table

from mdt_desktop.documents import care_plan, fonts
from mdt_desktop.documents.care_plan_paper import CarePlanPaper, GoalBlock
from mdt_desktop.documents.styles import MARGIN, TEXT_WIDTH
from mdt_desktop.domain.care_plan import ABOUT_ME
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.printing import Printing
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import a_case, a_rich_draft

GOAL = 1.3
TIMES = 25
# As objects: ReportLab reads a colour's text anew each time it draws, which would make the floor too high.
_INK, _ACCENT, _RULE, _FILL = map(HexColor, ("#17212B", "#0B5A9E", "#B9C4CE", "#DFEBF6"))


def a_paper(folder: Path) -> CarePlanPaper:
    """A plan with 6 needs, 12 goals and 30 actions, read from a store."""
    with a_case(DataFolder(folder).create(), FrozenClock()) as case:
        printing = Printing(case.program.access)
        now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        return printing.paper(a_rich_draft(case), now, Purpose(PrintReason.FOR_THE_MEETING))


def _style(size: float, leading: float, face: str = fonts.REGULAR, colour: Color | None = None) -> ParagraphStyle:
    return ParagraphStyle("bare", fontName=face, fontSize=size, leading=leading, textColor=colour or _INK)


BODY, STRONG = _style(12, 16.5), _style(12, 16.5, fonts.SEMIBOLD)
SECTION, SUBSECTION = _style(18, 24, fonts.SEMIBOLD, _ACCENT), _style(15, 20, fonts.SEMIBOLD)
NAME, GOAL_WORDS = _style(24, 30, fonts.SEMIBOLD), _style(13, 19, fonts.ITALIC)


def _p(style: ParagraphStyle, text: str) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _grid(rows: list[list[Flowable]], widths: list[float], head: bool = True) -> Table:
    table = Table(rows, colWidths=widths, repeatRows=int(head), hAlign="LEFT")
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ("LEFTPADDING", (0, 0), (-1, -1), 7),
        ("LINEBELOW", (0, 0), (-1, -1), 0.75, _RULE),
        ("FONT", (0, 0), (-1, -1), fonts.REGULAR, 12),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), _FILL))
    table.setStyle(style)
    return table


def _goal(goal: GoalBlock) -> Iterator[Flowable]:
    yield _grid(
        [[_p(GOAL_WORDS, f"“{goal.words}”")], [_p(BODY, "Importance to me, domain, status")]], [TEXT_WIDTH], False
    )
    rows: list[list[Flowable]] = [[_p(STRONG, word) for word in ("What", "Who", "When", "How it is going")]]
    for action in goal.actions:
        when = action.when or str(action.due or "")
        progress = [_p(BODY, str(action.status)), _p(BODY, f"Confidence {action.confidence}/10")]
        rows.append([_p(BODY, action.what), _p(BODY, action.who), _p(BODY, when), progress])  # type: ignore[list-item]  # cells may be lists
    yield _grid(rows, [TEXT_WIDTH * share for share in (0.35, 0.22, 0.2, 0.23)])
    yield Spacer(0, 14)


def _story(paper: CarePlanPaper) -> Iterator[Flowable]:
    person = paper.person
    yield _p(NAME, person.name)
    facts = [person.nhs_number, str(person.born), person.telephone, person.address, person.practice, person.language]
    cells: list[Flowable] = [_p(STRONG, text) for text in facts]
    yield _grid([cells[:3], cells[3:]], [TEXT_WIDTH / 3] * 3, False)
    yield _p(BODY, " · ".join(paper.alerts))
    yield _p(SECTION, "What matters most to me")
    yield _p(_style(18, 25), paper.what_matters)
    if paper.lead:
        yield _grid(
            [[_p(SUBSECTION, paper.lead.name), _p(SUBSECTION, paper.lead.telephone)]], [TEXT_WIDTH / 2] * 2, False
        )
    crisis: list[list[Flowable]] = [
        [_p(STRONG, f"{it.name}\n{it.what_for}"), _p(SUBSECTION, it.telephone)] for it in paper.crisis_contacts
    ]
    yield _grid(crisis, [TEXT_WIDTH * 0.6, TEXT_WIDTH * 0.4], False)
    yield _p(SECTION, "If things change")
    for plan in paper.contingency:
        pairs = (("If", plan.trigger), ("What should happen", plan.what_should_happen), ("Who", plan.who_to_contact))
        yield _grid([[_p(BODY, label), _p(BODY, text)] for label, text in pairs], [150, TEXT_WIDTH - 150], False)
    yield _p(SECTION, "About me")
    for part in ABOUT_ME[1:]:
        yield _p(SUBSECTION, part)
        yield _p(BODY, str(getattr(paper.about_me, part)))
    yield _p(SECTION, "People who support me")
    people: list[list[Flowable]] = [[_p(STRONG, word) for word in ("Name", "Who they are", "Telephone")]]
    people += [[_p(BODY, it.name), _p(BODY, it.relation), _p(BODY, it.telephone)] for it in paper.supporters]
    yield _grid(people, [TEXT_WIDTH / 3] * 3)
    yield _p(SECTION, "Strengths")
    for text in paper.strengths:
        yield _p(BODY, text)
    yield _p(SECTION, "What we will do together")
    for need in paper.needs:
        yield _p(SUBSECTION, need.title)
        yield _p(BODY, need.detail)
        for goal in need.goals:
            yield from _goal(goal)
    yield _p(SECTION, "Other plans")
    yield _grid([[_p(BODY, it.name), _p(BODY, it.kept_by)] for it in paper.other_plans], [TEXT_WIDTH / 2] * 2, False)
    yield _p(SECTION, "Who may see this plan")
    yield _p(BODY, paper.sharing)
    yield _p(SECTION, "Looking at this plan again")
    yield _p(BODY, f"{paper.review_due} {paper.reviewer}")
    yield _p(BODY, f"{paper.printed_by} {paper.printed_why}")


def bare(paper: CarePlanPaper) -> bytes:
    """The same words in the same faces and sizes, with a footer and nothing else done about them."""
    target = io.BytesIO()

    def foot(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont(fonts.REGULAR, 12)
        for row, text in enumerate((paper.person.name, paper.printed_by, f"Page {document.page}")):
            canvas.drawString(MARGIN, MARGIN + row * 16, text)

    document = BaseDocTemplate(target, pagesize=A4, initialFontName=fonts.REGULAR, initialFontSize=12)
    frame = Frame(MARGIN, MARGIN + 60, TEXT_WIDTH, A4[1] - 2 * MARGIN - 60, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("page", [frame], onPage=foot)])
    document.build(list(_story(paper)))
    return target.getvalue()


def _words_in(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    finally:
        document.close()
    return "".join("".join(texts).split())


def _texts(value: object) -> Iterator[str]:
    if type(value) is str:
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _texts(getattr(value, part.name))


def missing_words(paper: CarePlanPaper, pdf: bytes) -> list[str]:
    """Texts of needs, goals and actions that are not on the pages: both must draw them all."""
    found = _words_in(pdf)
    return [text for text in _texts(paper.needs) if "".join(text.split()) not in found and len(text) < 40]


def main() -> int:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory(prefix="mdt-plan-pdf-") as folder:
        paper = a_paper(Path(folder) / "data")
    whole, floor = care_plan.render(paper), bare(paper)  # both warm: fonts are read once a run
    pages = [len(pypdfium2.PdfDocument(pdf)) for pdf in (whole, floor)]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(TIMES):
        # In turns, so that a busy machine slows both.
        for work, times in ((care_plan.render, ours), (bare, theirs)):
            start = perf_counter()
            work(paper)
            times.append((perf_counter() - start) * 1000)
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    verdict = "within" if ratio <= GOAL else "OVER"
    print(
        f"{'plan PDF: 6 needs, 12 goals, 30 actions':44} {statistics.median(ours):8.1f} ms"
        f"  floor {statistics.median(theirs):7.1f} ms  ratio {ratio:5.2f}  goal {GOAL:4.1f}  {verdict}"
    )
    print(
        f"  pages {pages[0]} and {pages[1]}, texts missing {missing_words(paper, whole)} {missing_words(paper, floor)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
