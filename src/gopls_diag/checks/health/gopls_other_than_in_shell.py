"""The editor uses another gopls, or another go, than the shell."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.gopls import ALTERNATE, GoplsBinary, GoplsCommands
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.toolchain import GoCommand


@check(
    "H02",
    Severity.WARNING,
    why="What the shell tells about gopls or go, and what is upgraded there, is not what the editor uses.",
)
def gopls_other_than_in_shell(commands: GoplsCommands, go: GoCommand | Unknown) -> Iterator[Finding]:
    """The editor uses another gopls, or another go, than the shell.

    What it means: There are several programs called gopls (or go), and the editor picks one by its own rules while
    the shell picks the first on PATH. VS Code prefers go.alternateTools, GOBIN and GOPATH/bin to PATH.
    Why it matters: `gopls version` in the shell then tells nothing about the editor, and an upgrade of one leaves the
    other as it was. It is a warning when the editor is left with the older one, else it is only worth knowing.
    How to fix: Remove the one that is not wanted, or upgrade it, or name the right one in the editor's settings.
    When to ignore: When you keep two versions on purpose.
    Source: golang/vscode-go v0.57.2 extension/src/utils/pathUtils.ts
    getBinPathWithPreferredGopathGorootWithExplanation.
    """
    mine = commands.in_shell
    for number, choice in enumerate(commands.editors):
        theirs = choice.binary
        if mine and theirs and not _same(theirs, mine):
            is_behind = theirs.version.is_known and mine.version.is_known and theirs.version < mine.version
            yield Finding(
                f"{choice.label} uses {theirs.path} ({_told(theirs)}), the shell {mine.path} ({_told(mine)})",
                evidence=(
                    Evidence(f"{choice.label}, by {choice.rule}", f"{theirs.path}: {_told(theirs)}"),
                    Evidence("the shell, by PATH", f"{mine.path}: {_told(mine)}"),
                ),
                remedies=(advise(f"Keep one of them: remove or upgrade {theirs.path if is_behind else mine.path}"),),
                severity=Severity.WARNING if is_behind and number == 0 else Severity.INFO,
                # A setting that names what is not there made the editor look elsewhere.
                because_of="S11" if choice.configured and choice.rule != ALTERNATE else None,
            )
    if isinstance(go, GoCommand):
        yield from _other_go(go)


def _other_go(go: GoCommand) -> Iterator[Finding]:
    shell = go.used("shell")
    for choice in go.choices:
        if choice.asker == "shell" or not shell or not shell.path or not choice.path or choice.path == shell.path:
            continue
        if choice.path == go.path and go.resolved_path == shell.path:
            continue
        yield Finding(
            f"{choice.label} uses {choice.path} (by {choice.rule}), the shell {shell.path}",
            evidence=(
                Evidence(f"{choice.label}, by {choice.rule}", choice.path),
                Evidence("the shell, by PATH", shell.path),
            ),
            remedies=(advise(f"If that is not meant, take {choice.rule} away"),),
            severity=Severity.INFO,
            why="Versions and settings of go that the shell shows may not be those that gopls works with.",
        )


def _same(one: GoplsBinary, other: GoplsBinary) -> bool:
    if one.resolved_path == other.resolved_path or (one.sha256 and one.sha256 == other.sha256):
        return True
    # The shim of a version manager (asdf, mise, goenv) passes on to the other, or to one like it.
    is_shim = one.is_script != other.is_script
    return is_shim and one.version.is_known and one.version == other.version


def _told(binary: GoplsBinary) -> str:
    if binary.problem and not binary.version.text:
        return "gives no version"
    return str(binary.version)
