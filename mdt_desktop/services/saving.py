"""Leaving the program: the names a screen proposes, and a file or print with its audit entries (SECURITY R23, R27)."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mdt_desktop.documents.writing import (
    FileNameRefused,
    PaperFileExists,
    PaperHalfSaved,
    PaperNotSaved,
    free_place,
    take_back,
    write_new,
)
from mdt_desktop.services.access import Access
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = [
    "FileNameRefused",
    "PaperFileExists",
    "PaperHalfSaved",
    "PaperNotSaved",
    "free_place",
    "record_leaving",
    "write_new",
]


def record_leaving(
    access: Access, acts: Callable[["Connection"], Sequence[Act]], file: tuple[bytes, Path] | None = None
) -> None:
    """Write the audit entries of something that leaves and, where it is one, its new file: neither without the other.

    `acts` is asked inside the transaction. Raises what it raises, FileNameRefused, PaperFileExists, PaperNotSaved.
    """
    written = False
    try:
        with writing(access.database) as connection:
            audit_log.append(connection, access.actor, access.clock(), acts(connection))
            if file is not None:
                write_new(file[1], file[0])
                written = True
    except BaseException:
        if file is not None and written:  # ours: it was made by this call, and has no audit entry
            take_back(file[1])
        raise
