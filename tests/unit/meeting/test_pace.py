"""The pace of a meeting: amber at four fifths, never in the way, and a meeting that ends when it was to end."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop.domain.pace import CasePace, MeetingPace, case_pace, meeting_pace, shortened


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
