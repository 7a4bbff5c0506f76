"""A single flipped bit anywhere in the closed store is noticed before the store is used (SECURITY R7)."""

import random
from pathlib import Path

import pytest

from mdt_desktop.paths import DataFolder
from mdt_desktop.store.freshness import PAGE_BYTES
from tests.helpers.clocks import FrozenClock
from tests.store.trust.kept import Kept, commit_one, keep, made, opened, refused_or_whole

FLIPS, MANY_FLIPS = 500, 20_000
SALT, FIRST_PAGE = 16, 200


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = DataFolder(tmp_path_factory.mktemp("closed") / "data")
    clock = FrozenClock()
    made(folder).close()
    database = opened(folder)
    for number in range(100):
        commit_one(database, clock, number)
    database.close()
    return keep(database, folder, folder.root.parent / "kept", 100)


def places(size: int, flips: int, chance: random.Random) -> list[int]:
    """All bytes of the salt, some of the first page, of each page's random bytes and seal, of the last page, the rest
    anywhere."""
    pages = size // PAGE_BYTES
    found = list(range(SALT)) + chance.sample(range(SALT, PAGE_BYTES), FIRST_PAGE)
    found += [page * PAGE_BYTES + PAGE_BYTES - 1 - chance.randrange(80) for page in range(pages)]
    found += [size - 1 - chance.randrange(PAGE_BYTES) for _ in range(50)]
    return (found + [chance.randrange(size) for _ in range(flips)])[:flips]


def flips_unnoticed(kept: Kept, folder: DataFolder, flips: int) -> list[int]:
    chance = random.Random(flips)
    kept.copy_to(folder.root)
    whole = folder.database.read_bytes()
    unnoticed = []
    for place in places(len(whole), flips, chance):
        kept.copy_to(folder.root)
        with folder.database.open("r+b") as file:
            file.seek(place)
            file.write(bytes([whole[place] ^ (1 << chance.randrange(8))]))
        if refused_or_whole(folder) is None:
            unnoticed.append(place)
    return unnoticed


def test_every_flipped_bit_of_the_store_is_noticed_before_it_is_used(closed: Kept, tmp_path: Path) -> None:
    assert flips_unnoticed(closed, DataFolder(tmp_path / "copy"), FLIPS) == []


@pytest.mark.soak
def test_every_one_of_many_more_flipped_bits_is_noticed(closed: Kept, tmp_path: Path) -> None:
    assert flips_unnoticed(closed, DataFolder(tmp_path / "copy"), MANY_FLIPS) == []
