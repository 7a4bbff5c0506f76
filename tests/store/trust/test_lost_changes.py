"""Changes that SQLite loses in silence are noticed: damaged logs, older pages, older files, each of them reported."""

import random
from pathlib import Path

import pytest

from mdt_desktop.paths import DataFolder
from mdt_desktop.store import committing
from mdt_desktop.store.database import Database
from mdt_desktop.store.freshness import PAGE_BYTES, State
from mdt_desktop.store.problems import StoreNotCurrent
from tests.helpers.clocks import FrozenClock
from tests.store.trust.kept import KEY, Kept, commit_one, keep, made, opened, refused_or_whole

COMMITS = 200
CUTS, REPLAYS, ROLL_BACKS = 200, 50, 50
FLIPS = [120, pytest.param(600, marks=pytest.mark.soak)]
RESTARTS = [150, pytest.param(1_000, marks=[pytest.mark.soak, pytest.mark.timeout(0)])]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A store killed after 200 commits, all of them in its log."""
    folder = DataFolder(tmp_path_factory.mktemp("killed") / "data")
    clock = FrozenClock()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(committing, "FOLD_BYTES", 1 << 30)
        made(folder).close()
        database = opened(folder)
        for number in range(COMMITS):
            commit_one(database, clock, number)
        kept = keep(database, folder, folder.root.parent / "kept", COMMITS)
        database.close()
    return kept


def rows_of(folder: DataFolder) -> int:
    database = opened(folder)
    try:
        return int(database.reader.execute("SELECT count(*) FROM setting WHERE key LIKE 'row %'").fetchone()[0])
    finally:
        database.close()


def test_a_killed_store_has_every_change_and_is_not_reported(killed: Kept, tmp_path: Path) -> None:
    assert rows_of(killed.copy_to(tmp_path / "copy")) == COMMITS


@pytest.mark.parametrize("flips", FLIPS)
def test_every_flipped_bit_of_the_log_is_reported(flips: int, killed: Kept, tmp_path: Path) -> None:
    """SQLite itself drops every commit behind the damaged frame and no check of the file notices (SECURITY M2)."""
    whole = (killed.folder / "mdt.db-wal").read_bytes()
    chance = random.Random(600)
    quiet = []
    for place in chance.sample(range(len(whole)), flips):
        folder = killed.copy_to(tmp_path / "copy")
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        folder.side_files()[0].write_bytes(damaged)
        if refused_or_whole(folder) is None and rows_of(folder) < COMMITS:
            quiet.append(place)
    assert quiet == []


def test_every_cut_of_the_log_is_reported_with_the_number_of_missing_changes(killed: Kept, tmp_path: Path) -> None:
    whole = (killed.folder / "mdt.db-wal").read_bytes()
    chance = random.Random(200)
    for place in chance.sample(range(len(whole)), CUTS):
        folder = killed.copy_to(tmp_path / "copy")
        folder.side_files()[0].write_bytes(whole[:place])
        problem = refused_or_whole(folder)
        assert isinstance(problem, StoreNotCurrent), place
        assert problem.values["state"] is State.MISSING_CHANGES
        assert opened_as_it_is(folder) == COMMITS - int(str(problem.values["missing"]))


def opened_as_it_is(folder: DataFolder) -> int:
    """Go on without what is missing: the rows that are there, and that the next start is quiet."""
    database = Database.open(folder.database, KEY, folder.freshness, as_it_is=True)
    rows = int(database.reader.execute("SELECT count(*) FROM setting WHERE key LIKE 'row %'").fetchone()[0])
    database.close()
    assert refused_or_whole(folder) is None
    return rows


# Older pages and older files


@pytest.fixture(scope="module")
def generations(tmp_path_factory: pytest.TempPathFactory) -> list[Kept]:
    """The same store closed nine times, with thirty more changes each time."""
    folder = DataFolder(tmp_path_factory.mktemp("generations") / "data")
    clock, found = FrozenClock(), []
    made(folder).close()
    for generation in range(9):
        database = opened(folder)
        for number in range(30):
            commit_one(database, clock, generation * 30 + number)
        database.close()
        found.append(keep(database, folder, folder.root.parent / f"kept {generation}", (generation + 1) * 30))
    return found


def pages_of(kept: Kept) -> list[bytes]:
    content = (kept.folder / "mdt.db").read_bytes()
    return [content[start : start + PAGE_BYTES] for start in range(0, len(content), PAGE_BYTES)]


def test_an_older_version_of_any_page_is_reported(generations: list[Kept], tmp_path: Path) -> None:
    """Each page is sound by itself: its own seal says nothing of its age (SECURITY M3)."""
    newest, chance = generations[-1], random.Random(50)
    now = pages_of(newest)
    replays = [
        (number, page)
        for older in generations[:-1]
        for number, page in enumerate(pages_of(older))
        if page != now[number]
    ]
    assert len(replays) >= REPLAYS
    for number, page in chance.sample(replays, REPLAYS):
        folder = newest.copy_to(tmp_path / "copy")
        with folder.database.open("r+b") as file:
            file.seek(number * PAGE_BYTES)
            file.write(page)
        assert refused_or_whole(folder) is not None, number


def test_an_older_page_is_reported_after_a_kill_as_well(killed: Kept, tmp_path: Path) -> None:
    """Between two foldings of the log nothing changes the main file, so its digest holds after a kill."""
    folder = killed.copy_to(tmp_path / "copy")
    with folder.database.open("r+b") as file:
        file.seek(-30, 2)
        file.write(b"x" * 10)
    problem = refused_or_whole(folder)
    assert isinstance(problem, StoreNotCurrent)
    assert problem.values["state"] is State.PAGES_CHANGED


def test_an_older_copy_of_the_whole_file_is_reported(generations: list[Kept], tmp_path: Path) -> None:
    chance = random.Random(51)
    for _ in range(ROLL_BACKS):
        newer, older = sorted(chance.sample(generations, 2), key=lambda kept: -kept.commits)
        folder = newer.copy_to(tmp_path / "copy")
        folder.database.write_bytes((older.folder / "mdt.db").read_bytes())
        problem = refused_or_whole(folder)
        assert isinstance(problem, StoreNotCurrent)
        # Each start and each change is one commit, and a migration none.
        assert problem.values["state"] is State.MISSING_CHANGES
        assert problem.values["missing"] == newer.commits - older.commits


def test_an_older_file_under_a_newer_log_is_reported(killed: Kept, generations: list[Kept], tmp_path: Path) -> None:
    folder = killed.copy_to(tmp_path / "copy")
    folder.database.write_bytes((generations[0].folder / "mdt.db").read_bytes())
    assert refused_or_whole(folder) is not None


def test_another_branch_with_as_many_changes_is_reported(generations: list[Kept], tmp_path: Path) -> None:
    clock = FrozenClock()
    branches = []
    for name in ("one", "other"):
        folder = generations[0].copy_to(tmp_path / name)
        database = opened(folder)
        commit_one(database, clock, 999)
        database.close()
        branches.append(folder)
    branches[0].database.write_bytes(branches[1].database.read_bytes())
    problem = refused_or_whole(branches[0])
    assert isinstance(problem, StoreNotCurrent)
    assert problem.values["state"] is State.OTHER_HISTORY


def test_a_record_that_was_removed_is_reported(generations: list[Kept], tmp_path: Path) -> None:
    folder = generations[1].copy_to(tmp_path / "copy")
    folder.freshness.unlink()
    problem = refused_or_whole(folder)
    assert isinstance(problem, StoreNotCurrent)
    assert problem.values["state"] is State.RECORD_LOST


# No false alarm


@pytest.mark.parametrize("restarts", RESTARTS)
def test_no_clean_restart_and_no_kill_is_reported(
    restarts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed, killed after a commit, killed without one, and with the log folded in between."""
    monkeypatch.setattr(committing, "FOLD_BYTES", 60_000)
    folder, clock, chance = DataFolder(tmp_path / "data"), FrozenClock(), random.Random(1000)
    made(folder).close()
    done = 0
    for restart in range(restarts):
        database = opened(folder)
        for _ in range(chance.choice((0, 1, 1, 2, 5))):
            commit_one(database, clock, done)
            done += 1
        if chance.random() < 0.4:
            kept = keep(database, folder, tmp_path / f"killed {restart}", done)
            database.close()
            folder = kept.copy_to(tmp_path / f"next {restart}")
        else:
            database.close()
    assert rows_of(folder) == done
