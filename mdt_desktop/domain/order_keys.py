"""Keys that keep lists in order although two people add to them at once (SYNC 5.1)."""

_STEP = 1 << 20
_WHOLE = 12
LONGEST = 200
"""Characters that a key may have; a list whose keys grow longer is numbered anew."""


def key_after(last: str) -> str:
    """The key for a new element at the end of a list whose last key is `last` ("" for an empty list).

    Keys are fractional: twelve hexadecimal digits, and more behind a point where something is put between.
    """
    number = int(last.split(".")[0], 16) if last else 0
    return f"{number + _STEP:0{_WHOLE}x}"


def key_between(low: str, high: str) -> str:
    """A key that sorts after `low` and before `high`; either may be empty for an open end.

    Raises ValueError where nothing fits: for ends that are equal (two people added at once) or the wrong way round.
    """
    if not high:
        return key_after(low)
    if low >= high:
        raise ValueError("there is no key between these two")
    below, above = _digits(low), _digits(high)
    first, second = int(below[:_WHOLE], 16), int(above[:_WHOLE], 16)
    if second - first > 1:
        return f"{(first + second) // 2:0{_WHOLE}x}"
    # One digit more than the longer end leaves room for at least one key strictly between.
    length = max(len(below), len(above)) + 1
    middle = (int(below.ljust(length, "0"), 16) + int(above.ljust(length, "0"), 16)) // 2
    digits = f"{middle:0{length}x}"
    return f"{digits[:_WHOLE]}.{digits[_WHOLE:].rstrip('0')}"


def keys_for(count: int) -> list[str]:
    """Fresh keys for a whole list, in order."""
    return [f"{_STEP * place:0{_WHOLE}x}" for place in range(1, count + 1)]


def _digits(key: str) -> str:
    return key.replace(".", "") if key else "0" * _WHOLE
