"""The built-in sign-in provider: authorization code with PKCE for one public client on loopback, and nothing else.

OAuth 2.1 and OpenID Connect by Authlib; RFC 7636 (S256 only), RFC 8252 (loopback addresses with any port), RFC 9207.
"""

import hashlib
import ipaddress
import re
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import ECKey
from sqlalchemy import Connection, delete, select

from mdt_desktop.central import signing_keys
from mdt_desktop.central.tables import ACCOUNT, SIGN_IN_CODE
from mdt_desktop.domain.dates import moment_text

CLIENT = "mdt-desktop"
"""The program on the laptops: the one client of the built-in provider."""
CODE_TIME = timedelta(seconds=60)
TOKEN_TIME = timedelta(minutes=5)
PARAMETERS = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
)  # fmt: skip
"""What an authorization request consists of; anything else is passed over."""
_REQUIRED = ("redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method")
_LONGEST = 300
_CODE_BYTES = 32
# A path of plain letters: what is put into the Content-Security-Policy and the Location is made of nothing else.
_PATH = re.compile(r"/[A-Za-z0-9_-]{0,50}")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What Authlib wants answered: a document, or text that is empty where the place is another one."""

    status: int
    document: Mapping[str, Any] | str
    headers: Sequence[tuple[str, str]]

    @property
    def location(self) -> str:
        """Where the browser is sent; empty where it stays."""
        return next((value for name, value in self.headers if name == "Location"), "")


class Asked(OAuth2Payload):
    """The parameters of a request, each with all its values."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._all: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._all[name].append(value)

    @property
    def data(self) -> Mapping[str, str]:
        return {name: values[0] for name, values in self._all.items()}

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return self._all


class ProviderRequest(OAuth2Request):
    """A request as Authlib reads it."""

    def __init__(self, method: str, issuer: str, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(method, issuer, headers={})
        self.payload = Asked(pairs)

    @property
    def form(self) -> Mapping[str, str]:
        return self.payload.data


class LaptopClient:
    """The program on a laptop: public, so it has no secret, and reached on loopback only."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        return "openid" if scope == "openid" else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return is_loopback_address(redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


def is_loopback_address(redirect_uri: str) -> bool:
    """Whether an address is http on 127.0.0.1 or [::1], with a port and a plain path (RFC 8252, 7.3 and 8.3)."""
    try:
        parts = urlsplit(redirect_uri)
        address, port = ipaddress.ip_address(parts.hostname or ""), parts.port
    except ValueError:
        return False
    host = f"[{address}]" if address.version == 6 else str(address)
    whole = f"http://{host}:{port}{parts.path}"
    return address.is_loopback and port is not None and bool(_PATH.fullmatch(parts.path)) and whole == redirect_uri


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A code that was given out."""

    row: Any

    def get_redirect_uri(self) -> str:
        return str(self.row.redirect_uri)

    def get_scope(self) -> str:
        return "openid"

    def get_nonce(self) -> str:
        return str(self.row.nonce)

    def get_auth_time(self) -> int:
        return int(datetime.fromisoformat(self.row.at).timestamp())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return str(self.row.methods).split()

    @property
    def code_challenge(self) -> str:
        return str(self.row.challenge)

    @property
    def code_challenge_method(self) -> str:
        return "S256"


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Who signed in on the page, and by what: `pwd`, and `otp` where a code was asked (RFC 8176)."""

    user_id: str
    methods: Sequence[str]


class S256Only(CodeChallenge):
    """PKCE that cannot be left out, and never `plain` (OAuth 2.1, ASVS 10.4.6)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]


