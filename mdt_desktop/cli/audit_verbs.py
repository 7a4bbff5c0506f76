"""The verb of the audit log: `audit` lists what was done, of one person where one is named, and proves the chain."""

from argparse import Namespace
from dataclasses import dataclass

from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.audit import kind_of
from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.audits import AuditLine, AuditQuery
from mdt_desktop.words import label, vocabulary, words


@dataclass(frozen=True, slots=True)
class _Found:
    """What is listed of the log."""

    person_id: str
    total: int
    lines: list[AuditLine]


def audit(options: Namespace, terminal: Terminal) -> Answer:
    """What was done in this store or about one person, the latest first; `--verify` proves the chain of entries.

    Not done where the chain does not hold.
    """
    with opened(options, terminal) as program:
        listed = _listed(options, program)
        if options.verify:
            terminal.say(words("cli.audit.verifying"))
        chain = program.services.audits.chain() if options.verify else None
    document = {
        "person_id": listed.person_id or None,
        "total": listed.total,
        "shown": len(listed.lines),
        "verified": chain.holds if chain else None,
        "entries": chain.entries if chain else None,
        "first_broken_entry": chain.first_broken if chain else None,
        "acts": listed.lines,
    }
    lines = []
    if chain is not None:
        key = "cli.audit.holds" if chain.holds else "cli.audit.broken"
        lines.append(words(key, entries=chain.entries, entry=chain.first_broken or 0))
    lines.append(words("cli.audit.found", shown=len(listed.lines), total=listed.total))
    lines += [_line(it) for it in listed.lines]
    return Answer(document, "\n".join(lines), done=chain is None or chain.holds)


def _listed(options: Namespace, program: Program) -> _Found:
    """The latest acts; about one person they are shown to whoever may see that person's history."""
    audits, access = program.services.audits, program.access
    person_id = program.services.case_file.find(options.person) if options.person else ""
    if person_id:
        access.require(Permission.SEE_HISTORY, person_id)
    else:
        access.require(Permission.SEE_AUDIT)
    listing = audits.listing(AuditQuery(person_id=person_id))
    found = audits.lines(listing, 0, options.limit)
    if person_id:
        program.services.who_looked.viewed(person_id)
    else:
        audits.record_view()
    return _Found(person_id, listing.total, found)


def _line(it: AuditLine) -> str:
    """One act in one line: when, who, what, about whom, why."""
    here = it.at.astimezone()
    key = f"audit.{it.action}"
    what = label(key) if key in vocabulary().labels else label(kind_of(it.action))
    kind = f"kind.{it.kind}"
    about = label(kind) if kind in vocabulary().labels else ""
    parts = (f"{cui_date(here.date())} {cui_time(here)}", it.actor, what, about, it.person, it.reason)
    return "  ".join(part for part in parts if part)
