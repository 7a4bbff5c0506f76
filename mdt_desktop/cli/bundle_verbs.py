"""The verbs of carried files: `bundle export` and `bundle import`."""

from argparse import Namespace
from pathlib import Path

from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.services.bundles import TakenBundle
from mdt_desktop.words import words


def export(options: Namespace, terminal: Terminal) -> Answer:
    """Put what waits into a sealed file for the central store."""
    out = Path(options.file).expanduser().absolute()
    with opened(options, terminal) as program:
        made = program.services.bundles.export(out)
    document = {"file": made.path, "number": made.number, "changes": made.changes, "left": made.left,
                "papers_without_content": made.papers}  # fmt: skip
    text = words("cli.bundle_made", changes=made.changes, file=made.path, number=made.number)
    lines = [text, words("cli.bundle_left", left=made.left) if made.left else "",
             words("cli.bundle_papers", count=made.papers) if made.papers else ""]  # fmt: skip
    return Answer(document, "\n".join(filter(None, lines)))


def import_(options: Namespace, terminal: Terminal) -> Answer:
    """Bring a file of changes to the central store, or take the answer to one's own."""
    file = Path(options.file).expanduser().absolute()
    answer = Path(options.answer).expanduser().absolute() if options.answer else None
    with opened(options, terminal) as program:
        taken = program.services.bundles.import_(file, answer)
    document = {
        "kind": taken.kind,
        "new": taken.is_new,
        "answer": taken.answer or None,
        "taken": taken.taken,
        "evicted": taken.evicted,
        "more": taken.more or taken.pages_wait,
    }
    return Answer(document, _told(taken))


def _told(taken: TakenBundle) -> str:
    if taken.answer:
        return words("cli.bundle_delivered", file=taken.answer)
    if not taken.is_new:
        return words("cli.bundle_old")
    lines = [words("cli.bundle_taken", taken=taken.taken, evicted=taken.evicted)]
    if taken.pages_wait:
        lines.append(words("cli.bundle_pages_wait"))
    if taken.more:
        lines.append(words("cli.bundle_more"))
    return "\n".join(lines)
