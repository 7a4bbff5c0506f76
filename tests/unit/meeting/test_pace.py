"""The pace of a meeting: amber at four fifths, never in the way, and a meeting that ends when it was to end."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop.domain.pace import CasePace, MeetingPace, case_pace, cases_end, meeting_pace, offer, shortened


@pytest.mark.parametrize(
    ("elapsed", "pace"),
    [(0, CasePace.CALM), (383, CasePace.CALM), (384, CasePace.AMBER), (480, CasePace.AMBER), (481, CasePace.OVER)],
)
def test_a_case_turns_amber_at_four_fifths_of_its_time(elapsed: int, pace: CasePace) -> None:
    assert case_pace(elapsed, 480) is pace


@pytest.mark.parametrize(
    ("left", "cases", "state", "share"),
    [
        (3600, [480] * 7, MeetingPace.AHEAD, 1.0),
        (3360, [480] * 7, MeetingPace.ON_TIME, 1.0),
        (3300, [480] * 7, MeetingPace.ON_TIME, 3300 / 3360),
        (2400, [480] * 7, MeetingPace.BEHIND, 2400 / 3360),
        (-60, [480], MeetingPace.BEHIND, 0.0),
        (600, [], MeetingPace.ON_TIME, 1.0),
    ],
)
def test_the_time_left_is_held_against_what_is_left(
    left: int, cases: list[int], state: MeetingPace, share: float
) -> None:
    pace = meeting_pace(left, cases)
    assert pace.state is state
    assert pace.share == pytest.approx(share)


@given(st.integers(-600, 7200), st.lists(st.integers(60, 1800), max_size=20))
def test_shortened_cases_fit_and_each_that_is_kept_has_a_minute(left: int, cases: list[int]) -> None:
    times = shortened(left, cases)
    assert len(times) == len(cases)
    assert all(time == 0 or time >= 60 for time in times)
    assert all(time <= wished for time, wished in zip(times, cases, strict=True))
    assert sum(times) <= max(left, sum(cases) if sum(cases) <= left else 0, 0)


@pytest.mark.parametrize(
    ("left", "cases", "times"),
    [
        pytest.param(1440, [480] * 3, [480] * 3, id="all fit"),
        pytest.param(1080, [480] * 3, [360] * 3, id="all are shortened alike"),
        pytest.param(720, [480] * 3, [240] * 3, id="to a half and no further"),
        pytest.param(719, [480] * 3, [359, 359, 0], id="then the last one gets none"),
        pytest.param(200, [480] * 3, [200, 0, 0], id="the first gets what there is, where nobody fits"),
        pytest.param(600, [480] * 3, [300, 300, 0], id="two of three"),
        pytest.param(59, [480] * 3, [0, 0, 0], id="less than a minute is nothing"),
        pytest.param(-30, [480], [0], id="no time"),
        pytest.param(100, [0, 480], [0, 100], id="who has had their time is wound up, and the next goes on"),
        pytest.param(70, [90, 90], [70, 0], id="a minute at least"),
    ],
)
def test_what_each_may_take(left: int, cases: list[int], times: list[int]) -> None:
    assert shortened(left, cases) == times


@pytest.mark.parametrize("since", range(0, 361, 60))
def test_what_the_current_case_may_take_does_not_grow_while_it_is_used_up(since: int) -> None:
    found = offer(1080 - since, since, 480, [480, 480])
    assert (found.current, found.waiting) == (360, (360, 360))


def test_who_runs_over_takes_it_from_those_who_wait() -> None:
    found = offer(1080 - 480, 480, 480, [480, 480])
    assert (found.current, found.waiting) == (360, (300, 300))


STARTS = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "end"),
    [
        pytest.param(timedelta(), timedelta(minutes=72), id="on time"),
        pytest.param(timedelta(minutes=12), timedelta(minutes=72), id="begun late it ends when it was to end"),
        pytest.param(-timedelta(minutes=5), timedelta(minutes=72), id="early"),
        pytest.param(timedelta(minutes=45), timedelta(minutes=117), id="held at another hour"),
        pytest.param(-timedelta(days=3), -timedelta(days=3) + timedelta(minutes=72), id="held on another day"),
    ],
)
def test_when_the_cases_are_to_be_over(began: timedelta, end: timedelta) -> None:
    assert cases_end(STARTS + began, STARTS, 90) == STARTS + end


@pytest.mark.parametrize("seed", range(50))
def test_a_meeting_of_twelve_with_random_overruns_ends_within_two_minutes_of_its_plan(seed: int) -> None:
    """The chair follows the pace: each case gets what is left for it; the last ones are parked, never lost."""
    chance = random.Random(seed)
    cases = [chance.choice((240, 300, 300, 360)) for _ in range(12)]
    planned = sum(cases)
    clock, discussed, parked = 0, 0, 0
    while discussed + parked < len(cases):
        offered = shortened(planned - clock, cases[discussed + parked :])
        if offered[0] == 0:
            parked += 1
            continue
        # Talkative rooms: every third case takes up to half as long again, but never beyond a minute over its time.
        over = min(60, int(offered[0] * chance.random() * 0.5)) if chance.random() < 0.35 else 0
        clock += offered[0] + over
        discussed += 1
    assert abs(clock - planned) <= 120
    assert discussed + parked == 12
