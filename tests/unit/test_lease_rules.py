"""The offline lease, by a clock that does everything clocks do (SECURITY R33, SYNC 5.11)."""

from datetime import UTC, datetime, timedelta

import pytest

from mdt_desktop.domain.lease import (
    CLOCK_SLACK,
    EVICT_AFTER,
    LEASE,
    Contact,
    LeaseState,
    clock_differs,
    observed,
    standing,
)

HEARD = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)  # the lease runs over the end of summer time
NONE = timedelta()


def heard(skew: timedelta = NONE, *leases: datetime, revoked: bool = False) -> Contact:
    return Contact(HEARD, skew, HEARD, leases, revoked)


def days(count: float) -> timedelta:
    return timedelta(days=count)


# days since the contact by the laptop's clock, state, days left at most that are told
DAYS = {
    "the same hour": (0.0, "in_force", 0),
    "after six days": (6.9, "in_force", 0),
    "after seven days": (7.0, "ending", 7),
    "after eleven days": (11.9, "ending", 7),
    "after twelve days": (12.0, "ending", 2),
    "after thirteen days": (13.0, "ending", 1),
    "a minute before two weeks": (13.999, "ending", 1),
    "after two weeks": (14.0, "ended", 0),
    "after 44 days": (44.9, "ended", 0),
    "after 45 days": (45.0, "overdue", 0),
    "after three years": (1100.0, "overdue", 0),
}


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("skew", [NONE, days(1), days(-1), timedelta(minutes=10), days(20_000)])
def test_the_lease_runs_from_the_last_contact_whatever_this_laptops_clock_says(name: str, skew: timedelta) -> None:
    since, state, warning = DAYS[name]
    found = standing(heard(skew), HEARD - skew + days(since))
    assert (found.state, found.warning, found.ends) == (state, warning, HEARD + LEASE)
    assert found.is_locked is (state in ("ended", "overdue"))


def test_a_store_that_was_never_connected_has_no_lease() -> None:
    found = standing(None, HEARD)
    assert (found.state, found.is_locked, found.ends) == (LeaseState.NONE, False, None)


def test_what_was_granted_for_a_shorter_time_ends_sooner_and_a_longer_one_does_not_go_beyond_the_rule() -> None:
    assert standing(heard(NONE, HEARD + days(3), HEARD + days(90)), HEARD + days(3)).state is LeaseState.ENDED
    assert standing(heard(NONE, HEARD + days(90)), HEARD + days(14)).state is LeaseState.ENDED


def test_who_was_revoked_is_locked_at_any_time() -> None:
    for since in (0, 3, 15, 60):
        found = standing(heard(revoked=True), HEARD + days(since))
        assert (found.state, found.is_locked) == (LeaseState.REVOKED, True)


# what the clock is set back by, after it has shown the tenth day
SET_BACK = {
    "a second of a time server": (timedelta(seconds=1), "ending"),
    "ten minutes": (CLOCK_SLACK, "ending"),
    "a little more": (CLOCK_SLACK + timedelta(seconds=1), "clock_back"),
    "an hour, where somebody sets the clock for winter": (timedelta(hours=1), "clock_back"),
    "a day": (days(1), "clock_back"),
    "to 1970": (HEARD + days(10) - datetime(1970, 1, 1, tzinfo=UTC), "clock_back"),
}


@pytest.mark.parametrize("name", SET_BACK)
def test_a_clock_that_was_set_back_locks_and_never_lengthens_the_lease(name: str) -> None:
    back, state = SET_BACK[name]
    seen = observed(heard(), HEARD + days(10))
    assert standing(seen, HEARD + days(10) - back).state == state
    # It may run on from there as long as it likes: two weeks are over when the latest time says so.
    late = observed(seen, HEARD + days(14))
    assert standing(late, HEARD + days(14) - back).state is LeaseState.ENDED
    assert observed(late, HEARD).latest == HEARD + days(14)


def test_a_clock_that_goes_right_again_unlocks_what_the_wrong_one_locked() -> None:
    seen = observed(heard(), HEARD + days(3))
    assert standing(seen, HEARD + days(1)).state is LeaseState.CLOCK_BACK
    assert standing(seen, HEARD + days(3)).state is LeaseState.IN_FORCE


def test_the_end_of_summer_time_is_nothing_to_a_clock_in_universal_time() -> None:
    seen = heard()
    for quarter in range(4 * 24 * 6):
        now = HEARD + timedelta(minutes=15) * quarter
        assert standing(seen, now).state is LeaseState.IN_FORCE
        seen = observed(seen, now)


@pytest.mark.parametrize(
    ("skew", "told"), [(NONE, False), (timedelta(minutes=2), False), (timedelta(minutes=-3), True), (days(1), True)]
)
def test_a_clock_that_differs_by_more_than_two_minutes_is_told(skew: timedelta, told: bool) -> None:
    assert clock_differs(heard(skew)) is told
    assert clock_differs(None) is False


def test_the_rule_is_two_weeks_and_45_days() -> None:
    assert (days(14), days(45)) == (LEASE, EVICT_AFTER)
