"""What kind of storage the workspace lies on: by its file system's type, and by where cloud services put theirs."""

from __future__ import annotations

import re

from gopls_diag.facts.declare import fact
from gopls_diag.model.request import Request
from gopls_diag.model.storage import StorageKind, WorkspaceStorage
from gopls_diag.model.system import Volume
from gopls_diag.world import World, WorldError

_REMOTE_FUSE = (
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.gcsfuse",
    "fuse.davfs",
    "fuse.davfs2",
    "macfuse",
    "osxfuse",
)
_NETWORK = (
    *("nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "afs", "ncpfs"),
    *("ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "lustre", "beegfs", "gpfs", "coda"),
)
_HOST_SHARE = ("vboxsf", "vmhgfs", "fuse.vmhgfs-fuse", "prl_fs", "fuse.grpcfuse", "grpcfuse", "fakeowner", "osxfs")
_WINDOWS_MOUNT = re.compile(r"^/mnt/[a-z](/|$)")
_SERVICES = (
    (re.compile(r"^Library/Mobile Documents/"), "iCloud Drive"),
    (re.compile(r"^Library/CloudStorage/OneDrive"), "OneDrive"),
    (re.compile(r"^Library/CloudStorage/Dropbox"), "Dropbox"),
    (re.compile(r"^Library/CloudStorage/GoogleDrive"), "Google Drive"),
    (re.compile(r"^Library/CloudStorage/[^/]+"), "a cloud service"),
    (re.compile(r"^iCloudDrive/"), "iCloud Drive"),
    (re.compile(r"^OneDrive( - [^/]+)?/"), "OneDrive"),
    (re.compile(r"^Dropbox( \([^/]+\))?/"), "Dropbox"),
    (re.compile(r"^(Google ?Drive|My Drive)/"), "Google Drive"),
)
"""Folders below the home folder: the services' own defaults."""


@fact(limit_seconds=10.0)
def workspace_storage(world: World, request: Request) -> WorkspaceStorage:
    """The storage of the workspace folder; a file system that cannot be told counts as local unless the path tells."""
    try:
        volume: Volume | None = world.volume(request.folder)
    except WorldError:
        volume = None
    service, sign = _service(world, request.folder)
    if service:
        return WorkspaceStorage(request.folder, StorageKind.SYNCED, volume, service, sign)
    kind, sign = _kind(world, request.folder, volume)
    return WorkspaceStorage(request.folder, kind, volume, sign=sign)


def _kind(world: World, folder: str, volume: Volume | None) -> tuple[StorageKind, str]:
    type_ = volume.type.lower() if volume else ""
    options = volume.options.lower() if volume else ""
    lowered = folder.lower()
    if world.machine.os == "windows":
        if lowered.startswith(("\\\\wsl$\\", "\\\\wsl.localhost\\", "//wsl$/", "//wsl.localhost/")):
            return StorageKind.WSL_DISK, folder[:20]
        is_remote = lowered.startswith(("\\\\", "//")) and not lowered.startswith(("\\\\?\\", "\\\\.\\"))
        if is_remote or "remote" in options.split(","):
            return StorageKind.NETWORK, volume.mount_point if volume else folder
        return StorageKind.LOCAL, ""
    # A disk of Linux may be mounted below /mnt too (wsl --mount), so the path tells only where the type does not.
    is_windows = type_ in ("9p", "virtiofs") or (not type_ and _WINDOWS_MOUNT.match(folder))
    if type_ == "drvfs" or (world.machine.is_wsl and is_windows):
        return StorageKind.WINDOWS_DRIVE, type_
    if type_ in _REMOTE_FUSE:
        return StorageKind.REMOTE_FUSE, type_
    if type_ in _NETWORK:
        return StorageKind.NETWORK, type_
    if type_ in _HOST_SHARE or (type_ in ("9p", "virtiofs") and not world.machine.is_wsl):
        return StorageKind.HOST_SHARE, type_
    return StorageKind.LOCAL, ""


def _service(world: World, folder: str) -> tuple[str, str]:
    """The cloud service whose folder holds this one, and that folder."""
    if world.machine.os == "windows":
        for name in ("ONEDRIVE", "ONEDRIVECONSUMER", "ONEDRIVECOMMERCIAL"):
            root = world.environment.get(name, "")
            if root and (folder.lower() + "\\").startswith(root.lower().rstrip("\\") + "\\"):
                return "OneDrive", root
    home = world.home
    if not home or not (folder + world.paths.sep).startswith(home.rstrip("/\\") + world.paths.sep):
        return "", ""
    below = folder[len(home) :].strip("/\\").replace("\\", "/") + "/"
    for pattern, service in _SERVICES:
        found = pattern.match(below)
        if found:
            return service, world.join(home, found[0].rstrip("/"))
    return "", ""
