"""The endpoints of unsent changes that were handed over; who may use them stands in `handovers`."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from mdt_desktop.central import audit, handovers
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import HandedOverListAnswer, HandoverAnswer, SettledAnswer, answers
from mdt_desktop.central.errors import BadRequest, NotYours
from mdt_desktop.central.guard import caller
from mdt_desktop.central.handovers import Given, Outcome
from mdt_desktop.central.tokens import Caller
from mdt_desktop.central.wire import Id, RecordId, ShortText, TypeName

router = APIRouter(prefix="/sync/v1")
Signed = Annotated[Caller, Depends(caller)]
T = TypeVar("T")
_MOST = 200


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class WireChange(_Model):
    """One change as it would have been sent."""

    kind: Literal["create", "update", "delete"]
    set: dict[str, Any]
    made_at: ShortText


class WireGiven(_Model):
    """Unsent changes of one record."""

    id: Id
    bucket: Id
    type: TypeName
    rec_id: RecordId
    changes: list[WireChange] = Field(min_length=1, max_length=_MOST)


class HandoverRequest(_Model):
    """What a laptop could not send any more."""

    device: Id
    items: list[WireGiven] = Field(min_length=1, max_length=_MOST)


class SettleRequest(_Model):
    """What became of one."""

    outcome: Literal["taken_in", "left_out"]


@router.post("/handover", responses=answers(HandoverAnswer))
def hand_over(request: Request, who: Signed, asked: HandoverRequest) -> Response:
    """Take unsent changes of records that had to leave a laptop; nothing is told but the answers."""
    if who.device != asked.device:
        raise BadRequest
    store: CentralStore = request.app.state.store.acting_for(who.user_id)
    given = [
        Given(it.id, it.bucket, it.type, it.rec_id, [change.model_dump() for change in it.changes])
        for it in asked.items
    ]
    results = store.database.write(lambda connection: handovers.take(connection, who, given, store.clock()))
    return _answer({"results": results})


@router.get("/buckets/{bucket}/handovers", responses=answers(HandedOverListAnswer))
def handed_over(request: Request, who: Signed, bucket: Id) -> Response:
    """What was handed over to a team; the audit has it before it is sent."""
    store: CentralStore = request.app.state.store.acting_for(who.user_id)
    found = _noting(store, who, bucket, lambda it: handovers.listed(it, who, bucket, store.clock()))
    return _answer({"handovers": found})


@router.post("/buckets/{bucket}/handovers/{id_}", responses=answers(SettledAnswer))
def settle(request: Request, who: Signed, bucket: Id, id_: Id, asked: SettleRequest) -> Response:
    """Say what became of one."""
    store: CentralStore = request.app.state.store.acting_for(who.user_id)
    outcome = Outcome(asked.outcome)
    done = _noting(store, who, bucket, lambda it: handovers.settle(it, who, bucket, id_, outcome, store.clock()))
    return _answer({"settled": done})


def _noting(store: CentralStore, who: Caller, bucket: str, work: Callable[[Connection], T]) -> T:
    """Do it in one transaction; a try at another's bucket is in the audit."""
    try:
        return store.database.write(work)
    except NotYours as refused:
        act = CentralAct("refused", who.name, who.device, bucket, detail=type(refused).code)
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
        raise


def _answer(document: object) -> Response:
    """Never kept by anything on the way: it is about people."""
    return Response(orjson.dumps(document), 200, {"Cache-Control": "no-store"}, "application/json")
