"""A password on a finished PDF: AES-256 as PDF 2.0 has it (revision 6), which readers open (SECURITY R24, M13)."""

import importlib
import io
import secrets
from typing import Any

from mdt_desktop.domain.paper_password import GROUP_LENGTH, GROUPS, LETTERS

_OWNER_BYTES = 24


def protected(pdf: bytes, password: str) -> bytes:
    """The same pages, readable only with `password` (plain signs, at most 127: `domain.paper_password`).

    The owner's password that the standard asks for is drawn by lot and forgotten, so it is no second way in. All
    texts, titles and metadata are encrypted as well. Raises ValueError for an empty password, which would protect
    nothing.
    """
    if not password:
        raise ValueError("an empty password")
    # Loaded here: most copies of a plan are printed.
    pikepdf: Any = importlib.import_module("pikepdf")
    target = io.BytesIO()
    owner = secrets.token_urlsafe(_OWNER_BYTES)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(target, encryption=pikepdf.Encryption(owner=owner, user=password, R=6, aes=True, metadata=True))
    return target.getvalue()


def suggested_password() -> str:
    """A password by lot that can be told by telephone, such as `k7mf-q2wd-9rtx-hb4n` (79 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
