"""Turns what the store knows of somebody who has no plan yet into what stands on their planning sheet."""

from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.documents.plan_sheet import PlanSheetPaper
from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.services.access import Access
from mdt_desktop.services.handing_over import Allowance
from mdt_desktop.services.plan_paper import NOT_ON_PAPER, alert_words, crisis_contacts, lead_block, person_block
from mdt_desktop.store.queries import allocations, assessments, cases, directory
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_JOINT = "joint-assessment"
_MOST_IMPORTANT = ("mt-important", "")
"""The joint assessment's question for what the plan begins with, and its position in the form."""


def sheet_of(
    connection: "Connection", person_id: str, access: Access, printed_at: datetime, why: str, allowance: Allowance
) -> PlanSheetPaper:
    """The sheet of anybody on file, also without a case, without what may not go; `printed_at` in local time.

    Raises `NotFound`.
    """
    person = cases.person(connection, person_id)
    lead = allocations.lead(connection, person.case_id) if person.case_id else None
    alerts = tuple(
        alert_words(flag)
        for flag in cases.flags(connection, person_id, access.today())
        if flag.kind not in NOT_ON_PAPER
    )
    said = _what_matters(connection, person.case_id)
    contacts = crisis_contacts((), cases.personal_contacts(connection, person_id))
    there = {SharedPart.HEALTH: bool(alerts), SharedPart.ABOUT_ME: bool(said), SharedPart.PEOPLE: bool(contacts)}
    parts = frozenset(part for part, is_there in there.items() if is_there)
    goes = allowance.parts
    actor = access.actor
    return PlanSheetPaper(
        person=person_block(person),
        printed_by=f"{actor.name}, {label(actor.role)}",
        printed_at=printed_at,
        printed_why=why,
        issuer=actor.organisation,
        alerts=alerts if SharedPart.HEALTH in goes else (),
        what_matters=said if SharedPart.ABOUT_ME in goes else "",
        lead=lead_block(directory.practitioner(connection, lead.practitioner_id) if lead else None),
        crisis_contacts=contacts if SharedPart.PEOPLE in goes else (),
        demo=access.is_demo,
        withheld=allowance.withheld(parts),
    )


def sheet_section_words(paper: PlanSheetPaper) -> tuple[str, ...]:
    """What is known on this sheet, in words, in its order; then what is to be written."""
    there = (
        ("who", True),
        ("alerts", bool(paper.alerts)),
        ("what_matters", bool(paper.what_matters)),
        ("lead", paper.lead is not None),
        ("crisis_contacts", bool(paper.crisis_contacts)),
        ("to_write", True),
    )
    return tuple(words(f"printing.section.{name}") for name, is_there in there if is_there)


def _what_matters(connection: "Connection", case_id: str) -> str:
    """The person's own words from the latest joint assessment that has them."""
    filled = assessments.assessments(connection, case_id) if case_id else []
    for it in filled:
        said = assessments.answers(connection, it.id).get(_MOST_IMPORTANT) if it.questionnaire == _JOINT else None
        if isinstance(said, str) and said.strip():
            return said.strip()
    return ""
