"""What page one of every paper about a person says: who this is, what matters, who leads, what to do in a crisis."""

from collections.abc import Sequence
from datetime import date

from reportlab.lib.colors import HexColor
from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, Spacer

from mdt_desktop.documents import flowables as blocks
from mdt_desktop.documents import fonts
from mdt_desktop.documents.care_plan_paper import CrisisContact, LeadBlock, PersonBlock
from mdt_desktop.documents.styles import TEXT_WIDTH, colours, styles
from mdt_desktop.documents.text import Run, paragraph
from mdt_desktop.domain.dates import long_date
from mdt_desktop.domain.people import spaced_nhs_number
from mdt_desktop.words import words

_LOUD = 180
"""Characters of the person's words that are set large."""
_FILLS_THE_PAGE = 700


def shares(*parts: float) -> list[float]:
    """Column widths as parts of the text width."""
    return [TEXT_WIDTH * part for part in parts]


def day(on: date | None) -> str:
    """A date in long form; an empty text for none, so that its line is left out."""
    return long_date(on) if on else ""


def nhs_number(person: PersonBlock) -> str:
    """The number in groups of 3, 3 and 4 on one line (CUI NUM-0001)."""
    return spaced_nhs_number(person.nhs_number).replace(" ", "\N{NO-BREAK SPACE}")


def masthead(kind: str, status: str, name: str, preferred_name: str) -> list[Flowable]:
    """What paper this is, how it stands, and the name, over a rule."""
    look = styles()
    room = fonts.width(kind, look.kind.fontName, look.kind.fontSize) + 6
    top = blocks.table([[paragraph(look.kind, kind), paragraph(look.status, status)]], (room, TEXT_WIDTH - room))
    made: list[Flowable] = [top, paragraph(look.name, name)]
    if preferred_name:
        made.append(paragraph(look.body, words("paper.preferred_name", name=preferred_name)))
    rule = HRFlowable(width="100%", thickness=1.5, color=HexColor(colours().accent), spaceBefore=8, spaceAfter=10)
    return [*made, rule]


def facts(person: PersonBlock) -> list[tuple[str, str]]:
    """Label and value of who this is; a value may be empty."""
    practice = "\n".join(part for part in (person.practice, person.practice_telephone) if part)
    born = ", ".join(part for part in (day(person.born), person.gender.lower()) if part)
    return [
        (words("paper.born"), born),
        (words("paper.nhs_number"), nhs_number(person)),
        (words("paper.telephone"), person.telephone),
        (words("paper.address"), person.address),
        (words("paper.practice"), practice),
        (words("paper.language"), person.language),
    ]


def alerts(texts: Sequence[str]) -> list[Flowable]:
    """One line of what whoever comes must know; nothing without any."""
    shown = [text.strip() for text in texts if text.strip()]
    if not shown:
        return []
    title = Run(f"{words('paper.alerts')}  ", fonts.SEMIBOLD, colours().caution)
    line = paragraph(styles().body, title, "  ·  ".join(shown))
    return [blocks.panel([[line]], (TEXT_WIDTH,), colours().caution, ""), Spacer(0, 4)]


def not_whole(withheld: str) -> list[Flowable]:
    """That this copy is not the whole, before anything of it is read; nothing where it is."""
    if not withheld.strip():
        return []
    title = Run(f"{words('paper.not_whole')}  ", fonts.SEMIBOLD, colours().alarm)
    line = paragraph(styles().body, title, withheld)
    return [blocks.panel([[line]], (TEXT_WIDTH,), colours().alarm, ""), Spacer(0, 4)]


def not_settled(text: str) -> list[Flowable]:
    """That something in this copy waits to be decided, before anything of it is read; nothing where all is settled."""
    if not text.strip():
        return []
    title = Run(f"{words('paper.not_settled')}  ", fonts.SEMIBOLD, colours().alarm)
    line = paragraph(styles().body, title, text)
    return [blocks.panel([[line]], (TEXT_WIDTH,), colours().alarm, ""), Spacer(0, 4)]


def fills_the_page(what_matters: str) -> bool:
    """Whether so many words would push the numbers to call off page one."""
    return len(what_matters) > _FILLS_THE_PAGE


def what_matters(text: str) -> list[Flowable]:
    """The person's own words, large where they are few."""
    title = paragraph(styles().section, words("paper.what_matters"))
    if text.strip():
        return [title, *blocks.quote(text, styles().quote if len(text) <= _LOUD else styles().long_quote)]
    return [title, paragraph(styles().muted, words("paper.what_matters_empty"))]


def lead(who: LeadBlock) -> list[Flowable]:
    """Who leads, and how to reach them."""
    look = styles()
    role = ", ".join(part for part in (who.discipline, who.organisation) if part)
    left: list[Flowable] = [_lead_title(), paragraph(look.lead, who.name)]
    left += [paragraph(look.body, role)] if role else []
    right: list[Flowable] = [paragraph(look.label, words("paper.call"))] if who.telephone else []
    right += [paragraph(look.telephone, who.telephone)] if who.telephone else []
    right += [paragraph(look.body, text) for text in (who.when_reachable, who.email) if text]
    return _lead_panel([[left, right]], shares(0.6, 0.4))


def no_lead(instead: Sequence[Flowable]) -> list[Flowable]:
    """Nobody leads yet: what stands in the place of the lead."""
    return _lead_panel([[_lead_title()], *([it] for it in instead)], [TEXT_WIDTH])


def _lead_title() -> Flowable:
    return paragraph(styles().strong, Run(words("paper.lead"), "", colours().accent))


def _lead_panel(rows: Sequence[Sequence[blocks.Cell]], widths: Sequence[float]) -> list[Flowable]:
    panel = blocks.panel(
        rows,
        widths,
        colours().accent,
        colours().accent_soft,
        ("TOPPADDING", (0, 0), (-1, 0), 8),
        ("BOTTOMPADDING", (0, -1), (-1, -1), 9),
    )
    return [Spacer(0, 14), panel]


def crisis(contacts: Sequence[CrisisContact]) -> list[Flowable]:
    """999 and 111, then whom else to call and when."""
    look, tint = styles(), colours()
    head = blocks.panel(
        [
            [paragraph(look.alarm, words("paper.crisis"))],
            [paragraph(look.body, words("paper.crisis_always"))],
        ],
        (TEXT_WIDTH,),
        tint.alarm,
        tint.sunken,
        ("TOPPADDING", (0, 0), (-1, 0), 7),
        ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
        ("BOTTOMPADDING", (0, -1), (-1, -1), 7),
    )
    made: list[Flowable] = [Spacer(0, 10), CondPageBreak(120), head]
    rows: list[list[blocks.Cell]] = []
    for contact in contacts:
        who: list[Flowable] = [paragraph(look.strong, contact.name)]
        who += [paragraph(look.body, contact.what_for)] if contact.what_for.strip() else []
        rows.append([who, paragraph(look.telephone, contact.telephone)])
    if rows:
        lines = blocks.panel(
            rows,
            shares(0.6, 0.4),
            tint.alarm,
            tint.sunken,
            ("LINEABOVE", (0, 0), (-1, -1), 0.75, HexColor(tint.divider)),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        )
        made.append(lines)
    return made
