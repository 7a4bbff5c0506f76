"""What two people wrote differently and nobody has decided: told beside the record, and not to be sealed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.services import record_words
from mdt_desktop.store.queries import exchange
from mdt_desktop.sync import conflicts, shape
from mdt_desktop.sync.merge import AppliedRule

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_OF_MEETING = """
SELECT field FROM conflict WHERE status = 'open' AND (
    (type = 'meeting' AND rec_id = ?1)
    OR (type = 'attendance' AND rec_id IN (SELECT id FROM attendance WHERE meeting_id = ?1))
    OR (type = 'agenda_item' AND rec_id IN (SELECT id FROM agenda_item WHERE meeting_id = ?1))
    OR (type = 'meeting_note' AND rec_id IN (SELECT id FROM meeting_note WHERE meeting_id = ?1))
    OR (type = 'decision' AND rec_id IN (SELECT decision.id FROM decision JOIN agenda_item ON agenda_item.id = item_id
                                          WHERE meeting_id = ?1)))
"""


class NotSettled(NotAllowed):
    """Two people wrote something different and nobody has decided it, so it cannot be sealed. Values: `fields`."""

    code = "not_settled"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One field that waits to be decided: its conflict, what it is called, and the value that counts meanwhile.

    `key` says where it stands on a form: kind of record, id and column, or of an answer `answer`, its assessment, link
    id and position. Where it `reads_over` both texts were joined and only want to be read.
    """

    conflict_id: str
    field: str
    in_force: str
    key: tuple[str, ...] = ()
    reads_over: bool = False


def of_person(connection: "Connection", person_id: str) -> tuple[Unsettled, ...]:
    """What is not settled about a person, the oldest first."""
    if not exchange.has_conflicts(connection):
        return ()
    return tuple(
        Unsettled(
            it.id,
            _name(connection, it),
            record_words.value_words(connection, it.type, it.field, _now(connection, it)),
            _key(connection, it),
            it.rule == AppliedRule.JOINED,
        )
        for it in conflicts.open_ones(connection)
        if person_id in shape.people_of(connection, it.type, [it.rec_id])
    )


def _name(connection: "Connection", it: conflicts.OpenConflict) -> str:
    if not it.field:
        return record_words.kind_words(it.type)
    question = record_words.question_of(connection, it.rec_id) if it.type == "answer" else ""
    return question or record_words.field_words(it.type, it.field)


def _key(connection: "Connection", it: conflicts.OpenConflict) -> tuple[str, ...]:
    if it.type == "answer":
        place = connection.execute(
            "SELECT assessment_id, link_id, position FROM answer WHERE id = ?", (it.rec_id,)
        ).fetchone()
        return ("answer", *place) if place is not None else ()
    return (it.type, it.rec_id, it.field)


def _now(connection: "Connection", it: conflicts.OpenConflict) -> object:
    row = shape.row_of(connection, it.type, it.rec_id)
    return row.get(it.field) if row is not None and it.field else it.in_force


def require_settled(connection: "Connection", person_id: str) -> None:
    """Raise NotSettled where something about a person waits to be decided: their plan cannot be agreed meanwhile."""
    open_ones = of_person(connection, person_id)
    if open_ones:
        raise NotSettled(fields=", ".join(dict.fromkeys(it.field for it in open_ones)))


def require_meeting_settled(connection: "Connection", meeting_id: str) -> None:
    """Raise NotSettled where something that the seal of a meeting would close waits to be decided."""
    if not exchange.has_conflicts(connection):
        return
    found = connection.execute(_OF_MEETING, (meeting_id,)).fetchall()
    if found:
        names = dict.fromkeys(record_words.field_words("agenda_item", field) if field else "" for (field,) in found)
        raise NotSettled(fields=", ".join(filter(None, names)) or record_words.kind_words("meeting"))
