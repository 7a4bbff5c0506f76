"""The joint care plan on paper: page one says who, what matters, who leads and what to do in a crisis."""

import dataclasses
from collections.abc import Iterator

from reportlab.platypus import Flowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import page_one
from mdt_desktop.documents.care_plan_paper import (
    ActionLine,
    CarePlanPaper,
    ContingencyBlock,
    GoalBlock,
    NeedBlock,
)
from mdt_desktop.documents.layout import PageFrame, build
from mdt_desktop.documents.styles import colours, styles
from mdt_desktop.documents.text import has_unprintable, paragraph
from mdt_desktop.domain.care_plan import ABOUT_ME, PlanStatus
from mdt_desktop.domain.dates import long_date, long_date_and_time
from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.words import words


def render(paper: CarePlanPaper) -> bytes:
    """The joint care plan as a PDF in memory; the same paper gives the same bytes; no text makes it fail."""
    story = [
        *page_one.masthead(words("paper.title"), _status_line(paper), paper.person.name, paper.person.preferred_name),
        *blocks.facts_grid(page_one.facts(paper.person)),
        *page_one.not_whole(paper.withheld),
        *page_one.not_settled(paper.not_settled),
        *page_one.alerts(paper.alerts),
        *_page_one(paper),
        *_contingency(paper.contingency),
        *_about_me(paper),
        *_supporters(paper),
        *_strengths(paper),
        *_needs(paper),
        *_other_plans(paper),
        *_agreement(paper),
        *_this_copy(paper),
    ]
    return build(_page_frame(paper), story)


def _page_frame(paper: CarePlanPaper) -> PageFrame:
    look = colours()
    marks: list[tuple[str, str]] = []
    if paper.demo:
        marks.append((words("paper.mark.demo"), look.caution))
    if paper.status is not PlanStatus.AGREED:
        marks.append((words(f"paper.mark.{paper.status.value}"), look.alarm))
    return PageFrame(
        title=words("paper.file_title", name=paper.person.name),
        author=paper.issuer,
        name=paper.person.name,
        nhs_number=page_one.nhs_number(paper.person),
        version=words("paper.version", version=paper.version),
        printed_by=paper.printed_by,
        printed_at=paper.printed_at,
        marks=tuple(marks),
    )


def _status_line(paper: CarePlanPaper) -> str:
    parts = [words("paper.version", version=paper.version)]
    if paper.agreed_on:
        parts.append(words("paper.agreed_on", date=long_date(paper.agreed_on)))
    if paper.review_due:
        parts.append(words("paper.review_by", date=long_date(paper.review_due)))
    return "  ·  ".join(parts)


def _page_one(paper: CarePlanPaper) -> list[Flowable]:
    """What matters most, then lead and crisis; last where so many words would push the numbers off."""
    said = words("paper.left_out_here") if SharedPart.ABOUT_ME in paper.left_out else paper.what_matters
    matters = page_one.what_matters(said)
    numbers = [*_lead(paper), *page_one.crisis(paper.crisis_contacts)]
    return [*numbers, *matters] if page_one.fills_the_page(paper.what_matters) else [*matters, *numbers]


def _lead(paper: CarePlanPaper) -> list[Flowable]:
    if paper.lead is not None:
        return page_one.lead(paper.lead)
    person = paper.person
    key = "paper.lead_empty_practice" if person.practice_telephone else "paper.lead_empty"
    text = words(key, practice=person.practice, telephone=person.practice_telephone)
    return page_one.no_lead([paragraph(styles().body, text)])


def _contingency(plans: tuple[ContingencyBlock, ...]) -> list[Flowable]:
    made: list[Flowable] = []
    for plan in plans:
        rows = [
            (words("paper.contingency.trigger"), plan.trigger),
            (words("paper.contingency.early_signs"), plan.early_signs),
            (words("paper.contingency.what"), plan.what_should_happen),
            (words("paper.contingency.who"), plan.who_to_contact),
        ]
        if plan.name.strip():
            made += blocks.subsection(plan.name, room=110)
        made += [*blocks.key_values(rows), Spacer(0, 10)]
    return [*blocks.section(words("paper.contingency"), room=150), *made] if made else []


def _about_me(paper: CarePlanPaper) -> list[Flowable]:
    about, made = paper.about_me, list[Flowable]()
    for part in ABOUT_ME[1:]:  # the first, what is most important, stands on page one
        text = str(getattr(about, part))
        if text.strip():
            made += [*blocks.subsection(words(f"paper.about.{part}")), *blocks.body(text)]
    if not made:
        return []
    helped = words("paper.about.written_with", name=about.written_with) if about.written_with else ""
    written = words("paper.about.written_on", date=long_date(about.written_on)) if about.written_on else ""
    if helped or written:
        made += [
            Spacer(0, 6),
            paragraph(styles().muted, " ".join(part for part in (written, helped) if part)),
        ]
    return [*blocks.section(words("paper.about"), room=140), *made]


