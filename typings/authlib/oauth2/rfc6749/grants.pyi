from typing import Any

class BaseGrant:
    request: Any
    server: Any
    redirect_uri: str | None

class AuthorizationCodeGrant(BaseGrant):
    TOKEN_ENDPOINT_AUTH_METHODS: list[str]
    TOKEN_RESPONSE_HEADER: list[tuple[str, str]]
