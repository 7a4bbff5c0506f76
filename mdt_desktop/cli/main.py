"""`mdt`: reads the command line, runs one verb, and says how it went by its exit code.

0 done, 1 refused or failed, 2 wrong usage. Results go to stdout, everything else to stderr.
"""

import importlib
import sys
from argparse import Action, ArgumentParser, ArgumentTypeError, Namespace, _SubParsersAction
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from mdt_desktop.cli.command_line import Parser as _Parser
from mdt_desktop.cli.command_line import path as _path
from mdt_desktop.cli.command_line import run
from mdt_desktop.cli.command_line import text as _text
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.case_notes import NoteKind
from mdt_desktop.domain.exports import ListColumn
from mdt_desktop.domain.meeting_exports import COLUMNS, MeetingColumn, MeetingList
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.printing import FOR_WHOM
from mdt_desktop.domain.risk import Tier
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.domain.worklist import WorklistScope, WorklistView
from mdt_desktop.words import words

E = TypeVar("E", bound=StrEnum)
Verb = Callable[[Namespace, Terminal], Answer]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    return run(argv, _parser, lambda options, terminal: _verb(options.verb)(options, terminal))


def _verb(place: str) -> Verb:
    """The function of a verb; its module is loaded only now, as most bring half of the program with them."""
    module, name = place.split(":")
    verb: Verb = getattr(importlib.import_module(f"mdt_desktop.cli.{module}"), name)
    return verb


def _parser() -> _Parser:
    parser = _Parser("mdt", description=words("cli.about"), epilog=words("cli.about_exit"), allow_abbrev=False)
    parser.add_argument("--data-dir", type=_path, metavar="DIR", help=words("cli.help.data_dir"))
    parser.add_argument("--passphrase-file", type=_path, metavar="FILE", help=words("cli.help.passphrase_file"))
    verbs = parser.add_subparsers(title=words("cli.verbs"), metavar="VERB", required=True)
    _add_store_verbs(verbs)
    _add_demo_verbs(verbs)
    _add_risk_verbs(verbs)
    _add_case_verbs(verbs)
    _add_key_verbs(verbs)
    _add_meeting_verbs(verbs)
    _add_task_verbs(verbs)
    _add_paper_verbs(verbs)
    _add_sync_verbs(verbs)
    _add_bundle_verbs(verbs)
    _add_fhir_verbs(verbs)
    return parser


def _add(verbs: "_SubParsersAction[_Parser]", name: str, place: str, about: str) -> _Parser:
    text = words(f"cli.help.{about}")
    parser = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help=words("cli.help.json"))
    parser.set_defaults(verb=place)
    return parser


def _add_store_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    init = _add(verbs, "init", "store_verbs:init", "init")
    init.add_argument("--name", required=True, type=_text, metavar="NAME", help=words("cli.help.name"))
    init.add_argument("--role", required=True, type=_one_of(Role), metavar="ROLE", help=words("cli.help.role"))
    init.add_argument("--organisation", required=True, type=_text, metavar="NAME", help=words("cli.help.organisation"))
    init.add_argument("--locality", required=True, type=_text, metavar="NAME", help=words("cli.help.locality"))
    init.add_argument("--recovery-sheet", type=_path, metavar="FILE", help=words("cli.help.recovery_sheet"))
    _add(verbs, "check", "store_verbs:check", "check")
    backup = _add(verbs, "backup", "backup_verbs:backup", "backup")
    backup.add_argument("--out", type=_path, metavar="FILE", help=words("cli.help.backup_out"))
    restore = _add(verbs, "restore", "backup_verbs:restore", "restore")
    restore.add_argument("file", type=_path, metavar="FILE", help=words("cli.help.backup_file"))
    restore.add_argument("--preview", action="store_true", help=words("cli.help.restore_preview"))
    restore.add_argument("--reason", type=_text, default="", metavar="TEXT", help=words("cli.help.restore_reason"))
    audit = _add(verbs, "audit", "audit_verbs:audit", "audit")
    audit.add_argument("--person", type=_text, default="", metavar="ID-OR-NHS-NUMBER", help=words("cli.help.id"))
    audit.add_argument("--verify", action="store_true", help=words("cli.help.verify"))
    audit.add_argument("--limit", type=_at_least(0), default=50, metavar="N", help=words("cli.help.limit"))


def _group(verbs: "_SubParsersAction[_Parser]", name: str) -> "_SubParsersAction[_Parser]":
    """The verbs under a word of their own, such as `demo load`."""
    text = words(f"cli.help.{name}")
    group = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
    return group.add_subparsers(title=words("cli.verbs"), metavar="VERB", required=True)


