"""S12: a fixed port that a second window cannot get."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import Flag, is_refused, with_flag, written_flags
from gopls_diag.checks.settings._written import asked, need_editors, shown
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsFlags
from gopls_diag.model.outcome import Unknown

PORT_PATTERN = re.compile(r"(?:^|:)([0-9]{1,5})$")
FLAGS = ("debug", "mcp.listen")


@check("S12", Severity.INFO, why="Only the first window gets the port; the others run without it and say nothing.")
def debug_port_fixed(
    editors: Editors, commands: GoplsCommands | Unknown, flags: GoplsFlags | Unknown
) -> Iterator[Finding]:
    """A fixed port is given for gopls's debug pages or its MCP server.

    What it means: -debug=localhost:6060 or -mcp.listen=localhost:8092 asks every gopls that the editor starts for the
        same port.
    Why it matters: Each window starts its own gopls, and only one can have the port. With -debug the others keep
        silent, so the page that you open may belong to another window's gopls. With -mcp.listen the others end with
        exit code 2 ("address already in use"), so a second window has no gopls at all.
    How to fix: Write -debug=localhost:0, and read the port from the line "debug server listening at" in the gopls log.
        VS Code has the command Go: Start language server's maintainer interface, which needs no flag. An assistant can
        start `gopls mcp` by itself, without a port.
    When to ignore: When there is only ever one window.
    Source: golang/tools gopls/internal/debug/serve.go (the error of Listen is dropped),
        internal/cmd/serve.go (that of the MCP server ends gopls); seen with gopls v0.23.0 and v0.24.0.
    """
    need_editors(editors)
    for editor in editors.all:
        arguments = () if is_refused(editor, commands, flags) else editor.language_server_flags
        for flag in written_flags(arguments):
            port = PORT_PATTERN.search(flag.value or "")
            if flag.name not in FLAGS or port is None or int(port[1]) == 0:
                continue
            setting = flag.setting
            if flag.name == "mcp.listen":
                yield _mcp(editor, flag, port[1])
                continue
            yield Finding(
                f"-{flag.name} asks for port {port[1]}, which only the first window of {editor.label} can get",
                (Evidence(setting.file, f"{setting.key}: {shown(setting.value)}", setting.line),),
                (asked(with_flag(editor, flag, (f"-{flag.name}=localhost:0",))),),
            )


def _mcp(editor: EditorSetup, flag: Flag, port: str) -> Finding:
    setting = flag.setting
    return Finding(
        f"-mcp.listen asks for port {port}: while one window of {editor.label} has it, gopls ends in every other",
        (Evidence(setting.file, f"{setting.key}: {shown(setting.value)}", setting.line),),
        (asked(with_flag(editor, flag)), advise("Then let the assistant start gopls mcp, which needs no port")),
        why="gopls ends with exit code 2 and address already in use, so a second window has no completion at all.",
        severity=Severity.WARNING,
    )
