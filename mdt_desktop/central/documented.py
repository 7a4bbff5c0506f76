"""What every place of the exchange answers, as its OpenAPI document says it; the tests hold the answers to it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mdt_desktop.central.wire import Id, RecordId, TypeName

Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")]
Count = Annotated[int, Field(ge=0)]
_STATUSES = {
    400: "The request has not the shape that is asked for, or a carried file is none of ours.",
    401: "Nobody is signed in by this token, password, code or device.",
    403: "The user may not hold this.",
    404: "There is no such place.",
    409: "Operations are missing before these, or their numbers were used.",
    410: "The cursor is known no longer.",
    413: "The request is over a limit.",
    415: "The request's body is in an encoding that is not read.",
    426: "The program on the laptop is too old.",
    429: "Too many tries; Retry-After says when the next is heard.",
    503: "The database or the sign-in provider does not answer; nothing was changed.",
    507: "The disk of the database is full; nothing was changed.",
}


class _Answer(BaseModel):
    """Nothing is answered that is not documented."""

    model_config = ConfigDict(extra="forbid")


class RefusalAnswer(_Answer):
    """A request that is refused as a whole."""

    code: str
    message: str
    resend_from: int | None = None
    limit: int | None = None


class LimitsAnswer(_Answer):
    """How much one request may hold."""

    push_ops: Count
    push_bytes: Count
    page: Count
    blob: Count
    blob_piece: Count


class WaysAnswer(_Answer):
    """How somebody signs in."""

    issuer: str
    client: str
    password: bool


class HelloAnswer(_Answer):
    """What this store is and speaks."""

    server: Id
    protocol: Annotated[list[int], Field(min_length=2, max_length=2)]
    schema_: Annotated[list[int], Field(alias="schema", min_length=2, max_length=2)]
    time: Moment
    limits: LimitsAnswer
    sign_in: WaysAnswer


class UserAnswer(_Answer):
    """Who signed in."""

    id: Id
    name: str
    role: str


class TokensAnswer(_Answer):
    """A pair of tokens; `scope` where they are for some of the FHIR façade only."""

    access: str
    access_ends: Moment
    refresh: str
    user: UserAnswer
    scope: str | None = None


class GrantAnswer(_Answer):
    """A bucket that the user may hold."""

    bucket: Id
    locality: Id
    role: str
    tier: str
    lease_until: Moment


class HeadAnswer(_Answer):
    """Where the audit stands; `seen` is the hash of the entry that was asked about, empty where there is none."""

    epoch: Id
    entry: Count
    hash: str
    seen: str | None


class SessionAnswer(_Answer):
    """What a laptop may hold, and what it must remove; and where the audit stands, for the laptop to remember."""

    grants: list[GrantAnswer]
    grants_ver: Count
    must_evict: list[Id]
    audit: HeadAnswer
    handed_over: Count


class VersionAnswer(_Answer):
    """A record as it stands."""

    ver: Count
    body: dict[str, Any] | None
    by: str
    at: Moment


class ResultAnswer(_Answer):
    """What became of one operation."""

    op_no: Count
    status: Literal["ok", "duplicate", "stale", "forbidden", "erased", "sealed", "invalid", "blocked", "upgrade"]
    ver: Count | None
    bucket: Id | None
    seq: Count | None
    current: VersionAnswer | None
    field: str | None
    message: str | None
    duplicate_of: str | None = None


class PushAnswer(_Answer):
    """One result for each operation."""

    results: list[ResultAnswer]


class EntryAnswer(_Answer):
    """One change of a bucket."""

    seq: Count
    kind: Literal["put", "delete", "evict", "erase", "seal", "superseded"]
    type: TypeName
    id: RecordId
    ver: Count
    body: dict[str, Any] | None
    by: str
    at: Moment
    op_device: Id | None
    op_no: Count | None


class DigestAnswer(_Answer):
    """What a laptop that has everything holds."""

    count: Count
    sum: Annotated[str, StringConstraints(pattern=r"^\d+$")]


class ChangesAnswer(_Answer):
    """A page of a bucket's feed; `digest` at its head."""

    epoch: Id
    entries: list[EntryAnswer]
    next: str
    head: bool
    last: Count
    op_results: list[ResultAnswer]
    digest: DigestAnswer | None = None


