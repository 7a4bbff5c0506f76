"""After the main job no file beside the papers holds a person's name, number or words in plain text."""

import os
import tempfile
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start
from tests.helpers.clocks import FrozenClock
from tests.helpers.hands import Hands
from tests.helpers.journey import MATTERS, PLAN_WORDS, Documents, Journey, Somebody, a_practice_file, do_the_main_job
from tests.helpers.stores import PASSPHRASE

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def canaries(person: Somebody) -> dict[str, str]:
    """What must not be found anywhere, by what it is: as it was typed, as it was filed and as search keeps it."""
    return {
        "NHS number": person.nhs_number,
        "NHS number 3-3-4": person.spaced_number,
        "family name": person.family_name,
        "given names": person.given_names,
        "name on the screen": person.family_name.upper(),
        "name as it is typed": person.typed,
        "an answer": MATTERS,
        "the plan's words": PLAN_WORDS["goal"],
        "the passphrase": PASSPHRASE,
    }


def finds(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Every file under a folder, with what of `wanted` its bytes or its name hold."""
    patterns = [(what, text.encode(encoding)) for what, text in wanted.items() for encoding in ENCODINGS]
    found = []
    for path in sorted(it for it in folder.rglob("*") if it.is_file()):
        content = path.read_bytes() + b"\0" + os.fsencode(path.name)
        found += [f"{path.name}: {what}" for what, pattern in patterns if pattern in content]
    return found


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A home and a folder for temporary files of this test alone, for Python, Qt and SQLite alike."""
    home, temp = tmp_path / "home", tmp_path / "temp"
    for folder in (home, temp):
        folder.mkdir()
    for name, folder in (("HOME", home), ("TMPDIR", temp), ("SQLITE_TMPDIR", temp)):
        monkeypatch.setenv(name, str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    return home, temp


def test_the_scan_finds_what_lies_in_the_clear(tmp_path: Path, clock: FrozenClock) -> None:
    person = a_practice_file(tmp_path / "files", clock().date())
    wanted = {what: canaries(person)[what] for what in ("NHS number", "family name", "given names")}
    found = finds(tmp_path, wanted)
    assert [line for line in found if line.startswith(person.file.name)] == [
        f"{person.file.name}: {it}" for it in wanted
    ]
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "odd.bin").write_text(f"x{person.given_names}", encoding="utf-16-be")
    (alone / f"{person.nhs_number}.txt").touch()
    assert finds(alone, wanted) == [f"{person.nhs_number}.txt: NHS number", "odd.bin: given names"]


def test_a_journey_leaves_nothing_in_the_clear_and_no_file_of_another_name(
    qtbot: QtBot, tmp_path: Path, clock: FrozenClock, own_folders: tuple[Path, Path]
) -> None:
    home, temp = own_folders
    documents = Documents(tmp_path / "documents")
    documents.folder.mkdir()
    folder = DataFolder(tmp_path / "data")
    person = a_practice_file(tmp_path / "files", clock().date())
    start = Start(folder, clock=clock)
    qtbot.addWidget(start.window)
    journey = Journey(start, Hands(qtbot, start.operations), clock)
    wanted = canaries(person)
    try:
        wanted["the recovery key"] = do_the_main_job(journey, person, documents)
        assert folder.side_files()[0].stat().st_size, "the write-ahead log is there to be looked into"
        while_open = [line for place in (folder.root, home, temp) for line in finds(place, wanted)]
        paths_while_open = list(folder.root.rglob("*"))
    finally:
        journey.leave()
    assert while_open == []
    assert [line for place in (folder.root, home, temp) for line in finds(place, wanted)] == []
    paths = list(folder.root.rglob("*"))
    assert [path for path in (*paths_while_open, *paths) if not folder.knows(path)] == []
    assert {folder.database, folder.key_file, folder.log} <= set(paths)
    assert list(folder.backups.glob("*.mdtbackup")), "the import made a backup first, which was looked into as well"
    assert [path for path in temp.rglob("*") if path.is_file()] == []
    assert {path.name for path in documents.folder.iterdir()} == {documents.plan.name, documents.recovery_sheet.name}
    assert folder.database.read_bytes()[:15] != b"SQLite format 3"
