"""Turns what was agreed in a meeting into a page for each owner."""

from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.documents.meeting_paper import ActionSheetsPaper, OwnerSheet
from mdt_desktop.domain.meeting_papers import PaperWanted
from mdt_desktop.domain.people import spaced_nhs_number
from mdt_desktop.services.access import Access
from mdt_desktop.services.meeting_paper_parts import HiddenNames, full_name, head_of, others_hidden, task_line
from mdt_desktop.services.meeting_paper_people import OnPaper, owner_key
from mdt_desktop.store.queries import directory, meeting_papers, meetings
from mdt_desktop.store.queries.tasks import TaskSummary
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


def action_sheets_of(
    access: Access, wanted: PaperWanted, on: OnPaper, printed_at: datetime, why: str
) -> ActionSheetsPaper:
    """A page for each owner; who does not work here gets no NHS number of anybody."""
    connection = access.database.reader
    meeting = meetings.meeting(connection, wanted.meeting_id)
    kept = meeting_papers.practitioner_names(connection)
    hides: dict[str, HiddenNames] = {}
    by_owner: dict[str, list[TaskSummary]] = {}
    for task in on.tasks:
        by_owner.setdefault(owner_key(task), []).append(task)
        if task.person_id and task.person_id not in hides:
            hides[task.person_id] = others_hidden(connection, meeting.id, frozenset({task.person_id}), kept)
    nobody = HiddenNames(())
    sheets = []
    for found in by_owner.values():
        job, organisation = _works_as(connection, found[0])
        lines = tuple(
            task_line(
                it,
                hides.get(it.person_id or "", nobody),
                about=full_name(it) if it.family_name else "",
                identity_words=_number(it),
            )
            for it in found
        )
        sheets.append(OwnerSheet(found[0].owner, job, organisation, lines))
    return ActionSheetsPaper(
        head=head_of(access, meeting, wanted, printed_at, why), sheets=tuple(sheets), answer_to=access.actor.name
    )


def _works_as(connection: "Connection", task: TaskSummary) -> tuple[str, str]:
    if task.owner_id is None:
        return "", ""
    owner = directory.practitioner(connection, task.owner_id)
    return label(owner.role), owner.works_for


def _number(task: TaskSummary) -> str:
    if task.owner_id is None or not task.nhs_number:
        return ""
    return words("meeting_paper.number", number=spaced_nhs_number(task.nhs_number))
