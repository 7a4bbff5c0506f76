"""Bundles: a transaction is taken whole or not at all, a batch entry by entry (R4 http.html#transaction)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from mdt_desktop.central.errors import CentralRefusal
from mdt_desktop.central.fhir_api import found, reading, search
from mdt_desktop.central.fhir_api.answers import Answer, as_preferred, version_in
from mdt_desktop.central.fhir_api.asking import Asking
from mdt_desktop.central.fhir_api.errors import BundleRefused, ConditionNotMet, FhirRefusal
from mdt_desktop.central.fhir_api.outcomes import outcome_of, status_of
from mdt_desktop.central.fhir_api.parameters import pairs_in
from mdt_desktop.central.fhir_api.writing import NotTaken, Planned, Wish, Writing, settled, write_one
from mdt_desktop.central.rules import MOST_OPS
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.identifiers import new_id
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.words import words

_PLACE = re.compile(r"(?P<type>[A-Z][A-Za-z]{1,63})(?:/(?P<id>[A-Za-z0-9\-.]{1,64}))?(?:\?(?P<query>.*))?")
_PHRASES = {200: "200 OK", 201: "201 Created", 304: "304 Not Modified"}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry as it was read: what is asked of which place."""

    number: int
    method: str
    type: str
    id: str
    query: str
    full_url: str
    wish: Wish | None
    unless: str | None


def take(asked: Asking, bundle: Mapping[str, Any], preferred: str) -> Answer:
    """The response to a transaction or a batch. Raises BundleRefused, and for a transaction what an entry raises."""
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") not in ("transaction", "batch"):
        raise BundleRefused(reason=words("fhir.bundle_type"), path="Bundle.type")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or len(entries) > MOST_OPS:
        raise BundleRefused(reason=words("fhir.bundle_length", most=MOST_OPS), path="Bundle.entry")
    run = _transaction if bundle["type"] == "transaction" else _batch
    answers = run(asked, entries)
    told = [_entry(as_preferred(it, preferred) if it.status in (200, 201) and wrote else it) for it, wrote in answers]
    response: dict[str, Any] = {"resourceType": "Bundle", "type": f"{bundle['type']}-response"}
    return Answer(200, response | ({"entry": told} if told else {}))


def _batch(asked: Asking, entries: Sequence[Any]) -> list[tuple[Answer, bool]]:
    answers = []
    for number, entry in enumerate(entries):
        try:
            step = _read(asked, number, entry)
            answer = write_one(asked, step.wish) if step.wish is not None else _look(asked, step)
            answers.append((answer, step.wish is not None))
        except MdtError as error:
            if not isinstance(error, CentralRefusal | ResourceUnusable):
                raise
            answers.append((Answer(status_of(error), outcome_of(error)), False))
    return answers


def _transaction(asked: Asking, entries: Sequence[Any]) -> list[tuple[Answer, bool]]:
    steps = [_read(asked, number, entry) for number, entry in enumerate(entries)]
    writes = [step for step in steps if step.wish is not None]
    named = [(it.type, it.id) for it in writes if it.id]
    if len(set(named)) != len(named):
        raise BundleRefused(reason=words("fhir.bundle_twice"), path="Bundle.entry")

    def work(connection: Connection) -> dict[int, Answer] | NotTaken:
        writing = Writing(connection, asked)
        planned = _planned(asked, writing, writes)
        outcome = writing.done([it for _, it in planned])
        if isinstance(outcome, NotTaken):
            return NotTaken(planned[outcome.place][0], outcome.error)
        return {number: answer for (number, _), answer in zip(planned, outcome, strict=True)}

    answers = settled(asked, work, [it.wish for it in writes if it.wish is not None]) if writes else {}
    if isinstance(answers, NotTaken):
        with _about(steps[answers.place]):
            raise answers.error
    told: list[tuple[Answer, bool]] = []
    for step in steps:
        if step.number in answers:
            told.append((answers[step.number], True))
        else:
            # What is read in a transaction is read after it: it shows what was written.
            with _about(step):
                told.append((_look(asked, step), False))
    return told


def _planned(asked: Asking, writing: Writing, steps: Sequence[Step]) -> list[tuple[int, Planned]]:
    """The plans of all writes; what others refer to is made before them, so that laptops get it first."""
    ids: dict[int, str] = {}
    known: dict[str, str] = {}
    wishes = {step.number: step.wish for step in steps if step.wish is not None}
    for step in steps:
        there = None
        with _about(step):
            there = writing.existing(wishes[step.number]) if not step.id else None
        ids[step.number] = step.id or (there.id if there is not None else new_id(asked.now, step.number))
        if step.full_url:
            known[step.full_url] = f"{step.type}/{ids[step.number]}"
    for step in steps:
        with _about(step):
            resource = _resolved(writing, wishes[step.number].resource, known)
        wishes[step.number] = replace(wishes[step.number], resource=resource)
    planned: list[tuple[int, Planned]] = []
    for step in _in_order(steps, wishes, ids):
        wish = wishes[step.number]
        with _about(step):
            plan = writing.update(wish) if step.id else writing.create(wish, ids[step.number])
        planned.append((step.number, plan))
    return planned


