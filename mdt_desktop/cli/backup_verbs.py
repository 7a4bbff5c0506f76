"""The verbs of backups: `backup` makes one now, `restore` puts the store of one in the place of the present one."""

from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from mdt_desktop import bootstrap
from mdt_desktop.cli.opening import folder_of, logged, opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.backups import file_name
from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.services.backup_shelf import BackupSummary
from mdt_desktop.services.restoring import PresentStore, Restoring, Unlocked
from mdt_desktop.words import sentence, words

_MEGABYTE = 1_000_000


def backup(options: Namespace, terminal: Terminal) -> Answer:
    """Make a verified backup in the data folder; with --out save a copy of it there as well."""
    with opened(options, terminal) as program:
        report = terminal.progress(words("cli.backing_up"))
        backups = program.services.backups
        if options.out is None:
            made, copy = backups.make(progress=report), None
        else:
            given = Path(options.out)
            copy = given / file_name(program.access.clock()) if given.is_dir() else given
            made = backups.save_copy(copy, report)
    lines = [words("cli.backup_made", file=str(made.path), **_counts(made))]
    if copy is not None:
        lines.append(words("cli.backup_copied", file=str(copy)))
    return Answer({"backup": made.path, "copy": copy, **_document(made)}, "\n".join(lines))


def restore(options: Namespace, terminal: Terminal) -> Answer:
    """Show what is in the backup beside what is in the store; then, unless only that was asked for, restore it."""
    folder, path = folder_of(options), Path(options.file)
    found = Restoring(folder, bootstrap.now).look(path)
    passphrase = terminal.passphrase()
    folder.create()
    with logged(folder), bootstrap.restoring(folder) as restoring:
        unlocked = restoring.unlock(path, passphrase)
        try:
            present = restoring.present(unlocked.database_key if unlocked.key_file is None else None)
            terminal.say(_comparison(found, present))
            replaced = None if options.preview else _restored(restoring, path, unlocked, present, options, terminal)
        finally:
            unlocked.wipe()
    document = {
        "preview": options.preview,
        "restored": not options.preview,
        "backup": {"file": path, **_document(found)},
        "present": _present_document(present),
        "replaced": replaced,
        "passphrase_of_backup": unlocked.key_file is not None,
    }
    return Answer(document, "\n".join(_told(options, path, replaced, unlocked)))


def _restored(
    restoring: Restoring,
    path: Path,
    unlocked: Unlocked,
    present: PresentStore,
    options: Namespace,
    terminal: Terminal,
) -> Path | None:
    if present.readable:
        try:
            restoring.back_up_present(unlocked.database_key)
        except MdtError as error:
            # What is replaced is kept as it is, so this stops nothing.
            terminal.say(sentence(error))
    restoring.make_ready(path, unlocked, options.reason, terminal.progress(words("cli.restoring", file=path.name)))
    return restoring.finish()


def _told(options: Namespace, path: Path, replaced: Path | None, unlocked: Unlocked) -> list[str]:
    if options.preview:
        return [words("cli.restore_previewed", file=path.name)]
    lines = [words("cli.restored", file=path.name)]
    if unlocked.key_file is not None:
        lines.append(words("cli.restored_passphrase"))
    if replaced is not None and any(replaced.iterdir()):
        lines.append(words("cli.replaced", folder=str(replaced)))
    return lines


def _comparison(found: BackupSummary, present: PresentStore) -> str:
    lines = [words("cli.in_backup", made=_moment(found.made_at), changed=_moment(found.last_change), **_counts(found))]
    if present.readable:
        lines.append(words("cli.in_store", changed=_moment(present.last_change), **_counts(present)))
    else:
        lines.append(words("cli.store_unreadable" if present.there else "cli.no_store"))
    if not found.of_this_store:
        lines.append(words("cli.backup_of_another_store"))
    return "\n".join(lines)


def _counts(what: BackupSummary | PresentStore) -> dict[str, int]:
    return {"people": what.people, "cases": what.cases, "care_plans": what.care_plans}


def _document(found: BackupSummary) -> dict[str, object]:
    return {
        "made_at": found.made_at,
        "occasion": found.occasion,
        **_counts(found),
        "audit_entries": found.audit_entries,
        "last_change": found.last_change,
        "size": found.size,
        "app_version": found.app_version,
        "of_this_store": found.of_this_store,
    }


def _present_document(present: PresentStore) -> Mapping[str, object] | None:
    if not present.readable:
        return {"readable": False} if present.there else None
    return {
        "readable": True,
        **_counts(present),
        "audit_entries": present.audit_entries,
        "last_change": present.last_change,
    }


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return words("cli.never")
    local = moment.astimezone()
    return f"{cui_date(local.date())} {cui_time(local)}"
