"""Runs one command line as every command of the house does: its words, its exit codes, its one JSON document.

0 done, 1 refused or failed, 2 wrong usage. Results go to stdout, everything else to stderr.
"""

import os
import signal
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from mdt_desktop.cli.terminal import Answer, Terminal
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.logs.events import forbid_core_dumps
from mdt_desktop.words import words

_DONE, _FAILED, _WRONG_USAGE = 0, 1, 2


class Parser(ArgumentParser):
    """Says what is wrong on stderr; with --json stdout gets its one document even then."""

    wants_json = False

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.print_usage(sys.stderr)
        Terminal(Parser.wants_json).fail("wrong_usage", words("cli.wrong_usage", problem=message))
        self.exit(_WRONG_USAGE)

    def require_values(self, options: Namespace) -> None:
        """Refuse `--search=--` and the like: argparse takes the two dashes away and leaves an empty list."""
        for name, value in vars(options).items():
            if value == []:
                self.error(words("cli.value_missing", option=f"--{name.replace('_', '-')}"))


def run(
    argv: Sequence[str] | None,
    parser_of: Callable[[], Parser],
    verb: Callable[[Namespace, Terminal], Answer],
) -> int:
    """Read a command line, run its verb, and say how it went; the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    Parser.wants_json = "--json" in given
    try:
        parser = parser_of()
        options = parser.parse_args(given)
        parser.require_values(options)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else _DONE
    forbid_core_dumps()
    terminal = Terminal(
        options.json, getattr(options, "passphrase_file", None), getattr(options, "new_passphrase_file", None)
    )
    try:
        with _ended_politely():
            answer = verb(options, terminal)
        terminal.answer(answer)
    except MdtError as error:
        terminal.refuse(error)
        return _FAILED
    except KeyboardInterrupt:
        terminal.fail("interrupted", words("cli.interrupted"))
        return _FAILED
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not complain again when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except Exception as error:  # noqa: BLE001  # the border of the program: nobody gets a traceback
        # Not logged here: the log file is closed by now, and what no file takes goes to stderr with its message.
        terminal.fail("unexpected", words("cli.unexpected", kind=type(error).__name__))
        return _FAILED
    return _DONE if answer.done else _FAILED


@contextmanager
def _ended_politely() -> Iterator[None]:
    """A request to end (`timeout`, a machine that shuts down) is heard as Ctrl+C is: undone, closed and told."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def text(given: str) -> str:
    """Text that can be kept and searched for; Python hands bytes that are no UTF-8 through as half characters."""
    try:
        given.encode()
    except UnicodeEncodeError:
        raise ArgumentTypeError(words("cli.text_unreadable")) from None
    return given


def path(given: str) -> str:
    """A path; an empty one, which an unset variable of a script leaves, would mean the folder one stands in."""
    if not given.strip():
        raise ArgumentTypeError(words("cli.path_empty"))
    return given
