"""gopls cannot write its disk cache."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.gopls_cache import GoplsCaches
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"storing (?:export|xrefs|methodsets|diagnostics|tests) data for ([^\n]{1,300}?): ([^\n:]{3,120})$", re.M
)


@check(
    "M10",
    Severity.WARNING,
    why="What gopls worked out is lost at its end, so every start costs as much memory and time as the first.",
)
def disk_cache_not_written(sayings: Sayings, caches: GoplsCaches | Unknown) -> Iterator[Finding]:
    """gopls cannot write its disk cache.

    What it means: gopls keeps what it learnt about packages in files. Writing them failed, for the reason that it
        says.
    Why it matters: A start with a filled cache takes about a tenth of the memory and time of one with an empty cache.
    How to fix: No space left on device: free some. Permission denied: give the cache folder back to your user (after a
        sudo). Too many open files: raise the limit. GOPLSCACHE moves the cache elsewhere.
    When to ignore: In a container that is thrown away after each use.
    Source: golang/tools gopls/internal/cache/check.go (v0.23.0); the tenth was measured on Go's own src with gopls
        v0.23.0.
    """
    for heard in sayings.matching(PATTERN, Channel.LOG, Channel.STDERR):
        reason = heard.match[2].strip()
        yield Finding(
            f"gopls cannot write its disk cache: {reason}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(_remedy(reason, caches),),
            because_of="R03" if "too many open files" in reason else None,
        )
        break
    sayings.need(Channel.LOG)


def _remedy(reason: str, caches: GoplsCaches | Unknown) -> Remedy:
    root = caches.in_use if isinstance(caches, GoplsCaches) else None
    if "no space" in reason or "disk quota" in reason:
        return advise("Free space on the disk of gopls's cache, or move the cache with GOPLSCACHE")
    if "permission denied" in reason:
        return advise(f'Make the cache folder yours again: sudo chown -R "$USER" {root.path if root else "FOLDER"}')
    if "too many open files" in reason:
        return advise("Raise the limit of open files (ulimit -n)")
    return advise("Give gopls a cache folder that it may write to: GOPLSCACHE=/a/folder")
