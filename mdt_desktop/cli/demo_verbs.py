"""The verbs of the invented borough: `demo load` and `demo risk-files`."""

import os
from argparse import Namespace
from pathlib import Path

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.opening import folder_of, has_store, logged, opened
from mdt_desktop.cli.risk_verbs import FileNotWritten
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.demo import borough
from mdt_desktop.demo.risk_files import write_risk_files
from mdt_desktop.demo.store import PASSPHRASE, open_demo
from mdt_desktop.words import label, words


def load(options: Namespace, terminal: Terminal) -> Answer:
    """Load the invented borough into the empty store of the folder; where there is none, one is made for it."""
    folder = folder_of(options)
    report = terminal.progress(words("cli.demo_loading"))
    made = not has_store(folder)
    if made:
        passphrase = terminal.passphrase() if terminal.has_passphrase_file else PASSPHRASE
        folder.create()
        with logged(folder), open_demo(folder, report, passphrase=passphrase) as program:
            people = _people(program)
        if passphrase == PASSPHRASE:
            terminal.say(words("cli.demo_passphrase", passphrase=PASSPHRASE))
    else:
        with opened(options, terminal) as program:
            borough.load(program, report)
            people = _people(program)
    document = {"data_dir": folder.root, "people": people, "store_made": made}
    return Answer(document, words("cli.demo_loaded", folder=folder.root, people=people))


def risk_files(options: Namespace, terminal: Terminal) -> Answer:
    """Write one risk file a practice, dated today; the same people for the same number and seed."""
    out = Path(options.out).expanduser()
    report = terminal.progress(words("cli.inventing"))
    today = bootstrap.now().astimezone().date()
    try:
        written = write_risk_files(options.people, out, options.seed, report, run_date=today)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else words("cli.system_refused")
        raise FileNotWritten(file=str(out), reason=reason) from error
    document = {
        "out": out,
        "run_date": today,
        "seed": options.seed,
        "people": written.people,
        "tiers": written.tiers,
        "files": written.files,
    }
    lines = [words("cli.files_written", files=len(written.files), people=written.people, folder=out)]
    lines += [f"  {label(tier)}: {count:,}" for tier, count in written.tiers.items()]
    return Answer(document, "\n".join(lines))


def _people(program: Program) -> int:
    row = program.access.database.reader.execute("SELECT count(*) FROM person").fetchone()
    return int(row[0])