def _add_demo_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    parts = _group(verbs, "demo")
    _add(parts, "load", "demo_verbs:load", "demo_load")
    files = _add(parts, "risk-files", "demo_verbs:risk_files", "demo_risk_files")
    files.add_argument("--people", required=True, type=_at_least(1), metavar="N", help=words("cli.help.people"))
    files.add_argument("--out", required=True, type=_path, metavar="DIR", help=words("cli.help.out_dir"))
    files.add_argument("--seed", type=_at_least(0), default=1, metavar="S", help=words("cli.help.seed"))


def _add_risk_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    risk = _add(verbs, "import-risk", "risk_verbs:import_risk", "import_risk")
    risk.add_argument("files", nargs="+", type=_path, metavar="FILE", help=words("cli.help.risk_file"))
    risk.add_argument("--preview", action="store_true", help=words("cli.help.preview"))
    risk.add_argument("--rejects", type=_path, metavar="FILE", help=words("cli.help.rejects"))
    _add(verbs, "coverage", "risk_verbs:coverage", "coverage")


def _add_case_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    cases = _add(verbs, "cases", "case_verbs:cases", "cases")
    cases.add_argument("--search", type=_text, default="", metavar="TEXT", help=words("cli.help.search"))
    cases.add_argument("--tier", type=_one_of(Tier), metavar="TIER", help=words("cli.help.tier"))
    cases.add_argument("--limit", type=_at_least(0), default=50, metavar="N", help=words("cli.help.limit"))
    cases.add_argument("--out", type=_path, metavar="FILE", help=words("cli.help.out_list"))
    cases.add_argument("--why", type=_text, metavar="TEXT", help=words("cli.help.why"))
    cases.add_argument(
        "--columns",
        type=_several_of(ListColumn),
        metavar="NAMES",
        help=words("cli.help.columns", names=", ".join(ListColumn)),
    )
    case = _add(verbs, "case", "case_verbs:case", "case")
    lead = _add(verbs, "propose-lead", "case_verbs:propose_lead", "propose_lead")
    plan = _add(verbs, "plan-pdf", "case_verbs:plan_pdf", "plan_pdf")
    for parser in (case, lead, plan):
        parser.add_argument("id", type=_text, metavar="ID-OR-NHS-NUMBER", help=words("cli.help.id"))
    plan.add_argument("--out", required=True, type=_path, metavar="FILE", help=words("cli.help.out_pdf"))
    plan.add_argument(
        "--for", dest="for_whom", choices=tuple(FOR_WHOM), default="person", help=words("cli.help.for_whom")
    )
    plan.add_argument("--password-file", type=_path, metavar="FILE", help=words("cli.help.password_file"))


def _add_key_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    change = _add(verbs, "passphrase", "key_verbs:passphrase", "passphrase")
    change.add_argument(
        "--new-passphrase-file", type=_path, metavar="FILE", help=words("cli.help.new_passphrase_file")
    )
    rotate = _add(verbs, "rotate-key", "key_verbs:rotate_key", "rotate_key")
    rotate.add_argument("--recovery-sheet", type=_path, metavar="FILE", help=words("cli.help.recovery_sheet"))


def _add_meeting_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    agenda = _add(verbs, "agenda-pdf", "meeting_verbs:agenda_pdf", "agenda_pdf")
    agenda.add_argument("--initials", action="store_true", help=words("cli.help.initials"))
    minutes = _add(verbs, "minutes", "meeting_verbs:minutes", "minutes")
    minutes.add_argument("--organisation", type=_text, metavar="NAME", help=words("cli.help.minutes_for"))
    for paper in (agenda, minutes):
        paper.add_argument("--password-file", type=_path, metavar="FILE", help=words("cli.help.password_file"))
    decisions = _add(verbs, "decisions", "meeting_verbs:decisions", "decisions")
    actions = _add(verbs, "actions", "meeting_verbs:actions", "actions")
    for which, parser in ((MeetingList.DECISIONS, decisions), (MeetingList.ACTIONS, actions)):
        names = ", ".join(COLUMNS[which])
        parser.add_argument(
            "--columns", type=_several_of(MeetingColumn), metavar="NAMES", help=words("cli.help.columns", names=names)
        )
    for parser in (agenda, minutes, decisions, actions):
        parser.add_argument("meeting", type=_text, metavar="MEETING", help=words("cli.help.meeting"))
        parser.add_argument("--out", required=True, type=_path, metavar="FILE", help=words("cli.help.out_meeting"))
        parser.add_argument("--why", required=True, type=_text, metavar="TEXT", help=words("cli.help.why_meeting"))


