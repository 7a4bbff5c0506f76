"""The real Secret Service of Linux: a session bus and GNOME's keyring of its own, started for this test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, make_store

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [name for name in NEEDED if shutil.which(name) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING) or sys.platform != "linux",
    reason=f"NOT RUN: the real Secret Service needs {' and '.join(MISSING) or 'Linux'}",
)

SCRIPT = """
import sys
from pathlib import Path
from mdt_desktop import bootstrap
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.security.keyring_store import KeyringStore
from tests.helpers.stores import PASSPHRASE

key_derivation.calibrate = lambda: key_derivation.FLOOR
folder = DataFolder(Path(sys.argv[1]))
print("available", KeyringStore().is_available())
with bootstrap.open_with_passphrase(folder, PASSPHRASE) as program:
    program.keys.remember()
with bootstrap.open_remembered(folder) as program:
    print("opened", program.access.actor.name)
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    bootstrap.finish_key_rotation(program, rotation).close()
    print("forgotten", rotation.forgotten)
with bootstrap.open_remembered(folder) as program:
    print("opened again", program.access.actor.name)
    program.keys.forget()
try:
    bootstrap.open_remembered(folder)
except MdtError as error:
    print("then", type(error).code)
KeyringStore().keep("probe of a long item", bytes(750))
print("long", len(KeyringStore().fetch("probe of a long item")))
KeyringStore().remove("probe of a long item")
"""


def test_a_store_is_remembered_opened_rekeyed_and_forgotten(
    data_folder: DataFolder, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_derivation, "calibrate", lambda: key_derivation.FLOOR)
    make_store(data_folder, bootstrap.now)[0].close()
    home = tmp_path / "home"
    home.mkdir()
    root = Path(__file__).parents[2]
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"}
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PYTHONPATH": str(root)}
    home.chmod(0o700)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    unlock = "printf 'a keyring password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    inside = ("sh", "-c", f'{unlock} && exec "$0" "$1" "$2"', sys.executable, str(script), str(data_folder.root))
    ended = subprocess.run(
        ["dbus-run-session", "--", *inside],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "available True",
        "opened Robin Example",
        "forgotten False",
        "opened again Robin Example",
        "then not_remembered",
        "long 750",
    ]
    bootstrap.open_with_passphrase(data_folder, PASSPHRASE).close()
    kept = list(home.rglob("*.keyring"))
    assert kept, "GNOME keeps its items in a file of its own"
    assert not any(b"MDT Desktop" in path.read_bytes() for path in kept), "and that file is encrypted"
