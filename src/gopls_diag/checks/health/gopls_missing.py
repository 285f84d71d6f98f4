"""gopls is not where the editor looks for it."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, run
from gopls_diag.model.gopls import GoplsChoice, GoplsCommands
from gopls_diag.model.gopls_package import GOPLS_PACKAGE


@check(
    "H01",
    Severity.ERROR,
    why="The editor starts no gopls, so there is no completion, no jump and no diagnostic.",
    explains=("X14", "X17", "R21"),
)
def gopls_missing(commands: GoplsCommands) -> Iterator[Finding]:
    """gopls is not where the editor looks for it.

    What it means: An editor that is set up for Go looks for a program called gopls in certain places, in a certain
    order, and finds none. VS Code looks at go.alternateTools, then in GOBIN, GOPATH/bin, GOROOT/bin and PATH; the
    other editors look at what their settings name, or along PATH.
    Why it matters: Without gopls an editor has nothing but word completion for Go. VS Code offers to
    install it; in a window in which that was declined it says nothing more.
    How to fix: Install it with `go install golang.org/x/tools/gopls@latest`, which puts it into GOBIN, or GOPATH/bin
    where GOBIN is not set. If there is one already, put its folder on the PATH of the editor or name it in the
    editor's settings.
    When to ignore: When that editor is not used for Go on this machine.
    Source: golang/vscode-go v0.57.2 extension/src/utils/pathUtils.ts and language/goLanguageServer.ts
    getLanguageServerToolPath, goInstallTools.ts promptForMissingTool; golang/tools gopls/doc/index.md (Installation).
    """
    for number, choice in enumerate(commands.editors):
        if choice.binary is None:
            # Only the editor in question is known to be meant; another may just be installed.
            yield _finding(commands, choice, Severity.ERROR if number == 0 else Severity.INFO)
    shell = commands.used("shell")
    if not commands.editors and shell and shell.binary is None:
        yield _finding(commands, shell, Severity.WARNING if commands.all else Severity.ERROR)


def _finding(commands: GoplsCommands, choice: GoplsChoice, severity: Severity) -> Finding:
    elsewhere = commands.all[0] if commands.all else None
    blocked = commands.not_executable[0] if commands.not_executable else ""
    summary = f"gopls is not found where {choice.label} looks"
    if choice.configured:
        summary += f" (a setting names {choice.configured})"
    if elsewhere:
        summary += f"; there is one at {elsewhere.path}"
    elif blocked:
        summary += f"; {blocked} is there but may not be executed"
    return Finding(
        summary,
        evidence=(Evidence(f"the places that {choice.label} searches", _places(choice)),),
        remedies=tuple(_remedies(commands, choice, blocked)),
        severity=severity,
        because_of=_cause(choice, blocked if not elsewhere else ""),
    )


def _cause(choice: GoplsChoice, blocked: str) -> str | None:
    """A file that may not be executed, or a setting that names what is not there."""
    if blocked:
        return "X16"
    return "S11" if choice.configured else None


def _places(choice: GoplsChoice) -> str:
    rules: dict[str, list[str]] = {}
    for place in choice.searched:
        rule, _, path = place.partition(": ")
        rules.setdefault(rule, []).append(path)
    words = [
        f"{rule}: {paths[0]}" + (f" and {len(paths) - 1} more folders" if len(paths) > 1 else "")
        for rule, paths in rules.items()
    ]
    return "; ".join(words) or "nowhere: PATH is empty"


def _remedies(commands: GoplsCommands, choice: GoplsChoice, blocked: str) -> Iterator[Remedy]:
    where = f" into {commands.install_folder}" if commands.install_folder else ""
    if blocked and not commands.all:
        yield run("chmod", "+x", blocked, title="Let the file be executed")
    if commands.all:
        found = commands.all[0].path
        if choice.rule == "" and choice.asker == "shell":
            yield advise(f"Put {found[: max(found.rfind('/'), found.rfind(chr(92)))]} on PATH")
        else:
            yield advise(
                f"Put the folder of {found} on the PATH that {choice.label} is started with, or name it in its settings"
            )
    else:
        yield run("go", "install", f"{GOPLS_PACKAGE}@latest", title=f"Install gopls{where}")
