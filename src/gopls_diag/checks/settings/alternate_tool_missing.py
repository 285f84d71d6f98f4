"""S11: a setting names a gopls or go that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import quoted, removal
from gopls_diag.model.alternate_tool import AlternateTool, AlternateTools
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Severity, set_setting
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.outcome import Unknown

TOOLS = ("gopls", "go", "dlv")


@check(
    "S11",
    Severity.WARNING,
    why="The editor takes another program, or none, and does not say so.",
    explains=("R21",),
)
def alternate_tool_missing(
    tools: AlternateTools, commands: GoplsCommands | Unknown, editors: Editors | Unknown
) -> Iterator[Finding]:
    """A setting names a gopls or go that is not there.

    What it means: go.alternateTools (cmd in Neovim, command in Helix, binary.path in Zed) gives a path at which there
        is no program.
    Why it matters: For a path VS Code says nothing and takes another gopls that it finds, perhaps an old one of the
        system. For a bare name it shows "Cannot find the alternate tool" and starts none. Other editors start none.
    How to fix: Take the entry out, or give the path of the program that is meant.
    When to ignore: Never for gopls and go.
    Source: golang/vscode-go extension/src/utils/pathUtils.ts (getBinPathWithPreferredGopathGorootWithExplanation),
        goLanguageServer.ts (getLanguageServerToolPath); seen with v0.56.0 and v0.57.2.
    """
    for tool in tools.all:
        if tool.tool in TOOLS and not tool.is_found:
            yield _finding(tool, commands, editors)


def _finding(tool: AlternateTool, commands: GoplsCommands | Unknown, editors: Editors | Unknown) -> Finding:
    choice = commands.used(tool.editor) if isinstance(commands, GoplsCommands) else None
    taken = choice.binary if choice and tool.tool == "gopls" else None
    is_vscode = tool.editor not in ("neovim", "helix", "zed", "emacs")
    what = "is a folder, not a program" if tool.is_folder else "is not there"
    said = f"{tool.path}, named as {tool.tool} in the settings of {tool.label}, {what}"
    severity = Severity.WARNING
    evidence = [quoted(tool.setting)]
    if taken and taken.path != tool.path:
        version = f" ({taken.version})" if taken.version.is_known else ""
        said += f"; {tool.label} silently starts {taken.path}{version}"
        evidence.append(Evidence("the gopls that is started instead", f"{taken.path}{version}"))
    elif tool.tool == "gopls":
        severity = Severity.ERROR
        said += f"; {tool.label} starts no gopls"
    elif tool.tool == "dlv":
        severity = Severity.INFO
    remedy = removal(tool.setting, f"{tool.tool} of go.alternateTools" if is_vscode else "the command")
    if tool.setting.path == "cmd":
        # Neovim: the program is the first element of a list that cannot do without one.
        editor = editors.named(tool.editor) if isinstance(editors, Editors) else None
        words = [each.value for each in editor.language_server_flags] if editor else []
        remedy = set_setting(tool.setting.file, "cmd", ["gopls", *words], title="Let gopls be the command")
    return Finding(said, tuple(evidence), (remedy,), severity=severity)
