"""The twin of a paper: DocumentReference. Its content is named by its digest (RFC 6920) and goes into no resource."""

import base64
import binascii
import re
from typing import Any, Final

from mdt_desktop.domain.papers import MIME, PaperStatus
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.elements import At, own_concept
from mdt_desktop.fhir.errors import ElementWrong
from mdt_desktop.fhir.forms import Form
from mdt_desktop.fhir.twin import Twin

_NAMED: Final = "ni:///sha-256;"
_HEX: Final = re.compile("[0-9a-f]{64}")
_STATUSES: Final = {PaperStatus.CURRENT.value: "current", PaperStatus.REMOVED.value: "entered-in-error"}
_MEDIA: Final = {media.value: mime for media, mime in MIME.items()}
_CONTENT: Final = "content[].attachment"


def _write_digest(value: Any) -> str | None:
    """A SHA-256 as an address that names content and says of no place where it lies; Attachment.hash is SHA-1 in R4."""
    text = str(value)
    if not _HEX.fullmatch(text):
        return None
    return _NAMED + base64.urlsafe_b64encode(bytes.fromhex(text)).decode("ascii").rstrip("=")


def _read_digest(value: Any, path: str) -> str:
    text = str(value)
    try:
        found = base64.urlsafe_b64decode(text.removeprefix(_NAMED) + "=") if text.startswith(_NAMED) else b""
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 32 or _write_digest(found.hex()) != text:
        raise ElementWrong(path=path, wanted=f"a digest such as {_NAMED}...")
    return found.hex()


PAPERS: Final = (
    Twin(
        "case_paper",
        "DocumentReference",
        (
            At("status", "status", forms.codes(_STATUSES, {"superseded": PaperStatus.REMOVED.value})),
            At("title", f"{_CONTENT}.title", also=("description",)),
            At("media", f"{_CONTENT}.contentType", forms.codes(_MEDIA)),
            At("size", f"{_CONTENT}.size", forms.WHOLE),
            At("sha256", f"{_CONTENT}.url", Form(_write_digest, _read_digest)),
            At("added_at", "date", forms.MOMENT),
            At("added_by", "author[].display"),
        ),
        carries="case_id removed_reason removed_at removed_by",
        fixed={"category": [own_concept("document", "case-paper")], "content": [{"attachment": {}}]},
        subject="subject",
    ),
)
