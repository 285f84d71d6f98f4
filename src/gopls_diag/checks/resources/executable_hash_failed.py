"""gopls cannot read its own binary, or cannot write down its hash."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_cache import GoplsCaches
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"(can't hash gopls executable|can't write executable hash): ([^\n]{1,400})")


@check(
    "R17",
    Severity.ERROR,
    why="gopls has no cache without that hash, and ends.",
    explains=("X03", "X14", "X18"),
)
def executable_hash_failed(
    commands: GoplsCommands, caches: GoplsCaches | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """gopls cannot read its own binary, or cannot write down its hash.

    What it means: gopls names its cache folder by the hash of its own binary and writes the hash into it. That fails
    when the binary was replaced or deleted while gopls ran, when it may be executed but not read, or when the cache
    folder of this binary may not be written to.
    Why it matters: gopls then ends with exit code 1.
    How to fix: Restart gopls after an upgrade; give read permission to the binary and write permission to the folder.
    When to ignore: Never, if gopls does not start.
    Source: golang/tools gopls/internal/filecache/filecache.go (getCacheDir, hashExecutable); golang/go#67433.
    """
    binary = commands.in_use
    if binary and not binary.sha256 and not binary.header and binary.is_usable:
        yield Finding(
            f"{binary.path} may be executed but not read by this user",
            evidence=(Evidence(binary.path, "may not be read"),),
            remedies=(run("chmod", "+r", binary.resolved_path or binary.path, title="Let it be read"),),
        )
    root = caches.in_use if isinstance(caches, GoplsCaches) else None
    for folder in root.folders if root else ():
        if binary and folder.key == binary.cache_key and not folder.is_writable:
            yield Finding(
                f"The cache folder of {binary.path}, {folder.path}, may not be written to by this user",
                evidence=(Evidence(folder.path, "not writable"),),
                remedies=(advise(f'Make the folder yours again: sudo chown -R "$USER" {folder.path}'),),
            )
    for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG) if isinstance(sayings, Sayings) else ():
        yield Finding(
            f"gopls ended: {heard.match[1]}: {heard.match[2].strip()}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Restart the language server; look at the permissions of the binary and of its cache"),),
        )
