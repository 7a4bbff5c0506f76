"""The seven invariants of SYNC section 6, asked of laptops and their central store at the end of a scenario."""

from collections.abc import Iterable, Sequence

import orjson

from mdt_desktop.store import audit_log
from tests.helpers.stores import every_value
from tests.sync.fake_central import FakeCentral
from tests.sync.laptops import Laptop, require_same

MOST_ROUNDS = 4
"""In so many rounds everything that waits is sent once nothing fails (I5)."""


def require_invariants(
    central: FakeCentral,
    bucket: str,
    laptops: Sequence[Laptop],
    *,
    edits: Iterable[str] = (),
    gone: Sequence[Laptop] = (),
    secret: str = "",
) -> None:
    """Drain the queues, then ask I1 to I7; each failure begins with the number of what does not hold.

    `edits` are texts that somebody wrote and nobody who saw them wrote over; `gone` are laptops that may hold nothing
    of the bucket any more, of which `secret` is a word.
    """
    _drain(central, laptops)
    try:
        require_same(central, bucket, *laptops)
    except AssertionError as differs:
        raise AssertionError(f"I2: {differs}") from differs
    everything = orjson.dumps([held.body for held in central.live(bucket).values()]).decode()
    kept = everything + "".join(_put_aside(laptop) for laptop in (*laptops, *gone))
    lost = [edit for edit in edits if edit not in kept]
    assert not lost, f"I1: {lost}"
    for laptop in gone:
        rows = laptop.one("SELECT count(*) FROM sync_record WHERE bucket = ?", bucket)
        assert rows == 0, f"I3: {rows} records"
        assert not secret or secret not in _shown(laptop), "I3: the word is still there"
    assert central.applied <= len(central.results), "I4: something was taken twice"
    require_whole(*laptops, *gone, words=[*edits, *([secret] if secret else [])])


def require_whole(*laptops: Laptop, words: Sequence[str] = ("Examplesson",)) -> None:
    """I6 and I7, of each laptop by itself."""
    for laptop in laptops:
        _ask_files(laptop, words)
        broken = audit_log.first_broken(laptop.program.access.database.reader)
        assert broken is None, f"I7: audit entry {broken}"


def _drain(central: FakeCentral, laptops: Sequence[Laptop]) -> None:
    for _ in range(MOST_ROUNDS):
        for laptop in laptops:
            laptop.sync(central)
        if not any(laptop.one("SELECT count(*) FROM outbox") for laptop in laptops):
            break
    waiting = {laptop.name: laptop.ask("SELECT type, status, last_error FROM outbox") for laptop in laptops}
    assert not any(waiting.values()), f"I5: {waiting}"
    for laptop in laptops:
        laptop.sync(central)


def _put_aside(laptop: Laptop) -> str:
    """What somebody is to decide about, and what was decided: nothing of it is lost."""
    return repr(laptop.ask("SELECT base, mine, theirs FROM conflict")) + repr(
        laptop.ask("SELECT operations_json FROM quarantine")
    )


def _shown(laptop: Laptop) -> str:
    """Every value but what is kept apart, unseen, for somebody to decide about."""
    values = every_value(laptop.program)
    for (apart,) in laptop.ask("SELECT operations_json FROM quarantine"):
        values = values.replace(repr(apart), "")
    return values


def _ask_files(laptop: Laptop, words: Iterable[str]) -> None:
    """I6: no word of anybody in clear in any file of the data folder."""
    for path in laptop.folder.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in words:
                assert len(word) < 4 or word.encode() not in content, f"I6: {word} in {path.name}"
