"""Two hundred canaries are driven through the program: none is found outside the store, nor shown after locking."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from mdt_desktop.bootstrap import open_with_passphrase
from mdt_desktop.demo.store import PASSPHRASE
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.tour_gestures import Stop
from mdt_desktop.ui.tour_stops import STOPS
from tests.helpers.canaries import PLANTED, STEMS, canaries, finds, hears, plant
from tests.helpers.canary_drive import SOME_STOPS
from tests.helpers.canary_errors import ERRORS, UNCAUGHT
from tests.helpers.demo import copy_of_demo, load_demo_into
from tests.helpers.file_watch import FileWatch

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="watches files and memory as Linux tells of them"),
    pytest.mark.timeout(600),
]
DRIVE = Path(__file__).parent.parent / "helpers" / "canary_drive.py"
FOLDERS = ("home", "temp", "documents", "incoming")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's store with canaries in the place of its people."""
    folder = load_demo_into(tmp_path_factory.mktemp("canaries"))
    with open_with_passphrase(DataFolder(folder), PASSPHRASE) as program:
        assert plant(program) == PLANTED
    return folder


@dataclass
class Place:
    """A root with the store in it, and with folders of its own for a home, temporary files, papers and risk files."""

    root: Path
    folder: DataFolder

    @property
    def environment(self) -> dict[str, str]:
        home, temp = self.root / "home", str(self.root / "temp")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        return kept | {"HOME": str(home), "TMPDIR": temp, "SQLITE_TMPDIR": temp, "PYTHONDONTWRITEBYTECODE": "1"}

    def begin(self, way: str, more: Mapping[str, str] = MappingProxyType({})) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(DRIVE), way, str(self.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment | dict(more),
        )

    def drive(self, way: str) -> tuple[dict[str, Any], str]:
        """Its report and what it said on stderr."""
        driven = self.begin(way)
        try:
            said, complained = driven.communicate(timeout=500)
        finally:
            driven.kill()
        assert said, complained[-2000:]
        report: dict[str, Any] = json.loads(said.splitlines()[-1])
        assert (report["stuck"], report["error"]) == ("", "''"), complained[-2000:]
        return report, complained


@pytest.fixture
def place(planted: Path, tmp_path: Path) -> Place:
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return Place(tmp_path, copy_of_demo(planted, tmp_path / "data"))


def test_the_eye_finds_a_canary_however_it_is_spelled(tmp_path: Path) -> None:
    it = canaries()[5]
    spaced = f"{it.nhs_number[:3]} {it.nhs_number[3:6]} {it.nhs_number[6:]}"
    for number, content in enumerate(
        (it.family_name.upper().encode(), spaced.encode("utf-16-le"), it.words.encode().hex().encode(), b"nothing")
    ):
        (tmp_path / f"{number}.bin").write_bytes(b"x" + content)
    (tmp_path / f"{it.nhs_number}.txt").touch()
    assert [line.split(":")[0] for line in finds(tmp_path)] == ["0.bin", "1.bin", "2.bin", f"{it.nhs_number}.txt"]


@pytest.mark.parametrize(
    ("way", "stops"), [("everything", SOME_STOPS), pytest.param("whole", STOPS, marks=pytest.mark.soak)]
)
def test_nothing_of_anybody_leaves_the_encrypted_store(place: Place, way: str, stops: Sequence[Stop]) -> None:
    """Stops of the tour, the main job, half-typed words and locking, and errors that carry people's data."""
    with FileWatch(place.root) as watch:
        report, complained = place.drive(way)
    asked_for = [place.root / "documents", place.root / "incoming"]
    assert finds(place.root, besides=asked_for) == []
    assert hears(complained) == []
    assert {title: what for title, what in report["titles"].items() if what} == {}
    assert report["locked_widgets"] == []
    assert set(report["clipboard"].values()) == {""}
    # The system keyring is asked for over the desktop's bus, which for tests is nowhere.
    assert [it for it in report["network"] if "/no-bus" not in it] == []
    # That it came to all of it, or nothing would be proved.
    assert {stop.name for stop in stops} | {"record_consent", "agree_plan", "paper", "half-typed"} <= set(
        report["stops"]
    )
    assert {it.name for it in ERRORS} | set(UNCAUGHT) == set(report["forced"])
    assert len(list((place.root / "documents").iterdir())) == 1, "the paper that was asked for"
    # Files that were there for a moment only: none has another name than the program's own.
    made = {Path(name) for name in watch.names if Path(name).parts[0] not in ("documents", "incoming")}
    ours = {name for name in made if name.parts[0] == "data" and name.name in place.folder.file_names()}
    seeking = {Path(name).relative_to(place.root) for name in report["sought_library"]}
    assert sorted(str(name) for name in made - ours - seeking if not _known(name)) == []
    log = place.folder.log.read_text(encoding="utf-8")
    assert "canary_errors.Leaks" in log, "errors are told by their kind"
    for path in place.folder.root.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name


