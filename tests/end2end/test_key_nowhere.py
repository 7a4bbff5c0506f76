"""The key of a store is nowhere in the clear: on the disk, in the environment, in arguments or in logs (R2)."""

import base64
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop import bootstrap
from mdt_desktop.cli import main as cli
from mdt_desktop.logs.running import start_logging
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.security.errors import WrongPassphrase
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.store.database import StoreDamaged
from mdt_desktop.ui.start import Start
from tests.helpers.clocks import FrozenClock
from tests.helpers.keyrings import MemoryKeyring
from tests.helpers.log_watch import LogWatch
from tests.helpers.stores import PASSPHRASE, add_person, add_practice, make_store

NEW_PASSPHRASE = "copper rowing thistle lantern"
_SHORTEST = 12
"""Bytes of a key that count as a find: what was cut in two by the edge of a block is found as well."""


def spellings(secret: bytes) -> set[bytes]:
    """Forms in which a careless program leaves a key behind: raw, hexadecimal and base64, in three encodings."""
    texts = {secret.hex(), secret.hex().upper(), " ".join(f"{byte:02x}" for byte in secret)}
    texts |= {base64.b64encode(secret).decode().rstrip("="), base64.urlsafe_b64encode(secret).decode().rstrip("=")}
    texts |= {repr(secret)[2:-1], str(list(secret))[1:-1], str(int.from_bytes(secret, "big"))}
    coded = {text.encode(codec) for text in texts for codec in ("utf-8", "utf-16-le", "utf-16-be")}
    return {secret, secret[::-1], secret[:_SHORTEST], secret[-_SHORTEST:], *coded}


def finds(folders: tuple[Path, ...], secrets: dict[str, bytes]) -> list[str]:
    """Every file under the folders whose bytes or name hold a form of one of the secrets."""
    patterns = [(what, form) for what, secret in secrets.items() for form in spellings(secret)]
    found = []
    for path in sorted(it for folder in folders for it in folder.rglob("*") if it.is_file()):
        content = path.read_bytes() + b"\0" + os.fsencode(path.name)
        found += [f"{path.name}: {what}" for what, form in patterns if form in content]
    return found


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, ...]:
    """A home and a folder for temporary files of this test alone, and the data folder's."""
    home, temp, data = tmp_path / "home", tmp_path / "temp", tmp_path / "data"
    for folder in (home, temp):
        folder.mkdir()
    for name, folder in (("HOME", home), ("TMPDIR", temp), ("SQLITE_TMPDIR", temp)):
        monkeypatch.setenv(name, str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setattr(key_derivation, "calibrate", lambda: key_derivation.FLOOR)
    make = KeyringStore.__init__
    safe = frozenset({"tests.helpers.keyrings.MemoryKeyring"})
    monkeypatch.setattr(KeyringStore, "__init__", lambda self, back_end=None: make(self, back_end, safe))
    return home, temp, data


@pytest.mark.parametrize("form", range(4))
def test_the_scan_finds_a_key_in_every_form(form: int, tmp_path: Path) -> None:
    key = bytes(range(200, 232))
    written = (key, key.hex().encode("utf-16-le"), base64.b64encode(key), b"x" * 4090 + key[:20])[form]
    (tmp_path / "careless.bin").write_bytes(b"before" + written + b"after")
    assert {line.partition(":")[0] for line in finds((tmp_path,), {"the key": key})} == {"careless.bin"}
    assert finds((tmp_path,), {"another key": bytes(range(32))}) == []


def _work_on(folder: DataFolder, clock: FrozenClock, secrets: dict[str, bytes]) -> None:
    """Everything that has to do with keys, and what goes wrong with them, with the log running."""
    running = start_logging(folder)
    program, recovery_key = make_store(folder, clock)
    add_person(program, add_practice(program))
    secrets["the first key"] = program.session.key.raw_key()
    secrets["the first recovery key"] = recovery_key.secret
    program.keys.remember()
    program.keys.change_passphrase(PASSPHRASE, NEW_PASSPHRASE)
    secrets["the second recovery key"] = program.keys.replace_recovery_key().secret
    try:
        raise ValueError(program.session.key, program.session.key.raw_key().hex())
    except ValueError:
        logging.getLogger("mdt_desktop").exception("key %s", program.session.key.raw_key().hex())
    rotation = bootstrap.begin_key_rotation(program, NEW_PASSPHRASE)
    assert finds((folder.root,), secrets) == [], "while both keys are there"
    program = bootstrap.finish_key_rotation(program, rotation)
    secrets["the next key"] = program.session.key.raw_key()
    secrets["the next recovery key"] = rotation.recovery_key.secret
    bootstrap.begin_key_rotation(program, NEW_PASSPHRASE).abandon()
    assert finds((folder.root,), secrets) == [], "while the store is open"
    program.close()
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    running.close()


def _damage(folder: DataFolder, clock: FrozenClock) -> None:
    whole = folder.database.read_bytes()
    folder.database.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    with pytest.raises(StoreDamaged):
        bootstrap.open_remembered(folder, clock=clock)
    folder.database.write_bytes(whole)


def test_after_everything_that_has_to_do_with_keys_none_is_in_any_file_environment_or_argument(
    places: tuple[Path, ...],
    clock: FrozenClock,
    qtbot: QtBot,
    memory_keyring: MemoryKeyring,
    log_watch: LogWatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    log_watch.allow_all()
    folder = DataFolder(places[2]).create()
    secrets = {"the first passphrase": PASSPHRASE.encode(), "the next passphrase": NEW_PASSPHRASE.encode()}
    _work_on(folder, clock, secrets)
    _damage(folder, clock)
    start = Start(folder)
    qtbot.addWidget(start.window)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        start.open_window()
    start.save_settings()
    start.window.close()
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(NEW_PASSPHRASE)
    passphrase.chmod(0o600)
    assert cli.main(["--data-dir", str(folder.root), "--passphrase-file", str(passphrase), "check"]) == 0
    with bootstrap.open_with_passphrase(folder, NEW_PASSPHRASE) as program:
        reader = program.access.database.reader
        rows = [repr(row) for (table,) in reader.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0").fetchall()
            for row in reader.execute(f'SELECT * FROM "{table}"')]  # fmt: skip
        command = subprocess.run(
            [sys.executable, "-c", "import os, sys; print(dict(os.environ), sys.argv)"], capture_output=True, check=True
        ).stdout
    assert len(secrets) == 7
    assert len(memory_keyring.items) == 1
    out, err = capfd.readouterr()
    forms = [form for secret in secrets.values() for form in spellings(secret)]
    told = [out, err, *rows, *os.environ.values(), *sys.argv, *memory_keyring.items.values()]
    everything = "\n".join(told).encode() + command
    assert not any(form in everything for form in forms)
    assert finds(places, secrets) == []
    assert folder.log.stat().st_size > 0
    assert {"mdt.db", "mdt.key", "mdt.log", "settings.json"} <= {path.name for path in folder.root.iterdir()}
