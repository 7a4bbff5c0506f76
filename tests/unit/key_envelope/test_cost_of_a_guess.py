"""What one guess at the passphrase costs on this machine."""

from pathlib import Path

import pytest
from argon2.exceptions import HashingError

from mdt_desktop.security import key_derivation, key_envelope
from mdt_desktop.security.errors import NotEnoughMemory
from mdt_desktop.security.key_derivation import KdfParameters
from tests.unit.key_envelope.desk import PASSPHRASE


@pytest.mark.parametrize(
    ("seconds", "passes"),
    [(0.16, 18), (1.0, 3), (4.0, 3), (0.0, 60), (0.5, 6)],
    ids=["this laptop", "just one second", "slow tablet stays at the floor", "clock too coarse", "half"],
)
def test_passes_are_raised_to_about_a_second(seconds: float, passes: int) -> None:
    assert key_derivation.calibrate(lambda _: seconds) == KdfParameters(65536, passes, 4)


def test_a_calibrated_guess_costs_this_machine_between_a_tenth_and_five_seconds() -> None:
    parameters = key_derivation.calibrate()
    parameters.check()
    assert 0.1 < key_derivation.measure_seconds(parameters) < 5


def test_a_machine_without_memory_is_told_apart_from_a_wrong_passphrase(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object, **__: object) -> bytes:
        raise HashingError("Memory allocation error")

    monkeypatch.setattr(key_derivation, "hash_secret_raw", no_memory)
    with pytest.raises(NotEnoughMemory):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)
