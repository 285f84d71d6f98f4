"""What machine this is, and what file system a path is on."""

from __future__ import annotations

import getpass
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

from gopls_diag.model.system import Machine, Volume

_GO_ARCHITECTURE = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "i386": "386",
    "i686": "386",
    "x86": "386",
    "armv7l": "arm",
    "armv6l": "arm",
}


def describe_machine() -> Machine:
    """The machine and the user, with the processor's own architecture even when this program is translated."""
    system = {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")
    is_translated = system == "darwin" and _sysctl("sysctl.proc_translated") == "1"
    named = platform.machine().lower()
    if system == "windows":
        # A 32-bit or emulated Python sees its own architecture first; the other variable names the real one.
        named = os.environ.get("PROCESSOR_ARCHITEW6432", named).lower()
    total_bytes, available_bytes, swap_bytes = _memory()
    return Machine(
        os=system,
        architecture="arm64" if is_translated else _GO_ARCHITECTURE.get(named, named),
        home=_home(),
        user=_user(),
        user_id=None if os.name == "nt" else os.getuid(),
        host=platform.node(),
        processors=os.cpu_count() or 1,
        total_memory_bytes=total_bytes,
        available_memory_bytes=available_bytes,
        swap_bytes=swap_bytes,
        release=platform.release(),
        is_translated=is_translated,
        is_wsl="microsoft" in platform.release().lower(),
        container=_container() if system == "linux" else "",
        temporary_folder=_temporary_folder(),
    )


def _memory() -> tuple[int, int, int]:
    """Total, available and swap bytes; zeros where the system hides them, as in a sandbox without /proc."""
    try:
        memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    except (OSError, RuntimeError, psutil.Error):
        return 0, 0, 0
    return memory.total, memory.available, swap.total


def _temporary_folder() -> str:
    """Where Go's os.TempDir points; not tempfile.gettempdir, which writes to find out and fails on a read-only disk."""
    if os.name == "nt":
        return os.environ.get("TMP") or os.environ.get("TEMP") or os.environ.get("USERPROFILE", "")
    return os.environ.get("TMPDIR") or "/tmp"


def _home() -> str:
    if os.name == "nt":
        return os.environ.get("USERPROFILE", "")
    import pwd  # noqa: PLC0415 - POSIX only

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def _sysctl(name: str) -> str:
    try:
        done = subprocess.run(["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _container() -> str:
    if os.environ.get("CODESPACES") == "true":
        return "codespaces"
    if os.environ.get("REMOTE_CONTAINERS") == "true":
        return "devcontainer"
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if Path("/run/.containerenv").exists():
        return "podman"
    if Path("/.dockerenv").exists():
        return "docker"
    # systemd and LXC set it for the first process; readable only by root, which is the ordinary user of a container.
    try:
        return "lxc" if b"container=lxc" in Path("/proc/1/environ").read_bytes() else ""
    except OSError:
        return ""


def describe_volume(path: str) -> Volume:
    """The file system of the path or of its nearest existing ancestor."""
    here = Path(path)
    while not here.exists() and here.parent != here:
        here = here.parent
    real = str(here.resolve())
    found = Volume(mount_point=str(here.anchor), type="")
    try:
        partitions = psutil.disk_partitions(all=True)
    except (OSError, RuntimeError):
        partitions = []
    for each in partitions:
        if _holds(each.mountpoint, real) and len(each.mountpoint) >= len(found.mount_point):
            found = Volume(each.mountpoint, each.fstype, each.device, each.opts)
    usage = shutil.disk_usage(real)
    free_files = None
    if hasattr(os, "statvfs"):
        counts = os.statvfs(real)
        free_files = counts.f_favail if counts.f_files else None
    return Volume(
        mount_point=found.mount_point,
        type=found.type,
        source=found.source,
        options=found.options,
        total_bytes=usage.total,
        free_bytes=usage.free,
        free_files=free_files,
        is_read_only="ro" in found.options.split(","),
        ignores_case=_ignores_case(real),
    )


def _holds(mount_point: str, path: str) -> bool:
    if sys.platform == "win32":
        mount_point, path = mount_point.lower(), path.lower()
    prefix = mount_point.rstrip("/\\")
    return path in (mount_point, prefix) or path.startswith((prefix + "/", prefix + "\\"))


def _ignores_case(path: str) -> bool | None:
    """True if the last named part with letters answers to its other case as the same file. Nothing is written."""
    here = Path(path)
    for part in (here, *here.parents):
        other = part.with_name(part.name.swapcase()) if part.name else part
        if other.name == part.name or not part.name.isascii():
            continue
        if os.path.ismount(part):
            # The name of a mount point belongs to the file system above it.
            return _child_ignores_case(part)
        return _is_same(part, other)
    return None


def _is_same(part: Path, other: Path) -> bool | None:
    """True if both spellings lead to one file.

    File systems in user space (FUSE exFAT) may give each spelling an inode of its own; there a name that is answered
    but not listed tells it.
    """
    try:
        if os.path.samestat(part.stat(), other.stat()):
            return True
        listed = {each.name for each in part.parent.iterdir()}
        return not listed.issuperset((part.name, other.name))
    except FileNotFoundError:
        return False
    except OSError:
        return None


def _child_ignores_case(folder: Path) -> bool | None:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                other = entry.name.swapcase()
                if other != entry.name and entry.name.isascii():
                    return _is_same(folder / entry.name, folder / other)
    except OSError:
        return None
    return None
