"""systemd-oomd ended the group that the editor runs in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._soft_goal import of_machine
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown

EDITOR_PATTERN = re.compile(
    r"\b(?:code(?:[-_]oss|[-_]insiders|[-_]url[-_]handler)?|codium|vscodium|cursor|windsurf|nvim|emacs|helix|zed|gopls)\b",
    re.I,
)


@check(
    "K06",
    Severity.WARNING,
    why="systemd-oomd ends a whole application at once: editor, gopls and terminals.",
    explains=("X01", "X04", "X15"),
    os=("linux",),
)
def ended_by_oomd(
    kernel: KernelLog, processes: GoplsProcesses | Unknown, limits: MemoryLimits | Unknown, editors: Editors | Unknown
) -> Iterator[Finding]:
    """systemd-oomd ended the application that gopls runs in.

    What it means: The journal says that systemd-oomd killed a group whose name is that of an editor, or in which a
        gopls runs. It acts on memory pressure, before memory is full, and names groups, not processes.
    Why it matters: The editor vanishes with everything in it; it does not look like a memory problem.
    How to fix: Let gopls use less (GOMEMLIMIT, staticcheck off, directoryFilters), close programs, add swap.
    When to ignore: When the group that was ended was another application of that name.
    Source: systemd src/oom/oomd-manager.c and oomd(8) for the wording.
    """
    groups = {each.cgroups or "" for each in processes.all} if isinstance(processes, GoplsProcesses) else set()
    for event in reversed(kernel.of(KillKind.OOMD)):
        name = event.cgroup.rsplit("/", 1)[-1].replace("\\x2d", "-")
        if not EDITOR_PATTERN.search(name) and not any(event.cgroup in group for group in groups):
            continue
        when = kernel.ago(event)
        yield Finding(
            f"systemd-oomd ended {name}{f' {when}' if when else ''} for memory pressure",
            evidence=(Evidence(event.source, event.text, event.line),),
            remedies=(
                *of_machine(limits, editors),
                advise("Add swap or close programs"),
            ),
            confidence=Confidence.LIKELY,
        )
        return
