"""Half-typed words, kept in the encrypted store until they are recorded or discarded."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mdt_desktop.records.base import UtcDateTime


class Draft(SQLModel, table=True):
    """What somebody has begun to type in one place; of this laptop only, so no record that is audited or sent."""

    practitioner_id: str = Field(primary_key=True, min_length=36, max_length=36)
    page: str = Field(primary_key=True, max_length=40)
    person_id: str = Field(primary_key=True, max_length=36)
    form: str = Field(primary_key=True, max_length=200)
    content: str = Field(max_length=1_000_000)
    saved_at: datetime = Field(sa_type=UtcDateTime)
