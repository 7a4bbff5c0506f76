"""What comparing a store with the record outside it says, a line a case; and a record that somebody tampered with."""

from pathlib import Path

import pytest

from mdt_desktop.store.freshness import (
    SLOT_BYTES,
    FreshnessRecord,
    Mark,
    State,
    Verdict,
    judged,
    page_digest,
    read_record,
)

SEAL = b"k" * 32
TENTH = Mark(10, "AA", 7, "h" * 64, "pages")


def mark(counter: int, last: str = "AA", pages: str = "pages") -> Mark:
    return Mark(counter, last, pages=pages)


@pytest.mark.parametrize(
    ("outside", "inside", "pages", "verdict"),
    [
        pytest.param(None, None, "pages", Verdict(State.NEW), id="a store from before there was a count"),
        pytest.param(None, mark(0), "pages", Verdict(State.NEW), id="just migrated"),
        pytest.param(None, mark(1), "pages", Verdict(State.NEW), id="killed between the first commit and its note"),
        pytest.param(None, mark(2), "pages", Verdict(State.RECORD_LOST), id="the record was removed"),
        pytest.param(mark(10), None, "pages", Verdict(State.OTHER_HISTORY), id="a store from before, with a record"),
        pytest.param(mark(10), mark(10), "pages", Verdict(State.CURRENT), id="closed and opened"),
        pytest.param(mark(10), mark(11), "pages", Verdict(State.CURRENT), id="killed between commit and note"),
        pytest.param(mark(10), mark(7), "pages", Verdict(State.MISSING_CHANGES, 3), id="the log lost three commits"),
        pytest.param(mark(10), mark(10, "BB"), "pages", Verdict(State.OTHER_HISTORY), id="as many other commits"),
        pytest.param(mark(10), mark(10), "other", Verdict(State.PAGES_CHANGED), id="an older page"),
        pytest.param(mark(10, pages=""), mark(10), "other", Verdict(State.CURRENT), id="killed while folding"),
    ],
)
def test_a_store_is_compared_with_its_record(
    outside: Mark | None, inside: Mark | None, pages: str, verdict: Verdict
) -> None:
    assert judged(outside, inside, pages) == verdict


def test_the_newest_mark_is_read_whichever_slot_it_lies_in(tmp_path: Path) -> None:
    path = tmp_path / "mdt.fresh"
    record = FreshnessRecord(path, SEAL, TENTH)
    for counter in (11, 12, 13):
        record.note(mark(counter))
        assert read_record(path, SEAL) == mark(counter)
    record.close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", range(0, SLOT_BYTES, 37))
def test_of_a_write_that_was_cut_off_the_mark_before_is_left(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "mdt.fresh"
    record = FreshnessRecord(path, SEAL, TENTH)
    record.note(mark(11))
    before = path.read_bytes()
    record.note(mark(12))
    after = path.read_bytes()
    record.close()
    path.write_bytes(after[:cut] + before[cut:])
    found = read_record(path, SEAL)
    assert found in (mark(11), mark(12))


def test_every_bit_of_a_record_is_under_its_seal(tmp_path: Path) -> None:
    path = tmp_path / "mdt.fresh"
    FreshnessRecord(path, SEAL, TENTH).close()
    whole = path.read_bytes()
    for place in range(0, len(whole), 13):
        damaged = bytearray(whole)
        damaged[place] ^= 4
        damaged[(place + SLOT_BYTES) % len(whole)] ^= 4
        path.write_bytes(damaged)
        assert read_record(path, SEAL) is None
    path.write_bytes(whole)
    assert read_record(path, b"another key of another store....") is None
    assert read_record(path, SEAL) == TENTH


@pytest.mark.parametrize("content", [b"", b"x", b"{}" * 600], ids=["empty", "short", "something else"])
def test_a_file_that_is_no_record_tells_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mdt.fresh"
    path.write_bytes(content)
    assert read_record(path, SEAL) is None
    assert read_record(tmp_path / "none", SEAL) is None


def test_the_digest_depends_on_every_pages_seal_and_on_the_length(tmp_path: Path) -> None:
    path = tmp_path / "file"
    content = bytes(range(256)) * 16 * 5
    path.write_bytes(content)
    whole = page_digest(path)
    for page in range(5):
        changed = bytearray(content)
        changed[page * 4096 + 4095] ^= 1
        path.write_bytes(changed)
        assert page_digest(path) != whole
    path.write_bytes(content[:-4096])
    assert page_digest(path) != whole
    path.write_bytes(b"")
    assert page_digest(path) != whole
