"""For which processor the gopls and the go in use were made."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.executable import ProgramHeader, ProgramHeaders
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.outcome import CannotTell, Unknown
from gopls_diag.model.toolchain import GoCommand
from gopls_diag.parse.executable import HEADER_BYTES, parse_executable
from gopls_diag.world import World, WorldError


@fact(limit_seconds=10)
def program_headers(world: World, commands: GoplsCommands | Unknown, go: GoCommand | Unknown) -> ProgramHeaders:
    """The headers of the gopls that editors use and of the go that it runs, beside the machine."""
    found: list[ProgramHeader] = []
    if isinstance(commands, GoplsCommands):
        used = {each.binary.path: each.binary for each in commands.choices if each.binary}
        for path, binary in used.items():
            if binary.header:
                found.append(ProgramHeader("gopls", path, binary.header, binary.problem))
    if isinstance(go, GoCommand) and go.path:
        path = go.resolved_path or go.path
        try:
            header = parse_executable(world.read_bytes(path, limit_bytes=HEADER_BYTES), name=path)
            found.append(ProgramHeader("go", go.path, header, go.problem))
        except WorldError:
            pass
    if not found:
        raise CannotTell("neither gopls nor go was found, or they may not be read")
    machine = world.machine
    return ProgramHeaders(machine.os, machine.architecture, tuple(found))
