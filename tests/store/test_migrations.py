"""Migrations: a fresh store has exactly the columns of the records, and a newer store is refused untouched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel

from mdt_desktop import bootstrap, records
from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder, migrations_dir
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.store import caseload_index, migration_run
from mdt_desktop.store.database import Database
from mdt_desktop.store.migrations import HEAD, StoreIsNewer, current_revision, migrate
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, fingerprints, make_store

LOCAL = migrations_dir() / "local"
READ_SIDE = {"caseload_index", "caseload_key", "freshness", "alembic_version", "sqlite_sequence"}
MODELS = sorted(SQLModel.metadata.tables)


@pytest.fixture
def program(data_folder: DataFolder, clock: FrozenClock) -> Iterator[Program]:
    made, _ = make_store(data_folder, clock)
    with made:
        yield made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """A database that no migration has seen."""
    key = DatabaseKey.random()
    database = Database.create(tmp_path / "empty.db", key)
    caseload_index.prepare(database.writer)
    yield database
    database.close()
    key.wipe()


def columns_of(program: Program, table: str) -> dict[str, tuple[bool, bool]]:
    """Name of each column with whether it may be empty and whether it is part of the key."""
    rows = program.access.database.reader.execute(f"PRAGMA table_info({table})")
    return {row[1]: (not row[3] and not row[5], bool(row[5])) for row in rows}


def columns_wanted(table: Table) -> dict[str, tuple[bool, bool]]:
    return {column.name: (bool(column.nullable), bool(column.primary_key)) for column in table.columns}


def test_every_record_has_a_table() -> None:
    assert records.Person.__tablename__ in MODELS
    assert len(MODELS) > 25


@pytest.mark.parametrize("name", MODELS)
def test_a_migrated_table_has_the_columns_of_its_record(name: str, program: Program) -> None:
    assert columns_of(program, name) == columns_wanted(SQLModel.metadata.tables[name])


@pytest.mark.parametrize("name", MODELS)
def test_a_migrated_table_has_the_references_of_its_record(name: str, program: Program) -> None:
    rows = program.access.database.reader.execute(f"PRAGMA foreign_key_list({name})")
    found = {(row[3], row[2]) for row in rows}
    wanted = {
        (column.name, key.column.table.name)
        for column in SQLModel.metadata.tables[name].columns
        for key in column.foreign_keys
    }
    assert found == wanted


def test_a_migrated_store_has_no_table_that_nobody_declared(program: Program) -> None:
    rows = program.access.database.reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = {row[0] for row in rows if not row[0].startswith("person_search")}
    assert names - READ_SIDE == set(MODELS)


def test_the_revision_in_the_code_is_the_newest_in_the_folder() -> None:
    assert max(path.stem.partition("_")[0] for path in (LOCAL / "versions").glob("[0-9]*.py")) == HEAD


def test_the_schema_number_of_operations_is_that_of_the_newest_revision(program: Program) -> None:
    rows = program.access.database.reader.execute("SELECT DISTINCT schema_no FROM outbox").fetchall()
    assert rows == [(SCHEMA,)] == [(int(HEAD),)]


def test_an_empty_database_is_brought_to_the_newest_revision_once(empty: Database) -> None:
    assert current_revision(empty) is None
    assert migrate(empty, LOCAL) is True
    assert current_revision(empty) == HEAD
    assert migrate(empty, LOCAL) is False


def test_a_migration_that_fails_half_way_leaves_the_database_empty(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "local"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((LOCAL / "env.py").read_text())
    (folder / "versions" / "0001_half.py").write_text(
        "from alembic import op\n"
        "revision, down_revision = '0001', None\n"
        "def upgrade():\n"
        "    op.get_bind().exec_driver_sql('CREATE TABLE half (id TEXT)')\n"
        "    raise OSError('the power went')\n"
    )
    with pytest.raises(OSError, match="power"):
        migrate(empty, folder)
    assert empty.writer.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0


def test_a_newer_store_is_refused_and_left_as_it_is(data_folder: DataFolder, clock: FrozenClock) -> None:
    program, _ = make_store(data_folder, clock)
    program.access.database.writer.execute("UPDATE alembic_version SET version_num = '9999'")
    program.close()
    # What its closing notes outside is the same again, written once more.
    noted = data_folder.freshness.name
    before = fingerprints(data_folder, noted)
    with pytest.raises(StoreIsNewer):
        bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock)
    assert fingerprints(data_folder, "attempts.json", noted) == before


def test_a_store_at_the_newest_revision_opens_without_a_migration(
    data_folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store(data_folder, clock)[0].close()

    def upgrade(*_: object) -> None:
        raise AssertionError("nothing is to be migrated")

    monkeypatch.setattr(migration_run, "upgrade", upgrade)
    bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock).close()
