"""Which backups are kept: all of two days, then fewer the older they are, and never more than the disk bears."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

RECENT = timedelta(days=2)
DAILY, WEEKLY, MONTHLY = 12, 10, 9
"""How many days, weeks and months older than `RECENT` keep their newest backup (SECURITY R16, as Anki does it)."""

LEAST_FREE = 256 * 1024 * 1024
"""Bytes that stay free on the disk whatever happens, so that the store itself can go on."""
SHARE = 4
"""Backups take at most one part in four of the space that would be free without them."""
COPIES_MEANWHILE = 2
"""While a backup is made it lies on the disk twice: as a database that is checked, and as the file that is kept."""

_Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A verified backup that is there; `size` in bytes. One that is damaged or cannot be read is nobody's to remove."""

    name: str
    made_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Room:
    """Which backups have to go so that another one fits; with `fits` False none are to go, as it would not help."""

    give_up: tuple[str, ...]
    fits: bool


def superfluous(backups: Iterable[Kept], now: datetime) -> tuple[str, ...]:
    """Names of the backups that time has made superfluous, oldest first.

    All of the last two days stay; of those before, the newest of each of the last 12 days that have one, then of 10
    weeks, then of 9 months. Days are those of `now`'s time zone. The newest one always stays.
    """
    newest_first = sorted(backups, key=lambda it: it.made_at, reverse=True)
    kept = {it.name for it in newest_first[:1]}
    tiers = [(DAILY, _day), (WEEKLY, _week), (MONTHLY, _month)]
    last: datetime | None = None
    left = 0
    for backup in newest_first:
        moment = backup.made_at.astimezone(now.tzinfo)
        if now - moment < RECENT:
            kept.add(backup.name)
        else:
            while left <= 0 and tiers:
                left, place = tiers.pop(0)
            if left <= 0 or (last is not None and place(moment) == place(last)):
                continue
            left -= 1
            kept.add(backup.name)
        last = moment
    return tuple(it.name for it in reversed(newest_first) if it.name not in kept)


def room_for(size: int, backups: Iterable[Kept], free: int, now: datetime) -> Room:
    """What has to go so that a backup of `size` bytes can be made on a disk with `free` bytes.

    First those of the last two days are thinned to one an hour, then to one a day; then the oldest go. The newest
    one stays, and so does the newest one of a day before it.
    """
    newest_first = sorted(backups, key=lambda it: it.made_at, reverse=True)
    taken = sum(it.size for it in newest_first)
    wanted = (free + taken) // SHARE
    given_up: list[str] = []
    enough = free - COPIES_MEANWHILE * size >= LEAST_FREE
    for backup in _least_missed_first(newest_first, now):
        if enough and taken + size <= wanted:
            break
        given_up.append(backup.name)
        free += backup.size
        taken -= backup.size
        enough = free - COPIES_MEANWHILE * size >= LEAST_FREE
    return Room(tuple(given_up), True) if enough else Room((), False)


def _least_missed_first(newest_first: Sequence[Kept], now: datetime) -> list[Kept]:
    """In the order in which backups are given up; those that never are do not stand in it."""
    days = [_day(it.made_at.astimezone(now.tzinfo)) for it in newest_first]
    of_another_day = [it for it, day in zip(newest_first, days, strict=True) if day < days[0]]
    safe = {it.name for it in (*newest_first[:1], *of_another_day[:1])}
    free_to_go = [it for it in reversed(newest_first) if it.name not in safe]
    recent = [it for it in newest_first if now - it.made_at < RECENT]
    order = [
        it for place in (_hour, _day) for it in free_to_go if it.name in _not_the_last_of(recent, place, now)
    ] + free_to_go
    return list(dict.fromkeys(order))


def _not_the_last_of(newest_first: Sequence[Kept], place: Callable[[datetime], _Place], now: datetime) -> set[str]:
    seen: set[_Place] = set()
    others = set()
    for backup in newest_first:
        where = place(backup.made_at.astimezone(now.tzinfo))
        if where in seen:
            others.add(backup.name)
        seen.add(where)
    return others


def _hour(moment: datetime) -> _Place:
    return (*_day(moment), moment.hour)


def _day(moment: datetime) -> _Place:
    return (moment.year, moment.month, moment.day)


def _week(moment: datetime) -> _Place:
    calendar = moment.isocalendar()
    return (calendar.year, calendar.week)


def _month(moment: datetime) -> _Place:
    return (moment.year, moment.month)
