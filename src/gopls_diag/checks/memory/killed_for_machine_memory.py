"""gopls killed because the machine had no memory left."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._recorded_kill import Scarce, held_words, kill_proof, killed_for
from gopls_diag.checks.memory._soft_goal import of_machine
from gopls_diag.model.amount import size_text
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import CannotTell, Unknown
from gopls_diag.model.recorded_end import RecordedEnd, RecordedEnds


@check(
    "M01",
    Severity.ERROR,
    why="The machine ran out of memory and the kernel chose gopls; the editor only saw a lost connection.",
    explains=("X01", "X04", "X13", "X14", "X15", "X18", "M05", "M13", "X31"),
    os=("linux",),
)
def killed_for_machine_memory(
    kernel: KernelLog | Unknown,
    ends: RecordedEnds | Unknown,
    limits: MemoryLimits | Unknown,
    editors: Editors | Unknown,
) -> Iterator[Finding]:
    """The kernel killed gopls because the machine had no memory left.

    What it means: The kernel's log names a gopls as the process that it ended to free memory for the whole machine.
        Where `gopls-diag record` watched, the kernel's log is not needed: the count of kills of gopls's control group
        rose as gopls was killed, and no limit of the group was nearer than the end of the machine's memory.
    Why it matters: gopls prints nothing when it is killed. It starts again, loads the same workspace, and is killed
        again.
    How to fix: Free memory or add swap; let gopls use less: a soft goal (GOMEMLIMIT in go.toolsEnvVars, memoryLimit
        from gopls v0.24 on), staticcheck off, build.directoryFilters, fewer windows.
    When to ignore: When something else on the machine had taken the memory, and no longer runs. A kill of more than an
        hour ago is told as a warning.
    Source: Linux mm/oom_kill.c.
    """
    recorded = (
        [each for each in ends.all if killed_for(each) is Scarce.MACHINE] if isinstance(ends, RecordedEnds) else []
    )
    is_told = isinstance(kernel, KernelLog) and any(
        each.is_gopls for each in kernel.of(KillKind.OUT_OF_MEMORY, KillKind.CGROUP_OUT_OF_MEMORY)
    )
    if recorded and not is_told:
        yield from (_counted(each, limits, editors) for each in recorded)
        return
    if isinstance(kernel, Unknown):
        raise CannotTell(kernel.reason)
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


def _counted(end: RecordedEnd, limits: MemoryLimits | Unknown, editors: Editors | Unknown) -> Finding:
    """The recorder saw the count of kills of the group rise as gopls was killed, with no limit near."""
    left = end.incident.memory.available_bytes if end.incident.memory else None
    return Finding(
        f"The kernel killed gopls{held_words(end)}: the machine had no memory left"
        + (f" ({size_text(left)} just before)" if left is not None else ""),
        evidence=kill_proof(end),
        remedies=(*of_machine(limits, editors), advise("Close windows and programs, or add memory or swap")),
        confidence=Confidence.LIKELY,
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
