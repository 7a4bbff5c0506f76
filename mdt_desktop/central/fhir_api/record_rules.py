"""What a resource must be to become a record that laptops can take: columns, references, and where it belongs."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mdt_desktop.central.accounts import ORDINARY
from mdt_desktop.central.fhir_api import found
from mdt_desktop.central.fhir_api.errors import ResourceRefused, RoleForbids, WhereToUnclear
from mdt_desktop.central.fhir_api.resources import BUCKET_SYSTEM, bucket_asked
from mdt_desktop.central.memberships import Grant
from mdt_desktop.central.rules import PARENT_KINDS, may_write, parent_of
from mdt_desktop.central.tables import RECORD
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.order_keys import key_after
from mdt_desktop.fhir.columns import Nothing, ValueKind, columns_of
from mdt_desktop.fhir.mapping import subject_of, twin_for
from mdt_desktop.words import words

Name = tuple[str, str]
Body = Mapping[str, Any]
_DIRECTORY = frozenset({"organisation", "practice", "practitioner", "locality"})
_KEY = re.compile(r"[0-9a-f]{12}(\.[0-9a-f]+)?")


def known_of_new(
    connection: Connection, buckets: Collection[str], kind: str, resource: Mapping[str, Any], by: str, now: datetime
) -> dict[str, Any]:
    """What the store knows of a new record where the resource is silent: whose case, who writes it, and when.

    Nothing that was observed or decided is made up.
    """
    known: dict[str, Any] = {}
    for name, facts in columns_of(kind).items():
        if not isinstance(facts.absent, Nothing):
            continue
        if facts.kind is ValueKind.MOMENT:
            known[name] = moment_text(now)
        elif name == "by" or name.endswith("_by"):
            known[name] = by
        elif name == "order_key":
            known[name] = ""
    if "case_id" in columns_of(kind):
        person = subject_of(resource)
        case = _case_of(connection, buckets, person) if person else None
        if case is not None:
            known["case_id"] = case
    return known


def known_of_held(kind: str, body: Body) -> dict[str, Any]:
    """What stays of a record where the resource is silent: what it cannot do without, and what our extensions hold.

    A client that drops our extensions takes nothing away by that; an element of the standard that is left out is
    cleared.
    """
    kept = set(twin_for(kind, body).carries.split())
    return {
        name: body[name]
        for name, facts in columns_of(kind).items()
        if name in body and (name in kept or isinstance(facts.absent, Nothing))
    }


def last_order_key(connection: Connection, bucket: str, kind: str, body: Body) -> str:
    """A key that puts a new record behind its siblings."""
    siblings = found.hanging_on(connection, [bucket], parent_of(body) or "", kind)
    keys = (str(it.body.get("order_key", "")) for it in siblings)
    return key_after(max((key for key in keys if _KEY.fullmatch(key)), default=""))


def require_references(
    connection: Connection,
    grants: Mapping[str, Grant],
    bucket: str,
    kind: str,
    body: Body,
    columns: Collection[str],
    made: Collection[Name],
) -> None:
    """Raise ResourceRefused where one of these columns points to nothing in the same locality (SYNC 5.5)."""
    for column in columns:
        facts, value = columns_of(kind).get(column), body.get(column)
        if facts is None or not facts.refers_to or not isinstance(value, str):
            continue
        target = (facts.refers_to, value)
        if target in made or (target[0] == "locality" and value in {it.locality for it in grants.values()}):
            continue
        where = grants.keys() if target[0] in _DIRECTORY else {bucket}
        if not _buckets_of(connection, where, target):
            raise ResourceRefused(
                reason=words("fhir.reference_unknown"), path=expression(kind, body, column)
            )


def bucket_for(
    connection: Connection,
    grants: Mapping[str, Grant],
    kind: str,
    body: Body,
    resource: Mapping[str, Any],
    made: Mapping[Name, str],
) -> str:
    """The bucket that a new record belongs in: the one its tag names, or that of what it hangs on, or the only one.

    Raises RoleForbids for a tag of another's bucket, ResourceRefused where what it hangs on is not there, and
    WhereToUnclear.
    """
    tagged = bucket_asked(resource)
    if tagged is not None:
        if tagged not in grants:
            raise RoleForbids(reason=words("central.result.no_bucket"))
        return tagged
    parent = next(((owner, body[name]) for name, owner in PARENT_KINDS.items() if body.get(name)), None)
    if parent is not None:
        if parent in made:
            return made[parent]
        where = _buckets_of(connection, grants, parent)
        if not where:
            column = next(name for name in PARENT_KINDS if body.get(name))
            raise ResourceRefused(
                reason=words("fhir.reference_unknown"), path=expression(kind, body, column)
            )
        return where[0]
    possible = {it.bucket for it in grants.values() if it.tier == ORDINARY}
    for name, facts in columns_of(kind).items():
        if facts.refers_to in _DIRECTORY and isinstance(body.get(name), str):
            near = {made[target]} if (target := (facts.refers_to, body[name])) in made else set(
                _buckets_of(connection, possible, target)
            )
            possible = possible & near or possible
    writable = {it for it in possible if may_write(grants[it].role, kind, "create")}
    if len(writable) == 1:
        return next(iter(writable))
    if not writable:
        raise RoleForbids(reason=words("central.result.role"))
    raise WhereToUnclear(tag=BUCKET_SYSTEM)


def expression(kind: str, body: Body, column: str) -> str:
    """Where a column stands in the resource."""
    return twin_for(kind, body).expression(column)


def _buckets_of(connection: Connection, buckets: Collection[str], name: Name) -> list[str]:
    rows = connection.execute(
        select(RECORD.c.bucket_id)
        .where(
            RECORD.c.type == name[0],
            RECORD.c.id == name[1],
            RECORD.c.bucket_id.in_(buckets),
            RECORD.c.deleted.is_(False),
        )
        .order_by(RECORD.c.bucket_id)
    )
    return list(rows.scalars())


def _case_of(connection: Connection, buckets: Collection[str], person: str) -> str | None:
    return next((it.id for it in found.hanging_on(connection, buckets, person, "person_case")), None)
