"""Reads of one resource, and everything about one person (R4 http.html#read, patient-operation-everything.html)."""

from collections.abc import Mapping
from typing import Any

from mdt_desktop.central.fhir_api import found, history, including, resources, search
from mdt_desktop.central.fhir_api.answers import Answer, about_version, etag
from mdt_desktop.central.fhir_api.asking import Asking, note_read
from mdt_desktop.central.fhir_api.fitting import elements
from mdt_desktop.central.fhir_api.parameters import Pairs, require_known
from mdt_desktop.central.fhir_api.scopes import Act
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.fhir.mapping import KINDS_OF, RESOURCE_OF


def one(asked: Asking, type_: str, id_: str, pairs: Pairs, *, unless: str | None = None) -> Answer:
    """A resource as it stands; 304 where it is still of the version in `unless` (If-None-Match).

    Raises NothingThere, ResourceGone, TypeNotServed, ScopeTooNarrow.
    """
    require_known(pairs, ())
    found.kinds_of(type_)
    asked.scopes.require(Act.READ, type_)
    with asked.store.database.reading() as connection:
        buckets = asked.reach(connection)
        held = found.current(connection, buckets, type_, id_)
        resource = resources.shown(connection, buckets, held)
    note_read(asked, "fhir_read", [held], type_)
    headers = about_version(held.ver, held.at)
    if unless is not None and unless.strip() in (etag(held.ver), f'"{held.ver}"', str(held.ver)):
        return Answer(304, None, headers)
    return Answer(200, resource, headers)


def everything(asked: Asking, id_: str, pairs: Pairs) -> Answer:
    """The person, all that hangs on them, and whoever and whatever that names, as far as the token reads it."""
    given = require_known(pairs, ("_since", "_type"))
    asked.scopes.require(Act.READ, "Patient")
    since = history.since_in(given.get("_since"))
    wanted = [type_ for type_ in given.get("_type", "").split(",") if type_]
    for type_ in wanted:
        found.kinds_of(type_)
    with asked.store.database.reading() as connection:
        buckets = asked.reach(connection)
        person = found.current(connection, buckets, "Patient", id_)
        names = [name for name in found.about_people(connection, buckets, [person.id]) if name[0] in RESOURCE_OF]
        held = found.live(connection, buckets, names)
        shown = resources.told(connection, buckets, held)
        left_out = len(held) - len(shown)
        shown.sort(key=lambda it: it[0].type != "person")
        near = set[tuple[str, str]]()
        for _, resource in shown:
            near |= _references(resource)
        shown += including.pointed_to(connection, asked, buckets, near, {(it.type, it.id) for it in held})
    told = [
        (it, resource)
        for it, resource in shown
        if asked.scopes.allow(Act.READ, resource["resourceType"])
        and (not wanted or resource["resourceType"] in wanted)
        and (since is None or it.at >= since)
    ]
    note_read(asked, "fhir_everything", [it for it, _ in told], "Patient")
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": moment_text(asked.now),
        "total": len(told),
        "link": [{"relation": "self", "url": f"{asked.base}/Patient/{id_}/$everything"}],
    }
    entries = [search.entry(asked, resource, "match") for _, resource in told]
    entries += search.left_out(left_out)
    return Answer(200, bundle | ({"entry": entries} if entries else {}))


def _references(resource: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Whatever a resource refers to, wherever in it; other people than those it is about are not followed."""
    found_: set[tuple[str, str]] = set()
    waiting: list[Any] = [resource]
    while waiting:
        it = waiting.pop()
        if isinstance(it, list):
            waiting += it
        elif isinstance(it, Mapping):
            waiting += it.values()
            found_ |= {
                (type_, id_)
                for text in elements(it, "reference")
                if isinstance(text, str)
                for type_, _, id_ in [text.partition("/")]
                if type_ in KINDS_OF and type_ != "Patient"
            }
    return found_
