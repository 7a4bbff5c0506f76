"""Papers at a central store as a laptop brings them: the record by push, its content in pieces after it."""

import hashlib
import os
import uuid
from typing import Any

import httpx

from mdt_desktop.domain.papers import PIECE_BYTES
from tests.helpers.central import EAST, Laptop

SMALL = b"%PDF-1.7 an invented letter"


def large(pieces: int = 2, more: int = 1000) -> bytes:
    """Content of some whole pieces and a part of one."""
    return os.urandom(pieces * PIECE_BYTES + more)


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def add_case(who: Laptop, bucket: str = EAST, **values: Any) -> tuple[str, str]:
    """Somebody with a case; ids of both."""
    person, case = who.add_person(bucket, **values), str(uuid.uuid4())
    who.pushed(who.op("create", "person_case", case, bucket=bucket, values={"id": case, "person_id": person}))
    return person, case


def add_paper(who: Laptop, case: str, content: bytes, bucket: str = EAST, **values: Any) -> str:
    """A paper of a case, without its content; its id."""
    id_ = str(uuid.uuid4())
    body = {"id": id_, "case_id": case, "title": "Letter", "media": "pdf", "size": len(content), "status": "current",
            "sha256": name_of(content), **values}  # fmt: skip
    (result,) = who.pushed(who.op("create", "case_paper", id_, bucket=bucket, values=body))
    assert result["status"] == "ok", result
    return id_


def held(who: Laptop, content: bytes, bucket: str = EAST) -> Any:
    answer = who.get(f"blobs/{bucket}/{name_of(content)}/held")
    assert answer.status_code == 200, answer.text
    return answer.json()


def post_piece(who: Laptop, content: bytes, start: int, piece: bytes, bucket: str = EAST, total: int = -1) -> Any:
    """One piece of some content, as bytes from `start`."""
    span = f"bytes {start}-{start + len(piece) - 1}/{len(content) if total < 0 else total}"
    return who.http.post(
        f"/sync/v1/blobs/{bucket}/{name_of(content)}", content=piece, headers={**who.headers, "Content-Range": span}
    )


def upload(who: Laptop, content: bytes, bucket: str = EAST) -> Any:
    """All of it, from where the store has got to; what the last answer said."""
    told = held(who, content, bucket)
    while told["wanted"] and told["held"] < told["size"]:
        start = told["held"]
        answer = post_piece(who, content, start, content[start : start + PIECE_BYTES], bucket)
        assert answer.status_code == 200, answer.text
        told = answer.json()
    return told


def download(who: Laptop, content: bytes, first: int = 0, last: int = -1, bucket: str = EAST) -> httpx.Response:
    end = len(content) - 1 if last < 0 else last
    return who.http.get(
        f"/sync/v1/blobs/{bucket}/{name_of(content)}", headers={**who.headers, "Range": f"bytes={first}-{end}"}
    )
