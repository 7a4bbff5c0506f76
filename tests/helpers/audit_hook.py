"""Sees what the process opens, lists or connects to, by Python's own audit events (PEP 578)."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_WATCHED = ("open", "os.", "socket.", "subprocess.", "urllib.", "tempfile.", "shutil.")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_MAKES = ("os.link", "os.mkdir", "os.rename", "os.symlink", "tempfile.mkstemp", "tempfile.mkdtemp", "shutil.copyfile")


@dataclass
class Seen:
    """What happened within the block."""

    events: list[str] = field(default_factory=list)
    """Everything that was opened, listed, started or connected to."""
    written: list[Path] = field(default_factory=list)
    """Files that were opened to be written, and names that were made."""


_now: list[Seen] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _now or not event.startswith(_WATCHED):
        return
    seen = _now[-1]
    seen.events.append(f"{event} {arguments[:1]!r}")
    name = arguments[0] if arguments and isinstance(arguments[0], str | bytes | os.PathLike) else None
    if name is None:
        return
    mode, flags = (*arguments[1:3], None, None)[:2]
    for_writing = event == "open" and (set(str(mode or "")) & set("wax+") or int(flags or 0) & _WRITE_FLAGS)
    if for_writing or event in _MAKES:
        seen.written.append(Path(os.fsdecode(name)))


# A hook cannot be taken out again: there is one, and outside a block it does nothing.
sys.addaudithook(_note)


@contextmanager
def watched() -> Iterator[Seen]:
    """Note what all threads of the process do until the block ends."""
    seen = Seen()
    _now.append(seen)
    try:
        yield seen
    finally:
        _now.remove(seen)
