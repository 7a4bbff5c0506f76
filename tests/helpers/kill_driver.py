"""A process that changes the key of a store in a child and kills it: before a line of the program, or after a while.

It reads one JSON job a line on stdin and answers with one JSON line. The child is forked for each job, so that the
modules are loaded once; this process has one thread and no open store when it forks. Jobs:

    {"folder": DIR, "told": FILE, "what": "rotate" | "open", "before_line": N | null, "after_seconds": S | null}

The child writes to FILE what a person would have on paper by then. The answer says by which signal the child
ended, its exit code, and how many lines it had run.
"""

import json
import os
import select
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.services import key_rotation, unlocking  # noqa: F401  # loaded before the fork, once
from tests.helpers.cheap_keys import make_derivation_cheap
from tests.helpers.stores import PASSPHRASE

WATCHED = ("key_rotation.py", "rekey.py", "successor.py", "safe_file.py", "bootstrap.py", "transactions.py")
"""Files of the program whose every line is a place to be killed at."""


class Reaper:
    """Counts the lines that are run in the watched files and kills this process before the wanted one."""

    def __init__(self, before_line: int | None, counted: Path) -> None:
        self._before, self._counted = before_line, counted
        self.lines = 0

    def begin(self) -> None:
        """Count from here on."""
        sys.settrace(self._enter)

    def end(self) -> None:
        """Nothing more is counted."""
        sys.settrace(None)
        self._counted.write_text(str(self.lines))

    def _enter(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename.endswith(WATCHED) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.lines += 1
            if self.lines == self._before:
                os.kill(os.getpid(), signal.SIGKILL)
        return self._line


def rotate(folder: DataFolder, told: Path, reaper: Reaper) -> None:
    """Open, make a new key ready, tell it, put it in force."""
    program = bootstrap.open_with_passphrase(folder, PASSPHRASE)
    reaper.begin()
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    told.write_text(rotation.recovery_key.text())
    program = bootstrap.finish_key_rotation(program, rotation)
    reaper.end()
    program.close()


def reopen(folder: DataFolder, told: Path, reaper: Reaper) -> None:
    """Open, which settles what was cut short before."""
    reaper.begin()
    bootstrap.open_with_passphrase(folder, PASSPHRASE).close()
    reaper.end()


def run(job: dict[str, Any]) -> dict[str, int]:
    """One job in a child; how it ended."""
    counted = Path(f"{job['told']}.lines")
    counted.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            work = rotate if job["what"] == "rotate" else reopen
            work(DataFolder(Path(job["folder"])), Path(job["told"]), Reaper(job["before_line"], counted))
            ended = 0
        finally:
            os._exit(ended)
    if job["after_seconds"] is not None:
        watched = os.pidfd_open(child)
        if not select.select([watched], [], [], job["after_seconds"])[0]:
            os.kill(child, signal.SIGKILL)
        os.close(watched)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    # A kill may have come between the file's making and its words.
    lines = int(counted.read_text() or 0) if counted.exists() else 0
    return {"signal": -min(code, 0), "code": max(code, 0), "lines": lines}


def main() -> None:
    """Answer jobs until stdin ends."""
    make_derivation_cheap()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
