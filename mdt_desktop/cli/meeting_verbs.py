"""The verbs of a meeting's papers: `agenda-pdf`, `minutes`, `decisions` and `actions`."""

from argparse import Namespace
from pathlib import Path

from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.exports import ListPurpose, ListReason
from mdt_desktop.domain.meeting_exports import (
    LEAST,
    MeetingFileKind,
    MeetingFileKindUnknown,
    MeetingList,
    in_order,
    kind_of,
)
from mdt_desktop.domain.meeting_papers import REASONS, MeetingPaperKind, MeetingPaperPurpose, PaperWanted
from mdt_desktop.services.meeting_exports import LeavingMeetingList
from mdt_desktop.words import label, words


def agenda_pdf(options: Namespace, terminal: Terminal) -> Answer:
    """Write the agenda as PDF, with names or with initials only; why is recorded, nothing overwritten."""
    kind = MeetingPaperKind.AGENDA_INITIALS if options.initials else MeetingPaperKind.AGENDA
    return _paper(options, terminal, kind)


def minutes(options: Namespace, terminal: Terminal) -> Answer:
    """Write the minutes as PDF, whole or with the people one organisation has to do with."""
    kind = MeetingPaperKind.ORGANISATION_MINUTES if options.organisation else MeetingPaperKind.MINUTES
    return _paper(options, terminal, kind, options.organisation or "")


def _paper(options: Namespace, terminal: Terminal, kind: MeetingPaperKind, named: str = "") -> Answer:
    out = Path(options.out).expanduser().absolute()
    purpose = MeetingPaperPurpose(REASONS[kind][0], options.why)
    # Read before the store is opened: a password that is missing is not worth waiting for.
    password = terminal.password_from(options.password_file) if options.password_file else None
    with opened(options, terminal) as program:
        papers = program.services.meeting_papers
        meeting_id = papers.find(options.meeting)
        of = papers.choice(meeting_id, kind, named).id if named else ""
        saved = papers.save(PaperWanted(meeting_id, kind, of), out, purpose, password)
    text = words(
        "cli.meeting_paper_written", paper=label(kind), people=saved.people, file=saved.path, pages=saved.pages
    )
    return Answer(saved, f"{text}\n{words('cli.pdf_protected')}" if saved.protected else text)


def decisions(options: Namespace, terminal: Terminal) -> Answer:
    """Save what was decided as a new list; how many lines and which columns leave is said before they do."""
    return _list(options, terminal, MeetingList.DECISIONS)


def actions(options: Namespace, terminal: Terminal) -> Answer:
    """Save what is to be done as a new list or, with initials and days only, as a calendar."""
    return _list(options, terminal, MeetingList.ACTIONS)


def _list(options: Namespace, terminal: Terminal, which: MeetingList) -> Answer:
    out = Path(options.out).expanduser().absolute()
    # Before the store is opened: what is wrong on the command line is not worth waiting for.
    purpose = ListPurpose(ListReason.OTHER, options.why)
    kind = kind_of(out.name)
    if kind is MeetingFileKind.ICS and which is MeetingList.DECISIONS:
        raise MeetingFileKindUnknown(name=out.name)
    columns = frozenset(options.columns or LEAST[which])
    in_order(which, columns)
    with opened(options, terminal) as program:
        exports = program.services.meeting_exports
        meeting_id = program.services.meeting_papers.find(options.meeting)
        leaving: LeavingMeetingList
        if kind is MeetingFileKind.ICS:
            leaving = exports.calendar(meeting_id)
        elif which is MeetingList.ACTIONS:
            leaving = exports.actions(meeting_id, columns)
        else:
            leaving = exports.decisions(meeting_id, columns)
        told = ", ".join(label(column) for column in leaving.columns) or words("cli.meeting_calendar_tells")
        terminal.say(words("cli.meeting_list_leaves", rows=leaving.count, people=len(leaving.person_ids), columns=told))
        saved = exports.save_list(leaving, out, kind, purpose)
    return Answer(saved, words("cli.meeting_list_written", rows=saved.rows, file=saved.path))
