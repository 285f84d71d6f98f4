"""gopls is a 32-bit program on a 64-bit system."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.executable import ProgramHeaders
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE

_WIDE_PROCESSORS = ("amd64", "arm64", "ppc64le", "ppc64", "s390x", "riscv64", "loong64", "mips64", "mips64le")


@check(
    "P02",
    Severity.WARNING,
    why="It runs out of addresses at 2 to 4 GB, however much memory the machine has.",
    explains=("M04",),
)
def gopls_is_narrow(programs: ProgramHeaders) -> Iterator[Finding]:
    """gopls is a 32-bit program on a 64-bit system.

    What it means: The header of the gopls in use says that it was built for a 32-bit processor (386 or arm), as
    happens when it was built with a 32-bit Go or with GOARCH set.
    Why it matters: A 32-bit program can address 2 GB on Windows and 3 to 4 GB elsewhere. gopls reserves address space
    well beyond what it uses, and dies with `runtime: out of memory` while the machine has memory left.
    How to fix: Install a 64-bit Go, then install gopls anew with it, with GOARCH not set.
    When to ignore: When the workspace is small and gopls has never died.
    Source: golang/vscode-go#2218; golang/go#42889; Go runtime/mheap.go (cannot allocate).
    """
    if programs.architecture not in _WIDE_PROCESSORS:
        return
    go = next((each for each in programs.programs if each.name == "go"), None)
    is_go_wide = go is None or any(each.is_64_bit for each in go.header.slices)
    for program in programs.programs:
        slices = program.header.slices
        if program.name != "gopls" or not slices or any(each.is_64_bit for each in slices):
            continue
        rebuild = run(
            "go", "install", f"{GOPLS_PACKAGE}@latest", title="Build gopls as a 64-bit program (GOARCH not set)"
        )
        wide = advise(f"Install the 64-bit Go for {programs.os}/{programs.architecture}", link="https://go.dev/dl/")
        yield Finding(
            f"{program.path} is a 32-bit program ({slices[0]}) on a 64-bit system ({programs.architecture})",
            evidence=(Evidence(program.path, f"{program.header.format.value} header: {slices[0]}"),),
            remedies=(rebuild,) if is_go_wide else (wide, rebuild),
        )
