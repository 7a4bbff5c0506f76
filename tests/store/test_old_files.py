"""Stores as earlier schemas left them: backed up, brought up to date, and the same when killed on the way (R15)."""

import subprocess
import sys
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.backups import Occasion
from mdt_desktop.paths import DataFolder
from mdt_desktop.services import backup_shelf
from mdt_desktop.services.backups import unwrapped
from mdt_desktop.store import audit_log, backup, backup_file
from mdt_desktop.store.migrations import HEAD, current_revision
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE, make_store
from tests.store.old_files.make import FAMILY_NAMES, KEPT, PRINTED_KEY, kept

pytestmark = pytest.mark.real_argon2  # the old files were made by it

REVISIONS = sorted(path.name for path in KEPT.iterdir() if path.is_dir() and path.name.isdigit())
OLD = [revision for revision in REVISIONS if revision != HEAD]
_ROOT = Path(__file__).resolve().parents[2]


def require_content(program: Program) -> None:
    """What was put in with the old schema, sound and at the present one."""
    database = program.access.database
    assert current_revision(database) == HEAD
    assert database.check().sound
    assert audit_log.first_broken(database.reader) is None
    names = database.reader.execute("SELECT family_name FROM person ORDER BY born").fetchall()
    assert tuple(name for (name,) in names) == FAMILY_NAMES
    assert program.access.actor.name == IDENTITY.name
    assert database.reader.execute("SELECT name FROM practice").fetchall() == [("Lantern Practice",)]


def require_backup(folder: DataFolder, program: Program, revision: str) -> None:
    """The newest backup is of the store before, and can be restored."""
    made = next(it for it in backup_shelf.shelf(folder) if it.occasion is Occasion.MIGRATION)
    file = backup_file.read(made.path)
    assert (file.header.state.revision, made.people) == (revision, len(FAMILY_NAMES))
    own = unwrapped(file.header, program.session.key.raw_key())
    assert own is not None
    backup.verify(file, own, lambda: None)


def schema(program: Program) -> list[tuple[str, str, set[str]]]:
    """Kinds and names of everything in a store, with the columns of its tables."""
    reader = program.access.database.reader
    own = reader.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2").fetchall()
    return [(kind, name, {row[1] for row in reader.execute(f'PRAGMA table_info("{name}")')}) for kind, name in own]


def test_there_is_a_file_for_every_revision() -> None:
    scripts = (_ROOT / "db" / "local" / "versions").glob("*.py")
    assert sorted(path.name[:4] for path in scripts if path.name[:4].isdigit()) == REVISIONS


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_store_of_an_earlier_schema_is_backed_up_and_brought_up_to_date(
    revision: str, tmp_path: Path, clock: FrozenClock
) -> None:
    folder, _ = kept(revision, tmp_path / "data")
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        require_content(program)
        if revision == HEAD:
            assert backup_shelf.shelf(folder) == ()
        else:
            require_backup(folder, program, revision)
        with make_store(DataFolder(tmp_path / "new").create(), clock)[0] as new:
            # Where this fails, a revision that was not released yet was changed: make its file anew.
            assert schema(program) == schema(new)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        require_content(program)


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize(
    ("revision", "every"),
    [
        pytest.param(OLD[0], 29, id="the oldest, now and then"),
        *(pytest.param(revision, 1, id=f"{revision}, always", marks=[pytest.mark.soak, pytest.mark.timeout(0)])
          for revision in OLD),
    ],
)  # fmt: skip
def test_killed_at_any_step_of_its_migration_it_opens_again(
    revision: str, every: int, tmp_path: Path, clock: FrozenClock
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "tests.helpers.migration_killer", str(KEPT / revision), str(work), str(every)],
        cwd=_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3_000:]
    steps = ended.stdout.split()
    assert len(steps) > 100 / every
    printed = (KEPT / revision / PRINTED_KEY).read_text()
    for step in steps:
        folder = DataFolder(work / step)
        with bootstrap.open_with_recovery_key(folder, printed, clock=clock) as program:
            require_content(program)
            require_backup(folder, program, revision)
        assert [path.name for path in folder.root.rglob("*") if not folder.knows(path)] == []
