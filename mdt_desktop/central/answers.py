"""The form of what the central store answers: JSON that nothing on the way keeps."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response

from mdt_desktop.central.tokens import TokenPair


def json_answer(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Never kept by anything on the way: it is about people."""
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(document), status, kept, "application/json")


def signed_document(user_id: str, name: str, role: str, pair: TokenPair) -> Mapping[str, Any]:
    """The one shape of every answer that signs somebody in."""
    return {
        "access": pair.access,
        "access_ends": pair.access_ends,
        "refresh": pair.refresh,
        "user": {"id": user_id, "name": name, "role": role},
    }
