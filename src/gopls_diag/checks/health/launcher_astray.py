"""H15: the launcher that an editor starts in gopls's place cannot do its work."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls import GoplsChoice, GoplsCommands
from gopls_diag.model.launcher import Launcher
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.toolchain import GoCommand
from gopls_diag.model.version import GoVersion

_AGAIN = run("gopls-diag", "record", "install", title="Install it again, for the gopls of today")
_AWAY = run("gopls-diag", "record", "uninstall", title="Take the launcher out")
_NOT_VSCODE = ("neovim", "helix", "zed", "emacs", "shell")


@check(
    "H15",
    Severity.WARNING,
    why="The editor then has another gopls than it was given, or none, or nothing of it is recorded.",
    explains=("H01",),
)
def launcher_astray(commands: GoplsCommands, go: GoCommand | Unknown) -> Iterator[Finding]:
    """The launcher that an editor starts in gopls's place cannot do its work.

    What it means: `gopls-diag record install` has put a launcher in gopls's place, which starts gopls and keeps what
    becomes of it. The gopls that it was told to start is gone, or its settings are, or the launcher itself is damaged.
    Or it is a script, or was built by an older Go than the present one.
    Why it matters: It looks for another gopls along PATH, as VS Code would, and that may be an old one; where there is
    none the editor has no language server. Without its settings nothing is recorded. Of a script, or of a program
    that an older Go built, VS Code says at each start of a window that it needs recompiling.
    How to fix: gopls-diag record install writes it anew; gopls-diag record uninstall puts back what was there before.
    Do not let VS Code update the tool: it would build gopls, and not the launcher.
    When to ignore: The words about recompiling do no harm.
    Source: golang/vscode-go v0.57.2 extension/src/goInstallTools.ts listOutdatedTools; docs/explanation/recording.md.
    """
    seen: set[str] = set()
    for choice in commands.editors:
        launcher = choice.launcher
        if launcher is None or launcher.settings_file in seen:
            continue
        seen.add(launcher.settings_file)
        found = _broken(choice, launcher) or _outdated(choice, launcher, go)
        if found:
            yield found


def _broken(choice: GoplsChoice, launcher: Launcher) -> Finding | None:
    asker = f"{choice.label} starts {launcher.path}"
    taken = f"it starts {launcher.gopls} instead" if launcher.gopls else "and it finds no other"
    if launcher.is_damaged:
        return Finding(
            f"{asker}, the launcher of gopls-diag, which is no program any more",
            evidence=(Evidence(launcher.path, "neither a program nor a script"),),
            remedies=(_AGAIN, _AWAY),
            severity=Severity.ERROR,
        )
    settings = launcher.settings
    if settings is None:
        rest = f"starts {launcher.gopls}, which it found along PATH" if launcher.gopls else "finds no gopls"
        return Finding(
            f"The launcher that {choice.label} starts has lost its settings: it records nothing and {rest}",
            evidence=(Evidence(launcher.settings_file, launcher.problem),),
            remedies=(_AGAIN, _AWAY),
            severity=Severity.WARNING if launcher.gopls else Severity.ERROR,
        )
    if launcher.is_astray or not launcher.gopls:
        what = f"starts {settings.gopls}, which is not there; {taken}" if settings.gopls else "finds no gopls"
        return Finding(
            f"The launcher that {choice.label} starts {what}",
            evidence=(Evidence(launcher.settings_file, f'"gopls": "{settings.gopls}"'),),
            remedies=(_AGAIN, _AWAY) if launcher.gopls else (_AWAY, advise("Or install gopls where it was")),
            severity=Severity.WARNING if launcher.gopls else Severity.ERROR,
        )
    return None


def _outdated(choice: GoplsChoice, launcher: Launcher, go: GoCommand | Unknown) -> Finding | None:
    """What VS Code calls in need of recompiling, where a go is there that could do so."""
    if choice.asker in _NOT_VSCODE or launcher.settings is None or not isinstance(go, GoCommand):
        return None
    built, now = GoVersion.parse(launcher.settings.built_with), go.version
    if not now.is_known or (not launcher.is_script and (not built.is_known or _line_of(built) >= _line_of(now))):
        return None
    how = "is a script" if launcher.is_script else f"was built with {built.text}"
    return Finding(
        f"The launcher that {choice.label} starts {how}, and {choice.label} asks to recompile gopls for it",
        evidence=(Evidence(launcher.path, how), Evidence(f"{go.path} version", now.text)),
        remedies=(run("gopls-diag", "record", "install", title=f"Build it with {now.text}"),),
        severity=Severity.INFO,
        why="The message at the start of a window does no harm, and what it offers would not help.",
    )


def _line_of(version: GoVersion) -> tuple[int, int]:
    return (version.major, version.minor)
