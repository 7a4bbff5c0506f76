"""The central store over HTTP: every endpoint of the sync protocol, and the one form of every refusal (SYNC 5.4)."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from mdt_desktop.central import (
    audit,
    devices,
    enrolment,
    handovers,
    memberships,
    pull,
    push,
    store_facts,
    tokens,
    witnesses,
)
from mdt_desktop.central.answers import json_answer, signed_document
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.blob_routes import router as blob_router
from mdt_desktop.central.carrying_routes import router as carrying_router
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import (
    REFUSALS,
    ChangesAnswer,
    DocumentedApp,
    FetchAnswer,
    HelloAnswer,
    ManifestAnswer,
    PushAnswer,
    ReceiptsAnswer,
    SessionAnswer,
    TokensAnswer,
    answers,
)
from mdt_desktop.central.errors import (
    BadRequest,
    CentralBusy,
    CentralRefusal,
    NotSignedIn,
    NotYours,
    OperationReused,
    OperationsMissing,
    TooManyPages,
    TooManyTries,
    UpgradeNeeded,
)
from mdt_desktop.central.fhir_api.facade import create_facade
from mdt_desktop.central.guard import (
    PAGES_A_MINUTE,
    PROTOCOL,
    REFUSALS_A_MINUTE,
    BodyLimit,
    RequestRate,
    address_of,
    caller,
    note_refusal,
    paced_caller,
    require_protocol,
)
from mdt_desktop.central.handover_routes import router as handover_router
from mdt_desktop.central.laptop_log_routes import router as laptop_log_router
from mdt_desktop.central.oidc_routes import router as oidc_router
from mdt_desktop.central.packed import PackedAnswers
from mdt_desktop.central.pen_routes import router as pen_router
from mdt_desktop.central.pull import Page
from mdt_desktop.central.rules import MOST_BLOB, MOST_BYTES, MOST_OPS, PAGE
from mdt_desktop.central.sign_in import Trial, sign_in
from mdt_desktop.central.sign_in_routes import require_built_in, scope_asked, signed_answer, ways
from mdt_desktop.central.sign_in_routes import router as sign_in_router
from mdt_desktop.central.tokens import Caller, Reused, TokenPair
from mdt_desktop.central.wire import (
    FetchRequest,
    Id,
    PushRequest,
    ReceiptsRequest,
    RefreshRequest,
    RegisterRequest,
    SessionRequest,
)
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.papers import PIECE_BYTES
from mdt_desktop.logs.events import record_event
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.words import sentence

log = logging.getLogger(__name__)
OLDEST_SCHEMA = max(1, SCHEMA - 2)
"""Laptops below this send what they have and get nothing new until they are brought up to date (SYNC 5.12)."""

router = APIRouter(prefix="/sync/v1")
Signed = Annotated[Caller, Depends(caller)]
Reading = Annotated[Caller, Depends(paced_caller)]


def create_app(store: CentralStore) -> FastAPI:
    """The application over an open store. It keeps nothing of its own: any number of them may share one database."""
    app = DocumentedApp(title="MDT Desktop central store", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.store, app.state.refusals = store, RequestRate(REFUSALS_A_MINUTE)
    app.state.pages = RequestRate(PAGES_A_MINUTE, TooManyPages)
    parts = (
        router, handover_router, enrolment.router, sign_in_router, carrying_router, pen_router, laptop_log_router,
        blob_router,
    )  # fmt: skip
    for part in parts:
        app.include_router(part, responses=dict(REFUSALS))
    app.include_router(oidc_router)
    app.mount("/fhir", create_facade(store, app.state.refusals))
    app.add_middleware(PackedAnswers)
    app.add_middleware(BodyLimit)
    app.add_exception_handler(CentralRefusal, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _no_such_place)
    app.add_exception_handler(SQLAlchemyError, _failed)
    app.add_exception_handler(Exception, _failed)
    return app


@router.get("/hello", responses=answers(HelloAnswer))
def hello(request: Request) -> Response:
    """What this store is and speaks; the only answer that needs no token."""
    store = _store(request)
    with store.database.reading() as connection:
        server = store_facts.server_id(connection)
    return json_answer(
        {
            "server": server,
            "protocol": [PROTOCOL, PROTOCOL],
            "schema": [OLDEST_SCHEMA, SCHEMA],
            "time": moment_text(store.clock()),
            "limits": {
                "push_ops": MOST_OPS,
                "push_bytes": MOST_BYTES,
                "page": PAGE,
                "blob": MOST_BLOB,
                "blob_piece": PIECE_BYTES,
            },
            "sign_in": ways(request),
        }
    )


@router.post("/register", responses=answers(TokensAnswer), dependencies=[Depends(require_protocol)])
def register(request: Request, asked: RegisterRequest) -> Response:
    """Sign in with name and password, and register the device."""
    store = _store(request)
    require_built_in(store)
    scope = scope_asked(asked.scope)
    trial = Trial(asked.user, asked.password, asked.device, asked.device_name, address_of(request), asked.totp)
    try:
        signed = sign_in(store.database, store.passwords, trial, store.clock)
    except NotSignedIn as refused:
        note_refusal(store, refused, asked.device)
        raise
    return signed_answer(store, asked.device, signed, scope)


@router.post("/refresh", responses=answers(TokensAnswer), dependencies=[Depends(require_protocol)])
def refresh(request: Request, asked: RefreshRequest) -> Response:
    """The next pair of tokens; a refresh token that comes twice ends all tokens of that signing in."""
    store = _store(request)
    rate: RequestRate = request.app.state.refusals
    address = address_of(request)
    rate.admit(address)

    def renewed(connection: Connection) -> tuple[Caller, TokenPair] | Reused:
        now = store.clock()
        outcome = tokens.renew(connection, asked.refresh, asked.device, now)
        if isinstance(outcome, Reused):
            audit.append(connection, now, [CentralAct("refresh_reused", outcome.user, outcome.device)])
        return outcome

    try:
        outcome = store.database.write(renewed)
        if isinstance(outcome, Reused):
            raise NotSignedIn
    except NotSignedIn as refused:
        rate.count(address)
        note_refusal(store, refused, asked.device)
        raise
    who, pair = outcome
    return json_answer(signed_document(who.user_id, who.name, who.role, pair))


@router.post("/session", responses=answers(SessionAnswer))
def session(request: Request, who: Signed, asked: SessionRequest) -> Response:
    """The buckets that the user holds now, and those that the device has to remove."""
    store = _store(request).acting_for(who.user_id)
    _require_own_device(who, asked.device)

    def begun(connection: Connection) -> Mapping[str, Any]:
        now = store.clock()
        devices.seen(connection, who.device, asked.app, asked.schema_, now)
        grants = memberships.current(connection, who.user_id, now)
        evict = memberships.to_evict(connection, who.user_id, who.device, now)
        held = asked.audit.head() if asked.audit is not None else None
        act = witnesses.missed(connection, who.name, who.device, held)
        audit.append(connection, now, [CentralAct("session", who.name, who.device), *([act] if act else [])])
        told = witnesses.told(connection, held)
        return {
            "grants": [
                {
                    "bucket": grant.bucket,
                    "locality": grant.locality,
                    "role": grant.role,
                    "tier": grant.tier,
                    "lease_until": grant.lease_until,
                }
                for grant in grants
            ],
            "grants_ver": who.grants_ver,
            "must_evict": evict,
            "audit": {
                "epoch": told.head.epoch,
                "entry": told.head.seq,
                "hash": told.head.hash,
                "seen": told.seen,
            },
            "handed_over": handovers.waiting(connection, [grant.bucket for grant in grants]),
        }

    return json_answer(store.database.write(begun))


@router.get("/buckets/{bucket}/changes", responses=answers(ChangesAnswer))
def changes(
    request: Request,
    who: Reading,
    bucket: Id,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1)] = PAGE,
) -> Response:
    """A page of what changed in a bucket."""
    store = _store(request).acting_for(who.user_id)
    _require_schema(who)
    with _noting(store, who, bucket), store.database.reading() as connection:
        memberships.require(connection, who.user_id, bucket, store.clock())
        page = pull.changes(connection, bucket, after, min(limit, PAGE), who.device)
    return _served(store, who, bucket, "pull", page)


@router.get("/buckets/{bucket}/manifest", responses=answers(ManifestAnswer))
def manifest(
    request: Request, who: Reading, bucket: Id, page: Annotated[int, Query(ge=0, lt=1 << 31)] = 0
) -> Response:
    """Which records in which versions are in a bucket."""
    store = _store(request).acting_for(who.user_id)
    _require_schema(who)
    with _noting(store, who, bucket), store.database.reading() as connection:
        memberships.require(connection, who.user_id, bucket, store.clock())
        found = pull.manifest(connection, bucket, page)
    return _served(store, who, bucket, "manifest", Page(found, [row[1] for row in found["rows"]]))


@router.post("/buckets/{bucket}/fetch", responses=answers(FetchAnswer))
def fetch(request: Request, who: Reading, bucket: Id, asked: FetchRequest) -> Response:
    """Single records whole."""
    store = _store(request).acting_for(who.user_id)
    _require_schema(who)
    with _noting(store, who, bucket), store.database.reading() as connection:
        memberships.require(connection, who.user_id, bucket, store.clock())
        page = pull.fetch(connection, bucket, asked.ids)
    return _served(store, who, bucket, "fetch", page)


@router.post("/push", responses=answers(PushAnswer))
def push_operations(request: Request, who: Signed, asked: PushRequest) -> Response:
    """Take operations; whatever is wrong with one of them is told in its result and stops no other."""
    store = _store(request).acting_for(who.user_id)
    _require_own_device(who, asked.device)
    operations = [it.operation() for it in asked.ops]
    with _noting(store, who):
        results = push.push(store.database, who, operations, store.clock())
    return json_answer({"results": results})


@router.post("/receipts", responses=answers(ReceiptsAnswer))
def receipts(request: Request, who: Signed, asked: ReceiptsRequest) -> Response:
    """A device says what it has removed."""
    store = _store(request).acting_for(who.user_id)
    _require_own_device(who, asked.device)
    told = [devices.Receipt(it.kind, it.bucket, it.type, it.id or it.bucket) for it in asked.done]

    def noted(connection: Connection) -> int:
        now = store.clock()
        count = devices.note_receipts(connection, who.device, told, now)
        ids = sorted({it.id for it in told})
        audit.append(connection, now, [CentralAct("receipts", who.name, who.device, records=ids)])
        return count

    return json_answer({"noted": store.database.write(noted)})


def _served(store: CentralStore, who: Caller, bucket: str, action: str, page: Page) -> Response:
    """Send what was read once the audit has it: what cannot be noted is not told."""
    if page.record_ids:
        act = CentralAct(action, who.name, who.device, bucket, sorted(set(page.record_ids)))
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
    return json_answer(page.document)


@contextmanager
def _noting(store: CentralStore, who: Caller, bucket: str = "") -> Iterator[None]:
    """A try at another's bucket, or with numbers that were used, is in the audit (SYNC 6: 34 and 57)."""
    try:
        yield
    except (NotYours, OperationReused) as refused:
        act = CentralAct("refused", who.name, who.device, bucket, detail=type(refused).code)
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
        raise


