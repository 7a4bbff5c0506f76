"""The endpoints of carried files: a laptop publishes its keys, and anybody signed in may bring somebody's file."""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from mdt_desktop.central import carrying
from mdt_desktop.central.answers import json_answer
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import CarriedAnswer, KeysAnswer, answers
from mdt_desktop.central.errors import BadRequest
from mdt_desktop.central.guard import caller
from mdt_desktop.central.tokens import Caller
from mdt_desktop.central.wire import CarriedRequest, KeysRequest
from mdt_desktop.sync.sealed_file import BundleNotUnderstood, BundleRefused, PublicKeys
from mdt_desktop.words import sentence

router = APIRouter(prefix="/sync/v1")
Signed = Annotated[Caller, Depends(caller)]


@router.post("/keys", responses=answers(KeysAnswer))
def keys(request: Request, who: Signed, asked: KeysRequest) -> Response:
    """Keep the public keys of the device that asks; this store's own."""
    store: CentralStore = request.app.state.store
    if who.device != asked.device:
        raise BadRequest
    given = PublicKeys(asked.sign, asked.seal)
    try:
        own = store.database.write(lambda connection: carrying.publish(connection, who, given, store.clock()))
    except BundleNotUnderstood as problem:
        raise BadRequest from problem
    return json_answer({"sign": own.sign, "seal": own.seal})


@router.post("/carried", responses=answers(CarriedAnswer))
def carried(request: Request, who: Signed, asked: CarriedRequest) -> Response:
    """Take a file of changes; its answer, sealed for the laptop that the changes are of."""
    store: CentralStore = request.app.state.store
    try:
        answer = carrying.take(store, carrying.from_text(asked.bundle), who.name)
    except BundleRefused as refused:
        return json_answer({"code": type(refused).code, "message": sentence(refused)}, 400)
    return json_answer({"answer": base64.b64encode(answer).decode("ascii")})
