"""Which practice stands for another one of its code, where several laptops made it, and what is read through that."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mdt_desktop.sync import shape

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

PRACTICE = "practice"


def standing(connection: "Connection", id_: str) -> str | None:
    """The practice that stands for another one of its code and bucket; None where none does."""
    row = connection.execute(
        "SELECT practice.id FROM sync_record JOIN practice"
        " ON practice.code = CASE WHEN json_valid(base_json) THEN base_json ->> 'code' END"
        " WHERE type = 'practice' AND sync_record.id = ?1 AND state <> 'quarantined' AND practice.id <> ?1",
        (id_,),
    ).fetchone()
    return None if row is None else str(row[0])


def read(connection: "Connection", type_: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says, with the practice that stands in the place of one that does not."""
    found = dict(values)
    for it in shape.references(type_):
        id_ = found.get(it.column) if it.type == PRACTICE else None
        if id_ is not None and not shape.row_exists(connection, PRACTICE, str(id_)):
            found[it.column] = standing(connection, str(id_)) or id_
    return found


def left_of(type_: str, base: Mapping[str, Any]) -> dict[str, Any]:
    """What stays in the books of a record that is deleted: of a practice its code, which tells the one that stands."""
    return {"code": base["code"]} if type_ == PRACTICE and "code" in base else {}
