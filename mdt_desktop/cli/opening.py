"""Opens the store for a command: the folder, the passphrase, the log, and clear words where something is missing."""

import logging
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.terminal import Terminal
from mdt_desktop.domain.errors import MdtError, NotFound
from mdt_desktop.logs.events import record_event
from mdt_desktop.logs.running import start_logging
from mdt_desktop.paths import DataFolder, DataFolderUnusable
from mdt_desktop.store.database import translated
from mdt_desktop.words import words

_log = logging.getLogger(__name__)


class NoStoreHere(NotFound):
    """Neither a store nor a key file lies in the folder. Values: `folder`."""

    code = "no_store_here"


def folder_of(options: Namespace) -> DataFolder:
    """The folder of --data-dir, else the user's own."""
    if options.data_dir is None:
        return DataFolder.default()
    return DataFolder(Path(options.data_dir).expanduser().absolute())


def has_store(folder: DataFolder) -> bool:
    """Whether a store, or a part of one, lies in the folder. Raises DataFolderUnusable where nobody lets us look."""
    try:
        return folder.database.exists() or folder.key_file.exists() or folder.has_pending_restore()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else words("cli.system_refused")
        raise DataFolderUnusable(folder=str(folder.root), reason=reason) from error


@contextmanager
def logged(folder: DataFolder) -> Iterator[None]:
    """Log to the folder, which is there, while a command works on the store; unexpected errors by type and place."""
    running = start_logging(folder)
    try:
        yield
    except dbapi2.Error as error:
        record_event(_log, "store_failed", level=logging.ERROR, error=error)
        raise translated(error) from error
    except MdtError:
        raise
    except Exception as error:
        # Here, while the file is open: it takes type and place, where stderr would get the message as well.
        record_event(_log, "command_failed", level=logging.ERROR, error=error)
        raise
    finally:
        running.close()


@contextmanager
def opened(options: Namespace, terminal: Terminal) -> Iterator[Program]:
    """The open program; asks for the passphrase only where there is something to open.

    Raises NoStoreHere, what reading the passphrase raises, and what `bootstrap.open_with_passphrase` raises.
    """
    with opened_by(options, terminal, asked(options, terminal)) as program:
        yield program


def asked(options: Namespace, terminal: Terminal) -> str:
    """The passphrase of the store in the folder. Raises NoStoreHere before anything is asked."""
    folder = folder_of(options)
    if not has_store(folder):
        raise NoStoreHere(folder=str(folder.root))
    return terminal.passphrase()


@contextmanager
def opened_by(options: Namespace, terminal: Terminal, passphrase: str) -> Iterator[Program]:
    """The open program, for verbs that need the passphrase once more; how a change of the key ended is told."""
    folder = folder_of(options)
    with logged(folder), bootstrap.open_with_passphrase(folder, passphrase) as program:
        if program.key_change is not None:
            terminal.say(words(f"keys.ended.{program.key_change}"))
        yield program
