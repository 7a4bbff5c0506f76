"""Care plan papers for the tests, of invented people, and ways to read a PDF."""

import base64
import dataclasses
import re
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

import pypdfium2

from mdt_desktop.documents.care_plan_paper import (
    AboutMe,
    ActionLine,
    AgreementLine,
    CarePlanPaper,
    ContingencyBlock,
    CrisisContact,
    GoalBlock,
    LeadBlock,
    NeedBlock,
    OtherPlanLine,
    PersonBlock,
    SupporterLine,
)
from mdt_desktop.documents.plan_sheet import PlanSheetPaper
from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus, IStatementDomain, PlanStatus

Paper = TypeVar("Paper", CarePlanPaper, PlanSheetPaper)
PRINTED_AT = datetime(2026, 3, 14, 14, 32, tzinfo=UTC)
NHS_NUMBER = "9434765919"


def an_action(what: str = "Fit a rail at the front door") -> ActionLine:
    return ActionLine(what, "Tom Mockford", date(2026, 4, 10), "", ActionStatus.IN_PROGRESS, 7)


def a_goal(*actions: ActionLine) -> GoalBlock:
    return GoalBlock(
        "I want to walk to the mosque on Fridays.",
        9,
        IStatementDomain.QUALITY_OF_LIFE,
        GoalStatus.ACTIVE,
        actions or (an_action(),),
    )


def a_small_paper() -> CarePlanPaper:
    return CarePlanPaper(
        person=PersonBlock("Mr Evan Exampler"),
        version=1,
        status=PlanStatus.AGREED,
        printed_by="Sam Specimen",
        printed_at=PRINTED_AT,
    )


def a_full_paper() -> CarePlanPaper:
    """Every field filled, every section there."""
    return CarePlanPaper(
        person=PersonBlock(
            name="Mrs Rahima Sampleton",
            nhs_number=NHS_NUMBER,
            born=date(1940, 8, 14),
            preferred_name="Rahima",
            gender="Female",
            address="12 Invented Street\nExampleton\nZZ1 1ZZ",
            telephone="020 7946 0011",
            language="Bengali",
            practice="Example Street Surgery",
            practice_telephone="020 7946 0100",
        ),
        version=3,
        status=PlanStatus.AGREED,
        printed_by="Sam Specimen, care navigator",
        printed_at=PRINTED_AT,
        printed_why="For Mrs Sampleton to keep at home",
        issuer="Exampleton Locality Team",
        alerts=("Lives alone", "Key safe"),
        what_matters="I want to cook for my grandchildren on Sundays.",
        lead=LeadBlock(
            "Nia Placeholder",
            "District nurse",
            "Exampleton Nursing",
            "020 7946 0123",
            "nia@example.invalid",
            "Weekdays",
        ),
        crisis_contacts=(CrisisContact("Urgent response", "020 7946 0155", "If I have fallen"),),
        about_me=AboutMe(
            important_people="My son Farid.",
            communication="Sit where I can see you.",
            wellness="Good days and bad days.",
            please_do="Please do knock.",
            support="Help me wash on Tuesdays.",
            also_worth_knowing="I taught for thirty years.",
            written_with="Sam Specimen",
            written_on=date(2026, 3, 2),
        ),
        strengths=("My family comes every Sunday.",),
        needs=(NeedBlock("Getting out", "I have fallen twice.", (a_goal(),)),),
        contingency=(
            ContingencyBlock("Farid is ill", "Ask for extra visits", "Adult social care", "No carer", "Tired"),
        ),
        supporters=(SupporterLine("June Madeup", "Neighbour", "020 7946 0012", "Exampleton Friends"),),
        other_plans=(
            OtherPlanLine("Falls plan", "Rehab team", date(2025, 12, 12)),
            OtherPlanLine("Advance statement", "At home", date(2024, 6, 1), replaced=False),
        ),
        agreed_with=(AgreementLine("Mrs Rahima Sampleton", "Herself", date(2026, 3, 12)),),
        agreed_on=date(2026, 3, 12),
        sharing="My GP and the hospital may see this plan.",
        review_due=date(2026, 9, 12),
        reviewer="Nia Placeholder",
        withheld=("Mental health",),
    )


def a_bare_sheet() -> PlanSheetPaper:
    """What a risk file alone tells of somebody."""
    return PlanSheetPaper(
        person=PersonBlock("Mr Evan Exampler", practice="Example Street Surgery", practice_telephone="020 7946 0100"),
        printed_by="Sam Specimen, Care navigator",
        printed_at=PRINTED_AT,
        printed_why="For the person themselves",
    )


def a_full_sheet() -> PlanSheetPaper:
    """Everything known that can be before there is a plan."""
    return dataclasses.replace(
        a_bare_sheet(),
        person=a_full_paper().person,
        issuer="Exampleton Locality Team",
        alerts=("Lives alone",),
        what_matters="I want to cook for my grandchildren on Sundays.",
        lead=LeadBlock("Nia Placeholder", "District nurse", "Exampleton Nursing", "020 7946 0123"),
        crisis_contacts=(CrisisContact("June Madeup", "020 7946 0012", "Neighbour"),),
    )


def texts_in(paper: object) -> list[str]:
    """All texts of a paper, however deep, in their order."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _with_text(paper, note)
    return found


def with_every_text(paper: Paper, text: str) -> Paper:
    """The paper with each of its texts replaced by the same one."""
    return with_texts(paper, [text] * len(texts_in(paper)))


def with_texts(paper: Paper, texts: Sequence[str]) -> Paper:
    """The paper with its texts replaced by others, in the order of `texts_in`."""
    given = iter(texts)
    changed = _with_text(paper, lambda _: next(given))
    assert type(changed) is type(paper)
    return changed


def _with_text(value: object, change: Callable[[str], str]) -> object:
    if type(value) is str:
        return change(value)
    if isinstance(value, tuple):
        return tuple(_with_text(part, change) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: _with_text(getattr(value, part.name), change) for part in dataclasses.fields(value)}
        return dataclasses.replace(value, **parts)
    return value


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page as PDFium reads it, with all white space as single spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    finally:
        document.close()
    return [" ".join(text.split()) for text in texts]


def whole_text(pdf: bytes) -> str:
    """The text of all pages."""
    return " ".join(page_texts(pdf))


def font_sizes(pdf: bytes) -> set[float]:
    """Every size that any content stream sets, in points."""
    sizes: set[float] = set()
    # Each stream by itself: font files, which are not text, stand before the first page.
    for raw in re.findall(rb"(?<!end)stream\r?\n(.*?)\r?\n?endstream", pdf, re.DOTALL):
        try:
            content = zlib.decompress(base64.a85decode(b"<~" + raw, adobe=True))
        except (ValueError, zlib.error):
            continue
        sizes |= {float(size) for size in re.findall(rb"/F\S+ ([\d.]+) Tf", content)}
    return sizes
