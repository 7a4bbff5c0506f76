"""Where a store may lie: on the laptop's own disk, not on a network drive nor in a folder that a cloud service copies.

SQLite's locks do not hold on network drives, and a service that copies an open database, or two laptops' versions of
it, destroys it in time (SECURITY R14; sqlite.org/howtocorrupt).
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

from mdt_desktop.store.problems import StoreOnSharedPlace

if sys.platform == "win32":
    import ctypes

_NETWORK_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "9p", "ceph", "glusterfs", "afs", "ncpfs"}
)
_NETWORK_FUSE = tuple(
    f"fuse.{name}" for name in ("sshfs", "rclone", "gvfsd-fuse", "davfs", "s3fs", "onedriver", "google")
)
_CLOUD_FOLDERS = ("onedrive", "dropbox", "google drive", "googledrive", "my drive", "nextcloud", "owncloud", "box sync")
_ICLOUD = ("library", "mobile documents")
_MAC_CLOUD = ("library", "cloudstorage")
_CLOUD_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_MARKERS = (".dropbox", ".dropbox.cache", ".owncloudsync.log", ".nextcloudsync.log")
_MARKED = "a synchronised folder"
_REMOTE_DRIVE = 4  # GetDriveTypeW: DRIVE_REMOTE


def require_local(folder: Path) -> None:
    """Raise StoreOnSharedPlace where the folder lies on a network drive or in a cloud service's folder."""
    place = cloud_service_of(folder, os.environ) or (_MARKED if _marked(folder) else "") or network_kind_of(folder)
    if place:
        raise StoreOnSharedPlace(folder=str(folder), place=place)


def cloud_service_of(folder: PurePath, environment: Mapping[str, str]) -> str:
    """The cloud folder that a path lies in, by the names that the services give their folders; else empty."""
    parts = [part.casefold() for part in folder.parts]
    for variable in _CLOUD_VARIABLES:
        root = environment.get(variable, "")
        if root and folder.is_relative_to(root):
            return "OneDrive"
    for named in (_ICLOUD, _MAC_CLOUD):
        if any(tuple(parts[place : place + 2]) == named for place in range(len(parts))):
            return "iCloud" if named is _ICLOUD else "a cloud service"
    for part, shown in zip(parts, folder.parts, strict=True):
        # "OneDrive - Invented Council" is how it calls the folder of an organisation.
        if any(part == name or part.startswith((f"{name} ", f"{name}-")) for name in _CLOUD_FOLDERS):
            return shown
    return ""


def network_kind_of(folder: Path) -> str:
    """The kind of network drive that a folder lies on ("nfs", "cifs"); empty on a disk of the laptop's own."""
    if sys.platform == "win32":
        drive = folder.absolute().anchor
        remote = drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == _REMOTE_DRIVE
        return "a network drive" if remote else ""
    try:
        return network_mount_of(folder.resolve(), Path("/proc/mounts").read_text(encoding="utf-8").splitlines())
    except OSError:
        return ""  # macOS has no such list; its network drives lie under /Volumes and are named by their owners


def network_mount_of(folder: PurePath, mounts: Iterable[str]) -> str:
    """The kind of the mount that a folder lies on, if that is a network drive; `mounts` are lines of /proc/mounts."""
    longest, kind = -1, ""
    for line in mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = fields[1].encode().decode("unicode_escape")
        if folder.is_relative_to(place) and len(place) > longest:
            longest, kind = len(place), fields[2]
    is_network = kind in _NETWORK_KINDS or kind.startswith(_NETWORK_FUSE)
    return kind if is_network else ""


def _marked(folder: Path) -> bool:
    """Whether a service has left its own file in the folder or above it."""
    return any((above / marker).exists() for above in (folder, *folder.parents) for marker in _MARKERS)