class ManifestAnswer(_Answer):
    """Type, id and version of what is in a bucket."""

    epoch: Id
    rows: list[Annotated[list[str | int], Field(min_length=3, max_length=3)]]
    next: Count | None
    head: str


class FetchedRecordAnswer(VersionAnswer):
    """One record whole."""

    type: TypeName
    id: RecordId


class FetchAnswer(_Answer):
    """Records whole; what is not in the bucket is not among them."""

    records: list[FetchedRecordAnswer]


class ReceiptsAnswer(_Answer):
    """How many receipts were new."""

    noted: Count


class HandoverResultAnswer(_Answer):
    """What became of one record's unsent changes."""

    id: Id
    status: str


class HandoverAnswer(_Answer):
    """One result for each."""

    results: list[HandoverResultAnswer]


class HandedOverAnswer(_Answer):
    """Unsent changes of one record that were handed over."""

    id: Id
    bucket: Id
    type: TypeName
    rec_id: RecordId
    by: str
    at: Moment
    changes: list[dict[str, Any]]


class HandedOverListAnswer(_Answer):
    """What a team was handed."""

    handovers: list[HandedOverAnswer]


class SettledAnswer(_Answer):
    """Whether it was there to be settled."""

    settled: bool


class KeysAnswer(_Answer):
    """This store's own public keys, as hexadecimal text."""

    sign: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    seal: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class CarriedAnswer(_Answer):
    """The sealed answer to a file of changes, as base64."""

    answer: str


class PenAnswer(_Answer):
    """Who holds the pen of a meeting, and who asks for it."""

    holder: str
    mine: bool
    asked_by: str


class LogAnswer(_Answer):
    """The number of the last entry of this device's own audit that is known."""

    last: Count


class BlobAnswer(_Answer):
    """How much of some content is here; not `wanted` where no record in use names it."""

    wanted: bool
    size: Count
    held: Count


class EmptyAnswer(_Answer):
    """Done."""


REFUSALS: Mapping[int | str, dict[str, Any]] = {
    status: {"model": RefusalAnswer, "description": meaning} for status, meaning in _STATUSES.items()
}
"""Every refusal of a whole request has one form, wherever it is made."""


_PAGE: Mapping[str, Any] = {"description": "A page for a browser.", "content": {"text/html": {}}}
_TOLD: Mapping[str, Any] = {"description": "As OAuth and OpenID Connect say.", "content": {"application/json": {}}}
_COMMON: dict[int | str, dict[str, Any]] = {status: REFUSALS[status] for status in (404, 413, 415, 503, 507)}
PAGES: Mapping[int | str, dict[str, Any]] = {
    **_COMMON,
    **{status: dict(_PAGE) for status in (200, 400, 401, 429)},
    303: {"description": "Back to the program that asked."},
}
"""The sign-in page, and the way back from it."""
PROVIDED: Mapping[int | str, dict[str, Any]] = {
    **_COMMON,
    **{status: dict(_TOLD) for status in (200, 400, 401)},
    429: REFUSALS[429],
}
"""What a program asks of the built-in provider."""


BYTES = "application/octet-stream"
CONTENT: dict[int | str, dict[str, Any]] = {
    206: {"description": "A part of the content.", "content": {BYTES: {}}},
    416: {"model": RefusalAnswer, "description": "The content has no such part."},
}
"""A part of some content."""


def answers(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a place that answers with this when all goes well."""
    return {200: {"model": model}}


class DocumentedApp(FastAPI):
    """An application whose document says what it really answers: to a request of another shape, and in bytes."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document without FastAPI's own 422, as a request of another shape is 400 here, and without its
        JSON where a place answers with bytes."""
        if self.openapi_schema is None:
            for place in super().openapi()["paths"].values():
                for operation in place.values():
                    operation["responses"].pop("422", None)
                    for told in operation["responses"].values():
                        if BYTES in told.get("content", {}):
                            told["content"].pop("application/json", None)
        return super().openapi()
