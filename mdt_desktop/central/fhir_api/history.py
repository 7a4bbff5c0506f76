"""Histories: of one resource from its versions, of a type or of all from the change feed without a gap (SYNC 5.13).

The links of a feed hold how far each bucket was told, as the cursor of a laptop does. They lead forward in time, from
the first change to the newest; within a page the newest stands first, as R4 has it. `next` is there while more is;
whoever keeps the last `self` gets what comes after it, with that page once more; `monitor` begins just behind it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, tuple_

from mdt_desktop.central.feed import ChangeKind, Held
from mdt_desktop.central.fhir_api import found, links, moments, resources
from mdt_desktop.central.fhir_api.answers import Answer, about_version, etag
from mdt_desktop.central.fhir_api.asking import Asking, note_read
from mdt_desktop.central.fhir_api.errors import FeedLost, NothingThere, ParameterWrong, ResourceGone
from mdt_desktop.central.fhir_api.links import PAGE
from mdt_desktop.central.fhir_api.parameters import Pairs, count_in, require_known
from mdt_desktop.central.fhir_api.scopes import Act
from mdt_desktop.central.tables import BUCKET, CHANGE, HAS_LEFT, RECORD, RECORD_VERSION
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.fhir.mapping import KINDS_OF, RESOURCE_OF

STANDARD_COUNT, MOST_COUNT = 100, 500
OVERLAP = timedelta(minutes=5)
"""`_since` goes by the store's clock, and a change may be told a moment after its time: so much more is told."""
_LINK = "history"
_TAKEN_OUT = (ChangeKind.DELETE.value, ChangeKind.EVICT.value, ChangeKind.ERASE.value)

Places = dict[str, tuple[str, int]]
"""How far each bucket was told: its epoch and the number of the last change."""


def version(asked: Asking, type_: str, id_: str, ver: int) -> Answer:
    """One version of a resource. Raises NothingThere, ResourceGone for a version that is a deletion."""
    kinds = found.kinds_of(type_)
    asked.scopes.require(Act.READ, type_)
    with asked.store.database.reading() as connection:
        buckets = asked.reach(connection)
        rows = [row for row in _versions(connection, buckets, kinds, id_) if row.ver == ver]
        if not rows:
            raise NothingThere
        if rows[0].body is None:
            raise ResourceGone
        held = [it for it in map(_held, rows) if found.stands_as(it, type_)]
        if not held:
            raise NothingThere
        resource = resources.shown(connection, buckets, held[0])
    note_read(asked, "fhir_read", held[:1], type_)
    return Answer(200, resource, about_version(ver, held[0].at))


def of_one(asked: Asking, type_: str, id_: str, pairs: Pairs) -> Answer:
    """Every version of one resource, the newest first. Raises NothingThere."""
    kinds = found.kinds_of(type_)
    asked.scopes.require(Act.READ, type_)
    given = require_known(pairs, ("_count", "_since"))
    most = count_in(given.get("_count"), MOST_COUNT, MOST_COUNT)
    since = since_in(given.get("_since"))
    with asked.store.database.reading() as connection:
        buckets = asked.reach(connection)
        rows = _versions(connection, buckets, kinds, id_)
        if rows:
            bucket = rows[0].bucket_id
            rows = [row for row in rows if row.bucket_id == bucket and (since is None or row.at >= since)]
        else:
            rows = _last_words(connection, buckets, kinds, id_)
            if not rows:
                raise NothingThere
        entries, held = _entries(connection, asked, buckets, rows[:most], type_)
    note_read(asked, "fhir_history", held, type_)
    self_link = {"relation": "self", "url": f"{asked.base}/{type_}/{id_}/_history"}
    return Answer(200, _bundle(asked, entries, [self_link], total=len(rows)))


def of_feed(asked: Asking, type_: str, pairs: Pairs) -> Answer:
    """A page of the changes of a type, or of everything where `type_` is empty. Raises FeedLost, ParameterWrong."""
    kinds = found.kinds_of(type_) if type_ else tuple(RESOURCE_OF)
    asked.scopes.require(Act.SEARCH, type_ or "*")
    given = require_known(pairs, ("_count", "_since", PAGE))
    place = f"{type_}/_history" if type_ else "_history"
    begun, count, since = _begun(asked, type_, given)
    with asked.store.database.reading() as connection:
        buckets = asked.reach(connection)
        start, rows, end, more = _page(connection, tuple(buckets), begun, kinds, count, since)
        entries, held = _entries(connection, asked, buckets, [*reversed(rows)], type_)
    note_read(asked, "fhir_history", held, type_)

    def link(relation: str, places: Places) -> dict[str, str]:
        content = {"type": type_, "places": places, "count": count, "since": since}
        return {"relation": relation, "url": links.page_url(asked, place, _LINK, content)}

    told = [link("self", start), link("next" if more else "monitor", end)]
    return Answer(200, _bundle(asked, entries, told))


