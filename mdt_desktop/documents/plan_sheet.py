"""The planning sheet: the joint care plan as a form to fill in by hand with the person, where nothing is agreed yet."""

from dataclasses import dataclass
from datetime import datetime

from reportlab.platypus import Flowable, PageBreak, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import handwriting, page_one
from mdt_desktop.documents.care_plan_paper import CrisisContact, LeadBlock, PersonBlock
from mdt_desktop.documents.layout import PageFrame, build
from mdt_desktop.documents.styles import TEXT_WIDTH, colours, styles
from mdt_desktop.documents.text import has_unprintable, paragraph
from mdt_desktop.domain.care_plan import ABOUT_ME, IMPORTANCE
from mdt_desktop.words import words

_ABOUT_LINES = {"wellness": 3}
_OTHER_ABOUT_LINES = 2
_HELP = ("important_people", "communication", "wellness")
_NEEDS = 2
_ACTIONS = 3


@dataclass(frozen=True, slots=True)
class PlanSheetPaper:
    """What is known before there is a plan; the same value gives the same PDF. `printed_at` comes in local time."""

    person: PersonBlock
    printed_by: str
    printed_at: datetime
    printed_why: str = ""
    issuer: str = ""
    alerts: tuple[str, ...] = ()
    what_matters: str = ""
    lead: LeadBlock | None = None
    crisis_contacts: tuple[CrisisContact, ...] = ()
    demo: bool = False


def render(paper: PlanSheetPaper) -> bytes:
    """The planning sheet as a PDF in memory; no text makes it fail."""
    return build(_page_frame(paper), [*_page_one(paper), *_about_me(), *_needs(), *_last_page(paper)])


def _page_frame(paper: PlanSheetPaper) -> PageFrame:
    marks = ((words("paper.mark.demo"), colours().caution),) if paper.demo else ()
    return PageFrame(
        title=words("paper.sheet.file_title", name=paper.person.name),
        author=paper.issuer,
        name=paper.person.name,
        nhs_number=page_one.nhs_number(paper.person),
        version="",  # the mark on each page says what it is
        printed_by=paper.printed_by,
        printed_at=paper.printed_at,
        marks=(*marks, (words("paper.mark.sheet"), colours().alarm)),
    )


def _page_one(paper: PlanSheetPaper) -> list[Flowable]:
    """As page one of the plan, with what is known; lines where nothing is."""
    person = paper.person
    known = page_one.what_matters(paper.what_matters) if paper.what_matters.strip() else []
    asked = [*blocks.section(words("paper.what_matters")), handwriting.RuledLines(4, 28)]
    matters = [*known, handwriting.RuledLines(2)] if known else asked
    numbers = [*_lead(paper), *page_one.crisis(_crisis_contacts(paper))]
    return [
        *page_one.masthead(words("paper.sheet.title"), words("paper.sheet.status"), person.name, person.preferred_name),
        *_facts(person),
        *([] if person.preferred_name else [handwriting.fields([words("paper.sheet.preferred_name")], [TEXT_WIDTH])]),
        Spacer(0, 8),
        *page_one.alerts(paper.alerts),
        Spacer(0, 4),
        paragraph(styles().muted, words("paper.sheet.intro")),
        *([*numbers, *matters] if page_one.fills_the_page(paper.what_matters) else [*matters, *numbers]),
    ]


def _facts(person: PersonBlock) -> list[Flowable]:
    """What is known of the person, each label over its value, or over a line to write it on."""
    look = styles()
    cells: list[blocks.Cell] = [
        [paragraph(look.label, label), paragraph(look.strong, value) if value else handwriting.RuledLines(1)]
        for label, value in page_one.facts(person)
    ]
    return [
        blocks.table(
            [cells[:3], cells[3:]],
            [TEXT_WIDTH / 3] * 3,
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ("RIGHTPADDING", (0, 0), (-1, -1), 12),
        )
    ]


