"""What benchmarks in a process of their own must know of the filled store, without loading what fills it."""

from datetime import UTC, date, datetime

PEOPLE = 261_536
PASSPHRASE = "slow river under copper bridge"  # noqa: S105  # opens invented people only
TODAY = date(2026, 11, 23)


def clock() -> datetime:
    """The day all benchmarks run on."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, 9, 0, tzinfo=UTC)
