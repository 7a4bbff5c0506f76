"""What the window asks of the open program: people for the palette and the headline measure."""

import importlib
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.ui.hits import PersonHit
from mdt_desktop.ui.shell_parts import HeadlineMeasure

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program

_PEOPLE_IN_PALETTE = 8


def headline(program: "Program") -> HeadlineMeasure:
    """People at risk, and how many have a joint plan, an agreed lead, and both."""
    found = program.services.coverage.headline()
    return HeadlineMeasure(found.at_risk, found.with_joint_plan, found.with_agreed_lead, found.with_both)


def people(program: "Program", text: str) -> list[PersonHit]:
    """People for the palette; those looked at last while nothing is typed."""
    caseload: Any = importlib.import_module("mdt_desktop.services.caseload")
    asked = program.services.caseload
    if text.strip():
        query = caseload.CaseloadQuery(caseload.CaseloadFilter(text=text))
        rows = asked.page(query, 0, _PEOPLE_IN_PALETTE).rows
    else:
        rows = tuple(asked.recent(_PEOPLE_IN_PALETTE))
    return [
        PersonHit(
            row.person_id,
            name_on_screen(row.family_name, row.given_names, row.title),
            f"{cui_date(row.born)}  {spaced_nhs_number(row.nhs_number)}".strip(),
        )
        for row in rows
    ]


def meeting_under_way(program: "Program") -> str:
    """The id of the meeting that was begun today and is not closed, or none: a crash brings the chair back into it."""
    going_on: Any = importlib.import_module("mdt_desktop.services.going_on")
    found: str = going_on.meeting_under_way(program.access)
    return found
