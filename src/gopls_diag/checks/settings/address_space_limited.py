"""A limit on the address space that gopls inherits."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import GIB, size_text
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.shell_limits import ShellLimits

LIMIT = "Max address space"
GENEROUS_BYTES = 16 * GIB
"""Above it the limit is useless but harms no gopls: its addresses stay below 5 GB in ordinary work."""


@check(
    "S14",
    Severity.WARNING,
    why="Addresses are not memory: gopls reserves 2 to 4 GB of them at 0.2 GB of memory, and ends when refused.",
    explains=("M03", "M04", "K04", "X02", "X14"),
    os=("linux", "darwin"),
)
def address_space_limited(shell: ShellLimits | Unknown, processes: GoplsProcesses | Unknown) -> Iterator[Finding]:
    """A shell start file, limits.conf or a running gopls limits the address space.

    What it means: `ulimit -v` (RLIMIT_AS) bounds the addresses of every program started from there. The advice to set
        it against crashes of gopls is common and wrong: there is no such limit to begin with, and setting one creates
        it.
    Why it matters: Below 0.6 GiB no Go program starts; below 2 GiB gopls does not; above, it ends with "out of memory"
        in the middle of its work, while memory is free.
    How to fix: Take the line out and start the editor from a new shell. To bound memory use GOMEMLIMIT, or a cgroup.
    When to ignore: When the limit is far above 5 GiB, or meant for a shell that never starts an editor.
    Source: setrlimit(2), limits.conf(5); xnu bsd/kern/bsd_init.c (no limit to begin with), osfmk/vm/vm_map.c; Go
        runtime/mpagealloc_64bit.go and mheap.go; seen with gopls v0.23.0 and Go 1.27.3 on Linux.
    """
    for each in processes.all if isinstance(processes, GoplsProcesses) else ():
        soft, _ = (each.limits or {}).get(LIMIT, (None, None))
        if soft is not None and soft < GENEROUS_BYTES:
            yield Finding(
                f"gopls {each.pid} of {each.owner} runs with its address space limited to {size_text(soft)}",
                evidence=(Evidence(f"/proc/{each.pid}/limits", f"{LIMIT} {soft} bytes"),),
                remedies=(
                    run("prlimit", "--as=unlimited", f"--pid={each.pid}", title="Lift it for the running gopls"),
                    advise("Start the editor from a shell without ulimit -v"),
                ),
            )
    for line in shell.limits if isinstance(shell, ShellLimits) else ():
        if line.limit_bytes is not None and line.limit_bytes >= GENEROUS_BYTES:
            continue
        size = "" if line.limit_bytes is None else f" to {size_text(line.limit_bytes)}"
        whom = f" for {line.subject}" if line.subject else ""
        # Who is in a group is not known here.
        is_group = line.subject.startswith(("@", "%"))
        again = "log in anew" if line.subject else "start the editor from a new shell"
        yield Finding(
            f"{line.path} limits the address space{size}{whom}",
            evidence=(Evidence(line.path, line.text, line.line),),
            remedies=(advise(f"Take line {line.line} out of {line.path}, then {again}"),),
            confidence=Confidence.POSSIBLE if is_group else Confidence.LIKELY,
            severity=Severity.INFO if is_group else None,
        )
