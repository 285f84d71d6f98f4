"""A dump of goroutines that somebody asked for."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import need_standard_error
from gopls_diag.model.crash import EndKind
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings


@check(
    "X26",
    Severity.INFO,
    why="By itself it tells of no fault: it shows what the program did at that moment.",
)
def goroutines_dumped(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """A dump of goroutines that somebody asked for.

    What it means: SIGQUIT, a profile or a call of runtime.Stack printed the goroutines. With SIGQUIT the program also
    ended, with exit code 2.
    Why it matters: It is no crash, but it shows who waits for whom.
    How to fix: Nothing. Look at the largest groups of goroutines.
    When to ignore: Whenever the program did what it should.
    Source: Go runtime/signal_unix.go (SIGQUIT is _SigNotify+_SigThrow); net/http/pprof.
    """
    for crash in crashes.all:
        if crash.kind is EndKind.DUMP:
            whose = f" of {crash.program}" if crash.program else ""
            yield Finding(
                f"{crash.goroutines:,} goroutines{whose} were dumped on demand; nothing crashed",
                evidence=(Evidence(crash.source, crash.message[:400], crash.line),),
                # A profile or a SIGQUIT in gopls's own log also ends with code 2: that is then no other fault.
            )
    need_standard_error(crashes, sayings)
