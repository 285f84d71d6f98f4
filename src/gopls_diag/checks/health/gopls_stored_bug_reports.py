"""gopls stored reports of its own internal errors."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.gopls_cache import GoplsBug, GoplsCaches
from gopls_diag.model.gopls_package import GOPLS_PACKAGE


@check(
    "H08",
    Severity.INFO,
    why="Something went otherwise than gopls expects; it went on, perhaps with a wrong or missing answer.",
)
def gopls_stored_bug_reports(caches: GoplsCaches) -> Iterator[Finding]:
    """gopls stored reports of its own internal errors.

    What it means: Where gopls meets a state that its authors held impossible, it goes on and stores a report (place,
    words, stack) in the cache folder of its binary. These are not crashes.
    Why it matters: An answer may have been missing or wrong at that moment. The report tells where.
    How to fix: Upgrade gopls. `gopls stats` prints the reports of the gopls that it is called with, stack and all,
    for an issue at go.dev/issue.
    When to ignore: Always, unless something went wrong at the same time.
    Source: golang/tools gopls/internal/util/bug/bug.go and gopls/internal/filecache/filecache.go (BugReports).
    """
    for root in caches.roots:
        for folder in root.folders:
            if not folder.bug_count:
                continue
            owner = folder.binary or "A gopls that is gone"
            shown = tuple(Evidence(each.file, _words(each)) for each in folder.bugs if each.position)
            upgrade = run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls")
            print_all = run("gopls", "stats", title="Print them with their stacks (loads the workspace)")
            reports = "one internal bug report" if folder.bug_count == 1 else f"{folder.bug_count} internal bug reports"
            yield Finding(
                f"{owner} stored {reports}" + (f", at {folder.bugs[0].position}" if shown else ""),
                evidence=shown or (Evidence(folder.path, f"{folder.bug_count} files whose name ends in -bug"),),
                remedies=(print_all, upgrade) if folder.binary else (),
                why=None
                if folder.binary
                else "They are of a gopls that is not installed any more: there is nothing to do.",
            )


def _words(bug: GoplsBug) -> str:
    return f"{bug.position}: {bug.description}" + (f" ({bug.reported[:10]})" if bug.reported else "")
