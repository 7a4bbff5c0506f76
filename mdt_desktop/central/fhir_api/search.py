"""Searches: the database narrows down by id, person, NHS number and time; each resource is then held to every wish.

What is compared is the resource as it is served, so both databases answer alike. A page looks at a limited number of
records; where more are left it has a `next` link, even if few of those it looked at fitted.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, tuple_

from mdt_desktop.central.feed import Held
from mdt_desktop.central.fhir_api import catalogue, fitting, found, including, links, moments, resources
from mdt_desktop.central.fhir_api.answers import Answer
from mdt_desktop.central.fhir_api.asking import Asking, note_read
from mdt_desktop.central.fhir_api.errors import ParameterUnknown, ParameterWrong
from mdt_desktop.central.fhir_api.fitting import Test
from mdt_desktop.central.fhir_api.including import Include
from mdt_desktop.central.fhir_api.links import PAGE
from mdt_desktop.central.fhir_api.narrowing import Glance, Narrowing
from mdt_desktop.central.fhir_api.outcomes import outcome
from mdt_desktop.central.fhir_api.parameters import Pairs, count_in, read
from mdt_desktop.central.fhir_api.scopes import Act
from mdt_desktop.central.held_records import held_of
from mdt_desktop.central.tables import RECORD
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.words import words

STANDARD_COUNT, MOST_COUNT = 50, 200
LOOKED_AT = 2000
"""So many resources a page looks at before it says that the rest is on the next one."""
_PASSED_OVER = 20
"""So many records that are passed over at a glance cost as much as one that is looked at."""
_STEP = 200
_LINK = "search"

Place = tuple[str, str, str]
"""Bucket, kind and id: the order of a search, which is that of the table's own key."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was understood."""

    type: str
    tests: Sequence[Test]
    glances: Sequence[Glance]
    includes: Sequence[Include]
    count: int
    people: Callable[[Connection, Collection[str]], set[str] | None]
    ids: frozenset[str] | None
    times: Sequence[moments.Asked]


def run(asked: Asking, type_: str, pairs: Pairs) -> Answer:
    """The searchset of a search, or of its next page. Raises FhirRefusal in its kinds."""
    kinds = found.kinds_of(type_)
    asked.scopes.require(Act.SEARCH, type_)
    after: Place | None = None
    started = pairs
    paged = [value for name, value in pairs if name == PAGE]
    if paged:
        if len(pairs) > 1:
            raise ParameterWrong(name=PAGE, wanted="alone")
        content = links.unseal(asked, _LINK, paged[0])
        if content["type"] != type_:
            raise ParameterWrong(name=PAGE, wanted=f"a link of {content['type']}")
        started = [(name, value) for name, value in content["pairs"]]
        after = content["after"] and (*content["after"],)
    wish = understood(asked, type_, started)
    with asked.store.database.reading() as connection:
        buckets = asked.reach(connection)
        page = _page(connection, buckets, kinds, wish, after)
        matches = [resource for _, resource in page.matches]
        held = [it for it, _ in page.matches]
        extra = including.included(connection, asked, buckets, held, matches, wish.includes)
    self_link = links.page_url(asked, type_, _LINK, {"type": type_, "pairs": started, "after": after})
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": moment_text(asked.now),
        "link": [{"relation": "self", "url": self_link}],
    }
    if page.total is not None:
        bundle["total"] = page.total
    if page.last is not None:
        following = {"type": type_, "pairs": started, "after": page.last}
        bundle["link"].append({"relation": "next", "url": links.page_url(asked, type_, _LINK, following)})
    entries = [entry(asked, resource, "match") for resource in matches]
    entries += [entry(asked, resource, "include") for _, resource in extra]
    entries += left_out(page.strange)
    if entries:
        bundle["entry"] = entries
    note_read(asked, "fhir_search", [*held, *(it for it, _ in extra)], type_)
    return Answer(200, bundle)


def entry(asked: Asking, resource: Mapping[str, Any], mode: str) -> dict[str, Any]:
    """One entry of a searchset."""
    url = f"{asked.base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def matching(
    connection: Connection, asked: Asking, buckets: Collection[str], type_: str, pairs: Pairs
) -> list[Held]:
    """The first two records that fit a condition, in the caller's transaction: one is it, two are too many."""
    kinds = found.kinds_of(type_)
    asked.scopes.require(Act.SEARCH, type_)
    wish = replace(understood(asked, type_, pairs), count=2)
    matched: list[Held] = []
    after: Place | None = None
    while True:
        page = _page(connection, buckets, kinds, wish, after)
        matched += [it for it, _ in page.matches]
        after = page.last
        if after is None or len(matched) > 1:
            return matched[:2]


def left_out(count: int) -> list[dict[str, Any]]:
    """The entry that says how many records could not be told; none where there were none."""
    if not count:
        return []
    resource = outcome("warning", "incomplete", words("fhir.left_out", count=count))
    return [{"resource": resource, "search": {"mode": "outcome"}}]