class CodeGrant(AuthorizationCodeGrant):
    """Codes in the store: bound to client, redirect address and challenge, for a minute and one try."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]

    def generate_authorization_code(self) -> str:
        return secrets.token_urlsafe(_CODE_BYTES)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        provider, asked = self.server, request.payload.data
        provider.connection.execute(
            delete(SIGN_IN_CODE).where(SIGN_IN_CODE.c.ends_at <= moment_text(provider.now))
        )
        provider.connection.execute(
            SIGN_IN_CODE.insert().values(
                hash=_hash(code),
                user_id=request.user.user_id,
                client_id=request.client.get_client_id(),
                redirect_uri=asked["redirect_uri"],
                challenge=asked["code_challenge"],
                nonce=asked["nonce"],
                methods=" ".join(request.user.methods),
                at=moment_text(provider.now),
                ends_at=moment_text(provider.now + CODE_TIME),
            )
        )

    def query_authorization_code(self, code: str, client: LaptopClient) -> StoredCode | None:
        """The code, which is gone from now on, whatever comes of this try."""
        taken = delete(SIGN_IN_CODE).where(SIGN_IN_CODE.c.hash == _hash(code)).returning(SIGN_IN_CODE)
        row = self.server.connection.execute(taken).first()
        if row is None or row.client_id != client.get_client_id() or row.ends_at <= moment_text(self.server.now):
            return None
        return StoredCode(row)

    def delete_authorization_code(self, authorization_code: StoredCode) -> None:
        """It is gone already."""

    def authenticate_user(self, authorization_code: StoredCode) -> SignedInUser | None:
        row = authorization_code.row
        account = select(ACCOUNT.c.status).where(ACCOUNT.c.id == row.user_id)
        if self.server.connection.execute(account).scalar() != "active":
            return None
        return SignedInUser(row.user_id, authorization_code.get_amr())


class StoreTokens(OpenIDCode):
    """The id token: who it is and nothing about them, by the store's own clock."""

    def __init__(self, provider: "Provider") -> None:
        super().__init__(require_nonce=True)
        self._provider = provider

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        """A page may be loaded again; that a sign-in is finished once is seen to where it is (`finishing`)."""
        return False

    def resolve_client_private_key(self, client: LaptopClient) -> ECKey:
        return self._provider.key

    def get_client_algorithm(self, client: LaptopClient) -> str:
        return signing_keys.ALGORITHM

    def get_encode_header(self, client: LaptopClient) -> dict[str, str]:
        return {"alg": signing_keys.ALGORITHM, "kid": self._provider.key.kid or ""}

    def get_client_claims(self, client: LaptopClient) -> dict[str, Any]:
        now = self._provider.now
        return {
            "iss": self._provider.issuer,
            "aud": client.get_client_id(),
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_TIME).timestamp()),
        }

    def generate_user_info(self, user: SignedInUser, scope: str) -> dict[str, str]:
        name = select(ACCOUNT.c.name).where(ACCOUNT.c.id == user.user_id)
        return {"sub": user.user_id, "preferred_username": self._provider.connection.execute(name).scalar_one()}


class Provider(AuthorizationServer):
    """The provider for one request, inside the caller's transaction."""

    def __init__(self, connection: Connection, issuer: str, now: datetime) -> None:
        super().__init__(scopes_supported=["openid"])
        self.connection, self.issuer, self.now = connection, issuer, now
        self.register_grant(CodeGrant, [S256Only(required=True), StoreTokens(self)])
        self.register_token_generator("default", _token)

    @property
    def key(self) -> ECKey:
        """The key that signs now."""
        return signing_keys.signing(self.connection, self.now)

    def checked(self, pairs: Sequence[tuple[str, str]], user: SignedInUser | None = None) -> Any:
        """The grant for a request that is right. Raises OAuth2Error, with the redirect where that holds."""
        request = ProviderRequest("GET", self.issuer, pairs)
        grant = self.get_consent_grant(request, user)
        asked = request.payload
        for name in _REQUIRED:
            if not asked.data.get(name):
                raise _invalid(f"Missing {name}.", grant.redirect_uri, asked.state)
        for name in PARAMETERS:
            if len(asked.datalist.get(name, [])) > 1 or len(asked.data.get(name, "")) > _LONGEST:
                raise _invalid(f"Invalid {name}.", grant.redirect_uri, asked.state)
        return grant

    def query_client(self, client_id: str) -> LaptopClient | None:
        return LaptopClient() if client_id == CLIENT else None

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        """The access token opens nothing and is not kept: laptops get the store's own once they finish."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: ProviderRequest) -> ProviderRequest:
        return request

    def handle_response(
        self, status: int, body: Mapping[str, Any] | str, headers: Sequence[tuple[str, str]]
    ) -> HttpAnswer:
        return HttpAnswer(status, body, headers)


def _invalid(why: str, redirect_uri: str | None, state: str | None) -> InvalidRequestError:
    return InvalidRequestError(why, redirect_uri=redirect_uri, state=state)


def _token(**_: object) -> dict[str, Any]:
    # OAuth 2.1 wants one in the answer; there is no userinfo endpoint that would take it.
    return {
        "token_type": "Bearer",
        "access_token": secrets.token_urlsafe(_CODE_BYTES),
        "expires_in": int(CODE_TIME.total_seconds()),
        "scope": "openid",
    }


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
