"""The verbs of the store itself: `init` makes it, `check` proves that it is whole."""

from argparse import Namespace
from datetime import date
from pathlib import Path

from mdt_desktop import bootstrap
from mdt_desktop.cli.opening import NoStoreHere, folder_of, has_store, logged
from mdt_desktop.cli.sheets import RecoverySheetFile
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security.passphrase import check_strength
from mdt_desktop.services.backups import BackupHealth
from mdt_desktop.services.identity import Identity
from mdt_desktop.store.database import CheckProblem, StoreExists
from mdt_desktop.words import label, sentence, words


def init(options: Namespace, terminal: Terminal) -> Answer:
    """Make the store and its key file; the recovery key is shown this once."""
    folder = folder_of(options)
    identity = Identity(options.name, options.role, options.organisation, options.locality)
    identity.require_complete()
    if has_store(folder):
        raise StoreExists
    sheet = RecoverySheetFile(options.recovery_sheet)
    passphrase = terminal.new_passphrase()
    check_strength(passphrase, (identity.name, identity.organisation, identity.locality))
    folder.create()
    with logged(folder):
        program, recovery_key = bootstrap.create_store(folder, passphrase, identity)
        practitioner_id, today = program.access.actor.practitioner_id, program.access.today()
        program.close()
    shown = recovery_key.text()
    if not terminal.as_json:
        terminal.say(words("cli.recovery_key", shown=shown))
    written = _sheet_written(sheet, shown, identity.name.strip(), today, terminal)
    document = {
        "data_dir": folder.root,
        "name": identity.name.strip(),
        "role": identity.role,
        "organisation": identity.organisation.strip(),
        "locality": identity.locality.strip(),
        "practitioner_id": practitioner_id,
        "recovery_key": shown,
        "recovery_sheet": written,
    }
    return Answer(document, words("cli.store_made", folder=str(folder.root)))


def _sheet_written(sheet: RecoverySheetFile, key: str, owner: str, day: date, terminal: Terminal) -> Path | None:
    """The store is made and its key told: a sheet that cannot be saved is told and takes neither away."""
    try:
        return sheet.write(key, owner, day)
    except MdtError as error:
        terminal.say(sentence(error))
        return None


def check(options: Namespace, terminal: Terminal) -> Answer:
    """Check every page, the structure, all references, the audit log, what may be missing, and the newest backup."""
    folder = folder_of(options)
    if not has_store(folder):
        raise NoStoreHere(folder=str(folder.root))
    passphrase = terminal.passphrase()
    terminal.say(words("cli.checking"))
    with logged(folder):
        found, backups = bootstrap.examine(folder, passphrase)
    document = {
        "sound": found.sound,
        "problems": found.problems,
        "audit_entries": found.entries,
        "first_broken_audit_entry": found.broken_entry,
        "freshness": found.verdict.state,
        "missing_changes": found.verdict.missing,
        "backups": backups,
    }
    lines = [words("cli.check_sound", entries=found.entries) if found.sound else words("cli.check_failed")]
    lines += [_line(problem) for problem in found.problems]
    if found.broken_entry is not None:
        lines.append(words("cli.audit_broken", entry=found.broken_entry))
    if not found.verdict.is_current:
        lines.append(words(f"cli.freshness.{found.verdict.state.value}", missing=found.verdict.missing))
    lines.append(_backups_line(backups))
    return Answer(document, "\n".join(lines), done=found.sound and backups.newest_verified is not False)


def _backups_line(health: BackupHealth) -> str:
    if health.newest is None:
        return words("cli.check_no_backup")
    key = "cli.check_backup" if health.newest_verified else "cli.check_backup_failed"
    return words(key, count=health.count, newest=health.newest)


def _line(problem: CheckProblem) -> str:
    return f"  {label(problem.kind)}: {problem.detail}"
