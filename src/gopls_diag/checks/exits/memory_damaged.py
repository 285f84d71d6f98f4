"""The memory of gopls was damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import is_gopls, is_named, is_sent, need_standard_error
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

DAMAGE_PATTERN = re.compile(
    r"found bad pointer in Go heap|found pointer to free object|invalid pointer found on stack|unknown caller pc"
    r"|unexpected return pc|sweep increased allocation count|freeIndex is not valid|s\.allocCount != s\.nelems"
    r"|s\.allocCount > s\.nelems|span has no free (?:objects|space)|bad sweepgen in refill|mSpanList\.\w{1,20} corrupt"
)
"""What Go's allocator, collector and stack walker say when what they find cannot be (runtime/m*.go, traceback.go)."""
FAULT_PATTERN = re.compile(r"unexpected fault address|fatal error: fault")
"""What Go says of a SIGSEGV at an address that is not near nil: in a program without unsafe code it means the same."""
_UNLIKE = 3
"""Memory faults with as many different stacks, in one log of one release, are hardly one defect of gopls."""


@check(
    "X23",
    Severity.WARNING,
    why="No upgrade repairs this if the machine's memory is bad, and it hits other programs too.",
)
def memory_damaged(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """The memory of gopls was damaged.

    What it means: The runtime found its own structures or a pointer in a state that no correct program makes, or gopls
    met several memory faults with different stacks. What is left is a data race, a defect in unsafe code, in Go's
    compiler or runtime, or faulty memory or processor. gopls's maintainers keep such reports apart
    (label gopls/memory-corruption) because the code at the top of the stack is innocent.
    Why it matters: Looking for a defect in the function of the stack is in vain.
    How to fix: Upgrade gopls, built with a current Go. If it happens again with other stacks, test the machine's memory
    (memtest86+, the maker's diagnosis), and undo overclocking.
    When to ignore: When it happened once and never again.
    Source: golang/go#71425 and the label gopls/memory-corruption; golang/go#75673, golang/go#77078; Go
    runtime/mbitmap.go (badPointer), runtime/mgcsweep.go, runtime/traceback.go.
    """
    own = [each for each in crashes.all if is_gopls(each)]
    told = [(each, words) for each in own if (words := _words(each))]
    if told:
        yield Finding(
            f"The memory of {'gopls' if told[0][0].is_gopls else 'a Go program'} was damaged: {told[0][1][:160]}",
            evidence=tuple(Evidence(each.source, text, each.line) for each, text in told[:5]),
            remedies=_REMEDIES,
            confidence=Confidence.LIKELY,
        )
        return
    for faults in _faults_together(own):
        if len(faults) >= _UNLIKE:
            yield Finding(
                f"gopls met {len(faults)} memory faults with different stacks: damaged memory rather than one defect",
                evidence=tuple(Evidence(each.source, each.message, each.line) for each in faults[:5]),
                remedies=_REMEDIES,
                confidence=Confidence.POSSIBLE,
            )
    need_standard_error(crashes, sayings)


_REMEDIES = (
    advise("Upgrade gopls, built with a current Go"),
    advise("If it comes again with other stacks: test the memory of the machine and undo overclocking"),
)


def _faults_together(crashes: list[Crash]) -> Iterator[list[Crash]]:
    """Memory faults of one log and one release of gopls, one for each stack: those of two machines prove nothing."""
    together: dict[tuple[str, str], dict[str, Crash]] = {}
    for each in crashes:
        if is_named(each) and each.signature and _is_fault(each):
            together.setdefault((each.source, each.program_version), {}).setdefault(each.signature, each)
    yield from (list(each.values()) for each in together.values())


def _words(crash: Crash) -> str:
    """The line that only damaged memory makes, or nothing."""
    if crash.kind not in (EndKind.FATAL, EndKind.SIGNAL) or is_sent(crash):
        return ""
    lines = [each.strip() for each in (crash.message, *crash.diagnostics)]
    told = next((each for each in lines if DAMAGE_PATTERN.search(each)), "")
    # SIGBUS is also what a mapped file gives that was cut, or whose disk is full; other programs map and use unsafe.
    if not told and crash.is_gopls and crash.signal is not None and crash.signal.name == "SIGSEGV":
        told = next((each for each in lines if FAULT_PATTERN.search(each)), "")
    return told


def _is_fault(crash: Crash) -> bool:
    # A panic over a nil pointer tells of SIGSEGV too, and is a plain defect.
    if crash.kind not in (EndKind.FATAL, EndKind.SIGNAL) or crash.signal is None or is_sent(crash):
        return False
    return crash.signal.name in ("SIGSEGV", "SIGBUS", "SIGILL")
