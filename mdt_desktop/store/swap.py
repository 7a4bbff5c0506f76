"""Puts a restored store in the place of the present one, so that a stop at any step leaves one of the two.

A restore makes everything ready in the folder `restoring`. The plan is written last: without it the folder is thrown
away at the next start; with it the next start finishes what it says. Every step can be done twice.
"""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mdt_desktop.domain.backups import stamp
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.paths import FOLDER_MODE, RESTORE_PLAN, DataFolder, sync_folder, write_privately
from mdt_desktop.words import words

_VERSION = 1


class RestoreUnfinished(StoreProblem):
    """The restored store could not be put in its place; old and new are both there. Values: `reason`."""

    code = "restore_unfinished"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: files to `install` by name, the store last, and the folder for what they replace."""

    install: tuple[str, ...]
    replaced: str


def begin(folder: DataFolder) -> Path:
    """An empty private folder for making a restore ready; what an earlier one left is removed. Raises OSError."""
    _discard(folder)
    folder.restoring.mkdir(mode=FOLDER_MODE)
    return folder.restoring


def confirm(folder: DataFolder, now: datetime) -> None:
    """Write the plan: from now on the restore is finished, by `resume`, whatever happens. Raises OSError.

    Of the files a store may consist of, those are installed that were made ready.
    """
    ready = [path.name for path in _parts(folder) if (folder.restoring / path.name).exists()]
    plan = {"version": _VERSION, "install": ready, "replaced": _unused(folder, now)}
    sync_folder(folder.restoring)
    write_privately(folder.restoring / RESTORE_PLAN, json.dumps(plan).encode())
    sync_folder(folder.root)


def abandon(folder: DataFolder) -> None:
    """Give up a restore that was not confirmed. A disk that refuses is dealt with at the next start."""
    if not folder.has_pending_restore():
        shutil.rmtree(folder.restoring, ignore_errors=True)


def resume(folder: DataFolder) -> Path | None:
    """Finish a confirmed restore, or throw away one that was not; nobody may have the store open.

    Returns the folder with what was replaced, or None where there was nothing to finish. Raises RestoreUnfinished.
    """
    if not folder.restoring.exists():
        return None
    try:
        if not folder.has_pending_restore():
            _discard(folder)
            return None
        plan = _read(folder)
        replaced = folder.replaced / plan.replaced
        _put_in_place(folder, plan, replaced)
        _discard(folder)
    except (OSError, ValueError) as error:
        code = error.errno if isinstance(error, OSError) else None
        raise RestoreUnfinished(reason=os.strerror(code) if code else words("backup.plan_unreadable")) from error
    return replaced


def _put_in_place(folder: DataFolder, plan: Plan, replaced: Path) -> None:
    for path in (folder.replaced, replaced):
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)
    for half in replaced.glob(".*"):  # of a copy that was stopped half-way
        half.unlink()
    store_is_new = not (folder.restoring / folder.database.name).exists()
    if not store_is_new:
        # A log beside another database would be taken for its own (SECURITY M4), so it goes before the store does.
        for path in (*folder.side_files(), folder.freshness):
            if path.name not in plan.install:
                _move(path, replaced / path.name)
        if folder.key_file.name not in plan.install:
            _copy_once(folder.key_file, replaced / folder.key_file.name)
    for name in plan.install:
        ready, place = folder.restoring / name, folder.root / name
        if ready.exists():
            _move(place, replaced / name)
            ready.rename(place)
    for path in (replaced, folder.replaced, folder.root):
        sync_folder(path)


def _parts(folder: DataFolder) -> Sequence[Path]:
    """What may be installed; the store comes last, so that its being ready tells how far the swap has got."""
    return (folder.key_file, folder.freshness, folder.database)


def _move(path: Path, target: Path) -> None:
    """Move what is there, never over what was moved before."""
    number = 1
    place = target
    while place.exists():
        number += 1
        place = target.with_name(f"{target.name}-{number}")
    if path.exists():
        path.rename(place)


def _copy_once(path: Path, target: Path) -> None:
    """The key file stays where it is; a copy goes with the replaced store, so that it opens by itself."""
    if path.exists() and not target.exists():
        write_privately(target, path.read_bytes())


def _unused(folder: DataFolder, now: datetime) -> str:
    name, number = stamp(now), 1
    while (folder.replaced / name).exists():
        number += 1
        name = f"{stamp(now)}-{number}"
    return name


def _read(folder: DataFolder) -> Plan:
    """The plan. Raises OSError, and ValueError for one that this program did not write."""
    fields = json.loads((folder.restoring / RESTORE_PLAN).read_bytes())
    if not isinstance(fields, dict) or fields.get("version") != _VERSION:
        raise ValueError("version")
    install, replaced = fields.get("install"), fields.get("replaced")
    known = [path.name for path in _parts(folder)]
    if not isinstance(install, list) or install != [name for name in known if name in install]:
        raise ValueError("install")
    if folder.database.name not in install or not isinstance(replaced, str) or Path(replaced).name != replaced:
        raise ValueError("replaced")
    return Plan(tuple(install), replaced)


def _discard(folder: DataFolder) -> None:
    """Remove the folder, the plan first: without it the rest means nothing."""
    (folder.restoring / RESTORE_PLAN).unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        shutil.rmtree(folder.restoring)
        sync_folder(folder.root)