def _lead(paper: PlanSheetPaper) -> list[Flowable]:
    if paper.lead is not None:
        return page_one.lead(paper.lead)
    person, look = paper.person, styles()
    key = "paper.sheet.lead_until_nobody"
    if person.practice:
        key = "paper.sheet.lead_until" if person.practice_telephone else "paper.sheet.lead_until_practice"
    until = words(key, practice=person.practice, telephone=person.practice_telephone)
    names = [words(f"paper.{label}") for label in ("sheet.lead_name", "sheet.lead_job", "telephone")]
    room = TEXT_WIDTH - 2 * 10 - blocks.BAR
    return page_one.no_lead(
        [
            paragraph(look.lead, words("paper.sheet.lead_to_be_agreed")),
            handwriting.fields(names, [room * 0.34, room * 0.36, room * 0.3]),
            Spacer(0, 2),
            paragraph(look.body, until),
        ]
    )


def _crisis_contacts(paper: PlanSheetPaper) -> tuple[CrisisContact, ...]:
    """Those on file, and the practice, which everybody has."""
    person = paper.person
    if not person.practice_telephone:
        return paper.crisis_contacts
    practice = CrisisContact(
        person.practice or words("paper.practice"), person.practice_telephone, words("paper.sheet.practice_for")
    )
    return (*paper.crisis_contacts, practice)


def _about_me() -> list[Flowable]:
    made: list[Flowable] = [PageBreak(), *blocks.section(words("paper.about"))]
    for part in ABOUT_ME[1:]:  # the first, what is most important, stands on page one
        help_text = words(f"paper.sheet.help.{part}") if part in _HELP else ""
        lines = _ABOUT_LINES.get(part, _OTHER_ABOUT_LINES)
        made += handwriting.question(words(f"paper.about.{part}"), help_text, lines)
    labels = [words(f"paper.sheet.{name}") for name in ("written_on", "written_with")]
    return [*made, Spacer(0, 4), handwriting.fields(labels, page_one.shares(0.4, 0.6))]


def _needs() -> list[Flowable]:
    """Strengths, then needs with a goal, its importance, and actions."""
    made: list[Flowable] = [PageBreak(), *blocks.section(words("paper.strengths")), handwriting.RuledLines(1)]
    made += blocks.section(words("paper.needs"))
    head = [words(f"paper.action.{column}") for column in ("what", "who", "when")]
    for number in range(1, _NEEDS + 1):
        made += [
            *handwriting.question(f"{number}.  {words('paper.sheet.need')}", "", 1),
            Spacer(0, 6),
            paragraph(styles().strong, words("paper.sheet.goal")),
            handwriting.RuledLines(1),
            Spacer(0, 6),
            paragraph(styles().muted, words("paper.sheet.importance")),
            handwriting.scale(IMPORTANCE),
            handwriting.empty_table(head, page_one.shares(0.5, 0.27, 0.23), _ACTIONS, 20),
        ]
    return [*made, Spacer(0, 4), paragraph(styles().muted, words("paper.sheet.more"))]


def _last_page(paper: PlanSheetPaper) -> list[Flowable]:
    """What should happen if things change, other plans, who agreed, and when it is looked at again."""
    contingency = [words(f"paper.contingency.{column}") for column in ("trigger", "what", "who")]
    plans = [words(f"paper.plans.{column}") for column in ("name", "kept_by", "dated")]
    agreed = [words("paper.sheet.agreed")] + [
        words(f"paper.sheet.agreed.{column}") for column in ("name", "signature", "date")
    ]
    who = [words(f"paper.sheet.agreed_{side}") for side in ("me", "professional")]
    review = [words(f"paper.review.{part}") for part in ("date", "who")]
    made: list[Flowable] = [
        PageBreak(),
        *blocks.section(words("paper.contingency")),
        handwriting.empty_table(contingency, page_one.shares(0.3, 0.4, 0.3), 3, 46),
        *blocks.section(words("paper.sheet.plans")),
        handwriting.empty_table(plans, page_one.shares(0.44, 0.34, 0.22), 2, 24),
        *blocks.section(words("paper.agreed")),
        handwriting.named_rows(agreed, who, page_one.shares(0.26, 0.28, 0.28, 0.18), 36),
        *blocks.section(words("paper.review")),
        handwriting.fields(review, page_one.shares(0.4, 0.6)),
        Spacer(0, 10),
    ]
    texts = (paper.person.name, paper.person.address, paper.what_matters, *paper.alerts)
    if paper.printed_why:
        made.append(paragraph(styles().muted, words("paper.sheet.why", why=paper.printed_why)))
    if any(has_unprintable(text) for text in texts):
        made.append(blocks.labelled(words("paper.copy.boxes"), words("paper.copy.boxes_why")))
    return made
