"""Records as the resources that are served: the mapping's, with the version, the locality, and what is restricted."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from mdt_desktop.central.accounts import RESTRICTED
from mdt_desktop.central.feed import Held
from mdt_desktop.central.fhir_api import found
from mdt_desktop.central.fhir_api.errors import CannotBeTold
from mdt_desktop.central.tables import BUCKET
from mdt_desktop.fhir.elements import BASE
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.fhir.mapping import RESOURCE_OF, to_fhir
from mdt_desktop.fhir.twin import KIND_SYSTEM
from mdt_desktop.logs.events import record_event

log = logging.getLogger(__name__)
BUCKET_SYSTEM = f"{BASE}/CodeSystem/bucket"
"""The tag that says in which locality and tier a resource is kept, and into which a new one is to go."""
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_OURS = frozenset({BUCKET_SYSTEM, _CONFIDENTIALITY})
_BY_SERVER = ("versionId", "lastUpdated")

NOT_MAPPED = (ResourceUnusable, TypeError, ValueError, KeyError, AttributeError)
"""What the mapping stumbles over where a column holds another kind of value than it knows."""

Resource = dict[str, Any]


def told(connection: Connection, buckets: Collection[str], held: Sequence[Held]) -> list[tuple[Held, Resource]]:
    """Some records with their resources, in their order.

    What no type of resource stands for is left out, and what cannot be told: one strange record stops no list.
    """
    served = [it for it in held if it.type in RESOURCE_OF]
    about = found.owners(connection, buckets, served)
    restricted = _restricted(connection, {it.bucket for it in served})
    pairs = []
    for it in served:
        try:
            resource = resource_of(it, about.get((it.type, it.id)), is_restricted=it.bucket in restricted)
        except CannotBeTold:
            record_event(log, "record_not_told")
            continue
        pairs.append((it, resource))
    return pairs


def shown(connection: Connection, buckets: Collection[str], held: Held) -> Resource:
    """The resource of one record. Raises CannotBeTold."""
    about = found.owners(connection, buckets, [held])
    restricted = _restricted(connection, {held.bucket})
    return resource_of(held, about.get((held.type, held.id)), is_restricted=held.bucket in restricted)


def resource_of(held: Held, person_id: str | None, *, is_restricted: bool = False) -> Resource:
    """The resource of one record, which is about this person or about nobody. Raises CannotBeTold."""
    try:
        resource = to_fhir(
            held.type, held.id, held.body, version=held.ver, updated_at=held.at or None, subject=person_id
        )
    except NOT_MAPPED as problem:
        raise CannotBeTold from problem
    meta = resource["meta"]
    meta["tag"] = [*meta.get("tag", ()), {"system": BUCKET_SYSTEM, "code": held.bucket}]
    if is_restricted:
        meta["security"] = [{"system": _CONFIDENTIALITY, "code": "R", "display": "restricted"}]
    return resource


def bucket_asked(resource: Mapping[str, Any]) -> str | None:
    """The bucket that a resource's tag names."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, Mapping) else None
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, Mapping) and tag.get("system") == BUCKET_SYSTEM:
            return str(tag.get("code"))
    return None


def as_written(resource: Mapping[str, Any]) -> Resource:
    """A resource from outside without what only this server says: version, moment, locality, confidentiality."""
    plain = dict(resource)
    meta = plain.get("meta")
    if isinstance(meta, Mapping):
        kept = {key: value for key, value in meta.items() if key not in _BY_SERVER}
        for name in ("tag", "security"):
            if isinstance(kept.get(name), list):
                kept[name] = [it for it in kept[name] if not _is_ours(it)]
        plain["meta"] = kept
    return plain


def tagged(resource: Mapping[str, Any], kind: str) -> Resource:
    """A resource with the tag of its kind of record, where a client has dropped it."""
    meta = resource.get("meta")
    meta = dict(meta) if isinstance(meta, Mapping) else {}
    tags = list(meta.get("tag", ()))
    if not any(isinstance(it, Mapping) and it.get("system") == KIND_SYSTEM for it in tags):
        tags.append({"system": KIND_SYSTEM, "code": kind})
    return {**resource, "meta": {**meta, "tag": tags}}


def _is_ours(coding: Any) -> bool:
    return isinstance(coding, Mapping) and coding.get("system") in _OURS


def _restricted(connection: Connection, buckets: Iterable[str]) -> set[str]:
    rows = connection.execute(select(BUCKET.c.id).where(BUCKET.c.id.in_(set(buckets)), BUCKET.c.tier == RESTRICTED))
    return set(rows.scalars())
