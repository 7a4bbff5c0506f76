"""Argon2id parameters: the floor, the ceiling, and how many passes this machine can afford."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from argon2.exceptions import HashingError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

from mdt_desktop.security.errors import ExcessiveParameters, NotEnoughMemory, WeakParameters

SALT_BYTES = 16
_DERIVED_BYTES = 32
_TARGET_SECONDS = 1.0
_MOST_PASSES_CHOSEN = 60
# What a key file may ask for. The work (KiB times passes) is bounded too, or a file at both
# limits would keep the machine busy for an hour before the passphrase is judged.
_MOST_MEMORY_KIB = 1 << 20
_MOST_PASSES = 256
_MOST_LANES = 16
_MOST_WORK = 1 << 24


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """Cost of one guess: memory in KiB, passes over it, and lanes that may run side by side."""

    memory_kib: int
    passes: int
    lanes: int

    def check(self) -> None:
        """Raise WeakParameters below the floor and ExcessiveParameters above the ceiling."""
        if self.memory_kib < FLOOR.memory_kib or self.passes < FLOOR.passes or self.lanes < FLOOR.lanes:
            raise WeakParameters
        if (
            self.memory_kib > _MOST_MEMORY_KIB
            or self.passes > _MOST_PASSES
            or self.lanes > _MOST_LANES
            or self.memory_kib * self.passes > _MOST_WORK
        ):
            raise ExcessiveParameters(reason="parameters above the ceiling")

    def at_least(self, other: "KdfParameters") -> "KdfParameters":
        """The stronger of both in every respect, so that a change never lowers the cost."""
        return KdfParameters(
            max(self.memory_kib, other.memory_kib),
            max(self.passes, other.passes),
            max(self.lanes, other.lanes),
        )


# OWASP ASVS 5.0 appendix C asks for less; this floor costs 0.16 s on the slowest laptop measured.
FLOOR = KdfParameters(memory_kib=64 * 1024, passes=3, lanes=4)

ASKED = FLOOR
"""What is asked for today, never below the floor. A file between the two is raised at its next unlock by
passphrase; a release that asks for more raises this, and the floor only when no older file is left (SECURITY R1)."""


def derive(passphrase: bytes, salt: bytes, parameters: KdfParameters) -> bytes:
    """32 bytes by Argon2id version 1.3 (RFC 9106). Raises as `KdfParameters.check`, and NotEnoughMemory."""
    parameters.check()
    try:
        return hash_secret_raw(
            passphrase,
            salt,
            time_cost=parameters.passes,
            memory_cost=parameters.memory_kib,
            parallelism=parameters.lanes,
            hash_len=_DERIVED_BYTES,
            type=Type.ID,
            version=ARGON2_VERSION,
        )
    except HashingError as error:
        raise NotEnoughMemory from error


def measure_seconds(parameters: KdfParameters) -> float:
    """How long one guess takes on this machine now."""
    started = time.perf_counter()
    derive(secrets.token_bytes(SALT_BYTES), secrets.token_bytes(SALT_BYTES), parameters)
    return time.perf_counter() - started


def calibrate(measure: Callable[[KdfParameters], float] = measure_seconds) -> KdfParameters:
    """The floor with as many passes as fit into about one second; never below what is asked for, 60 passes at most."""
    seconds = max(measure(FLOOR), 0.001)
    passes = int(FLOOR.passes * _TARGET_SECONDS / seconds)
    return KdfParameters(FLOOR.memory_kib, min(passes, _MOST_PASSES_CHOSEN), FLOOR.lanes).at_least(ASKED)