def understood(asked: Asking, type_: str, pairs: Pairs) -> Search:
    """The search that some parameters are. Raises ParameterUnknown, ParameterWrong."""
    known = catalogue.definitions(type_)
    narrowing = Narrowing(type_, asked.base)
    tests: list[Test] = []
    includes: list[Include] = []
    counts: list[str] = []
    for parameter in read(pairs):
        definition = known.get(parameter.name)
        owner, _, chained = parameter.name.partition(".")
        if parameter.name == "_count" and not parameter.modifier:
            counts.append(parameter.values[-1])
        elif parameter.name == "_include":
            includes += including.read(type_, parameter)
        elif definition is not None:
            tests.append(fitting.test_of(definition, parameter, asked.base))
            narrowing.take(parameter, definition.kind)
        elif chained == "identifier" and owner in catalogue.person_parameters(type_) and not parameter.modifier:
            narrowing.take_numbers(parameter)
        else:
            raise ParameterUnknown(name=parameter.said[:100])
    count = count_in(counts[-1] if counts else None, STANDARD_COUNT, MOST_COUNT)
    return Search(
        type_, tests, narrowing.glances, includes, count, narrowing.people, narrowing.ids, narrowing.times
    )


@dataclass(slots=True)
class _Page:
    """Records and resources, the place of the last record looked at where more are left, the total where the database
    could narrow the search down to some people or ids, and how many records could not be told."""

    matches: list[tuple[Held, dict[str, Any]]]
    last: Place | None = None
    total: int | None = None
    strange: int = 0


def _page(
    connection: Connection, buckets: Collection[str], kinds: Collection[str], wish: Search, after: Place | None
) -> _Page:
    names = _names(connection, buckets, kinds, wish)
    page = _Page([])
    if names is not None:
        page.total = len(_fitting(connection, buckets, found.live(connection, buckets, names), wish)[0])
    if wish.count == 0:
        page.total = page.total if page.total is not None else _counted(connection, buckets, kinds, wish)
        return page
    looked_at = 0
    while True:
        rows = _candidates(connection, buckets, kinds, wish, names, after)
        near = [it for it in _once(connection, buckets, rows) if all(could(it) for could in wish.glances)]
        fitting_, strange = _fitting(connection, buckets, near, wish)
        page.strange += strange
        for held, resource in fitting_:
            if len(page.matches) == wish.count:
                page.last = _place(page.matches[-1][0])
                return page
            page.matches.append((held, resource))
        looked_at += len(near) + len(rows) // _PASSED_OVER
        if len(rows) < _STEP:
            return page
        after = _place(rows[-1])
        if looked_at >= LOOKED_AT:
            page.last = after
            return page


def _names(
    connection: Connection, buckets: Collection[str], kinds: Collection[str], wish: Search
) -> list[found.Name] | None:
    people = wish.people(connection, buckets)
    if people is None:
        return None if wish.ids is None else [(kind, id_) for kind in kinds for id_ in wish.ids]
    if wish.type == "Patient":
        names = [("person", id_) for id_ in people]
    else:
        names = [name for name in found.about_people(connection, buckets, people) if name[0] in kinds]
    return [name for name in names if wish.ids is None or name[1] in wish.ids]


def _candidates(
    connection: Connection,
    buckets: Collection[str],
    kinds: Collection[str],
    wish: Search,
    names: Sequence[found.Name] | None,
    after: Place | None,
) -> list[Held]:
    key = (RECORD.c.bucket_id, RECORD.c.type, RECORD.c.id)
    if names is not None:
        held = sorted(found.live(connection, buckets, names), key=_place)
        return [it for it in held if after is None or _place(it) > after][:_STEP]
    conditions: list[ColumnElement[bool]] = [
        RECORD.c.type.in_(kinds), RECORD.c.bucket_id.in_(buckets), RECORD.c.deleted.is_(False), *_time_bounds(wish)
    ]  # fmt: skip
    if after is not None:
        conditions.append(tuple_(*key) > tuple_(*after))
    rows = connection.execute(select(RECORD).where(*conditions).order_by(*key).limit(_STEP))
    return [held_of(row) for row in rows]


def _time_bounds(wish: Search) -> list[ColumnElement[bool]]:
    """Coarse bounds in the text order of moments; the tests are exact."""
    bounds: list[ColumnElement[bool]] = []
    for asked in wish.times:
        if asked.prefix in ("eq", "ge", "gt", "sa", "ap"):
            bounds.append(RECORD.c.updated_at >= moment_text(asked.span.start))
        if asked.prefix in ("eq", "le", "lt", "eb", "ap"):
            bounds.append(RECORD.c.updated_at <= moment_text(asked.span.end))
    return bounds


def _once(connection: Connection, buckets: Collection[str], rows: Sequence[Held]) -> list[Held]:
    """The directory is in several localities: of a record's copies, the one that a read would give is enough."""
    if len(buckets) < 2:
        return list(rows)
    first = {(it.type, it.id): it.bucket for it in found.live(connection, buckets, [(it.type, it.id) for it in rows])}
    return [it for it in rows if first.get((it.type, it.id)) == it.bucket]


def _fitting(
    connection: Connection, buckets: Collection[str], held: Sequence[Held], wish: Search
) -> tuple[list[tuple[Held, dict[str, Any]]], int]:
    """Those that fit, and how many cannot be told at all."""
    told = resources.told(connection, buckets, held)
    fits = [
        (it, resource)
        for it, resource in told
        if resource["resourceType"] == wish.type and all(test(resource) for test in wish.tests)
    ]
    return fits, len(held) - len(told)


def _counted(connection: Connection, buckets: Collection[str], kinds: Collection[str], wish: Search) -> int:
    count, after = 0, None
    wish = replace(wish, count=1)
    while True:
        rows = _candidates(connection, buckets, kinds, wish, None, after)
        count += len(_fitting(connection, buckets, _once(connection, buckets, rows), wish)[0])
        if len(rows) < _STEP:
            return count
        after = _place(rows[-1])


def _place(held: Held) -> Place:
    return (held.bucket, held.type, held.id)