def _begun(asked: Asking, type_: str, given: Mapping[str, str]) -> tuple[Places | None, int, str | None]:
    if PAGE not in given:
        count = count_in(given.get("_count"), STANDARD_COUNT, MOST_COUNT)
        return None, max(1, count), since_in(given.get("_since"))
    if len(given) > 1:
        raise ParameterWrong(name=PAGE, wanted="alone")
    content = links.unseal(asked, _LINK, given[PAGE])
    if content["type"] != type_:
        raise ParameterWrong(name=PAGE, wanted="a link of this history")
    places = {bucket: (str(epoch), int(seq)) for bucket, (epoch, seq) in content["places"].items()}
    return places, int(content["count"]), content["since"]


def since_in(text: str | None) -> str | None:
    """From when on changes are wanted, with the overlap, in the store's form. Raises ParameterWrong."""
    if text is None:
        return None
    try:
        start = moments.span_of(text).start
    except (ValueError, OverflowError) as problem:
        raise ParameterWrong(name="_since", wanted="a moment such as 2026-11-23T09:00:00Z") from problem
    earliest = datetime.min.replace(tzinfo=UTC) + OVERLAP
    return moment_text(max(start, earliest) - OVERLAP)


def _page(
    connection: Connection,
    buckets: Collection[str],
    begun: Places | None,
    kinds: Collection[str],
    count: int,
    since: str | None,
) -> tuple[Places, list[Row[Any]], Places, bool]:
    """Where the page begins, its changes oldest first, where it ends, and whether there are more behind it."""
    states = {row.id: row for row in connection.execute(select(BUCKET).where(BUCKET.c.id.in_(buckets)))}
    if begun is not None and any(
        bucket not in states or states[bucket].epoch != epoch or seq > states[bucket].head
        for bucket, (epoch, seq) in begun.items()
    ):
        # A client that holds what is the caller's no more has to begin anew: nothing else would tell it to let go.
        raise FeedLost
    start: Places = {bucket: (begun or {}).get(bucket, (state.epoch, 0)) for bucket, state in states.items()}
    end, rows, more = dict(start), list[Row[Any]](), False
    for bucket in sorted(states):
        epoch, seq = start[bucket]
        if begun is not None and _is_shortened(connection, bucket, seq, int(states[bucket].head)):
            raise FeedLost
        wanted = [CHANGE.c.bucket_id == bucket, CHANGE.c.seq > seq, CHANGE.c.type.in_(kinds)]
        if since is not None:
            wanted.append(CHANGE.c.at >= since)
        left = count - len(rows)
        own = connection.execute(select(CHANGE).where(*wanted).order_by(CHANGE.c.seq).limit(left + 1)).all()
        rows += own[:left]
        if len(own) > left:
            end[bucket] = (epoch, int(own[left - 1].seq) if left else seq)
            more = True
        else:
            # All that this bucket has up to here was looked at, also what was of another type.
            end[bucket] = (epoch, int(states[bucket].head))
    return start, rows, end, more


def _is_shortened(connection: Connection, bucket: str, seq: int, head: int) -> bool:
    """Whether what came after a place of the feed was taken away since (`tidying`)."""
    first = connection.execute(select(func.min(CHANGE.c.seq)).where(CHANGE.c.bucket_id == bucket)).scalar()
    return seq + 1 < (head + 1 if first is None else int(first))


def _versions(
    connection: Connection, buckets: Collection[str], kinds: Collection[str], id_: str
) -> Sequence[Row[Any]]:
    """The versions of a record, the newest first, with the kind of change that each was."""
    version_ = RECORD_VERSION
    return connection.execute(
        select(version_, RECORD.c.sealed)
        .join(RECORD, and_(*(RECORD.c[name] == version_.c[name] for name in ("bucket_id", "type", "id"))))
        .where(version_.c.id == id_, version_.c.type.in_(kinds), version_.c.bucket_id.in_(buckets))
        .order_by(version_.c.bucket_id, version_.c.ver.desc())
    ).all()