def _add_task_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    actions = _group(verbs, "action")
    listed = _add(actions, "list", "task_verbs:list_actions", "action_list")
    listed.add_argument("--case", type=_text, metavar="ID-OR-NHS-NUMBER", help=words("cli.help.action_case"))
    listed.add_argument(
        "--scope", type=_one_of(WorklistScope), default=WorklistScope.LOCALITY, metavar="SCOPE",
        help=words("cli.help.action_scope", names=", ".join(WorklistScope)),
    )  # fmt: skip
    listed.add_argument(
        "--view", type=_one_of(WorklistView), default=WorklistView.OPEN, metavar="VIEW",
        help=words("cli.help.action_view", names=", ".join(WorklistView)),
    )  # fmt: skip
    listed.add_argument("--search", type=_text, default="", metavar="TEXT", help=words("cli.help.action_search"))
    listed.add_argument("--limit", type=_at_least(0), default=50, metavar="N", help=words("cli.help.limit"))
    added = _add(actions, "add", "task_verbs:add_action", "action_add")
    added.add_argument("id", type=_text, metavar="ID-OR-NHS-NUMBER", help=words("cli.help.id"))
    added.add_argument("--what", required=True, type=_text, metavar="TEXT", help=words("cli.help.action_what"))
    owner = added.add_mutually_exclusive_group(required=True)
    owner.add_argument("--owner", type=_text, metavar="NAME-OR-ID", help=words("cli.help.action_owner"))
    owner.add_argument("--owner-words", type=_text, metavar="TEXT", help=words("cli.help.action_owner_words"))
    set_ = _add(actions, "set", "task_verbs:set_action", "action_set")
    done = _add(actions, "done", "task_verbs:action_done", "action_done")
    for parser in (set_, done):
        parser.add_argument("action", type=_text, metavar="ACTION", help=words("cli.help.action_id"))
        parser.add_argument("--reason", type=_text, default="", metavar="TEXT", help=words("cli.help.action_reason"))
    set_.add_argument(
        "--status", type=_one_of(TaskStatus), metavar="STATUS",
        help=words("cli.help.action_status", names=", ".join(TaskStatus)),
    )  # fmt: skip
    set_.add_argument("--what", type=_text, metavar="TEXT", help=words("cli.help.action_what"))
    set_.add_argument("--owner", type=_text, metavar="NAME-OR-ID", help=words("cli.help.action_owner"))
    for parser in (added, set_):
        parser.add_argument("--due", type=_day, metavar="DATE", help=words("cli.help.action_due"))
    note = _add(_group(verbs, "note"), "add", "task_verbs:add_note", "note_add")
    note.add_argument("id", type=_text, metavar="ID-OR-NHS-NUMBER", help=words("cli.help.id"))
    note.add_argument("--words", required=True, type=_text, metavar="TEXT", help=words("cli.help.note_words"))
    note.add_argument("--replaces", type=_text, metavar="NOTE", help=words("cli.help.note_replaces"))
    note.add_argument(
        "--kind", type=_one_of(NoteKind), default=NoteKind.OTHER, metavar="KIND",
        help=words("cli.help.note_kind", names=", ".join(NoteKind)),
    )  # fmt: skip


def _add_paper_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    papers = _group(verbs, "paper")
    added = _add(papers, "add", "paper_verbs:add_paper", "paper_add")
    listed = _add(papers, "list", "paper_verbs:list_papers", "paper_list")
    saved = _add(papers, "save", "paper_verbs:save_paper", "paper_save")
    removed = _add(papers, "remove", "paper_verbs:remove_paper", "paper_remove")
    for parser in (added, listed, saved, removed):
        parser.add_argument("id", type=_text, metavar="CASE", help=words("cli.help.id"))
    added.add_argument("file", type=_path, metavar="FILE", help=words("cli.help.paper_file"))
    added.add_argument("--title", type=_text, metavar="TEXT", help=words("cli.help.paper_title"))
    for parser in (saved, removed):
        parser.add_argument("paper", type=_text, metavar="PAPER", help=words("cli.help.paper_id"))
    saved.add_argument("--out", required=True, type=_path, metavar="FILE", help=words("cli.help.paper_out"))
    saved.add_argument("--why", required=True, type=_text, metavar="TEXT", help=words("cli.help.paper_why"))
    removed.add_argument("--reason", required=True, type=_text, metavar="TEXT", help=words("cli.help.paper_reason"))


