"""gopls or go is built for another processor or system than the machine's."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.executable import ProgramHeader, ProgramHeaders
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE

_NARROW = {"amd64": "386", "arm64": "arm"}
"""The 32-bit programs that a 64-bit processor runs by itself: a matter of its own (P02)."""


@check(
    "P01",
    Severity.WARNING,
    why="It runs through a translator, slower and with more memory, or not at all.",
    explains=("X16", "X14", "P02"),
)
def built_for_another_processor(programs: ProgramHeaders) -> Iterator[Finding]:
    """gopls or go is built for another processor or system than the machine's.

    What it means: The header of the program (Mach-O, ELF or PE) names a processor that this machine does not have.
    macOS then runs it through Rosetta 2, Windows on ARM through its emulation, Linux through QEMU if that is set up.
    Why it matters: A translated gopls takes longer and needs more memory for the same work. A translated go also
    builds for that other processor, so cgo and build tags are those of a machine that you do not have. Without a
    translator the program does not start.
    How to fix: Install Go for this machine's processor, then install gopls anew with it.
    When to ignore: When the other processor is meant, for example because a C library exists only for that one.
    Source: the formats ELF (e_machine), PE (Machine) and Mach-O (cputype); xnu bsd/kern/kern_sysctl.c
    (proc_translated).
    """
    for program in programs.programs:
        slices = program.header.slices
        fits = {programs.architecture, _NARROW.get(programs.architecture, "")}
        if not slices or any(each.os == programs.os and each.architecture in fits for each in slices):
            continue
        made_for = " and ".join(str(each) for each in slices)
        is_broken = bool(program.problem)
        yield Finding(
            f"{program.path} is built for {made_for}, this machine is {programs.os}/{programs.architecture}",
            evidence=(Evidence(program.path, f"{program.header.format.value} header: {made_for}"), *_refusal(program)),
            remedies=tuple(_remedies(program, programs)),
            severity=Severity.ERROR if is_broken and program.name == "gopls" else Severity.WARNING,
            why="It cannot be run on this machine, so the editor has no gopls." if is_broken else None,
        )


def _refusal(program: ProgramHeader) -> tuple[Evidence, ...]:
    return (Evidence(program.path, program.problem),) if program.problem else ()


def _remedies(program: ProgramHeader, programs: ProgramHeaders) -> Iterator[Remedy]:
    go = next((each for each in programs.programs if each.name == "go"), None)
    is_go_native = go is None or any(each.architecture == programs.architecture for each in go.header.slices)
    if program.name == "gopls" and is_go_native:
        yield run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Build gopls for this machine")
        return
    yield advise(f"Install Go for {programs.os}/{programs.architecture}", link="https://go.dev/dl/")
    if program.name == "gopls":
        yield run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Then build gopls with it")
