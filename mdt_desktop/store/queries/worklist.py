"""The worklist: actions of a locality, an organisation or one owner, with how many each view has."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mdt_desktop.domain.worklist import WorklistScope, WorklistView
from mdt_desktop.store.queries import tasks
from mdt_desktop.store.queries.tasks import TaskSummary

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

MOST = 1000
"""Rows of one list; who has more to do narrows it."""


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """Which actions. `text` is looked for in the words, the person's name, the NHS number and the owner."""

    scope: WorklistScope = WorklistScope.LOCALITY
    view: WorklistView = WorklistView.OPEN
    text: str = ""


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """The actions found, at most `MOST`, the most overdue first; `counts` are of every view in the same scope."""

    query: WorklistQuery
    rows: tuple[TaskSummary, ...]
    counts: dict[WorklistView, int]
    today: date

    @property
    def total(self) -> int:
        """How many actions the view has, also those beyond `MOST`; where text narrows it, those shown."""
        return len(self.rows) if self.query.text.strip() else self.counts[self.query.view]


_UNFINISHED = "status IN ('open', 'part_done', 'refused')"
_VIEW = {
    WorklistView.OPEN: _UNFINISHED,
    WorklistView.OVERDUE: f"{_UNFINISHED} AND due < :today",
    WorklistView.WAITING: "(status = 'refused' OR (status = 'open' AND accepted_at IS NULL AND owner_id IS NOT NULL))",
    WorklistView.DONE: "status IN ('done', 'changed', 'not_done')",
}
_SCOPE = {
    WorklistScope.EVERYWHERE: "1",
    WorklistScope.LOCALITY: "coalesce((SELECT locality_id FROM practice WHERE id = person.practice_id),"
    " meeting.locality_id, :locality) = :locality",
    WorklistScope.MINE: "owner_id = :me",
    WorklistScope.ORGANISATION: "owner_id IN (SELECT other.id FROM practitioner AS me JOIN practitioner AS other"
    " ON other.organisation_id = me.organisation_id OR other.practice_id = me.practice_id WHERE me.id = :me)",
}
_TEXT = (
    "what || ' ' || coalesce(family_name, '') || ' ' || coalesce(given_names, '') || ' ' || coalesce(family_name, '')"
    " || ' ' || coalesce(nhs_number, '') || ' ' || coalesce(practitioner.name, owner_words)"
)
_ORDER = {
    WorklistView.DONE: "(SELECT max(id) FROM task_step WHERE task_id = task.id) DESC",
}


def page(connection: "Connection", query: WorklistQuery, me: str, locality_id: str, today: date) -> WorklistPage:
    """The actions of a query; `me` is the practitioner at the keyboard, `locality_id` theirs."""
    values: dict[str, str] = {"me": me, "locality": locality_id, "today": today.isoformat()}
    counted = ", ".join(f"count(*) FILTER (WHERE {_VIEW[view]})" for view in WorklistView)
    scope = _SCOPE[query.scope]
    row = connection.execute(f"SELECT {counted} {tasks.FROM} WHERE {scope}", values).fetchone()
    where = f"{scope} AND {_VIEW[query.view]}"
    for place, word in enumerate(query.text.split()):
        where += f" AND instr(lower({_TEXT}), lower(:word{place}))"
        values[f"word{place}"] = word
    order = _ORDER.get(query.view, "due IS NULL, due, task.id")
    found = tasks.selected(connection, f"{where} ORDER BY {order} LIMIT {MOST}", values)
    return WorklistPage(query, tuple(found), dict(zip(WorklistView, map(int, row), strict=True)), today)
