"""P06: a workspace on storage that is slow, or that tells nobody when a file changes."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.storage import StorageKind, WorkspaceStorage

REASONS = {
    StorageKind.WINDOWS_DRIVE: (
        "Every file operation crosses from Linux to Windows, so each load is slow, and changes made in Windows are not"
        " told to programs in Linux.",
        "Move the repository into the Linux file system, below ~, and open it from there",
        Severity.WARNING,
    ),
    StorageKind.WSL_DISK: (
        "Every file operation crosses from Windows to Linux; a gopls that runs in Windows also misses Linux's Go.",
        "Open the folder with the WSL extension (code . inside WSL), so that gopls runs where the files are",
        Severity.WARNING,
    ),
    StorageKind.REMOTE_FUSE: (
        "Each of the many small reads of go list is a round trip, and changes made on the other side are not told.",
        "Run gopls on the machine that holds the files (Remote-SSH), or work in a local clone",
        Severity.WARNING,
    ),
    StorageKind.NETWORK: (
        "Each of the many small reads of go list may be a round trip, and changes made on other machines are not told.",
        "If loading is slow, work in a local clone",
        Severity.INFO,
    ),
    StorageKind.HOST_SHARE: (
        "Folders shared from a macOS or Windows host are slower than the container's own disk.",
        "If loading is slow, clone the repository into a volume of the container",
        Severity.INFO,
    ),
    StorageKind.SYNCED: (
        "The service may take files off the disk until they are opened, and writes files while gopls reads them.",
        "If packages go missing or gopls is busy without end, work in a clone outside the synced folder",
        Severity.INFO,
    ),
}
"""What it does to the reader, what to do, and how bad it is; the sources stand in the page."""


@check(
    "P06",
    Severity.WARNING,
    why="gopls and go read every source file; slow storage makes each load slow.",
    explains=("R23",),
)
def workspace_storage_odd(storage: WorkspaceStorage) -> Iterator[Finding]:
    """The workspace lies on slow or odd storage.

    What it means: The folder is on a Windows drive seen from WSL (or the other way round), on a network or user-space
        file system, on a folder shared from a host, or in a folder that a cloud service keeps in step.
    Why it matters: Loading a workspace reads thousands of small files. Such storage also does not tell programs here
        what was changed elsewhere, so gopls may show stale results until the file is opened.
    How to fix: Keep the repository on a local disk of the system in which gopls runs.
    When to ignore: If loading is quick enough for you. Network and shared folders and synced folders are only
        mentioned.
    Source: Microsoft, "Working across Windows and Linux file systems"; microsoft/WSL#4739 (no notifications);
        inotify(7), limitations; Visual Studio Code, "Improve container performance"; golang/tools
        gopls/internal/cache/load.go. Measured with
        go1.26.8: go list over 150 packages took five times as long on a FUSE volume as on ext4.
    """
    if storage.kind not in REASONS:
        return
    why, advice, severity = REASONS[storage.kind]
    volume = storage.volume
    name = storage.service or storage.kind.value
    detail = f" ({storage.sign})" if storage.sign and not storage.service else ""
    shown = f"{volume.source or '?'} on {volume.mount_point} type {volume.type or '?'}" if volume else storage.sign
    yield Finding(
        summary=f"The workspace {storage.folder} lies in {name}{detail}",
        evidence=(
            Evidence(storage.sign if storage.service else "mount", storage.folder if storage.service else shown),
        ),
        remedies=(advise(advice),),
        why=why,
        severity=severity,
    )
