"""Finds records for the façade within the buckets of the caller: by type and id, around a person, by NHS number."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, select

from mdt_desktop.central.feed import Held
from mdt_desktop.central.fhir_api.errors import NothingThere, ResourceGone, TypeNotServed
from mdt_desktop.central.held_records import held_of
from mdt_desktop.central.rules import PARENT_KINDS
from mdt_desktop.central.tables import CHANGE, HAS_LEFT, PERSON_NUMBER, RECORD
from mdt_desktop.fhir.mapping import KINDS_OF, twin_for

Name = tuple[str, str]
"""Kind and id of a record."""
_SOME = 500
_STEPS = 12


def kinds_of(type_: str) -> tuple[str, ...]:
    """The kinds of record that a type of resource stands for. Raises TypeNotServed."""
    kinds = KINDS_OF.get(type_)
    if kinds is None:
        raise TypeNotServed
    return kinds


def stands_as(held: Held, type_: str) -> bool:
    """Whether this record is told as a resource of this type: an alert about an allergy is one of its own."""
    return twin_for(held.type, held.body).resource_type == type_


def current(connection: Connection, buckets: Collection[str], type_: str, id_: str) -> Held:
    """The record of a resource as it stands; of several buckets that hold it, the first.

    Raises NothingThere, the same for another's as for none, and ResourceGone for one that was in these buckets.
    """
    kinds = kinds_of(type_)
    rows = connection.execute(
        select(RECORD)
        .where(RECORD.c.id == id_, RECORD.c.type.in_(kinds), RECORD.c.bucket_id.in_(buckets))
        .order_by(RECORD.c.bucket_id, RECORD.c.type)
    )
    held = [it for it in map(held_of, rows) if stands_as(it, type_)]
    for it in held:
        if it.is_live:
            return it
    if held or has_left(connection, buckets, kinds, id_):
        raise ResourceGone
    raise NothingThere


def has_left(connection: Connection, buckets: Collection[str], kinds: Collection[str], id_: str) -> bool:
    """Whether the feed of these buckets says that the record was taken out."""
    left = select(CHANGE.c.seq).where(
        CHANGE.c.bucket_id.in_(buckets),
        CHANGE.c.type.in_(kinds),
        CHANGE.c.id == id_,
        HAS_LEFT,
    )
    return connection.execute(left.limit(1)).first() is not None


def live(connection: Connection, buckets: Collection[str], names: Iterable[Name]) -> list[Held]:
    """The live records of these kinds and ids, each from the first bucket that holds it."""
    wanted = set(names)
    found: dict[Name, Held] = {}
    for row in _rows(connection, RECORD.c.id, {id_ for _, id_ in wanted}, buckets):
        if (row.type, row.id) in wanted:
            found.setdefault((row.type, row.id), held_of(row))
    return [found[name] for name in sorted(found)]


def people_numbered(connection: Connection, buckets: Collection[str], number: str) -> list[str]:
    """The ids of the people with this NHS number, spaces or none."""
    digits = "".join(number.split())
    rows = connection.execute(
        select(PERSON_NUMBER.c.person_id)
        .where(PERSON_NUMBER.c.nhs_number == digits, PERSON_NUMBER.c.bucket_id.in_(buckets))
        .order_by(PERSON_NUMBER.c.bucket_id)
    )
    return list(dict.fromkeys(rows.scalars()))


def about_people(connection: Connection, buckets: Collection[str], people: Iterable[str]) -> list[Name]:
    """The names of everything live that hangs on these people, and theirs, level by level."""
    found: dict[Name, None] = {}
    waiting: list[Name] = [("person", id_) for id_ in dict.fromkeys(people)]
    while waiting:
        found |= dict.fromkeys(waiting)
        above = {id_: kind for kind, id_ in waiting}
        waiting = []
        for row in _rows(connection, RECORD.c.parent_id, above, buckets):
            name = (row.type, row.id)
            if _parent(row.body) == (above[row.parent_id], row.parent_id) and name not in found:
                waiting.append(name)
    return list(found)


def owners(connection: Connection, buckets: Collection[str], held: Sequence[Held]) -> Mapping[Name, str]:
    """For each record about somebody, the id of that person, found up the ladder."""
    up: dict[Name, Name | None] = {(it.type, it.id): _parent(it.body) for it in held}
    for _ in range(_STEPS):
        unknown = {it for it in up.values() if it is not None and it[0] != "person" and it not in up}
        if not unknown:
            break
        up |= dict.fromkeys(unknown)
        rows = _rows(connection, RECORD.c.id, {id_ for _, id_ in unknown}, buckets, with_deleted=True)
        up |= {(row.type, row.id): _parent(row.body) for row in rows if (row.type, row.id) in unknown}
    return {name: person for name in up if (person := _top(up, name)) is not None}


def _top(up: Mapping[Name, Name | None], name: Name) -> str | None:
    now: Name | None = name
    for _ in range(_STEPS):
        if now is None or now[0] == "person":
            break
        now = up.get(now)
    return now[1] if now is not None and now[0] == "person" else None


def _parent(body: Mapping[str, object]) -> Name | None:
    for column, kind in PARENT_KINDS.items():
        value = body.get(column)
        if isinstance(value, str) and value:
            return (kind, value)
    return None


def hanging_on(connection: Connection, buckets: Collection[str], id_: str, kind: str) -> list[Held]:
    """The live records of a kind that hang on this one."""
    return [held_of(row) for row in _rows(connection, RECORD.c.parent_id, [id_], buckets) if row.type == kind]


def _rows(
    connection: Connection,
    column: "Column[Any]",
    ids: Iterable[str],
    buckets: Collection[str],
    *,
    with_deleted: bool = False,
) -> Iterator[Row[Any]]:
    """The records whose id, or whose parent's, is one of these, the first bucket's first.

    The buckets are compared here: asked for them as well, SQLite would read a whole bucket instead of a few rows.
    """
    wanted = sorted(ids)
    for start in range(0, len(wanted), _SOME):
        some = select(RECORD).where(column.in_(wanted[start : start + _SOME])).order_by(RECORD.c.bucket_id)
        for row in connection.execute(some).all():
            if row.bucket_id in buckets and (with_deleted or not row.deleted):
                yield row
