"""Who asks the façade, for what, and how far they reach: the token, its scopes, and the buckets of now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy import Connection

from mdt_desktop.central import audit, memberships, tokens
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import NotSignedIn
from mdt_desktop.central.feed import Held
from mdt_desktop.central.fhir_api.errors import ScopeTooNarrow
from mdt_desktop.central.fhir_api.scopes import Scopes, scopes_of
from mdt_desktop.central.guard import RequestRate, address_of, note_refusal
from mdt_desktop.central.memberships import Grant
from mdt_desktop.central.tokens import Caller

PLACE = "/fhir/R4"
"""Where the façade stands on the server."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: the store, who makes it, what their token is for, and the address that links begin with."""

    store: CentralStore
    who: Caller
    scopes: Scopes
    base: str

    @property
    def now(self) -> datetime:
        """The server's time."""
        return self.store.clock()

    def reach(self, connection: Connection) -> Mapping[str, Grant]:
        """The buckets that the caller has now, by id."""
        return {it.bucket: it for it in memberships.current(connection, self.who.user_id, self.now)}


def asking(request: Request) -> Asking:
    """Who makes this request, by a bearer token alone. Raises NotSignedIn and its kinds, each one audit entry."""
    store: CentralStore = request.app.state.store
    rate: RequestRate = request.app.state.refusals
    address = address_of(request)
    rate.admit(address)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    device = request.headers.get("sync-device", "")
    try:
        if scheme.casefold() != "bearer" or not token:
            raise NotSignedIn
        with store.database.reading() as connection:
            who = tokens.bearer(connection, token, store.clock())
        if device not in ("", who.device):
            raise NotSignedIn
    except NotSignedIn as refused:
        rate.count(address)
        note_refusal(store, refused, device)
        raise
    return Asking(store.acting_for(who.user_id), who, scopes_of(who.scopes), base_of(request))


def base_of(request: Request) -> str:
    """The address of the façade as the client knows it."""
    return f"{request.url.scheme}://{request.url.netloc}{PLACE}"


def note_read(asked: Asking, action: str, held: Iterable[Held], detail: str = "") -> None:
    """Put into the audit what is about to be told: an entry a bucket, or one for an answer that holds nothing."""
    found: dict[str, set[str]] = {}
    for it in held:
        found.setdefault(it.bucket, set()).add(it.id)
    who = asked.who
    acts = [
        CentralAct(action, who.name, who.device, bucket, sorted(ids), detail) for bucket, ids in sorted(found.items())
    ] or [CentralAct(action, who.name, who.device, detail=detail)]
    asked.store.database.write(lambda connection: audit.append(connection, asked.now, acts))


def note_scope_refused(asked: Asking, refused: ScopeTooNarrow) -> None:
    """A try beyond the token's scopes is in the audit."""
    act = CentralAct("refused", asked.who.name, asked.who.device, detail=str(refused.values["scope"]))
    asked.store.database.write(lambda connection: audit.append(connection, asked.now, [act]))
