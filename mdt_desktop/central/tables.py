"""The tables of the central store as queries name them; `db/central` makes them, a test compares the two (SYNC 5.3)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON

METADATA = MetaData()
BODY = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""What is read by key: JSONB where PostgreSQL keeps it, text with SQLite's functions otherwise."""
_ID, _AT = String(36), String(24)
# Numbers that grow for ever. SQLite counts rows by themselves only in a column declared INTEGER.
_LONG = BigInteger().with_variant(Integer, "sqlite")

FACT = Table(
    "fact",
    METADATA,
    Column("key", String(50), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What this store is: its id, and the key that hides what was tried at signing in."""

LOCALITY = Table(
    "locality",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("made_at", _AT, nullable=False),
)

BUCKET = Table(
    "bucket",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("locality_id", _ID, ForeignKey("locality.id"), nullable=False, index=True),
    Column("tier", String(20), nullable=False),
    Column("head", _LONG, nullable=False, server_default="0"),
    Column("epoch", _ID, nullable=False),
    Column("digest_count", _LONG, nullable=False, server_default="0"),
    Column("digest_sum", String(20), nullable=False, server_default="0"),
)
"""One locality and tier: somebody gets the whole of it or none. `head` is the number of its last change."""

RECORD = Table(
    "record",
    METADATA,
    Column("bucket_id", _ID, ForeignKey("bucket.id"), nullable=False),
    Column("type", String(50), nullable=False),
    Column("id", _ID, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("body", BODY, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("updated_by", String(200), nullable=False),
    Column("updated_at", _AT, nullable=False),
    Column("first_seq", _LONG, nullable=False),
    Column("parent_id", String(200), nullable=True),
    PrimaryKeyConstraint("bucket_id", "type", "id"),
    Index("ix_record_first_seq", "bucket_id", "first_seq"),
    Index("ix_record_id", "id"),
    Index("ix_record_parent_id", "parent_id"),
)
"""A record as it stands. `first_seq`, the number of its first change here, never changes: manifests page by it.

`parent_id` is the record that it hangs on (`rules.parent_of`), kept beside the body so that everything about a person
is found by an index, on either database.
"""

RECORD_PLACE = Table(
    "record_place",
    MetaData(),  # a view, which no migration is to make a table of
    Column("bucket_id", _ID),
    Column("type", String(50)),
    Column("id", _ID),
)
"""Where each live record is, and nothing of what it says: for an inbox of a team that the sender is not in."""

RECORD_VERSION = Table(
    "record_version",
    METADATA,
    Column("bucket_id", _ID, nullable=False),
    Column("type", String(50), nullable=False),
    Column("id", _ID, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("body", BODY, nullable=True),
    Column("op_device", _ID, nullable=False),
    Column("op_no", _LONG, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", _AT, nullable=False),
    PrimaryKeyConstraint("bucket_id", "type", "id", "ver"),
)

_LEFT = "kind IN ('evict', 'erase')"
CHANGE = Table(
    "change",
    METADATA,
    Column("bucket_id", _ID, ForeignKey("bucket.id"), nullable=False),
    Column("seq", _LONG, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("type", String(50), nullable=False),
    Column("id", _ID, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("op_device", _ID, nullable=False),
    Column("op_no", _LONG, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", _AT, nullable=False),
    PrimaryKeyConstraint("bucket_id", "seq"),
    Index("ix_change_left", "id", sqlite_where=text(_LEFT), postgresql_where=text(_LEFT)),
)
HAS_LEFT = text(f"change.{_LEFT}")
"""The changes that took a record out of its bucket, which have an index of their own; with values bound, SQLite would
not see that it is the index's condition."""

PERSON_NUMBER = Table(
    "person_number",
    METADATA,
    Column("bucket_id", _ID, nullable=False),
    Column("nhs_number", String(10), nullable=False),
    Column("person_id", _ID, nullable=False),
    PrimaryKeyConstraint("bucket_id", "nhs_number"),
    Index("ix_person_number_person", "bucket_id", "person_id"),
)
"""One person a number in each bucket: kept beside the bodies so that the database itself refuses a second."""

ACCOUNT = Table(
    "account",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("name_key", String(200), nullable=False, unique=True),
    Column("role", String(40), nullable=False),
    Column("password_hash", String(300), nullable=False),
    Column("status", String(20), nullable=False),
    Column("grants_ver", Integer, nullable=False),
    Column("made_at", _AT, nullable=False),
)

MEMBERSHIP = Table(
    "membership",
    METADATA,
    Column("user_id", _ID, ForeignKey("account.id"), nullable=False),
    Column("bucket_id", _ID, ForeignKey("bucket.id"), nullable=False),
    Column("role", String(40), nullable=False),
    Column("from_at", _AT, nullable=False),
    Column("until_at", _AT, nullable=True),
    PrimaryKeyConstraint("user_id", "bucket_id"),
)

DEVICE = Table(
    "device",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("user_id", _ID, ForeignKey("account.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("last_op", _LONG, nullable=False),
    Column("app_version", String(50), nullable=False),
    Column("schema_no", Integer, nullable=False),
    Column("made_at", _AT, nullable=False),
    Column("last_seen", _AT, nullable=False),
    Column("missed_head", String(150), nullable=False, server_default=""),
)
"""A laptop of one user. `last_op` is the number of its last operation that has a result; `missed_head` the head of the
audit (`witnesses`) that it held and this store did not."""

OP_RESULT = Table(
    "op_result",
    METADATA,
    Column("device_id", _ID, ForeignKey("device.id"), nullable=False),
    Column("op_no", _LONG, nullable=False),
    Column("bucket_id", _ID, nullable=False),
    Column("type", String(50), nullable=False),
    Column("id", _ID, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("result", BODY, nullable=False),
    Column("at", _AT, nullable=False),
    PrimaryKeyConstraint("device_id", "op_no"),
    Index("ix_op_result_record", "type", "id"),
)

FAMILY = Table(
    "family",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("user_id", _ID, ForeignKey("account.id"), nullable=False, index=True),
    Column("device_id", _ID, ForeignKey("device.id"), nullable=False, index=True),
    Column("began_at", _AT, nullable=False),
    Column("ends_at", _AT, nullable=False),
    Column("ended", String(20), nullable=False),
    Column("scopes", String(1000), nullable=False, server_default=""),
)
"""All tokens that come of one signing in; they end together. `ended` says why, and is empty while they hold.

`scopes` are the SMART scopes that they are for, of the FHIR façade only; empty is a laptop's, for everything.
"""

TOKEN = Table(
    "token",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("family_id", _ID, ForeignKey("family.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("ends_at", _AT, nullable=False, index=True),
    Column("used_at", _AT, nullable=True),
)

TRIED_SIGN_IN = Table(
    "tried_sign_in",
    METADATA,
    Column("no", _LONG, primary_key=True, autoincrement=True),
    Column("at", _AT, nullable=False, index=True),
    Column("account_key", String(64), nullable=False, index=True),
    Column("address_key", String(64), nullable=False, index=True),
    Column("password_key", String(64), nullable=False),
    Column("went_well", Boolean, nullable=False),
)
"""Tries of the last day by keyed hash; the short one of the password tried is taken out after an hour."""

ERASURE = Table(
    "erasure",
    METADATA,
    Column("id_hash", String(64), primary_key=True),
    Column("type", String(50), nullable=False),
    Column("at", _AT, nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("ordered_by", String(200), nullable=False),
)
"""What was erased by a legal order: no personal data, and it blocks the record's return for ever."""

RECEIPT = Table(
    "receipt",
    METADATA,
    Column("device_id", _ID, ForeignKey("device.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("bucket_id", _ID, nullable=False),
    Column("type", String(50), nullable=False),
    Column("id", _ID, nullable=False),
    Column("at", _AT, nullable=False),
    PrimaryKeyConstraint("device_id", "kind", "bucket_id", "type", "id"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", _LONG, primary_key=True, autoincrement=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", _AT, nullable=False),
    Column("user_name", String(200), nullable=False),
    Column("device_id", _ID, nullable=False),
    Column("action", String(50), nullable=False),
    Column("bucket_id", _ID, nullable=False),
    Column("rec_ids", Text, nullable=False),
    Column("detail", Text, nullable=True),
    Column("salt", String(32), nullable=True),
    Column("detail_hash", String(64), nullable=False),
)
"""The chain covers a salted hash of the detail: an erasure can remove the detail, and the chain still holds."""

AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("seq", _LONG, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row that is locked while an entry is appended: it puts the entries of all processes in one order."""

HANDOVER = Table(
    "handover",
    METADATA,
    Column("device_id", _ID, ForeignKey("device.id"), nullable=False),
    Column("id", _ID, nullable=False),
    Column("bucket_id", _ID, ForeignKey("bucket.id"), nullable=False, index=True),
    Column("from_bucket", _ID, nullable=False),
    Column("type", String(50), nullable=False),
    Column("rec_id", _ID, nullable=False, index=True),
    Column("changes", BODY, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", _AT, nullable=False),
    Column("outcome", String(20), nullable=False),
    PrimaryKeyConstraint("device_id", "id"),
)
"""Unsent changes of a record that had to leave a laptop, for the team that has it; no `outcome` until it looks."""

# Signing in through the browser (OpenID Connect), and the second factor

SECOND_FACTOR = Table(
    "second_factor",
    METADATA,
    Column("user_id", _ID, ForeignKey("account.id"), primary_key=True),
    Column("secret", String(200), nullable=False),
    Column("last_step", _LONG, nullable=False),
    Column("made_at", _AT, nullable=False),
)
"""The secret of an account's one-time codes. `last_step` is that of the last code taken: no code is taken twice."""

SUBJECT = Table(
    "subject",
    METADATA,
    Column("issuer", String(500), nullable=False),
    Column("sub", String(255), nullable=False),
    Column("user_id", _ID, ForeignKey("account.id"), nullable=False),
    Column("made_at", _AT, nullable=False),
    PrimaryKeyConstraint("issuer", "sub"),
    UniqueConstraint("issuer", "user_id"),
)
"""Who an account is at another provider: the first `sub` that came holds, as a name there may be given on."""

SIGNING_KEY = Table(
    "signing_key",
    METADATA,
    Column("kid", String(43), primary_key=True),
    Column("pem", Text, nullable=False),
    Column("made_at", _AT, nullable=False),
    Column("retired_at", _AT, nullable=True),
)
"""The keys of the built-in provider: the newest signs, those retired are shown until nothing they signed holds."""

SIGN_IN_CODE = Table(
    "sign_in_code",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("user_id", _ID, ForeignKey("account.id"), nullable=False),
    Column("client_id", String(200), nullable=False),
    Column("redirect_uri", String(300), nullable=False),
    Column("challenge", String(128), nullable=False),
    Column("nonce", String(200), nullable=False),
    Column("methods", String(50), nullable=False),
    Column("at", _AT, nullable=False),
    Column("ends_at", _AT, nullable=False, index=True),
)
"""Codes on their way from the browser to the laptop; the first try to use one takes it away, right or wrong."""

USED_NONCE = Table(
    "used_nonce",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("ends_at", _AT, nullable=False, index=True),
)
"""Sign-ins that were finished, until their tokens have run out: none is finished twice."""

DEVICE_KEY = Table(
    "device_key",
    METADATA,
    Column("device_id", _ID, ForeignKey("device.id"), primary_key=True),
    Column("sign_key", String(64), nullable=False),
    Column("seal_key", String(64), nullable=False),
    Column("at", _AT, nullable=False),
)
"""The public keys of a laptop, for files that are carried: whose signature it is, and how to seal for it."""

PEN = Table(
    "pen",
    METADATA,
    Column("bucket_id", _ID, ForeignKey("bucket.id"), nullable=False),
    Column("meeting_id", _ID, nullable=False),
    Column("device_id", _ID, nullable=False),
    Column("holder", String(200), nullable=False),
    Column("ends_at", _AT, nullable=False),
    Column("asked_device", _ID, nullable=False, server_default=""),
    Column("asked_by", String(200), nullable=False, server_default=""),
    PrimaryKeyConstraint("bucket_id", "meeting_id"),
)
"""Who writes in a meeting that is under way, until when unless they are heard of, and who has asked for it."""

LAPTOP_ENTRY = Table(
    "laptop_entry",
    METADATA,
    Column("device_id", _ID, ForeignKey("device.id"), nullable=False),
    Column("no", _LONG, nullable=False),
    Column("hash", String(64), nullable=False, index=True),
    Column("at", _AT, nullable=False, index=True),
    PrimaryKeyConstraint("device_id", "no"),
)
"""Number and hash of each entry of a laptop's own audit that was told, so that none is missing and none counts twice.

What was told of an entry stands in the audit; nothing of it here.
"""


# Content of papers

BLOB = Table(
    "blob",
    METADATA,
    Column("bucket_id", _ID, ForeignKey("bucket.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", _AT, nullable=False, index=True),
    PrimaryKeyConstraint("bucket_id", "sha256"),
)
"""Content by its digest, whole where `held` is `size`. It is kept by bucket: nobody learns that another has the same.

`at` is when the last piece came.
"""

BLOB_PIECE = Table(
    "blob_piece",
    METADATA,
    Column("bucket_id", _ID, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("bucket_id", "sha256", "number"),
    ForeignKeyConstraint(["bucket_id", "sha256"], ["blob.bucket_id", "blob.sha256"]),
)
