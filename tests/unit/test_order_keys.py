"""Keys keep a list in order wherever something is put."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop.domain.order_keys import key_after, key_between, keys_for


def test_the_first_key_of_a_list_leaves_room_before_it() -> None:
    first = key_after("")
    assert key_between("", first) < first


def test_each_key_at_the_end_sorts_after_the_one_before() -> None:
    keys = [""]
    for _ in range(50):
        keys.append(key_after(keys[-1]))
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        pytest.param("000000100000", "000000200000", id="two keys far apart"),
        pytest.param("000000100000", "000000100001", id="two keys next to each other"),
        pytest.param("000000100000", "000000100000.8", id="a key and its own fraction"),
        pytest.param("000000100000.8", "000000100001", id="a fraction and the next whole key"),
        pytest.param("000000100000.7f", "000000100000.8", id="two fractions next to each other"),
        pytest.param("", "000000000001", id="before the very first"),
        pytest.param("", "000000000000.8", id="before a fraction of the very first"),
    ],
)
def test_a_key_between_two_sorts_between_them(low: str, high: str) -> None:
    assert low < key_between(low, high) < high


@pytest.mark.parametrize(
    ("low", "high"),
    [
        pytest.param("000000100000", "000000100000", id="equal, because two people added at once"),
        pytest.param("000000200000", "000000100000", id="the wrong way round"),
    ],
)
def test_where_nothing_fits_it_says_so(low: str, high: str) -> None:
    with pytest.raises(ValueError, match="no key between"):
        key_between(low, high)


@given(st.lists(st.integers(min_value=0, max_value=1_000), max_size=120))
def test_putting_elements_anywhere_keeps_every_key_apart_and_in_order(places: list[int]) -> None:
    keys: list[str] = []
    for place in places:
        at = place % (len(keys) + 1)
        low = keys[at - 1] if at else ""
        high = keys[at] if at < len(keys) else ""
        keys.insert(at, key_between(low, high))
    assert keys == sorted(set(keys))


def test_putting_the_last_to_the_front_a_hundred_times_keeps_keys_short() -> None:
    low, high = key_after(""), key_after(key_after(""))
    for _ in range(100):
        high = key_between(low, high)
    assert len(high) < 60


def test_a_list_can_be_numbered_anew() -> None:
    keys = keys_for(4)
    assert keys == sorted(set(keys))
    assert keys[0] == key_after("")
