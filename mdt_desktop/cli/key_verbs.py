"""The verbs of the keys: `passphrase` changes the passphrase, `rotate-key` the key of the store."""

from argparse import Namespace

from mdt_desktop import bootstrap
from mdt_desktop.cli.opening import asked, opened_by
from mdt_desktop.cli.sheets import RecoverySheetFile
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.services.key_rotation import Progress, RotationStep
from mdt_desktop.words import label, words


def passphrase(options: Namespace, terminal: Terminal) -> Answer:
    """Replace the passphrase. Nothing is encrypted anew; the recovery key stays."""
    present = asked(options, terminal)
    with opened_by(options, terminal, present) as program:
        program.keys.change_passphrase(present, terminal.next_passphrase())
        folder = program.access.database.path.parent
    return Answer({"changed": True, "data_dir": folder}, words("cli.passphrase_changed", folder=str(folder)))


def rotate_key(options: Namespace, terminal: Terminal) -> Answer:
    """Encrypt the store anew under a new key; a new recovery key is shown this once, before the new key counts."""
    sheet = RecoverySheetFile(options.recovery_sheet)
    present = asked(options, terminal)
    with opened_by(options, terminal, present) as program:
        rotation = bootstrap.begin_key_rotation(program, present, _told_on(terminal))
        shown = rotation.recovery_key.text()
        actor, today = program.access.actor, program.access.today()
        try:
            written = sheet.write(shown, actor.name, today)
        except BaseException:
            rotation.abandon()
            raise
        if not terminal.as_json:
            terminal.say(words("cli.recovery_key", shown=shown))
        bootstrap.finish_key_rotation(program, rotation).close()
    if rotation.forgotten:
        terminal.say(words("keys.changed_forgotten"))
    document = {
        "data_dir": program.access.database.path.parent,
        "recovery_key": shown,
        "recovery_sheet": written,
        "forgotten_on_this_laptop": rotation.forgotten,
    }
    return Answer(document, words("cli.key_rotated"))


def _told_on(terminal: Terminal) -> Progress:
    told: list[RotationStep] = []
    report = terminal.progress(label(RotationStep.COPY))

    def tell(step: RotationStep, done: int, of: int | None) -> None:
        if step is RotationStep.COPY:
            report(done, of)
        elif step not in told:
            told.append(step)
            terminal.say(label(step))

    return tell
