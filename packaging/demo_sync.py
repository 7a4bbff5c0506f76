"""Shows two laptops and a central store on this machine: work offline, a merged action, a conflict and its end.

    python packaging/demo_sync.py [OUT]

Everything is real: the store is a process of its own over SQLite, the laptops are encrypted stores, and every step is a
command that could be typed. The people are invented. It begins anew each time, in OUT/demo-sync.
"""

import io
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mdt_desktop.cli import main as mdt

LOCALITY, ORGANISATION = "North East", "Invented Borough Council"
RISK_FILE = """NHS number,Surname,Forename,Date of birth,Sex,Postcode,Practice code,Score,Run date
9990000018,Examplesson,Wilma,14/08/1940,Female,E1 4AA,Y90001,88.5,2026-11-01
9990000026,Sampleton,Bob,02/03/1950,Male,E1 4AB,Y90001,52.1,2026-11-01
9990000034,Invented,Ida,30/12/1985,Female,E1 4AC,Y90001,12.0,2026-11-01
"""
WILMA = "9990000018"


class NotAsItShouldBe(Exception):
    """A step ended otherwise than it has to; what was said about it."""


@dataclass(frozen=True)
class Laptop:
    """A data folder, whose it is, and the file with its passphrase."""

    owner: str
    folder: Path
    passphrase: Path

    def mdt(self, *verb: str) -> Any:
        """Run a command of `mdt` on this laptop; its JSON document. Raises NotAsItShouldBe."""
        out, err = io.StringIO(), io.StringIO()
        start = ("--data-dir", str(self.folder), "--passphrase-file", str(self.passphrase))
        with redirect_stdout(out), redirect_stderr(err):
            code = mdt.main([*start, *verb, "--json"])
        if code:
            raise NotAsItShouldBe(f"mdt {' '.join(verb)}: {err.getvalue()}")
        return json.loads(out.getvalue())

    def actions(self) -> list[dict[str, Any]]:
        """The actions about Wilma on this laptop, as both should have them."""
        shown = ("what", "owner", "due", "status")
        return [{name: it[name] for name in shown} for it in self.mdt("action", "list", "--case", WILMA)["actions"]]


