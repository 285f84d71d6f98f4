"""`fix --isolate`: what a folder needs to have its own flags, log and debug port, without collisions.

VS Code starts one gopls for a window, with the `go.languageServerFlags` of that window (golang/vscode-go package.json:
the setting's scope is window). So flags in a folder's settings hold where the folder is opened in a window of its own,
and in a window of several folders those of the user and of the `.code-workspace` file hold.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gopls_diag.engines.fix.planning import Wish
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.facts.gather import Gatherer
from gopls_diag.facts.settings_layers import FLAGS_KEY
from gopls_diag.model.change import FileChange
from gopls_diag.model.editor import Editors, EditorSetup, Scope, SettingValue
from gopls_diag.model.finding import Severity, set_setting
from gopls_diag.model.request import Request
from gopls_diag.world import World, WorldError

DEBUG_FLAG = "-debug=localhost:0"
"""Port 0 takes a free one and says which in the log; a port that is taken is given up without a word."""
_LOG, _DEBUG = "logfile", "debug"
_SHARED = ("remote", "remote.debug", "remote.listen.timeout", "remote.logfile")
_LETTERS_PATTERN = re.compile(r"[^A-Za-z0-9._-]+")
_FREE_PORT_PATTERN = re.compile(r"^(localhost|127\.0\.0\.1|\[::1\]):0$")
_NOTE_NAME = "about.txt"


class CannotIsolate(Exception):
    """Why a folder cannot be given flags of its own, in words."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """What to do, and what to say about it."""

    wishes: tuple[Wish, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Flag:
    """One flag of a list, with the words that it takes up."""

    name: str
    """Without its dashes; empty for a word that is none, as `serve`."""
    value: str | None
    words: tuple[str, ...]


def plan_isolation(world: World, request: Request, logs_folder: str) -> Isolation:
    """Flags for the folder's own settings; nothing to wish for where they are there already.

    Args:
        world: this machine.
        request: the folder.
        logs_folder: the folder of ours for logs; made when the change is written.
    """
    gatherer = Gatherer(world, request)
    gatherer.start([Editors])
    editors = gatherer.value(Editors)
    editor = _editor(editors, request) if isinstance(editors, Editors) else None
    file = world.join(request.folder, ".vscode", "settings.json")
    given = _flags_that_hold(editor)
    own = given is not None and given.file == file
    present = _split(_words(given))
    name = f"{_short_name(world, request.folder)}-{hashlib.sha256(request.folder.encode()).hexdigest()[:8]}"
    place = world.join(logs_folder, name)
    wanted = _isolated(world, present, world.join(place, "gopls.log"), is_own=own)
    flags = [word for each in wanted for word in each.words]
    log = next(each.value or "" for each in wanted if each.name == _LOG)
    notes = [*_what_it_does(request.folder, log), *_what_was_left_out(present), *_windows(editor, request.folder)]
    if own and flags == _words(given) and _can_log(world, log):
        return Isolation((), (f"{request.folder} has its own flags, log and debug port already", *notes))
    about = f"gopls writes its log for {request.folder} here (gopls-diag fix --isolate).\n"
    files = (FileChange(world.join(place, _NOTE_NAME), None, about.encode()),) if log.startswith(place) else ()
    title = f"Give it flags of its own: {' '.join(flags)}"
    summary = f"{request.folder} shares gopls's flags, log and debug port with every other window"
    remedy = set_setting(file, FLAGS_KEY, flags, title=title)
    return Isolation((Wish("", "", Severity.WARNING, summary, remedy, files),), tuple(notes))


def _editor(editors: Editors, request: Request) -> EditorSetup | None:
    """The editor of VS Code's family in question; None where no editor is set up for Go at all."""
    editor = editor_in_question(editors, request)
    if editor is None or editor.is_vscode:
        return editor
    other = next((each for each in editors.all if each.is_vscode), None)
    if other is None:
        raise CannotIsolate(
            f"{editor.label} starts gopls with what its own configuration says for all folders; only VS Code and the "
            "editors made from it read flags from a folder"
        )
    return other


def _flags_that_hold(editor: EditorSetup | None) -> SettingValue | None:
    """The flags when the folder is opened in a window of its own: those of a `.code-workspace` file are not read."""
    found = None
    for layer in editor.layers if editor else ():
        if layer.is_applied and layer.scope is not Scope.WORKSPACE:
            for each in layer.settings:
                found = each if each.key == FLAGS_KEY and not each.language else found
    return found


def _words(given: SettingValue | None) -> list[str]:
    if given is None or given.value is None:
        return []
    if not isinstance(given.value, list) or not all(isinstance(each, str) for each in given.value):
        raise CannotIsolate(f"{FLAGS_KEY} in {given.file} is no list of flags, so there is nothing to build on")
    return list(given.value)


def _split(words: Sequence[str]) -> list[_Flag]:
    found: list[_Flag] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        bare = word.removeprefix("-").removeprefix("-")
        if bare == word:
            found.append(_Flag("", None, (word,)))
            continue
        name, equals, value = bare.partition("=")
        if equals:
            found.append(_Flag(name, value, (word,)))
        elif name in (_LOG, _DEBUG, *_SHARED) and waiting and not waiting[0].startswith("-"):
            after = waiting.pop(0)
            found.append(_Flag(name, after, (word, after)))
        else:
            found.append(_Flag(name, None, (word,)))
    return found


def _isolated(world: World, present: Sequence[_Flag], log: str, *, is_own: bool) -> list[_Flag]:
    """The flags with a log and a port that no other window has, and without a daemon that windows share."""
    new = {_LOG: _Flag(_LOG, log, (f"-logfile={log}",)), _DEBUG: _Flag(_DEBUG, "localhost:0", (DEBUG_FLAG,))}

    def stays(each: _Flag) -> bool:
        if each.name == _LOG:
            return is_own and _can_log(world, each.value or "")
        return each.name != _DEBUG or bool(_FREE_PORT_PATTERN.match(each.value or ""))

    kept = [each if stays(each) else new[each.name] for each in present if each.name not in _SHARED]
    return [*kept, *(flag for name, flag in new.items() if not any(each.name == name for each in kept))]


def _can_log(world: World, path: str) -> bool:
    """True for a log file of the folder's own that gopls can make."""
    if not world.paths.isabs(path):
        return False
    try:
        return world.is_folder(world.paths.dirname(path))
    except WorldError:
        return False


def _short_name(world: World, folder: str) -> str:
    return _LETTERS_PATTERN.sub("-", world.paths.basename(folder.rstrip("/\\"))).strip("-")[:40] or "folder"


def _what_it_does(folder: str, log: str) -> list[str]:
    return [
        f"in a window of its own, {folder} gets a gopls that logs to {log} and has a debug port that no other takes "
        "(the log says which)",
        "a window of several folders has one gopls for all of them and takes its flags from the user's settings or the "
        ".code-workspace file: there these have no effect",
    ]


def _what_was_left_out(present: Sequence[_Flag]) -> list[str]:
    shared = [word for each in present if each.name in _SHARED for word in each.words]
    return [f"left out: {' '.join(shared)}, with which windows share one gopls"] if shared else []


def _windows(editor: EditorSetup | None, folder: str) -> list[str]:
    for layer in editor.layers if editor else ():
        if layer.scope is Scope.WORKSPACE and layer.is_applied and editor and len(editor.workspace_folders) > 1:
            return [f"it was last opened through {layer.file}: open {folder} by itself for this to hold"]
    return []
