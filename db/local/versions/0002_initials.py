"""The caseload's indexes hold which letters a person's words begin with: a search for one letter walks them."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, fill it from the search words, and make the two indexes anew with it."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in script.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement.strip())


def downgrade() -> None:
    """A store is never taken back: the backup made before a migration is."""
    raise RuntimeError("a store is not taken back to an earlier schema")
