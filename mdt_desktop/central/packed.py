"""Bodies that come or go compressed: unpacked up to a limit and no further, packed where nothing secret stands."""

import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.middleware.gzip import GZipMiddleware

from mdt_desktop.central.errors import BadRequest, EncodingNotRead, RequestTooLarge

_Message = MutableMapping[str, Any]
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})
_PACKED_PLACES = ("/sync/v1/buckets/", "/fhir/")
_WORTH_PACKING = 1024


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """The body as it was before `Content-Encoding`; never more than `most` bytes and one are held of it.

    Raises EncodingNotRead for any encoding but gzip (RFC 9110, 8.4.1.3), RequestTooLarge where it would be more than
    `most` bytes, and BadRequest where it is no whole gzip, or something follows it.
    """
    named = encoding.strip().casefold()
    if named in _PLAIN:
        return body
    if named not in _GZIP:
        raise EncodingNotRead
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        found = unpacker.decompress(body, most + 1)
    except zlib.error as error:
        raise BadRequest from error
    if len(found) > most:
        raise RequestTooLarge(limit=most)
    if not unpacker.eof or unpacker.unused_data:
        raise BadRequest
    return found


class PackedAnswers(GZipMiddleware):
    """Compresses larger answers for whoever takes gzip, where they hold records.

    Tokens and the sign-in page are never compressed: there a secret and what somebody else chose stand in one answer,
    and its length would tell of the secret (BREACH).
    """

    def __init__(self, app: Any) -> None:
        super().__init__(app, minimum_size=_WORTH_PACKING, compresslevel=6)

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Pass the request on, and pack its answer where that may be."""
        if scope["type"] == "http" and str(scope["path"]).startswith(_PACKED_PLACES):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
