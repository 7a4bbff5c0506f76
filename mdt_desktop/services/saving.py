"""Saving where a person has chosen: what a screen proposes as a name, and the writing itself (SECURITY R27)."""

from mdt_desktop.documents.writing import (
    FileNameRefused,
    PaperFileExists,
    PaperHalfSaved,
    PaperNotSaved,
    free_place,
    write_new,
)

__all__ = ["FileNameRefused", "PaperFileExists", "PaperHalfSaved", "PaperNotSaved", "free_place", "write_new"]
