"""macOS refused memory to gopls because of ulimit -v."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import size_text
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.kernel_log import KernelLog, KillKind


@check(
    "K04",
    Severity.ERROR,
    why="gopls ends when it is refused the addresses that it asks for.",
    explains=("M03", "M04", "X02", "X14"),
    os=("darwin",),
)
def address_space_limited_by_macos(kernel: KernelLog) -> Iterator[Finding]:
    """macOS refused memory to gopls because of ulimit -v.

    What it means: The kernel's log says that a gopls went over RLIMIT_AS. macOS enforces that limit since version 12;
        before, it was accepted and ignored.
    Why it matters: The runtime ends with "out of memory" though there is plenty.
    How to fix: ulimit -v unlimited, and take the line out of ~/.zshrc or wherever it is set.
    When to ignore: Never.
    Source: xnu osfmk/vm/vm_map.c and bsd/kern/kern_resource.c (xnu-8019.41.5, which is macOS 12, and newer).
    """
    events = [each for each in kernel.of(KillKind.ADDRESS_SPACE) if each.is_gopls]
    if events:
        last = events[-1]
        limit = f" of {size_text(last.limit_bytes)}" if last.limit_bytes else ""
        yield Finding(
            f"macOS refused memory to gopls {last.pid}: its address space is over the limit{limit} of ulimit -v",
            evidence=(Evidence(last.source, last.text, last.line),),
            remedies=(advise("Run ulimit -v unlimited, and remove the line that sets it"),),
        )
