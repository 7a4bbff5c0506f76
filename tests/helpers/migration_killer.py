"""Opens the store of an earlier schema in a child that is killed before the n-th step, for every chosen n.

`python -m tests.helpers.migration_killer FOLDER WORK EVERY` copies the data folder for each n into WORK/n. A step is a
statement of SQL on the connection that writes, or anything that changes a file by Python: the backup before it is
killed as well. Prints the chosen numbers; the last one was not reached, so it was not killed.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import now
from mdt_desktop.paths import DataFolder
from mdt_desktop.store import migration_run  # noqa: F401  # loaded before the fork, once
from mdt_desktop.store.database import Database
from tests.store.backups.killer import Steps
from tests.store.old_files.make import PRINTED_KEY

MOST = 5_000


def opened(folder: DataFolder, kill_at: int) -> None:
    """Open it as the program does, and count from the moment the schema is looked at."""
    printed = (folder.root / PRINTED_KEY).read_text()
    (folder.root / PRINTED_KEY).unlink()
    prepare = bootstrap._prepare

    def prepared(database: Database, folder: DataFolder, before_migration: Callable[[], None] | None = None) -> None:
        steps = Steps(kill_at)
        database.writer.set_trace_callback(lambda _: steps.piece(0, 0))
        prepare(database, folder, before_migration)

    pytest.MonkeyPatch().setattr(bootstrap, "_prepare", prepared)
    bootstrap.open_with_recovery_key(folder, printed, clock=now).close()


def main(folder: Path, work: Path, every: int) -> None:
    """Kill at every chosen step."""
    for kill_at in range(1, MOST, every):
        copy = DataFolder(work / str(kill_at))
        shutil.copytree(folder, copy.root)
        child = os.fork()
        if child == 0:
            ended = 1
            try:
                opened(copy, kill_at)
                ended = 0
            finally:
                os._exit(ended)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{kill_at}\n")
        if not os.WIFSIGNALED(status):
            raise SystemExit(os.WEXITSTATUS(status))
        if os.WTERMSIG(status) != signal.SIGKILL:
            raise SystemExit(f"step {kill_at} ended by signal {os.WTERMSIG(status)}")
    raise SystemExit("it never came to its end")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
