"""Records of papers that belong to a case, and the pieces of their content."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from mdt_desktop.domain.papers import LONGEST_TITLE, MOST_BYTES, PaperMedia, PaperStatus
from mdt_desktop.records.base import Record, UtcDateTime, choice


class CasePaper(Record, table=True):
    """A paper of a case (FHIR DocumentReference); its content is named by `sha256` and kept apart.

    Only its removal changes it, which says when, by whom and why.
    """

    __tablename__ = "case_paper"

    case_id: str = Field(foreign_key="person_case.id", index=True)
    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    media: PaperMedia = Field(sa_type=choice(PaperMedia))
    size: int = Field(ge=1, le=MOST_BYTES)
    sha256: str = Field(min_length=64, max_length=64, index=True)
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: str = Field(max_length=200)
    status: PaperStatus = Field(default=PaperStatus.CURRENT, sa_type=choice(PaperStatus))
    removed_reason: str = Field(default="", max_length=2000)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed_by: str = Field(default="", max_length=200)


class Blob(SQLModel, table=True):
    """Content that is here, or as much of it as has come: whole where `held` is `size`; no record of its own.

    `sent` says that the central store has the whole of it.
    """

    sha256: str = Field(primary_key=True, max_length=64)
    size: int
    held: int = 0
    sent: bool = False


class BlobPiece(SQLModel, table=True):
    """One piece of content, numbered from 0: no value of 25 MB is ever read or written in one go."""

    __tablename__ = "blob_piece"

    sha256: str = Field(primary_key=True, max_length=64, foreign_key="blob.sha256")
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
