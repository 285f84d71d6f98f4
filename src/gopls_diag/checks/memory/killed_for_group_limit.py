"""gopls killed because its container or service reached its memory limit."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._recorded_kill import Scarce, held_words, kill_proof, killed_for
from gopls_diag.checks.memory._soft_goal import of_group
from gopls_diag.model.amount import size_text
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.kernel_log import KernelEvent, KernelLog, KillKind, is_gopls_name
from gopls_diag.model.outcome import CannotTell, Unknown
from gopls_diag.model.recorded_end import RecordedEnd, RecordedEnds

_RAISE = advise(
    "Raise the limit: docker --memory, hostRequirements.memory in devcontainer.json, MemoryMax= of the unit"
)
_NARROW = advise('Narrow the workspace: "gopls": {"build.directoryFilters": ["-", "+the/part/you/need"]}')


@check(
    "M02",
    Severity.ERROR,
    why="The container or service may not use more memory, and the kernel chose gopls; nothing is printed.",
    explains=("X01", "X04", "X13", "X14", "X15", "X18", "H11", "M05", "M13", "X31"),
    os=("linux",),
)
def killed_for_group_limit(
    kernel: KernelLog | Unknown, ends: RecordedEnds | Unknown, editors: Editors | Unknown
) -> Iterator[Finding]:
    """The kernel killed gopls because its container or service reached its memory limit.

    What it means: The kernel's log names a gopls as the process that it ended in a control group over its limit. Where
        it ended another process of a group in which a gopls ran, that is told as a warning. Where `gopls-diag record`
        watched, the kernel's log is not needed: the count of kills of gopls's control group rose as gopls was killed.
    Why it matters: The machine may have plenty of memory; the limit of the group is what counts. gopls starts again
        and is killed again at the same place. A GOMEMLIMIT near the limit does not save it: it is a goal, not a cap.
    How to fix: Raise the limit, or let gopls need less: narrow the workspace, staticcheck off, a goal well below the
        limit.
    When to ignore: When the limit was set to try this out. A kill in a container or service that has ended since is
        only told as information, one of more than an hour ago as a warning.
    Source: Linux mm/oom_kill.c; seen with gopls of August 2026 under limits of 200 and 400 MB, the latter with
        GOMEMLIMIT=300MiB; golang/vscode-go#2007, #2294.
    """
    recorded = [each for each in ends.all if killed_for(each) is Scarce.GROUP] if isinstance(ends, RecordedEnds) else []
    if isinstance(kernel, Unknown):
        yield from (_counted(each, editors) for each in recorded)
        if not recorded:
            raise CannotTell(kernel.reason)
        return
    yield from _told(kernel, recorded, editors)


def _told(kernel: KernelLog, recorded: list[RecordedEnd], editors: Editors | Unknown) -> Iterator[Finding]:
    events = kernel.of(KillKind.CGROUP_OUT_OF_MEMORY)
    named = [each for each in events if each.is_gopls]
    own = [each for each in named if not each.is_group_gone] or named
    if own:
        last, times = own[-1], "" if len(own) == 1 else f" ({len(own)} times in the last days)"
        limit = f" of {size_text(last.limit_bytes)}" if last.limit_bytes else ""
        group = f" of {last.cgroup}" if last.cgroup else ""
        held = f" at {size_text(last.resident_bytes)}" if last.resident_bytes else ""
        yield Finding(
            f"The kernel killed gopls{f' {last.pid}' if last.pid else ''}{held}{_when(kernel, last)}: "
            f"the memory limit{limit}{group} was reached{times}",
            evidence=tuple(Evidence(each.source, each.text, each.line) for each in reversed(own[-3:])),
            remedies=_remedies(last, editors),
            severity=_severity(kernel, last),
        )
        return
    if recorded:
        yield from (_counted(each, editors) for each in recorded)
        return
    beside = [each for each in events if any(map(is_gopls_name, each.victims))]
    if beside:
        last = beside[-1]
        yield Finding(
            f"The kernel killed {last.process} {last.pid}{_when(kernel, last)}: the group that it shares with a gopls "
            "reached its memory limit",
            evidence=(Evidence(last.source, last.text, last.line),),
            remedies=_remedies(last, editors),
            severity=Severity.INFO if last.is_group_gone or kernel.is_past(last) else Severity.WARNING,
            confidence=Confidence.LIKELY,
        )
        return
    # An account of a group and a container's state count kills and name nobody.
    nameless = [each for each in events if not each.process]
    if nameless:
        last = nameless[-1]
        yield Finding(
            "A process of a container or service was killed for its memory limit; which one, the account does not say",
            evidence=(Evidence(last.source, last.text, last.line),),
            remedies=_remedies(last, editors),
            severity=Severity.WARNING,
            confidence=Confidence.POSSIBLE,
        )


def _counted(end: RecordedEnd, editors: Editors | Unknown) -> Finding:
    """The recorder saw the count of kills of the group rise as gopls was killed."""
    limit = end.incident.memory.group_limit_bytes if end.incident.memory else None
    of = f" of {size_text(limit)}" if limit else ""
    return Finding(
        f"The kernel killed gopls{held_words(end)}: its control group had reached its memory limit{of}",
        evidence=kill_proof(end),
        remedies=(_RAISE, *of_group(limit, editors), _NARROW),
        confidence=Confidence.CERTAIN if end.is_killed and limit else Confidence.LIKELY,
    )


def _remedies(event: KernelEvent, editors: Editors | Unknown) -> tuple[Remedy, ...]:
    return (
        _RAISE,
        *of_group(event.limit_bytes, editors),
        _NARROW,
    )


def _severity(kernel: KernelLog, event: KernelEvent) -> Severity:
    if event.is_group_gone:
        return Severity.INFO
    return Severity.WARNING if kernel.is_past(event) else Severity.ERROR


def _when(kernel: KernelLog, event: KernelEvent) -> str:
    when = kernel.ago(event)
    return f" {when}" if when else ""
