"""Where a store may lie: not on network drives, not in folders that cloud services copy."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from mdt_desktop.store.place import cloud_service_of, network_mount_of, require_local
from mdt_desktop.store.problems import StoreOnSharedPlace
from mdt_desktop.words import sentence

MOUNTS = (
    "/dev/sda1 / ext4 rw,relatime 0 0",
    "server:/homes /home/staff nfs4 rw 0 0",
    "//server/share /mnt/team\\040drive cifs rw 0 0",
    "tmpfs /home/staff/local tmpfs rw 0 0",
    "me@host: /mnt/ssh fuse.sshfs rw 0 0",
    "/dev/fuse /mnt/disk fuse.ntfs rw 0 0",
    "half a line",
)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/robin/.local/share/mdt-desktop", ""),
        ("/home/staff/robin", "nfs4"),
        ("/home/staff/local/robin", ""),
        ("/home/staffordshire", ""),
        ("/mnt/team drive/mdt", "cifs"),
        ("/mnt/ssh/mdt", "fuse.sshfs"),
        ("/mnt/disk/mdt", ""),
    ],
)
def test_the_kind_of_a_network_drive_is_named(folder: str, kind: str) -> None:
    assert network_mount_of(PurePosixPath(folder), MOUNTS) == kind


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        (PureWindowsPath(r"C:\Users\robin\OneDrive\mdt"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\robin\OneDrive - Invented Council\mdt"), "OneDrive - Invented Council"),
        (PureWindowsPath(r"C:\Users\robin\AppData\Local\mdt-desktop"), ""),
        (PurePosixPath("/home/robin/Dropbox/mdt"), "Dropbox"),
        (PurePosixPath("/home/robin/Google Drive/mdt"), "Google Drive"),
        (PurePosixPath("/Users/robin/Library/Mobile Documents/com~apple~CloudDocs/mdt"), "iCloud"),
        (PurePosixPath("/Users/robin/Library/CloudStorage/OneDrive-Invented/mdt"), "a cloud service"),
        (PurePosixPath("/Users/robin/Library/Application Support/mdt-desktop"), ""),
        (PurePosixPath("/home/robin/dropboxes/mdt"), ""),
        (PurePosixPath("/home/robin/nextcloud-work/mdt"), "nextcloud-work"),
    ],
)
def test_the_folders_of_cloud_services_are_known_by_their_names(
    folder: PurePosixPath | PureWindowsPath, service: str
) -> None:
    assert cloud_service_of(folder, {}) == service


def test_a_onedrive_of_another_name_is_known_by_the_systems_own_variable() -> None:
    folder = PureWindowsPath(r"D:\Work\mdt")
    assert cloud_service_of(folder, {"OneDriveCommercial": r"D:\Work"}) == "OneDrive"
    assert cloud_service_of(folder, {"OneDriveCommercial": ""}) == ""


def test_a_folder_that_a_service_has_marked_is_refused_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "work" / "mdt"
    folder.mkdir(parents=True)
    require_local(folder)
    (tmp_path / "work" / ".dropbox").touch()
    with pytest.raises(StoreOnSharedPlace) as refused:
        require_local(folder)
    assert str(folder) in sentence(refused.value)
    assert "laptop's own disk" in sentence(refused.value)
