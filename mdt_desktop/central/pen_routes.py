"""The endpoint of the pen of a meeting."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from mdt_desktop.central import audit, pen
from mdt_desktop.central.answers import json_answer
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import PenAnswer, answers
from mdt_desktop.central.errors import NotYours
from mdt_desktop.central.guard import caller
from mdt_desktop.central.tokens import Caller
from mdt_desktop.central.wire import Id, PenRequest
from mdt_desktop.domain.pen import PenWish

router = APIRouter(prefix="/sync/v1")


@router.post("/buckets/{bucket}/pen", responses=answers(PenAnswer))
def hold_pen(request: Request, who: Annotated[Caller, Depends(caller)], bucket: Id, asked: PenRequest) -> Response:
    """Look who holds the pen of a meeting; take it, ask for it, hand it over, put it down."""
    store: CentralStore = request.app.state.store.acting_for(who.user_id)
    try:
        found = store.database.write(
            lambda it: pen.tell(it, who, bucket, asked.meeting, PenWish(asked.wish), store.clock())
        )
    except NotYours as refused:
        act = CentralAct("refused", who.name, who.device, bucket, detail=type(refused).code)
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
        raise
    return json_answer({"holder": found.holder, "mine": found.is_mine, "asked_by": found.asked_by})
