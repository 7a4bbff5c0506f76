"""Keys that keep lists in order although two people add to them at once (SYNC 5.1)."""

_STEP = 1 << 20


def key_after(last: str) -> str:
    """The key for a new element at the end of a list whose last key is `last` ("" for an empty list).

    Keys are fractional: twelve hexadecimal digits, and more behind a point where something is put between.
    """
    number = int(last.split(".")[0], 16) if last else 0
    return f"{number + _STEP:012x}"


def key_between(low: str, high: str) -> str:
    """A key that sorts after `low` and before `high`; either may be empty for an open end."""
    if not high:
        return key_after(low)
    first = int(low.split(".")[0], 16) if low else 0
    second = int(high.split(".")[0], 16)
    if second - first > 1:
        return f"{(first + second) // 2:012x}"
    return f"{low or '000000000000'}{'' if '.' in low else '.'}8"
