"""The first schema: buckets, records and their changes, accounts, devices and tokens, erasures, and the audit chain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BODY = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

# An erasure takes the detail of an entry away; nothing else of it may ever change.
SQLITE_GUARDS = (
    """CREATE TRIGGER audit_stays BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END""",
    """CREATE TRIGGER audit_holds BEFORE UPDATE ON audit
    WHEN NEW.detail IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.prev_hash <> OLD.prev_hash
    OR NEW.hash <> OLD.hash OR NEW.at <> OLD.at OR NEW.user_name <> OLD.user_name OR NEW.device_id <> OLD.device_id
    OR NEW.action <> OLD.action OR NEW.bucket_id <> OLD.bucket_id OR NEW.rec_ids <> OLD.rec_ids
    OR NEW.detail_hash <> OLD.detail_hash
    BEGIN SELECT RAISE(ABORT, 'an entry of the audit log never changes'); END""",
)
POSTGRESQL_GUARDS = (
    """CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.detail IS NULL AND NEW.salt IS NULL
            AND (NEW.seq, NEW.prev_hash, NEW.hash, NEW.at, NEW.user_name, NEW.device_id, NEW.action, NEW.bucket_id,
                 NEW.rec_ids, NEW.detail_hash)
              = (OLD.seq, OLD.prev_hash, OLD.hash, OLD.at, OLD.user_name, OLD.device_id, OLD.action, OLD.bucket_id,
                 OLD.rec_ids, OLD.detail_hash)
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'the audit log only grows';
    END $$""",
    "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard()",
    "CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()",
)


def upgrade() -> None:
    """Create every table and index, the one row of the audit's head, and what keeps the audit from changing."""
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("grants_ver", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", LONG, autoincrement=False, nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("rec_ids", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("detail_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "erasure",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("ordered_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_table(
        "fact",
        sa.Column("key", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "locality",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "person_number",
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("nhs_number", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("bucket_id", "nhs_number"),
    )
    op.create_index("ix_person_number_person", "person_number", ["bucket_id", "person_id"], unique=False)
    op.create_table(
        "record_version",
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("body", BODY, nullable=True),
        sa.Column("op_device", sa.String(length=36), nullable=False),
        sa.Column("op_no", LONG, nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("bucket_id", "type", "id", "ver"),
    )
    op.create_table(
        "tried_sign_in",
        sa.Column("no", LONG, autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("account_key", sa.String(length=64), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("password_key", sa.String(length=64), nullable=False),
        sa.Column("went_well", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
    )
    op.create_index("ix_tried_sign_in_account_key", "tried_sign_in", ["account_key"], unique=False)
    op.create_index("ix_tried_sign_in_address_key", "tried_sign_in", ["address_key"], unique=False)
    op.create_index("ix_tried_sign_in_at", "tried_sign_in", ["at"], unique=False)
    op.create_table(
        "bucket",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("locality_id", sa.String(length=36), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("head", LONG, server_default="0", nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("digest_count", LONG, server_default="0", nullable=False),
        sa.Column("digest_sum", sa.String(length=20), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["locality_id"],
            ["locality.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bucket_locality_id", "bucket", ["locality_id"], unique=False)
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("last_op", LONG, nullable=False),
        sa.Column("app_version", sa.String(length=50), nullable=False),
        sa.Column("schema_no", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("last_seen", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_device_user_id", "device", ["user_id"], unique=False)
    op.create_table(
        "change",
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("seq", LONG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("op_device", sa.String(length=36), nullable=False),
        sa.Column("op_no", LONG, nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["bucket.id"],
        ),
        sa.PrimaryKeyConstraint("bucket_id", "seq"),
    )
    op.create_table(
        "family",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("began_at", sa.String(length=24), nullable=False),
        sa.Column("ends_at", sa.String(length=24), nullable=False),
        sa.Column("ended", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_family_device_id", "family", ["device_id"], unique=False)
    op.create_index("ix_family_user_id", "family", ["user_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("from_at", sa.String(length=24), nullable=False),
        sa.Column("until_at", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["bucket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("user_id", "bucket_id"),
    )
    op.create_table(
        "op_result",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("op_no", LONG, nullable=False),
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("result", BODY, nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
        ),
        sa.PrimaryKeyConstraint("device_id", "op_no"),
    )
    op.create_index("ix_op_result_record", "op_result", ["type", "id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
        ),
        sa.PrimaryKeyConstraint("device_id", "kind", "bucket_id", "type", "id"),
    )
    op.create_table(
        "record",
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("body", BODY, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("updated_by", sa.String(length=200), nullable=False),
        sa.Column("updated_at", sa.String(length=24), nullable=False),
        sa.Column("first_seq", LONG, nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["bucket.id"],
        ),
        sa.PrimaryKeyConstraint("bucket_id", "type", "id"),
    )
    op.create_index("ix_record_first_seq", "record", ["bucket_id", "first_seq"], unique=False)
    op.create_index("ix_record_id", "record", ["id"], unique=False)
    op.create_table(
        "token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ends_at", sa.String(length=24), nullable=False),
        sa.Column("used_at", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_id"],
            ["family.id"],
        ),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_token_ends_at", "token", ["ends_at"], unique=False)
    op.create_index("ix_token_family_id", "token", ["family_id"], unique=False)

    # Unsent changes that were handed over
    op.create_table(
        "handover",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("from_bucket", sa.String(length=36), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("rec_id", sa.String(length=36), nullable=False),
        sa.Column("changes", BODY, nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.ForeignKeyConstraint(["bucket_id"], ["bucket.id"]),
        sa.PrimaryKeyConstraint("device_id", "id"),
    )
    op.create_index(op.f("ix_handover_bucket_id"), "handover", ["bucket_id"], unique=False)
    op.create_index(op.f("ix_handover_rec_id"), "handover", ["rec_id"], unique=False)

    _create_sign_in()
    _prepare_fhir()
    _prepare_carrying_and_pen()
    _prepare_blobs()
    _prepare_laptop_log()
    _guard_rows()
    _witness_audit()

    connection = op.get_bind()
    connection.exec_driver_sql(f"INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '{'0' * 64}')")
    for statement in POSTGRESQL_GUARDS if connection.dialect.name == "postgresql" else SQLITE_GUARDS:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise RuntimeError("a store cannot be taken back to before its first schema")


def _create_sign_in() -> None:
    """Signing in through the browser (OpenID Connect), and the second factor."""
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("last_step", LONG, nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "subject",
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("sub", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("issuer", "sub"),
        sa.UniqueConstraint("issuer", "user_id"),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=43), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("retired_at", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("redirect_uri", sa.String(length=300), nullable=False),
        sa.Column("challenge", sa.String(length=128), nullable=False),
        sa.Column("nonce", sa.String(length=200), nullable=False),
        sa.Column("methods", sa.String(length=50), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("ends_at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_sign_in_code_ends_at", "sign_in_code", ["ends_at"], unique=False)
    op.create_table(
        "used_nonce",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_used_nonce_ends_at", "used_nonce", ["ends_at"], unique=False)


def _prepare_fhir() -> None:
    """What the FHIR façade needs: the record that a record hangs on, what has left, and the scopes of tokens."""
    op.add_column("record", sa.Column("parent_id", sa.String(length=200), nullable=True))
    op.create_index("ix_record_parent_id", "record", ["parent_id"], unique=False)
    left = sa.text("kind IN ('evict', 'erase')")
    op.create_index("ix_change_left", "change", ["id"], unique=False, sqlite_where=left, postgresql_where=left)
    op.add_column("family", sa.Column("scopes", sa.String(length=1000), server_default="", nullable=False))


def _prepare_carrying_and_pen() -> None:
    """Public keys of laptops for carried files, and who writes in a meeting."""
    op.create_table(
        "device_key",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("sign_key", sa.String(length=64), nullable=False),
        sa.Column("seal_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_table(
        "pen",
        sa.Column("bucket_id", sa.String(length=36), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("ends_at", sa.String(length=24), nullable=False),
        sa.Column("asked_device", sa.String(length=36), server_default="", nullable=False),
        sa.Column("asked_by", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["bucket_id"], ["bucket.id"]),
        sa.PrimaryKeyConstraint("bucket_id", "meeting_id"),
    )


# Row-level security (SYNC 5.3): whoever serves sees and writes the rows of the user it acts for, and no others. The
# arrays are worked out once a statement, so that a policy is a condition of an index and asks nothing for each row.
OWN_BUCKETS = """CREATE OR REPLACE FUNCTION own_buckets() RETURNS text[] LANGUAGE sql STABLE SET search_path = {schema}
    AS $$ SELECT coalesce(array_agg(bucket_id), '{{}}') FROM membership
          WHERE user_id = current_setting('app.user_id', true) AND from_at <= current_setting('app.at', true)
            AND (until_at IS NULL OR until_at > current_setting('app.at', true)) $$"""
OWN_DEVICES = """CREATE OR REPLACE FUNCTION own_devices() RETURNS text[] LANGUAGE sql STABLE SET search_path = {schema}
    AS $$ SELECT coalesce(array_agg(id), '{{}}') FROM device
          WHERE user_id = current_setting('app.user_id', true) $$"""
IN_OWN_BUCKET = "bucket_id = ANY ((SELECT own_buckets())::text[])"
OF_OWN_DEVICE = "device_id = ANY ((SELECT own_devices())::text[])"
POLICIES = (
    *(f"CREATE POLICY own_bucket ON {table} USING ({IN_OWN_BUCKET})"
      for table in ("record", "record_version", "change", "person_number", "pen", "blob", "blob_piece")),
    f"CREATE POLICY own_device ON op_result USING ({OF_OWN_DEVICE})",
    # Every bucket is known by its number; only one's own counts on.
    "CREATE POLICY is_known ON bucket FOR SELECT USING (true)",
    "CREATE POLICY own_bucket ON bucket FOR UPDATE USING (id = ANY ((SELECT own_buckets())::text[]))",
    # The inbox is write-only for whoever hands something over, and its own team's to read and settle.
    f"CREATE POLICY to_any_team ON handover FOR INSERT WITH CHECK ({OF_OWN_DEVICE})",
    f"CREATE POLICY read_own_inbox ON handover FOR SELECT USING ({IN_OWN_BUCKET})",
    f"CREATE POLICY settle_own_inbox ON handover FOR UPDATE USING ({IN_OWN_BUCKET})",
)  # fmt: skip
GUARDED = (
    "record", "record_version", "change", "person_number", "pen", "blob", "blob_piece", "op_result", "bucket",
    "handover",
)  # fmt: skip


def _guard_rows() -> None:
    """Policies by row, and the view that says in which bucket a record is and nothing of what it says."""
    op.execute("CREATE VIEW record_place AS SELECT bucket_id, type, id FROM record WHERE NOT deleted")
    if op.get_bind().dialect.name != "postgresql":
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for function in (OWN_BUCKETS, OWN_DEVICES):
        op.execute(function.format(schema=f"{schema}, pg_temp"))
    for statement in POLICIES:
        op.execute(statement)
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _witness_audit() -> None:
    """The head of the audit that a laptop was the last to miss, so that it is told once."""
    op.add_column("device", sa.Column("missed_head", sa.String(length=150), server_default="", nullable=False))


def _prepare_laptop_log() -> None:
    """Numbers and hashes of the entries of laptops' own audits."""
    op.create_table(
        "laptop_entry",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("no", LONG, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("device_id", "no"),
    )
    op.create_index("ix_laptop_entry_hash", "laptop_entry", ["hash"], unique=False)
    op.create_index("ix_laptop_entry_at", "laptop_entry", ["at"], unique=False)


def _prepare_blobs() -> None:
    """Content of papers, in pieces."""
    op.create_table(
        "blob",
        sa.Column("bucket_id", sa.String(36), nullable=False), sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False), sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False), sa.Column("at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["bucket_id"], ["bucket.id"]),
        sa.PrimaryKeyConstraint("bucket_id", "sha256"),
    )
    op.create_index("ix_blob_at", "blob", ["at"], unique=False)
    op.create_table(
        "blob_piece",
        sa.Column("bucket_id", sa.String(36), nullable=False), sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bucket_id", "sha256"], ["blob.bucket_id", "blob.sha256"]),
        sa.PrimaryKeyConstraint("bucket_id", "sha256", "number"),
    )
