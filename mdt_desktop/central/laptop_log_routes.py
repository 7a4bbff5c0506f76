"""The endpoint where a laptop tells the entries of its own audit."""

from itertools import pairwise
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from mdt_desktop.central import audit, laptop_log
from mdt_desktop.central.answers import json_answer
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import LogAnswer, Moment, answers
from mdt_desktop.central.errors import BadRequest, OperationReused
from mdt_desktop.central.guard import caller
from mdt_desktop.central.laptop_log import ToldAct, ToldEntry, ToldPage
from mdt_desktop.central.tokens import Caller
from mdt_desktop.central.wire import Id
from mdt_desktop.sync.protocol import LOG_FIELDS, LOG_KIND, LOG_PAGE

router = APIRouter(prefix="/sync/v1")
_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, StringConstraints(pattern=LOG_KIND)]
_Fields = Annotated[str, StringConstraints(pattern=LOG_FIELDS)]


class _Told(BaseModel):
    """Ids and the program's own words only; what a newer laptop sends in addition is passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class LogAct(_Told):
    """What was done."""

    at: Moment
    action: _Name = Field(min_length=1)
    kind: _Name = ""
    record_id: Id | None = None
    person_id: Id | None = None
    actor_id: Id | None = None
    fields: _Fields = ""


class LogEntry(_Told):
    """One entry; without `act` where only its number and hash are told."""

    no: int = Field(ge=1, lt=1 << 53)
    hash: _Hash
    act: LogAct | None = None

    def told(self) -> ToldEntry:
        """As the store takes it."""
        act = self.act
        if act is None:
            return ToldEntry(self.no, self.hash)
        record, person, actor = act.record_id or "", act.person_id or "", act.actor_id or ""
        return ToldEntry(self.no, self.hash, ToldAct(act.at, act.action, act.kind, record, person, actor, act.fields))


class LogRequest(_Told):
    """Entries of this device's store, in their order."""

    device: Id
    before: _Hash
    incomplete: bool = False
    entries: list[LogEntry] = Field(min_length=1, max_length=LOG_PAGE)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        numbers = [it.no for it in self.entries]
        if any(b <= a or (b != a + 1 and not self.incomplete) for a, b in pairwise(numbers)):
            raise ValueError("entries follow each other")
        return self


@router.post("/audit", responses=answers(LogAnswer))
def tell_log(request: Request, who: Annotated[Caller, Depends(caller)], asked: LogRequest) -> Response:
    """Take entries of a laptop's own audit into this store's."""
    store: CentralStore = request.app.state.store.acting_for(who.user_id)
    if who.device != asked.device:
        raise BadRequest
    page = ToldPage(asked.before, [it.told() for it in asked.entries], asked.incomplete)
    try:
        last = store.database.write(lambda connection: laptop_log.take(connection, who, page, store.clock()))
    except OperationReused as refused:
        act = CentralAct("refused", who.name, who.device, detail=f"laptop_log {type(refused).code}")
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
        raise
    return json_answer({"last": last})
