"""What `go env` says in the folder, and who set what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from gopls_diag.facts.declare import fact
from gopls_diag.model.outcome import CannotTell
from gopls_diag.model.request import Request
from gopls_diag.model.system import CommandResult
from gopls_diag.model.toolchain import (
    EditorEnvironment,
    GoCommand,
    GoEnvironment,
    GoEnvironmentFile,
    GoSetting,
    Origin,
)
from gopls_diag.model.version import GoVersion
from gopls_diag.parse.go_env_file import read_go_env_file
from gopls_diag.world import FileMissing, World, WorldError

NAMES = (
    "AR", "CC", "CGO_ENABLED", "CXX", "GCCGO", "GO111MODULE", "GO386", "GOAMD64", "GOARCH", "GOARM", "GOARM64",
    "GOAUTH", "GOBIN", "GOCACHE", "GOCACHEPROG", "GODEBUG", "GOENV", "GOEXE", "GOEXPERIMENT", "GOFIPS140", "GOFLAGS",
    "GOHOSTARCH", "GOHOSTOS", "GOINSECURE", "GOMOD", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOOS", "GOPATH",
    "GOPRIVATE", "GOPROXY", "GOROOT", "GOSUMDB", "GOTELEMETRY", "GOTELEMETRYDIR", "GOTMPDIR", "GOTOOLCHAIN",
    "GOTOOLDIR", "GOVCS", "GOVERSION", "GOWORK",
)  # fmt: skip
"""The names that `go env` is asked for. With no names, or with those of cgo's flags, it creates GOCACHE and runs the C
compiler to learn its defaults (cmd/go/internal/envcmd/env.go: needCostly); doctor may do neither."""
_OTHERS = (
    "GOPACKAGESDRIVER",
    "PKG_CONFIG",
    "CGO_CFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_LDFLAGS",
    "PKG_CONFIG_PATH",
)
"""Names that gopls or cgo read too; `go env` is not asked for them."""
_ENVIRONMENT_ONLY = frozenset({"GOENV", "GODEBUG", "GOPACKAGESDRIVER", "PKG_CONFIG_PATH"})
"""Names that count only in the environment, not in the go env file."""
_LIMIT_SECONDS = 30.0
_ERROR_LIMIT = 4000
_MONTHS_OF_PRE_RELEASE = 4
_WANTED_PATTERN = re.compile(r"^go: download (go\S{1,60}) for \S{1,60}: ", re.MULTILINE)


@fact()
def go_environment_file(world: World, environment: EditorEnvironment) -> GoEnvironmentFile:
    """The file that `go env -w` writes: GOENV's, else `go/env` in the user's configuration folder."""
    chosen = environment.values.get("GOENV") or world.environment.get("GOENV", "")
    path = chosen if chosen else _usual_file(world)
    if not path or path == "off":
        return GoEnvironmentFile("", False)
    try:
        lines, passed_over = read_go_env_file(world.read_text(path))
    except FileMissing:
        return GoEnvironmentFile(path, False)
    return GoEnvironmentFile(path, True, lines, passed_over)


def _usual_file(world: World) -> str:
    """`go/env` in what Go's os.UserConfigDir gives; empty when it gives nothing."""
    variables = world.environment
    if world.machine.os == "windows":
        folder = variables.get("APPDATA", "")
    elif world.machine.os == "darwin":
        folder = world.join(world.home, "Library", "Application Support") if world.home else ""
    else:
        folder = variables.get("XDG_CONFIG_HOME", "") or (world.join(world.home, ".config") if world.home else "")
    return world.join(folder, "go", "env") if folder and world.paths.isabs(folder) else ""


