"""UK postcodes: one way of writing them, and whether a text can be one."""

import re

# Outward and inward part as published by Royal Mail; GIR 0AA is the one exception to the pattern.
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR)([0-9][ABD-HJLNP-UW-Z]{2})")


def normalised(text: str) -> str | None:
    """The postcode in capitals, a space before its last three characters; None if it cannot be one."""
    packed = "".join(text.split()).upper()
    match = _POSTCODE.fullmatch(packed)
    return f"{match[1]} {match[2]}" if match else None
