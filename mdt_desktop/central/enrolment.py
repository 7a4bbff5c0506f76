"""A laptop whose store is a copy, or was put back, asks for a device of its own with its own numbers (SYNC 6: 34)."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, select, update

from mdt_desktop.central import audit, devices
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import TokensAnswer, answers
from mdt_desktop.central.guard import caller
from mdt_desktop.central.tables import FAMILY
from mdt_desktop.central.tokens import Caller, TokenPair, begin_family
from mdt_desktop.central.wire import Id, ShortText

router = APIRouter(prefix="/sync/v1")


class EnrolRequest(BaseModel):
    """The id that the laptop has made for itself."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    device: Id
    device_name: ShortText


@router.post("/enrol", responses=answers(TokensAnswer))
def enrol(request: Request, who: Annotated[Caller, Depends(caller)], asked: EnrolRequest) -> Response:
    """Register another device for the user who asks, for no longer than they have signed in for.

    The device that asks stays as it is: where its store was copied, the other copy goes on with it.
    """
    store: CentralStore = request.app.state.store

    def enrolled(connection: Connection) -> TokenPair:
        now = store.clock()
        ends = connection.execute(
            select(FAMILY.c.ends_at).where(FAMILY.c.device_id == who.device, FAMILY.c.ended == "")
        ).scalar_one()
        devices.register(connection, who.user_id, asked.device, asked.device_name, now)
        pair = begin_family(connection, who.user_id, asked.device, now)
        connection.execute(
            update(FAMILY).where(FAMILY.c.device_id == asked.device, FAMILY.c.ended == "").values(ends_at=ends)
        )
        audit.append(connection, now, [CentralAct("enrolled_again", who.name, asked.device, detail=who.device)])
        return pair

    pair = store.database.write(enrolled)
    document = {
        "access": pair.access,
        "access_ends": pair.access_ends,
        "refresh": pair.refresh,
        "user": {"id": who.user_id, "name": who.name, "role": who.role},
    }
    return Response(orjson.dumps(document), 200, {"Cache-Control": "no-store"}, "application/json")