def _last_words(
    connection: Connection, buckets: Collection[str], kinds: Collection[str], id_: str
) -> Sequence[Row[Any]]:
    """The last change of a record that has left: what there was before is not told any more."""
    last = (
        select(CHANGE)
        .where(CHANGE.c.bucket_id.in_(buckets), CHANGE.c.type.in_(kinds), CHANGE.c.id == id_, HAS_LEFT)
        .order_by(CHANGE.c.at.desc(), CHANGE.c.seq.desc())
        .limit(1)
    )
    return connection.execute(last).all()


def _entries(
    connection: Connection, asked: Asking, buckets: Collection[str], rows: Sequence[Row[Any]], type_: str
) -> tuple[list[dict[str, Any]], list[Held]]:
    """The entries of some versions or changes, in their order, and the records whose bodies are in them."""
    bodies = _bodies(connection, rows)
    held = [it for it in bodies.values() if not type_ or found.stands_as(it, type_)]
    shown = {
        (it.bucket, it.type, it.id, it.ver): resource
        for it, resource in resources.told(connection, buckets, held)
    }
    entries = []
    for row in rows:
        resource = shown.get((row.bucket_id, row.type, row.id, row.ver))
        kind = getattr(row, "kind", ChangeKind.DELETE.value if getattr(row, "body", None) is None else None)
        if kind in _TAKEN_OUT:
            entries += [_deletion(asked, it, row) for it in _types(row.type, type_)]
        elif resource is not None and kind in (ChangeKind.PUT.value, None):
            entries.append(_change(asked, resource, row))
    return entries, held


def _bodies(connection: Connection, rows: Iterable[Row[Any]]) -> dict[tuple[str, str, str, int], Held]:
    """The bodies of the changes whose record is still in its bucket: a move or an erasure leaves none."""
    version_ = RECORD_VERSION
    wanted = sorted({(row.bucket_id, row.type, row.id, row.ver) for row in rows})
    found_: dict[tuple[str, str, str, int], Held] = {}
    for start in range(0, len(wanted), 100):
        key = tuple_(version_.c.bucket_id, version_.c.type, version_.c.id, version_.c.ver)
        some = connection.execute(
            select(version_)
            .join(RECORD, and_(*(RECORD.c[name] == version_.c[name] for name in ("bucket_id", "type", "id"))))
            .where(key.in_(wanted[start : start + 100]), version_.c.body.is_not(None))
        )
        found_ |= {(row.bucket_id, row.type, row.id, int(row.ver)): _held(row) for row in some}
    return found_


def _held(row: Row[Any]) -> Held:
    return Held(row.bucket_id, row.type, row.id, int(row.ver), row.body, by=row.by, at=row.at)


def _types(kind: str, type_: str) -> Iterable[str]:
    """As which types a record that is gone was told: its body, which would say, is gone as well."""
    if type_:
        return (type_,)
    return tuple(it for it, kinds in KINDS_OF.items() if kind in kinds)


def _change(asked: Asking, resource: Mapping[str, Any], row: Row[Any]) -> dict[str, Any]:
    url = f"{resource['resourceType']}/{resource['id']}"
    made = row.ver == 1
    return {
        "fullUrl": f"{asked.base}/{url}",
        "resource": resource,
        "request": {"method": "POST" if made else "PUT", "url": str(resource["resourceType"]) if made else url},
        "response": {"status": "201" if made else "200", "etag": etag(int(row.ver)), "lastModified": row.at},
    }


def _deletion(asked: Asking, type_: str, row: Row[Any]) -> dict[str, Any]:
    return {
        "fullUrl": f"{asked.base}/{type_}/{row.id}",
        "request": {"method": "DELETE", "url": f"{type_}/{row.id}"},
        "response": {"status": "204", "etag": etag(int(row.ver)), "lastModified": row.at},
    }


def _bundle(
    asked: Asking, entries: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, str]], total: int | None = None
) -> dict[str, Any]:
    bundle: dict[str, Any] = {
        "resourceType": "Bundle", "type": "history", "timestamp": moment_text(asked.now), "link": list(told),
    }  # fmt: skip
    if total is not None:
        bundle["total"] = total
    return bundle | ({"entry": list(entries)} if entries else {})
