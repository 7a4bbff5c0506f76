"""The built-in provider over HTTP: discovery, keys, the sign-in page with its second step, and the token endpoint."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from mdt_desktop.central import audit, oidc_pages, signing_keys, store_facts
from mdt_desktop.central.answers import json_answer
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import PAGES, PROVIDED
from mdt_desktop.central.errors import CentralRefusal, NotSignedIn, SignInRefused, TooManyTries
from mdt_desktop.central.guard import RequestRate, address_of, note_refusal
from mdt_desktop.central.oidc_provider import PARAMETERS, HttpAnswer, Provider, ProviderRequest, SignedInUser
from mdt_desktop.central.sign_in import Trial, prove, prove_code, went_well
from mdt_desktop.central.sign_in_routes import own_issuer
from mdt_desktop.words import sentence, words

_COOKIE = "mdt-sign-in"
_COOKIE_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
_TICKET_TIME = timedelta(minutes=5)
_MOST_FIELDS = 40
Pairs = Sequence[tuple[str, str]]


def _built_in(request: Request) -> CentralStore:
    """The store, where it is its own provider; elsewhere these addresses do not exist."""
    store: CentralStore = request.app.state.store
    if store.provider is not None:
        raise HTTPException(404)
    return store


async def _form(request: Request) -> Pairs:
    try:
        body = (await request.body()).decode()
        return parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return ()


Store = Annotated[CentralStore, Depends(_built_in)]
Form = Annotated[Pairs, Depends(_form)]
router = APIRouter(prefix="/oidc")


@router.get("/.well-known/openid-configuration", responses=dict(PROVIDED))
def discovery(request: Request, store: Store) -> Response:
    """What this provider is (OpenID Connect Discovery 1.0)."""
    issuer = own_issuer(request)
    return json_answer(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "scopes_supported": ["openid"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [signing_keys.ALGORITHM],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": ["sub", "preferred_username"],
            "authorization_response_iss_parameter_supported": True,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }
    )


@router.get("/jwks", responses=dict(PROVIDED))
def jwks(store: Store) -> Response:
    """The public keys."""
    store.database.write(lambda connection: signing_keys.signing(connection, store.clock()))
    with store.database.reading() as connection:
        return json_answer(signing_keys.public(connection, store.clock()).as_dict(private=False))


@router.get("/authorize", responses=dict(PAGES))
def authorize(request: Request, store: Store) -> Response:
    """The sign-in page for a request that is right; a wrong one goes back, or nowhere where its address is wrong."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)[:_MOST_FIELDS]
    try:
        redirect_uri = _checked(request, store, pairs)
    except OAuth2Error as error:
        return _turned_away(request, error)
    visit = _visit(request) or secrets.token_urlsafe(32)
    page = oidc_pages.name_page(_hidden(store, pairs, visit), request.url.netloc)
    answer = oidc_pages.answer(page, 200, redirect_uri)
    answer.set_cookie(
        _COOKIE,
        visit,
        max_age=int(_TICKET_TIME.total_seconds()) * 2,
        path="/oidc",
        secure=own_issuer(request).startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return answer


@router.post("/authorize", responses=dict(PAGES))
def signed_on_page(request: Request, store: Store, form: Form) -> Response:
    """What was typed on the page: name and password first, then the one-time code where the account has one."""
    given = dict(form)
    pairs = [(name, value) for name, value in form if name in PARAMETERS]
    visit = _visit(request)
    if not visit or not _same(given.get("csrf", ""), _sign(store, "csrf", visit)):
        return oidc_pages.answer(oidc_pages.end_page(), 400)
    try:
        redirect_uri = _checked(request, store, pairs)
        if given.get("go") == "cancel":
            raise AccessDeniedError(redirect_uri=redirect_uri, state=given.get("state"))
    except OAuth2Error as error:
        return _turned_away(request, error)
    step = _second_step if "ticket" in given else _first_step
    return step(request, store, form, visit, redirect_uri)


@router.post("/token", responses=dict(PROVIDED))
def token(request: Request, store: Store, form: Form) -> Response:
    """The id token for a code, once, to whoever knows what the challenge was made of."""
    rate: RequestRate = request.app.state.refusals
    address = address_of(request)
    rate.admit(address)
    issuer = own_issuer(request)

    def exchanged(connection: Connection) -> HttpAnswer:
        provider = Provider(connection, issuer, store.clock())
        answered: HttpAnswer = provider.create_token_response(ProviderRequest("POST", issuer, form))
        if answered.status != 200:
            audit.append(connection, store.clock(), [CentralAct("refused", detail="sign_in_code")])
        return answered

    try:
        answered = store.database.write(exchanged)
    except OAuth2Error as error:
        answered = HttpAnswer(*error())
    if answered.status != 200:
        rate.count(address)
    return json_answer(answered.document, answered.status, {"Pragma": "no-cache"})


def _first_step(request: Request, store: CentralStore, form: Pairs, visit: str, redirect_uri: str) -> Response:
    given = dict(form)
    name, password = given.get("user", "")[:200], given.get("password", "")[:1024]
    try:
        proved = prove(store.database, store.passwords, Trial(name, password, "", "", address_of(request)), store.clock)
    except (SignInRefused, TooManyTries) as refused:
        page = oidc_pages.name_page(_hidden(store, form, visit), request.url.netloc, name, sentence(refused))
        return _refused(store, refused, page, redirect_uri)
    if proved.asks_code:
        store.database.write(lambda connection: went_well(connection, proved.number))
        ticket = _ticket(store, proved.user_id, visit, form)
        return oidc_pages.answer(oidc_pages.code_page(_hidden(store, form, visit, ticket)), 200, redirect_uri)
    return _done(request, store, form, SignedInUser(proved.user_id, ("pwd",)), proved.number)


def _second_step(request: Request, store: CentralStore, form: Pairs, visit: str, redirect_uri: str) -> Response:
    given = dict(form)
    user = _ticket_holder(store, given["ticket"], visit, form)
    if user is None:
        page = oidc_pages.name_page(
            _hidden(store, form, visit), request.url.netloc, problem=words("central.page.took_too_long")
        )
        return oidc_pages.answer(page, 400, redirect_uri)
    try:
        prove_code(store.database, user, given.get("code", ""), address_of(request), store.clock)
    except (SignInRefused, TooManyTries) as refused:
        problem = words("central.page.code_wrong") if isinstance(refused, SignInRefused) else sentence(refused)
        page = oidc_pages.code_page(_hidden(store, form, visit, given["ticket"]), problem)
        return _refused(store, refused, page, redirect_uri)
    return _done(request, store, form, SignedInUser(user, ("pwd", "otp")))


def _done(request: Request, store: CentralStore, form: Pairs, user: SignedInUser, number: int = 0) -> Response:
    """Back to the laptop with a code."""
    issuer, pairs = own_issuer(request), [(name, value) for name, value in form if name in PARAMETERS]

    def coded(connection: Connection) -> HttpAnswer:
        provider = Provider(connection, issuer, store.clock())
        if number:
            went_well(connection, number)
        grant = provider.checked(pairs, user)
        answered: HttpAnswer = provider.create_authorization_response(grant.request, user, grant)
        audit.append(connection, store.clock(), [CentralAct("sign_in_page", records=[user.user_id])])
        return answered

    return _sent_back(request, store.database.write(coded).location)


def _checked(request: Request, store: CentralStore, pairs: Pairs) -> str:
    """The address that the answer goes to. Raises OAuth2Error."""
    with store.database.reading() as connection:
        return str(Provider(connection, own_issuer(request), store.clock()).checked(pairs).redirect_uri)


def _turned_away(request: Request, error: OAuth2Error) -> Response:
    """Told to the program where its address is known to be right, and to nobody else (RFC 6749, 4.1.2.1)."""
    location = HttpAnswer(*error()).location
    return _sent_back(request, location) if location else oidc_pages.answer(oidc_pages.end_page(), 400)


def _sent_back(request: Request, location: str) -> Response:
    """To the laptop, with the name of who answers (RFC 9207)."""
    place = f"{location}&{urlencode({'iss': own_issuer(request)})}"
    return Response(None, 303, {"Location": place, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _refused(store: CentralStore, refused: CentralRefusal, page: str, redirect_uri: str) -> Response:
    if isinstance(refused, NotSignedIn):
        note_refusal(store, refused, "")
    headers = {"Retry-After": str(refused.values["seconds"])} if isinstance(refused, TooManyTries) else None
    return oidc_pages.answer(page, type(refused).status, redirect_uri, headers)


def _hidden(store: CentralStore, pairs: Pairs, visit: str, ticket: str = "") -> Pairs:
    """What the form carries: the request as it came, what proves that the page is ours, and the first step's ticket."""
    kept = [(name, value) for name, value in pairs if name in PARAMETERS]
    return [*kept, ("csrf", _sign(store, "csrf", visit)), *([("ticket", ticket)] if ticket else [])]


def _visit(request: Request) -> str:
    found = request.cookies.get(_COOKIE, "")
    return found if _COOKIE_SHAPE.fullmatch(found) else ""


def _ticket(store: CentralStore, user: str, visit: str, form: Pairs) -> str:
    """Says that name and password were right: for this browser, this request and five minutes."""
    ends = int((store.clock() + _TICKET_TIME).timestamp())
    body = base64.urlsafe_b64encode(json.dumps([user, ends]).encode()).decode()
    return f"{body}.{_sign(store, 'ticket', visit, _request_text(form), body)}"


def _ticket_holder(store: CentralStore, ticket: str, visit: str, form: Pairs) -> str | None:
    body, _, seal = ticket.partition(".")
    if not _same(seal, _sign(store, "ticket", visit, _request_text(form), body)):
        return None
    user, ends = json.loads(base64.urlsafe_b64decode(body))
    return str(user) if store.clock() < datetime.fromtimestamp(ends, store.clock().tzinfo) else None


def _request_text(form: Pairs) -> str:
    return urlencode(sorted((name, value) for name, value in form if name in PARAMETERS))


def _sign(store: CentralStore, *parts: str) -> str:
    with store.database.reading() as connection:
        key = store_facts.sign_in_key(connection)
    return hmac.new(key, "\x1f".join(("page", *parts)).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode())
