"""Somebody with the database's own rights makes the central audit anew, as a chain alone cannot show."""

from sqlalchemy import Connection, select, text, update

from mdt_desktop.central import audit
from mdt_desktop.central.tables import AUDIT, AUDIT_HEAD


def without_guards(connection: Connection) -> None:
    """Take away what keeps the audit from changing."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        return
    for name in ("audit_stays", "audit_holds"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))


def make_anew(connection: Connection, seq: int) -> None:
    """Give one entry another user, and make every hash from there on, and the head, so that the chain holds."""
    without_guards(connection)
    rows = [dict(row) for row in connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).mappings()]
    previous = rows[seq - 2]["hash"] if seq > 1 else audit.START
    rows[seq - 1]["user_name"] = "somebody else"
    for row in rows[seq - 1 :]:
        row["prev_hash"] = previous
        row["hash"] = previous = audit.entry_hash(row)
        connection.execute(
            update(AUDIT)
            .where(AUDIT.c.seq == row["seq"])
            .values(user_name=row["user_name"], prev_hash=row["prev_hash"], hash=row["hash"])
        )
    connection.execute(update(AUDIT_HEAD).values(hash=previous))


def cut_off(connection: Connection, last: int) -> None:
    """Take away all entries after one, and let the head say that it is the last."""
    without_guards(connection)
    connection.execute(text("DELETE FROM audit WHERE seq > :last"), {"last": last})
    row = connection.execute(select(AUDIT.c.hash).where(AUDIT.c.seq == last)).scalar_one()
    connection.execute(update(AUDIT_HEAD).values(seq=last, hash=row))
