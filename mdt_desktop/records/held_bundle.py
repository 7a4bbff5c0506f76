"""What a Bundle brought about somebody of whom it is not certain who they are."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mdt_desktop.records.base import UtcDateTime


class HeldBundle(SQLModel, table=True):
    """A Patient of a Bundle with all that came about them, for somebody to decide; of this laptop only.

    `person_id` is who on file it may be; `reason` and `decision` are as those of a held row of a risk file.
    """

    __tablename__ = "held_bundle"

    id: str = Field(primary_key=True, max_length=36)
    file_sha256: str = Field(max_length=64, index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    reason: str = Field(max_length=100)
    resources_json: str
    held_at: datetime = Field(sa_type=UtcDateTime)
    held_by: str = Field(max_length=200)
    decision: str = Field(default="", max_length=20)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = Field(default="", max_length=200)
