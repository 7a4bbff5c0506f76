"""Makes the store of an earlier schema that is kept here, by the real migrations, with a few invented people in it.

`python -m tests.store.old_files.make REVISION` writes the folder of that name beside this file. A revision that was
released is never made again: its file is what such a store looks like. One that is still being written is made anew
whenever its SQL changes. Passphrase and printed key are published: nothing real is ever put in.
"""

import shutil
import sys
from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlmodel import SQLModel

from mdt_desktop.domain.identifiers import new_id
from mdt_desktop.paths import DataFolder, migrations_dir
from mdt_desktop.records import Person, Practice
from mdt_desktop.security import key_envelope
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.identity import found_store
from mdt_desktop.store import caseload_index
from mdt_desktop.store.database import Database
from mdt_desktop.store.transactions import writing
from mdt_desktop.store.unit_of_work import engine_of
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE

KEPT = Path(__file__).parent
PRINTED_KEY = "printed-key.txt"
FAMILY_NAMES = ("Examplesson", "Inventham", "O’Sample-Ŵyn")


def make(folder: DataFolder, revision: str) -> None:
    """A closed store at `revision`, with its key file and, where there is one by then, its record of freshness."""
    clock = FrozenClock()
    key, printed = key_envelope.create_envelope(folder.create().key_file, PASSPHRASE, parameters=FLOOR)
    (folder.root / PRINTED_KEY).write_text(printed.text())
    database = Database.create(folder.database, key)
    for own in (database.writer, database.reader):
        caseload_index.prepare(own)
    config = Config()
    config.set_main_option("script_location", str(migrations_dir() / "local"))
    with engine_of(database).connect() as upgraded:
        config.attributes["connection"] = upgraded
        command.upgrade(config, revision)
    database.watch_commits(folder.freshness)
    actor = found_store(database, IDENTITY, clock(), is_demo=False)
    practice = Practice(id=new_id(clock()), code="Y90001", name="Lantern Practice", locality_id=actor.locality_id)
    _put(database, practice)
    for number, name in enumerate(FAMILY_NAMES):
        person = Person(
            id=new_id(clock()),
            practice_id=practice.id,
            family_name=name,
            given_names="Wilma",
            born=date(1940 + number, 8, 14),
            address=f"{number + 1} Invented Lane",
        )
        _put(database, person)
    database.close()


def kept(revision: str, place: Path) -> tuple[DataFolder, str]:
    """A copy to be opened, and the printed key of it."""
    shutil.copytree(KEPT / revision, place)
    printed = place / PRINTED_KEY
    text = printed.read_text()
    printed.unlink()
    return DataFolder(place).create(), text


def _put(database: Database, record: SQLModel) -> None:
    """Write a record of today as far as the table of that day had columns for it."""
    table = str(record.__tablename__)
    columns = {row[1] for row in database.reader.execute(f'PRAGMA table_info("{table}")')}
    values = {name: value for name, value in record.model_dump(mode="json").items() if name in columns}
    with writing(database) as connection:
        places = ", ".join("?" for _ in values)
        connection.execute(f'INSERT INTO "{table}" ({", ".join(values)}) VALUES ({places})', tuple(values.values()))


def main(revision: str) -> None:
    """Write the folder of a revision anew."""
    place = KEPT / revision
    shutil.rmtree(place, ignore_errors=True)
    make(DataFolder(place), revision)


if __name__ == "__main__":
    main(sys.argv[1])
