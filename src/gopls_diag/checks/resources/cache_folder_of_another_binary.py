"""Two gopls binaries share one cache folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.resources._cache_deletion import deletion
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_cache import GoplsCaches
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"gopls cache directory ([^\n]{1,400}) hash collision")


@check(
    "R16",
    Severity.ERROR,
    why="gopls refuses the folder and ends at its start.",
    explains=("X03", "X14", "X18"),
)
def cache_folder_of_another_binary(
    caches: GoplsCaches,
    commands: GoplsCommands | Unknown,
    processes: GoplsProcesses | Unknown,
    sayings: Sayings | Unknown,
) -> Iterator[Finding]:
    """Two gopls binaries share one cache folder.

    What it means: The cache folder of a gopls is named by the first eight digits of the SHA-256 of its binary, and
    exe.sha256 in it holds all of it. Here it holds another one: two binaries begin alike (one chance in four
    billion), or the file was damaged or copied from elsewhere.
    Why it matters: gopls does not mix the work of two binaries. It ends.
    How to fix: Delete that one folder while no gopls runs; it is made anew.
    When to ignore: Never, if gopls does not start.
    Source: golang/tools gopls/internal/filecache/filecache.go (getCacheDir).
    """
    told: set[str] = set()
    binaries = commands.all if isinstance(commands, GoplsCommands) else ()
    for folder in caches.in_use.folders if caches.in_use else ():
        for binary in binaries:
            if folder.key == binary.cache_key and folder.executable_sha256 not in ("", binary.sha256):
                told.add(folder.path)
                yield Finding(
                    f"{folder.path} is marked as the cache of another gopls than {binary.path}",
                    evidence=(Evidence(f"{folder.path}/exe.sha256", folder.executable_sha256),),
                    remedies=(deletion(folder, commands, processes, "Delete it; gopls makes it anew"),),
                )
    for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG) if isinstance(sayings, Sayings) else ():
        if heard.match[1] not in told:
            yield Finding(
                f"gopls refuses {heard.match[1]}, which belongs to another binary",
                evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
                remedies=(run("rm", "-r", heard.match[1], title="Delete it while no gopls runs"),),
            )
