"""Which gopls binaries there are, and which of them each editor and the shell would start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gopls_diag.facts.declare import fact
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.facts.gopls_binary import inspect_gopls
from gopls_diag.facts.gopls_places import Place, places_of
from gopls_diag.facts.launchers import launcher_at
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.gopls import GoplsBinary, GoplsChoice, GoplsCommands
from gopls_diag.model.gopls_process import GoplsProcess, GoplsProcesses
from gopls_diag.model.launcher import Launcher
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.system import FileKind
from gopls_diag.model.toolchain import GoCommand, GoEnvironment
from gopls_diag.world import World, WorldError

_PROGRAM = "gopls"


@fact(limit_seconds=60)
def gopls_commands(
    world: World,
    request: Request,
    editors: Editors | Unknown,
    environment: GoEnvironment | Unknown,
    go: GoCommand | Unknown,
    processes: GoplsProcesses | Unknown,
) -> GoplsCommands:
    """Every gopls that was found, and who starts which.

    A gopls that an editor runs now for this folder proves what that editor starts; elsewhere the editor's own search
    order is followed (`gopls_places.py`). Each file is asked once for its version; a launcher of ours is none of them,
    what it starts is.
    """
    values = environment.values if isinstance(environment, GoEnvironment) else {}
    search = _Search(world, go.path if isinstance(go, GoCommand) else "")
    chosen: list[GoplsChoice] = []
    asked = editor_in_question(editors, request)
    found = list(editors.all) if isinstance(editors, Editors) else []
    found.sort(key=lambda each: each is not asked)
    for editor in found:
        running = _running(editor, request, processes)
        chosen.append(
            search.choice_of(editor, places_of(world, request.folder, editor, values, running), running, request)
        )
    shell = places_of(world, request.folder, None, values, None)
    chosen.append(search.choose("shell", "the shell", [each for each in shell if each.rule == "PATH"]))
    for place in shell:
        search.look_in(place)
    folder = next((each.folder for each in shell if each.rule in ("GOBIN", "GOPATH/bin")), "")
    return GoplsCommands(tuple(search.binaries.values()), tuple(chosen), folder, tuple(search.not_executable))


@dataclass(slots=True)
class _Search:
    """Looks for gopls in places, and asks each file that it finds once."""

    world: World
    go: str
    binaries: dict[str, GoplsBinary] = field(default_factory=dict)
    """By resolved path."""
    not_executable: dict[str, None] = field(default_factory=dict)

    def choice_of(
        self, editor: EditorSetup, places: list[Place], running: GoplsProcess | None, request: Request
    ) -> GoplsChoice:
        """What that editor starts: what it runs for this folder, else what its search finds."""
        setting = editor.alternate_tools.get(_PROGRAM)
        configured = str(setting.value) if setting else ""
        found = self.choose(editor.name, editor.label, places, configured=configured)
        if running is None or running.folder != request.folder or not running.executable:
            return found
        binary = self.inspect(running.executable)
        is_as_found = found.binary is not None and found.binary.resolved_path == binary.resolved_path
        if is_as_found:
            return replace(found, is_proved=True)
        return GoplsChoice(editor.name, editor.label, binary, "running now", found.searched, configured, is_proved=True)

    def choose(self, asker: str, label: str, places: list[Place], *, configured: str = "") -> GoplsChoice:
        """The first gopls in these places."""
        searched = tuple(f"{place.rule}: {place.path(self.world)}" for place in places)
        for place in places:
            path = self.look_in(place)
            if not path:
                continue
            launcher = self.launcher(path)
            if launcher is None:
                return GoplsChoice(asker, label, self.inspect(path), place.rule, searched, configured)
            binary = self.inspect(launcher.gopls) if launcher.gopls else None
            return GoplsChoice(asker, label, binary, place.rule, searched, configured, launcher=launcher)
        return GoplsChoice(asker, label, None, "", searched, configured)

    def launcher(self, path: str) -> Launcher | None:
        """The launcher of ours that the path leads to, if it is one."""
        return launcher_at(self.world, path, self._resolved(path))

    def look_in(self, place: Place) -> str:
        """The path of the program in that place; empty when it is not there or may not be executed."""
        for path in place.candidates(self.world):
            try:
                seen = self.world.stat(path)
            except WorldError:
                continue
            if seen is None or seen.kind is not FileKind.FILE:
                continue
            if seen.is_executable or self.world.machine.os == "windows":
                if self.launcher(path) is None:
                    self.inspect(path)
                return path
            self.not_executable[path] = None
        return ""

    def inspect(self, path: str) -> GoplsBinary:
        """The binary at that path; one file is asked once, by whatever path it is reached."""
        resolved = self._resolved(path)
        if resolved not in self.binaries:
            self.binaries[resolved] = inspect_gopls(self.world, path, resolved, go=self.go)
        return self.binaries[resolved]

    def _resolved(self, path: str) -> str:
        try:
            return self.world.resolve(path).path
        except WorldError:
            return path


def _running(editor: EditorSetup, request: Request, processes: GoplsProcesses | Unknown) -> GoplsProcess | None:
    """A gopls that this editor runs now, one for this folder first."""
    servers: Iterator[GoplsProcess] = iter(processes.all if isinstance(processes, GoplsProcesses) else ())
    own = [each for each in servers if each.editor is not None and each.editor.name == editor.name]
    own.sort(key=lambda each: each.folder != request.folder)
    return own[0] if own else None
