"""The memory of gopls was damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import is_gopls, is_sent, need_standard_error
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

DAMAGE_PATTERN = re.compile(
    r"found bad pointer in Go heap|found pointer to free object|invalid pointer found on stack|unknown caller pc"
    r"|unexpected return pc|sweep increased allocation count|freeIndex is not valid|s\.allocCount != s\.nelems"
    r"|s\.allocCount > s\.nelems|span has no free (?:objects|space)|bad sweepgen in refill|mSpanList\.\w{1,20} corrupt"
    r"|unexpected fault address|fatal error: fault"
)
"""What Go's allocator, collector and stack walker say when what they find cannot be (runtime/m*.go, traceback.go)."""
_UNLIKE = 3
"""Memory faults with as many different stacks, in one log, are no one defect of gopls."""


@check(
    "X23",
    Severity.WARNING,
    why="No upgrade repairs this if the machine's memory is bad, and it hits other programs too.",
)
def memory_damaged(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """The memory of gopls was damaged.

    What it means: The runtime found its own structures or a pointer in a state that no correct program makes, or gopls
    met memory faults with stacks that have nothing in common. gopls is pure Go, so what is left is a data race, a
    defect of Go's compiler or runtime, or faulty memory or processor. gopls's maintainers keep such reports apart
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
    faults = {each.signature: each for each in own if each.signature and _is_fault(each)}
    if len(faults) >= _UNLIKE:
        yield Finding(
            f"gopls met {len(faults)} memory faults with stacks that have nothing in common: damaged memory rather "
            "than one defect",
            evidence=tuple(Evidence(each.source, each.message, each.line) for each in list(faults.values())[:5]),
            remedies=_REMEDIES,
            confidence=Confidence.POSSIBLE,
        )
    need_standard_error(crashes, sayings)


_REMEDIES = (
    advise("Upgrade gopls, built with a current Go"),
    advise("If it comes again with other stacks: test the memory of the machine and undo overclocking"),
)


def _words(crash: Crash) -> str:
    """The line that only damaged memory makes, or nothing."""
    if crash.kind not in (EndKind.FATAL, EndKind.SIGNAL) or is_sent(crash):
        return ""
    return next((each.strip() for each in (crash.message, *crash.diagnostics) if DAMAGE_PATTERN.search(each)), "")


def _is_fault(crash: Crash) -> bool:
    return crash.signal is not None and crash.signal.name in ("SIGSEGV", "SIGBUS", "SIGILL") and not is_sent(crash)
