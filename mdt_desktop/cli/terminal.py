"""What a command reads from and writes to: results on stdout, everything else on stderr, a passphrase from neither."""

import getpass
import json
import os
import re
import stat
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mdt_desktop.cli.plain import plain
from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.words import sentence, words

_MOST_PASSPHRASE_BYTES = 8192
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class PassphraseFileUnreadable(BadInput):
    """The file named with --passphrase-file cannot be read as text. Values: `file`, `reason`."""

    code = "passphrase_file_unreadable"


class PassphraseFileEmpty(BadInput):
    """The first line of the passphrase file is empty. Values: `file`."""

    code = "passphrase_file_empty"


class NoTerminal(BadInput):
    """There is no passphrase file and no terminal on which a passphrase could be typed unseen."""

    code = "no_terminal"


class PassphrasesDiffer(BadInput):
    """A new passphrase was typed twice and not in the same way."""

    code = "passphrases_differ"


class PasswordIsPassphrase(BadInput):
    """The password that is to be told to somebody else opens the whole store."""

    code = "password_is_passphrase"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb has to say: `document` for --json, `text` for people. `done` False ends with exit code 1."""

    document: object
    text: str
    done: bool = True


class Terminal:
    """Writes one command's output. With `as_json` stdout gets one JSON document and nothing else."""

    def __init__(self, as_json: bool = False, passphrase_file: str | None = None) -> None:
        self.as_json = as_json
        self._passphrase_file = passphrase_file
        self._shown = -1
        for stream in (sys.stdout, sys.stderr):
            _in_utf8(stream)

    def answer(self, answer: Answer) -> None:
        """The result of the command, on stdout."""
        sys.stdout.write(_json(answer.document) if self.as_json else f"{_harmless(answer.text)}\n")
        sys.stdout.flush()

    def refuse(self, error: MdtError) -> None:
        """The sentence of a refusal on stderr; with --json its code, sentence and values on stdout too."""
        self.fail(type(error).code, sentence(error), error.values)

    def fail(self, code: str, message: str, values: Mapping[str, object] | None = None) -> None:
        """As `refuse`, for what is no typed error."""
        self.say(message)
        if self.as_json:
            sys.stdout.write(_json({"error": code, "message": message, **({"values": values} if values else {})}))
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """A message on stderr."""
        sys.stderr.write(f"{_harmless(text)}\n")
        sys.stderr.flush()

    def progress(self, text: str) -> Callable[[int, int | None], None]:
        """A function that takes how much of how much is done, and says so at each tenth, on stderr."""
        self._shown = -1

        def report(done: int, of: int | None) -> None:
            tenth = 10 * done // of if of else 0
            if tenth != self._shown:
                self._shown = tenth
                self.say(words("cli.progress", what=text, done=done, of=of) if of else text)

        return report

    def passphrase(self) -> str:
        """The first line of the passphrase file, else what is typed unseen. Raises BadInput of several kinds."""
        if self._passphrase_file is not None:
            return self._from_file(Path(self._passphrase_file))
        return _typed(words("cli.ask_passphrase"))

    def password_from(self, file: str) -> str:
        """The first line of a file that holds the password for a PDF.

        Raises as `passphrase` does for a file, and PasswordIsPassphrase.
        """
        password = self._from_file(Path(file))
        if self._passphrase_file is not None and password == self._from_file(Path(self._passphrase_file)):
            raise PasswordIsPassphrase
        return password

    @property
    def has_passphrase_file(self) -> bool:
        """Whether --passphrase-file was given."""
        return self._passphrase_file is not None

    def new_passphrase(self) -> str:
        """As `passphrase`, but typed twice."""
        if self._passphrase_file is not None:
            return self._from_file(Path(self._passphrase_file))
        first = _typed(words("cli.ask_new_passphrase"))
        if _typed(words("cli.ask_passphrase_again")) != first:
            raise PassphrasesDiffer
        return first

    def _from_file(self, file: Path) -> str:
        try:
            with file.open("rb") as opened:
                wide = os.name == "posix" and stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & _OTHERS
                line = opened.readline(_MOST_PASSPHRASE_BYTES).decode("utf-8-sig").rstrip("\r\n")
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else words("cli.system_refused")
            raise PassphraseFileUnreadable(file=str(file), reason=reason) from error
        except UnicodeDecodeError as error:
            raise PassphraseFileUnreadable(file=str(file), reason=words("cli.not_utf8")) from error
        if wide:
            self.say(words("cli.passphrase_file_open_to_others", file=str(file)))
        if not line:
            raise PassphraseFileEmpty(file=str(file))
        return line


def _harmless(text: str) -> str:
    """The text without signs that steer a terminal: names of files and people's words may hold any."""
    return _STEERING.sub("?", text)


def _typed(prompt: str) -> str:
    """What is typed unseen. A passphrase is never read where it could be seen or piped in by mistake."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt + " ", sys.stderr)
        except (getpass.GetPassWarning, EOFError) as error:
            raise NoTerminal from error


def _json(document: object) -> str:
    return json.dumps(plain(document), ensure_ascii=False, indent=2) + "\n"


def _in_utf8(stream: TextIO) -> None:
    """The same bytes on every system, also where a console or a pipe has another code page."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
