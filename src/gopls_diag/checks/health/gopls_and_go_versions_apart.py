"""gopls and Go do not fit together by their versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.gopls_releases import last_gopls_for, newest_go_known_to, newest_that_builds_with, refuses
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise, run
from gopls_diag.model.gopls import ALTERNATE, GoplsBinary, GoplsCommands
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.toolchain import GoCommand, GoEnvironment
from gopls_diag.model.version import GoVersion
from gopls_diag.model.workspace import Workspace


@check(
    "H03",
    Severity.WARNING,
    why="gopls may report errors that are none, or miss what the other version can do.",
    explains=("E13", "E14", "X10", "W05"),
)
def gopls_and_go_versions_apart(
    commands: GoplsCommands,
    environment: GoEnvironment | Unknown,
    go: GoCommand | Unknown,
    workspace: Workspace | Unknown,
) -> Iterator[Finding]:
    """gopls and Go do not fit together by their versions.

    What it means: Three versions of Go count: the one that built gopls, the go command that gopls runs, and the one
    that go.mod asks for. A gopls that was built with an older Go than go.mod asks for does not know the newer
    language and type checks the module as older Go. A gopls that is much older than the go command was never tried
    with it. A go command before 1.21 is not supported by current gopls.
    Why it matters: New syntax and new built-ins are shown as errors, completion knows nothing of them, and with an
    old go command parts of the workspace may not load.
    How to fix: Install gopls anew with the Go that the module asks for: `go install golang.org/x/tools/gopls@latest`,
    in the folder of the module: elsewhere go install takes the Go that is installed there, and nothing changes.
    With a Go that has to stay old, install the gopls that the finding names.
    When to ignore: When the module uses nothing that is new in the Go that its go.mod asks for.
    Source: golang/tools gopls/internal/cache/check.go validGoVersion (v0.15.3 and newer),
    gopls/internal/util/goversion, gopls/go.mod at each tag, gopls/doc/index.md (Supported Go versions);
    golang/vscode-go#3982. Seen: gopls v0.18.1, built with go1.24.11, calls `new(1)` in a module of Go 1.26
    an error, which go vet accepts.
    """
    first = commands.editors[0] if commands.editors else None
    # A setting that names what is not there made the editor take this gopls.
    is_makeshift = first is not None and bool(first.configured) and first.rule != ALTERNATE and not first.is_proved
    for each in _judged(commands, environment, go, workspace):
        yield replace(each, because_of="S11") if is_makeshift else each


def _judged(
    commands: GoplsCommands,
    environment: GoEnvironment | Unknown,
    go: GoCommand | Unknown,
    workspace: Workspace | Unknown,
) -> Iterator[Finding]:
    binary = commands.in_use
    if binary is None or not (binary.built_with.is_known or binary.version.is_known):
        return
    running = _running_go(environment, go)
    local = isinstance(environment, GoEnvironment) and environment.value("GOTOOLCHAIN").startswith("local")
    if running and refuses(binary.version, running):
        yield _go_too_old(binary, running)
        return
    asked = _asked_by_module(binary, workspace)
    if asked:
        yield Finding(
            f"gopls was built with {binary.built_with}, but {asked.source} asks for Go {asked.text}",
            evidence=(asked, _how_built(binary)),
            remedies=tuple(_rebuild(running, is_local=local)),
        )
    elif running:
        yield from _go_too_new(binary, running, is_local=local)


def _running_go(environment: GoEnvironment | Unknown, go: GoCommand | Unknown) -> GoVersion | None:
    """The go that works in this folder, after go.mod has made it switch."""
    if isinstance(environment, GoEnvironment) and environment.version.is_known:
        return environment.version
    return go.version if isinstance(go, GoCommand) and go.version.is_known else None


def _how_built(binary: GoplsBinary) -> Evidence:
    return Evidence(binary.answered or binary.path, f"{binary.path}: {binary.version}, built with {binary.built_with}")


def _asked_by_module(binary: GoplsBinary, workspace: Workspace | Unknown) -> Evidence | None:
    """The go line that is newer than gopls's builder; languages are compared, a patch release changes none."""
    if isinstance(workspace, Unknown) or workspace.module is None or not binary.built_with.is_known:
        return None
    statement = workspace.module.mod.go
    wanted = GoVersion.parse(statement.value if statement else "")
    if not wanted.is_known or (wanted.major, wanted.minor) <= (binary.built_with.major, binary.built_with.minor):
        return None
    return Evidence(workspace.module.file, statement.value if statement else "", statement.line if statement else None)


def _go_too_old(binary: GoplsBinary, running: GoVersion) -> Finding:
    fitting = last_gopls_for(running)
    return Finding(
        f"gopls {binary.version} does not support the go command {running}; the last that does is {fitting}",
        evidence=(Evidence("go env GOVERSION", running.text), _how_built(binary)),
        remedies=(
            advise("Install Go 1.21 or newer", link="https://go.dev/dl/"),
            run("go", "install", f"{GOPLS_PACKAGE}@{fitting}", title="Or install the gopls that fits this Go"),
        ),
        why="gopls says so in a pop-up at each start, and parts of the workspace may not load.",
    )


def _go_too_new(binary: GoplsBinary, running: GoVersion, *, is_local: bool) -> Iterator[Finding]:
    known = newest_go_known_to(binary.version, binary.built_with)
    if known < 0 or running.minor <= known:
        return
    # One release ahead is every day's state after an upgrade of Go, and works: nothing to repair.
    is_far = running.minor - known > 1
    yield Finding(
        f"gopls {binary.version} (built with {binary.built_with}) is older than the go command {running}",
        evidence=(Evidence("go env GOVERSION", running.text), _how_built(binary)),
        remedies=tuple(_rebuild(running, is_local=is_local)),
        severity=Severity.WARNING if is_far else Severity.INFO,
        confidence=Confidence.LIKELY,
        why=None
        if is_far
        else "VS Code says that gopls needs recompiling; gopls works, without what is new in that Go.",
    )


def _rebuild(running: GoVersion | None, *, is_local: bool) -> Iterator[Remedy]:
    version = newest_that_builds_with(running) if running and is_local else "latest"
    if version:
        yield run("go", "install", f"{GOPLS_PACKAGE}@{version}", title="Build gopls with the Go in use, in this folder")
    if is_local and version != "latest":
        command = f"GOTOOLCHAIN=auto go install {GOPLS_PACKAGE}@latest"
        yield advise(f"Or let go fetch a newer toolchain, which GOTOOLCHAIN=local holds back: {command}")
