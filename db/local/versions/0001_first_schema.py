"""The first schema: people, cases, risk runs, consent, assessments, care plans, audit and outbox."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, index and trigger of the first schema."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in script.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement.strip())


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise RuntimeError("a store cannot be taken back to before its first schema")
