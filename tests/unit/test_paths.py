"""Resources and the data folder are found in a checkout, a wheel and a frozen program, and stay private."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mdt_desktop import paths
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.paths import RESTORE_PLAN, DataFolder, DataFolderUnusable, write_privately

CHECKOUT = Path(__file__).resolve().parents[2]
ASK = (
    "import mdt_desktop.paths as paths, mdt_desktop.words as words;"
    "print(paths.resources_dir()); print(paths.migrations_dir()); print(words.label('theme.dark'))"
)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_checkout_uses_the_folders_beside_the_package() -> None:
    assert paths.resources_dir() == CHECKOUT / "resources"
    assert paths.migrations_dir() == CHECKOUT / "db"


def test_a_frozen_program_uses_the_folder_it_was_unpacked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("resources", "db"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources_dir() == tmp_path / "resources"
    assert paths.migrations_dir() == tmp_path / "db"


def test_a_wheel_carries_its_resources_and_migrations(tmp_path: Path) -> None:
    source, wheels, target = tmp_path / "source", tmp_path / "wheels", tmp_path / "installed"
    # A copy, because a build beside tests that write into the same folders would be a race.
    source.mkdir()
    for name in ("mdt_desktop", "resources", "db"):
        shutil.copytree(CHECKOUT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, source / name)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    shutil.rmtree(source)

    environment = os.environ | {"PYTHONPATH": str(target)}
    answer = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    ).stdout.splitlines()

    shipped = target / "mdt_desktop" / "_shipped"
    assert answer == [str(shipped / "resources"), str(shipped / "db"), "Dark"]
    for folder in ("resources", "db"):
        in_checkout = {
            path.relative_to(CHECKOUT).as_posix()
            for path in (CHECKOUT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert {path for path in in_checkout if not (shipped / path).is_file()} == set()


def test_a_program_installed_without_its_folders_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "mdt_desktop")
    with pytest.raises(FileNotFoundError, match="resources and db are missing"):
        paths.resources_dir()


def test_the_default_data_folder_is_the_users_own_and_not_the_roaming_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform.startswith("linux"):
        assert DataFolder.default().root == tmp_path / "mdt-desktop"
    assert "Roaming" not in DataFolder.default().root.parts


def test_a_new_data_folder_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "b").create()
    assert mode_of(folder.root) == 0o700


def test_a_data_folder_that_others_could_read_is_tightened(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    DataFolder(tmp_path).create()
    assert mode_of(tmp_path) == 0o700


def test_a_file_in_the_place_of_the_data_folder_is_refused_and_kept(tmp_path: Path) -> None:
    place = tmp_path / "data"
    place.write_text("mine")
    with pytest.raises(DataFolderUnusable) as refused:
        DataFolder(place).create()
    assert isinstance(refused.value, StoreProblem)
    assert refused.value.values == {"folder": str(place), "reason": "File exists"}
    assert place.read_text() == "mine"


def test_every_file_of_the_folder_has_a_name_of_its_own_on_the_list(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    named = [getattr(folder, name) for name, kind in vars(DataFolder).items() if isinstance(kind, property)]
    assert len({path.name.lower() for path in named}) == len(named)
    assert {path.name for path in named} <= folder.file_names()
    assert {path.parent for path in named} == {tmp_path}


def test_what_may_lie_anywhere_under_the_folder_is_known_and_nothing_else(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    backup = "mdt-2026-11-27T2130Z-2.mdtbackup"
    for known in ("mdt.db", "backups", f"backups/{backup}", "backups/suspect", "replaced/2026-11-27T2130Z",
                  "replaced/2026-11-27T2130Z/mdt.key", "restoring/mdt.db"):  # fmt: skip
        assert folder.knows(tmp_path / known), known
    for other in (".", "notes.txt", backup, "backups/notes.txt", "backups/.0123.part",
                  f"backups/deep/{backup}", "replaced/2026-11-27T2130Z/notes.txt", "restoring/deep/mdt.db",
                  "other/mdt.db", "../mdt.db"):  # fmt: skip
        assert not folder.knows(tmp_path / other), other


def test_a_restore_waits_to_be_finished_once_its_plan_is_there(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert not folder.has_pending_restore()
    folder.restoring.mkdir()
    assert not folder.has_pending_restore()
    (folder.restoring / RESTORE_PLAN).touch()
    assert folder.has_pending_restore()


def test_a_private_file_is_readable_by_its_owner_only_even_where_the_mask_is_open(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_privately(tmp_path / "key", b"secret")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "key") == 0o600
    assert (tmp_path / "key").read_bytes() == b"secret"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(OSError, match="No space left"):
        write_privately(path, b"new")
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("settings.json", b"old")]


def test_a_link_in_place_of_a_private_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"theirs")
    link = tmp_path / "settings.json"
    link.symlink_to(elsewhere)
    write_privately(link, b"mine")
    assert elsewhere.read_bytes() == b"theirs"
    assert not link.is_symlink()


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "2001:db8::1"])
def test_tests_have_no_network(host: str) -> None:
    with pytest.raises(OSError, match="tests have no network"):
        socket.create_connection((host, 443), timeout=0.1)


def test_tests_may_talk_to_this_computer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
