"""Wrong tries: a growing delay between them, kept over a restart, and the list of those not yet in the audit log.

The delay slows somebody at the keyboard. Somebody who copies the files is slowed by Argon2id alone.
"""

import json
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from mdt_desktop.security import safe_file
from mdt_desktop.security.errors import FolderUnwritable, TooManyAttempts

LONGEST_DELAY_SECONDS = 30
WINDOW_SECONDS = 300
MOST_IN_WINDOW = 10
MOST_UNTOLD = 1000
"""Times that are kept for the audit log; of more than these only the number is."""
_MOST_BYTES = 64 * 1024
_YEAR_10000 = 253_402_300_800.0  # seconds since 1970; a later moment is no date


class TriedBy(StrEnum):
    """How somebody tried to get in; never what was typed."""

    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a way in
    RECOVERY_KEY = "recovery_key"
    DAMAGED_COUNT = "damaged_count"
    """No try: the file that counts them was changed or damaged."""


@dataclass(frozen=True, slots=True)
class FailedUnlock:
    """One wrong try; `at` by the laptop's clock, which may have been wrong."""

    at: datetime
    by: TriedBy


@dataclass(frozen=True, slots=True)
class Untold:
    """Wrong tries that the audit log does not have yet, oldest first; `more` came before them and have no time."""

    tries: tuple[FailedUnlock, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Tries:
    """Tries since the last success: times (seconds since 1970), how many, and the last clock seen."""

    times: tuple[float, ...] = ()
    in_a_row: int = 0
    latest: float = 0.0
    untold: tuple[tuple[float, TriedBy], ...] = ()
    untold_more: int = 0

    def with_untold(self, moment: float, by: TriedBy) -> "_Tries":
        untold = (*self.untold, (moment, by))
        over = max(len(untold) - MOST_UNTOLD, 0)
        return replace(self, untold=untold[over:], untold_more=self.untold_more + over)


class UnlockAttempts:
    """Counts wrong tries in a small file, so that starting the program again does not help.

    After the n-th wrong try the next one waits 2^(n-1) seconds, at most 30, and there are at most 10 in
    any 5 minutes (NCSC Cyber Essentials). A clock set back does not shorten the wait: time is then
    taken to have stood still since the latest moment that was seen. A counter file that cannot be
    read counts as ten wrong tries now, so that damaging it gains nothing and costs 5 minutes at most.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def seconds_to_wait(self, now: datetime) -> int:
        """Whole seconds until the next try is allowed; 0 if it is allowed now."""
        return _wait(self._at(now), now.timestamp())

    def begin(self, now: datetime, by: TriedBy = TriedBy.PASSPHRASE) -> None:
        """Count a try before it is made, so that killing the program half-way does not hide it.

        Raises TooManyAttempts; a try that was refused is not counted.
        """
        tries, moment = self._at(now), now.timestamp()
        seconds = _wait(tries, moment)
        if seconds:
            raise TooManyAttempts(seconds=seconds)
        counted = replace(
            tries, times=(*tries.times, moment)[-MOST_IN_WINDOW:], in_a_row=tries.in_a_row + 1, latest=moment
        )
        self._write(counted.with_untold(moment, by))

    def withdraw(self) -> None:
        """Take the last try back: it failed for another reason than a wrong secret."""
        tries = self._read()
        if tries is not None:
            back = replace(tries, times=tries.times[:-1], in_a_row=max(tries.in_a_row - 1, 0))
            self._write(replace(back, untold=tries.untold[:-1]))

    def clear(self) -> None:
        """The last try was right: nothing delays the next one. The wrong ones before it are still to be told."""
        tries = self._read()
        if tries is None or not self._path.exists():
            return
        untold = tries.untold[:-1] if tries.in_a_row else tries.untold
        self._keep(replace(tries, times=(), in_a_row=0, untold=untold))

    def untold(self) -> Untold:
        """The wrong tries that the audit log does not have yet."""
        tries = self._read()
        if tries is None:
            return Untold()
        made = tuple(FailedUnlock(datetime.fromtimestamp(moment, UTC), by) for moment, by in tries.untold)
        return Untold(made, tries.untold_more)

    def told(self) -> None:
        """The audit log has them now."""
        tries = self._read()
        if tries is not None and self._path.exists():
            self._keep(replace(tries, untold=(), untold_more=0))

    def _keep(self, tries: _Tries) -> None:
        """Write what is left; with nothing left there is no file."""
        if tries.times or tries.untold or tries.untold_more:
            self._write(tries)
            return
        try:
            safe_file.remove(self._path)
        except OSError as error:
            raise FolderUnwritable from error

    def _at(self, now: datetime) -> _Tries:
        moment = now.timestamp()
        tries = self._read()
        if tries is None:
            tries = _Tries((moment,) * MOST_IN_WINDOW, MOST_IN_WINDOW, moment)
            tries = tries.with_untold(moment, TriedBy.DAMAGED_COUNT)
            self._write(tries)
        elif moment < tries.latest:
            # Shift rather than wait for the old clock: a wrong date that was put right must not lock
            # anybody out for a day.
            gap = tries.latest - moment
            tries = replace(tries, times=tuple(time - gap for time in tries.times), latest=moment)
            self._write(tries)
        return tries

    def _read(self) -> _Tries | None:
        """What the file says; no tries if there is none; None if it cannot be understood."""
        try:
            fields = json.loads(safe_file.read_small(self._path, _MOST_BYTES))
            tries = _Tries(
                tuple(sorted(float(time) for time in fields["times"])),
                int(fields["in_a_row"]),
                float(fields["latest"]),
                tuple((float(moment), TriedBy(by)) for moment, by in fields["untold"]),
                int(fields["untold_more"]),
            )
        except FileNotFoundError:
            return _Tries()
        except OSError as error:
            raise FolderUnwritable from error
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        return tries if _sound(tries) else None

    def _write(self, tries: _Tries) -> None:
        fields = {
            "times": tries.times,
            "in_a_row": tries.in_a_row,
            "latest": tries.latest,
            "untold": tries.untold,
            "untold_more": tries.untold_more,
        }
        try:
            safe_file.private_directory(self._path.parent)
            safe_file.replace(self._path, json.dumps(fields).encode())
        except OSError as error:
            # A try that cannot be counted is not made.
            raise FolderUnwritable from error


def _sound(tries: _Tries) -> bool:
    """Whether the numbers could have been written here."""
    finite = all(map(math.isfinite, (*tries.times, tries.latest)))
    dated = all(0 <= moment < _YEAR_10000 for moment, _ in tries.untold)
    counted = tries.in_a_row >= len(tries.times) and tries.untold_more >= 0
    return finite and dated and counted and tries.latest >= max(tries.times, default=0.0)


def _wait(tries: _Tries, moment: float) -> int:
    if not tries.times:
        return 0
    ready = tries.times[-1] + min(1 << min(tries.in_a_row - 1, 10), LONGEST_DELAY_SECONDS)
    if len(tries.times) >= MOST_IN_WINDOW:
        ready = max(ready, tries.times[-MOST_IN_WINDOW] + WINDOW_SECONDS)
    return max(0, math.ceil(ready - moment))
