"""A go command that gopls had started was killed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.go_list import GoList
from gopls_diag.model.kernel_log import KernelEvent, KernelLog, KillKind
from gopls_diag.model.outcome import CannotTell, Unknown
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(r"err: signal: killed: stderr")
KILLED_ENDING = "was ended by signal 9"
"""CommandResult.ending of a command that got SIGKILL from somebody else."""
_TOOLCHAIN = ("go", "compile", "cgo", "vet", "link", "asm")
_CHILDREN = (*_TOOLCHAIN, "cc1", "clang", "gcc")


@check(
    "M05",
    Severity.ERROR,
    why="gopls lives on, but without what go list would have told it it has no packages.",
    explains=("W01", "W02", "W03", "W05", "W06", "W17"),
)
def go_command_killed(
    go_list: GoList | Unknown, sayings: Sayings | Unknown, kernel: KernelLog | Unknown
) -> Iterator[Finding]:
    """A go command that gopls had started was killed.

    What it means: "signal: killed" is what Go says about a child process. A go list that gopls started was ended by
        SIGKILL; gopls itself was not.
    Why it matters: The workspace is not loaded: no completion from other packages, false errors on imports.
    How to fix: Find out who kills it: the kernel for want of memory (then as M01 or M02), a limit on processor time
        (ulimit -t), or a guard program. Running the same go list by hand shows whether it happens again.
    When to ignore: When you ended it yourself.
    Source: Go's os/exec, whose words tell of a child process; golang/go#57239; seen with gopls v0.23.0 on Linux,
        which lived on while its go list was killed.
    """
    heard = next(sayings.matching(PATTERN), None) if isinstance(sayings, Sayings) else None
    proof = _proof(kernel)
    if heard:
        told = Evidence(heard.saying.source, heard.words, heard.saying.line)
    elif isinstance(go_list, GoList) and go_list.ending == KILLED_ENDING:
        told = Evidence(go_list.command, go_list.ending)
    elif given := _given(kernel):
        yield Finding(
            f"The kernel killed {given.process} {given.pid}, a program of the Go toolchain, for want of memory",
            evidence=(Evidence(given.source, given.text, given.line),),
            remedies=(advise("Raise the limit, close programs, or build with fewer at once (go build -p 1)"),),
            severity=Severity.WARNING,
        )
        return
    elif isinstance(go_list, GoList) or isinstance(sayings, Sayings):
        return
    else:
        raise CannotTell("neither go list nor gopls was heard")
    yield Finding(
        f"A go list {'of gopls' if heard else 'of this folder'} was killed"
        + (": the kernel wanted its memory" if proof else ", and nothing was loaded"),
        evidence=(told, *proof),
        remedies=(
            run("go", "list", "-e", "-deps", "./...", title="See whether it happens again"),
            advise("If memory is short: raise the limit or close programs"),
        ),
    )


def _given(kernel: KernelLog | Unknown) -> KernelEvent | None:
    """The kernel's last kill of a go command or one of its tools in a log that the user gave, if there is one."""
    if isinstance(kernel, Unknown):
        return None
    events = kernel.of(KillKind.OUT_OF_MEMORY, KillKind.CGROUP_OUT_OF_MEMORY)
    return next((each for each in reversed(events) if each.process in _TOOLCHAIN and each.source in kernel.given), None)


def _proof(kernel: KernelLog | Unknown) -> tuple[Evidence, ...]:
    """The kernel's line about a go command or one of its tools, if there is one."""
    if isinstance(kernel, Unknown):
        return ()
    events = kernel.of(KillKind.OUT_OF_MEMORY, KillKind.CGROUP_OUT_OF_MEMORY)
    return tuple(Evidence(each.source, each.text, each.line) for each in events if each.process in _CHILDREN)[-1:]
