"""The endpoints of content: how much is held, one more piece of it, and a part of it."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response
from sqlalchemy import Connection

from mdt_desktop.central import audit, blobs
from mdt_desktop.central.answers import json_answer
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.blobs import BlobState, Taken
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import CONTENT, BlobAnswer, answers
from mdt_desktop.central.errors import NotYours
from mdt_desktop.central.guard import caller
from mdt_desktop.central.tokens import Caller
from mdt_desktop.central.wire import Id
from mdt_desktop.domain.papers import PIECE_BYTES

T = TypeVar("T")
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Who = Annotated[Caller, Depends(caller)]
_NUMBER = r"(0|[1-9]\d{0,11})"

router = APIRouter(prefix="/sync/v1/blobs/{bucket}/{sha256}")


class Content(Response):
    """Bytes that nothing on the way takes for something to open."""

    media_type = "application/octet-stream"


@router.get("/held", responses=answers(BlobAnswer))
def held(request: Request, who: Who, bucket: Id, sha256: Sha256) -> Response:
    """How much of some content is here: where an upload goes on."""
    store = _store(request, who)
    with store.database.reading() as connection:
        found = _noting(store, who, bucket, lambda: blobs.state(connection, who, bucket, sha256, store.clock()))
    return json_answer(_document(found))


@router.post("", responses=answers(BlobAnswer))
def take(
    request: Request,
    who: Who,
    bucket: Id,
    sha256: Sha256,
    content: Annotated[bytes, Body(media_type="application/octet-stream", max_length=PIECE_BYTES)],
    content_range: Annotated[str, Header(pattern=rf"^bytes {_NUMBER}-{_NUMBER}/{_NUMBER}$")],
) -> Response:
    """One piece (RFC 9110, 14.4); the answer says how much is here then, whether this piece was taken or not."""
    store = _store(request, who)
    part, _, total = content_range.removeprefix("bytes ").partition("/")
    start, _, end = part.partition("-")
    whole = int(total) if int(end) - int(start) + 1 == len(content) else -1

    def taken(connection: Connection) -> Taken:
        now = store.clock()
        found = blobs.take(connection, who, bucket, sha256, int(start), whole, content, now)
        if found.papers:
            audit.append(connection, now, [CentralAct("blob_taken", who.name, who.device, bucket, list(found.papers))])
        if found.wrong:
            audit.append(connection, now, [CentralAct("blob_wrong", who.name, who.device, bucket, detail=sha256)])
        return found

    found = _noting(store, who, bucket, lambda: store.database.write(taken))
    blobs.require_right(found)
    return json_answer(_document(found.state))


@router.get("", status_code=206, responses=CONTENT)
def read(
    request: Request,
    who: Who,
    bucket: Id,
    sha256: Sha256,
    range_: Annotated[str, Header(alias="range", pattern=rf"^bytes={_NUMBER}-{_NUMBER}$")],
) -> Response:
    """A part of some content (RFC 9110, 14.2), once the audit has it who read of which paper."""
    store = _store(request, who)
    first, _, last = range_.removeprefix("bytes=").partition("-")
    with store.database.reading() as connection:
        content, size, papers = _noting(
            store, who, bucket,
            lambda: blobs.read(connection, who, bucket, sha256, int(first), int(last), store.clock()),
        )  # fmt: skip
    act = CentralAct("blob_read", who.name, who.device, bucket, list(papers))
    store.database.write(lambda writing: audit.append(writing, store.clock(), [act]))
    headers = {
        "Cache-Control": "no-store",
        "Content-Range": f"bytes {first}-{int(first) + len(content) - 1}/{size}",
        "X-Content-Type-Options": "nosniff",
    }
    return Content(content, 206, headers)


def _document(found: BlobState) -> dict[str, object]:
    return {"wanted": found.wanted, "size": found.size, "held": found.held}


def _noting(store: CentralStore, who: Caller, bucket: str, work: Callable[[], T]) -> T:
    """A try at what is not one's own is in the audit (SYNC 6: 57)."""
    try:
        return work()
    except NotYours as refused:
        act = CentralAct("refused", who.name, who.device, bucket, detail=type(refused).code)
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
        raise


def _store(request: Request, who: Caller) -> CentralStore:
    store: CentralStore = request.app.state.store
    return store.acting_for(who.user_id)
