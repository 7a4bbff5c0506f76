"""UK postcodes: one way of writing them, and whether a text can be one."""

import re

# Outward and inward part as published by Royal Mail. GIR 0AA is the one exception to the pattern, and ZZ99 is
# what the NHS writes for no fixed abode and addresses abroad.
_OUTWARD, _INWARD = "[A-Z]{1,2}[0-9][A-Z0-9]?|GIR", "[0-9][ABD-HJLNP-UW-Z]{2}"
_POSTCODE = re.compile(f"(?:{_OUTWARD}){_INWARD}|ZZ99[0-9][A-Z]{{2}}")
_NORMAL = re.compile(f"(?:{_OUTWARD}) {_INWARD}|ZZ99 [0-9][A-Z]{{2}}")


def is_normal(text: str) -> bool:
    """Whether the text is a postcode written just as `normalised` writes it."""
    return _NORMAL.fullmatch(text) is not None


def normalised(text: str) -> str | None:
    """The postcode in capitals, a space before its last three characters; None if it cannot be one."""
    packed = "".join(text.split()).upper()
    return f"{packed[:-3]} {packed[-3:]}" if _POSTCODE.fullmatch(packed) else None
