"""Signing in through the browser, its last step, and signing out: where every laptop goes, whoever the provider is."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from mdt_desktop.central import audit, signing_keys, tokens
from mdt_desktop.central.answers import json_answer, signed_document
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.documented import EmptyAnswer, TokensAnswer, answers
from mdt_desktop.central.errors import BadRequest, NoAccountHere, NotSignedIn, SignInElsewhere
from mdt_desktop.central.fhir_api.scopes import kept_scopes
from mdt_desktop.central.finishing import Finish, account_by_claim, finish, own_account
from mdt_desktop.central.guard import RequestRate, address_of, note_refusal, require_protocol
from mdt_desktop.central.oidc_provider import CLIENT
from mdt_desktop.central.sign_in import SignedIn
from mdt_desktop.central.wire import RefreshRequest, SignInRequest

router = APIRouter(prefix="/sync/v1")


def own_issuer(request: Request) -> str:
    """The address of the built-in provider, as whoever asks knows this store."""
    store: CentralStore = request.app.state.store
    return f"{(store.public_url or str(request.base_url)).rstrip('/')}/oidc"


def ways(request: Request) -> Mapping[str, Any]:
    """How somebody signs in here: provider and client id, and whether a password does without a browser."""
    store: CentralStore = request.app.state.store
    if store.provider is None:
        return {"issuer": own_issuer(request), "client": CLIENT, "password": True}
    return {"issuer": store.provider.address.issuer, "client": store.provider.address.client, "password": False}


def require_built_in(store: CentralStore) -> None:
    """Raise SignInElsewhere where accounts sign in with another provider."""
    if store.provider is not None:
        raise SignInElsewhere


def scope_asked(scope: str) -> str:
    """The SMART scopes that are granted of those asked for. Raises BadRequest where nothing of them is understood."""
    granted = kept_scopes(scope)
    if scope and not granted:
        raise BadRequest
    return granted


def signed_answer(store: CentralStore, device: str, signed: SignedIn, scope: str) -> Response:
    """Who signed in and their tokens, which are narrowed to the scope before anybody is told them."""
    document = signed_document(signed.user_id, signed.name, signed.role, signed.tokens)
    if not scope:
        return json_answer(document)
    store.database.write(lambda connection: tokens.narrow(connection, device, scope))
    return json_answer({**document, "scope": scope})


@router.post("/sign_in", responses=answers(TokensAnswer), dependencies=[Depends(require_protocol)])
def sign_in(request: Request, asked: SignInRequest) -> Response:
    """Finish a sign-in through the browser: verify what the provider signed, and register the device."""
    store: CentralStore = request.app.state.store
    rate: RequestRate = request.app.state.refusals
    address = address_of(request)
    rate.admit(address)
    scope = scope_asked(asked.scope)
    given = Finish(asked.id_token, asked.proof, asked.device, asked.device_name)
    try:
        if store.provider is None:
            with store.database.reading() as connection:
                shown = signing_keys.public(connection, store.clock())
            signed = finish(store, given, lambda _: shown, own_issuer(request), CLIENT, own_account)
        else:
            other = store.provider.address
            find = account_by_claim(other.issuer, other.claim)
            signed = finish(store, given, store.provider.keys, other.issuer, other.client, find)
    except (NotSignedIn, NoAccountHere) as refused:
        rate.count(address)
        note_refusal(store, refused, asked.device)
        raise
    return signed_answer(store, asked.device, signed, scope)


@router.post("/sign_out", responses=answers(EmptyAnswer), dependencies=[Depends(require_protocol)])
def sign_out(request: Request, asked: RefreshRequest) -> Response:
    """End every token of a device, at once; the same answer whether they held or not (RFC 7009)."""
    store: CentralStore = request.app.state.store
    rate: RequestRate = request.app.state.refusals
    address = address_of(request)
    rate.admit(address)
    if not store.database.write(partial(_ended, store, asked.refresh, asked.device)):
        rate.count(address)
    return json_answer({})


def _ended(store: CentralStore, refresh: str, device: str, connection: Connection) -> bool:
    user = tokens.sign_out(connection, refresh, device)
    if user is None:
        return False
    audit.append(connection, store.clock(), [CentralAct("sign_out", user, device)])
    return True

