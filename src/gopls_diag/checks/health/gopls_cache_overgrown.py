"""gopls's cache is far over its budget, or keeps folders of binaries that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from gopls_diag.checks.declare import check
from gopls_diag.checks.resources._cache_deletion import deletion
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_cache import BUDGET_FACTOR, MAX_AGE_DAYS, GoplsCacheFolder, GoplsCacheRoot, GoplsCaches
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.outcome import CannotTell, Unknown

_DAY_SECONDS = 86_400
_BIG_BYTES = 1_000_000_000
"""A younger leftover is worth a word only if it is as big as a whole budget."""


@check(
    "H05",
    Severity.WARNING,
    why="The disk fills up, and gopls walks all of it again and again.",
)
def gopls_cache_overgrown(
    caches: GoplsCaches, commands: GoplsCommands | Unknown, processes: GoplsProcesses | Unknown
) -> Iterator[Finding]:
    """gopls's cache is far over its budget, or keeps folders of binaries that are gone.

    What it means: gopls keeps what it has computed in a cache on the disk, in one folder for each gopls binary. Five
    minutes after its start, and later again, it sweeps down to a budget (1 GB unless maxFileCacheBytes says
    otherwise) and deletes what was not used for five days, also what other binaries left. By its own source the disk
    use may be three times the budget. More than that, or leftovers older than five days, mean that the sweep does not
    get through.
    Why it matters: The space is lost, and every sweep has to look at every file. It does not make completion wrong.
    How to fix: Leave gopls running for ten minutes and look again. Leftovers of gone binaries may be deleted when no
    gopls runs. Deleting the folder of the gopls in use makes its next start a cold one, with many times the work and
    memory.
    When to ignore: When the disk has room enough.
    Source: golang/tools gopls/internal/filecache/filecache.go (SetBudget, gc); golang/go#67433;
    gopls/doc/release/v0.22.0.md (maxFileCacheBytes).
    """
    for root in caches.roots:
        limit_bytes = BUDGET_FACTOR * caches.budget_bytes
        if root.disk_bytes > limit_bytes:
            yield Finding(
                f"{root.path} holds {_size(root.disk_bytes)} in {root.files:,} files, more than three "
                f"times its budget of {_size(caches.budget_bytes)}",
                evidence=(
                    Evidence(root.path, f"{_size(root.disk_bytes)}, {root.files:,} files"),
                    *_folders(root),
                ),
                remedies=(
                    advise("Leave one gopls running for ten minutes: it sweeps the cache by itself"),
                    advise(f"Or close all editors and delete {root.path}; the next start then is a cold one"),
                ),
                confidence=Confidence.LIKELY,
            )
        for folder in root.folders:
            if _is_leftover(folder, caches.looked_seconds):
                yield _leftover(folder, deletion(folder, commands, processes, "Delete it; nothing is lost"))
            if not folder.is_complete and root.disk_bytes <= limit_bytes:
                raise CannotTell(f"{folder.path} could not be counted to its end")


def _is_leftover(folder: GoplsCacheFolder, now_seconds: float) -> bool:
    if folder.binary or not folder.files:
        return False
    is_stale = now_seconds - folder.newest_seconds > (MAX_AGE_DAYS + 1) * _DAY_SECONDS
    return is_stale or folder.disk_bytes > _BIG_BYTES


def _leftover(folder: GoplsCacheFolder, remedy: Remedy) -> Finding:
    used = _day(folder.newest_seconds)
    return Finding(
        f"{folder.path} belongs to no gopls that was found: {_size(folder.disk_bytes)}, {folder.files:,} files, "
        f"last used {used}",
        evidence=(
            Evidence(folder.path, f"the SHA-256 of its binary begins with {folder.key}"),
            Evidence(folder.path, f"{_size(folder.disk_bytes)}, {folder.files:,} files, newest of {used}"),
        ),
        remedies=(remedy,),
        severity=Severity.INFO,
        confidence=Confidence.LIKELY,
        why="A gopls that runs sweeps it away after five days without use; deleting it costs nothing.",
    )


def _folders(root: GoplsCacheRoot) -> Iterator[Evidence]:
    for folder in sorted(root.folders, key=lambda each: -each.disk_bytes)[:4]:
        owner = folder.binary or "no gopls that was found"
        words = f"{_size(folder.disk_bytes)}, {folder.files:,} files, last used {_day(folder.newest_seconds)}: {owner}"
        yield Evidence(folder.path, words if folder.is_complete else f"at least {words}")


def _size(size_bytes: int) -> str:
    if size_bytes >= 10**9:
        return f"{size_bytes / 10**9:.1f} GB"
    return f"{size_bytes / 10**6:.0f} MB"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d") if 0 < seconds < 10**11 else "at an unknown time"
