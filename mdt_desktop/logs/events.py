"""What may be written to the log: event codes and allow-listed fields, so that nothing about a person reaches it.

Kept apart from the log file, which is opened after the window is on the screen: its modules would delay the first
picture by a tenth.
"""

import importlib
import logging
import sys

if sys.platform != "win32":
    import resource

NUMBERS = frozenset(
    {"count", "rows", "pages", "milliseconds", "size_kib", "line", "attempt", "seconds", "revision", "status"}
)
"""Fields that take a number below ten million: too short for an NHS or telephone number or a date."""
VOCABULARY = frozenset({"kind", "stage", "step", "result", "verb", "page"})
"""Fields that take a StrEnum member only: words that stand in the source, never text that somebody typed."""
_PR_SET_DUMPABLE = 4
SUBJECT = "subject"
"""Takes what `subjects.subject(id)` gives."""


def record_event(
    logger: logging.Logger,
    event: str,
    *,
    level: int = logging.INFO,
    error: BaseException | None = None,
    **fields: int | float | bool | str,
) -> None:
    """Log `event` (a code such as `import_finished`) with allow-listed fields; an error by type and place.

    A field that is not on the list raises KeyError here, at the call, where a test sees it; a value that does
    not fit is left out when the line is written.
    """
    unlisted = fields.keys() - NUMBERS - VOCABULARY - {SUBJECT}
    if unlisted:
        raise KeyError(f"not on the log's list: {', '.join(sorted(unlisted))}")
    logger.log(level, event, exc_info=error, extra={"mdt_fields": fields})


def forbid_core_dumps() -> None:
    """No memory image on disk after a crash: it would hold the key and open records (SECURITY R20).

    On Linux other processes of the same account cannot look into this one either. On Windows the installer
    registers the program with error reporting instead.
    """
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A system that pipes core dumps to a program of its own does not ask for the limit (core(5)).
        importlib.import_module("ctypes").CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
