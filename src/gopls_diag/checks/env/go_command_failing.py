"""E28: the go command fails before it does anything, for a reason that has no check of its own."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.toolchain import GoCommand, GoEnvironment

CAUSES = (
    ("malformed GOMEMLIMIT", "M06"),
    ("failed to reserve page summary memory", "M03"),
    ("out of memory", "M04"),
    ("GOWORK", "W11"),
)
"""Words that have a code of their own elsewhere; the E codes name theirs by what they explain."""


@check(
    "E28",
    Severity.ERROR,
    why="gopls asks the go command about everything; while that fails it loads nothing.",
    explains=("W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def go_command_failing(command: GoCommand, environment: GoEnvironment | Unknown) -> Iterator[Finding]:
    """The go command fails before it does anything.

    What it means: go version or go env ended with an error: the program is damaged, built for another machine, may not
        be executed, or a variable has a value that it refuses.
    Why it matters: gopls runs the same program with the same variables.
    How to fix: Read its words; run go env in the folder to see them again. Install Go anew if the program is damaged.
    When to ignore: Never while it is found.
    Source: golang/go src/cmd/go/main.go; golang/tools gopls/internal/cache/view.go (FetchGoEnv runs go env first).
    """
    if isinstance(environment, GoEnvironment) and environment.is_silent:
        yield Finding(
            f"{command.path} hangs: {environment.error}",
            evidence=(Evidence(environment.command, environment.error[:400]),),
            remedies=(run(command.path, "env", title="See it hang in a terminal; a wrapper or a dead disk may do it"),),
        )
    elif isinstance(environment, GoEnvironment) and environment.error:
        first = environment.error.splitlines()[0]
        yield Finding(
            f"go env fails: {first.removeprefix('go: ')}",
            evidence=(Evidence(environment.command, environment.error[:400]),),
            remedies=(advise("Run go env in the folder and correct what it names"),),
            because_of=_cause(environment.error),
        )
    elif command.problem and not (isinstance(environment, GoEnvironment) and environment.is_known):
        yield Finding(
            f"{command.path} does not work: {command.problem}",
            evidence=(Evidence(f"{command.path} version", command.problem),),
            remedies=(advise("Install Go anew", link="https://go.dev/doc/install"),),
            because_of=_cause(command.problem),
        )


def _cause(words: str) -> str | None:
    return next((code for said, code in CAUSES if said in words), None)
