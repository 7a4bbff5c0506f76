"""Every place of the façade: what is read from the request, and which verb of the façade it is (R4 http.html)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from mdt_desktop.central.fhir_api import bundles, capability, history, reading, search
from mdt_desktop.central.fhir_api.answers import (
    Answer,
    as_preferred,
    body_of,
    preferred,
    require_json,
    response,
    version_in,
)
from mdt_desktop.central.fhir_api.asking import Asking, asking, base_of
from mdt_desktop.central.fhir_api.parameters import (
    Pairs,
    form_of,
    format_in,
    pairs_in,
    query_of,
    require_known,
)
from mdt_desktop.central.fhir_api.writing import Wish, write_one
from mdt_desktop.domain.dates import moment_text

router = APIRouter(prefix="/R4")
_ID = r"^[A-Za-z0-9\-.]{1,64}$"
Signed = Annotated[Asking, Depends(asking)]
TypeName = Annotated[str, Path(pattern=r"^[A-Z][A-Za-z]{1,63}$")]
Id = Annotated[str, Path(pattern=_ID)]
Version = Annotated[int, Path(ge=0, lt=1 << 31)]


def asked_for(request: Request) -> Pairs:
    """The parameters of the address without `_format`. Raises FormatNotServed."""
    wanted, pairs = format_in(query_of(request))
    require_json(request, wanted)
    return pairs


Query = Annotated[Pairs, Depends(asked_for)]


async def content_of(request: Request) -> bytes:
    """The body, whole; how much of it may come is limited before."""
    return await request.body()


Content = Annotated[bytes, Depends(content_of)]


@router.get("/metadata")
def metadata(request: Request, pairs: Query) -> Response:
    """What the façade does; the one answer that needs no token."""
    require_known(pairs, ("mode",))
    now = moment_text(request.app.state.store.clock())
    return response(Answer(200, capability.statement(base_of(request), now)))


@router.get("/_history")
def system_history(who: Signed, pairs: Query) -> Response:
    """What changed, of every type."""
    return response(history.of_feed(who, "", pairs))


@router.post("")
@router.post("/")
def bundle(request: Request, who: Signed, pairs: Query, content: Content) -> Response:
    """A transaction or a batch."""
    require_known(pairs, ())
    return response(bundles.take(who, body_of(request, content), preferred(request)))


@router.get("/Patient/{id_}/$everything")
def everything(who: Signed, id_: Id, pairs: Query) -> Response:
    """A person and all about them."""
    return response(reading.everything(who, id_, pairs))


@router.get("/{type_}/_history")
def type_history(who: Signed, type_: TypeName, pairs: Query) -> Response:
    """What changed, of one type."""
    return response(history.of_feed(who, type_, pairs))


@router.post("/{type_}/_search")
def search_by_form(request: Request, who: Signed, type_: TypeName, pairs: Query, content: Content) -> Response:
    """A search whose parameters are not in the address, where they would name people."""
    wanted, form = format_in(form_of(request, content))
    require_json(request, wanted)
    return response(search.run(who, type_, [*pairs, *form]))


@router.get("/{type_}/{id_}/_history/{ver}")
def vread(who: Signed, type_: TypeName, id_: Id, ver: Version, pairs: Query) -> Response:
    """One version."""
    require_known(pairs, ())
    return response(history.version(who, type_, id_, ver))


@router.get("/{type_}/{id_}/_history")
def instance_history(who: Signed, type_: TypeName, id_: Id, pairs: Query) -> Response:
    """Every version."""
    return response(history.of_one(who, type_, id_, pairs))


@router.get("/{type_}/{id_}")
def read(request: Request, who: Signed, type_: TypeName, id_: Id, pairs: Query) -> Response:
    """A resource as it stands."""
    return response(reading.one(who, type_, id_, pairs, unless=request.headers.get("if-none-match")))


@router.get("/{type_}")
def search_by_query(who: Signed, type_: TypeName, pairs: Query) -> Response:
    """A search."""
    return response(search.run(who, type_, pairs))


@router.post("/{type_}")
def create(request: Request, who: Signed, type_: TypeName, pairs: Query, content: Content) -> Response:
    """A new resource; with If-None-Exist, where nothing of the kind is there yet."""
    require_known(pairs, ())
    condition = request.headers.get("if-none-exist")
    wish = Wish(
        type_,
        body_of(request, content),
        if_none_exist=pairs_in(condition.rpartition("?")[2]) if condition is not None else None,
    )
    return response(as_preferred(write_one(who, wish), preferred(request)))


@router.put("/{type_}/{id_}")
def update(request: Request, who: Signed, type_: TypeName, id_: Id, pairs: Query, content: Content) -> Response:
    """A change of the version in If-Match; with If-None-Match: *, a new one only."""
    require_known(pairs, ())
    headers = request.headers
    wish = Wish(
        type_, body_of(request, content), id_, version_in(headers.get("if-match")),
        only_new=headers.get("if-none-match", "").strip() == "*",
    )  # fmt: skip
    return response(as_preferred(write_one(who, wish), preferred(request)))
