"""The probe: one conversation with the installed gopls, started as the editor starts it.

Only with --probe, since doctor otherwise starts no server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gopls_diag.facts.declare import fact
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.gopls import GoplsBinary, GoplsCommands
from gopls_diag.model.outcome import CannotTell, DoesNotApply, Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.session import SessionScript, SessionTranscript
from gopls_diag.model.system import FileKind, FolderEntry
from gopls_diag.model.toolchain import EditorEnvironment
from gopls_diag.world import World, WorldError

_LIMIT_SECONDS = 24 * 3600.0
"""The conversation keeps the limit that the user gave; this one only has to be longer."""
_FOLDERS_LIMIT = 60
_HEAD_BYTES = 4096
_PASSED_OVER = {"vendor", "testdata", "node_modules", "third_party"}
_GENERATED = (".pb.go", "_gen.go", "_generated.go", ".gen.go", "_string.go", "doc.go")
_SYSTEMS = (
    *("_windows.go", "_darwin.go", "_linux.go", "_unix.go", "_freebsd.go", "_openbsd.go", "_netbsd.go", "_plan9.go"),
    *("_js.go", "_wasm.go", "_amd64.go", "_arm64.go", "_386.go", "_arm.go", "_android.go", "_ios.go", "_other.go"),
)


@fact(limit_seconds=_LIMIT_SECONDS)
def probe(
    world: World,
    request: Request,
    commands: GoplsCommands,
    editors: Editors | Unknown,
    environment: EditorEnvironment | Unknown,
) -> SessionTranscript:
    """What gopls said when it was started on the folder, with times and memory of each step."""
    if not request.probe:
        raise DoesNotApply("only with --probe")
    return world.session(probe_script(world, request, commands, editors, environment))


def probe_script(
    world: World,
    request: Request,
    commands: GoplsCommands,
    editors: Editors | Unknown,
    environment: EditorEnvironment | Unknown,
) -> SessionScript:
    """What the editor in question would start on the folder, and how; CannotTell when there is no gopls."""
    editor = editor_in_question(editors, request)
    binary = _binary(commands, editor)
    flags = tuple(str(each.value) for each in editor.language_server_flags) if editor else ()
    settings: Mapping[str, Any] = editor.gopls_settings if editor else {}
    return SessionScript(
        command=(binary.path, *flags),
        folder=request.folder,
        environment=environment.values if isinstance(environment, EditorEnvironment) else {},
        settings={name: each.value for name, each in settings.items()},
        client=_client(editor),
        open_file=file_to_open(world, request.folder),
        memory_limit_bytes=request.probe_memory_bytes,
        limit_seconds=request.probe_limit_seconds,
        cold=request.cold,
    )


def _binary(commands: GoplsCommands, editor: EditorSetup | None) -> GoplsBinary:
    """The gopls of that editor, else the one in use."""
    choice = commands.used(editor.name) if editor else None
    binary = choice.binary if choice else commands.in_use
    if binary is None:
        asker = choice.label if choice else "the shell"
        raise CannotTell(f"there is no gopls to start: {asker} finds none")
    return binary


def _client(editor: EditorSetup | None) -> str:
    """The name by which the editor tells gopls who it is."""
    if editor is None:
        return "gopls-diag"
    return "Visual Studio Code" if editor.name == "vscode" else editor.label


def file_to_open(world: World, folder: str) -> str | None:
    """A Go file that somebody would open: of the nearest package, main.go first; None when a short search finds none.

    Tests, generated files and files that a build constraint may leave out are passed over, unless there are no others.
    """
    second_best: str | None = None
    for here, entries in _folders(world, folder):
        names = [each.name for each in entries if each.kind is not FileKind.FOLDER and each.name.endswith(".go")]
        own = [each for each in names if not each.endswith("_test.go") and not each.startswith((".", "_"))]
        plain = [each for each in own if not each.endswith(_GENERATED) and not each.endswith(_SYSTEMS)]
        for name in sorted(plain, key=lambda each: (each != "main.go", each))[:5]:
            path = world.join(here, name)
            if not _may_be_left_out(world, path):
                return path
        if second_best is None and (own or names):
            second_best = world.join(here, sorted(own or names)[0])
    return second_best


def _folders(world: World, folder: str) -> Iterator[tuple[str, tuple[FolderEntry, ...]]]:
    """The folder and those below it, the nearest first, as far as the limit."""
    waiting = [folder]
    for number, here in enumerate(waiting):
        if number >= _FOLDERS_LIMIT:
            return
        try:
            entries = world.list(here)
        except WorldError:
            continue
        yield here, entries
        inner = [each.name for each in entries if each.kind is FileKind.FOLDER]
        inner = [each for each in inner if each not in _PASSED_OVER and not each.startswith((".", "_"))]
        # cmd first: that is where the main packages of a larger module stand.
        for name in sorted(inner, key=lambda each: (each != "cmd", each)):
            if len(waiting) < _FOLDERS_LIMIT:
                waiting.append(world.join(here, name))


def _may_be_left_out(world: World, path: str) -> bool:
    try:
        head = world.read_text(path, limit_bytes=_HEAD_BYTES)
    except WorldError:
        return True
    return "//go:build " in head or "// +build " in head or "Code generated " in head
