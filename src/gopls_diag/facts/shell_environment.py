"""Names about Go in the environment of the asking shell, for names that nothing reads."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.shell_environment import ShellEnvironment
from gopls_diag.world import World


@fact(limit_seconds=5.0)
def shell_environment(world: World) -> ShellEnvironment:
    """The names that begin with GO, with their values."""
    return ShellEnvironment({name: value for name, value in world.environment.items() if name.startswith("GO")})
