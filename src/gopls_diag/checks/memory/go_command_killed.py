"""A go command that gopls had started was killed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise, run
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"err: signal: killed: stderr")
_CHILDREN = ("go", "compile", "cgo", "vet", "link", "asm", "cc1", "clang", "gcc")


@check(
    "M05",
    Severity.ERROR,
    why="gopls lives on, but without what go list would have told it it has no packages.",
    explains=("W01", "W02", "W03", "W05", "W06", "W17", "X01"),
)
def go_command_killed(sayings: Sayings, kernel: KernelLog | Unknown) -> Iterator[Finding]:
    """A go command that gopls had started was killed.

    What it means: "signal: killed" is what Go says about a child process. A go list that gopls started was ended by
        SIGKILL; gopls itself was not.
    Why it matters: The workspace is not loaded: no completion from other packages, false errors on imports.
    How to fix: Find out who kills it: the kernel for want of memory (then as M01 or M02), a limit on processor time
        (ulimit -t), or a guard program. Running the same go list by hand shows whether it happens again.
    When to ignore: When you ended it yourself.
    Source: facts/rules.md M-05; facts/ledger.md 1.7 (why this is no proof that gopls was killed); golang/go#57239.
    """
    for heard in sayings.matching(PATTERN):
        proof = _proof(kernel)
        yield Finding(
            "A go list that gopls had started was killed"
            + (": the kernel wanted its memory" if proof else ", and gopls loaded nothing"),
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line), *proof),
            remedies=(
                run("go", "list", "-e", "-deps", "./...", title="See whether it happens again"),
                advise("If memory is short: raise the limit or close programs"),
            ),
            confidence=Confidence.CERTAIN,
        )
        break
    sayings.need(Channel.LOG, Channel.GO)


def _proof(kernel: KernelLog | Unknown) -> tuple[Evidence, ...]:
    """The kernel's line about a go command or one of its tools, if there is one."""
    if isinstance(kernel, Unknown):
        return ()
    events = kernel.of(KillKind.OUT_OF_MEMORY, KillKind.CGROUP_OUT_OF_MEMORY)
    return tuple(Evidence(each.source, each.text, each.line) for each in events if each.process in _CHILDREN)[-1:]
