"""Records that the exchange with the central store needs (SYNC 5.2), and the store's own settings."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mdt_desktop.records.base import UtcDateTime


class OutboxOperation(SQLModel, table=True):
    """One numbered change that waits to be sent; operations of one unit of work share their group."""

    __tablename__ = "outbox"
    __table_args__ = {"sqlite_autoincrement": True}

    op_no: int | None = Field(default=None, primary_key=True)
    group_no: int = Field(index=True)
    user_id: str = Field(max_length=36)
    device_id: str = Field(max_length=36)
    bucket: str = Field(max_length=36)
    type: str = Field(max_length=50)
    id: str = Field(max_length=36, index=True)
    kind: str = Field(max_length=20)
    base_ver: int = 0
    set_json: str
    made_at_local: datetime = Field(sa_type=UtcDateTime)
    made_mono: int
    boot_id: str = Field(max_length=36)
    schema_no: int
    status: str = Field(default="waiting", max_length=20)
    attempts: int = 0
    last_error: str = Field(default="", max_length=200)


class SyncRecord(SQLModel, table=True):
    """What the central store last said of a record: the base of the three-way merge."""

    __tablename__ = "sync_record"

    type: str = Field(primary_key=True, max_length=50)
    id: str = Field(primary_key=True, max_length=36)
    bucket: str = Field(max_length=36)
    ver: int = 0
    base_json: str = ""
    state: str = Field(default="clean", max_length=20)
    server_seq: int | None = None


class Setting(SQLModel, table=True):
    """A rule or fact of this store: the age rule, who uses this device, whether it is the demo."""

    key: str = Field(primary_key=True, max_length=100)
    value: str = Field(max_length=10_000)
