"""The argument list of a running gopls: what it was started to do, and its flags.

By gopls/internal/cmd: flags stand before or after the word `serve`; every other word that is a subcommand makes it one.
"""

from __future__ import annotations

from gopls_diag.model.gopls_process import GoplsRole

SIDE_CAR = "** telemetry **"
"""The first argument of the child that golang.org/x/telemetry keeps beside every gopls (start.go)."""

_SUBCOMMANDS = frozenset(
    [
        "api-json",
        "bug",
        "call_hierarchy",
        "check",
        "codeaction",
        "codelens",
        "definition",
        "execute",
        "fix",
        "folding_ranges",
        "format",
        "help",
        "highlight",
        "implementation",
        "imports",
        "inspect",
        "licenses",
        "links",
        "prepare_rename",
        "references",
        "remote",
        "rename",
        "semtok",
        "signature",
        "stats",
        "symbols",
        "version",
        "vulncheck",
        "workspace_symbol",
    ]
)


def role_of(command: tuple[str, ...]) -> GoplsRole | None:
    """What a gopls with this argument list does; None for the telemetry side-car."""
    words = command[1:]
    if words and words[0] == SIDE_CAR:
        return None
    subcommand = next((word for word in words if word in _SUBCOMMANDS or word in ("serve", "mcp")), "serve")
    if subcommand == "mcp":
        return GoplsRole.MCP
    if subcommand != "serve":
        return GoplsRole.OTHER
    if flag_value(command, "listen"):
        return GoplsRole.DAEMON
    if flag_value(command, "remote"):
        return GoplsRole.FORWARDER
    return GoplsRole.SERVER


def flag_value(command: tuple[str, ...], name: str) -> str | None:
    """The value of a flag (`-x=v`, `--x=v`, `-x v`); None when it is not there, empty for a bare one."""
    value: str | None = None
    for at, word in enumerate(command):
        bare = word.removeprefix("-").removeprefix("-")
        if bare == word:
            continue
        if bare == name:
            after = command[at + 1] if at + 1 < len(command) else ""
            value = "" if after.startswith("-") else after
        elif bare.startswith(name + "="):
            value = bare[len(name) + 1 :]
    return value


def is_gopls_name(name: str) -> bool:
    """True for the base name of a gopls program: `gopls`, `gopls.exe`, `gopls-v0.23.0`, `gopls23`; not for our own."""
    plain = name.lower().removesuffix(" (deleted)").removesuffix(".exe")
    return plain.startswith("gopls") and not plain.startswith(("gopls-diag", "goplsdiag", "gopls_diag"))
