"""A key file of its own for each test, with its key and recovery key."""

from pathlib import Path

import pytest

from mdt_desktop.security import key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.recovery_key import RecoveryKey
from tests.unit.key_envelope.desk import PASSPHRASE


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, DatabaseKey, RecoveryKey]:
    path = tmp_path_factory.mktemp("made") / "key.json"
    key, recovery_key = key_envelope.create_envelope(path, PASSPHRASE, parameters=FLOOR)
    return path.read_bytes(), key, recovery_key


@pytest.fixture
def path(made: tuple[bytes, DatabaseKey, RecoveryKey], tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_bytes(made[0])
    return path


@pytest.fixture
def key(made: tuple[bytes, DatabaseKey, RecoveryKey]) -> DatabaseKey:
    return made[1]


@pytest.fixture
def recovery_key(made: tuple[bytes, DatabaseKey, RecoveryKey]) -> RecoveryKey:
    return made[2]


@pytest.fixture(autouse=True, scope="module")
def cheap_keys() -> None:
    """Passphrases are stretched as the program does it: what is tested here is the derivation itself."""