_BEFORE_RENAMING = re.compile(r"data/\.(mdt\.key|attempts\.json|settings\.json)\.[0-9a-f]{16}\.part")
_BACKUP = re.compile(r"data/backups/(\.[0-9a-f]{16}(\.db)?\.part|[\w-]+\.mdtbackup)")
_OF_A_COMPILER = re.compile(r"temp/cc\w{6}(\.\w+)*")
_MAY_ONE_WRITE_HERE = re.compile(r"temp/[a-z0-9_]{8}")


def _known(name: Path) -> bool:
    """The empty store of the tour's first start, which has nobody in it; backups, which are encrypted from their first
    byte and searched as every file is, with the names they have until they are whole; files on their way to their own
    name, which have no room for a person; what Python's `ctypes.util.find_library` has the system's compiler write;
    and the four letters with which Python's `tempfile` tries a folder."""
    return (
        name.parts[:2] == ("temp", "spare")
        or _BACKUP.fullmatch(str(name)) is not None
        or _BEFORE_RENAMING.fullmatch(str(name)) is not None
        or _OF_A_COMPILER.fullmatch(str(name)) is not None
        or _MAY_ONE_WRITE_HERE.fullmatch(str(name)) is not None
    )


def test_every_protection_that_is_broken_on_purpose_is_noticed(place: Place) -> None:
    with FileWatch(place.root) as watch:
        report, _ = place.drive("broken")
    found = finds(place.root)
    assert any(line.startswith(f"data/{place.folder.log.name}") for line in found), "messages in the log"
    assert "home/recent.txt: family name in utf-16-le" in found
    assert any(name.startswith("temp/") and name.endswith(".pdf") for name in watch.names), "a file of a moment"
    assert any(report["titles"].values())
    assert report["locked_widgets"]
    assert report["clipboard"]["after locking"]


# Memory

_PATTERNS = {
    "family names": (STEMS["family name"], "[a-z][a-z]ton"),
    "NHS numbers": (STEMS["NHS number"], "[0-9]" * 4),
    "words": (STEMS["words"], "[a-z][a-z] from the harbour"),
}


def _pattern(stem: str, rest: str) -> re.Pattern[bytes]:
    """The text in UTF-8 and in UTF-16, Qt's own way; a stem alone stands in the test's own program as well."""
    tokens = re.findall(r"\[[^]]+\]|.", stem + rest)
    return re.compile(("".join(tokens) + "|" + "".join(f"{it}\\x00" for it in tokens)).encode(), re.IGNORECASE)


def in_memory(process: int) -> dict[str, int]:
    """How often canaries lie in the writable memory of a process, as UTF-8 or as UTF-16, Qt's own way."""
    found = dict.fromkeys(_PATTERNS, 0)
    with open(f"/proc/{process}/maps", encoding="ascii") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in maps:
            bounds, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            first, end = (int(it, 16) for it in bounds.split("-"))
            try:
                memory.seek(first)
                content = memory.read(end - first)
            except (OSError, ValueError, OverflowError):
                continue  # the kernel's own pages
            for what, parts in _PATTERNS.items():
                found[what] += sum(1 for _ in _pattern(*parts).finditer(content))
    return found


def test_after_locking_nothing_alive_holds_a_name_or_a_number(place: Place) -> None:
    """Python's, Qt's and SQLite's memory is searched while freed memory is overwritten, so that what is found is held.

    In an ordinary run freed memory keeps what stood in it until it is used again: SECURITY.md has the figures.
    """
    # What a thread frees goes to its own cache first, which is not overwritten: there is to be none.
    overwriting = "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
    freed_is_overwritten = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": overwriting}
    driven = place.begin("memory", freed_is_overwritten)
    assert driven.stdin is not None
    assert driven.stdout is not None
    counts = {}
    try:
        for state in ("open", "locked"):
            assert driven.stdout.readline().strip() == state
            counts[state] = in_memory(driven.pid)
            driven.stdin.write("\n")
            driven.stdin.flush()
        driven.communicate(timeout=60)
    finally:
        driven.kill()
        driven.wait(30)
    assert min(counts["open"].values()) > 50, "they are there to be seen"
    assert counts["locked"] == dict.fromkeys(_PATTERNS, 0), counts
