"""A container or virtual machine with less memory than the workspace was seen to need."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import size_text
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import DoesNotApply, Unknown
from gopls_diag.model.session import SessionTranscript

TOO_MUCH = 0.8
"""Of all memory that can be had: the editor, go list and the compiler need the rest."""


@check(
    "P08",
    Severity.WARNING,
    why="gopls cannot load this workspace here without being killed or swapped to a standstill.",
    explains=("M05", "M09", "H11"),
)
def machine_smaller_than_workspace(
    limits: MemoryLimits,
    processes: GoplsProcesses | Unknown,
    kernel: KernelLog | Unknown,
    transcript: SessionTranscript | Unknown,
) -> Iterator[Finding]:
    """This container or virtual machine has less memory than the workspace was seen to need.

    What it means: The peak memory of a gopls (a running one, the one of --probe, or one that the kernel killed) is
        four fifths or more of the memory that this container, group or WSL machine has.
    Why it matters: The same workspace works on the host and dies here, always at the same place.
    How to fix: Give it more: "hostRequirements": {"memory": "8gb"} in devcontainer.json, docker --memory, a larger
        Codespace, memory=8GB under [wsl2] in .wslconfig. Or make gopls need less: build.directoryFilters, staticcheck
        off.
    When to ignore: When the peak was reached once, in the first load with an empty cache.
    Source: golang/vscode-go#1379 (WSL2 with 4 GB), #2007 and #2294 (containers); Microsoft, "Advanced settings
        configuration in WSL" (.wslconfig); the development container specification (hostRequirements).
    """
    group = limits.tightest
    if not (limits.container or limits.is_wsl or group):
        raise DoesNotApply("not in a container, a limited group or WSL")
    seen = _seen(processes, kernel, transcript)
    if seen is None or seen[0] < TOO_MUCH * limits.effective_bytes:
        return
    peak, proof, cause = seen
    what = limits.container or ("WSL" if limits.is_wsl else "control group")
    source = group.limit_file if group else "machine"
    yield Finding(
        f"This {what} has {size_text(limits.effective_bytes)} of memory, and gopls was seen to need {size_text(peak)}",
        evidence=(Evidence(source, size_text(limits.effective_bytes)), proof),
        remedies=(
            advise("Give it more memory (docker --memory, hostRequirements.memory, memory= in .wslconfig)"),
            advise('Or narrow the workspace: "gopls": {"build.directoryFilters": ["-", "+the/part/you/need"]}'),
        ),
        confidence=Confidence.LIKELY,
        because_of=cause,
    )


def _seen(
    processes: GoplsProcesses | Unknown, kernel: KernelLog | Unknown, transcript: SessionTranscript | Unknown
) -> tuple[int, Evidence, str | None] | None:
    """The largest peak of a gopls that was seen, what proves it, and the code of the kill in which it was seen."""
    peaks: list[tuple[int, str, str, str | None]] = []
    if isinstance(processes, GoplsProcesses):
        for each in processes.servers:
            peak = each.peak_resident_bytes or each.resident_bytes
            peaks.append((peak, f"/proc/{each.pid}/status", f"peak of gopls {each.pid}: {size_text(peak)}", None))
    if isinstance(transcript, SessionTranscript) and transcript.peak_resident_bytes:
        peak = transcript.peak_resident_bytes
        peaks.append((peak, "gopls (--probe)", f"peak of the probe's gopls: {size_text(peak)}", None))
    if isinstance(kernel, KernelLog):
        for event in kernel.of(KillKind.OUT_OF_MEMORY, KillKind.CGROUP_OUT_OF_MEMORY):
            if event.is_gopls and event.resident_bytes and not event.is_group_gone:
                code = "M01" if event.kind is KillKind.OUT_OF_MEMORY else "M02"
                peaks.append((event.resident_bytes, event.source, event.text, code))
    if not peaks:
        return None
    peak, source, text, code_of_kill = max(peaks, key=lambda each: each[0])
    return peak, Evidence(source, text), code_of_kill
