"""A dump of goroutines that somebody asked for."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import need_standard_error
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings
from gopls_diag.parse.go_crash.profile_text import is_profile_head


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
                f"{crash.goroutines:,} goroutine{'' if crash.goroutines == 1 else 's'}{whose} {_words(crash)}",
                evidence=(Evidence(crash.source, crash.message[:400], crash.line),),
                # A profile or a SIGQUIT in gopls's own log also ends with code 2: that is then no other fault.
            )
    need_standard_error(crashes, sayings)


def _words(crash: Crash) -> str:
    """Why they were printed, as far as the line before them says it."""
    if crash.message.startswith("goroutine ") and not is_profile_head(crash.message):
        it = "it was" if crash.goroutines == 1 else "they were"
        return f"without the line that would say why {it} printed"
    was = "was" if crash.goroutines == 1 else "were"
    return f"{was} dumped on demand; nothing crashed"
