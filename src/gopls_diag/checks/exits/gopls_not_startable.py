"""The gopls that the editor would start cannot be started."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise, run
from gopls_diag.model.gopls import GoplsBinary, GoplsChoice, GoplsCommands
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"Launching server using command ([^\n]{1,400}?) failed\.(?: Error: spawn [^\n]{0,400}?(ENOENT|EACCES|UNKNOWN))?"
)
OTHERS_PATTERN = re.compile(
    r"(?:failed to start language server \"gopls\": "
    r"|Failed to initialize the language servers for `source\.go` - `gopls` \{ )([^\n}]{1,300})"
)
"""The words of Zed and of Helix."""
NOT_FOUND_PATTERN = re.compile(r"\(os error 2\)|cannot find binary path|No such file")
OTHER_EDITORS = ("neovim", "helix", "zed", "emacs", "shell")
"""All but VS Code and its forks."""
_STARTED = ("exited with code", "answered", "said nothing", "gave no answer")


@check(
    "X16",
    Severity.ERROR,
    why="The editor starts no gopls, so there is no completion, no jump and no diagnostic.",
    explains=("X14", "X15", "X17", "X18"),
)
def gopls_not_startable(
    commands: GoplsCommands, sayings: Sayings | Unknown, ends: RecordedEnds | Unknown
) -> Iterator[Finding]:
    """The gopls that the editor would start cannot be started.

    What it means: The file is there, but the system does not run it: it may not be executed, is made for another
    machine, is damaged, or a security program blocks it. A program that runs but does not answer `gopls version` is
    told too, as worth knowing: it may be a wrapper of yours.
    Why it matters: An editor that cannot start gopls has no Go support, and says little about it.
    How to fix: Install gopls anew with `go install golang.org/x/tools/gopls@latest`; look at go.alternateTools.gopls.
    When to ignore: When the file is a wrapper that starts gopls in the end.
    Source: microsoft/vscode-languageserver-node client/src/node/main.ts; golang/vscode-go v0.57.2
    extension/src/goInstallTools.ts (listOutdatedTools).
    """
    for choice in commands.choices:
        binary = choice.binary
        if binary and (choice.asker != "shell" or not commands.editors):
            yield from _judged(choice, binary)
    if commands.choices and commands.choices[0].binary is None:
        for path in commands.not_executable:
            yield Finding(
                f"{path} may not be executed by this user",
                evidence=(Evidence(path, "a file without permission to execute it"),),
                remedies=(run("chmod", "+x", path, title="Let it be executed"),),
            )
    for end in ends.all if isinstance(ends, RecordedEnds) else ():
        if end.incident.end and end.incident.end.failure:
            yield Finding(
                f"{end.incident.start.gopls or 'gopls'} could not be started: {end.incident.end.failure}",
                evidence=(end.proof("end.failure", end.incident.end.failure),),
                remedies=tuple(_remedies()),
            )
    for heard in sayings.matching(PATTERN, Channel.CLIENT) if isinstance(sayings, Sayings) else ():
        yield Finding(
            f"The editor could not start {heard.match[1]}" + (f" ({heard.match[2]})" if heard.match[2] else ""),
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=tuple(_remedies()),
            because_of="H01" if heard.match[2] == "ENOENT" else None,
        )
    for heard in sayings.matching(OTHERS_PATTERN) if isinstance(sayings, Sayings) else ():
        yield Finding(
            f"The editor could not start gopls: {heard.match[1].strip()}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=tuple(_remedies()),
            because_of="H01" if NOT_FOUND_PATTERN.search(heard.match[1]) else None,
        )


def _judged(choice: GoplsChoice, binary: GoplsBinary) -> Iterator[Finding]:
    runs = any(words in binary.problem for words in _STARTED)
    if binary.problem and not runs:
        yield Finding(
            f"{choice.label} cannot start {binary.path}: {binary.problem}",
            evidence=(Evidence(binary.path, binary.problem),),
            remedies=tuple(_remedies()),
        )
    elif binary.problem:
        yield Finding(
            f"{binary.path} does not answer like gopls: {binary.problem}",
            evidence=(Evidence(binary.path, binary.problem),),
            remedies=(advise("Look at what that file does with the arguments `version -json`"),),
            severity=Severity.INFO,
            confidence=Confidence.POSSIBLE,
            why="It may be a wrapper, or another program of that name.",
        )
    elif binary.is_script and choice.asker not in OTHER_EDITORS:
        yield Finding(
            f"{binary.path} is a script that starts gopls",
            evidence=(Evidence(binary.path, f"#!{binary.header.interpreter}" if binary.header else "script"),),
            severity=Severity.INFO,
            why="VS Code says at each start that gopls needs recompiling; do not let it, or it replaces the script.",
        )


def _remedies() -> Iterator[Remedy]:
    yield run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Install gopls anew")
    yield advise("Look at what the editor's settings name as gopls, and at what a security program says about it")
