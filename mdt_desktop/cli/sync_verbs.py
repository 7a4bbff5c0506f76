"""The verbs of the exchange: `connect` signs in to a central store, `sync` exchanges, `conflicts` lists and decides."""

import webbrowser
from argparse import Namespace
from functools import partial

from mdt_desktop.bootstrap import Program
from mdt_desktop.cli.named import practitioner_named
from mdt_desktop.cli.opening import opened
from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.services.sync_reading import ConflictLine
from mdt_desktop.services.typed_values import typed
from mdt_desktop.words import words


class PasswordIncomplete(BadInput):
    """A name needs its password file and a password file its name; without both the browser is opened."""

    code = "connect_password_incomplete"


def connect(options: Namespace, terminal: Terminal) -> Answer:
    """Connect this store to a central store: in the browser, or by a password where a name is given."""
    if (options.user is None) != (options.password_file is None):
        raise PasswordIncomplete
    with opened(options, terminal) as program:
        syncing = program.services.syncing
        if options.user is None:
            connected = syncing.connect_with_browser(options.url, partial(_open_browser, terminal))
            address, user = connected.url, connected.user
        else:
            password, user = terminal.password_from(options.password_file), options.user
            address = syncing.connect(options.url, user, password, code=options.totp)
    return Answer({"url": address, "user": user}, words("cli.connected", url=address, user=user))


def _open_browser(terminal: Terminal, address: str) -> None:
    """Open the system's browser; where there is none, say the address to be opened by hand."""
    try:
        done = webbrowser.open(address)
    except webbrowser.Error:
        done = False
    terminal.say(words("cli.connect_waiting") if done else words("cli.connect_by_hand", address=address))


def sync(options: Namespace, terminal: Terminal) -> Answer:
    """Send what waits and take what is new; `conflicts` and `quarantined` are all there are now."""
    with opened(options, terminal) as program:
        outcome = program.services.syncing.run()
        status, places = program.services.sync_reading.status(), program.services.sync_reading.places()
    document = {
        "pushed": outcome.pushed,
        "pulled": outcome.pulled,
        "conflicts": status.conflicts,
        "evicted": outcome.evicted,
        "quarantined": status.quarantined,
        "cursor": places,
    }
    counts = {name: value for name, value in document.items() if name != "cursor"}
    messages = [words("sync.missed", entry=status.missed_entry)] if status.missed_entry else []
    text = "\n".join([words("cli.synced", **counts, refused=status.refused), *messages])
    return Answer({**document, "messages": messages}, text)


def conflicts(options: Namespace, terminal: Terminal) -> Answer:
    """List what is to be decided; decide one conflict by a side or another value, or ask somebody to decide it."""
    with opened(options, terminal) as program:
        if options.keep is not None:
            side, conflict = options.keep
            program.services.sync_desk.decide(conflict, side)
            return Answer({"id": conflict, "kept": side}, words("cli.conflict_decided", side=side))
        if options.value is not None:
            return _put(program, *options.value)
        if options.ask is not None:
            return _ask(program, *options.ask)
        found = list(program.services.sync_reading.conflicts())
    lines = [_line(it) for it in found] or [words("cli.conflicts_none")]
    return Answer({"conflicts": found}, "\n".join(lines))


def _put(program: Program, text: str, conflict: str) -> Answer:
    """Put a third value in the place of both."""
    seen = next((it for it in program.services.sync_inbox.inbox().conflicts if it.id == conflict), None)
    # One that is not there, or closed to the user, is refused by the service.
    value = text if seen is None else typed(seen.third, seen.field, text)
    program.services.sync_desk.decide_otherwise(conflict, value)
    return Answer({"id": conflict, "kept": "third", "value": value}, words("cli.conflict_third"))


def _ask(program: Program, named: str, conflict: str) -> Answer:
    """Ask somebody who works here to decide; an empty name asks nobody any more."""
    who = practitioner_named(program, named) if named.strip() else None
    program.services.sync_desk.ask(conflict, who)
    text = words("cli.conflict_asked", name=named) if who else words("cli.conflict_asked_nobody")
    return Answer({"id": conflict, "asked": who}, text)


def _line(conflict: ConflictLine) -> str:
    return words(
        "cli.conflict",
        id=conflict.id,
        type=words(f"kind.{conflict.type}"),
        field=conflict.field,
        mine_by=conflict.mine_by,
        mine=conflict.mine,
        theirs_by=conflict.theirs_by,
        theirs=conflict.theirs,
        in_force=conflict.in_force,
        rule=words(f"applied_rule.{conflict.rule}"),
    )
