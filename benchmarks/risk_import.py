"""Import of a whole borough's risk files against a bare executemany of the same rows into an equal encrypted file.

`python -m benchmarks.risk_import [PEOPLE]`; the goal is a ratio of 3 or less.
"""

import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.demo.risk_files import write_risk_files
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services import risk_write
from mdt_desktop.services.identity import Identity
from mdt_desktop.services.risk_sharing import Outgoing
from mdt_desktop.store import bulk, caseload_index
from mdt_desktop.store.transactions import writing

PEOPLE = 261_536
_TABLES = (
    "practice", "stratification_run", "person", "person_case", "risk_score", "held_row", "caseload_key",
    "caseload_index", "outbox", "audit_entry",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Spent:
    """Seconds on the clock, and seconds of work, which other programs on the machine do not stretch."""

    wall: float
    work: float

    @classmethod
    def now(cls) -> "_Spent":
        return cls(time.perf_counter(), time.process_time())

    @classmethod
    def since(cls, then: "_Spent") -> "_Spent":
        now = cls.now()
        return cls(now.wall - then.wall, now.work - then.work)


class Watch:
    """Adds up the seconds of work that named parts take."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def of(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, timed."""

        def timed(*args: Any, **named: Any) -> Any:
            with self.part(name):
                return work(*args, **named)

        return timed

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time a block."""
        started = time.process_time()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - started


def _clock() -> datetime:
    """A moment after the runs that goes on: ids sort by time, and a clock that stands would mix those of all files."""
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC) + timedelta(seconds=time.perf_counter())


def _empty(folder: Path) -> Program:
    identity = Identity("Ada Invented", Role.CARE_NAVIGATOR, "Invented Council", "North East")
    passphrase = "slow river under copper bridge"  # noqa: S105  # of a store that is thrown away
    program, _ = bootstrap.create_store(DataFolder(folder), passphrase, identity, parameters=FLOOR, clock=_clock)
    return program


def _import_all(program: Program, files: list[Path], watch: Watch) -> _Spent:
    """Every file as the program does it; the parts of writing are timed by wrapping them."""
    steps = (
        (risk_write, "match_rows", "matching"),
        (bulk, "insert_people", "people"),
        (bulk, "insert_scores", "scores"),
        (bulk, "insert_cases", "cases"),
        (caseload_index, "refresh_practices", "caseload and search index"),
        (Outgoing, "write", "outgoing operations"),
    )
    risk_import = program.services.risk_import
    with ExitStack() as patches:
        for place, name, part in steps:
            patches.enter_context(mock.patch.object(place, name, watch.of(part, getattr(place, name))))
        started = _Spent.now()
        for file in files:
            with watch.part("reading"):
                read = risk_import.read(file)
            with watch.part("preview"):
                preview = risk_import.compare(read)
            with watch.part("apply"):
                risk_import.apply(preview)
        return _Spent.since(started)


def _insert(table: str, names: list[str]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"


def _bare(source: Program, folder: Path) -> _Spent:
    """The same rows, fetched beforehand, put by executemany into the same tables of a new store."""
    target = _empty(folder)
    with target:
        rows: dict[str, list[tuple[Any, ...]]] = {}
        statements: dict[str, str] = {}
        reader = source.access.database.reader
        have = target.access.database.writer
        for table in _TABLES:
            key = "seq" if table == "audit_entry" else "rowid"
            after = have.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()[0]
            found = reader.execute(f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key}", (after,))
            names = [about[0] for about in found.description or ()]
            rows[table] = found.fetchall()
            statements[table] = _insert(table, names)
        gc.collect()
        started = _Spent.now()
        with target.access.database.bulk_writes(), writing(target.access.database) as connection:
            for table in _TABLES:
                connection.executemany(statements[table], rows[table])
        return _Spent.since(started)


def main(people: int) -> None:
    """Print the seconds of both and the ratio."""
    root = Path(tempfile.mkdtemp(prefix="mdt-risk-import-"))
    try:
        (root / "files").mkdir()
        write_risk_files(people, root / "files", 1, run_date=date(2026, 11, 1))
        files = sorted((root / "files").glob("*.csv"))
        watch = Watch()
        program = _empty(root / "store")
        with program:
            whole = _import_all(program, files, watch)
            bare = _bare(program, root / "bare")
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"import of {people:,} people in {len(files)} files: {whole.wall:.1f} s, {whole.work:.1f} s of work")
    for name, seconds in watch.seconds.items():
        print(f"  {name:28}{seconds:6.1f} s")
    named = sum(seconds for name, seconds in watch.seconds.items() if name not in ("reading", "preview", "apply"))
    print(f"  {'the rest of apply, commit':28}{watch.seconds['apply'] - named:6.1f} s")
    print(f"bare executemany: {bare.wall:.1f} s, {bare.work:.1f} s of work")
    print(f"ratio {whole.wall / bare.wall:.2f} by the clock, {whole.work / bare.work:.2f} by work (goal 3 or less)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
