"""Whether a store is the newest that this laptop has seen: a sealed record outside it, compared when it is opened.

SQLite drops every committed row behind a damaged frame of its log and no check of the file notices; an older copy of
the file, or of one of its pages, is as sound as the newest (SECURITY M2, M3). So each commit counts up inside the
store, and the count is kept outside as well. The record also holds a digest of the main file as the last checkpoint
left it: between two checkpoints nothing changes that file.
"""

import hashlib
import hmac
import mmap
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

import orjson

SLOT_BYTES = 512
"""The record has two of these and writes them in turns: of a write that was cut off the other one is left."""
PAGE_BYTES = 4096
_SEAL_BYTES = 80  # what SQLCipher keeps at the end of each page: 16 random bytes and the page's own HMAC
_MAC_BYTES = 32
_SALT_BYTES = 16
_PAGES_AT_ONCE = 4096


class State(StrEnum):
    """What comparing the store with its record says."""

    CURRENT = "current"
    NEW = "new"
    MISSING_CHANGES = "missing_changes"
    OTHER_HISTORY = "other_history"
    PAGES_CHANGED = "pages_changed"
    RECORD_LOST = "record_lost"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a store is: commits so far, a random token of the last one, and the head of the audit log.

    `pages` is the digest of the main file as the last checkpoint left it, empty while that is not known.
    """

    counter: int
    token: str
    audit_seq: int = 0
    audit_hash: str = ""
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`missing` counts the commits that the record knows and the store does not have."""

    state: State
    missing: int = 0

    @property
    def is_current(self) -> bool:
        """Whether the store can be used without asking anybody."""
        return self.state in (State.CURRENT, State.NEW)


def judged(outside: Mark | None, inside: Mark | None, pages: str) -> Verdict:
    """Compare the record `outside` with what the store says of itself and the digest of its main file as it lies there.

    A store that is ahead of its record is current: the program was killed between a commit and its note.
    """
    if inside is None:
        return Verdict(State.NEW if outside is None else State.OTHER_HISTORY)
    if outside is None:
        # The very first commit may have been cut off from its note.
        return Verdict(State.NEW if inside.counter <= 1 else State.RECORD_LOST)
    if inside.counter < outside.counter:
        return Verdict(State.MISSING_CHANGES, outside.counter - inside.counter)
    if inside.counter == outside.counter and inside.token != outside.token:
        return Verdict(State.OTHER_HISTORY)
    if outside.pages and outside.pages != pages:
        return Verdict(State.PAGES_CHANGED)
    return Verdict(State.CURRENT)


def page_digest(path: Path) -> str:
    """SHA-256 of the seals of all pages in their order, with the file's salt and size; no key is needed.

    A page's seal is made anew with each writing, so no other version of any page gives the same digest.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest.update(f"{size}:".encode() + file.read(_SALT_BYTES))
        if size:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                ends = range(PAGE_BYTES, size + 1, PAGE_BYTES)
                for first in range(0, len(ends), _PAGES_AT_ONCE):
                    some: Iterable[int] = ends[first : first + _PAGES_AT_ONCE]
                    digest.update(b"".join([content[end - _SEAL_BYTES : end] for end in some]))
    return digest.hexdigest()


def read_record(path: Path, seal_key: bytes) -> Mark | None:
    """The newest mark in the record; None where there is none, or none under this seal."""
    try:
        content = path.read_bytes()[: 2 * SLOT_BYTES]
    except OSError:
        return None
    return _newest(_slots(content, seal_key)).mark


class FreshnessRecord:
    """The record file, kept open while the store is; in one thread at a time.

    A slot is written only while the other one holds what was last kept whole, so that a write that fails, or is cut
    off, leaves the record as it was before. `mark` is what was kept last.
    """

    def __init__(self, path: Path, seal_key: bytes, mark: Mark) -> None:
        """Both slots take `mark`, which holds from now on. Raises OSError; it is as before then, or says so."""
        self._seal_key = seal_key
        self.mark = mark
        self._knows_pages = bool(mark.pages)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o600)
        try:
            slots = _slots(os.read(self._file, 2 * SLOT_BYTES), seal_key)
            self._last = _newest(slots)
            if any(slot.mark != mark for slot in slots):
                self._keep_twice(mark)
            os.fsync(self._file)
        except OSError:
            self.close()
            raise

    def note(self, mark: Mark) -> None:
        """Keep a newer mark. The system writes it when it likes: the store's own log is on the disk by then, so after
        a power cut the record may be behind the store and never before it. Raises OSError."""
        self._knows_pages = self._knows_pages or bool(mark.pages)
        self._keep(mark)

    def note_pages(self, pages: str, *, durably: bool = False) -> None:
        """Keep what the main file looks like now; empty before it is changed. Raises OSError: what was known before
        may stand in the record then, so the main file must stay as it is."""
        mark = replace(self.mark, pages=pages)
        self._knows_pages = True
        # Twice: where the newer slot is damaged later on, the older one must not tell the digest from before.
        self._keep_twice(mark)
        if durably:
            os.fsync(self._file)
            self._knows_pages = bool(pages)

    def forget_pages(self) -> None:
        """Say durably that nothing is known of the main file, before anything changes it. Raises as `note_pages`."""
        if self._knows_pages:
            self.note_pages("", durably=True)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _keep_twice(self, mark: Mark) -> None:
        self._keep(mark)
        self._keep(mark)

    def _keep(self, mark: Mark) -> None:
        """Write the slot that is not the newest."""
        slot, written = 1 - self._last.slot, self._last.written + 1
        content = _sealed(mark, written, self._seal_key)
        os.lseek(self._file, slot * SLOT_BYTES, os.SEEK_SET)
        if os.write(self._file, content) != SLOT_BYTES:
            raise OSError("the record was written in part")
        self._last = _Slot(slot, written, mark)
        self.mark = mark


@dataclass(frozen=True, slots=True)
class _Slot:
    """One of the two places, the how-manieth write it holds, and the mark; None where nothing is to be read."""

    slot: int
    written: int
    mark: Mark | None


def _slots(content: bytes, seal_key: bytes) -> list[_Slot]:
    return [_unsealed(slot, content[slot * SLOT_BYTES : (slot + 1) * SLOT_BYTES], seal_key) for slot in (0, 1)]


def _newest(slots: Iterable[_Slot]) -> _Slot:
    return max(slots, key=lambda slot: slot.written)


def _sealed(mark: Mark, written: int, seal_key: bytes) -> bytes:
    content = orjson.dumps({"written": written, **asdict(mark)}).ljust(SLOT_BYTES - _MAC_BYTES)
    return hmac.digest(seal_key, content, "sha256") + content


def _unsealed(slot: int, sealed: bytes, seal_key: bytes) -> _Slot:
    mac, content = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
    if len(sealed) != SLOT_BYTES or not hmac.compare_digest(mac, hmac.digest(seal_key, content, "sha256")):
        return _Slot(slot, -1, None)
    fields = orjson.loads(content)
    # Records of before there was this number tell their order by the commits.
    written = fields.pop("written", fields["counter"])
    return _Slot(slot, written, Mark(**fields))
