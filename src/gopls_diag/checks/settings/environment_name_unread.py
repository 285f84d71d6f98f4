"""S07: an environment name that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._migration import above
from gopls_diag.checks.settings._written import asked, nearest, quoted, removal, renaming
from gopls_diag.model.editor import Editors, EditorSetup, SettingValue
from gopls_diag.model.finding import Evidence, Finding, Remedy, SettingEdit, Severity, advise, change_settings
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.shell_environment import ShellEnvironment

REAL = frozenset(
    {
        "GO111MODULE", "GO386", "GOAMD64", "GOARCH", "GOARM", "GOARM64", "GOAUTH", "GOBIN", "GOCACHE", "GOCACHEPROG",
        "GOCLOBBERDEADHASH", "GOCOVERDIR", "GOCOVERPKG", "GODEBUG", "GOENV", "GOEXE", "GOEXPERIMENT", "GOFIPS140",
        "GOFLAGS", "GOGC", "GOGCCFLAGS", "GOHOSTARCH", "GOHOSTOS", "GOINSECURE", "GOLANGCI_LINT_CACHE", "GOMAXPROCS",
        "GOMEMLIMIT", "GOMIPS", "GOMIPS64", "GOMOD", "GOMODCACHE", "GONOPROXY", "GONOSUMCHECK", "GONOSUMDB", "GOOS",
        "GOPACKAGESDRIVER", "GOPATH", "GOPLSCACHE", "GOPLS_CONFIG_DIR", "GOPPC64", "GOPRIVATE", "GOPROXY", "GORACE",
        "GORISCV64", "GOROOT", "GOROOT_BOOTSTRAP", "GOROOT_FINAL", "GOSSAFUNC", "GOSUMDB", "GOTELEMETRY",
        "GOTELEMETRYDIR", "GOTESTSUM_FORMAT", "GOTEST_TIMEOUT_SCALE", "GOTMPDIR", "GOTOOLCHAIN", "GOTOOLDIR",
        "GOTRACEBACK", "GOVCS", "GOVERSION", "GOWASM", "GOWORK", "GO_EXTLINK_ENABLED", "GO_TELEMETRY_CHILD",
    }
)  # fmt: skip
NOT_FOR_GOPLS = ("GOMEMLIMIT", "GOGC", "GOPLSCACHE", "GOTRACEBACK")
MEANT = {
    "GOPLS_MODE": 'For less work, set "gopls": {"ui.diagnostic.diagnosticsTrigger": "Save"}',
    "GOPLS_NO_ANALYTICS": "To switch telemetry off, run go telemetry off",
    "GOPLS_MEMORY_LIMIT": 'For a soft limit, set "go.toolsEnvVars": {"GOMEMLIMIT": "3GiB"}',
    "GOPLS_MEMLIMIT": 'For a soft limit, set "go.toolsEnvVars": {"GOMEMLIMIT": "3GiB"}',
    "GOPLS_CACHE": "For another cache folder, set GOPLSCACHE",
    "GOPLS_FLAGS": 'For flags, set "go.languageServerFlags": ["-rpc.trace"]',
    "GOPLS_LOG": 'For a log, set "go.languageServerFlags": ["-logfile=auto"]',
    "GOPLS_LOGFILE": 'For a log, set "go.languageServerFlags": ["-logfile=auto"]',
}
"""Names that pages on the web give, to what does what they promise."""
OF_SCRIPTS = ("GOPLS_VERSION", "GOPLS_PATH", "GOPLS_BIN", "GOPLS_DIR", "GOPLS_URL", "GOPLS_SHA256", "GOPLS_DIAG_")
"""Names that images and scripts give to their own affairs, and ours."""


@check("S07", Severity.WARNING, why="It was meant to change something and changes nothing.")
def environment_name_unread(editors: Editors | Unknown, shell: ShellEnvironment | Unknown) -> Iterator[Finding]:
    """An environment name that nothing reads.

    What it means: A name such as GOPLS_MODE is set for gopls, but neither gopls nor go reads it: it is invented or
        misspelled. Or a name that gopls itself should read stands in the gopls setting "env", which reaches only the go
        commands that gopls runs.
    Why it matters: What it was set for does not happen.
    How to fix: Take it out, or use what is shown here.
    When to ignore: When another program reads it.
    Source: golang/tools at v0.23.0, every os.Getenv of gopls and x/telemetry; `go help environment`;
        gopls/doc/settings.md (env: only for commands that gopls runs).
    """
    for editor in editors.all if isinstance(editors, Editors) else ():
        for setting in editor.tools_environment.values():
            said = _unread(setting.key)
            if said:
                yield _finding(editor, setting, said)
        for setting in editor.gopls_settings.values():
            if setting.short == "env" and isinstance(setting.value, dict):
                yield from _in_gopls_env(editor, setting)
    for name in sorted(shell.values) if isinstance(shell, ShellEnvironment) else ():
        # In a shell only names of gopls's own kind are judged: other programs have names that begin with GO too.
        if name.startswith("GOPLS_") and name not in REAL and not name.startswith(OF_SCRIPTS):
            yield Finding(
                f"{name} is set in the shell, and nothing reads it",
                (Evidence("the environment of this shell", f"{name}={shell_value(shell, name)}"),),
                (advise(MEANT.get(name, f"Take {name} out of the start file of the shell")),),
                severity=None if name in MEANT else Severity.INFO,
            )


def shell_value(shell: ShellEnvironment | Unknown, name: str) -> str:
    """The value of a name, cut to what fits on a screen."""
    return shell.values.get(name, "")[:80] if isinstance(shell, ShellEnvironment) else ""


def _unread(name: str) -> str:
    """What to do about a name that nothing reads; empty if something may read it."""
    if name in REAL or not name.startswith("GO"):
        return ""
    if name in MEANT:
        return MEANT[name]
    likely = nearest(name, REAL, 0.85)
    if likely:
        return f"Use the real name {likely}"
    if name.startswith("GOPLS") and not name.startswith(OF_SCRIPTS):
        return "Look for what was meant among the settings of gopls: https://go.dev/gopls/settings"
    return ""


def _finding(editor: EditorSetup, setting: SettingValue, said: str) -> Finding:
    likely = "" if setting.key in MEANT else nearest(setting.key, REAL, 0.85)
    remedies = [removal(setting), advise(said)]
    if likely and likely not in editor.tools_environment:
        remedies = [asked(renaming(setting, likely)), removal(setting)]
    return Finding(f"Nothing reads the environment name {setting.key}", (quoted(setting),), tuple(remedies))


def _in_gopls_env(editor: EditorSetup, setting: SettingValue) -> Iterator[Finding]:
    for name in setting.value:
        inner = replace(setting, key=name, path=f"{setting.path}/{name}")
        if name in NOT_FOR_GOPLS:
            yield Finding(
                f'{name} in the gopls setting "{setting.key}" reaches the go commands that gopls runs, not gopls',
                (quoted(setting),),
                (
                    *_moved(editor, inner),
                    advise(
                        f'Set it for gopls: "go.toolsEnvVars": {{"{name}": "…"}}, or in the environment of the editor'
                    ),
                ),
            )
        elif _unread(name):
            yield Finding(
                f'Nothing reads the environment name {name} in "{setting.key}"',
                (quoted(setting),),
                (removal(inner), advise(_unread(name))),
            )


def _moved(editor: EditorSetup, inner: SettingValue) -> Iterator[Remedy]:
    """To where the editor gives it to gopls itself, unless that has one."""
    if editor.is_vscode and inner.key not in editor.tools_environment:
        there = f"{above(inner)}go.toolsEnvVars/{inner.key}"
        edit = SettingEdit(inner.file, inner.path, there, "move")
        yield asked(change_settings(edit, title=f"Move {inner.key} to go.toolsEnvVars; go and dlv see it there too"))
