"""E02: there is no go command where gopls looks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoChoice, GoCommand

PATTERN = re.compile(r"go command required, not found")
_INSTALL = "https://go.dev/doc/install"


@check(
    "E02",
    Severity.ERROR,
    why="gopls runs go for everything it learns about packages; without it nothing loads.",
    explains=("E03", "E24", "E26", "E28", "W01", "W02", "W03", "W05", "W06", "W17", "C04", "H12"),
)
def go_command_missing(command: GoCommand, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """There is no go command where gopls looks for it.

    What it means: gopls runs a program named go, which it looks for in the folders of PATH. None of them has it: Go is
        not installed, or the editor was started with another PATH than the terminal has.
    Why it matters: gopls cannot load any package, so completion, jumps and hovers return nothing.
    How to fix: Install Go, or put its bin folder on PATH where the editor sees it; for VS Code set
        go.alternateTools.go to the path of the program. Then restart the editor.
    When to ignore: For an editor that is not used for Go.
    Source: golang/tools internal/gocommand/invoke.go; golang/vscode-go extension/src/utils/pathUtils.ts (where VS Code
        looks); golang/vscode-go#971.
    """
    lost = [each for each in command.choices if not each.path and (each.asker != "shell" or not command.path)]
    if lost and len(lost) > 1:
        lost = [each for each in lost if each.asker != "shell"]
    for choice in lost:
        yield _not_found(choice, command)
    if lost or isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        though = f", though {command.path} is there" if command.path else ""
        yield Finding(
            f"gopls found no go command{though}: the editor's PATH lacks its folder",
            evidence=(quote(heard), *([Evidence("PATH", command.path)] if command.path else [])),
            remedies=(
                advise("Start the editor from a terminal in which go works, or restart it if Go was installed since"),
            ),
            confidence=Confidence.LIKELY,
        )
        return


def _not_found(choice: GoChoice, command: GoCommand) -> Finding:
    elsewhere = command.path or next((each for each in command.candidates), "")
    remedies: list[Remedy] = [advise("Install Go", link=_INSTALL)]
    if elsewhere:
        remedies = [advise(f"Put the folder of {elsewhere} on the PATH that {choice.label} is given")]
    else:
        remedies.append(advise("If Go is installed, put its bin folder on PATH where programs of the desktop see it"))
    return Finding(
        f"{choice.label[:1].upper()}{choice.label[1:]} finds no go command",
        evidence=(Evidence("PATH", choice.search_path or "(empty)"),),
        remedies=tuple(remedies),
        severity=None if not command.path else Severity.WARNING,
    )
