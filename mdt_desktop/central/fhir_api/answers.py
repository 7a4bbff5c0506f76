"""What is answered and in which form: media types, ETag, Last-Modified, Location, and what `Prefer` asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import orjson
from fastapi import Request, Response

from mdt_desktop.central.fhir_api.errors import (
    BodyUnreadable,
    FormatNotServed,
    FormatNotTaken,
    ParameterWrong,
)
from mdt_desktop.central.fhir_api.outcomes import all_well
from mdt_desktop.words import words

FHIR_JSON = "application/fhir+json"
_JSON = frozenset({FHIR_JSON, "application/json", "text/json", "json"})
_ANYTHING = frozenset({"*/*", "application/*", ""})
_DEEPEST = 100
"""Levels that a body may have: no resource comes near it, and what walks through one goes a level deeper each time."""
_VERSION = re.compile(r'(?:W/)?"(\d{1,9})"')


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a resource or none, and headers."""

    status: int
    resource: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def response(answer: Answer) -> Response:
    """The answer over HTTP; never kept by anything on the way, as it is about people."""
    headers = {"Cache-Control": "no-store", **answer.headers}
    if answer.resource is None:
        return Response(None, answer.status, headers)
    return Response(orjson.dumps(answer.resource), answer.status, headers, f"{FHIR_JSON}; charset=utf-8")


def require_json(request: Request, asked_format: str | None) -> None:
    """Raise FormatNotServed where the client takes no JSON; `_format` counts before Accept."""
    if asked_format is not None:
        # An unescaped plus has become a space on the way.
        if asked_format.replace(" ", "+").partition(";")[0].strip().casefold() not in _JSON:
            raise FormatNotServed
        return
    accepted = request.headers.get("accept", "*/*")
    kinds = {part.partition(";")[0].strip().casefold() for part in accepted.split(",")}
    if not kinds & (_JSON | _ANYTHING):
        raise FormatNotServed


def body_of(request: Request, content: bytes) -> dict[str, Any]:
    """The resource in a request. Raises FormatNotTaken, BodyUnreadable."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind not in _JSON:
        raise FormatNotTaken
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        raise BodyUnreadable from problem
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str) or _is_deeper(found, _DEEPEST):
        raise BodyUnreadable
    return found


def _is_deeper(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_is_deeper(it, left - 1) for it in inner)


def version_in(header: str | None, name: str = "If-Match") -> int | None:
    """The version that an entity tag names. Raises ParameterWrong."""
    if header is None:
        return None
    match = _VERSION.fullmatch(header.strip())
    if match is None:
        raise ParameterWrong(name=name, wanted='W/"3"')
    return int(match[1])


def etag(ver: int) -> str:
    """The entity tag of a version."""
    return f'W/"{ver}"'


def about_version(ver: int, at: str, location: str = "") -> dict[str, str]:
    """The headers that say which version an answer is of; `at` is the store's moment of it."""
    headers = {"ETag": etag(ver)}
    if at:
        headers["Last-Modified"] = format_datetime(datetime.fromisoformat(at).replace(microsecond=0), usegmt=True)
    return headers | ({"Location": location} if location else {})


def preferred(request: Request) -> str:
    """`minimal`, `representation` or `OperationOutcome`, as the client prefers what a change is answered with."""
    for part in request.headers.get("prefer", "").replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        if name.casefold() == "return" and value in ("minimal", "representation", "OperationOutcome"):
            return value
    return "representation"


def as_preferred(answer: Answer, wish: str) -> Answer:
    """A change's answer with as much of the resource as the client wants."""
    if wish == "minimal":
        return Answer(answer.status, None, answer.headers)
    if wish == "OperationOutcome":
        return Answer(answer.status, all_well(words("fhir.all_well")), answer.headers)
    return answer
