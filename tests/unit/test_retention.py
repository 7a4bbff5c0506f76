"""Which backups stay: all of two days, then 12 days, 10 weeks and 9 months, and what goes where the disk is small."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mdt_desktop.domain.backups import file_name
from mdt_desktop.domain.retention import (
    DAILY,
    LEAST_FREE,
    MONTHLY,
    SHARE,
    WEEKLY,
    Kept,
    room_for,
    superfluous,
)

NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)
MB = 1024 * 1024
GB = 1024 * MB


def backups(*ages: timedelta, size: int = 100 * MB) -> list[Kept]:
    return [Kept(file_name(NOW - age), NOW - age, size) for age in ages]


def left(made: Iterable[Kept], now: datetime = NOW) -> list[Kept]:
    made = list(made)
    gone = set(superfluous(made, now))
    return sorted((it for it in made if it.name not in gone), key=lambda it: it.made_at, reverse=True)


def half_hours(days: int) -> list[Kept]:
    return backups(*(timedelta(minutes=30 * place) for place in range(days * 48)), size=250 * MB)


def test_everything_of_the_last_two_days_stays() -> None:
    made = half_hours(2)
    assert left(made) == made


def test_a_year_and_a_half_of_half_hours_is_thinned_to_twelve_days_ten_weeks_and_nine_months() -> None:
    stays = left(half_hours(550))
    recent = [it for it in stays if NOW - it.made_at < timedelta(days=2)]
    assert len(recent) == 96
    older = stays[len(recent) :]
    assert len(older) == DAILY + WEEKLY + MONTHLY
    days, weeks, months = older[:DAILY], older[DAILY : DAILY + WEEKLY], older[DAILY + WEEKLY :]
    assert len({it.made_at.date() for it in days}) == DAILY
    assert len({it.made_at.isocalendar()[:2] for it in weeks}) == WEEKLY
    assert len({(it.made_at.year, it.made_at.month) for it in months}) == MONTHLY
    assert (NOW - days[-1].made_at).days in (13, 14)
    assert (NOW - weeks[-1].made_at).days in range(70, 95)
    assert (NOW - months[-1].made_at).days in range(330, 380)


def test_of_each_day_the_newest_stays() -> None:
    made = backups(timedelta(days=5), timedelta(days=5, hours=1), timedelta(days=5, hours=2))
    assert [it.made_at for it in left(made)] == [NOW - timedelta(days=5)]


def test_days_without_work_do_not_use_up_the_twelve() -> None:
    made = backups(*(timedelta(days=3 + 40 * place) for place in range(DAILY)))
    assert left(made) == made


def test_days_are_those_of_the_place_where_the_laptop_is() -> None:
    made = backups(timedelta(days=5, hours=21), timedelta(days=5, hours=22))  # 00:30 and 23:30 by Greenwich
    assert len(left(made)) == 2
    assert len(left(made, NOW.astimezone(timezone(timedelta(hours=-5))))) == 1


def test_the_newest_stays_however_old_it_is() -> None:
    made = backups(timedelta(days=4000))
    assert left(made) == made


def test_a_backup_of_the_future_is_kept_as_one_of_the_last_two_days() -> None:
    made = backups(timedelta(days=-30), timedelta(days=-30, hours=1))
    assert left(made) == made


@given(some.lists(some.integers(0, 60 * 24 * 500), max_size=80, unique=True))
def test_thinning_again_takes_nothing_more_and_the_newest_always_stays(minutes: list[int]) -> None:
    made = backups(*(timedelta(minutes=it) for it in sorted(minutes)))
    stays = left(made)
    assert left(stays) == stays
    assert stays[:1] == made[:1]


@given(some.integers(1, 400))
def test_thinning_every_day_ends_where_thinning_once_ends_in_number(days: int) -> None:
    shelf: list[Kept] = []
    for day in range(days):
        moment = NOW - timedelta(days=days - day)
        shelf = left([*shelf, Kept(file_name(moment), moment, MB)], moment)
    assert len(shelf) <= 3 + DAILY + WEEKLY + MONTHLY
    assert len(shelf) >= min(days, 2 + DAILY)


# Room


def test_on_a_disk_with_room_nothing_is_given_up() -> None:
    room = room_for(250 * MB, half_hours(1), 200 * GB, NOW)
    assert (room.fits, room.give_up) == (True, ())


def test_backups_together_take_at_most_a_quarter_of_what_would_be_free_without_them() -> None:
    made = half_hours(2)
    free = 10 * GB
    room = room_for(250 * MB, made, free, NOW)
    stays = [it for it in made if it.name not in room.give_up]
    taken = sum(it.size for it in stays)
    assert room.fits
    assert taken + 250 * MB <= (free + sum(it.size for it in made)) // SHARE < taken + 500 * MB


def test_first_the_half_hours_go_then_all_but_one_a_day_then_the_oldest() -> None:
    made = [*half_hours(2), *backups(timedelta(days=5), timedelta(days=6), size=250 * MB)]
    together = sum(it.size for it in made)

    def given_up(count: int) -> list[Kept]:
        """What goes where so many have to, so that the rest is a quarter of the disk."""
        size = 250 * MB
        free = SHARE * (together - (count - 1) * size) - together
        names = room_for(size, made, free, NOW).give_up
        assert len(names) == count
        return [it for name in names for it in made if it.name == name]

    hours = given_up(20)
    assert all(NOW - it.made_at < timedelta(days=2) for it in hours)
    assert {it.made_at.minute for it in hours} == {0}  # of 21:00 and 21:30 the later one stays
    assert hours == sorted(hours, key=lambda it: it.made_at)
    many = given_up(93)
    assert len({it.made_at.date() for it in half_hours(2)} - {it.made_at.date() for it in many}) == 0
    stays = [it for it in made if it not in many]
    assert [(NOW - it.made_at).days for it in stays[-2:]] == [5, 6]
    assert len({it.made_at.date() for it in stays}) == len(stays)
    assert [(NOW - it.made_at).days for it in given_up(95)[-2:]] == [6, 5]


def test_the_newest_and_the_newest_of_a_day_before_are_never_given_up() -> None:
    made = backups(timedelta(0), timedelta(hours=1), timedelta(days=3), timedelta(days=9))
    room = room_for(100 * MB, made, LEAST_FREE + 200 * MB, NOW)
    assert room.fits
    assert set(room.give_up) == {made[1].name, made[3].name}


def test_where_giving_up_does_not_help_nothing_is_given_up() -> None:
    made = backups(timedelta(0), timedelta(hours=1), timedelta(days=3))
    room = room_for(500 * MB, made, LEAST_FREE + 100 * MB, NOW)
    assert (room.fits, room.give_up) == (False, ())


@pytest.mark.parametrize(("free", "fits"), [(LEAST_FREE + 2 * MB, True), (LEAST_FREE + 2 * MB - 1, False)])
def test_two_copies_and_a_reserve_must_fit(free: int, fits: bool) -> None:
    assert room_for(MB, [], free, NOW).fits is fits


@given(some.integers(0, 40 * GB), some.integers(0, 3 * GB), some.lists(some.integers(0, 20_000), max_size=40))
def test_room_is_never_made_by_more_than_the_older_ones(free: int, size: int, minutes: list[int]) -> None:
    made = backups(*(timedelta(minutes=it) for it in sorted(set(minutes))))
    room = room_for(size, made, free, NOW)
    assert not made or made[0].name not in room.give_up
    assert len(room.give_up) <= max(0, len(made) - 1)
    if room.fits:
        gained = sum(it.size for it in made if it.name in room.give_up)
        assert free + gained - 2 * size >= LEAST_FREE
