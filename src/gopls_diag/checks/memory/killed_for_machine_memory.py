"""gopls killed because the machine had no memory left."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._soft_goal import of_machine
from gopls_diag.model.amount import size_text
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown


@check(
    "M01",
    Severity.ERROR,
    why="The machine ran out of memory and the kernel chose gopls; the editor only saw a lost connection.",
    explains=("X01", "X04", "X13", "X14", "X15", "X18", "M05"),
    os=("linux",),
)
def killed_for_machine_memory(
    kernel: KernelLog, limits: MemoryLimits | Unknown, editors: Editors | Unknown
) -> Iterator[Finding]:
    """The kernel killed gopls because the machine had no memory left.

    What it means: The kernel's log names a gopls as the process that it ended to free memory for the whole machine.
    Why it matters: gopls prints nothing when it is killed. It starts again, loads the same workspace, and is killed
        again.
    How to fix: Free memory or add swap; let gopls use less: a soft goal (GOMEMLIMIT in go.toolsEnvVars, memoryLimit
        from gopls v0.24 on), staticcheck off, build.directoryFilters, fewer windows.
    When to ignore: When something else on the machine had taken the memory, and no longer runs. A kill of more than an
        hour ago is told as a warning.
    Source: Linux mm/oom_kill.c.
    """
    events = [each for each in kernel.of(KillKind.OUT_OF_MEMORY) if each.is_gopls]
    if not events:
        yield from _exhausted(kernel, limits, editors)
        return
    last = events[-1]
    times = "" if len(events) == 1 else f" ({len(events)} times in the last days)"
    held = f" when it held {size_text(last.resident_bytes)}" if last.resident_bytes else ""
    when = kernel.ago(last)
    yield Finding(
        f"The kernel killed gopls {last.pid}{held}{f' {when}' if when else ''}: the machine had no memory left{times}",
        evidence=tuple(Evidence(each.source, each.text, each.line) for each in reversed(events[-3:])),
        remedies=(
            *of_machine(limits, editors),
            advise("Close windows and programs, or add memory or swap"),
        ),
        severity=Severity.WARNING if kernel.is_past(last) else Severity.ERROR,
    )


def _exhausted(kernel: KernelLog, limits: MemoryLimits | Unknown, editors: Editors | Unknown) -> Iterator[Finding]:
    """Windows kills nobody: it names those that use most, and refuses memory to whoever asks next."""
    named = [each for each in kernel.of(KillKind.COMMIT_LIMIT) if each.is_gopls]
    if named:
        last = named[-1]
        used = f"; gopls used {size_text(last.virtual_bytes)} of it" if last.virtual_bytes else ""
        yield Finding(
            f"Windows had no virtual memory left{used}",
            why="Windows refuses memory to whoever asks next, and a Go program ends when it is refused any.",
            evidence=(Evidence(last.source, last.text, last.line),),
            remedies=(
                *of_machine(limits, editors),
                advise("Close windows and programs, or let Windows enlarge its paging file"),
            ),
            severity=Severity.WARNING,
            confidence=Confidence.LIKELY,
        )