def _add_sync_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    connect = _add(verbs, "connect", "sync_verbs:connect", "connect")
    connect.add_argument("url", type=_text, metavar="URL", help=words("cli.help.connect_url"))
    connect.add_argument("--user", type=_text, metavar="NAME", help=words("cli.help.connect_user"))
    connect.add_argument("--password-file", type=_path, metavar="FILE", help=words("cli.help.connect_password"))
    connect.add_argument("--totp", type=_text, default="", metavar="CODE", help=words("cli.help.connect_code"))
    _add(verbs, "sync", "sync_verbs:sync", "sync")
    conflicts = _add(verbs, "conflicts", "sync_verbs:conflicts", "conflicts")
    way = conflicts.add_mutually_exclusive_group()
    way.add_argument(
        "--keep", nargs=2, action=_SideAndId, metavar=("SIDE", "ID"), help=words("cli.help.conflicts_keep")
    )
    way.add_argument("--value", nargs=2, metavar=("VALUE", "ID"), help=words("cli.help.conflicts_value"))
    way.add_argument("--ask", nargs=2, metavar=("NAME", "ID"), help=words("cli.help.conflicts_ask"))


def _add_fhir_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    leaving = _add(verbs, "export-fhir", "fhir_verbs:export_fhir", "export_fhir")
    leaving.add_argument("id", type=_text, metavar="CASE", help=words("cli.help.id"))
    leaving.add_argument("--out", type=_path, metavar="FILE", help=words("cli.help.out_fhir"))
    leaving.add_argument(
        "--for", dest="for_whom", choices=tuple(FOR_WHOM), default="person", help=words("cli.help.for_whom")
    )
    coming = _add(verbs, "import-fhir", "fhir_verbs:import_fhir", "import_fhir")
    coming.add_argument("file", nargs="?", type=_path, metavar="FILE", help=words("cli.help.fhir_file"))
    coming.add_argument("--preview", action="store_true", help=words("cli.help.preview"))
    coming.add_argument("--held", action="store_true", help=words("cli.help.fhir_held"))
    coming.add_argument("--decide", nargs=2, metavar=("DECISION", "ID"), help=words("cli.help.fhir_decide"))


def _add_bundle_verbs(verbs: "_SubParsersAction[_Parser]") -> None:
    bundles = _group(verbs, "bundle")
    export = _add(bundles, "export", "bundle_verbs:export", "bundle_export")
    export.add_argument("file", type=_path, metavar="FILE", help=words("cli.help.bundle_export_file"))
    take = _add(bundles, "import", "bundle_verbs:import_", "bundle_import")
    take.add_argument("file", type=_path, metavar="FILE", help=words("cli.help.bundle_import_file"))
    take.add_argument("--answer", type=_path, metavar="FILE", help=words("cli.help.bundle_answer"))


class _SideAndId(Action):
    """Takes a side and a conflict; another side than the two is wrong usage."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, values: object, option: str | None = None) -> None:
        side, conflict = values if isinstance(values, list) else ("", "")
        if side not in ("mine", "theirs"):
            parser.error(words("cli.conflict_side"))
        setattr(namespace, self.dest, (side, conflict))


def _one_of(kind: type[E]) -> Callable[[str], E]:
    """Reads a member by its value; `Care navigator` and `care-navigator` are read as `care_navigator`."""

    def read(text: str) -> E:
        value = "_".join(text.strip().casefold().replace("-", " ").replace("_", " ").split())
        try:
            return kind(value)
        except ValueError:
            raise ArgumentTypeError(words("cli.one_of", given=text, choices=", ".join(kind))) from None

    return read


def _day(text: str) -> date:
    """Reads a day as 2026-11-30."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ArgumentTypeError(words("cli.day_wanted", given=text)) from None


def _several_of(kind: type[E]) -> Callable[[str], frozenset[E]]:
    """Reads members by their values with commas between them."""
    read = _one_of(kind)
    return lambda text: frozenset(read(part) for part in text.split(",") if part.strip())


def _at_least(lowest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = int(text.replace(",", ""))
        except ValueError:
            number = lowest - 1
        if number < lowest:
            raise ArgumentTypeError(words("cli.whole_number", given=text, lowest=lowest))
        return number

    return read


if __name__ == "__main__":
    sys.exit(main())