def _in_order(steps: Sequence[Step], wishes: Mapping[int, Wish], ids: Mapping[int, str]) -> Iterator[Step]:
    """Steps in their order, each after those that it refers to; circles are taken as they come."""
    place = {f"{step.type}/{ids[step.number]}": step for step in steps}
    told: set[int] = set()

    def with_needs(step: Step, above: frozenset[int]) -> Iterator[Step]:
        if step.number in told or step.number in above:
            return
        for text in _references(wishes[step.number].resource):
            if text in place:
                yield from with_needs(place[text], above | {step.number})
        if step.number not in told:
            told.add(step.number)
            yield step

    for step in steps:
        yield from with_needs(step, frozenset())


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for it in value:
            yield from _references(it)
    elif isinstance(value, Mapping):
        for name, it in value.items():
            if name == "reference" and isinstance(it, str):
                yield it
            else:
                yield from _references(it)


def _resolved(writing: Writing, resource: Mapping[str, Any], known: Mapping[str, str]) -> Mapping[str, Any]:
    """A resource whose references name what this very bundle makes, and what their conditions find."""

    def resolve(value: Any) -> Any:
        if isinstance(value, list):
            return [resolve(it) for it in value]
        if not isinstance(value, Mapping):
            return value
        done = {name: resolve(it) for name, it in value.items()}
        text = value.get("reference")
        if isinstance(text, str):
            done["reference"] = known.get(text) or _found(writing, text)
        return done

    resolved: Mapping[str, Any] = resolve(resource)
    return resolved


def _found(writing: Writing, text: str) -> str:
    match = _PLACE.fullmatch(text)
    if match is None or match["id"] or not match["query"]:
        return text
    there = writing.matching(match["type"], pairs_in(match["query"]))
    if len(there) != 1:
        raise ConditionNotMet(reason=words("fhir.reference_not_one"))
    return f"{match['type']}/{there[0].id}"


def _read(asked: Asking, number: int, entry: Any) -> Step:
    """An entry as a step. Raises BundleRefused, ParameterWrong."""
    path = f"Bundle.entry[{number}]"
    request = entry.get("request") if isinstance(entry, Mapping) else None
    if not isinstance(request, Mapping):
        raise BundleRefused(reason=words("fhir.bundle_request"), path=path)
    url, method = request.get("url"), request.get("method")
    match = _PLACE.fullmatch(url.removeprefix(f"{asked.base}/")) if isinstance(url, str) else None
    if match is None or method not in ("GET", "POST", "PUT"):
        raise BundleRefused(reason=words("fhir.bundle_request"), path=f"{path}.request")
    type_, id_, query = match["type"], match["id"] or "", match["query"] or ""
    wish = None
    if method != "GET":
        resource = entry.get("resource")
        fits = isinstance(resource, Mapping) and resource.get("resourceType") == type_ and not query
        if not fits or (method == "PUT") is not bool(id_):
            raise BundleRefused(reason=words("fhir.bundle_request"), path=f"{path}.resource")
        found.kinds_of(type_)
        condition = _text(request, "ifNoneExist")
        wish = Wish(
            type_,
            resource,
            id_,
            version_in(_text(request, "ifMatch"), "ifMatch"),
            only_new=_text(request, "ifNoneMatch") == "*",
            if_none_exist=pairs_in(condition.rpartition("?")[2]) if condition is not None else None,
        )
    full_url = str(entry.get("fullUrl") or "")
    return Step(number, method, type_, id_, query, full_url, wish, _text(request, "ifNoneMatch"))


def _text(request: Mapping[str, Any], name: str) -> str | None:
    value = request.get(name)
    return None if value is None else str(value)


def _look(asked: Asking, step: Step) -> Answer:
    if step.id:
        return reading.one(asked, step.type, step.id, pairs_in(step.query), unless=step.unless)
    return search.run(asked, step.type, pairs_in(step.query))


@contextmanager
def _about(step: Step) -> Iterator[None]:
    """Where something is refused, say for which entry."""
    try:
        yield
    except (FhirRefusal, ResourceUnusable) as refused:
        inner = str(refused.values.get("path", "")).partition(".")[2]
        refused.values["path"] = f"Bundle.entry[{step.number}].resource" + (f".{inner}" if inner else "")
        raise


def _entry(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"status": _PHRASES.get(answer.status, str(answer.status))}
    for header, name in (("Location", "location"), ("ETag", "etag")):
        if header in answer.headers:
            told[name] = answer.headers[header]
    resource = answer.resource
    if resource is not None and resource.get("resourceType") == "OperationOutcome":
        told["outcome"] = resource
        return {"response": told}
    if resource is not None and "lastUpdated" in resource.get("meta", {}):
        told["lastModified"] = resource["meta"]["lastUpdated"]
    return {"response": told} | ({"resource": resource} if resource is not None else {})
