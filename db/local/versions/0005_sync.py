"""The exchange with the central store: sign-in, cursors, grants, conflicts, quarantine, receipts and runs."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of `0005_sync.sql`."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in script.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement.strip())


def downgrade() -> None:
    """A store is never taken back: the backup made before a migration is."""
    raise RuntimeError("a store is not taken back to an earlier schema")
