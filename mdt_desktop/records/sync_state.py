"""Records that the exchange with the central store needs (SYNC 5.2), and the store's own settings."""

from datetime import datetime

from sqlalchemy import CheckConstraint
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
    sent_no: int | None = None


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


class SyncAccount(SQLModel, table=True):
    """Where the central store is, as whom this device is known there, and its tokens; one row at most."""

    __tablename__ = "sync_account"

    one: int = Field(default=1, primary_key=True)
    url: str = Field(max_length=500)
    server_id: str = Field(max_length=36)
    device_id: str = Field(max_length=36)
    user_name: str = Field(max_length=200)
    access_token: str = Field(max_length=4000)
    access_ends: datetime | None = Field(default=None, sa_type=UtcDateTime)
    refresh_token: str = Field(max_length=4000)
    grants_ver: int = 0
    next_no: int = 1
    connected_at: datetime = Field(sa_type=UtcDateTime)


class SyncCursor(SQLModel, table=True):
    """How far a bucket was read: the opaque position, the last number, and the digest of what is held of it.

    `seq` is None after a sweep: the next number is taken as it comes.
    """

    __tablename__ = "cursor"

    bucket: str = Field(primary_key=True, max_length=36)
    epoch: str = Field(max_length=36)
    position: str = Field(max_length=2000)
    seq: int | None = None
    digest_count: int = 0
    digest_sum: str = Field(default="0", max_length=20)


class LocalGrant(SQLModel, table=True):
    """A bucket this user may hold, as what, and until when without asking again."""

    __tablename__ = "grant_local"

    bucket: str = Field(primary_key=True, max_length=36)
    locality_id: str = Field(max_length=36)
    role: str = Field(max_length=50)
    tier: str = Field(max_length=20)
    lease_until: datetime = Field(sa_type=UtcDateTime)
    grants_ver: int = 0


class Conflict(SQLModel, table=True):
    """One field that two people changed: what stood before, what each wrote, and which value is in force.

    Values are JSON. `field` is empty where a whole record is meant. `mine_more` holds the stamps that belong to `mine`.
    `mine_skew` is how many seconds the central store's clock was ahead of the laptop that wrote `mine`; `asked_id` is
    the practitioner who was asked to decide.
    """

    __table_args__ = (CheckConstraint("status IN ('open', 'mine', 'theirs', 'third')", name="conflict_status"),)

    id: str = Field(primary_key=True, max_length=36)
    bucket: str = Field(max_length=36)
    type: str = Field(max_length=50)
    rec_id: str = Field(max_length=36)
    field: str = Field(default="", max_length=50)
    base: str
    mine: str
    theirs: str
    mine_more: str = "{}"
    mine_by: str = Field(max_length=200)
    theirs_by: str = Field(max_length=200)
    mine_at: datetime = Field(sa_type=UtcDateTime)
    theirs_at: datetime = Field(sa_type=UtcDateTime)
    auto_rule: str = Field(max_length=20)
    shown_value: str
    status: str = Field(default="open", max_length=10)
    mine_device: str = Field(default="", max_length=200)
    mine_skew: int = 0
    asked_id: str | None = Field(default=None, max_length=36)
    asked_by: str = Field(default="", max_length=200)


class Quarantined(SQLModel, table=True):
    """Unsent changes of a record that had to leave this laptop; out of sight until somebody decides about them."""

    __tablename__ = "quarantine"

    id: str = Field(primary_key=True, max_length=36)
    bucket: str = Field(max_length=36)
    type: str = Field(max_length=50)
    rec_id: str = Field(max_length=36)
    operations_json: str
    at: datetime = Field(sa_type=UtcDateTime)


class Erasure(SQLModel, table=True):
    """A digest of the type and id of what was erased by order, so that it never comes back and names nobody."""

    id_hash: str = Field(primary_key=True, max_length=64)
    type: str = Field(max_length=50)
    at: datetime = Field(sa_type=UtcDateTime)


class Receipt(SQLModel, table=True):
    """Something this device has removed and not yet confirmed to the central store."""

    __table_args__ = (CheckConstraint("kind IN ('evict', 'erase')", name="receipt_kind"),)

    kind: str = Field(primary_key=True, max_length=10)
    bucket: str = Field(primary_key=True, max_length=36)
    type: str = Field(primary_key=True, max_length=50)
    id: str = Field(primary_key=True, max_length=36)


class SiteKeysRow(SQLModel, table=True):
    """The keys of this laptop for carried files, and how many were made and answered; one row at most.

    `after_run` is the last exchange over the network before the latest file was made.
    """

    __tablename__ = "site_keys"

    one: int = Field(default=1, primary_key=True)
    sign_key: str = Field(max_length=64)
    seal_key: str = Field(max_length=64)
    device_id: str = Field(max_length=36)
    server_id: str = Field(max_length=36)
    their_sign: str = Field(max_length=64)
    their_seal: str = Field(max_length=64)
    next_no: int = 1
    taken_no: int = 0
    after_run: int = 0


class SyncRun(SQLModel, table=True):
    """One run of the exchange, for the status line; `error` is the code of what stopped it."""

    __tablename__ = "sync_run"

    id: str = Field(primary_key=True, max_length=36)
    started: datetime = Field(sa_type=UtcDateTime)
    ended: datetime | None = Field(default=None, sa_type=UtcDateTime)
    phase: str = Field(max_length=20)
    pulled: int = 0
    pushed: int = 0
    conflicts: int = 0
    error: str = Field(default="", max_length=50)


class SyncLease(SQLModel, table=True):
    """The last contact with the central store, in its own time, and the latest time ever seen; one row at most."""

    __tablename__ = "sync_lease"

    one: int = Field(default=1, primary_key=True)
    heard_at: datetime = Field(sa_type=UtcDateTime)
    skew_seconds: int = 0
    latest: datetime = Field(sa_type=UtcDateTime)
    revoked: bool = False


class CentralHead(SQLModel, table=True):
    """Where the central store's audit stood when it was last heard; one row at most.

    `missed_*` is the remembered entry that the store had no more, or another in its place, and since when.
    """

    __tablename__ = "central_head"

    one: int = Field(default=1, primary_key=True)
    server_id: str = Field(max_length=36)
    epoch: str = Field(max_length=36)
    seq: int
    hash: str = Field(max_length=64)
    missed_seq: int | None = None
    missed_hash: str = Field(default="", max_length=64)
    missed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Setting(SQLModel, table=True):
    """A rule or fact of this store: the age rule, who uses this device, whether it is the demo."""

    key: str = Field(primary_key=True, max_length=100)
    value: str = Field(max_length=10_000)
