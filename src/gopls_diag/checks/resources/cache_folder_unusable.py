"""gopls cannot make or write its cache folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.gopls_cache import GoplsCacheRoot, GoplsCaches
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"gopls cannot access its persistent index \(disk full\?\): ([^\n]{1,400})")
_OF_BINARY = " hash"
"""In the words of a quarrel over the binary's own folder, which are rules of their own (R16, R17)."""
_LOW_BYTES = 64 * 1024 * 1024
"""A start writes some ten megabytes."""
_LOW_FILES = 1000


@check(
    "R01",
    Severity.ERROR,
    why="gopls ends at its start, or after it, because it has no place for what it computes.",
    explains=("X03", "X14", "X15", "X18", "M10", "R17"),
)
def cache_folder_unusable(caches: GoplsCaches, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """gopls cannot make or write its cache folder.

    What it means: gopls keeps its computed index in $GOPLSCACHE/gopls, else in the user's cache folder. When it
    cannot make that folder it takes one in the temporary folder; when the folder is there but cannot be written to,
    or the disk is full, gopls ends with exit code 1.
    Why it matters: Without the folder there is no gopls. With the one in the temporary folder every start after a
    reboot is a cold one.
    How to fix: Make the folder yours (`chown`), free space, or let GOPLSCACHE name a folder that you may write to.
    When to ignore: When the temporary folder is meant, as in a container that is thrown away.
    Source: golang/tools gopls/internal/filecache/filecache.go (getCacheDir, Start); golang/go#67433, golang/go#57638.
    """
    for root in caches.roots:
        if root.problem:
            yield _unusable(root, caches)
        elif root.is_in_use:
            yield from _nearly_full(root)
    for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG) if isinstance(sayings, Sayings) else ():
        if _OF_BINARY in heard.match[1]:
            continue
        yield Finding(
            f"gopls ended because it cannot use its cache: {heard.match[1].strip()}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Free disk space, or let GOPLSCACHE name a folder that you may write to"),),
        )


def _unusable(root: GoplsCacheRoot, caches: GoplsCaches) -> Finding:
    instead = caches.in_use
    falls_back = instead is not None and instead.path != root.path and not instead.problem
    source = "GOPLSCACHE" if root.origin == "GOPLSCACHE" else root.path
    return Finding(
        f"gopls cannot keep its cache in {root.path}: {root.problem}",
        evidence=(Evidence(source, root.problem),),
        remedies=tuple(_remedies(root)),
        severity=Severity.WARNING if falls_back else None,
        why=f"It uses {instead.path} instead, which a reboot empties." if falls_back and instead else None,
    )


def _nearly_full(root: GoplsCacheRoot) -> Iterator[Finding]:
    is_low = root.free_bytes is not None and root.free_bytes < _LOW_BYTES
    has_few_files = root.free_files is not None and root.free_files < _LOW_FILES
    if not is_low and not has_few_files:
        return
    left = f"{(root.free_bytes or 0) / 10**6:.0f} MB" if is_low else f"{root.free_files} files"
    yield Finding(
        f"The disk of gopls's cache {root.path} is full: room for {left} is left",
        evidence=(Evidence(f"df {root.path}", f"{left} free"),),
        remedies=(advise("Free disk space, or let GOPLSCACHE name a folder on another disk"),),
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY,
        why="What gopls computes is not kept, so each start is a cold one; without room to start gopls ends.",
    )


def _remedies(root: GoplsCacheRoot) -> Iterator[Remedy]:
    if root.origin == "GOPLSCACHE":
        yield advise("Let GOPLSCACHE name a folder that you may write to, or unset it")
    elif root.is_there:
        yield advise(f'Make the folder yours again: sudo chown -R "$USER" {root.path}')
    else:
        yield advise("Make the folder above it writable, or let GOPLSCACHE name another")
