"""The façade as an application of its own beneath the central store's: every refusal in it is an OperationOutcome."""

import logging
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import CentralBusy, CentralRefusal, NotSignedIn, TooManyTries
from mdt_desktop.central.fhir_api.answers import Answer, response
from mdt_desktop.central.fhir_api.asking import asking, note_scope_refused
from mdt_desktop.central.fhir_api.errors import NothingThere, ScopeTooNarrow
from mdt_desktop.central.fhir_api.outcomes import outcome_of, outcome_of_status, status_of
from mdt_desktop.central.fhir_api.routes import router
from mdt_desktop.central.guard import RequestRate
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.logs.events import record_event

log = logging.getLogger(__name__)


def create_facade(store: CentralStore, refusals: RequestRate) -> FastAPI:
    """The façade over an open store; it counts refused tokens together with the exchange of laptops."""
    app = FastAPI(title="MDT Desktop FHIR R4", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.store, app.state.refusals = store, refusals
    app.include_router(router)
    app.add_exception_handler(ScopeTooNarrow, _beyond_scope)
    for kind in (CentralRefusal, ResourceUnusable):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(RequestValidationError, _no_such_place)
    app.add_exception_handler(HTTPException, _no_such_method)
    app.add_exception_handler(SQLAlchemyError, _failed)
    app.add_exception_handler(Exception, _failed)
    return app


async def _refused(_: Request, error: Exception) -> Response:
    headers: dict[str, str] = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyTries):
        headers["Retry-After"] = str(error.values["seconds"])
    if isinstance(error, CentralBusy):
        headers["Retry-After"] = "5"
    return response(Answer(status_of(error), outcome_of(error), headers))


def _beyond_scope(request: Request, error: Exception) -> Response:
    scope = str(error.values["scope"]) if isinstance(error, ScopeTooNarrow) else ""
    if isinstance(error, ScopeTooNarrow):
        note_scope_refused(asking(request), error)
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return response(Answer(403, outcome_of(error), headers))


async def _no_such_place(request: Request, _: Exception) -> Response:
    """An address whose type, id or version cannot be one."""
    return await _refused(request, NothingThere())


async def _no_such_method(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers: Any = getattr(error, "headers", None) or {}
    return response(Answer(status, outcome_of_status(status), dict(headers)))


async def _failed(request: Request, error: Exception) -> Response:
    """Anything unforeseen: told without its message, which may hold what was asked for."""
    record_event(log, "request_failed", level=logging.ERROR, error=error)
    if isinstance(error, SQLAlchemyError):
        return await _refused(request, CentralBusy())
    return response(Answer(500, outcome_of(error)))
