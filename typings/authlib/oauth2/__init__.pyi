"""Types of the part of Authlib that the central store uses."""

from collections.abc import Mapping
from typing import Any

class OAuth2Error(Exception):
    error: str
    status_code: int
    state: str | None
    redirect_uri: str | None
    def __call__(self, uri: str | None = ...) -> tuple[int, Mapping[str, Any] | str, list[tuple[str, str]]]: ...
