"""Damage is found before use and told without contents (SECURITY R7, R22)."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from mdt_desktop.store.database import Database, ProblemKind, StoreDamaged, StoreForeign, check_file
from tests.store.database.stores import KEY, PAGE, fingerprints


def test_a_sound_store_has_no_problems_and_is_not_changed_by_the_check(path: Path) -> None:
    before = fingerprints(path.parent)
    result = check_file(path, KEY)
    assert result.sound
    assert result.problems == ()
    assert fingerprints(path.parent) == before


def test_an_open_store_is_checked_beside_its_log(store: Database) -> None:
    store.writer.execute("INSERT INTO note (words) VALUES ('in the log')")
    assert store.check().sound


def damaged_at(path: Path, position: int) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 1]))


def test_a_flipped_bit_anywhere_is_found_before_use(path: Path) -> None:
    whole = path.read_bytes()
    chance = random.Random(20260302)
    last = len(whole) - PAGE
    positions = [*range(16), *(chance.randrange(PAGE) for _ in range(40))]
    positions += [PAGE * page - offset for page in range(1, len(whole) // PAGE + 1) for offset in (1, 40, 70)]
    positions += [last + chance.randrange(PAGE) for _ in range(20)]
    positions += [chance.randrange(len(whole)) for _ in range(100)]
    for position in positions:
        damaged_at(path, position)
        try:
            problems = check_file(path, KEY).problems
        except StoreForeign:
            problems = ()
        assert problems, f"byte {position}"
        assert problems[0].kind is ProblemKind.PAGE
        path.write_bytes(whole)
    assert check_file(path, KEY).sound


@pytest.mark.parametrize("position", [0, 20, 1000, 4000], ids=["salt", "header", "tree", "seal"])
def test_a_damaged_first_page_with_the_right_key_is_called_damage(path: Path, position: int) -> None:
    damaged_at(path, position)
    before = fingerprints(path.parent)
    with pytest.raises(StoreDamaged):
        Database.open(path, KEY)
    assert fingerprints(path.parent) == before


def test_broken_references_are_listed_without_contents(store: Database) -> None:
    store.writer.execute("CREATE TABLE child (parent INTEGER NOT NULL REFERENCES note (id), words TEXT)")
    store.writer.execute("PRAGMA foreign_keys = OFF")
    store.writer.execute("INSERT INTO child VALUES (999999, 'a canary')")
    (problem,) = store.check().problems
    assert problem.kind is ProblemKind.REFERENCE
    assert problem.detail.startswith("child 1 note")
    assert "canary" not in problem.detail


def test_a_badly_damaged_store_writes_nothing_to_stderr(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for position in range(PAGE, len(content), 64):
        content[position] ^= 255
    path.write_bytes(content)
    program = (
        "import sys; from pathlib import Path\n"
        "from mdt_desktop.store.database import Database, check_file\n"
        "key = type('Key', (), {'raw_key': lambda self, k=bytes.fromhex(sys.stdin.read()): k})()\n"
        "print(len(check_file(Path(sys.argv[1]), key).problems))\n"
        "store = Database.open(Path(sys.argv[1]), key)\n"
        "try: store.reader.execute('SELECT * FROM note').fetchall()\n"
        "except Exception as error: print(type(error).__name__)\n"
        "store.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        input=KEY.raw_key().hex(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.split()
    assert int(lines[0]) > 10
    assert lines[1].endswith("Error")
    assert done.stderr == ""
