"""The recovery key as a sheet in a file, for `--recovery-sheet FILE`."""

import importlib
from datetime import date
from pathlib import Path
from typing import Any

from mdt_desktop.domain.errors import NotAllowed


class SheetFileExists(NotAllowed):
    """The file named with --recovery-sheet is there already. Values: `file`."""

    code = "sheet_file_exists"


class RecoverySheetFile:
    """Where the sheet goes, if anywhere. A file that is there is refused before anything is done.

    Raises SheetFileExists.
    """

    def __init__(self, given: str | None) -> None:
        self._path = Path(given).expanduser().absolute() if given is not None else None
        if self._path is not None and self._path.exists():
            raise SheetFileExists(file=str(self._path))

    def write(self, key: str, owner: str, made_on: date) -> Path | None:
        """Write it, if it was asked for; where it is. Raises PaperFileExists, PaperNotSaved."""
        if self._path is not None:
            # Loaded here: what draws paper takes longer to load than the verb takes.
            paper: Any = importlib.import_module("mdt_desktop.services.recovery_paper")
            paper.save(paper.pdf(key, owner, made_on), self._path)
        return self._path
