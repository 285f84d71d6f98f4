"""Which go command gopls would run, and its version."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import GoChoice, GoCommand
from gopls_diag.model.version import GoVersion
from gopls_diag.parse.editor_variables import fill_in
from gopls_diag.world import World, WorldError

_USUAL_PLACES = ("/usr/local/go/bin/go", "/usr/local/bin/go")
_USUAL_PLACES_WINDOWS = ("C:\\Program Files\\Go\\bin\\go.exe", "C:\\Program Files (x86)\\Go\\bin\\go.exe")
_SNAP_LINK = "/snap/bin/go"
_SNAP_PROGRAM = "/snap/go/current/bin/go"
_VERSION_LIMIT_SECONDS = 15.0
_PLAIN_ENVIRONMENT = {"GOTOOLCHAIN": "local", "GOENV": "off", "GOROOT": None, "GOFLAGS": None, "GOPATH": None}
"""With these a go command tells its own version, whatever the environment and go.mod say, and downloads nothing."""


@fact()
def go_command(world: World, request: Request, editors: Editors | Unknown) -> GoCommand:
    """The go that gopls runs: it takes `go` from its PATH, to which VS Code's Go extension may have added a folder."""
    choices = [] if isinstance(editors, Unknown) else [_editors_go(world, request, each) for each in editors.all]
    candidates = world.find_program("go")
    shell_path = world.environment.get("PATH", "")
    choices.append(GoChoice("shell", "the shell", *_first(candidates, "PATH"), shell_path))
    asked = editor_in_question(editors, request)
    chosen = next((each for each in choices if asked is None or each.asker == asked.name), choices[-1])
    if not chosen.path:
        return GoCommand("", GoVersion.parse(""), "", tuple(choices), candidates)
    version, problem = _version(world, request, chosen.path)
    shell_version = version
    if candidates and candidates[0] != chosen.path:
        shell_version, _ = _version(world, request, candidates[0])
    return GoCommand(
        path=chosen.path,
        version=version,
        rule=chosen.rule,
        choices=tuple(choices),
        candidates=candidates,
        resolved_path=_resolved(world, chosen.path),
        problem=problem,
        shell_version=shell_version,
    )


def _first(found: tuple[str, ...], rule: str) -> tuple[str, str]:
    return (found[0], rule) if found else ("", "")


def _editors_go(world: World, request: Request, editor: EditorSetup) -> GoChoice:
    """The go that one editor's gopls finds.

    VS Code (vscode-go v0.57: pathUtils.ts, goInstallTools.ts updateGoVarsFromConfig) looks in this order and puts what
    it finds in front of PATH; a PATH in go.toolsEnvVars then still replaces it.
    """
    own_path = editor.tools_environment.get("PATH")
    search = str(own_path.value) if own_path and isinstance(own_path.value, str) else None
    if search is not None:
        search = _filled(world, request, search)
        path, rule = _first(world.find_program("go", search=search), "PATH of the editor's settings")
        if path:
            return GoChoice(editor.name, editor.label, path, rule, search)
    shown = world.environment.get("PATH", "") if search is None else search
    if not editor.is_vscode:
        return GoChoice(editor.name, editor.label, *_first(world.find_program("go", search=search), "PATH"), shown)
    return GoChoice(editor.name, editor.label, *_vscode_go(world, request, editor), shown)


def _vscode_go(world: World, request: Request, editor: EditorSetup) -> tuple[str, str]:
    name = "go"
    alternate = editor.alternate_tools.get("go")
    if alternate and isinstance(alternate.value, str) and alternate.value:
        filled = _filled(world, request, alternate.value)
        if world.paths.isabs(filled):
            if world.is_file(filled):
                return filled, "go.alternateTools.go"
        else:
            name = filled
    goroot_setting = editor.settings.get("go.goroot")
    goroot = ""
    if goroot_setting and isinstance(goroot_setting.value, str):
        goroot = _filled(world, request, goroot_setting.value)
    places = (
        ("GOBIN", world.environment.get("GOBIN", "")),
        ("go.goroot", world.join(goroot, "bin") if goroot else ""),
        ("GOROOT", world.join(world.environment["GOROOT"], "bin") if world.environment.get("GOROOT") else ""),
    )
    for rule, folder in places:
        found = world.find_program(name, search=folder) if folder else ()
        if found:
            return found[0], rule if name == "go" else "go.alternateTools.go"
    found = world.find_program(name)
    if found:
        path = _SNAP_PROGRAM if found[0] == _SNAP_LINK and world.is_file(_SNAP_PROGRAM) else found[0]
        return path, "PATH" if name == "go" else "go.alternateTools.go"
    usual = _USUAL_PLACES_WINDOWS if world.machine.os == "windows" else _USUAL_PLACES
    return next(((each, "usual place") for each in usual if world.is_file(each)), ("", ""))


def _filled(world: World, request: Request, text: str) -> str:
    return fill_in(text, folder=request.folder, home=world.home, environment=world.environment)


def _version(world: World, request: Request, path: str) -> tuple[GoVersion, str]:
    """The version of one go command, or the words in which it failed to tell."""
    # Version managers choose by the folder, so the question is put there.
    folder = request.folder if world.is_folder(request.folder) else None
    try:
        told = world.run(
            (path, "version"), folder=folder, environment=_PLAIN_ENVIRONMENT, limit_seconds=_VERSION_LIMIT_SECONDS
        )
    except WorldError as refusal:
        return GoVersion.parse(""), str(refusal)
    version = GoVersion.parse(told.stdout)
    if told.is_ok and (version.is_known or version.is_devel):
        return version, ""
    words = " ".join(told.stderr.split())[:300]
    return GoVersion.parse(""), f"{told.line} {told.ending}{': ' + words if words else ''}"


def _resolved(world: World, path: str) -> str:
    try:
        return world.resolve(path).path
    except WorldError:
        return ""