def tell(text: str) -> None:
    """One line of the story."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def secret(path: Path, text: str) -> Path:
    """A file that only its owner reads."""
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def admin(data: Path, *verb: str) -> None:
    """Run a command of `mdt-central admin`. Raises NotAsItShouldBe."""
    ended = subprocess.run(
        [sys.executable, "-m", "mdt_desktop.cli.central_main", "admin", "--data", str(data), *verb],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        raise NotAsItShouldBe(ended.stderr)


@contextmanager
def central_store(data: Path, port: int) -> Iterator[str]:
    """A started central store; its address. It is asked to end at the end."""
    command = [sys.executable, "-m", "mdt_desktop.cli.central_main", "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline() if process.stderr else ""
        found = re.search(r"https?://\S+:\d+", line)
        if found is None:
            raise NotAsItShouldBe(line)
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def synced(laptop: Laptop) -> Any:
    """Exchange, and say what was exchanged."""
    told = laptop.mdt("sync")
    tell(f"   {laptop.owner}: {told['pushed']} sent, {told['pulled']} taken, {told['conflicts']} to decide")
    return told


def run(out: Path) -> None:
    """Tell the whole story in OUT/demo-sync, which is made anew. Raises NotAsItShouldBe."""
    place = out / "demo-sync"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    data, port = place / "central", free_port()
    password = secret(place / "password.txt", "cobalt harvest window ribbon")
    passphrase = secret(place / "passphrase.txt", "an invented sentence of five words")
    names = ("Robin Example", "Sam Sample")
    robin, sam = (Laptop(name, place / name.split()[0].casefold(), passphrase) for name in names)

    tell(f"1. A central store is set up for {LOCALITY}, with two care navigators.")
    admin(data, "locality", "add", LOCALITY)
    for who in (robin, sam):
        where = ("--locality", LOCALITY, "--role", "care_navigator", "--password-file", str(password))
        admin(data, "user", "add", who.owner, *where)
        who.mdt("init", "--name", who.owner, "--role", "care_navigator", "--organisation", ORGANISATION,
                "--locality", LOCALITY)  # fmt: skip
    with central_store(data, port) as address:
        tell(f"   It runs at {address}; both laptops connect to it.")
        for who in (robin, sam):
            who.mdt("connect", address, "--user", who.owner, "--password-file", str(password))
        tell("2. Robin imports a risk file and agrees an action for Wilma Examplesson. Both laptops exchange.")
        file = place / "risk.csv"
        file.write_text(RISK_FILE, encoding="utf-8")
        robin.mdt("import-risk", str(file))
        added = robin.mdt("action", "add", WILMA, "--what", "Order a walking frame", "--owner-words", "Her daughter",
                          "--due", "2026-12-14")  # fmt: skip
        action = str(added["id"])
        synced(robin)
        synced(sam)

    tell("3. The central store is stopped. Both go on working, each on their own:")
    robin.mdt("action", "set", action, "--what", "Order a walking frame with a seat", "--due", "2026-12-07")
    sam.mdt("action", "set", action, "--status", "part_done", "--due", "2026-12-10")
    tell("   Robin writes 'with a seat' and asks for it by 7 December.")
    tell("   Sam notes that it is part done and gives it until 10 December.")

    with central_store(data, port):
        tell("4. The store is back. Both exchange:")
        for who in (robin, sam, robin):
            synced(who)
        _show_merged(robin, sam)
        _show_conflict(robin, sam)
    tell(f"Everything lies in {place}. Look at it with:")
    tell(f"   mdt --data-dir {robin.folder} --passphrase-file {passphrase} action list --case {WILMA}")


def _show_merged(robin: Laptop, sam: Laptop) -> None:
    (now,) = robin.actions()
    if (now["what"], now["status"]) != ("Order a walking frame with a seat", "part_done") or [now] != sam.actions():
        raise NotAsItShouldBe(f"{robin.actions()} {sam.actions()}")
    tell("   Merged: Robin's words and Sam's 'part done' are both on both laptops. Nobody was asked.")


def _show_conflict(robin: Laptop, sam: Laptop) -> None:
    listed = [who.mdt("conflicts")["conflicts"] for who in (robin, sam)]
    if [len(it) for it in listed] != [1, 1]:
        raise NotAsItShouldBe(str(listed))
    conflict = listed[0][0]
    tell("   A conflict: both changed the day. It waits on both laptops, and nothing of it is lost:")
    tell(f"     {conflict['mine_by']} wrote {conflict['mine']}, {conflict['theirs_by']} wrote {conflict['theirs']}")
    (now,) = robin.actions()
    tell(f"     until somebody decides, the earlier day holds: {now['due']}")
    side = "mine" if "2026-12-10" in str(conflict["mine"]) else "theirs"
    tell("5. Robin decides for Sam's day. Both exchange, and the conflict is closed everywhere:")
    robin.mdt("conflicts", "--keep", side, str(conflict["id"]))
    told = [synced(who) for who in (robin, sam)]
    if any(it["conflicts"] for it in told) or robin.actions() != sam.actions():
        raise NotAsItShouldBe(f"{told} {robin.actions()} {sam.actions()}")
    (now,) = sam.actions()
    if now["due"] != "2026-12-10":
        raise NotAsItShouldBe(str(now))
    tell(f"   On both laptops: {now['what']}, {now['owner']}, by {now['due']}, {now['status'].replace('_', ' ')}.")


if __name__ == "__main__":
    try:
        run(Path(sys.argv[1] if len(sys.argv) > 1 else "out"))
    except NotAsItShouldBe as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(1)