def _supporters(paper: CarePlanPaper) -> list[Flowable]:
    if not paper.supporters:
        return []
    rows = [(line.name, (line.relation, line.organisation), line.telephone) for line in paper.supporters]
    head = (words("paper.supporters.name"), words("paper.supporters.relation"), words("paper.telephone"))
    return [
        *blocks.section(words("paper.supporters")),
        blocks.data_table(head, rows, page_one.shares(0.36, 0.38, 0.26)),
    ]


def _strengths(paper: CarePlanPaper) -> list[Flowable]:
    made = blocks.bullets(paper.strengths)
    return [*blocks.section(words("paper.strengths"), room=80), *made] if made else []


def _needs(paper: CarePlanPaper) -> list[Flowable]:
    title = blocks.section(words("paper.needs"), room=230)
    if SharedPart.NEEDS in paper.left_out:
        return [*title, paragraph(styles().muted, words("paper.left_out_here"))]
    if not paper.needs:
        return [*title, paragraph(styles().muted, words("paper.needs_empty"))]
    made = title
    for number, need in enumerate(paper.needs, start=1):
        made += _need(number, need)
    return made


def _need(number: int, need: NeedBlock) -> list[Flowable]:
    made = blocks.subsection(f"{number}.  {need.title}", room=200 if need.goals else 60)
    made += blocks.body(need.detail)
    for goal in need.goals:
        made += _goal(goal)
    if not need.goals:
        made.append(paragraph(styles().muted, words("paper.goals_empty")))
    return made


def _goal(goal: GoalBlock) -> list[Flowable]:
    notes = [
        words("paper.importance", number=goal.importance) if goal.importance else "",
        words(f"paper.i_statement.{goal.i_statement.value}") if goal.i_statement else "",
        words(f"paper.goal_status.{goal.status.value}") if goal.status else "",
    ]
    head = tuple(words(f"paper.action.{column}") for column in ("what", "who", "when", "progress"))
    rows = [_action(action) for action in goal.actions]
    table = [blocks.data_table(head, rows, page_one.shares(0.35, 0.22, 0.2, 0.23))] if rows else []
    return blocks.goal_block(goal.words, notes, table)


def _action(action: ActionLine) -> tuple[str, str, str, tuple[str, str]]:
    status = words(f"paper.action_status.{action.status.value}") if action.status else ""
    confidence = words("paper.confidence", number=action.confidence) if action.confidence else ""
    return action.what, action.who, action.when.strip() or page_one.day(action.due), (status, confidence)


def _other_plans(paper: CarePlanPaper) -> list[Flowable]:
    made: list[Flowable] = []
    for replaced in (True, False):
        rows = [(p.name, p.kept_by, page_one.day(p.dated)) for p in paper.other_plans if p.replaced is replaced]
        if rows:
            head = (words("paper.plans.name"), words("paper.plans.kept_by"), words("paper.plans.dated"))
            made += blocks.section(words(f"paper.plans.{'replaced' if replaced else 'beside'}"))
            made.append(blocks.data_table(head, rows, page_one.shares(0.44, 0.3, 0.26)))
    return made


def _agreement(paper: CarePlanPaper) -> list[Flowable]:
    made: list[Flowable] = []
    if paper.agreed_with:
        head = (words("paper.agreed.name"), words("paper.agreed.role"), words("paper.agreed.date"))
        rows = [(line.name, line.role, page_one.day(line.on)) for line in paper.agreed_with]
        made += [
            *blocks.section(words("paper.agreed")),
            blocks.data_table(head, rows, page_one.shares(0.36, 0.35, 0.29)),
        ]
    if paper.sharing.strip():
        made += [*blocks.section(words("paper.sharing"), room=70), *blocks.body(paper.sharing)]
    review = [
        (words("paper.review.date"), page_one.day(paper.review_due)),
        (words("paper.review.who"), paper.reviewer),
    ]
    rows_of_review = blocks.key_values(review)
    return [*made, *blocks.section(words("paper.review"), room=90), *rows_of_review] if rows_of_review else made


def _this_copy(paper: CarePlanPaper) -> list[Flowable]:
    boxes = any(has_unprintable(text) for text in _texts(paper))
    printed = words("paper.copy.printed", name=paper.printed_by, date=long_date_and_time(paper.printed_at))
    pairs = [
        (words("paper.copy.printed_by"), printed),
        (words("paper.copy.why"), paper.printed_why),
        (words("paper.copy.withheld"), paper.withheld),
        (words("paper.copy.boxes"), words("paper.copy.boxes_why") if boxes else ""),
    ]
    return [*blocks.section(words("paper.copy"), room=90), *blocks.key_values(pairs)]


def _texts(value: object) -> Iterator[str]:
    """Every text in a paper, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from _texts(getattr(value, part.name))
