"""gopls waits for something that does not come."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import need_standard_error, subject
from gopls_diag.model.crash import EndKind
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

_PROOF_SHOWN = 4


@check(
    "X25",
    Severity.ERROR,
    why="Requests are queued behind it: completion, hover and saving wait with it.",
    explains=("X24", "X26", "X32"),
)
def gopls_hung(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """gopls waits for something that does not come.

    What it means: The dump of its goroutines shows who waits for whom: for a lock that nobody gives back, for a go
    command that does not end, for a file system or a network that does not answer.
    Why it matters: Everything that is asked of gopls waits behind it, and the editor seems frozen.
    How to fix: End what is waited for (a go command that hangs can be killed: gopls goes on without it). A cycle of
    locks is a defect of gopls: upgrade it, and report the dump.
    When to ignore: When the dump was taken while gopls was merely busy with a large load.
    Source: Go runtime/traceback.go (goroutineheader); golang/tools internal/gocommand/invoke.go (runCmdContext).
    """
    for crash in crashes.all:
        if crash.kind is not EndKind.HANG or not crash.is_gopls:
            continue
        cause = crash.explanations[0] if crash.explanations else None
        is_lock = cause is not None and cause.kind.startswith("lock")
        yield Finding(
            f"{subject(crash)} hangs: {cause.summary}" if cause else f"{subject(crash)} hangs",
            evidence=(
                Evidence(crash.source, crash.message, crash.line),
                *(Evidence(crash.source, each) for each in (cause.proof if cause else ())[:_PROOF_SHOWN]),
            ),
            remedies=(
                (run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls, and report the dump"),)
                if is_lock
                else (advise("End what it waits for, and see what keeps that from ending"),)
            ),
            confidence=Confidence.CERTAIN if cause and cause.is_certain else Confidence.LIKELY,
        )
    need_standard_error(crashes, sayings)
