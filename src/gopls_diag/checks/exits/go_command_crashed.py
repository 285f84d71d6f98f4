"""A go command crashed."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, need_standard_error, place
from gopls_diag.model.crash import EndKind
from gopls_diag.model.finding import Finding, Severity, advise, run
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

_ENDS = (EndKind.PANIC, EndKind.FATAL, EndKind.SIGNAL, EndKind.OOM, EndKind.HANG)


@check(
    "X29",
    Severity.ERROR,
    why="gopls lives on, but learns nothing of the packages that this go command was asked about.",
    explains=("W01", "W02", "W03", "E30"),
)
def go_command_crashed(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """A go command crashed.

    What it means: The stack is that of the go command, the compiler or another tool of Go's own, not of gopls.
    Why it matters: gopls cannot load what it had asked that command for.
    How to fix: Update Go. `go list ./...` in the same folder shows whether it happens again; report it to Go with the
    whole dump.
    When to ignore: When the Go that crashed is no longer in use.
    Source: golang/go src/cmd (its packages are named cmd/…).
    """
    for crash in crashes.all:
        if crash.program == "go" and crash.kind in _ENDS:
            where, how = place(crash), "hung" if crash.kind is EndKind.HANG else "crashed"
            yield Finding(
                f"A command of Go {how}{' in ' + where if where else ''}: {crash.message[:200]}",
                evidence=crash_evidence((crash,)),
                remedies=(
                    run("go", "list", "-e", "-deps", "./...", title="See whether it happens again"),
                    advise("Update Go"),
                ),
            )
    need_standard_error(crashes, sayings)
