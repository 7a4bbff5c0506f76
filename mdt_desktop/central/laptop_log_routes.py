"""The endpoint where a laptop tells the entries of its own audit."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from mdt_desktop.central import audit, laptop_log
from mdt_desktop.central.answers import json_answer
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import LogAnswer, answers
from mdt_desktop.central.errors import BadRequest, OperationReused
from mdt_desktop.central.guard import caller
from mdt_desktop.central.log_wire import LogRequest
from mdt_desktop.central.tokens import Caller

router = APIRouter(prefix="/sync/v1")


@router.post("/audit", responses=answers(LogAnswer))
def tell_log(request: Request, who: Annotated[Caller, Depends(caller)], asked: LogRequest) -> Response:
    """Take entries of a laptop's own audit into this store's."""
    store: CentralStore = request.app.state.store.acting_for(who.user_id)
    if who.device != asked.device:
        raise BadRequest
    page = asked.page()
    try:
        last = store.database.write(lambda connection: laptop_log.take(connection, who, page, store.clock()))
    except OperationReused as refused:
        act = CentralAct("refused", who.name, who.device, detail=f"laptop_log {type(refused).code}")
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
        raise
    return json_answer({"last": last})
