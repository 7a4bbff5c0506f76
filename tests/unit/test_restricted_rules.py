"""Breaking the glass: a reason of a sentence, four hours, and a clock that cannot open it again."""

from datetime import UTC, datetime, timedelta

import pytest

from mdt_desktop.domain.restricted import ReasonTooShort, glass_ends, is_glass_open, require_sentence

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("reason", ["", "   ", "emergency", "asdf asdf", "a b c", "... ... ...", "x " * 5], ids=repr)
def test_less_than_a_sentence_is_no_reason(reason: str) -> None:
    with pytest.raises(ReasonTooShort):
        require_sentence(reason)


def test_a_sentence_is_a_reason_and_loses_its_loose_spaces() -> None:
    assert require_sentence("  Ambulance crew\n asks for   medicines ") == "Ambulance crew asks for medicines"


MOMENTS = [
    pytest.param(timedelta(0), True, id="at once"),
    pytest.param(timedelta(hours=4, microseconds=-1), True, id="until four hours are over"),
    pytest.param(timedelta(hours=4), False, id="and not a moment longer"),
    pytest.param(timedelta(minutes=-1), False, id="not on a clock set back before it was broken"),
]


@pytest.mark.parametrize(("after", "is_open"), MOMENTS)
def test_the_glass_is_broken(after: timedelta, is_open: bool) -> None:
    assert is_glass_open(NOON, glass_ends(NOON), None, NOON + after) is is_open


def test_a_glass_that_was_closed_again_is_closed() -> None:
    assert not is_glass_open(NOON, glass_ends(NOON), NOON + timedelta(minutes=5), NOON + timedelta(minutes=6))
