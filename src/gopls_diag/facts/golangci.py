"""What the folder's golangci-lint configuration switches."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.golangci import GolangciConfiguration, SwitchedLinter
from gopls_diag.model.request import Request
from gopls_diag.parse.golangci_config import parse_golangci
from gopls_diag.world import World, WorldError

NAMES = (".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json")
_LIMIT_BYTES = 1024 * 1024


@fact(limit_seconds=5.0)
def golangci_configuration(world: World, request: Request) -> GolangciConfiguration:
    """The linters that `.golangci.*` in the workspace folder switches on or off."""
    linters: list[SwitchedLinter] = []
    files: list[str] = []
    for name in NAMES:
        path = world.join(request.folder, name)
        try:
            content = world.read_bytes(path, limit_bytes=_LIMIT_BYTES)
        except WorldError:
            continue
        files.append(path)
        linters += parse_golangci(content, path)
    return GolangciConfiguration(tuple(linters), tuple(files))
