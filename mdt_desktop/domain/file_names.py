"""Which names a file may be saved under: such as every system can hold, and none that deceives (SECURITY R27)."""

import re
import unicodedata
from enum import StrEnum

LONGEST_NAME = 255
"""Bytes of UTF-8; what the usual file systems of Linux, Windows (as UTF-16 units) and macOS hold."""

_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Of Windows, whatever follows after a dot; the superscript digits count there as digits.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
"""They belong into Bengali words; every other invisible sign can make one name look like another."""


class NameFault(StrEnum):
    """Why a name cannot be used for a file."""

    EMPTY = "empty"
    NOT_A_NAME = "not_a_name"
    SEPARATOR = "separator"
    CONTROL = "control"
    FORBIDDEN_SIGN = "forbidden_sign"
    INVISIBLE_SIGN = "invisible_sign"
    UNREADABLE = "unreadable"
    RESERVED = "reserved"
    BEGINNING = "beginning"
    END = "end"
    TOO_LONG = "too_long"


def fault_of_name(name: str) -> NameFault | None:
    """Why a file may not be called `name` (one component of a path, no folder); None where it may.

    One rule on every system: a file that is saved on one is opened on another. The reserved names, signs and ends
    are those of Windows (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
    """
    if not name.strip():
        return NameFault.EMPTY
    if name in {".", ".."}:
        return NameFault.NOT_A_NAME
    if _SEPARATORS.search(name):
        return NameFault.SEPARATOR
    kinds = {unicodedata.category(sign) for sign in name if sign not in _JOINERS}
    if "Cc" in kinds or kinds & {"Zl", "Zp"}:
        return NameFault.CONTROL
    if "Cs" in kinds:
        return NameFault.UNREADABLE
    if "Cf" in kinds:
        return NameFault.INVISIBLE_SIGN
    if _FORBIDDEN.search(name):
        return NameFault.FORBIDDEN_SIGN
    if _RESERVED.fullmatch(name.partition(".")[0].strip()):
        return NameFault.RESERVED
    if name[0].isspace():
        return NameFault.BEGINNING
    if name[-1].isspace() or name[-1] == ".":
        return NameFault.END
    if len(name.encode()) > LONGEST_NAME:
        return NameFault.TOO_LONG
    return None