def _require_own_device(who: Caller, device: str) -> None:
    if who.device != device:
        raise BadRequest


def _require_schema(who: Caller) -> None:
    # 0: it has not begun a session since it was registered, and so has not said which it is.
    if 0 < who.schema_no < OLDEST_SCHEMA:
        raise UpgradeNeeded


def _store(request: Request) -> CentralStore:
    store: CentralStore = request.app.state.store
    return store


async def _refused(_: Request, error: Exception) -> Response:
    """A refusal of the whole request: its code, its sentence, and what a laptop must know to go on."""
    refused = error if isinstance(error, CentralRefusal) else CentralBusy()
    document: dict[str, Any] = {"code": type(refused).code, "message": sentence(refused)}
    headers = {}
    if isinstance(refused, OperationsMissing):
        document["resend_from"] = refused.values["resend_from"]
    if isinstance(refused, TooManyTries):
        headers["Retry-After"] = str(refused.values["seconds"])
    if isinstance(refused, CentralBusy):
        headers["Retry-After"] = "5"
    if isinstance(refused, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return json_answer(document, type(refused).status, headers)


async def _malformed(request: Request, _: Exception) -> Response:
    """What was sent is never repeated in the answer: it may be about people."""
    return await _refused(request, BadRequest())


async def _no_such_place(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return json_answer({"code": "no_such_place", "message": ""}, status)


async def _failed(request: Request, error: Exception) -> Response:
    """Anything unforeseen: told without its message, which may hold what was asked for."""
    record_event(log, "request_failed", level=logging.ERROR, error=error)
    if isinstance(error, MdtError | SQLAlchemyError):
        return await _refused(request, CentralBusy())
    return json_answer({"code": "unexpected", "message": sentence(MdtError())}, 500)
