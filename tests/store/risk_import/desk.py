"""A store that risk files are imported into, and what a test asks of it."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from mdt_desktop.bootstrap import Program
from mdt_desktop.services.risk_import import ImportOptions, ImportResult
from tests.helpers.risk_files import NOVEMBER, NUMBERS, PRACTICE, a_risk_file

PEOPLE = 40


class Borough:
    """A store and a folder to write files into."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.risk_import = program.services.risk_import
        self._written = 0

    def file(self, found: list[Any], practice: str = PRACTICE, run_date: date = NOVEMBER) -> Path:
        """A new file."""
        self._written += 1
        return a_risk_file(self.folder / f"{self._written}.csv", found, practice, run_date)

    def take(
        self,
        found: list[Any],
        practice: str = PRACTICE,
        run_date: date = NOVEMBER,
        options: ImportOptions | None = None,
    ) -> ImportResult:
        """Write, preview and apply."""
        return self.risk_import.apply(self.risk_import.preview(self.file(found, practice, run_date), options))

    def ask(self, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Rows straight from the store."""
        rows: list[tuple[Any, ...]] = self.program.access.database.reader.execute(sql, values).fetchall()
        return rows

    def one(self, sql: str, *values: str | int) -> Any:
        """One value straight from the store."""
        return self.ask(sql, *values)[0][0]

    def person(self, place: int) -> str:
        """The id of the person of a line."""
        return str(self.one("SELECT id FROM person WHERE nhs_number = ?", NUMBERS[place]))

    def tier(self, place: int) -> int:
        """The tier order in the caseload of the person of a line."""
        return int(self.one("SELECT tier_order FROM caseload_index WHERE person_id = ?", self.person(place)))

    def content(self) -> str:
        """A hash over every row of every table."""
        digest = hashlib.sha256()
        tables = self.ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (table,) in tables:
            digest.update(table.encode())
            # The search index has no columns of its own to read; its shadow tables are read like all others.
            if table != "person_search":
                digest.update("".join(sorted(map(repr, self.ask(f'SELECT * FROM "{table}"')))).encode())
        return digest.hexdigest()

    def sent(self, after: int = 0) -> list[tuple[str, str, str, dict[str, Any]]]:
        """Outgoing operations: type, kind, id, values."""
        rows = self.ask("SELECT type, kind, id, set_json FROM outbox WHERE op_no > ? ORDER BY op_no", after)
        return [(type_, kind, id_, json.loads(values)) for type_, kind, id_, values in rows]

    def last_sent(self) -> int:
        """The newest operation's number."""
        return int(self.one("SELECT coalesce(max(op_no), 0) FROM outbox"))
