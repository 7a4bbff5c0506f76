"""What a laptop tells of its own audit, as it must look: ids and the program's own words only."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from mdt_desktop.central.documented import Moment
from mdt_desktop.central.laptop_log import ToldAct, ToldEntry, ToldPage
from mdt_desktop.central.wire import Id
from mdt_desktop.sync.protocol import LOG_CARRIED, LOG_FIELDS, LOG_KIND, LOG_PAGE

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


class CarriedLog(_Told):
    """Entries of a laptop's own audit in their order, as a carried file brings them."""

    before: _Hash
    incomplete: bool = False
    entries: list[LogEntry] = Field(min_length=1, max_length=LOG_CARRIED)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        numbers = [it.no for it in self.entries]
        if any(b <= a or (b != a + 1 and not self.incomplete) for a, b in pairwise(numbers)):
            raise ValueError("entries follow each other")
        return self

    def page(self) -> ToldPage:
        """As the store takes it."""
        return ToldPage(self.before, [it.told() for it in self.entries], self.incomplete)


class LogRequest(CarriedLog):
    """Entries of this device's store, in their order."""

    device: Id
    entries: list[LogEntry] = Field(min_length=1, max_length=LOG_PAGE)
