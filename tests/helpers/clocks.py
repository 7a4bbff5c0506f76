"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FrozenClock:
    """Called like the program's clock; `advance` and `set` move it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Move by `by`, backwards too, and return the new time."""
        self.now += by
        return self.now

    def set(self, now: datetime) -> None:
        """Stand at another time, aware and in UTC."""
        self.now = now.astimezone(UTC)
