"""The verbs of what is to be done and of the log: `action list`, `add`, `set` and `done`, and `note add`."""

from argparse import Namespace

from mdt_desktop.cli.case_verbs import helping_to_find, overview_of_case
from mdt_desktop.cli.named import practitioner_named
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.tasks import TaskStatus, require_reason
from mdt_desktop.services.tasks import NewTask, TaskSummary, WorklistQuery
from mdt_desktop.words import label, words


class NothingToSet(BadInput):
    """`action set` was given nothing that it should set."""

    code = "nothing_to_set"


def list_actions(options: Namespace, terminal: Terminal) -> Answer:
    """The actions of a worklist, or of one person; the earliest due first."""
    with opened(options, terminal) as program:
        if options.case:
            with helping_to_find(options.case, terminal):
                overview = overview_of_case(program, options.case)
            rows = program.services.tasks.all_of_case(overview.person.case_id)
            total = len(rows)
        else:
            page = program.services.tasks.worklist(WorklistQuery(options.scope, options.view, options.search))
            rows, total = list(page.rows), page.total
    shown = rows[: options.limit]
    lines = [words("cli.actions_found", shown=len(shown), total=total), *map(_line, shown)]
    return Answer({"total": total, "shown": len(shown), "actions": shown}, "\n".join(lines))


def add_action(options: Namespace, terminal: Terminal) -> Answer:
    """Agree an action about a person, outside a meeting."""
    with opened(options, terminal) as program:
        with helping_to_find(options.id, terminal):
            case_id = overview_of_case(program, options.id).person.case_id
        owner = practitioner_named(program, options.owner) if options.owner else None
        task = NewTask(options.what, owner, options.owner_words or "", options.due)
        made = program.services.tasks.add(case_id, task).made
        told = program.services.tasks.task(made)
    return Answer(told, words("cli.action_added", line=_line(told)))


def set_action(options: Namespace, terminal: Terminal) -> Answer:
    """Change how far an action is, its words, its day, or who does it."""
    given = (options.status, options.what, options.due, options.owner)
    if all(it is None for it in given):
        raise NothingToSet
    if options.status is not None:
        require_reason(options.status, options.reason)
    with opened(options, terminal) as program:
        tasks = program.services.tasks
        if given[1:] != (None, None, None):
            # Before anything is changed: all of what was asked for is done, or nothing.
            program.access.require(Permission.KEEP_TASKS, options.action)
        now = tasks.task(options.action)
        owner = practitioner_named(program, options.owner) if options.owner is not None else None
        if options.what is not None or options.due is not None:
            tasks.change(options.action, options.what if options.what is not None else now.what,
                         options.due or now.due)  # fmt: skip
        if owner is not None:
            tasks.reassign([options.action], owner)
        if options.status is not None:
            tasks.set_status(options.action, options.status, options.reason)
        told = tasks.task(options.action)
    return Answer(told, words("cli.action_set", line=_line(told)))


def action_done(options: Namespace, terminal: Terminal) -> Answer:
    """Sign an action off."""
    with opened(options, terminal) as program:
        program.services.tasks.set_status(options.action, TaskStatus.DONE, options.reason)
        told = program.services.tasks.task(options.action)
    return Answer(told, words("cli.action_set", line=_line(told)))


def add_note(options: Namespace, terminal: Terminal) -> Answer:
    """Write a note about a person into the log of their case, or correct one."""
    with opened(options, terminal) as program:
        with helping_to_find(options.id, terminal):
            case_id = overview_of_case(program, options.id).person.case_id
        made = program.services.notes.add(case_id, options.words, options.replaces, options.kind).made
        note = next(it for it in program.services.notes.of_case(case_id) if it.id == made)
    return Answer(note, words("cli.note_added", id=note.id))


def _line(task: TaskSummary) -> str:
    about = name_on_screen(task.family_name, task.given_names, task.title) if task.person_id else ""
    due = cui_date(task.due) if task.due else words("cli.action_no_day")
    return "  ".join(it for it in (task.id, about, task.what, task.owner, due, label(task.status)) if it)
