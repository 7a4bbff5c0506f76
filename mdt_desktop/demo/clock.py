"""The clock of the demo: it is moved through the past, and work is done in working hours only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST_HOUR, _LAST_HOUR = 8, 17
_SATURDAY = 5


@dataclass(slots=True)
class Clock:
    """Called, it tells the time; `forward` moves it on to an hour in which people work."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Move on by days, hours or minutes, and then on to Monday to Friday between eight and five."""
        self.at += timedelta(**by)
        while not _FIRST_HOUR <= self.at.hour < _LAST_HOUR:
            self.at += timedelta(hours=1)
        while self.at.weekday() >= _SATURDAY:
            self.at += timedelta(days=1)