@fact(limit_seconds=70.0)
def go_environment(
    world: World, request: Request, command: GoCommand, file: GoEnvironmentFile, editor: EditorEnvironment
) -> GoEnvironment:
    """`go env` in the folder, with the editor's environment; a failure is an answer, with go's words.

    A toolchain that would have to be downloaded is not: then the local one is asked, and `wanted_toolchain` names the
    other.
    """
    if not command.is_there:
        raise CannotTell("there is no go command to ask")
    settings = {name: each for name in (*NAMES, *_OTHERS) if (each := _setting(world, editor, file, name))}
    if command.is_silent:
        return GoEnvironment("go version", {}, settings, command.problem, command.problem)
    told = _ask(world, request, command, editor, {"GOPROXY": "off"})
    wanted = ""
    if not told.is_ok and (found := _WANTED_PATTERN.search(told.stderr)):
        wanted = found[1]
        told = _ask(world, request, command, editor, {"GOPROXY": "off", "GOTOOLCHAIN": "local"})
    refusal = _refusal(world, settings, wanted) if wanted else ""
    shown = "go env"
    if not told.is_ok:
        error = told.stderr.strip()[:_ERROR_LIMIT] or f"{shown} {told.ending}"
        return GoEnvironment(shown, {}, settings, error, told.ending, "", wanted, refusal)
    values = _values(told.stdout)
    if not values:
        return GoEnvironment(
            shown, {}, settings, f"{shown} printed no JSON object", told.ending, wanted_toolchain=wanted
        )
    for name, each in _distributors(world, values.get("GOROOT", "")).items():
        settings.setdefault(name, each)
    _undo_ours(values, settings, is_local=bool(wanted))
    warning = told.stderr.strip()[:_ERROR_LIMIT]
    return GoEnvironment(shown, values, settings, "", "", warning, wanted, refusal)


def _refusal(world: World, settings: Mapping[str, GoSetting], wanted: str) -> str:
    """Why a toolchain cannot be downloaded, judged without the network."""
    proxies = [each for each in re.split(r"[,|]", settings["GOPROXY"].value) if each] if "GOPROXY" in settings else []
    if proxies and proxies[0] == "off":
        return "GOPROXY=off forbids to download it"
    if proxies and all(each.startswith("file://") or each == "off" for each in proxies):
        system = f"{world.machine.os}-{world.machine.architecture}"
        name = f"golang.org/toolchain/@v/v0.0.1-{wanted}.{system}.zip"
        if not any(world.is_file(world.join(each.removeprefix("file://"), name)) for each in proxies):
            return f"{proxies[0]} does not hold it"
    version = GoVersion.parse(wanted)
    now = world.now
    # Go comes out each February and August; go1.21 did in August 2023. A pre-release is out two months before.
    months_left = (2023 * 12 + 8) + 6 * (version.minor - 21) - (now.year * 12 + now.month)
    if version.is_known and (version.major > 1 or months_left > _MONTHS_OF_PRE_RELEASE):
        return "no Go of that number can be out yet"
    return ""


def _setting(world: World, editor: EditorEnvironment, file: GoEnvironmentFile, name: str) -> GoSetting | None:
    """Who set a name, the strongest first; an empty value counts as none, as in go."""
    by_editor = editor.settings.get(name)
    if by_editor is not None and by_editor.value:
        return by_editor
    value = world.environment.get(name, "")
    if value and by_editor is None:
        return GoSetting(name, value, Origin.ENVIRONMENT, "environment")
    line = None if name in _ENVIRONMENT_ONLY else file.find(name)
    return GoSetting(name, line.value, Origin.FILE, file.path, line.line) if line and line.value else None


def _ask(
    world: World,
    request: Request,
    command: GoCommand,
    editor: EditorEnvironment,
    ours: Mapping[str, str],
) -> CommandResult:
    folder = request.folder if world.is_folder(request.folder) else None
    environment = {**editor.values, **ours}
    # The editor's PATH has done its part in finding go; here it would only hide what the shell's go needs.
    environment.pop("PATH", None)
    return world.run(
        (command.path, "env", "-json", *NAMES), folder=folder, environment=environment, limit_seconds=_LIMIT_SECONDS
    )


def _values(text: str) -> dict[str, str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def _distributors(world: World, goroot: str) -> dict[str, GoSetting]:
    """What GOROOT/go.env sets (Go 1.21 and later)."""
    if not goroot:
        return {}
    path = world.join(goroot, "go.env")
    try:
        lines, _ = read_go_env_file(world.read_text(path))
    except WorldError:
        return {}
    return {
        each.name: GoSetting(each.name, each.value, Origin.GOROOT_FILE, path, each.line) for each in lines if each.value
    }


def _undo_ours(values: dict[str, str], settings: Mapping[str, GoSetting], *, is_local: bool) -> None:
    """Put back what would stand there had we not kept go from downloading."""
    if values.get("GOPROXY") == "off":
        values["GOPROXY"] = settings["GOPROXY"].value if "GOPROXY" in settings else ""
    if is_local:
        values["GOTOOLCHAIN"] = settings["GOTOOLCHAIN"].value if "GOTOOLCHAIN" in settings else "auto"
