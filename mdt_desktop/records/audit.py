"""Records of who did what, when: append-only and chained by hashes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mdt_desktop.records.base import UtcDateTime


class AuditEntry(SQLModel, table=True):
    """One act; `fields` names what changed, never the values; `hash` covers the entry and `prev_hash`."""

    __tablename__ = "audit_entry"
    __table_args__ = {"sqlite_autoincrement": True}

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str = Field(max_length=36)
    actor: str = Field(max_length=200)
    action: str = Field(max_length=50)
    kind: str = Field(default="", max_length=50)
    record_id: str = Field(default="", max_length=64)
    person_id: str | None = Field(default=None, max_length=36, index=True)
    fields: str = Field(default="", max_length=2000)
    reason: str = Field(default="", max_length=2000)
    prev_hash: str = Field(min_length=64, max_length=64)
    hash: str = Field(min_length=64, max_length=64)
