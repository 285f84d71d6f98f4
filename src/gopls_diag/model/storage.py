"""What kind of storage the workspace lies on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gopls_diag.model.system import Volume


class StorageKind(StrEnum):
    """Storage that is known to be slow, or to behave otherwise than a local disk."""

    LOCAL = "local"
    WINDOWS_DRIVE = "a Windows drive seen from WSL"
    WSL_DISK = "a WSL disk seen from Windows"
    REMOTE_FUSE = "a remote file system in user space"
    NETWORK = "a network file system"
    HOST_SHARE = "a folder of the host shared into a container or virtual machine"
    SYNCED = "a folder that a cloud service keeps in step"


@dataclass(frozen=True, slots=True)
class WorkspaceStorage:
    """Where the workspace folder lies."""

    folder: str
    kind: StorageKind
    volume: Volume | None
    """None when it could not be told."""
    service: str = ""
    """The cloud service, by the path: `OneDrive`; empty elsewhere."""
    sign: str = ""
    """The folder or file system type by which it was known."""
